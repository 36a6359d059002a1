"""A folder as the engine sees it: the ports `Cloud` and `PublicLinks`, put together from this room.

A file's key is `/f/<file id>`, the address under which Nextcloud itself opens it: it stays through
renames and moves. What is never mirrored has its path as key, so that it is told at every run.
Documents go from the folder to the wiki; nothing of this port writes a file.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn
from zoneinfo import ZoneInfo

from oscartes_sync.adapters.nextcloud.auth import AppPassword
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Discovery, Recall, Remember
from oscartes_sync.adapters.nextcloud.folders.finding import Finding, Where, Whereabouts
from oscartes_sync.adapters.nextcloud.folders.links import Links
from oscartes_sync.adapters.nextcloud.folders.moving import Moving
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.folders.walk import Walk, Walked
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.transport import Transport
from oscartes_sync.errors import Missing, SideError
from oscartes_sync.mapping.documents.names import extension_of, title_of, why_left_out
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Look, Presence, Sighting, Snapshot, Standing
from oscartes_sync.ports import Clock, Image, Traffic, Written
from oscartes_sync.records.document import DOCUMENT_FIELDS, Document
from oscartes_sync.records.fingerprint import digest
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record

_PREFIX: Final = "/f/"
_CARRIES: Final = frozenset(DOCUMENT_FIELDS)
_PRESENCE: Final = {
    # Out of the folder is out of what the working group publishes, wherever it went.
    Where.OUTSIDE: Presence.GONE,
    Where.BINNED: Presence.GONE,
    Where.GONE: Presence.GONE,
    Where.INSIDE: Presence.HERE,
    Where.UNSURE: Presence.UNSURE,
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """The token of a thing: what its content makes of it, and where it lay.

    A `!` before the path says that it lay in a share or a Team folder: that may be ended without
    anybody deleting what is in it.
    """

    version: str
    path: str
    mounted: bool = False

    @classmethod
    def of(cls, seen: FileSeen) -> _Mark:
        # No ETag tells of a tag.
        tags = f"+{digest(sorted(seen.tags), 6)}" if seen.tags else ""
        return cls(seen.token + tags, seen.path, seen.mounted)

    @classmethod
    def read(cls, token: str) -> _Mark:
        version, _, path = token.partition(" ")
        return cls(version.removesuffix("!"), path, version.endswith("!"))

    def __str__(self) -> str:
        return f"{self.version}{'!' if self.mounted else ''} {self.path}"

    def file(self, fileid: int) -> FileSeen | None:
        """The file as it was seen last, as far as it helps to find it; None where nobody knows."""
        if not self.path:
            return None
        return FileSeen(
            fileid=fileid,
            oc_id="",
            path=self.path,
            etag="",
            size=0,
            modified=datetime.fromtimestamp(0, UTC),
            mounted=self.mounted,
        )


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

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """The folder now, by one request where nothing moved; see `walk`.

        A folder that is not there yet is empty: it is made by the first run.

        Raises:
            Missing: `folder-missing` where there was one with documents.
            SideError: where it cannot be read.
        """
        self._known[binding.name] = {**known.tokens, **known.last}
        looked = any(not token for token in known.tokens.values())
        remembered = {} if full or looked else _branches(known.cursor)
        anew = not known.tokens
        try:
            walked = Walk(self._dav).look(
                self._folder(binding), remembered, deep=binding.subfolders
            )
        except Missing as missing:
            if known.tokens or missing.code != "folder-missing":
                raise
            return Snapshot(empty=True, carries=_CARRIES)
        self._there.add(binding.name)
        return _told(binding, walked, known, self._addresses(binding) if full or anew else {})

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """What became of these files; moved out of the folder, to whatever place, is gone."""
        finding = Finding(self._dav, self._folder(binding))
        known = self._known.get(binding.name, {})
        found = {}
        for key in keys:
            fileid, presence = _fileid(key), Presence.GONE
            if fileid is not None:
                last = _Mark.read(known.get(key, "")).file(fileid)
                presence = _presence(binding, finding.find(fileid, last))
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
        return ()

    # Public addresses

    def publish(self, binding: Binding, file: str, title: str) -> str:
        """See `ports.links.PublicLinks.publish`."""
        folder, fileid = self._folder(binding), _fileid(file)
        found = Finding(self._dav, folder).find(fileid) if fileid is not None else None
        if found is None or found.where is not Where.INSIDE or found.seen is None:
            raise Missing("cloud-missing", href=file)
        return self._linking(binding).make(found.seen, title).url

    def keep(
        self, binding: Binding, files: Collection[str], *, among: Collection[str] | None = None
    ) -> tuple[Problem, ...]:
        """See `ports.links.PublicLinks.keep`."""
        links, kept = self._linking(binding), {_fileid(file) for file in files}
        asked = None if among is None else {_fileid(file) for file in among}
        problems = []
        try:
            for link in links.ours():
                if link.fileid not in kept and (asked is None or link.fileid in asked):
                    links.revoke(link)
        except SideError as error:
            problems.append(Problem.from_error(error, side=Side.CLOUD))
        return tuple(problems)

    # What a port of a source is never asked for

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """Never asked for."""
        self._refuse(binding, uid, record, key)

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """Never asked for."""
        self._refuse(binding, key, token, changes, record)

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        """Never asked for."""
        self._refuse(binding, key, token, withdrawn)

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """Never asked for."""
        self._refuse(binding, operations)

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        """Never asked for."""
        self._refuse(binding, operation, token, image)

    def complete(self, binding: Binding, key: str) -> tuple[Problem, ...]:  # noqa: ARG002
        """Nothing: no file is made here."""
        return ()

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """Never asked for: the folder holds originals."""
        self._refuse(binding, key)

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

    @staticmethod
    def _refuse(binding: Binding, *_words: object) -> NoReturn:
        raise AssertionError(f"the folder of {binding.name} is a source")


def _presence(binding: Binding, found: Whereabouts) -> Presence:
    """What was renamed so that it is never mirrored, or moved where nothing is, left the folder."""
    if found.where is Where.INSIDE and found.seen is not None:
        parts = found.seen.path.split("/")
        if any(map(why_left_out, parts)) or (len(parts) > 1 and not binding.subfolders):
            return Presence.GONE
    return _PRESENCE[found.where]


def _told(binding: Binding, walked: Walked, known: Known, addresses: Mapping[int, str]) -> Snapshot:
    """The walk as differences from what was known."""
    marks = {key: _Mark.read(token) for key, token in known.tokens.items()}
    lay = {key: _Mark.read(known.last.get(key, token)) for key, token in known.tokens.items()}
    by_path = {mark.path: key for key, mark in lay.items() if mark.path}
    here = {_key(seen): seen for seen in walked.files}
    paths = {seen.path for seen in walked.files}
    sightings: dict[str, Sighting] = {}
    unmoved = {
        key
        for key, mark in marks.items()
        if mark.path and mark.path not in paths and not walked.lacks(mark.path)
    }
    for key, seen in here.items():
        token = str(_Mark.of(seen))
        if known.tokens.get(key) == token:
            unmoved.add(key)
            continue
        code = _why_not(binding, seen)
        if code is not None:
            sightings[key] = _skipped(key, token, code, path=seen.path)
            continue
        former = by_path.get(seen.path, "")
        taken = former not in ("", key) and former not in here
        link = addresses.get(seen.fileid, "")
        sightings[key] = _sight(binding, seen, token, link, formerly=former if taken else "")
    for path, code in walked.left_out.items():
        key, token = f"/{path}", str(_Mark(code, path))
        if known.tokens.get(key) == token:
            unmoved.add(key)
        else:
            sightings[key] = _skipped(key, token, code)
    unmoved -= sightings.keys()
    replaced = {sighting.formerly for sighting in sightings.values()}
    return Snapshot(
        sightings=sightings,
        unmoved=frozenset(unmoved),
        absent=frozenset(known.tokens.keys() - sightings.keys() - unmoved - replaced),
        cursor=json.dumps(dict(walked.branches), sort_keys=True, ensure_ascii=False),
        carries=_CARRIES,
        empty=not walked.files and not unmoved,
        label=binding.title,
    )


def _sight(binding: Binding, seen: FileSeen, token: str, link: str, *, formerly: str) -> Sighting:
    name = seen.path.rpartition("/")[2]
    branches = [part for part in above(seen.path).split("/") if part]
    record = Document(
        title=title_of(name) or name,
        date=seen.modified.astimezone(ZoneInfo(binding.zone)).date(),
        categories=tuple({*branches, *seen.tags}),
        file=_key(seen),
        name=name,
        link=link,
    )
    return Sighting(key=_key(seen), token=token, uid=seen.oc_id, record=record, formerly=formerly)


def _why_not(binding: Binding, seen: FileSeen) -> str | None:
    """The code of why the binding does not want a file; None where it does."""
    if binding.max_size and seen.size > binding.max_size:
        return "file-over-size"
    if binding.types and extension_of(seen.path.rpartition("/")[2]) not in binding.types:
        return "file-of-another-type"
    return None


def _skipped(key: str, token: str, code: str, **params: str) -> Sighting:
    problem = Problem.warning(code, Side.CLOUD, **params).at(href=key)
    return Sighting(key=key, token=token, standing=Standing.BROKEN, problems=(problem,))


def _key(seen: FileSeen) -> str:
    return f"{_PREFIX}{seen.fileid}"


def _fileid(key: str) -> int | None:
    """The file id of a key, None for what is never mirrored."""
    number = key.removeprefix(_PREFIX)
    return int(number) if number != key and number.isdecimal() else None


def _branches(cursor: str) -> Mapping[str, str]:
    """Back from a cursor; an unreadable one remembers nothing."""
    try:
        raw = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    return {str(path): str(etag) for path, etag in raw.items()} if isinstance(raw, dict) else {}
