"""A folder as the engine sees it: `Cloud`, `PublicLinks` and `Contents`, put together from here.

What was born in the folder is shown by entries; files of entries lie in it as files.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import BinaryIO
from zoneinfo import ZoneInfo

from oscartes_sync.adapters.bare_pictures import bared
from oscartes_sync.adapters.nextcloud.auth import AppPassword
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Discovery, Recall, Remember
from oscartes_sync.adapters.nextcloud.folders import marks
from oscartes_sync.adapters.nextcloud.folders.finding import Finding, Where
from oscartes_sync.adapters.nextcloud.folders.keeping import (
    FolderKeeper,
    Was,
    read_image,
    refuse_moved,
)
from oscartes_sync.adapters.nextcloud.folders.links import Links
from oscartes_sync.adapters.nextcloud.folders.moving import Moving
from oscartes_sync.adapters.nextcloud.folders.owing import Owing
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.reading import Reading
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.folders.telling import (
    CARRIES,
    Token,
    branches,
    document_of,
    fileid_of,
    key_of,
    presence_of,
    told,
)
from oscartes_sync.adapters.nextcloud.folders.walk import Walk
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.transport import Transport
from oscartes_sync.adapters.spool import spooled
from oscartes_sync.errors import Invalid, Missing, Moved, SideError
from oscartes_sync.mapping.documents.names import is_open
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Look, Presence, Seen, Snapshot
from oscartes_sync.ports import Clock, Image, Traffic, Written
from oscartes_sync.records.body import Body
from oscartes_sync.records.document import Document
from oscartes_sync.records.fingerprint import digest
from oscartes_sync.records.identity import origin_of
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, a_document


class NextcloudFolder:
    """One account's folders on one Nextcloud, for one run. Implements `ports.Cloud`."""

    def __init__(
        self,
        settings: CloudSettings,
        clock: Clock,
        recall: Recall,
        remember: Remember,
        *,
        user_agent: str,
    ) -> None:
        """Raises ConfigurationError (`cloud-url`, `insecure-url`, `cloud-ca`)."""
        self._settings = settings
        identity = AppPassword(settings.user, settings.password)
        self._transport = Transport(settings, clock, identity, user_agent=user_agent)
        self._dav = Dav(self._transport)
        self._discovery = Discovery(self._dav, settings, recall, remember)
        self._there: set[str] = set()
        self._links: dict[str, Links] = {}
        self._known: dict[str, Mapping[str, str]] = {}
        self._keepers: dict[str, FolderKeeper] = {}
        self._left_out: dict[str, frozenset[str]] = {}
        self._clock = clock
        self._lock = threading.Lock()
        self._recall = recall
        self._remember = remember

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """The folder now, by one request where nothing moved; see `walk`.

        A folder that is not there yet is empty: it is made by the first run.

        Raises:
            Missing: `folder-missing` where there was one with documents.
            SideError: where it cannot be read.
        """
        self._known[binding.name] = {**known.tokens, **known.last}
        looked = any(not token for token in known.tokens.values())
        remembered = {} if full or looked else branches(known.cursor)
        anew = not known.tokens
        try:
            walked = Walk(self._dav).look(
                self._folder(binding), remembered, deep=binding.subfolders
            )
        except Missing as missing:
            if known.tokens or missing.code != "folder-missing":
                raise
            return Snapshot(empty=True, carries=CARRIES)
        self._there.add(binding.name)
        walked = replace(walked, files=tuple(self._remarked(each, known) for each in walked.files))
        self._left_out[binding.name] = frozenset(walked.left_out)
        return told(binding, walked, known, self._addresses(binding) if full or anew else {})

    def _remarked(self, seen: FileSeen, known: Known) -> FileSeen:
        """With the mark that we remember of a file that came back without."""
        key = key_of(seen)
        if seen.mark is not None or key in known.tokens or key in known.last:
            return seen
        return replace(seen, mark=marks.read(self._recall(self._note(key)) or "", seen.fileid))

    def _note(self, key: str) -> str:
        return f"mark {self._dav.cloud} {key}"

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """What became of these files; moved out of the folder, to whatever place, is gone."""
        finding = Finding(self._dav, self._folder(binding))
        known = self._known.get(binding.name, {})
        found = {}
        for key in keys:
            fileid, presence = fileid_of(key), Presence.GONE
            if fileid is not None:
                last = Token.read(known.get(key, "")).file(fileid)
                presence = presence_of(binding, finding.find(fileid, last))
                if last is not None and is_open(last.path, self._left_out.get(binding.name, ())):
                    # Somebody has it open, and may be saving it just now.
                    presence = Presence.UNSURE
            found[key] = Look(presence)
        return found

    def prepare(self, binding: Binding, *, writing: bool = True) -> tuple[Problem, ...]:  # noqa: ARG002
        """Make the folder where it is missing.

        Raises:
            Taken: `folder-name-taken`.
            SideError: as the server answers.
        """
        if binding.name not in self._there:
            Moving(self._dav, self._folder(binding)).make_folders()
            self._there.add(binding.name)
        return self._put_off(binding)

    # Public addresses

    def publish(self, binding: Binding, file: str, title: str) -> str:
        """See `ports.links.PublicLinks.publish`."""
        folder, fileid = self._folder(binding), fileid_of(file)
        found = Finding(self._dav, folder).find(fileid) if fileid is not None else None
        if found is None or found.where is not Where.INSIDE or found.seen is None:
            raise Missing("cloud-missing", href=file)
        return self._linking(binding).make(found.seen, title, self._expiry(binding)).url

    def keep(
        self, binding: Binding, files: Collection[str], *, among: Collection[str] | None = None
    ) -> tuple[Problem, ...]:
        """See `ports.links.PublicLinks.keep`."""
        links, kept = self._linking(binding), {fileid_of(file) for file in files}
        asked = None if among is None else {fileid_of(file) for file in among}
        problems = []
        self._note_marks()
        try:
            listed = links.ours()
            for link in listed:
                if link.fileid not in kept and (asked is None or link.fileid in asked):
                    links.revoke(link)
        except SideError as error:
            problems.append(Problem.from_error(error, side=Side.CLOUD))
        else:
            if among is None:
                self._owing(binding).note({link.fileid for link in listed}, kept)
        return tuple(problems)

    def owes(self, binding: Binding) -> bool:
        """See `ports.links.PublicLinks.owes`."""
        return self._owing(binding).any

    def _owing(self, binding: Binding) -> Owing:
        today = self._clock.now().date()
        return Owing(self._recall, self._remember, binding.name, today)

    def _note_marks(self) -> None:
        """Remember them here, where nobody else writes to the state."""
        for keeper in self._keepers.values():
            while keeper.marked:
                mark = keeper.marked.pop()
                self._remember(self._note(f"/f/{mark.fileid}"), mark.write())

    def _expiry(self, binding: Binding) -> date | None:
        if binding.links_expire is None:
            return None
        today = self._clock.now().astimezone(ZoneInfo(binding.zone)).date()
        return today + timedelta(days=binding.links_expire)

    def _put_off(self, binding: Binding) -> tuple[Problem, ...]:
        """Push on the day on which addresses end, each time a third of the days has gone by.

        So they end by themselves where nobody runs this any more.
        """
        expiry, name = self._expiry(binding), f"links-expire {binding.name}"
        said = expiry.isoformat() if expiry else ""
        last = self._recall(name) or ""
        days = (binding.links_expire or 0) // 3
        if said == last or (
            expiry and last and expiry < date.fromisoformat(last) + timedelta(days)
        ):
            return ()
        try:
            for link in self._linking(binding).ours():
                self._linking(binding).expire(link, expiry)
        except SideError as error:
            return (Problem.from_error(error, side=Side.CLOUD),)
        self._remember(name, said)
        return ()

    # Files of entries

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """Put the file of an entry into the folder; see `ports.SidePort.create`."""
        keeper, fileid = self._keeper(binding), fileid_of(key or "")
        document = a_document(record)
        if fileid is None:
            return self._written(binding, keeper.create(uid, document))
        return self._written(binding, keeper.come_back(fileid, uid, document))

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """Replace the bytes of a file, or rename it; see `ports.SidePort.update`."""
        seen = self._now(binding, key, token)
        mark = Token.of(seen, Token.read(token))
        if str(mark) != token:
            now = document_of(binding, seen, mark)
            refuse_moved(seen, changes, {each.name: getattr(now, each.name) for each in changes})
        kept = self._keeper(binding).update(seen, changes, a_document(record))
        return self._written(binding, kept, mark)

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:  # noqa: ARG002
        """Delete a file, to the bin; see `ports.SidePort.delete`."""
        try:
            seen = self._now(binding, key, token)
        except Missing:
            return
        if token and not _is_still(seen, token):
            raise Moved("cloud-moved", href=seen.path)
        self._keeper(binding).delete(seen)

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """Where files are and what they hold, as words that find it again."""
        found = {}
        for operation in operations:
            key = operation.key or ""
            try:
                seen = self._now(binding, key, operation.token)
            except Missing:
                continue
            if not operation.token or _is_still(seen, operation.token):
                found[key] = Was.of(seen).write()
        return found

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        """Give a file its version, its name or its place back; see `ports.SidePort.put_back`."""
        key = operation.key or ""
        was, fileid = read_image(image, key), fileid_of(key)
        if fileid is None:
            raise Invalid("image-unreadable", tag=key)
        seen = None
        if operation.action is not Action.DELETE:
            seen = self._now(binding, key, token)
            if was.is_again(seen):
                return self._written(binding, seen)
            if not _is_still(seen, token):
                raise Moved("cloud-moved", href=seen.path)
        back = self._keeper(binding).put_back(operation, seen, fileid, was)
        return self._written(binding, back)

    def complete(self, binding: Binding, key: str, uid: str = "") -> tuple[Problem, ...]:
        """Set the mark that an interrupted run left out; see `ports.SidePort.complete`."""
        fileid = fileid_of(key)
        if fileid is not None and origin_of(uid) is not None:
            with suppress(Missing):
                seen = self._now(binding, key, "")
                self._keeper(binding).mark(seen, uid)
        return ()

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """Delete a copy for good, from the bin too; see `ports.SidePort.erase`."""
        keeper, fileid = self._keeper(binding), fileid_of(key)
        if fileid is None:
            return ()
        with suppress(Missing):
            keeper.delete(self._now(binding, key, ""))
        keeper.purge(fileid)
        return ()

    def fetched(self, binding: Binding, document: Document) -> AbstractContextManager[Body]:
        """A file of the folder; see `ports.contents.Contents.fetched`.

        What a camera or a program wrote into a picture besides it stays here, unless the binding
        keeps it: in a wiki everybody reads it.
        """

        def fill(target: BinaryIO) -> datetime:
            seen = self._now(binding, document.file, "")
            reading = Reading(self._dav, self._folder(binding), self._clock)
            for piece in reading.read(seen.path, seen.etag):
                target.write(piece)
            return seen.modified

        fetched = spooled(fill)
        return fetched if binding.keep_metadata else bared(fetched, document.name)

    def project(self, binding: Binding, record: Record) -> Record:  # noqa: ARG002
        """A file says of itself what it says."""
        return record

    def parallel(self, *, creating: bool) -> int:  # noqa: ARG002
        """How many writes may run at once."""
        return self._settings.parallel

    def traffic(self) -> Traffic:
        """Requests and bytes so far."""
        return self._transport.traffic()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _folder(self, binding: Binding) -> Folder:
        account = self._discovery.account()
        return Folder.at(self._dav.address, account.uid, binding.collection)

    def _addresses(self, binding: Binding) -> Mapping[int, str]:
        """The public addresses of ours, by file id: with the state lost, an entry is known by the
        one it shows, though its file was made anew since, under another id."""
        return {link.fileid: link.url for link in self._linking(binding).ours()}

    def _linking(self, binding: Binding) -> Links:
        """One for the run: it remembers that the server was asked too often."""
        if binding.name not in self._links:
            # Two folders of one form keep their links apart; readers see it, so it is short.
            mark = f"oscartes {digest([binding.wiki, binding.form, binding.collection], 8)}"
            self._links[binding.name] = Links(self._dav, self._folder(binding), mark=mark)
        return self._links[binding.name]

    def _keeper(self, binding: Binding) -> FolderKeeper:
        """One for the run: it remembers which names are taken."""
        with self._lock:
            if binding.name not in self._keepers:
                folder = self._folder(binding)
                self._keepers[binding.name] = FolderKeeper(self._dav, folder, self._clock)
            return self._keepers[binding.name]

    def _now(self, binding: Binding, key: str, token: str) -> FileSeen:
        """A file as it is now, looked for where it lay.

        Raises:
            Missing: `cloud-missing`: it is not in the folder any more.
        """
        fileid = fileid_of(key)
        finding = Finding(self._dav, self._folder(binding))
        known = token or self._known.get(binding.name, {}).get(key, "")
        path = Token.read(known).path
        seen = finding.at(path) if path else None
        if seen is not None and seen.fileid == fileid:
            return seen
        found = finding.find(fileid) if fileid is not None else None
        if found is None or found.where is not Where.INSIDE or found.seen is None:
            raise Missing("cloud-missing", href=key)
        seen = finding.at(found.seen.path)
        if seen is None or seen.fileid != fileid:
            raise Missing("cloud-missing", href=key)
        return seen

    @staticmethod
    def _written(binding: Binding, seen: FileSeen, last: Token | None = None) -> Written:
        mark = Token.of(seen, last)
        return Written(Seen(key_of(seen), str(mark), document_of(binding, seen, mark)))


def _is_still(seen: FileSeen, token: str) -> bool:
    return str(Token.of(seen, Token.read(token))) == token
