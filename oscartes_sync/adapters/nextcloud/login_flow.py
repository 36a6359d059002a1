"""Login flow v2: a person grants an app password in the browser, we wait for it (recording 161)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlsplit

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.refusals import Reply, unexpected
from oscartes_sync.ports import Granted, Login

_FORM = "application/x-www-form-urlencoded"


class LoginFlow:
    """The two routes of the flow, on a transport without an account."""

    def __init__(self, dav: Dav) -> None:
        self._dav = dav

    def start(self) -> Login:
        """Begin; the person opens `url` within 20 minutes."""
        reply = self._dav.send("POST", self._dav.address.path("/index.php/login/v2"))
        content = self._content(reply)
        poll = content.get("poll")
        if not isinstance(poll, dict) or not {"token", "endpoint"} <= poll.keys():
            raise unexpected(reply, self._dav.cloud)
        return Login(
            url=str(content.get("login", "")),
            poll=str(poll["endpoint"]),
            token=str(poll["token"]),
        )

    def poll(self, login: Login) -> Granted | None:
        """Ask once; None while nobody has answered.

        The token goes to the configured origin alone, whatever host the server calls itself by.
        """
        path = urlsplit(login.poll).path
        body = f"token={quote(login.token, safe='')}".encode()
        reply = self._dav.send("POST", path, body, {"Content-Type": _FORM})
        if reply.status == 404:
            return None
        content = self._content(reply)
        if not {"server", "loginName", "appPassword"} <= content.keys():
            raise unexpected(reply, self._dav.cloud)
        return Granted(
            server=str(content["server"]),
            user=str(content["loginName"]),
            password=str(content["appPassword"]),
        )

    def _content(self, reply: Reply) -> dict[str, Any]:
        try:
            found = json.loads(reply.body) if reply.status == 200 else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise unexpected(reply, self._dav.cloud)
        return found
