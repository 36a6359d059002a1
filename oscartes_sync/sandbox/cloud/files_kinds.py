"""Media types by file name, as the server tells them (100, 103, 108)."""

from __future__ import annotations

from oscartes_sync.sandbox.cloud.files_nodes import Node

FOLDER = "httpd/unix-directory"
KINDS = {
    "bin": "application/x-bin",
    "css": "text/css",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "ics": "text/calendar",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "md": "text/markdown",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "vcf": "text/vcard",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "zip": "application/zip",
}


def kind_of(name: str) -> str:
    """The media type of a file of that name."""
    return KINDS.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def served_kind(node: Node) -> str:
    """The Content-Type of a download: texts have their charset, without a space."""
    kind = kind_of(node.name)
    return f"{kind};charset=UTF-8" if kind.startswith("text/") else kind


def has_preview(name: str) -> bool:
    """Whether the server would draw a picture of it."""
    kind = kind_of(name)
    return kind in ("text/plain", "text/markdown") or (
        kind.startswith("image/") and kind != "image/svg+xml"
    )
