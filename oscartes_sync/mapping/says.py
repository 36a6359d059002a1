"""Fields that one side says in the derived paragraph alone, there being no place for them."""

from __future__ import annotations

from typing import Final

SAYS: Final = frozenset({"organizer"})
"""What the cloud says there."""
