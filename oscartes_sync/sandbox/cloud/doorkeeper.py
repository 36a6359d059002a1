"""Who a request comes from: session cookies first, whatever the Authorization header says (160)."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from oscartes_sync.sandbox.cloud.accounts import Account
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import Request
from oscartes_sync.sandbox.cloud.throttles import Throttles

COOKIE = "ocstandincloud"
MOST_SESSIONS = 2000


class TooManyAttempts(Exception):
    """The address is shut out for its wrong passwords."""


class Disabled(Exception):
    """The account exists, the password is right, the account is switched off."""


@dataclass(slots=True)
class SignIn:
    """What became of a request's credentials.

    `offered` tells whether there was an Authorization header; `app_password` is the one used,
    None for the account's own password or a cookie. `cookie` is to be set, None if kept.
    """

    account: Account | None = None
    by_session: bool = False
    offered: bool = False
    app_password: str | None = None
    cookie: str | None = None


@dataclass(slots=True)
class _Session:
    uid: str | None
    app_password: str | None = None


@dataclass
class Doorkeeper:
    """Keeps the sessions and checks passwords."""

    core: Core
    throttles: Throttles
    _sessions: OrderedDict[str, _Session] = field(default_factory=OrderedDict)

    def sign_in(self, request: Request) -> SignIn:
        """Tell who it is. Raises TooManyAttempts and Disabled."""
        value = _cookie(request.headers.get("cookie", ""))
        session = self._sessions.get(value) if value else None
        if session is not None and session.uid is not None:
            account = self.core.directory.accounts.get(session.uid)
            if account is not None:
                _enabled(account)
                return SignIn(account, True, app_password=session.app_password)
        given = request.headers.get("authorization", "")
        sign_in = self._basic(given) if given[:6].lower() == "basic " else SignIn()
        if session is None:
            sign_in.cookie = self._open()
            value = sign_in.cookie
        if sign_in.account is not None and value:
            self._sessions[value] = _Session(sign_in.account.uid, sign_in.app_password)
        return sign_in

    def _basic(self, header: str) -> SignIn:
        if self.throttles.closed():
            raise TooManyAttempts
        try:
            login, _, password = base64.b64decode(header[6:]).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return SignIn(offered=True)
        account = self.core.directory.by_login(login)
        if account is not None and password in account.app_passwords:
            _enabled(account)
            return SignIn(account, offered=True, app_password=password)
        if account is not None and password == account.password:
            _enabled(account)
            return SignIn(account, offered=True)
        self.throttles.failed()
        return SignIn(offered=True)

    def _open(self) -> str:
        value = secrets.token_hex(13)
        self._sessions[value] = _Session(None)
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return value

    def forget(self, app_password: str) -> None:
        """End the sessions an app password opened."""
        for value, session in list(self._sessions.items()):
            if session.app_password == app_password:
                del self._sessions[value]


def _enabled(account: Account) -> None:
    if not account.enabled:
        raise Disabled


def _cookie(header: str) -> str | None:
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return None
