"""Uploads and the flat folder `files/`.

Names: `{tag}_{property}_{clean name}_{yyyymmddhhmmss}_{yyyymmddhhmmss}.{ext}`, with a trailing
underscore unless it is an image, a sound or a film. Read in the server's
tools/attach/libs/attach.lib.php and tools/bazar/fields/FileField.php; recordings 400-421.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
import secrets
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING

from oscartes_sync.sandbox.wiki.core import Core, WikiFailure
from oscartes_sync.sandbox.wiki.messages import Request, Response, Upload
from oscartes_sync.sandbox.wiki.naming import clean_file_name

if TYPE_CHECKING:
    from oscartes_sync.sandbox.wiki.fields import Saving

NOT_ALLOWED = "fichier non autorise<br />"
_IMAGES = frozenset({"avif", "gif", "jpeg", "png", "jpg", "svg", "webp"})
_SHOWN = _IMAGES | {"mp3", "aac", "mp4", "webm", "ogg", "wma", "mm", "flv"}
_ALLOWED = frozenset(
    re.findall(
        r"\w+",
        "jpg png gif jpeg webp avif bmp tif svg aiff avi flac flv mid mkv mov mp3 mp4 mpg oga ogg "
        "ogv qt wav wmv 3gp abw ai bz2 bin blend c css csv deb doc docx djvu dvi eps gz h kml kmz "
        "md mm pdf ppt pptx ps psd pub rtf sxc sxi sxw tex tgz torrent ttf txt xcf xls xlsx xlsm "
        "xml yaml zip odt ods odp odg odc odf odb odi odm ott ots otp otg",
    )
)
_STORED = re.compile(r"^(.*)_\d{14}_\d{14}\.(.*)$")
_INLINE_IMAGE = re.compile(
    r'(<img(?:\s*style="[^"]*")?\s*)src="data:image/(gif|jpeg|png|jpg|svg|webp);base64,([^"]*)"[^>]*>'
)
_NOT_FOUND = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n'
    "<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n"
    "<p>The requested URL was not found on this server.</p>\n</body></html>\n"
)


def save_upload(upload: Upload, tag: str, name: str, saving: Saving, limit: int | None) -> str:
    """Keep an upload and return its stored name, "" where the wiki refuses it silently.

    `limit` is the field's size in bytes; over it the wiki fails.
    """
    stem, dot, extension = clean_file_name(upload.filename).rpartition(".")
    if not dot or extension.lower() not in _ALLOWED:
        saving.printed.append(NOT_ALLOWED)
        return ""
    return _keep(upload, f"{tag}_{name}_{stem}", extension, saving, limit)


def save_image(upload: Upload, tag: str, name: str, saving: Saving, limit: int | None) -> str:
    """As `save_upload`, for images; a refusal prints nothing."""
    stem, dot, extension = clean_file_name(upload.filename).rpartition(".")
    if not dot or extension.lower() not in _IMAGES:
        return ""
    return _keep(upload, f"{tag}_{name}_{stem}", extension, saving, limit)


def _keep(upload: Upload, stem: str, extension: str, saving: Saving, limit: int | None) -> str:
    core = saving.core
    content = upload.content
    moment = core.clock.compact()
    suffix = "" if extension.lower() in _SHOWN else "_"
    stored = f"{stem}_{moment}_{moment}.{extension}{suffix}"
    if content is None:
        # Recording 413 has it empty; where PHP tells the name, moving what is not there fails, and
        # the field keeps that name (tried on 4.4.4 and the 4.5 line).
        return stored if core.settings.names_what_never_arrived else ""
    if core.store.has_file(stored):
        saving.printed.append("fichier deja existant<br />")
        return stored
    if limit is not None and len(content) > limit:
        raise WikiFailure(
            f"Le fichier est trop volumineux, maximum {limit} octets",
            "tools/bazar/fields/FileField.php:116",
        )
    core.store.save_file(stored, content, core.clock.now().timestamp())
    return stored


def keep_inline_images(text: str, tag: str, core: Core) -> str:
    """Turn `data:` images of an HTML text into files."""

    def replace(found: re.Match[str]) -> str:
        try:
            content = base64.b64decode(found[3], validate=False)
        except binascii.Error:
            return found[0]
        moment = core.clock.compact()
        stored = f"{tag}_{secrets.token_hex(10)}_{moment}_{moment}.{found[2]}"
        core.store.save_file(stored, content, core.clock.now().timestamp())
        return f'{found[1]}src="files/{stored}">'

    return _INLINE_IMAGE.sub(replace, text)


def server_not_found() -> Response:
    """The web server's own 404."""
    return Response(404, _NOT_FOUND.encode(), "text/html; charset=iso-8859-1")


def static_file(core: Core, request: Request, name: str) -> Response:
    """`GET /files/{name}`: public, conditional, partial; no rights are checked."""
    found = core.store.file(name)
    if found is None:
        return server_not_found()
    content, mtime = found
    etag = f'"{len(content):x}-{int(mtime * 1_000_000):x}"'
    modified = formatdate(mtime, usegmt=True)
    headers = [("Last-Modified", modified), ("ETag", etag), ("Accept-Ranges", "bytes")]
    if _is_unchanged(request, etag, mtime):
        return Response(304, b"", None, headers)
    kind = None if name.endswith("_") else mimetypes.guess_type(name)[0]
    return _part(content, request.header("Range"), kind, headers)


def _is_unchanged(request: Request, etag: str, mtime: float) -> bool:
    wanted = request.header("If-None-Match")
    if wanted:
        return wanted == "*" or etag in [
            part.strip().removeprefix("W/") for part in wanted.split(",")
        ]
    since = request.header("If-Modified-Since")
    try:
        return bool(since) and int(mtime) <= parsedate_to_datetime(since).timestamp()
    except ValueError:
        return False


def _part(
    content: bytes, wanted: str, kind: str | None, headers: list[tuple[str, str]]
) -> Response:
    found = re.match(r"^bytes=(\d*)-(\d*)$", wanted)
    if found is None or not (found[1] or found[2]):
        return Response(200, content, kind, headers)
    size = len(content)
    start = int(found[1]) if found[1] else max(0, size - int(found[2]))
    end = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
    if start > end:
        return Response(416, b"", kind, [*headers, ("Content-Range", f"bytes */{size}")])
    span = ("Content-Range", f"bytes {start}-{end}/{size}")
    return Response(206, content[start : end + 1], kind, [*headers, span])


def download(core: Core, name: str, tag: str) -> Response | None:
    """The answer of `?{tag}_{property}/download`, None for a file that does not exist."""
    found = core.store.file(name)
    if found is None:
        return None
    content, _ = found
    parts = _STORED.match(name)
    long_name = f"{parts[1]}.{parts[2].rstrip('_')}" if parts else name
    short = long_name.removeprefix(f"{tag}_")
    headers = [
        ("Cache-Control", "pre-check=0, post-check=0, max-age=0"),
        ("Last-Modified", formatdate(core.clock.now().timestamp(), usegmt=True)),
        ("Content-Disposition", f'attachment; filename="{short}"'),
    ]
    return Response(200, content, f'application/octetstream; name="{short}"', headers)
