"""Whose copy a file is: a property of ours on what we put into the folder.

Nextcloud keeps properties that it does not know, per account and path, carries them along when that
account moves a file, and gives them to no copy (recording 114; apps/dav/lib/DAV/
CustomPropertiesBackend.php). So a mark names the file it was made for: another file in its place is
not taken for it. Where somebody else renamed the file, the mark is gone, and the state alone knows
it, or its name and what is in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

PROPERTY = "x:document"


@dataclass(frozen=True, slots=True)
class Mark:
    """The UID of the document, the id of the file, and the name that we gave it."""

    uid: str
    fileid: int
    name: str

    def write(self) -> str:
        """As the property holds it."""
        return json.dumps([self.uid, self.fileid, self.name], ensure_ascii=False)


def read(text: str, fileid: int) -> Mark | None:
    """Back from `Mark.write`; None for nothing, for another's word, or for another file's mark."""
    try:
        uid, marked, name = json.loads(text) if text else ("", -1, "")
    except (ValueError, TypeError):
        return None
    if marked != fileid or not isinstance(uid, str) or not isinstance(name, str):
        return None
    return Mark(uid, fileid, name)
