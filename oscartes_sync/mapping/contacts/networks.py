"""Social networks, told by the host of an address or by the words of a field.

Both sides sort addresses in this one way, so that a page on a social network is `social` wherever
it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from bazar_forms.field import Field
from oscartes_sync.mapping.guesses import folded

_HOSTS: Final[Mapping[str, tuple[str, ...]]] = {
    "facebook": ("facebook.com", "fb.com", "fb.me"),
    "instagram": ("instagram.com",),
    "linkedin": ("linkedin.com", "lnkd.in"),
    "twitter": ("twitter.com", "x.com"),
    "youtube": ("youtube.com", "youtu.be"),
    "tiktok": ("tiktok.com",),
    "pinterest": ("pinterest.com", "pinterest.fr"),
    "telegram": ("t.me",),
    "bluesky": ("bsky.app",),
    "threads": ("threads.net", "threads.com"),
    "mastodon": ("mamot.fr", "framapiaf.org", "piaille.fr", "pouet.chapril.org"),
    "peertube": ("framatube.org", "tube.aquilenet.fr"),
    "diaspora": ("framasphere.org", "diaspora-fr.org"),
}
_BY_HOST: Final = {host: name for name, hosts in _HOSTS.items() for host in hosts}
_SPOKEN: Final = re.compile(r"\b(mastodon|peertube|diaspora)\b")
"""Networks of many servers, whose names mostly say what they are."""

_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys((r"facebook", r"fb"), "facebook"),
    **dict.fromkeys((r"twitter", r"x"), "twitter"),
    r"insta(?:gram)?": "instagram",
    r"linked ?in": "linkedin",
    r"you ?tube": "youtube",
    r"tik ?tok": "tiktok",
    r"blue ?sky": "bluesky",
    r"(?:mastodon|fediverse?)": "mastodon",
    r"peertube": "peertube",
    r"pinterest": "pinterest",
    r"telegram": "telegram",
    r"threads": "threads",
    r"diaspora": "diaspora",
}
_ANY: Final = re.compile(r"\breseaux? socia(?:l|ux)\b|\bsocial (?:media|network)s?\b|\bsocial\b")
_FEDERATED: Final = frozenset({"mastodon", "peertube", "diaspora"})
_MANY: Final = "*"
"""What a field takes that names no network, or several."""


def network_of(url: str) -> str:
    """The network that an address belongs to by its host, "" for any other."""
    host = _host(url)
    parts = host.split(".")
    for begin in range(max(0, len(parts) - 3), len(parts) - 1):
        if name := _BY_HOST.get(".".join(parts[begin:])):
            return name
    spoken = _SPOKEN.search(host)
    return spoken[1] if spoken else ""


def networks_of_field(field: Field) -> str:
    """The network a field is for, `*` for one for several, "" for one that is for none."""
    return _named(field.name, field.property, field.label)


@lru_cache(maxsize=1_000)
def _named(*words: str) -> str:
    said = " ".join(map(folded, words))
    found = {name for word, name in _WORDS.items() if re.search(rf"\b{word}\b", said)}
    if len(found) == 1:
        return found.pop()
    return _MANY if found or _ANY.search(said) else ""


def takes(network: str, url: str) -> bool:
    """Whether a field for a network may hold an address that is `social`.

    A server whose name says no network may be one of those that have many servers.
    """
    own = network_of(url)
    return network in {own, _MANY} or (not own and network in _FEDERATED)


def _host(url: str) -> str:
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return ""
    return (host or "").removeprefix("www.")
