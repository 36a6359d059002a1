"""Whether a thing may be mirrored, as far as the thing itself says."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """Whether a thing may be mirrored.

    OPEN may. HIDDEN: private, confidential or unpublished there. PAST: ended before `since`.
    BROKEN: no record can be made of it (its problems say why). FOREIGN: mirrored from elsewhere.
    """

    OPEN = "open"
    HIDDEN = "hidden"
    PAST = "past"
    BROKEN = "broken"
    FOREIGN = "foreign"
