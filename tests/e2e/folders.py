"""A folder as a member's own client sees it: files put, renamed, moved and deleted over WebDAV."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

import requests
from lxml import etree

_TIMEOUT = 20
_HREF = "{DAV:}href"


@dataclass(frozen=True)
class FolderClient:
    """One folder of one account."""

    server: str
    user: str
    password: str
    path: str

    def make(self, *names: str) -> None:
        """Make sub-folders, and the folder itself."""
        for name in ("", *names):
            answer = self._send("MKCOL", name)
            assert answer.status_code in (201, 405), answer.text

    def put(self, name: str, content: bytes) -> None:
        answer = self._send("PUT", name, content)
        assert answer.status_code in (201, 204), answer.text

    def move(self, name: str, to: str, *, folder: str | None = None) -> None:
        """Rename, or move to another folder of the account."""
        target = self._url(to, self.path if folder is None else folder)
        answer = self._send("MOVE", name, headers={"Destination": target})
        assert answer.status_code in (201, 204), answer.text

    def delete(self, name: str) -> None:
        assert self._send("DELETE", name).status_code == 204

    def restore(self, name: str) -> None:
        """Bring what was deleted under this name back from the bin."""
        room = f"{self.server}/remote.php/dav/trashbin/{self.user}"
        with self._session() as session:
            session.auth = (self.user, self.password)
            listed = session.request(
                "PROPFIND", f"{room}/trash/", headers={"Depth": "1"}, timeout=9
            )
            hrefs = [each.text or "" for each in etree.fromstring(listed.content).iter(_HREF)]
            (href,) = [each for each in hrefs if unquote(each).rpartition("/")[2].startswith(name)]
            answer = session.request(
                "MOVE",
                f"{self.server}{href}",
                headers={"Destination": f"{room}/restore/{quote(name)}"},
                timeout=_TIMEOUT,
            )
        assert answer.status_code == 201, answer.text

    def unmark(self, name: str) -> None:
        """Take our property off, as a real server does when a file goes to the bin."""
        body = (
            '<d:propertyupdate xmlns:d="DAV:" xmlns:x="https://github.com/oscartes/oscartes/ns">'
            "<d:remove><d:prop><x:document/></d:prop></d:remove></d:propertyupdate>"
        )
        assert self._send("PROPPATCH", name, body.encode()).status_code == 207

    def get(self, name: str) -> bytes:
        answer = self._send("GET", name)
        assert answer.status_code == 200, answer.text
        return answer.content

    def names(self) -> set[str]:
        """The paths of all files below."""
        answer = self._send("PROPFIND", "", headers={"Depth": "infinity"})
        root = unquote(urlsplit(self._url("", self.path)).path).rstrip("/") + "/"
        hrefs = (each.text or "" for each in etree.fromstring(answer.content).iter(_HREF))
        return {unquote(href).removeprefix(root) for href in hrefs if not href.endswith("/")}

    def shares(self) -> list[dict[str, object]]:
        """All public links of the account."""
        url = f"{self.server}/ocs/v2.php/apps/files_sharing/api/v1/shares?format=json"
        with self._session() as session:
            answer = session.get(
                url,
                auth=(self.user, self.password),
                headers={"OCS-APIRequest": "true"},
                timeout=_TIMEOUT,
            )
        found: list[dict[str, object]] = answer.json()["ocs"]["data"]
        return found

    def share_with(self, user: str, permissions: int) -> None:
        """Share the folder with another account."""
        url = f"{self.server}/ocs/v2.php/apps/files_sharing/api/v1/shares?format=json"
        form = {
            "path": f"/{self.path}",
            "shareType": "0",
            "shareWith": user,
            "permissions": str(permissions),
        }
        with self._session() as session:
            answer = session.post(
                url,
                data=form,
                auth=(self.user, self.password),
                headers={"OCS-APIRequest": "true"},
                timeout=_TIMEOUT,
            )
        assert answer.status_code == 200, answer.text

    @staticmethod
    def read(url: str) -> int:
        """Whether anybody may read a public address: the status of its download."""
        with FolderClient._session() as session:
            return session.get(f"{url}/download", timeout=_TIMEOUT).status_code

    @staticmethod
    def _session() -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        return session

    def _url(self, name: str, folder: str) -> str:
        path = "/".join(part for part in (folder, name) if part)
        return f"{self.server}/remote.php/dav/files/{self.user}/{quote(path)}"

    def _send(
        self, method: str, name: str, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> requests.Response:
        with self._session() as session:
            return session.request(
                method,
                self._url(name, self.path),
                data=content,
                headers=headers or {},
                auth=(self.user, self.password),
                timeout=_TIMEOUT,
            )
