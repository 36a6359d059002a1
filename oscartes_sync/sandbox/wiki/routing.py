"""How the wiki reads an address, with the trap of recording 194.

Everything hangs on the raw query string. Read in the server's includes/YesWikiInit.php
(getRoute) and includes/YesWiki.php (RunSpecialPages).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from oscartes_sync.sandbox.wiki.messages import Request
from oscartes_sync.sandbox.wiki.php import url_decode

_PAGE = re.compile(r"^(?:[^\W\d_]|[-_.0-9])+$")
_PAGE_HANDLER = re.compile(r"^((?:[^\W\d_]|[-_.0-9])+)/([A-Za-z0-9_-]*)$")
_ENCODED_API = re.compile(r"^api/([A-Za-z0-9_-]+(?:[A-Za-z0-9_-]|/| )*)$")
_METHOD = re.compile(r"^[A-Za-z0-9_]*$")


@dataclass(frozen=True)
class Route:
    """A page's tag and handler; `api_path` where the page is `api`; `invalid` for a bad name."""

    tag: str
    handler: str = ""
    api_path: str | None = None
    invalid: bool = False


def read_route(request: Request) -> Route:
    """Read tag and handler, or the path of an API route."""
    uri = re.sub(r"^/\??", "", request.target)
    first = uri.split("&")[0].split("?")[0]
    segments = first.split("/")
    named = request.get.get("wiki")
    if not segments[0] and not named:
        return Route("")
    if isinstance(named, str) and named:
        wiki = url_decode(named).removeprefix("/")
    elif segments[0] in {"index.php", "wakka.php"}:
        wiki = ""
    else:
        wiki = url_decode(segments[0].split("=")[0])
    route = _split(wiki, segments)
    if route.tag == "api" and not route.invalid:
        return Route("api", route.handler, _api_path(request, route))
    return route


def _split(wiki: str, segments: list[str]) -> Route:
    if not wiki:
        return Route("")
    both = _PAGE_HANDLER.match(wiki)
    if both is not None:
        return Route(both[1], both[2])
    if _PAGE.match(wiki):
        method = segments[1] if len(segments) > 1 and _METHOD.match(segments[1]) else ""
        return Route(wiki, method)
    encoded = _ENCODED_API.match(wiki)
    if encoded is not None:
        return Route("api", encoded[1])
    return Route(wiki, invalid=True)


def _api_path(request: Request, route: Route) -> str:
    path = request.query.split("&")[0]
    if "=" in path:
        # A route followed by "=" is cut after its second word: all forms instead of entries.
        if not route.handler:
            return "api"
        path = f"api/{route.handler}"
    return unquote(path)
