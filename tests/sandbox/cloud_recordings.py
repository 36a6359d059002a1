"""Replaying recordings of real servers on the stand-in cloud: reading, mapping, comparing.

Sync tokens, trash numbers, names made by the server, and publication tokens differ from run to
run: each pair met in an answer is kept and used in the requests that follow.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import requests
from lxml import etree

from oscartes_sync.sandbox.cloud import CloudStandIn

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings" / "nextcloud"
ORIGIN = "https://cloud.example"
SYNC = "http://sabre.io/ns/sync/"
CUT = "[... CUT:"
Json = Any
BOT, OTHER = "oscartes-bot", "(other credentials)"
XML_NAMES = ("{DAV:}", "{http://sabredav.org/ns}")
PRESENT = ("ETag", "OC-ETag", "X-Sabre-Ew-Gross", "Last-Modified")
EQUAL = (
    "Allow",
    "Content-Disposition",
    "Content-Range",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Nextcloud-Maintenance-Mode",
    "X-Sabre-Status",
    "X-User-Id",
)
PASSING = frozenset(
    [
        "{DAV:}sync-token",
        "{DAV:}getlastmodified",
        "{http://calendarserver.org/ns/}getctag",
        "{http://calendarserver.org/ns/}publish-url",
        "{http://nextcloud.com/ns}deleted-at",
        "{http://sabredav.org/ns}sync-token",
        "{DAV:}getcontentlength",
    ]
)


@dataclass
class Exchange:
    """One recorded exchange, `name` and `index` saying where."""

    name: str
    index: int
    request: Json
    response: Json

    def __str__(self) -> str:
        path = self.request["path"]
        return f"{self.name}[{self.index}] {self.request['method']} {path} ({self.request['user']})"


def recorded(name: str, version: int) -> list[Exchange]:
    """The exchanges of a recording whose number is `name`."""
    suffix = "-nc32" if version == 32 else ""
    pattern = f"{name}-*{suffix}.json"
    found = [one for one in RECORDINGS.glob(pattern) if suffix or "nc32" not in one.name]
    if not found:
        return []
    content = json.loads(found[0].read_text(encoding="utf-8"))
    return [
        Exchange(name, index, one["request"], one["response"])
        for index, one in enumerate(content["exchanges"])
    ]


@dataclass
class Replay:
    """Sends recorded requests and tells how the answers differ."""

    cloud: CloudStandIn
    passwords: dict[str, str]
    offsets: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    cookies: str = ""

    def send(self, exchange: Exchange) -> list[str]:
        """Send one request; every difference as a sentence."""
        asked = exchange.request
        headers = {key: self._mapped(value) for key, value in asked["headers"].items()}
        if "Cookie" in headers:
            headers["Cookie"] = self.cookies
        user = asked["user"]
        if user in self.passwords:
            name = BOT if user == OTHER else user.split(" ")[0]
            pair = f"{name}:{self.passwords[user]}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        answer = requests.request(
            asked["method"],
            self.cloud.url + self._mapped(asked["path"]),
            headers={"User-Agent": "replay", "Accept": "*/*", "Accept-Encoding": "", **headers},
            data=self._body(asked),
            timeout=10,
            allow_redirects=False,
        )
        if user == BOT and "Set-Cookie" in answer.headers:
            self.cookies = answer.headers["Set-Cookie"].split(";")[0]
        return self._differences(exchange, answer)

    def _body(self, asked: Json) -> bytes | None:
        if "body_base64" in asked:
            return base64.b64decode(asked["body_base64"])
        body = asked.get("body")
        if body is None:
            return None
        return self._tokens(self._mapped(body), asked["path"]).encode()

    def _mapped(self, text: str) -> str:
        text = text.replace(ORIGIN, self.cloud.url)
        for theirs, ours in self.words.items():
            text = text.replace(theirs, ours)
        return text

    def _tokens(self, text: str, path: str) -> str:
        offset = self.offsets.get(path.rstrip("/"), 0)
        return re.sub(
            rf"{SYNC}(\d{{1,5}})(?=<)", lambda found: f"{SYNC}{int(found[1]) + offset}", text
        )

    def _differences(self, exchange: Exchange, answer: requests.Response) -> list[str]:
        told = exchange.response
        if answer.status_code != told["status"]:
            return [f"status {answer.status_code} instead of {told['status']}: {answer.text[:300]}"]
        wrong = [
            f"{name} {'missing' if name in told['headers'] else 'too much'}"
            for name in PRESENT
            if (name in answer.headers) is not (name in told["headers"])
        ]
        for name in EQUAL:
            theirs = told["headers"].get(name)
            theirs = self._mapped(theirs) if theirs else theirs
            if answer.headers.get(name) != theirs:
                wrong.append(f"{name}: {answer.headers.get(name)!r} instead of {theirs!r}")
        wrong += self._kind(told, answer)
        return wrong + self._bodies(exchange, answer)

    def _kind(self, told: Json, answer: requests.Response) -> list[str]:
        theirs = told["headers"].get("Content-Type")
        ours = answer.headers.get("Content-Type")
        return [] if theirs == ours else [f"Content-Type {ours!r} instead of {theirs!r}"]

    def _bodies(self, exchange: Exchange, answer: requests.Response) -> list[str]:
        theirs = exchange.response.get("body") or ""
        kind = exchange.response["headers"].get("Content-Type", "")
        self._learn_etag(exchange, answer)
        if CUT in theirs or not theirs:
            return [] if theirs or not answer.content else ["a body"]
        if "xml" in kind:
            if "<ocs>" in theirs:
                return _names_differ(theirs.encode(), answer.content)
            if exchange.response["status"] == 207:
                return self._multistatus(exchange, theirs, answer.content)
            return _errors_differ(self._mapped(theirs).encode(), answer.content)
        if "json" in kind and "calendar" not in kind:
            self._learn_words(theirs, answer.json())
            return _shapes_differ(json.loads(theirs), answer.json(), "")
        if "text/html" in kind:
            return []
        ours = answer.content.decode()
        return [] if _plain(ours) == _plain(theirs) else [f"text {ours!r} instead of {theirs!r}"]

    def _learn_words(self, theirs: str, ours: Json) -> None:
        if '{"apppassword":' in theirs:
            self.passwords[OTHER] = ours["ocs"]["data"]["apppassword"]
        if '"poll"' in theirs:
            self.words[f"MASKED-{len(ours['poll']['token'])}-CHARACTERS"] = ours["poll"]["token"]

    def _learn_etag(self, exchange: Exchange, answer: requests.Response) -> None:
        theirs, ours = exchange.response["headers"].get("ETag"), answer.headers.get("ETag")
        if theirs and ours and theirs != ours:
            self.words[theirs.strip('"')] = ours.strip('"')

    def _multistatus(self, exchange: Exchange, theirs: str, ours: bytes) -> list[str]:
        them = etree.fromstring(theirs.encode())
        us = etree.fromstring(ours)
        self._learn_token(exchange, them, us)
        recorded_ones = dict(_responses(them))
        said = dict(_responses(us))
        self._learn_names(exchange, recorded_ones, said)
        told = {self._mapped(href): one for href, one in recorded_ones.items()}
        wrong = []
        if not _is_home(exchange):
            wrong += [f"{href} not answered" for href in told.keys() - said.keys()]
            wrong += [f"{href} answered" for href in said.keys() - told.keys()]
        for href in told.keys() & said.keys():
            wrong += [f"{href}: {one}" for one in self._one_differs(told[href], said[href])]
        return wrong

    def _one_differs(self, told: etree._Element, said: etree._Element) -> Iterator[str]:
        if told.findtext("{DAV:}status") != said.findtext("{DAV:}status"):
            yield f"{said.findtext('{DAV:}status')} instead of {told.findtext('{DAV:}status')}"
        theirs, ours = _propstats(told), _propstats(said)
        for name in theirs.keys() | ours.keys():
            there, here = theirs.get(name), ours.get(name)
            if there is None or here is None:
                yield f"{name} {'too much' if there is None else 'not mentioned'}"
            elif there[0] != here[0]:
                yield f"{name} {here[0]} instead of {there[0]}"
            elif name not in PASSING and self._mapped(_plain(there[1])) != _plain(here[1]):
                yield f"{name} is {here[1]} instead of {there[1]}"

    def _learn_token(self, exchange: Exchange, them: etree._Element, us: etree._Element) -> None:
        theirs, ours = _token(them), _token(us)
        if theirs is not None and ours is not None:
            self.offsets[exchange.request["path"].rstrip("/")] = ours - theirs
        names = ("{http://calendarserver.org/ns/}publish-url/{DAV:}href",)
        for name in names:
            there, here = them.findtext(f".//{name}"), us.findtext(f".//{name}")
            if there and here:
                self.words[there.rsplit("/", 1)[1]] = here.rsplit("/", 1)[1]

    def _learn_names(self, exchange: Exchange, told: Json, said: Json) -> None:
        if _is_home(exchange):
            return
        mapped = {self._mapped(href): href for href in told}
        theirs = sorted((mapped[href] for href in mapped.keys() - said.keys()), key=_numbered)
        ours = sorted(said.keys() - mapped.keys(), key=_numbered)
        if len(theirs) == len(ours):
            for there, here in zip(theirs, ours, strict=True):
                if re.search(r"/\d+\.ics$|/sabredav-[-0-9a-f]+\.ics$", there):
                    self.words[there.rsplit("/", 1)[1]] = here.rsplit("/", 1)[1]


def _numbered(href: str) -> tuple[int, str]:
    return len(href), href


def _is_home(exchange: Exchange) -> bool:
    parts = [part for part in exchange.request["path"].split("/") if part]
    return len(parts) == 4 and parts[2] == "calendars"


def _responses(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    for one in root.iterfind("{DAV:}response"):
        yield one.findtext("{DAV:}href") or "", one


def _token(root: etree._Element) -> int | None:
    found = root.findtext("{DAV:}sync-token")
    single = root.findall("{DAV:}response")
    if found is None and len(single) == 1:
        found = single[0].findtext(".//{DAV:}sync-token")
    return int(found.removeprefix(SYNC)) if found and found.startswith(SYNC) else None


def _propstats(response: etree._Element) -> dict[str, tuple[str, str]]:
    found = {}
    for stat in response.iterfind("{DAV:}propstat"):
        status = stat.findtext("{DAV:}status") or ""
        prop = stat.find("{DAV:}prop")
        for one in prop if prop is not None else ():
            found[str(one.tag)] = (status, _canonical(one))
    return found


def _canonical(element: etree._Element) -> str:
    inner = "".join(
        f"<{child.tag} {dict(sorted(child.items()))}>{_canonical(child)}" for child in element
    )
    return f"{(element.text or '').strip() if len(element) else element.text or ''}{inner}"


def _plain(text: str) -> str:
    """A text without what is drawn by lot or by the clock."""
    text = re.sub(r"sabre(dav|-vobject)-[-0-9a-f]{36}", "SABRE", text.replace("\r", ""))
    text = re.sub(r"DTSTAMP:202611(23T2[0-9]{5}|2\dT\d{6})Z", "DTSTAMP:NOW", text)
    return re.sub(r"\n ", "", unquote(text) if text.startswith("/") else text)


def _names_differ(theirs: bytes, ours: bytes) -> list[str]:
    there = [one.tag for one in etree.fromstring(theirs).iter()]
    here = [one.tag for one in etree.fromstring(ours).iter()]
    return [] if there == here else [f"elements {here} instead of {there}"]


def _errors_differ(theirs: bytes, ours: bytes) -> list[str]:
    there = [(one.tag, _numberless(one.text)) for one in etree.fromstring(theirs)]
    here = [(one.tag, _numberless(one.text)) for one in etree.fromstring(ours)]
    return [] if there == here else [f"error {here} instead of {there}"]


def _numberless(text: str | None) -> str:
    if " on line " in (text or ""):
        return "what libxml says"
    return re.sub(r"(?<=[ '])\d+(?=[ ,.\-]|$)", "N", (text or "").strip())


def _shapes_differ(theirs: Json, ours: Json, place: str) -> list[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        # apps the stand-in does not play are missing from its capabilities
        partly = place.startswith("/ocs/data/capabilities")
        wrong = [f"{place}/{key} missing" for key in theirs.keys() - ours.keys() if not partly]
        wrong += [f"{place}/{key} too much" for key in ours.keys() - theirs.keys()]
        for key in theirs.keys() & ours.keys():
            wrong += _shapes_differ(theirs[key], ours[key], f"{place}/{key}")
        return wrong
    if isinstance(theirs, list) and isinstance(ours, list):
        return [] if bool(theirs) == bool(ours) else [f"{place}: {ours} instead of {theirs}"]
    if type(theirs) is not type(ours):
        return [f"{place}: {ours!r} instead of {theirs!r}"]
    fixed = place.endswith(("/statuscode", "/status", "/message", "/id", "/versionstring"))
    return [f"{place}: {ours!r} instead of {theirs!r}"] if fixed and theirs != ours else []
