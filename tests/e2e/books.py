"""An address book as a member's own client sees it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

import requests

from oscartes_sync.adapters.nextcloud import dav_xml

_TIMEOUT = 20


@dataclass(frozen=True)
class Book:
    """One address book, over HTTP."""

    url: str
    user: str
    password: str

    @classmethod
    def of(cls, server: str, user: str, password: str, name: str) -> Book:
        return cls(f"{server}/remote.php/dav/addressbooks/users/{user}/{name}/", user, password)

    def cards(self) -> dict[str, str]:
        """Resource name → its text, unfolded."""
        answer = self._send("PROPFIND", "", dav_xml.propfind("d:getetag"), {"Depth": "1"})
        if answer.status_code == 404:
            return {}
        hrefs = [each.href for each in dav_xml.multistatus(answer.content).responses]
        names = [unquote(href.rsplit("/", 1)[1]) for href in hrefs if not href.endswith("/")]
        return {name: self._unfolded(name) for name in names}

    def body(self, name: str) -> bytes:
        return self._send("GET", name).content

    def put(self, name: str, body: bytes) -> None:
        answer = self._send("PUT", name, body, {"Content-Type": "text/vcard; charset=utf-8"})
        assert answer.status_code in (201, 204), answer.text

    def delete(self, name: str) -> None:
        assert self._send("DELETE", name).status_code == 204

    def rewrite(self, name: str, before: str, after: str) -> None:
        """Change a line of a card with one's own client."""
        text = self._unfolded(name)
        assert before in text, text
        self.put(name, text.replace(before, after, 1).replace("\n", "\r\n").encode())

    def _unfolded(self, name: str) -> str:
        return self.body(name).decode().replace("\r\n ", "").replace("\r\n", "\n")

    def _send(
        self, method: str, name: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                self.url + name,
                data=body,
                headers=headers or {},
                auth=(self.user, self.password),
                timeout=_TIMEOUT,
            )
