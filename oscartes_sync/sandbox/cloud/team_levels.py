"""What members of a team may do, by number and by name (33.0.1)."""

from __future__ import annotations

import json

from oscartes_sync.sandbox.cloud.files_ocs import form_of
from oscartes_sync.sandbox.cloud.messages import Request

MEMBER, MODERATOR, ADMIN, OWNER = 1, 4, 8, 9
_LEVELS = {"member": MEMBER, "moderator": MODERATOR, "admin": ADMIN, "owner": OWNER}


def level_said(request: Request) -> int | None:
    """The level that a request names; a number counts in JSON alone, a name in a form too."""
    try:
        said = json.loads(request.body).get("level")
    except (ValueError, AttributeError):
        said = form_of(request).get("level", "")
    if isinstance(said, str):
        return _LEVELS.get(said.casefold())
    return said if said in _LEVELS.values() else None
