"""Which files hold secrets, and whether other accounts of this machine may read them."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from oscartes_sync.config.loading import SECRETS_NAME
from oscartes_sync.config.settings import Settings

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def kept_secrets(settings: Settings) -> Mapping[str, bool]:
    """Path of each file with secrets → whether its owner alone may read and write it."""
    return {str(file): not file.stat().st_mode & _OTHERS for file in _with_secrets(settings)}


def _with_secrets(settings: Settings) -> Iterator[Path]:
    beside = settings.path.parent / SECRETS_NAME
    if beside.is_file():
        yield beside
    # A database's password stands in its address; where a variable could hold it there is none.
    if urlsplit(settings.state_url).password and settings.path.is_file():
        yield settings.path
