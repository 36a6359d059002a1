"""Editing entries through the wiki's own edit page.

The API has no update; its overwrite empties all that is not sent and ignores all rights. The edit
page merges, and keeps to the rights. Its success is a redirect with `message=modif_ok`; all its
refusals are pages with 200. Sources: reference sections 4 and 8, recordings 360-377, 460-471, 511,
601-608, 700-701; YesWiki's tools/bazar/handlers/__EditHandler.php.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from bazar_forms.client.answer import Answer
from bazar_forms.client.connection import Connection
from bazar_forms.client.decode import says_hibernation, unexpected
from bazar_forms.client.files import refuse_missing_files, stored_names
from bazar_forms.client.outgoing import TITLE, Values, checked_title, pairs_of, refuse_too_many
from bazar_forms.client.pages import EditPage, read_edit_page
from bazar_forms.client.reading import Hidden, read_page
from bazar_forms.client.transport import Upload
from bazar_forms.client.writing import owner_of
from bazar_forms.errors import (
    BazarError,
    CaptchaInTheWay,
    EditRefused,
    Forbidden,
    Hibernated,
    NotFound,
    SessionLost,
    UnknownOutcome,
    UploadRefused,
)
from bazar_forms.field import POSITION

HANDLER = "edit"
_CRASH = re.compile(r"\.php</i> on line <i>\d", re.IGNORECASE)
"""The wiki's frame around an exception of a page handler; the write may have come before it."""


def edit_page(connection: Connection, tag: str) -> tuple[EditPage, str]:
    """What the edit page shows to our account, and its HTML.

    Raises NotFound for a tag that no page bears, Hibernated, CaptchaInTheWay, and what a read
    raises.
    """
    answer = connection.session.get(tag, HANDLER)
    text = answer.text
    page = read_edit_page(text)
    if page.entry_form and page.captcha:
        raise CaptchaInTheWay(f"The wiki asks for a captcha to edit {tag}.")
    if not page.entry_form and says_hibernation(text):
        raise Hibernated("The wiki is in hibernation and takes no writes.")
    if page.page_editor and not page.entry_form:
        raise NotFound(f"The wiki has no entry {tag}.")
    return page, text


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit; what its parts mean stands at `BazarClient.edit`."""

    tag: str
    changes: Values
    title_text: str
    position: tuple[str, str] | None = None
    position_names: tuple[str, str] = POSITION
    recurrence_pairs: Sequence[tuple[str, str]] = ()
    files: Mapping[str, Upload] | None = None

    def form(self) -> list[tuple[str, str]]:
        """What is posted. Raises TitleRefused, WriteRefused and ValueError."""
        values: dict[str, str | Sequence[str]] = {TITLE: self.title_text}
        if self.position is not None:
            values.update(zip(self.position_names, self.position, strict=True))
        values.update(self.changes)
        checked_title(values[TITLE], f"Entry {self.tag}")
        form = [*pairs_of(values), ("antispam", "1")]
        for name, value in self.recurrence_pairs:
            form += pairs_of({name: value})
        refuse_too_many(form, f"Entry {self.tag}")
        return form


def edit_entry(connection: Connection, edit: Edit) -> None:
    """Edits one entry; see `BazarClient.edit`."""
    tag, form = edit.tag, edit.form()
    connection.pace.wait(tag)
    with connection.session.lock:
        page, _ = edit_page(connection, tag)
        if not page.entry_form:
            raise _forbidden(connection, tag)
        before = stored_names(connection, tag, edit.files) if edit.files else {}
        connection.pace.wait(tag)
        try:
            answer, known = connection.session.post(tag, HANDLER, form, edit.files)
        finally:
            connection.pace.note(tag)
    if not _is_done(answer):
        raise _refusal(connection, tag, answer, known=known)
    if not known:
        raise SessionLost(
            f"The edit of {tag} was taken, but not as our account.",
            writer=_writer(connection, tag),
        )
    if edit.files:
        refuse_missing_files(connection, tag, edit.files, before)


def _is_done(answer: Answer) -> bool:
    if answer.status not in (302, 303):
        return False
    query = urlsplit(answer.headers.get("location", "")).query
    return ("message", "modif_ok") in parse_qsl(query)


def _refusal(connection: Connection, tag: str, answer: Answer, *, known: bool) -> BazarError:
    text = answer.text
    page = read_edit_page(text)
    error: BazarError
    if answer.status >= 500 or _CRASH.search(text):
        error = _crash(tag, answer, text)
    elif answer.status in (401, 403):
        error = Forbidden(f"The wiki's server forbids the edit of {tag}.")
    elif answer.status == 413:
        error = UploadRefused("The web server takes no request of this size.")
    elif answer.status != 200:
        error = EditRefused(f"The edit was refused. {unexpected(answer)}")
    elif not page.entry_form and says_hibernation(text):
        error = Hibernated("The wiki is in hibernation and takes no writes.")
    elif not known:
        error = SessionLost(f"Our session ended before the edit of {tag}; nothing was written.")
    elif page.entry_form and page.captcha:
        error = CaptchaInTheWay(f"The wiki asks for a captcha to edit {tag}.")
    elif page.page_editor and not page.entry_form:
        error = NotFound(f"The wiki has no entry {tag} any more.")
    elif not page.entry_form:
        error = _forbidden(connection, tag)
    else:
        error = EditRefused(f"The wiki showed the edit page of {tag} again and kept nothing.")
    return error


def _crash(tag: str, answer: Answer, text: str) -> BazarError:
    if says_hibernation(text):
        return Hibernated("The wiki is in hibernation and takes no writes.")
    if "FileField.php" in text or "ImageField.php" in text:
        return UploadRefused(f"A file of entry {tag} is larger than its field allows.")
    return UnknownOutcome(f"The wiki failed at the edit of {tag} ({answer.status}).")


def _forbidden(connection: Connection, tag: str) -> Forbidden:
    return Forbidden(
        f"The rights of {tag} do not let us write it.", owner=owner_of(connection, tag)
    )


def _writer(connection: Connection, tag: str) -> str | None:
    try:
        page = read_page(connection, tag, time=None, anonymous=False)
    except BazarError:
        return None
    return None if page is None or isinstance(page, Hidden) else page.user
