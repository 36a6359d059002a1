"""The wiki's HTTP API, every trap of it handled here."""

from bazar_forms.client.api import BazarClient
from bazar_forms.client.capabilities import Capabilities
from bazar_forms.client.files import Download
from bazar_forms.client.reading import Hidden, Listing, PageRow
from bazar_forms.client.rights import Revision, Rights
from bazar_forms.client.transport import Counters, Upload

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
