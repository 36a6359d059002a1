"""OCS: who we are, what the server can, the teams we see; and status.php, which needs no account.

v2 routes are used, since v1 answers HTTP 200 even for 404 and 429 (reference, part I).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.refusals import Reply, unexpected
from oscartes_sync.errors import Forbidden, Missing

_HEADERS = {"OCS-APIRequest": "true", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """status.php, and the server's clock as its Date header says, "" where it says none."""

    installed: bool
    maintenance: bool
    needs_upgrade: bool
    version: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """The account: its uid, and whether it has an e-mail address (which itself is not kept)."""

    uid: str
    has_email: bool
    enabled: bool = True


class Ocs:
    """The few routes that the agenda needs."""

    def __init__(self, dav: Dav) -> None:
        self._dav = dav

    def status(self) -> ServerStatus:
        """Read status.php.

        Raises:
            Unexpected: where something else than a Nextcloud answers.
        """
        reply = self._dav.send("GET", self._dav.address.path("/status.php"))
        content = self._json(reply)
        if "installed" not in content:
            raise unexpected(reply, self._dav.cloud)
        return ServerStatus(
            installed=bool(content["installed"]),
            maintenance=bool(content.get("maintenance")),
            needs_upgrade=bool(content.get("needsDbUpgrade")),
            version=str(content.get("versionstring", "")),
            date=reply.headers.get("date", ""),
        )

    def user(self) -> User:
        """The account that our password opens."""
        found = self._get("/ocs/v2.php/cloud/user")
        return User(
            uid=str(found.get("id", "")),
            has_email=bool(found.get("email")),
            enabled=bool(found.get("enabled", True)),
        )

    def capabilities(self) -> Mapping[str, Any]:
        """What the server and its apps announce, by app."""
        found = self._get("/ocs/v2.php/cloud/capabilities").get("capabilities", {})
        return found if isinstance(found, dict) else {}

    def teams(self) -> dict[str, str]:
        """The teams that we see: id → name; none where the server has no teams."""
        reply = self._ask("/ocs/v2.php/apps/circles/circles")
        if reply.status in (403, 404):
            return {}
        found = self._content(reply)
        rows = found if isinstance(found, list) else []
        return {
            str(row["id"]): str(row.get("displayName") or row.get("name") or "")
            for row in rows
            if isinstance(row, dict) and "id" in row
        }

    def _get(self, route: str) -> Mapping[str, Any]:
        reply = self._ask(route)
        if reply.status == 403:
            raise Forbidden("cloud-forbidden", href=reply.path)
        if reply.status == 404:
            raise Missing("cloud-missing", href=reply.path)
        found = self._content(reply)
        if not isinstance(found, dict):
            raise unexpected(reply, self._dav.cloud)
        return found

    def _ask(self, route: str) -> Reply:
        return self._dav.send("GET", self._dav.address.path(route), headers=dict(_HEADERS))

    def _content(self, reply: Reply) -> object:
        ocs = self._json(reply).get("ocs")
        if not isinstance(ocs, dict) or "data" not in ocs:
            raise unexpected(reply, self._dav.cloud)
        return ocs["data"]

    def _json(self, reply: Reply) -> Mapping[str, Any]:
        try:
            found = json.loads(reply.body) if reply.status == 200 else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise unexpected(reply, self._dav.cloud)
        return found
