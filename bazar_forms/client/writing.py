"""Creating and deleting entries.

The creation route overwrites whatever page bears the tag, whoever owns it and whatever its rights
(recordings 351, 354, 703). This is the only place that posts to it, and it looks first, every
time. Sources: reference sections 4 and 8, recordings 300-321, 350-357, 380-386, 410-420, 510-517.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bazar_forms.client.address import quoted, tag_in
from bazar_forms.client.answer import Answer
from bazar_forms.client.connection import Connection
from bazar_forms.client.decode import (
    api_json,
    refuse_hibernation,
    server_failure,
    unexpected,
)
from bazar_forms.client.files import refuse_missing_files
from bazar_forms.client.outgoing import TITLE, Values, checked_title, pairs_of, refuse_too_many
from bazar_forms.client.reading import Hidden, read_form, read_page
from bazar_forms.client.transport import Call, Upload
from bazar_forms.errors import (
    BazarError,
    Forbidden,
    KeyRefused,
    NotAWiki,
    NotFound,
    SessionLost,
    TagTaken,
    TitleRefused,
    UnexpectedAnswer,
    UnknownOutcome,
    UploadRefused,
    WriteNotKept,
    WriteRefused,
)

_TAG = re.compile(r"[A-Za-z0-9]{1,191}")
"""Longer ones give 500, others make pages that cannot be read (reference section 8)."""

_RESERVED = frozenset({"api", "doc"})


class Creations:
    """Creates entries; several threads may, but never two on one tag."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._under_way: set[str] = set()
        self._forms: set[str] = set()

    def create(
        self, form_id: str, tag: str, values: Values, files: Mapping[str, Upload] | None
    ) -> str:
        """Creates one entry; see `BazarClient.create`."""
        if not _TAG.fullmatch(tag) or tag.lower() in _RESERVED:
            raise WriteRefused("A tag of ours has 1 to 191 ASCII letters and digits.")
        checked_title(values.get(TITLE), f"Entry {tag}")
        # PHP keeps the last of two pairs of one name, so ours comes last.
        form = [*pairs_of(values), ("id_fiche", tag)]
        refuse_too_many(form, f"Entry {tag}")
        with self._alone(tag):
            self._look_at_form(form_id)
            self._look_at_tag(tag)
            created = self._post(form_id, tag, form, files)
            self._connection.pace.note(tag)
        if files:
            refuse_missing_files(self._connection, tag, files)
        return created

    def _look_at_form(self, form_id: str) -> None:
        """An unknown form would be taken with 201, and leave an orphan (recordings 315, 316)."""
        if form_id not in self._forms:
            read_form(self._connection, form_id, anonymous=True)
            self._forms.add(form_id)

    def _look_at_tag(self, tag: str) -> None:
        if read_page(self._connection, tag, time=None, anonymous=False) is not None:
            raise TagTaken(f"A page of the wiki is named {tag} already.")

    def _post(
        self,
        form_id: str,
        tag: str,
        form: list[tuple[str, str]],
        files: Mapping[str, Upload] | None,
    ) -> str:
        route = f"api/entries/{quoted(form_id)}"
        connection = self._connection
        answer = connection.transport.write(
            Call(
                "POST",
                connection.address.api(route),
                route,
                key=connection.needed_key(),
                headers={"Accept": "application/json"},
                form=form,
                files=files,
            ),
            look=lambda: self._look_at_tag(tag),
        )
        content = _written_json(answer, f"the creation of {tag}")
        if answer.status != 201:
            raise _not_created(answer, content, tag, with_files=bool(files))
        if not answer.user:
            raise SessionLost(f"Entry {tag} was created, but not as our account.")
        said = content.get("success") if isinstance(content, Mapping) else None
        created = tag_in(said) if isinstance(said, str) else ""
        if created != tag:
            raise WriteNotKept(
                f"Entry {tag} was created as {created or 'nothing'}.", properties=("id_fiche",)
            )
        return created

    @contextmanager
    def _alone(self, tag: str) -> Iterator[None]:
        folded = tag.lower()
        with self._lock:
            if folded in self._under_way:
                raise TagTaken(f"An entry {tag} is being created already.")
            self._under_way.add(folded)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.discard(folded)


def delete_page(connection: Connection, tag: str) -> None:
    """Deletes one page; see `BazarClient.delete`."""
    route = f"api/pages/{quoted(tag)}"
    answer = connection.transport.write(
        Call(
            "DELETE",
            connection.address.api(route),
            route,
            key=connection.needed_key(),
            headers={"Accept": "application/json"},
        )
    )
    content = _written_json(answer, f"the deletion of {tag}")
    refuse_hibernation(answer, content)
    if answer.status == 404:
        raise NotFound(f"The wiki has no page {tag}.")
    if answer.status in (401, 403):
        if not answer.user:
            raise KeyRefused("The wiki does not accept the API key.")
        raise Forbidden(f"Only its owner may delete {tag}.", owner=owner_of(connection, tag))
    deleted = content.get("deleted") if isinstance(content, Mapping) else None
    if answer.status == 200 and isinstance(deleted, list) and deleted:
        return
    raise UnknownOutcome(f"The wiki answered {answer.status} to the deletion of {tag}.")


def owner_of(connection: Connection, tag: str) -> str | None:
    """Who owns a page, to say who may do what we may not; None where that cannot be seen."""
    try:
        page = read_page(connection, tag, time=None, anonymous=False)
    except BazarError:
        return None
    return None if page is None or isinstance(page, Hidden) else page.owner or None


def _written_json(answer: Answer, what: str) -> object:
    """The JSON that answers a write; whatever is none leaves open whether it was executed.

    A page that says that the database is down is an answer: nothing was written (recording 530).
    """
    try:
        return api_json(answer, keyed=False)
    except (UnexpectedAnswer, NotAWiki) as strange:
        if 400 <= answer.status < 500:
            raise _refused_by_server(answer) from strange
        raise UnknownOutcome(f"The wiki's answer to {what} cannot be read.") from strange


def _not_created(answer: Answer, content: object, tag: str, *, with_files: bool) -> BazarError:
    refuse_hibernation(answer, content)
    sentence, trace = server_failure(content)
    if "FileField.php" in sentence or "ImageField.php" in sentence:
        return UploadRefused(f"A file of entry {tag} is larger than its field allows.")
    if "->validate()" in trace or "can not be generated" in sentence:
        if with_files:
            # PHP drops the whole body over post_max_size, title included (recording 414).
            return UploadRefused(f"The files of entry {tag} are larger than the server takes.")
        return TitleRefused(f"The wiki takes no tag or title for entry {tag}.")
    if answer.status == 401 and not answer.user:
        return KeyRefused("The wiki does not accept the API key.")
    if 400 <= answer.status < 500:
        return _refused_by_server(answer)
    return UnknownOutcome(f"The wiki answered {answer.status} to the creation of {tag}.")


def _refused_by_server(answer: Answer) -> BazarError:
    if answer.status in (401, 403):
        return Forbidden(f"The wiki's server forbids it: {answer.route}.")
    if answer.status == 413:
        return UploadRefused("The web server takes no request of this size.")
    return WriteRefused(str(unexpected(answer)))
