"""GET of files and folders: ranges, conditions, archives (recording 103)."""

from __future__ import annotations

import io
import json
import re
import secrets
import zipfile
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from urllib.parse import parse_qs

from oscartes_sync.sandbox.cloud.cards_download import disposition
from oscartes_sync.sandbox.cloud.conditions import check_conditions
from oscartes_sync.sandbox.cloud.dav_room import COLLECTION_TEXT
from oscartes_sync.sandbox.cloud.files_kinds import served_kind
from oscartes_sync.sandbox.cloud.files_nodes import Node
from oscartes_sync.sandbox.cloud.messages import SABRE, Refusal, Reply, Request, precondition_failed

RANGES = re.compile(r"bytes=(.+)")
RANGE = re.compile(r"\s*(\d*)-(\d*)\s*")
ZIP = "application/zip"
UNMODIFIED = (
    "An If-Unmodified-Since header was specified, but the entity has been changed since the "
    "specified date."
)


def check_file_conditions(request: Request, node: Node | None) -> Reply | None:
    """If-Match and its like, then the two of dates. Raises Refusal 412; returns a 304."""
    etag = node.quoted_etag if node is not None else None
    reply = check_conditions(request, etag)
    if reply is not None or node is None:
        return reply
    since = _moment(request.headers.get("if-modified-since"))
    if (
        since is not None
        and "if-none-match" not in request.headers
        and request.method in ("GET", "HEAD")
        and node.mtime <= since
    ):
        return Reply(304, headers=[("Last-Modified", formatdate(node.mtime, usegmt=True))])
    until = _moment(request.headers.get("if-unmodified-since"))
    if until is not None and node.mtime > until:
        raise precondition_failed(UNMODIFIED, "If-Unmodified-Since", None)
    return None


def _moment(said: str | None) -> float | None:
    try:
        return parsedate_to_datetime(said).timestamp() if said else None
    except ValueError:
        return None


def serve(request: Request, node: Node, name: str, version: int) -> Reply:
    """A file, a part of it, or a folder's page or archive."""
    if node.folder:
        return _folder(request, node, name, version)
    headers = [
        ("Last-Modified", formatdate(node.mtime, usegmt=True)),
        ("ETag", node.quoted_etag),
    ]
    more = [
        ("OC-ETag", node.quoted_etag),
        ("Content-Disposition", disposition(name)),
        ("X-Accel-Buffering", "no"),
    ]
    if node.checksum:
        more.append(("OC-Checksum", node.checksum))
    asked = RANGES.fullmatch(request.headers.get("range", ""))
    guard = request.headers.get("if-range")
    if asked and guard in (None, node.quoted_etag, headers[0][1]) and request.method == "GET":
        return _part(asked[1], node, headers, more)
    return Reply(200, node.content, served_kind(node), headers + more)


def _part(
    asked: str, node: Node, headers: list[tuple[str, str]], more: list[tuple[str, str]]
) -> Reply:
    size = len(node.content)
    spans = [_span(one, size, headers) for one in asked.split(",") if RANGE.fullmatch(one)]
    if len(spans) == 1:
        first, last = spans[0]
        headers = [*headers, ("Content-Range", f"bytes {first}-{last}/{size}"), *more]
        return Reply(206, node.content[first : last + 1], served_kind(node), headers)
    mark = secrets.token_hex(8)[:15]
    kind = served_kind(node)
    body = b"".join(
        f"\r\n--{mark}\r\nContent-type: {kind}\r\n"
        f"Content-range: bytes {first}-{last}/{size}\r\n\r\n".encode()
        + node.content[first : last + 1]
        for first, last in spans
    )
    whole = body + f"\r\n--{mark}--\r\n".encode()
    return Reply(206, whole, f"multipart/byteranges; boundary={mark}", headers + more)


def _span(asked: str, size: int, headers: list[tuple[str, str]]) -> tuple[int, int]:
    found = RANGE.fullmatch(asked)
    first, last = (found[1], found[2]) if found else ("", "")
    if not first:
        return max(0, size - int(last or 0)), size - 1
    if int(first) >= size:
        raise Refusal(
            416,
            SABRE + "RequestedRangeNotSatisfiable",
            f"The start offset ({first}) exceeded the size of the entity ({size})",
            headers=headers,
        )
    return int(first), min(int(last), size - 1) if last else size - 1


def _folder(request: Request, node: Node, name: str, version: int) -> Reply:
    query = parse_qs(request.query)
    by_query = query.get("accept", [""])[0].removeprefix("application/") == "zip"
    packed = by_query or request.headers.get("accept") == ZIP
    if not packed or (request.method == "HEAD" and version == 34):
        return Reply(200, COLLECTION_TEXT if version == 34 else b"")
    said = query.get("files", [""])[0]
    try:
        chosen = json.loads(said) if said.startswith("[") else ([said] if said else [])
    except ValueError:
        chosen = [said]
    title = name or "download"
    headers = [
        ("X-Accel-Buffering", "no"),
        ("Last-Modified", formatdate(node.mtime, usegmt=True)),
        ("Accept-Ranges", "bytes"),
        ("Content-Disposition", disposition(f"{title}.zip")),
        ("Content-Transfer-Encoding", "binary"),
    ]
    return Reply(200, archive(node, title, [str(one) for one in chosen]), ZIP, headers)


def archive(node: Node, title: str, chosen: list[str]) -> bytes:
    """A zip of a folder, or of the chosen names in it; nothing is compressed."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as made:
        for one in node.walk():
            path = one.path_from(node)
            if chosen and (not path or path[0] not in chosen):
                continue
            inside = "/".join(path if chosen else (title, *path))
            stamp = datetime.fromtimestamp(max(one.mtime, 315532800), UTC).timetuple()[:6]
            entry = zipfile.ZipInfo(f"{inside}/" if one.folder else inside, stamp)
            made.writestr(entry, one.content)
    return memory.getvalue()
