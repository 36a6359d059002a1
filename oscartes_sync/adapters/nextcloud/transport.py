"""HTTP to one cloud: no cookies, no redirects, bounded answers, bounded retries, counters.

A session cookie would beat the Authorization header there and act as another account (recording
160), and brings limits that requests without it do not meet (048, 049): none is kept or sent.
Reads are sent again where nothing came; a write only where it was refused before execution.
After one 401 nothing more is asked, since wrong passwords lock the whole address out (168).
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError, NewConnectionError

from oscartes_sync.adapters import certificates
from oscartes_sync.adapters.nextcloud.address import Address
from oscartes_sync.adapters.nextcloud.auth import Auth
from oscartes_sync.adapters.nextcloud.refusals import Reply, unavailable
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.wire import Wire
from oscartes_sync.errors import (
    ConfigurationError,
    CredentialsRefused,
    OutcomeUnknown,
    Overloaded,
    SideError,
    Unavailable,
    Unexpected,
    Unreachable,
)

if TYPE_CHECKING:
    from oscartes_sync.ports import Clock, Traffic

ATTEMPTS = 5
ATTEMPTS_WHEN_BUSY = 9
"""Of what a server refuses because it has been asked too often, which the next try may not meet."""

_LONGEST_STEP = 8.0
PATIENCE = 60.0
"""Seconds that one request may spend waiting to be sent again."""

WAITING_IN_ALL = 3600.0
"""Seconds that all requests of one transport may wait together; then every refusal is the last
word. So a run ends, however often a server asks it to wait."""

LARGEST = 256 * 1024 * 1024
"""Bytes of one answer; a listing of 100,000 resources has a tenth of that."""

_CONNECT_SECONDS = 10.0
_DEADLINE_FACTOR = 10
_CHUNK = 64 * 1024
_WRITES = frozenset({"PUT", "DELETE", "MOVE", "MKCALENDAR", "MKCOL", "PROPPATCH", "POST"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GATEWAY = frozenset({502, 504})
_Answer = TypeVar("_Answer", bound=Reply)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `path` is canonical; `patience` as `PATIENCE`, 0 to be told at once."""

    method: str
    path: str
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    patience: float = PATIENCE

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method in _WRITES


@dataclass(frozen=True, slots=True)
class Streamed(Reply):
    """An answer whose body, where its status is 200 or 206, is still to come; to be closed.

    `pieces` raises Unreachable where the answer is cut, and never ends before its whole length.
    """

    pieces: Iterator[bytes] = field(default=iter(()), repr=False)
    held: ExitStack = field(default_factory=ExitStack, repr=False)


class _Lost(Exception):
    """No whole answer came; `sent` says whether the server may have seen the request."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class _Untrusted(Exception):
    """The server does not prove who it is, and so was sent nothing; `fault` says what is wrong."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Transport:
    """Sends requests and gives whole answers, safe for several threads.

    A request takes a connection that is free, or opens one, and leaves it to the next: there are
    never more than requests at once, however many threads come and go.
    """

    def __init__(
        self, settings: CloudSettings, clock: Clock, auth: Auth, *, user_agent: str
    ) -> None:
        """Raises ConfigurationError (`cloud-url`, `insecure-url`, `cloud-ca`)."""
        self.address = Address.parse(settings.url, cloud=settings.id, insecure=settings.insecure)
        self.cloud = settings.id
        self._auth = auth
        self._clock = clock
        self._user_agent = user_agent
        self._timeout = settings.timeout
        self._verify = _authorities(settings)
        self._proxies = {"https": settings.proxy} if settings.proxy else {}
        self._lock = threading.Lock()
        self._free: list[HTTPAdapter] = []
        self._waited = 0.0
        self._requests = 0
        self._bytes = 0
        self._refused: CredentialsRefused | None = None

    def send(self, ask: Ask) -> Reply:
        """Send one request, again where that is safe and may help.

        Any status that says something about the thing asked for is returned.

        Raises:
            CredentialsRefused: 401, or a disabled account; from then on at once.
            Unavailable: maintenance or 429, after the last attempt.
            Unreachable: no answer to a read, or a write that never left; a certificate that
                nobody we know vouches for.
            OutcomeUnknown: the answer to a write is lost.
            Unexpected: a redirect, or an answer beyond `LARGEST`.
        """
        return self._answered(ask, self._once)

    def stream(self, ask: Ask) -> Streamed:
        """Send a read whose answer may be larger than memory: as `send`, its body left to come."""
        return self._answered(ask, self._begun)

    def _answered(self, ask: Ask, once: Callable[[Ask], _Answer]) -> _Answer:
        """What one way of asking gives, tried again where that is safe and may help."""
        waited = 0.0
        for attempt in range(ATTEMPTS_WHEN_BUSY):
            pause = min(2.0**attempt, _LONGEST_STEP)
            try:
                reply = once(ask)
            except _Lost as lost:
                failure = self._lost(ask, lost)
            except _Untrusted as untrusted:
                # It will be the same a second later.
                raise Unreachable(
                    "cloud-certificate", cloud=self.cloud, reason=untrusted.fault
                ) from untrusted
            else:
                hindrance = self._hindrance(ask, reply)
                if hindrance is None:
                    return reply
                failure = hindrance
                pause = _retry_after(reply) or pause
            if attempt >= _attempts(failure) - 1 or waited + pause > ask.patience:
                raise failure
            if not self._may_wait(pause):
                raise failure
            self._clock.sleep(pause)
            waited += pause
        raise AssertionError("the last attempt raises")  # pragma: no cover

    def traffic(self) -> Traffic:
        """Requests so far, repeated ones included, and bytes of bodies both ways."""
        from oscartes_sync.ports import Traffic  # noqa: PLC0415

        with self._lock:
            return Traffic(self._requests, self._bytes)

    def close(self) -> None:
        """Close every connection; the transport may be used again afterwards."""
        with self._lock:
            free, self._free = self._free, []
        for adapter in free:
            adapter.close()

    def _lost(self, ask: Ask, lost: _Lost) -> SideError:
        """What a lost answer means; raised at once where sending again could do it twice."""
        params = {"cloud": self.cloud, "reason": lost.reason}
        if ask.writes and lost.sent:
            raise OutcomeUnknown("cloud-outcome-unknown", href=ask.path, **params) from lost
        return Unreachable("cloud-unreachable", **params)

    def _hindrance(self, ask: Ask, reply: Reply) -> SideError | None:
        """Why this answer says nothing about the thing asked for; None where it does."""
        status = reply.status
        if status == 401:
            self._refused = CredentialsRefused("cloud-password-refused", cloud=self.cloud)
            raise self._refused
        if status in _REDIRECTS:
            target = reply.headers.get("location", "").partition("?")[0]
            raise Unexpected("cloud-redirected", cloud=self.cloud, target=target)
        if status in _GATEWAY:
            if ask.writes:
                raise OutcomeUnknown(
                    "cloud-outcome-unknown", href=ask.path, cloud=self.cloud, reason="gateway"
                )
            return Unreachable("cloud-unreachable", cloud=self.cloud, reason="gateway")
        if status in (429, 503):
            failure = unavailable(reply, self.cloud)
            if isinstance(failure, CredentialsRefused):
                self._refused = failure
                raise failure
            if isinstance(failure, Overloaded) and (_retry_after(reply) or 0) > PATIENCE:
                return Unavailable(failure.code, **failure.params)
            return failure
        if status == 500 and not ask.writes:
            return Unreachable("cloud-broken", cloud=self.cloud, href=ask.path)
        return None

    def _may_wait(self, pause: float) -> bool:
        """Whether all waits together leave room for this one, which is counted."""
        with self._lock:
            self._waited += pause
            return self._waited <= WAITING_IN_ALL

    @contextmanager
    def _adapter(self) -> Iterator[HTTPAdapter]:
        """A connection for one request. A session above it would only add a jar and redirects."""
        with self._lock:
            adapter = self._free.pop() if self._free else None
        adapter = adapter or Wire(pool_connections=1, pool_maxsize=1)
        try:
            yield adapter
        finally:
            with self._lock:
                self._free.append(adapter)

    def _once(self, ask: Ask) -> Reply:
        started = self._clock.monotonic()
        with _losses(), self._response(ask) as response:
            body = self._body(response, started)
            return Reply(response.status_code, response.headers, body, ask.path)

    def _begun(self, ask: Ask) -> Streamed:
        started = self._clock.monotonic()
        with ExitStack() as stack, _losses():
            response = stack.enter_context(self._response(ask))
            status, headers = response.status_code, response.headers
            if status not in (200, 206):
                return Streamed(status, headers, self._body(response, started), ask.path)
            pieces = self._pieces(ask, response)
            return Streamed(status, headers, b"", ask.path, pieces, stack.pop_all())

    def _pieces(self, ask: Ask, response: requests.Response) -> Iterator[bytes]:
        try:
            with _losses():
                for piece in response.iter_content(_CHUNK):
                    with self._lock:
                        self._bytes += len(piece)
                    yield piece
        except _Lost as lost:
            raise self._lost(ask, lost) from lost

    @contextmanager
    def _response(self, ask: Ask) -> Iterator[requests.Response]:
        """One request sent and counted, its answer open."""
        if self._refused is not None:
            raise CredentialsRefused(self._refused.code, **self._refused.params)
        with self._lock:
            self._requests += 1
            self._bytes += len(ask.body)
        with (
            self._adapter() as adapter,
            adapter.send(
                self._prepared(ask),
                stream=True,
                timeout=(min(_CONNECT_SECONDS, self._timeout), self._timeout),
                verify=self._verify,
                proxies=self._proxies,
            ) as response,
        ):
            yield response

    def _prepared(self, ask: Ask) -> requests.PreparedRequest:
        """Put together by hand: preparing costs as much processor time as all the rest."""
        prepared = requests.PreparedRequest()
        prepared.method = ask.method
        prepared.url = self.address.url(ask.path)
        prepared.headers = CaseInsensitiveDict(
            {
                "User-Agent": self._user_agent,
                "Accept": "*/*",
                "Accept-Encoding": "identity" if ask.method == "GET" else "gzip, deflate",
                "Connection": "keep-alive",
                **self._auth.headers(),
                **ask.headers,
            }
        )
        if ask.body or ask.writes:
            prepared.headers["Content-Length"] = str(len(ask.body))
        # Block by block, since the time limit of a socket holds for all that one call sends.
        blocks = len(ask.body) > _CHUNK
        prepared.body = io.BytesIO(ask.body) if blocks else ask.body or None  # type: ignore[assignment]
        prepared.hooks = {"response": []}
        return prepared

    def _body(self, response: requests.Response, started: float) -> bytes:
        kept: list[bytes] = []
        size = 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > LARGEST:
                raise Unexpected("cloud-answer-too-large", cloud=self.cloud)
            if self._clock.monotonic() - started > self._timeout * _DEADLINE_FACTOR:
                raise _Lost("timeout", sent=True)
            kept.append(chunk)
        with self._lock:
            self._bytes += size
        return b"".join(kept)


@contextmanager
def _losses() -> Iterator[None]:
    """Whatever breaks a request off, as `_Lost` or `_Untrusted`."""
    try:
        yield
    except OSError as failure:
        if fault := certificates.fault(failure):
            raise _Untrusted(fault) from failure
        if isinstance(failure, requests.RequestException):
            raise _Lost(_reason(failure), sent=_may_have_been_sent(failure)) from failure
        raise _Lost("cut", sent=True) from failure
    except HTTPError as failure:
        raise _Lost(_reason(failure), sent=True) from failure


def _authorities(settings: CloudSettings) -> str | bool:
    """What certificates are checked against: what we are given, else what requests brings."""
    if settings.ca and not Path(settings.ca).exists():
        raise ConfigurationError("cloud-ca", cloud=settings.id, path=settings.ca)
    return settings.ca or True


def _attempts(failure: SideError) -> int:
    """How often to try in all.

    A server that breaks over a question mostly breaks again (recording 012), and one that is
    silent has cost its whole time limit already.
    """
    if failure.code == "cloud-broken":
        return 2
    if isinstance(failure, Overloaded):
        return ATTEMPTS_WHEN_BUSY
    return 3 if failure.params.get("reason") == "timeout" else ATTEMPTS


def _retry_after(reply: Reply) -> float | None:
    """Seconds that `Retry-After` asks for, a date counted from `Date` (RFC 9110, 10.2.3)."""
    asked = reply.headers.get("retry-after", "").strip()
    if asked.isdecimal():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(reply.headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _may_have_been_sent(failure: requests.RequestException) -> bool:
    """False only where no connection was made, so that nothing can have been executed."""
    if isinstance(failure, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return False
    return not _caused_by(failure, NewConnectionError)


def _caused_by(failure: BaseException, kind: type[Exception]) -> bool:
    reasons: list[object] = [failure, *failure.args]
    reasons += [getattr(one, "reason", None) for one in failure.args]
    return any(isinstance(one, kind) for one in reasons)


def _reason(failure: Exception) -> str:
    """What went wrong in one word of ours: the exception's own text holds the whole address."""
    if isinstance(failure, requests.Timeout):
        return "timeout"
    if isinstance(failure, requests.exceptions.SSLError):
        return "handshake"
    if _caused_by(failure, NewConnectionError):
        return "refused"
    return "cut"
