"""oscartes.toml and .env as frozen settings; `writing` holds what makes them, `secrecy`
whether nobody else reads them."""

from oscartes_sync.config.loading import find, load
from oscartes_sync.config.settings import (
    CloudSettings,
    NetworkSettings,
    Settings,
    WikiSettings,
)
from oscartes_sync.planning.binding import cloud_variable, wiki_variable

__all__ = [
    "CloudSettings",
    "NetworkSettings",
    "Settings",
    "WikiSettings",
    "cloud_variable",
    "find",
    "load",
    "wiki_variable",
]
