"""A wiki that says what it was told to say, behind a real `requests.Session`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from bazar_forms.client import BazarClient

BOT = "RobotNuage"


@dataclass(frozen=True)
class Reply:
    """One answer of the fake; `user` is who it takes us for, None for nobody."""

    status: int = 200
    content: object = None
    user: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    logged_out: bool = False

    def body(self) -> bytes:
        if isinstance(self.content, bytes):
            return self.content
        if isinstance(self.content, str):
            return self.content.encode()
        return b"" if self.content is None else json.dumps(self.content).encode()

    def media_type(self) -> str:
        plain = self.content is None or isinstance(self.content, (str, bytes))
        return "text/html; charset=UTF-8" if plain else "application/json"

    def cookies(self) -> list[str]:
        session = ["YesWiki-main=s1; path=/; HttpOnly"]
        if self.logged_out:
            gone = "expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0; path=/"
            return [*session, f"name=deleted; {gone}", f"token=deleted; {gone}"]
        if self.user is None:
            return session
        kept = "expires=Fri, 01-Jan-2100 00:00:00 GMT; Max-Age=3600; path=/"
        return [*session, f"name={self.user}; {kept}", f"token=t%24; {kept}"]


@dataclass
class FakeWiki(BaseAdapter):
    """Answers by method and by the start of the query string; the last reply of a rule stays."""

    rules: list[tuple[str, str, list[Reply | Exception]]] = field(default_factory=list)
    sent: list[requests.PreparedRequest] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)

    def on(self, method: str, start: str, *replies: Reply | Exception) -> None:
        self.rules.insert(0, (method, start, list(replies)))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        self.sent.append(request)
        self.options.append(options)
        url = request.url or ""
        found = url.partition("?")[2] or url.partition("//")[2].partition("/")[2]
        for method, start, replies in self.rules:
            if method == request.method and found.startswith(start):
                reply = replies.pop(0) if len(replies) > 1 else replies[0]
                if isinstance(reply, Exception):
                    raise reply
                return _response(request, reply)
        raise AssertionError(f"nobody expected {request.method} {url}")

    def close(self) -> None:
        return None

    def lines(self) -> list[str]:
        """What was asked, as `METHOD query`."""
        return [f"{one.method} {(one.url or '').partition('?')[2]}" for one in self.sent]

    def posted(self, index: int = -1) -> dict[str, str]:
        """The form of a request that posted."""
        body = [one for one in self.sent if one.method == "POST"][index].body or ""
        text = body.decode() if isinstance(body, bytes) else body
        return dict(parse_qsl(text, keep_blank_values=True))

    def opener(self) -> requests.Session:
        session = requests.Session()
        session.mount("http://", self)
        session.mount("https://", self)
        return session


def _response(request: requests.PreparedRequest, reply: Reply) -> requests.Response:
    body = reply.body()
    headers = HTTPHeaderDict({"Content-Type": reply.media_type(), "Content-Length": str(len(body))})
    headers.update(reply.headers)
    message = Message()
    for cookie in reply.cookies():
        headers.add("Set-Cookie", cookie)
        message["Set-Cookie"] = cookie
    raw = HTTPResponse(
        body=io.BytesIO(body),
        headers=headers,
        status=reply.status,
        preload_content=False,
        original_response=SimpleNamespace(msg=message, close=lambda: None, isclosed=lambda: True),  # type: ignore[arg-type]
    )
    return HTTPAdapter().build_response(request, raw)


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def fake_wiki() -> FakeWiki:
    wiki = FakeWiki()
    wiki.on("GET", "api/triples/", Reply(content=[], user=BOT))
    wiki.on("GET", "api/pages/", Reply(404, {}, BOT))
    wiki.on("GET", "api/forms/6", Reply(content=FORM))
    return wiki


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def make_client(fake_wiki: FakeWiki, time: Time) -> Callable[..., BazarClient]:
    def make(url: str = "https://wiki.example/", **changes: Any) -> BazarClient:
        options: dict[str, Any] = {
            "key": "KEY-BOT",
            "sleep": time.sleep,
            "monotonic": time.monotonic,
            "user_agent": "oscartes/0.1 (+https://example.org)",
            "opener": fake_wiki.opener,
            **changes,
        }
        return BazarClient(url, **options)

    return make


@pytest.fixture
def client(make_client: Callable[..., BazarClient]) -> BazarClient:
    return make_client()


FORM = {
    "bn_id_nature": "6",
    "bn_label_nature": "Agenda",
    "prepared": [
        {"id": "bf_titre", "name": "bf_titre", "type": "text", "label": "Titre", "required": True}
    ],
}
