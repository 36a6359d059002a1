"""The front door: faults, maintenance, sign-in, then the room that answers a path."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from oscartes_sync.sandbox.cloud.accounts import Account
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.dav_room import DAV_CLASSES
from oscartes_sync.sandbox.cloud.doorkeeper import (
    COOKIE,
    Disabled,
    Doorkeeper,
    SignIn,
    TooManyAttempts,
)
from oscartes_sync.sandbox.cloud.faults import Faults, PlannedFailure
from oscartes_sync.sandbox.cloud.http_server import Sending
from oscartes_sync.sandbox.cloud.messages import (
    NO_BASIC,
    Refusal,
    Reply,
    Request,
    unauthenticated,
)
from oscartes_sync.sandbox.cloud.ocs import JSON, LoginFlow, Ocs, as_json, status_page
from oscartes_sync.sandbox.cloud.router import Router
from oscartes_sync.sandbox.cloud.throttles import too_many

PAGE = b"<!DOCTYPE html>\n<html><head><title>Nextcloud</title></head></html>\n"
APACHE = "text/html; charset=iso-8859-1"
LOCKING = ", LOCK, UNLOCK"
WRONG = "Username or password was incorrect"
STATUS_OF_FAULTS = {
    401: ("Sabre\\DAV\\Exception\\NotAuthenticated", "Cannot authenticate over ajax calls"),
    423: ("OCA\\DAV\\Connector\\Sabre\\Exception\\FileLocked", "The resource is locked"),
    500: ("Exception", "Internal Server Error"),
    503: ("Sabre\\DAV\\Exception\\ServiceUnavailable", "Storage is temporarily not available"),
    507: ("Sabre\\DAV\\Exception\\InsufficientStorage", "Insufficient space"),
}


class RequestLine(NamedTuple):
    """One logged request; `user` is the uid it acted as, "" for nobody."""

    method: str
    path: str
    status: int
    user: str


class RequestLog(list[RequestLine]):
    """Requests in the order they were answered."""

    def count(self, method: str, containing: str = "") -> int:  # type: ignore[override]
        """How many requests of a method had a text in their path."""
        return sum(1 for one in self if one.method == method and containing in one.path)


@dataclass
class Front:
    """Answers every request."""

    core: Core
    router: Router
    doorkeeper: Doorkeeper
    ocs: Ocs
    login_flow: LoginFlow
    faults: Faults
    log: RequestLog

    def __post_init__(self) -> None:
        self._log_guard = threading.Lock()

    def answer(self, request: Request) -> Sending:
        """Carry a request out, faults included, and log it."""
        if self.faults.latency:
            time.sleep(self.faults.latency)
        failure = self.faults.take_failure(request.method, request.path)
        if failure is not None and not (failure.after_executing or failure.truncate):
            return self._logged(request, _failed(failure))
        self.faults.run_interposed(request.method, request.path, after=False)
        reply = self._carried_out(request)
        self.faults.run_interposed(request.method, request.path, after=True)
        if failure is None:
            return self._logged(request, Sending(reply))
        if failure.truncate:
            return self._logged(request, Sending(reply, truncate=True))
        return self._logged(request, _failed(failure))

    def _logged(self, request: Request, sending: Sending) -> Sending:
        uid = request.account.uid if request.account else ""
        status = 0 if sending.cut else sending.reply.status
        with self._log_guard:
            self.log.append(RequestLine(request.method, request.path, status, uid))
        return sending

    def _carried_out(self, request: Request) -> Reply:
        if "%2f" in request.path.lower():
            return Reply(404, b"", APACHE)  # the web server itself refuses such paths (028)
        top = request.segments[:1]
        if top == ("status.php",):
            return status_page(self.core, maintenance=self.faults.maintenance)
        if top == (".well-known",):
            return well_known(self.core, request)
        if self.faults.maintenance:
            return self._maintenance(request)
        with self.core.lock:
            if top == ("ocs",):
                return self._ocs(request)
            if top in (("remote.php",), ("public.php",)) or self.router.find(request.segments):
                return self._dav(request)
            return self._page(request)

    def _page(self, request: Request) -> Reply:
        segments = (
            request.segments[1:] if request.segments[:1] == ("index.php",) else (request.segments)
        )
        routes: dict[tuple[str, ...], Callable[[Request], Reply]] = {
            ("login", "v2"): self.login_flow.start,
            ("login", "v2", "poll"): self.login_flow.poll,
        }
        route = routes.get(segments)
        if route is not None and request.method == "POST":
            return route(request)
        try:
            sign_in = self.doorkeeper.sign_in(request)
        except (TooManyAttempts, Disabled):
            sign_in = SignIn()
        _signed(request, sign_in)
        return self._dressed(Reply(404, PAGE), request, sign_in)

    def _ocs(self, request: Request) -> Reply:
        try:
            sign_in = self.doorkeeper.sign_in(request)
        except TooManyAttempts:
            return self.ocs.failed(request, 429, 429, "Reached maximum delay")
        except Disabled:
            return self.ocs.failed(request, 401, 997, "Unauthorised", [REALM])
        _signed(request, sign_in)
        if sign_in.offered and sign_in.account is None:
            return self._with_cookie(
                self.ocs.failed(request, 401, 997, "Unauthorised", [REALM]), sign_in
            )
        reply = self.ocs.answer(request)
        return self._dressed(reply, request, sign_in)

    def _dav(self, request: Request) -> Reply:
        sign_in = SignIn()
        try:
            found = self.router.find(request.segments)
            if found is None:
                # an unknown service is answered with the front page, as if all were well (160)
                return Reply(200, PAGE)
            room, public = found
            if not public:
                sign_in = self._admitted(request)
            reply = room(request)
        except Refusal as refusal:
            reply = refusal.reply()
        return self._dressed(reply, request, sign_in)

    def _admitted(self, request: Request) -> SignIn:
        try:
            sign_in = self.doorkeeper.sign_in(request)
        except TooManyAttempts as closed:
            raise too_many("") from closed
        except Disabled as disabled:
            raise Refusal(
                503,
                "Sabre\\DAV\\Exception\\ServiceUnavailable",
                "OC\\User\\DisabledUserException: Account disabled",
            ) from disabled
        _signed(request, sign_in)
        if sign_in.account is None:
            ajax = request.headers.get("x-requested-with") == "XMLHttpRequest"
            if ajax and not sign_in.offered:
                refusal = Refusal(
                    401,
                    "Sabre\\DAV\\Exception\\NotAuthenticated",
                    "Cannot authenticate over ajax calls",
                    headers=[("WWW-Authenticate", 'DummyBasic realm="Nextcloud"')],
                )
            else:
                refusal = unauthenticated(WRONG if sign_in.offered else NO_BASIC)
            if sign_in.cookie:
                refusal.headers.append(("Set-Cookie", _set_cookie(sign_in.cookie)))
            raise refusal
        return sign_in

    def _dressed(self, reply: Reply, request: Request, sign_in: SignIn) -> Reply:
        old = self.core.version == 32
        if request.account is not None and not (old and request.segments[0] == "remote.php"):
            reply.headers.append(("X-User-Id", request.account.uid))
        if old:
            # locking came with the files_lock app
            reply.headers = [(name, text.replace(LOCKING, "")) for name, text in reply.headers]
        if reply.status == 207:
            reply.headers += [("Vary", "Brief,Prefer"), ("DAV", DAV_CLASSES)]
        return self._with_cookie(reply, sign_in)

    def _with_cookie(self, reply: Reply, sign_in: SignIn) -> Reply:
        if sign_in.cookie:
            reply.headers.append(("Set-Cookie", _set_cookie(sign_in.cookie)))
        return reply

    def _maintenance(self, request: Request) -> Reply:
        top = request.segments[:1]
        if top == ("ocs",):
            reply = self.ocs.failed(request, 503, 503, "Service unavailable")
            reply.headers.append(("X-Nextcloud-Maintenance-Mode", "1"))
            return reply
        if top in (("remote.php",), ("public.php",)):
            return Refusal(
                503, "OCA\\DAV\\Exception\\ServerMaintenanceMode", "System is in maintenance mode."
            ).reply()
        headers = [("X-Nextcloud-Maintenance-Mode", "1"), ("Retry-After", "120")]
        return Reply(503, PAGE, headers=headers)


REALM = ("WWW-Authenticate", 'Basic realm="Authorisation Required"')


def _signed(request: Request, sign_in: SignIn) -> None:
    request.account = sign_in.account
    request.by_session = sign_in.by_session
    request.app_password = sign_in.app_password


def _set_cookie(value: str) -> str:
    return f"{COOKIE}={value}; path=/; HttpOnly; SameSite=Lax"


def _failed(failure: PlannedFailure) -> Sending:
    if failure.cut:
        return Sending(Reply(0), cut=True)
    if failure.stead is not None:
        body, kind = failure.stead
        return Sending(Reply(failure.status, body, kind))
    if failure.status == 429:
        reply = too_many("").reply()
    else:
        exception, message = STATUS_OF_FAULTS.get(failure.status, ("Exception", ""))
        reply = Refusal(failure.status, exception, message).reply()
    if failure.retry_after is not None:
        reply.headers.append(("Retry-After", str(failure.retry_after)))
    return Sending(reply)


def well_known(core: Core, request: Request) -> Reply:
    """``.well-known/caldav`` and carddav redirect whatever the method (011)."""
    if request.segments[1:] not in (("caldav",), ("carddav",)):
        name = "".join(request.segments[1:2])
        return Reply(404, as_json({"message": f"{name} not supported"}), JSON)
    location = f"{core.url}/remote.php/dav/"
    page = (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" '
        '"http://www.w3.org/TR/html4/strict.dtd">\n<html><head>\n'
        "<title>301 Moved Permanently</title>\n</head><body>\n<h1>Moved Permanently</h1>\n"
        f'<p>The document has moved <a href="{location}">here</a>.</p>\n</body></html>\n'
    )
    return Reply(301, page.encode(), APACHE, [("Location", location)])


def revoke(doorkeeper: Doorkeeper) -> Callable[[Account, str], None]:
    """How an app password ends: it and the sessions it opened."""

    def _revoke(account: Account, password: str) -> None:
        account.app_passwords.discard(password)
        doorkeeper.forget(password)

    return _revoke
