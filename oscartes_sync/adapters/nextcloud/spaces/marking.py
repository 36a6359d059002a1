"""Markers of ours on files and calendars: dead properties, which only their owner sees.

They follow what they stand on when the account itself moves it, and are per account and path
(reference, part I; tried on 33.0.1): where a Team folder is given another mount point they stay
behind (groupfolders 21.0.15).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.refusals import unexpected
from oscartes_sync.errors import NotKept

MARK: Final = "x:space"
ARCHIVED: Final = "x:archived"
NUMBER: Final = "x:team-folder"
"""Of a Team folder that a marker is about: at its path another may stand one day."""


def marking(dav: Dav, href: str, values: Mapping[str, str]) -> None:
    """Set properties, all of them or none.

    Raises:
        NotKept: the server refuses one of them.
    """
    declared = "".join(
        f' xmlns:{prefix}="{escape(uri)}"' for prefix, uri in dav_xml.NAMESPACES.items()
    )
    props = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
    body = f"<d:propertyupdate{declared}><d:set><d:prop>{props}</d:prop></d:set></d:propertyupdate>"
    reply = dav.send("PROPPATCH", href, body.encode())
    if reply.status != 207:
        raise dav.refusal(reply, wrote=True)
    try:
        refused = dav_xml.failed(reply.body)
    except dav_xml.NotXml as failure:
        raise unexpected(reply, dav.cloud) from failure
    if refused:
        raise NotKept("cloud-not-kept", href=href, fields=", ".join(values))
