"""oscartes.toml and .env as frozen settings."""

from oscartes_sync.config.loading import find, load
from oscartes_sync.config.settings import (
    CloudSettings,
    NetworkSettings,
    Settings,
    WikiSettings,
)
from oscartes_sync.config.writing import TomlSettingsStore, preview
from oscartes_sync.planning.binding import cloud_variable, wiki_variable

__all__ = [
    "CloudSettings",
    "NetworkSettings",
    "Settings",
    "TomlSettingsStore",
    "WikiSettings",
    "cloud_variable",
    "find",
    "load",
    "preview",
    "wiki_variable",
]
