"""The client of one wiki: the one door to everything in this package."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

import requests

from bazar_forms.choice_list import ChoiceList, lists_from_json
from bazar_forms.client.address import Address
from bazar_forms.client.connection import Connection, Pace
from bazar_forms.client.reading import (
    Hidden,
    Listing,
    PageRow,
    read_choice_list,
    read_choice_lists,
    read_entries,
    read_form,
    read_forms,
    read_page,
)
from bazar_forms.client.session import check_key
from bazar_forms.client.transport import Counters, Transport, Upload
from bazar_forms.errors import SessionLost
from bazar_forms.field import POSITION
from bazar_forms.form import Form

if TYPE_CHECKING:
    from bazar_forms.client.acting import Acting
    from bazar_forms.client.capabilities import Capabilities
    from bazar_forms.client.files import Download
    from bazar_forms.client.outgoing import Values
    from bazar_forms.client.rights import Revision, Rights


class BazarClient:
    """The HTTP API and the page routes of one YesWiki.

    `url` is what the browser shows before the `?`; `key` one of `api_allowed_keys`, without which
    only anonymous readings work; `user` the account that the key is meant to be; `timeout`, in
    seconds, is for connecting and for each silence; `ca` a file or a folder of authorities, in
    place of those that requests brings; `proxy` the address of one, for https alone. Plain http is
    refused, but on loopback, unless `insecure` is set.

    Every method may raise Unreachable, the WikiUnavailable errors, NotAWiki and UnexpectedAnswer;
    every one that uses the key, KeyRefused. Several threads may use one client: creations and
    readings run side by side, what needs the page session goes one by one.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        user: str = "",
        timeout: float = 60,
        ca: str | None = None,
        proxy: str = "",
        insecure: bool = False,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        user_agent: str,
        opener: Callable[[], requests.Session] = requests.Session,
    ) -> None:
        self._transport = Transport(
            timeout=timeout,
            sleep=sleep,
            monotonic=monotonic,
            user_agent=user_agent,
            opener=opener,
            ca=ca,
            proxy=proxy,
        )
        self._address = Address.parse(url, insecure=insecure)
        self._connection = Connection(
            self._transport, self._address, (key or "").strip(), Pace(sleep, monotonic)
        )
        self._user = user
        self._loading = threading.Lock()
        self._loaded: Acting | None = None

    def __repr__(self) -> str:
        return f"BazarClient({self._address.base!r}, key={'…' if self._connection.key else None})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes all connections."""
        self._transport.close()

    @property
    def counters(self) -> Counters:
        """Requests and bytes since this client was made."""
        return self._transport.counters

    @property
    def base_url(self) -> str:
        """The wiki's address, without the end slash."""
        return self._address.base

    @property
    def user(self) -> str:
        """Who we are on the wiki: as it said itself, or as we were told until it did."""
        return self._connection.session.user or self._user

    def page_url(self, tag: str) -> str:
        """The address at which a browser shows a page."""
        return self._address.page(tag)

    # Reading

    def forms(self, anonymous: bool = True) -> tuple[Form, ...]:
        """All forms; ones that cannot be read are left out, and `form` says why."""
        return read_forms(self._connection, anonymous=anonymous)

    def form(self, form_id: str, *, anonymous: bool = True) -> Form:
        """One form. Raises NotFound, FormMalformed."""
        return read_form(self._connection, form_id, anonymous=anonymous)

    def choice_lists(self) -> Mapping[str, ChoiceList]:
        """All choice lists that can be read, by id (recordings 103, v444-02)."""
        return lists_from_json(read_choice_lists(self._connection))[0]

    def choice_list(self, list_id: str) -> ChoiceList:
        """One choice list. Raises NotFound, ListMalformed."""
        return read_choice_list(self._connection, list_id)

    def entries(
        self,
        form_id: str,
        *,
        query: str = "",
        fields: Sequence[str] = (),
        since: datetime | str | None = None,
        tags: Sequence[str] = (),
        anonymous: bool = True,
    ) -> Listing:
        """The entries of a form, or some of them, as everybody or as our account sees them.

        `query` is in the wiki's syntax, its values being regular expressions; `since` is compared
        with the database's clock, without a zone; `tags` are asked in batches that fit one
        address. An unknown form, a lost right and an empty form all give an empty listing.
        """
        return read_entries(
            self._connection,
            form_id,
            query=query,
            fields=fields,
            since=since,
            tags=tags,
            anonymous=anonymous,
        )

    def page(
        self, tag: str, *, time: str | None = None, anonymous: bool = False
    ) -> PageRow | Hidden | None:
        """A page's row, or its revision of `time`; None where no page bears the tag.

        Hidden where we may not read it (recordings 130, 131, 133, 702-704). The row's own tag may
        be spelt otherwise: the database folds case and accents.
        """
        return read_page(self._connection, tag, time=time, anonymous=anonymous)

    def check_key(self) -> str:
        """Says which account the key belongs to. Raises KeyRefused where it belongs to none.

        Other calls take a wrong key for an anonymous visitor (recording 211).
        """
        return check_key(self._transport, self._address, self._connection.needed_key()).user

    def capabilities(self, tag: str | None = None) -> Capabilities:
        """What the server can do; `tag`, of an event we may edit, lets more of it be found."""
        return self._acting.capabilities(tag)

    # Writing

    def create(
        self,
        form_id: str,
        tag: str,
        values: Values,
        files: Mapping[str, Upload] | None = None,
    ) -> str:
        """Creates an entry under a tag that no page bears, and returns the tag.

        `files` are by property. Looks first whether the form exists and the tag is free. Raises
        NotFound, TagTaken, TitleRefused, UploadRefused (the entry is there, without the file,
        where a field of it reads back empty), Forbidden, Hibernated, WriteRefused;
        SessionLost and WriteNotKept where something was created otherwise than asked;
        UnknownOutcome where it may have been: then look before anything is sent again.
        """
        return self._acting.create(form_id, tag, values, files)

    def may_edit(self, tag: str) -> bool:
        """Whether our account may edit an entry; nothing is written (recording 700).

        Raises NotFound, Hibernated, CaptchaInTheWay, SessionLost.
        """
        return self._acting.may_edit(tag)

    def edit(
        self,
        tag: str,
        changes: Values,
        *,
        title_text: str,
        position: tuple[str, str] | None = None,
        position_names: tuple[str, str] = POSITION,
        recurrence_pairs: Sequence[tuple[str, str]] = (),
        files: Mapping[str, Upload] | None = None,
    ) -> None:
        """Edits some properties of an entry; the wiki keeps the others.

        `title_text` is the stored `bf_titre` (the template of an automatic one), sent as it is
        unless it changes. `position`, latitude and longitude, has to be given wherever the form
        has a map, or the wiki empties it; `recurrence_pairs` likewise for whatever stands in
        `bf_date_fin_evenement_data`, or repetitions are deleted (recordings 601-606).

        Asks first whether we may. Raises Forbidden (with the owner), CaptchaInTheWay, Hibernated,
        NotFound, TitleRefused, EditRefused, UploadRefused, WriteRefused; SessionLost where it was
        written as somebody else; UnknownOutcome. Afterwards the caller reads back and compares.
        """
        from bazar_forms.client.editing import Edit  # noqa: PLC0415 - see `_acting`

        edit = Edit(tag, changes, title_text, position, position_names, recurrence_pairs, files)
        self._acting.edit(edit)

    def ensure_ours(self, tag: str, writer: str) -> None:
        """Raises SessionLost where the entry read back after our edit bears another writer.

        Cookies tell a lost session first; this is the second look that the reference advises.
        """
        if self.user and writer != self.user:
            self._connection.session.forget()
            raise SessionLost(f"Entry {tag} was last written by another account.", writer=writer)

    def delete(self, tag: str) -> None:
        """Deletes a page with all its revisions, and a recurring event's repetitions with it.

        Raises NotFound, Forbidden (with the owner), Hibernated, UnknownOutcome.
        """
        self._acting.delete(tag)

    # Rights, revisions, files

    def rights(self, tag: str, *, owner: str | None = None) -> Rights:
        """The rights of a page, which only its owner and administrators may see (recording 704).

        `owner`, where a reading told it already, saves a request. Raises NotFound, Forbidden
        (with the owner).
        """
        return self._acting.rights(tag, owner)

    def set_rights(
        self,
        tag: str,
        *,
        read: str | None = None,
        write: str | None = None,
        comment: str | None = None,
        owner: str | None = None,
        now: Rights | None = None,
    ) -> None:
        """Sets rights and owner of a page of ours; None leaves one as it is.

        `now`: what it has, where that is known; else it is asked.

        After `owner` was given to somebody else the rights are no longer ours to set. Raises
        NotFound, Forbidden, Hibernated, SessionLost, UnknownOutcome.
        """
        self._acting.set_rights(tag, read=read, write=write, comment=comment, owner=owner, now=now)

    def revisions(self, tag: str) -> tuple[Revision, ...]:
        """The last revisions, newest first, as many as the wiki shows (30).

        `page(tag, time=…)` gives the body of one; of several in one second, the first alone.
        Raises Forbidden.
        """
        return self._acting.revisions(tag)

    def file_size(self, name: str) -> int | None:
        """Bytes of a stored file, None where the wiki has none, or does not say."""
        return self._acting.file_size(name)

    def download(self, name: str, target: BinaryIO, if_none_match: str = "") -> Download:
        """Writes a stored file to `target`, which can seek, unless it still has that ETag.

        Raises NotFound.
        """
        return self._acting.download(name, target, if_none_match)

    @property
    def _acting(self) -> Acting:
        """Loaded when it is needed: who only reads entries, as most runs do, starts quicker."""
        from bazar_forms.client.acting import Acting  # noqa: PLC0415

        # One for all threads, since it keeps two creations from one tag.
        with self._loading:
            if self._loaded is None:
                self._loaded = Acting(self._connection)
            return self._loaded
