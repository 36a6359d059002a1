"""Which names files and folders may have (recordings 105, 105b)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from oscartes_sync.sandbox.cloud.messages import SABRE, Refusal, Request
from oscartes_sync.sandbox.cloud.xml_text import text

LONGEST_NAME = 250
CONTROL = re.compile("[\x00-\x1f\x7f]")
PARTIAL = (".part", ".filepart")
WINDOWS_CHARACTERS = ':*?"<>|'
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")


def decoded_parts(path: str, *, skip: int) -> tuple[str, ...]:
    """The parts of a path after the first `skip`: UTF-8, else Latin-1, composed (NFC)."""
    parts = [part for part in path.split("/") if part][skip:]
    return tuple(_composed(unquote_to_bytes(part)) for part in parts)


def refused_by_apache(request: Request) -> bool:
    """Whether the web server itself answers 404: slashes and zeros escaped in the path."""
    path = request.path.lower()
    return "%2f" in path or "%00" in path


def check_name(name: str, folder: str, *, windows: bool, version: int) -> None:
    """Refuse what no file may be called; with `windows`, what Windows refuses too.

    `folder` is the path of the folder, for the message. Raises Refusal 400, 500 for .htaccess.
    """
    if name.lower() == ".htaccess":
        if version == 32:
            raise invalid_path("Filename is a reserved word")
        raise Refusal(500, "OCP\\Files\\ForbiddenException", f"Invalid path: files{folder}/{name}")
    if CONTROL.search(name):
        raise invalid_path("Filename contains at least one invalid character")
    if len(name.encode()) > LONGEST_NAME:
        raise invalid_path("Filename is too long")
    forbidden = "\\" + (WINDOWS_CHARACTERS if windows else "")
    found = next((one for one in name if one in forbidden), None)
    if found:
        raise invalid_path(f'"{found}" is not allowed inside a file or folder name.')
    if windows:
        _check_windows(name)
    for ending in PARTIAL:
        if name.lower().endswith(ending):
            raise invalid_path(f'"{ending}" is a forbidden file type.')


def invalid_path(reason: str) -> Refusal:
    """400, with ownCloud's two elements more."""
    shown = text(reason).replace("&quot;", '"')
    return Refusal(
        400,
        "OCA\\DAV\\Connector\\Sabre\\Exception\\InvalidPath",
        reason,
        extra='  <o:retry xmlns:o="o:">false</o:retry>\n'
        f'  <o:reason xmlns:o="o:">{shown}</o:reason>\n',
    )


def file_not_found(parts: tuple[str, ...], version: int = 34) -> Refusal:
    """404 of a file or folder; 32 doubles the slash of what is not in a folder (132)."""
    path = "/".join(parts)
    if version == 32 and len(parts) == 1:
        path = f"/{path}"
    return Refusal(404, SABRE + "NotFound", f"File with name /{path} could not be located")


def _check_windows(name: str) -> None:
    if name.endswith("."):
        raise invalid_path('"." is a forbidden file type.')
    if name.endswith(" "):
        raise invalid_path('Filenames must not end with " ".')
    if DEVICE.fullmatch(name.lower()):
        raise invalid_path(f'"{name.lower()}" is a forbidden prefix for file or folder names.')


def _composed(raw: bytes) -> str:
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        decoded = raw.decode("latin-1")
    return unicodedata.normalize("NFC", decoded)
