"""Downloading stored files, and looking whether sent ones were kept.

Sources: reference section 4 (files), recordings 400-421. Stored files are public whatever the
rights of their entry, so no key is ever sent for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from bazar_forms.client.address import quoted
from bazar_forms.client.connection import Connection
from bazar_forms.client.decode import unexpected
from bazar_forms.client.transport import Call
from bazar_forms.errors import NotFound, UnexpectedAnswer, UploadRefused


@dataclass(frozen=True, slots=True)
class Download:
    """What came: `modified` is False where the file is still the one of `if_none_match`."""

    modified: bool
    etag: str = ""
    last_modified: str = ""


def download_file(
    connection: Connection, name: str, target: BinaryIO, if_none_match: str = ""
) -> Download:
    """Writes a stored file to `target`; see `BazarClient.download`."""
    if not name or "/" in name or "\\" in name or name.startswith("."):
        raise NotFound("That is no name of a stored file.")
    start = target.tell()
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if if_none_match:
        headers["If-None-Match"] = if_none_match
    answer = connection.transport.read(
        Call("GET", connection.address.file(name), f"files/{name}", headers=headers), target
    )
    if answer.status == 404:
        raise NotFound(f"The wiki has no file {name}.")
    if answer.status not in (200, 304):
        raise unexpected(answer)
    etag = answer.headers.get("etag", "")
    if answer.media_type == "text/html" and not etag:
        # A wiki that rewrites addresses answers a page for a file that is not there.
        target.seek(start)
        target.truncate()
        raise UnexpectedAnswer(f"The wiki answered a page where the file {name} is due.")
    return Download(answer.status == 200, etag, answer.headers.get("last-modified", ""))


def file_size(connection: Connection, name: str) -> int | None:
    """Bytes of a stored file, None where the wiki has none, or does not say (recording 402)."""
    if not name or "/" in name or "\\" in name or name.startswith("."):
        return None
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    answer = connection.transport.read(
        Call("HEAD", connection.address.file(name), f"files/{name}", headers=headers)
    )
    length = answer.headers.get("content-length", "")
    return int(length) if answer.status == 200 and length.isdecimal() else None


def stored_names(connection: Connection, tag: str, properties: Iterable[str]) -> dict[str, str]:
    """What the file fields of an entry hold now, as our account sees it."""
    wanted = list(properties)
    content = connection.get_json(
        f"api/entries/json/{quoted(tag)}",
        [("fields", ",".join(wanted))],
        anonymous=False,
        what=f"entry {tag}",
    )
    row = content.get(tag) if isinstance(content, Mapping) else None
    if not isinstance(row, Mapping):
        return dict.fromkeys(wanted, "")
    return {name: str(row.get(name) or "") for name in wanted}


def refuse_missing_files(
    connection: Connection,
    tag: str,
    sent: Iterable[str],
    before: Mapping[str, str] | None = None,
) -> None:
    """Raises UploadRefused where a sent file is not what the field holds now.

    Extensions that are not allowed and files over PHP's limit are dropped with 201, and the field
    stays empty (recordings 410, 411, 413); a new upload always gets a new name (recording 418).
    """
    after = stored_names(connection, tag, sent)
    lost = [name for name, value in after.items() if not value or value == (before or {}).get(name)]
    if lost:
        raise UploadRefused(f"The wiki kept no file in {', '.join(lost)} of entry {tag}.")
