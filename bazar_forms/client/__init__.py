"""The wiki's HTTP API, every trap of it handled here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from bazar_forms.client.api import BazarClient
from bazar_forms.client.reading import Hidden, Listing, PageRow
from bazar_forms.client.transport import Counters, Upload

if TYPE_CHECKING:
    from bazar_forms.client.capabilities import Capabilities
    from bazar_forms.client.files import Download
    from bazar_forms.client.rights import Revision, Rights

__all__ = [
    "BazarClient",
    "Capabilities",
    "Counters",
    "Download",
    "Hidden",
    "Listing",
    "PageRow",
    "Revision",
    "Rights",
    "Upload",
]

# Rarely named, and their rooms write: see `BazarClient._acting`.
_HOMES = {
    "Capabilities": "capabilities",
    "Download": "files",
    "Revision": "rights",
    "Rights": "rights",
}


def __getattr__(name: str) -> object:
    """Imports the module that a public name lives in when it is first asked for (PEP 562)."""
    room = _HOMES.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{room}"), name)
    globals()[name] = value
    return value
