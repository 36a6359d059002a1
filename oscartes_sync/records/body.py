"""The bytes of a file on their way from one side to the other, never whole in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Body:
    """What a file holds, for as long as the block that fetched it.

    `open` gives its `size` bytes from the beginning, each time anew; `sha256` in hex; `modified`
    is when the file was written last, as its own side says.
    """

    open: Callable[[], BinaryIO] = field(repr=False)
    size: int
    sha256: str
    modified: datetime
