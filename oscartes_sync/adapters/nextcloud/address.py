"""Addresses of one cloud: its origin and the paths below it, written as the server writes them.

An href is always a path here, never a whole URL: whatever host an answer names, requests go to
the configured origin alone.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

from oscartes_sync.errors import ConfigurationError

_KEPT = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~()/")
_PLAIN = re.compile(r"[A-Za-z0-9_.~()/-]*\Z")
_SCRIPTS = ("/index.php", "/remote.php/dav", "/remote.php")


@dataclass(frozen=True, slots=True)
class Address:
    """`origin` is `scheme://host[:port]`, `base` the sub-folder ("" or `/nextcloud`)."""

    origin: str
    base: str

    @classmethod
    def parse(cls, url: str, *, cloud: str, insecure: bool = False) -> Address:
        """Read what a person gives as the cloud's address.

        Raises:
            ConfigurationError: `cloud-url` for what is no web address, `insecure-url` for plain
                http to another machine, which would show the password to the network.
        """
        parts = urlsplit(url.strip())
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            raise ConfigurationError("cloud-url", cloud=cloud)
        if parts.scheme == "http" and not insecure and not _is_loopback(host):
            raise ConfigurationError("insecure-url", target=cloud, host=host)
        path = parts.path.rstrip("/")
        for script in _SCRIPTS:
            path = path.removesuffix(script)
        shown = f"[{host}]" if ":" in host else host
        return cls(f"{parts.scheme}://{shown}{f':{port}' if port else ''}", canonical(path))

    def path(self, route: str) -> str:
        """The path of a route such as `/remote.php/dav/`, below the sub-folder."""
        return self.base + route

    def url(self, path: str) -> str:
        """Where a path is asked for."""
        return self.origin + path


def canonical(href: str) -> str:
    """An href as Sabre writes it, whatever its spelling: a path, escapes in lower case.

    Servers and people escape the same name in several ways (recordings 028, 041); links are
    found again by this one spelling.
    """
    if _PLAIN.match(href) and not href.startswith("//"):
        return href
    path = urlsplit(href).path if "://" in href else href
    return "".join(
        chr(byte) if byte in _KEPT else f"%{byte:02x}" for byte in unquote_to_bytes(path)
    )


def segment(name: str) -> str:
    """One part of a path, its slashes escaped too."""
    return canonical(name.replace("%", "%25")).replace("/", "%2f")


def last_segment(href: str) -> str:
    """The name at the end of an href, with or without its final slash, still escaped."""
    return href.rstrip("/").rsplit("/", 1)[-1]


def decoded(escaped: str) -> str:
    """The text an escaped part stands for."""
    return unquote_to_bytes(escaped).decode("utf-8", "replace")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
