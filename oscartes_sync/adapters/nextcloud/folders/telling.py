"""What a walk tells, in the words of the engine: files as Documents, and what moved since.

A file's key is `/f/<file id>`, the address under which Nextcloud itself opens it: it stays through
renames and moves. What is never mirrored has its path as key, so that it is told at every run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from oscartes_sync.adapters.nextcloud.folders.finding import Where, Whereabouts
from oscartes_sync.adapters.nextcloud.folders.place import above
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.folders.walk import Walked
from oscartes_sync.mapping.documents.names import extension_of, title_of, why_left_out
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Known, Presence, Sighting, Snapshot, Standing
from oscartes_sync.records.document import DOCUMENT_FIELDS, Document
from oscartes_sync.records.fingerprint import digest
from oscartes_sync.records.problem import Problem, Side

_PREFIX: Final = "/f/"
CARRIES: Final = frozenset(DOCUMENT_FIELDS)
_PRESENCE: Final = {
    # Out of the folder is out of what the working group publishes, wherever it went.
    Where.OUTSIDE: Presence.GONE,
    Where.BINNED: Presence.GONE,
    Where.GONE: Presence.GONE,
    Where.INSIDE: Presence.HERE,
    Where.UNSURE: Presence.UNSURE,
}


@dataclass(frozen=True, slots=True)
class Token:
    """The token of a thing: what its content makes of it, and where it lay.

    `body` is a digest of size, time and checksums, `epoch` of the ETag under which they were met:
    a rename moves no byte, whatever it does to the ETag, while two contents of one size may be of
    one second. `mounted`: it lay in a share or a Team folder, which may be ended without
    anybody deleting what is in it.
    """

    version: str
    path: str
    mounted: bool = False
    body: str = ""
    epoch: str = ""

    @classmethod
    def of(cls, seen: FileSeen, last: Token | None = None) -> Token:
        """Of a file as it is now; `last` as it was met last."""
        # No ETag tells of a tag.
        tags = f"+{digest(sorted(seen.tags), 6)}" if seen.tags else ""
        body, epoch = digest(seen.content, 8), digest(seen.etag, 8)
        if last is not None and last.body == body:
            same = last.version.partition("+")[0] == seen.token
            epoch = last.epoch if same or last.path != seen.path else epoch
        return cls(seen.token + tags, seen.path, seen.mounted, body, epoch)

    @classmethod
    def read(cls, token: str) -> Token:
        """Back from `str`."""
        words, _, path = token.partition(" ")
        version, _, rest = words.removesuffix("!").partition("~")
        body, _, epoch = rest.partition(".")
        return cls(version, path, words.endswith("!"), body, epoch)

    def __str__(self) -> str:
        told = f"~{self.body}.{self.epoch}" if self.body else ""
        return f"{self.version}{told}{'!' if self.mounted else ''} {self.path}"

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


def presence_of(binding: Binding, found: Whereabouts) -> Presence:
    """What was renamed so that it is never mirrored, or moved where nothing is, left the folder."""
    if found.where is Where.INSIDE and found.seen is not None:
        parts = found.seen.path.split("/")
        if any(map(why_left_out, parts)) or (len(parts) > 1 and not binding.subfolders):
            return Presence.GONE
    return _PRESENCE[found.where]


def told(binding: Binding, walked: Walked, known: Known, addresses: Mapping[int, str]) -> Snapshot:
    """The walk as differences from what was known."""
    marks = {key: Token.read(token) for key, token in known.tokens.items()}
    lay = {key: Token.read(known.last.get(key, token)) for key, token in known.tokens.items()}
    by_path = {mark.path: key for key, mark in lay.items() if mark.path}
    here = {key_of(seen): seen for seen in walked.files}
    paths = {seen.path for seen in walked.files}
    sightings: dict[str, Sighting] = {}
    unmoved = {
        key
        for key, mark in marks.items()
        if mark.path and mark.path not in paths and not walked.lacks(mark.path)
    }
    for key, seen in here.items():
        last = known.last.get(key) or known.tokens.get(key)
        mark = Token.of(seen, Token.read(last) if last else None)
        token = str(mark)
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
        sightings[key] = _sight(binding, seen, mark, link, formerly=former if taken else "")
    for path, code in walked.left_out.items():
        key, token = f"/{path}", str(Token(code, path))
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
        carries=CARRIES,
        # A server that tells no rights refuses what is not ours to do.
        writable=not walked.root.permissions or walked.root.may_create,
        empty=not walked.files and not unmoved,
        label=binding.title,
    )


def _sight(binding: Binding, seen: FileSeen, token: Token, link: str, *, formerly: str) -> Sighting:
    uid = seen.mark.uid if seen.mark else seen.oc_id
    record = document_of(binding, seen, token, link)
    return Sighting(key=key_of(seen), token=str(token), uid=uid, record=record, formerly=formerly)


def document_of(binding: Binding, seen: FileSeen, token: Token, link: str = "") -> Document:
    """A file as a document; `link` is its public address where that is known."""
    name = seen.path.rpartition("/")[2]
    branches = [part for part in above(seen.path).split("/") if part]
    return Document(
        title=title_of(name) or name,
        date=seen.modified.astimezone(ZoneInfo(binding.zone)).date(),
        # Of what is ours by ourselves the owner says nothing: whoever put it there is unknown.
        author=seen.owner if seen.mounted else "",
        categories=tuple({*branches, *seen.tags}),
        file=key_of(seen),
        content=f"{seen.content} {token.epoch}",
        name=name,
        link=link,
        named=seen.mark is not None and seen.mark.name == name,
    )


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


def key_of(seen: FileSeen) -> str:
    return f"{_PREFIX}{seen.fileid}"


def fileid_of(key: str) -> int | None:
    """The file id of a key, None for what is never mirrored."""
    number = key.removeprefix(_PREFIX)
    return int(number) if number != key and number.isdecimal() else None


def branches(cursor: str) -> Mapping[str, str]:
    """Back from a cursor; an unreadable one remembers nothing."""
    try:
        raw = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    return {str(path): str(etag) for path, etag in raw.items()} if isinstance(raw, dict) else {}
