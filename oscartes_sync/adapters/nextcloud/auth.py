"""Who asks: the headers that make a request ours, so that another way in can replace this one."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Protocol


class Auth(Protocol):
    """Gives the headers of one request. Its `repr` never shows a secret."""

    def headers(self) -> Mapping[str, str]:
        """The headers that identify the account."""


class AppPassword:
    """HTTP Basic with a login name and an app password (RFC 7617, in UTF-8)."""

    def __init__(self, user: str, password: str) -> None:
        token = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {token}"}

    def headers(self) -> Mapping[str, str]:
        """The Authorization header."""
        return self._headers


class Nobody:
    """No account: status.php and the login flow."""

    def headers(self) -> Mapping[str, str]:
        """None."""
        return {}
