"""Many small files in one answer: an archive that the server packs (recording 103).

It does not tell which versions are in it. But whatever is changed alters the ETag of the folder it
is in (recording 101): as long as that stands where it stood when the versions were looked at, they
are the ones in the archive. Whatever does not come this way is left to GET.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from oscartes_sync.adapters.nextcloud.address import canonical
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.incoming import Incoming
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above, tidy
from oscartes_sync.adapters.nextcloud.transport import Ask
from oscartes_sync.errors import Refused, Unreachable

SMALL = 1024 * 1024
"""Bytes up to which a file comes in an archive."""

_FEWEST = 4
"""Files of one branch for which an archive and two looks cost less than asking for each."""

_MOST_BYTES = 10 * 1024 * 1024
_MOST_QUERY = 4000
"""Signs of the names in one address: servers refuse lines of 8,000."""

_FRAME = 1024
"""Bytes that packing may add to a file, its name twice among them."""


class Archives:
    """Reads small files of one folder."""

    def __init__(self, dav: Dav, folder: Folder) -> None:
        self._dav = dav
        self._folder = folder

    def read(self, files: Iterable[Incoming]) -> Iterator[tuple[Incoming, bytes]]:
        """Those that came as they were wanted, with their bytes; a batch is in memory.

        Raises:
            SideError: the server as a whole.
        """
        branches: dict[str, list[Incoming]] = defaultdict(list)
        for incoming in files:
            if incoming.size <= SMALL:
                branches[above(incoming.path)].append(incoming)
        for branch, small in branches.items():
            if len(small) >= _FEWEST:
                try:
                    yield from self._of_branch(branch, small)
                except (Refused, Unreachable):
                    # A file that may not be downloaded closes the whole archive; GET tells.
                    continue

    def _of_branch(
        self, branch: str, small: Sequence[Incoming]
    ) -> Iterator[tuple[Incoming, bytes]]:
        href = self._folder.branch(branch)
        etags = self._etags(href, depth=1)
        standing = [one for one in small if etags.get(self._folder.href(one.path)) == one.etag]
        for batch in _batches(standing):
            packed = self._packed(href, batch)
            if self._etags(href, depth=0).get(href) != etags.get(href):
                return
            yield from _unpacked(packed, batch)

    def _etags(self, href: str, depth: int) -> Mapping[str, str]:
        answers = self._dav.propfind(href, ("d:getetag",), depth=depth)
        return {canonical(one.href): one.text("d:getetag") for one in answers}

    def _packed(self, href: str, batch: Sequence[Incoming]) -> bytes:
        """The archive; nothing where it is larger than what was wanted can make it."""
        names = json.dumps([_name(one) for one in batch], ensure_ascii=False)
        most = sum(one.size + _FRAME for one in batch) + _FRAME
        path = f"{href}?accept=zip&files={quote(names, safe='')}"
        pieces, size = [], 0
        streamed = self._dav.transport.stream(Ask("GET", path))
        with streamed.held:
            if streamed.status != 200:
                raise self._dav.refusal(streamed)
            for piece in streamed.pieces:
                size += len(piece)
                if size > most:
                    return b""
                pieces.append(piece)
        return b"".join(pieces)


def _unpacked(packed: bytes, batch: Sequence[Incoming]) -> Iterator[tuple[Incoming, bytes]]:
    """What is whole in an archive; nothing where it is none, as from servers that pack none."""
    wanted = {_name(one): one for one in batch}
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for entry in archive.infolist():
                incoming = wanted.pop(tidy(entry.filename), None)
                if incoming is not None and entry.file_size == incoming.size:
                    yield incoming, archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        return


def _batches(files: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    batch: list[Incoming] = []
    size = signs = 0
    for one in files:
        longer = len(quote(_name(one), safe="")) + len("%22%22%2C%20")
        if batch and (size + one.size > _MOST_BYTES or signs + longer > _MOST_QUERY):
            yield batch
            batch, size, signs = [], 0, 0
        batch.append(one)
        size += one.size
        signs += longer
    if batch:
        yield batch


def _name(incoming: Incoming) -> str:
    return incoming.path.rpartition("/")[2]
