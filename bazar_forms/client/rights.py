"""Rights, owner and revisions of a page.

Sources: reference section 8, recordings 702 and 704; YesWiki's handlers/page/acls.php and
handlers/RevisionsHandler.php.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bazar_forms.client.answer import Answer
from bazar_forms.client.connection import Connection
from bazar_forms.client.decode import says_hibernation
from bazar_forms.client.pages import read_revisions, read_rights
from bazar_forms.client.reading import Hidden, read_page
from bazar_forms.client.writing import owner_of
from bazar_forms.errors import (
    BazarError,
    Forbidden,
    Hibernated,
    NotFound,
    SessionLost,
    UnexpectedAnswer,
    UnknownOutcome,
)


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may do what with a page, in the wiki's own words, one a line, and who owns it.

    `*` everybody, `+` logged in, `%` the owner, `@group`, a user name, `!` for not;
    `comments-closed` for comments. `owner` is empty for a page of nobody.
    """

    read: str
    write: str
    comment: str
    owner: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: `id` is counted over the whole wiki, `time` is of the database's clock."""

    id: int
    time: str
    user: str


def page_rights(connection: Connection, tag: str, owner: str | None = None) -> Rights:
    """The rights of a page; see `BazarClient.rights`."""
    if owner is None:
        page = read_page(connection, tag, time=None, anonymous=False)
        if page is None:
            raise NotFound(f"The wiki has no page {tag}.")
        owner = "" if isinstance(page, Hidden) else page.owner
    shown = read_rights(connection.session.get(tag, "acls").text)
    if "read" not in shown or "write" not in shown:
        raise Forbidden(f"Only its owner may see the rights of {tag}.", owner=owner or None)
    return Rights(
        read=shown["read"],
        write=shown["write"],
        comment=shown.get("comment", ""),
        owner=owner,
    )


def set_page_rights(
    connection: Connection,
    tag: str,
    *,
    read: str | None,
    write: str | None,
    comment: str | None,
    owner: str | None,
    now: Rights | None,
) -> None:
    """Sets rights and owner; see `BazarClient.set_rights`."""
    with connection.session.lock:
        now = now or page_rights(connection, tag)
        form = [
            ("read_acl", now.read if read is None else read),
            ("write_acl", now.write if write is None else write),
            ("comment_acl", now.comment if comment is None else comment),
            # An empty name keeps the owner; the wiki has no way to make a page nobody's.
            ("newowner", "" if owner in (None, now.owner) else str(owner)),
        ]
        answer, known = connection.session.post(tag, "acls", form)
    if answer.status not in (302, 303):
        raise _refusal(connection, tag, answer, known=known)
    if not known:
        raise SessionLost(f"The rights of {tag} were set, but not as our account.")


def page_revisions(connection: Connection, tag: str) -> tuple[Revision, ...]:
    """The last revisions, newest first; see `BazarClient.revisions`."""
    listed = read_revisions(connection.session.get(tag, "revisions").text)
    if listed is None:
        raise Forbidden(f"The wiki does not show us the revisions of {tag}.")
    if not isinstance(listed, list):
        raise UnexpectedAnswer(f"The revisions of {tag} are no list.")
    revisions = [_revision(row, tag) for row in listed]
    return tuple(sorted(revisions, key=lambda one: one.id, reverse=True))


def _revision(row: object, tag: str) -> Revision:
    try:
        if isinstance(row, Mapping):
            return Revision(int(str(row["id"])), str(row["time"]), str(row.get("user") or ""))
    except (KeyError, ValueError):
        pass
    raise UnexpectedAnswer(f"A revision of {tag} cannot be read.")


def _refusal(connection: Connection, tag: str, answer: Answer, *, known: bool) -> BazarError:
    text = answer.text
    if not read_rights(text) and says_hibernation(text):
        return Hibernated("The wiki is in hibernation and takes no writes.")
    if answer.status >= 500:
        return UnknownOutcome(f"The wiki failed at setting the rights of {tag}.")
    if not known:
        return SessionLost(f"Our session ended before the rights of {tag} were set.")
    return Forbidden(
        f"Only its owner may set the rights of {tag}.", owner=owner_of(connection, tag)
    )
