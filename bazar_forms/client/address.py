"""Addresses of one wiki, built by hand.

Everything of a YesWiki hangs on the query string, and the route is what stands before its first
`&`. HTTP libraries write an empty parameter as `route=`, which the server cuts to `api/forms` and
answers with all form definitions and 200; so nothing here goes through `params=` (reference
section 1, recordings 189-199).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from bazar_forms.errors import InsecureAddress, NotAWiki

_SCRIPTS = ("/index.php", "/wakka.php")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a wiki lives: `base` is what the browser shows before the `?`, without end slash."""

    base: str

    @classmethod
    def parse(cls, url: str, *, insecure: bool = False) -> Address:
        """Reads what a person gives as the wiki's address, sub-folder and page name included.

        Raises NotAWiki where it is no web address, InsecureAddress where it is plain http to
        another machine and `insecure` is not set: the key would go over the wire in the clear.
        """
        parts = urlsplit(url.strip())
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            raise NotAWiki("The wiki's address is not a web address of the form https://host/.")
        if parts.scheme == "http" and not insecure and not _is_loopback(host):
            raise InsecureAddress(f"The wiki's address at {host} is plain http.")
        path = parts.path.rstrip("/")
        for script in _SCRIPTS:
            path = path.removesuffix(script)
        shown = f"[{host}]" if ":" in host else host
        return cls(f"{parts.scheme}://{shown}{f':{port}' if port else ''}{path}")

    def api(self, route: str, parameters: Sequence[tuple[str, str]] = ()) -> str:
        """The address of `route`, such as `api/forms/6/entries`, its parts already quoted."""
        return f"{self.base}/?{route}" + "".join(
            f"&{name}={quote(value, safe='')}" for name, value in parameters
        )

    def page(self, tag: str, handler: str = "") -> str:
        """The address of a page, or of one of its handlers, such as `edit`."""
        return f"{self.base}/?{quoted(tag)}" + (f"/{handler}" if handler else "")

    def file(self, name: str) -> str:
        """The public address of a stored file."""
        return f"{self.base}/files/{quoted(name)}"


def quoted(part: str) -> str:
    """One part of a route: a tag, a form number, a file name."""
    return quote(part, safe="")


def tag_in(url: str) -> str:
    """The tag that an entry's address ends with, with or without rewriting of addresses."""
    parts = urlsplit(url)
    last = parts.query.split("&", 1)[0] if parts.query else ""
    if not last or "=" in last:
        last = last.removeprefix("wiki=") if last.startswith("wiki=") else ""
    return unquote(last or parts.path.rstrip("/").rsplit("/", 1)[-1])


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
