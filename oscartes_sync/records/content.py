"""The words with which a file of the folder tells of its bytes, written and read in one place.

`<size in bytes> <time of the last change, UTC> <algorithm>:<checksum>…`; what follows is its
side's own (`Document.content`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"


def lying(size: int, modified: datetime, checksums: Mapping[str, str]) -> str:
    """The words for a file of this size, of this moment."""
    sums = (f"{kind}:{digest}" for kind, digest in sorted(checksums.items()))
    return " ".join((str(size), modified.astimezone(UTC).strftime(_MOMENT), *sums))


def size_and_moment(content: str) -> tuple[int, datetime] | None:
    """How long such a file is and when it changed; None for the words of another side."""
    size, _, rest = content.partition(" ")
    try:
        return int(size), datetime.strptime(rest.partition(" ")[0], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def size_of(content: str) -> int | None:
    """How long such a file is, in bytes."""
    found = size_and_moment(content)
    return found[0] if found else None
