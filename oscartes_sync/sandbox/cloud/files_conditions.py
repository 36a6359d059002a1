"""The If header of RFC 4918 section 10.4, for ETags; lock tokens are files_locks' (108)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from oscartes_sync.sandbox.cloud.files_mounts import Mounts
from oscartes_sync.sandbox.cloud.files_names import decoded_parts
from oscartes_sync.sandbox.cloud.messages import Request, precondition_failed

LISTS = re.compile(r"(?:<([^>]*)>\s*)?\(([^)]*)\)")
ETAG = re.compile(r"(Not\s+)?\[([^\]]*)\]", re.IGNORECASE)


def check_if(request: Request, mounts: Mounts, base: str, skip: int) -> None:
    """Raise 412 unless the ETags named for each resource hold; any list of one may."""
    said = request.headers.get("if", "")
    if "[" not in said:
        return
    wanted: dict[str, list[str]] = {}
    for uri, conditions in LISTS.findall(said):
        wanted.setdefault(urlsplit(uri).path or request.path, []).append(conditions)
    for path, lists in wanted.items():
        if not path.startswith(base):
            continue
        place = mounts.find(request.user.uid, decoded_parts(path, skip=skip))
        etag = place.node.quoted_etag if place else None
        if not any(_holds(one, etag) for one in lists):
            shown = "/".join(decoded_parts(path, skip=2))
            raise precondition_failed(
                f"Failed to find a valid token/etag combination for {shown}", "If", None
            )


def _holds(conditions: str, etag: str | None) -> bool:
    return all((tag == etag) is not bool(negated) for negated, tag in ETAG.findall(conditions))
