"""What travels: the request as the wiki sees it, the answer as the server sends it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any

from oscartes_sync.sandbox.wiki.php import PhpArray, nest, parse_pairs

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=UTF-8"
_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;,\s]+))', re.IGNORECASE)
_DISPOSITION = re.compile(rb'[; ](name|filename)="((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)
CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Headers", "X-Requested-With, Location, Slug, Accept, Content-Type"),
    ("Access-Control-Expose-Headers", "Location, Slug, Accept, Content-Type"),
    ("Access-Control-Allow-Methods", "POST, GET, OPTIONS, DELETE, PUT, PATCH"),
    ("Access-Control-Max-Age", "86400"),
)


@dataclass(frozen=True)
class Upload:
    """One uploaded file; `content` is None where PHP refused it for its size."""

    filename: str
    content: bytes | None


@dataclass
class Request:
    """A request with its query string untouched.

    `post_max` and `upload_max` are PHP's limits in bytes: a body over the first is dropped
    whole, a file over the second has no content (recordings 413, 414).
    """

    method: str
    target: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes = b""
    address: str = "127.0.0.1"
    post_max: int = 40 * 1024 * 1024
    upload_max: int = 32 * 1024 * 1024

    def header(self, name: str) -> str:
        """A header's value, "" where absent."""
        return self.headers.get(name.lower(), "")

    @property
    def path(self) -> str:
        """What stands before the question mark."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The raw query string."""
        return self.target.partition("?")[2]

    @cached_property
    def get(self) -> PhpArray:
        """`$_GET`."""
        return nest(parse_pairs(self.query))

    @cached_property
    def cookies(self) -> dict[str, str]:
        """Cookies by name."""
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(self.header("Cookie"))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}

    @cached_property
    def _form(self) -> tuple[PhpArray, dict[str, Upload]]:
        if self.method != "POST" or len(self.body) > self.post_max:
            return {}, {}
        kind = self.header("Content-Type").partition(";")[0].strip().lower()
        if kind == "application/x-www-form-urlencoded":
            return nest(parse_pairs(self.body.decode("utf-8", "replace"))), {}
        if kind == "multipart/form-data":
            return self._multipart()
        return {}, {}

    def _multipart(self) -> tuple[PhpArray, dict[str, Upload]]:
        found = _BOUNDARY.search(self.header("Content-Type"))
        pairs: list[tuple[str, str]] = []
        uploads: dict[str, Upload] = {}
        if found is None:
            return {}, {}
        delimiter = b"--" + (found[1] or found[2]).encode("latin-1")
        for part in (b"\r\n" + self.body).split(b"\r\n" + delimiter)[1:]:
            head, separator, content = part.partition(b"\r\n\r\n")
            if not separator or part.startswith(b"--"):
                continue
            names = {key.decode(): value for key, value in _DISPOSITION.findall(head)}
            name = names.get("name", b"").decode("utf-8", "replace")
            filename = names.get("filename")
            if filename is None:
                pairs.append((name, content.decode("utf-8", "replace")))
            elif filename:
                kept = content if len(content) <= self.upload_max else None
                uploads[name] = Upload(filename.decode("utf-8", "replace"), kept)
        return nest(pairs), uploads

    @property
    def post(self) -> PhpArray:
        """`$_POST` of a form body."""
        return self._form[0]

    @property
    def uploads(self) -> dict[str, Upload]:
        """`$_FILES`."""
        return self._form[1]

    def post_or_json(self) -> PhpArray:
        """`$_POST`, or the JSON body where the form body is empty (API routes only)."""
        if self.post:
            return self.post
        if len(self.body) > self.post_max:
            return {}
        try:
            decoded = json.loads(self.body) if self.body else {}
        except ValueError:
            return {}
        return _as_array(decoded) if isinstance(decoded, dict) else {}


def _as_array(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_array(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return {index: _as_array(inner) for index, inner in enumerate(value)}
    return value


@dataclass
class Response:
    """An answer; the server adds Content-Length, Date and the cookies.

    `announced` is the length that is told where it is not that of the body: then it is hung up.
    """

    status: int = 200
    body: bytes = b""
    content_type: str | None = HTML_TYPE
    headers: list[tuple[str, str]] = field(default_factory=list)
    json_value: Any = None
    user: str = ""
    cookies: list[str] = field(default_factory=list)
    announced: int | None = None

    @property
    def content(self) -> bytes:
        """The bytes that are sent."""
        if self.json_value is None:
            return self.body
        return json.dumps(self.json_value, separators=(",", ":")).encode()


def json_response(value: Any, status: int = 200) -> Response:
    """An answer of the API; None is written `{}`."""
    shown = {} if value is None else value
    return Response(
        status=status,
        content_type=JSON_TYPE,
        headers=[("Cache-Control", "no-cache, private"), *CORS],
        json_value=shown,
    )


def empty_response(status: int) -> Response:
    """An answer of the API without a body (401, 403, 404, 405)."""
    return Response(status=status, headers=[("Cache-Control", "no-cache, private")])


def html_response(text: str, status: int = 200) -> Response:
    """A page."""
    return Response(
        status=status,
        body=text.encode(),
        headers=[("Cache-Control", "no-store, no-cache, must-revalidate")],
    )


def redirect(location: str) -> Response:
    """302 to `location`."""
    answer = html_response("", 302)
    answer.headers.append(("Location", location))
    return answer
