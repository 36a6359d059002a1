"""Files of the stand-in cloud: kept, put back, and told so that two runs of them compare.

Ids, public addresses and names that the wiki gives to uploads hang on when and how often something
was tried; what they stand for does not.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from oscartes_sync.sandbox.cloud import CloudStandIn
from oscartes_sync.sandbox.cloud.files_nodes import Node

_KEPT = {
    "store": ("homes", "quotas", "_numbers", "_last_uniqid"),
    "mounts": ("shares",),
    "trash": ("bins",),
}
_KEY = re.compile(r"/f/(\d+)")
_ADDRESS = re.compile(r"https?://[^/\s]+/s/(\w+)")
_UPLOADED = re.compile(r"_\d{14}_\d{14}")
_HELD = re.compile(r"(?<=\b)(\d+) \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ((?: \w+:\w+)*) [0-9a-f]{8}\b")
_TAGS = re.compile(r"<[^>]*>")
_OF_FILE = re.compile(r'("file":"/f/[^"]*".*?"link":)"[^"]*"(.*?"named":)\w+')
"""Of a file its address is known to runs alone that read all, and a mark that was set after it was
read is seen when it moves."""


def kept_files(cloud: CloudStandIn) -> Any:
    """A copy of all files, bins and shares, which know each other."""
    rooms = {
        room: {name: getattr(getattr(cloud.further, room), name) for name in names}
        for room, names in _KEPT.items()
    }
    return copy.deepcopy(rooms)


def put_back_files(cloud: CloudStandIn, kept: Any) -> None:
    """As they were when they were kept."""
    for room, values in copy.deepcopy(kept).items():
        # Many rooms hold these stores, so they stay the same ones.
        vars(getattr(cloud.further, room)).update(values)


def files_of(cloud: CloudStandIn, uid: str) -> dict[str, Any]:
    """The files of an account by their paths, those in the bin, and the public addresses."""
    found: dict[str, Any] = {}
    place = f"cloud/{uid}/files"
    with cloud.core.lock:
        for path, node in _files(cloud, uid):
            found[f"{place}/{path}"] = [node.content.hex(), _marked(node)]
        for binned in cloud.further.trash.bins.get(uid, {}).values():
            name = "/".join(binned.location)
            found.setdefault(f"{place}/bin/{name}", []).append(binned.node.content.hex())
        for share in cloud.further.mounts.shares:
            if share.owner == uid and share.token:
                found.setdefault(f"{place}/links", []).append(share.node.name)
    return {name: sorted(it) if name.endswith("/links") else it for name, it in found.items()}


def names_of(cloud: CloudStandIn, uid: str) -> dict[str, str]:
    """What ids and tokens of addresses stand for."""
    found: dict[str, str] = {}
    with cloud.core.lock:
        found |= {str(node.number): path for path, node in _files(cloud, uid)}
        for binned in cloud.further.trash.bins.get(uid, {}).values():
            found[str(binned.node.number)] = f"bin/{'/'.join(binned.location)}"
        for share in cloud.further.mounts.shares:
            found[share.token] = share.node.name
    return found


def plain(value: Any, names: Mapping[str, str]) -> Any:
    """A value with names of files in the place of what hangs on how they came about."""
    if isinstance(value, dict):
        return {plain(name, names): plain(it, names) for name, it in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each, names) for each in value]
    if not isinstance(value, str):
        return value
    text = _KEY.sub(lambda found: f"/f/{names.get(found[1], '?')}", value)
    text = _ADDRESS.sub(lambda found: f"address of {names.get(found[1], '?')}", text)
    return _OF_FILE.sub(r'\1""\2', _HELD.sub(r"\1\2", _UPLOADED.sub("", text)))


def _files(cloud: CloudStandIn, uid: str) -> Iterator[tuple[str, Node]]:
    home = cloud.further.store.home(uid)
    for node in home.walk():
        if not node.folder:
            yield "/".join(node.path_from(home)), node


def _marked(node: Node) -> list[str]:
    """Whose copy it is: not its id, which is another each time, nor the name that it got, which a
    run that was cut off in between leaves as it was."""
    found = []
    for xml in node.dead.values():
        told = json.loads(unescape(_TAGS.sub("", xml)))
        found.append(told[0] if told[1] == node.number else "another's")
    return found
