"""Logins: keys of the API, PHP sessions, and the cookies `name` and `token`.

A bearer call is answered with `name` and `token` if and only if the key was accepted; both log
in on page addresses for an hour (recordings 203, 215, 371b). Every login renews them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from urllib.parse import quote, unquote

from oscartes_sync.sandbox.wiki.core import Core, Visitor
from oscartes_sync.sandbox.wiki.messages import Request

SESSION_COOKIE = "YesWiki-main"
_BEARER = re.compile(r"Bearer\s(\S+)")
_STAMP = "%Y%m%d%H%M%S"
_HOUR = timedelta(hours=1)
_LONG = timedelta(days=90)


class Sessions:
    """Who is logged in, by session and by cookie."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._secret = secrets.token_bytes(16)
        self._sessions: dict[str, tuple[str, datetime]] = {}

    def recognise(self, request: Request) -> Login:
        """Open the session of a request, logged in where its cookies say so."""
        login = Login(self, request)
        session = self._sessions.get(login.session_id)
        now = self._core.clock.now()
        if session is not None and session[1] + _HOUR >= now:
            login.log_in(session[0])
        else:
            name, remember = self._named_by_cookie(request, now)
            if name:
                login.log_in(name, remember=remember)
            elif request.cookies.get("name") or request.cookies.get("token"):
                login.forget()
        return login

    def _named_by_cookie(self, request: Request, now: datetime) -> tuple[str, bool]:
        name = unquote(request.cookies.get("name", ""))
        token = request.cookies.get("token", "")
        stamp, flag, digest = token[:14], token[14:15], token[15:]
        if name not in self._core.store.users or not stamp.isdecimal():
            return "", False
        if not hmac.compare_digest(digest, self.digest(name, stamp, flag)):
            return "", False
        issued = datetime.strptime(stamp, _STAMP).replace(tzinfo=self._core.clock.php_zone)
        alive = issued + (_LONG if flag == "1" else _HOUR) >= now
        return (name if alive else ""), flag == "1"

    def digest(self, name: str, stamp: str, flag: str) -> str:
        """Signature of a token."""
        user = self._core.store.users[name]
        signed = f"{name}|{stamp}|{flag}|{user.password}".encode()
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()

    def token(self, name: str, *, remember: bool) -> str:
        """A token for the account: moment, whether remembered, signature."""
        stamp = self._core.clock.now().strftime(_STAMP)
        flag = "1" if remember else "0"
        return stamp + flag + self.digest(name, stamp, flag)

    def bind(self, session_id: str, name: str) -> None:
        """Attach a session to an account."""
        self._sessions[session_id] = (name, self._core.clock.now())

    def unbind(self, session_id: str) -> None:
        """Detach a session."""
        self._sessions.pop(session_id, None)

    def named_by_key(self, request: Request) -> str:
        """The account whose key the request bears; "" for any other header or key."""
        found = _BEARER.search(request.header("Authorization"))
        if found is None:
            return ""
        for name, key in self._core.settings.keys.items():
            if key == found[1] and name in self._core.store.users:
                return name
        return ""


class Login:
    """The login of one request and the cookies its answer sets."""

    def __init__(self, sessions: Sessions, request: Request) -> None:
        self._sessions = sessions
        self.session_id = request.cookies.get(SESSION_COOKIE, "") or secrets.token_hex(13)
        self.visitor = Visitor("", request.address)
        self._cookies: dict[str, str] = {SESSION_COOKIE: f"{self.session_id}; path=/; HttpOnly"}

    def log_in(self, name: str, *, remember: bool = False) -> None:
        """Log in and set the cookies."""
        self.visitor = Visitor(name, self.visitor.address)
        self._sessions.bind(self.session_id, name)
        life = int((_LONG if remember else _HOUR).total_seconds())
        ending = f"; Max-Age={life}; path=/; HttpOnly; SameSite=Lax"
        self._cookies["name"] = quote(name) + ending
        self._cookies["token"] = self._sessions.token(name, remember=remember) + ending

    def forget(self) -> None:
        """Log out and delete the cookies."""
        self._sessions.unbind(self.session_id)
        self.visitor = Visitor("", self.visitor.address)
        for name in ("name", "token"):
            self._cookies[name] = (
                "deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0; path=/"
            )

    def cookies(self) -> list[str]:
        """Values of the Set-Cookie headers."""
        return [f"{name}={value}" for name, value in self._cookies.items()]
