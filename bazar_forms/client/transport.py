"""HTTP to one wiki: time limits, size limits, bounded retries, counters.

Reads are tried again when nothing came or the server asked to wait. A write is sent once; it is
sent again only where it was certainly not executed: 429, and 503 before a wiki in maintenance.
No redirect is followed, so credentials never go to another host. Nothing is taken from the
environment: authorities and proxy are given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from ssl import SSLCertVerificationError
from typing import BinaryIO
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, NewConnectionError

from bazar_forms.client.answer import Answer
from bazar_forms.errors import (
    BazarError,
    CertificateRefused,
    TooManyRequests,
    UnexpectedAnswer,
    UnknownOutcome,
    Unreachable,
    WikiUnavailable,
)

ATTEMPTS = 4
ATTEMPTS_WHEN_BUSY = 8
"""Of what a server refuses because it has been asked too often, which the next try may not meet."""

_LONGEST_STEP = 8.0
LONGEST_WAIT = 120.0
"""Seconds; a server that asks for more is left to the next run."""

WAITING_IN_ALL = 3600.0
"""Seconds that all calls of one transport may wait together; then every refusal is the last word.

So a run ends, however often a server asks it to wait."""

_CONNECT_SECONDS = 10.0
_DEADLINE_FACTOR = 10
_LARGEST_FILE = 4 * 2**30
_SECONDS_OF_FILE = 3600.0
_CHUNK = 64 * 1024
_CUT = "The connection to the wiki {} was cut before its answer was whole."
_WAIT_STATUSES = frozenset({429, 502, 503, 504})
_NOT_EXECUTED = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send: its name with an extension the wiki allows, and its bytes."""

    name: str
    content: bytes = field(repr=False)
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `route` names it in messages; nothing secret or personal stands there."""

    method: str
    url: str = field(repr=False)
    route: str
    key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Sequence[tuple[str, str]] | None = field(default=None, repr=False)
    files: Mapping[str, Upload] | None = field(default=None, repr=False)


@dataclass
class Counters:
    """What this client asked of the wiki since it was made; bytes of bodies, both ways."""

    requests: int = 0
    bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def add(self, requests: int = 0, size: int = 0) -> None:
        """Counts, from whichever thread."""
        with self._lock:
            self.requests += requests
            self.bytes += size


class Lost(Exception):
    """No whole answer came; `sent` says whether the server may have seen the request."""

    def __init__(self, sentence: str, *, sent: bool) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.sent = sent


class _Identity(requests.auth.AuthBase):
    """The bearer key, or nobody. Given on every call, lest requests read a .netrc by itself."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Transport:
    """Sends calls and gives whole answers, whatever their status.

    Safe for several threads: an exchange takes a connection that is free, or opens one, and leaves
    it to the next. There are never more than exchanges at once, however many threads come and go.
    """

    def __init__(
        self,
        *,
        timeout: float,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        user_agent: str,
        opener: Callable[[], requests.Session] = requests.Session,
        ca: str | None = None,
        proxy: str = "",
        largest: int = 256 * 1024 * 1024,
    ) -> None:
        self.counters = Counters()
        self._timeout = timeout
        self._sleep = sleep
        self._monotonic = monotonic
        self._user_agent = user_agent
        self._opener = opener
        self._ca = ca
        self._proxies = {"https": proxy} if proxy else {}
        self._largest = largest
        self._free: list[requests.Session] = []
        self._waited = 0.0
        self._lock = threading.Lock()

    def read(self, call: Call, target: BinaryIO | None = None) -> Answer:
        """Sends a call that changes nothing, again where that may help.

        With `target`, a 200 is written there from its present position instead of kept, up to 4 GB
        of it.
        Raises Unreachable, TooManyRequests or WikiUnavailable after the last attempt, and
        UnexpectedAnswer for an answer beyond the size limit.
        """
        start = target.tell() if target is not None else 0
        for attempt in range(ATTEMPTS_WHEN_BUSY):
            if target is not None and attempt:
                target.seek(start)
                target.truncate()
            failure: BazarError
            try:
                answer = self._exchange(call, target)
            except Lost as lost:
                failure, wait = Unreachable(lost.sentence), None
            else:
                if answer.status not in _WAIT_STATUSES:
                    return answer
                failure, wait = _refusal(answer), retry_after(answer)
            self._pause(attempt, wait, failure)
        raise AssertionError("the last attempt raises")  # pragma: no cover

    def write(self, call: Call, look: Callable[[], object] | None = None) -> Answer:
        """Sends a call that changes something.

        `look` is asked before it is sent again, and may raise what it finds instead.
        Raises Unreachable where it was never sent, TooManyRequests or WikiUnavailable where it
        was refused before execution as often as we ask, UnknownOutcome where its answer is lost.
        """
        for attempt in range(ATTEMPTS_WHEN_BUSY):
            try:
                answer = self._exchange(call)
            except Lost as lost:
                if not lost.sent:
                    raise Unreachable(lost.sentence) from lost
                raise UnknownOutcome(f"The answer to a write was lost: {call.route}.") from lost
            except UnexpectedAnswer as excess:
                raise UnknownOutcome(f"The answer to a write was cut: {call.route}.") from excess
            if answer.status not in _WAIT_STATUSES:
                return answer
            if answer.status not in _NOT_EXECUTED:
                raise UnknownOutcome(
                    f"A gateway before the wiki answered {answer.status} to a write: {call.route}."
                )
            self._pause(attempt, retry_after(answer), _refusal(answer))
            if look is not None:
                look()
        raise AssertionError("the last attempt raises")  # pragma: no cover

    def close(self) -> None:
        """Closes every connection; the transport may be used again afterwards."""
        with self._lock:
            free, self._free = self._free, []
        for session in free:
            session.close()

    def _pause(self, attempt: int, wait: float | None, failure: BazarError) -> None:
        busy = isinstance(failure, TooManyRequests)
        last = (ATTEMPTS_WHEN_BUSY if busy else ATTEMPTS) - 1
        if attempt >= last or (wait is not None and wait > LONGEST_WAIT):
            raise failure
        pause = wait if wait is not None else min(2.0**attempt, _LONGEST_STEP)
        with self._lock:
            self._waited += pause
            if self._waited > WAITING_IN_ALL:
                raise failure
        self._sleep(pause)

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        """A connection for one exchange."""
        with self._lock:
            session = self._free.pop() if self._free else None
        session = session or self._opened()
        try:
            yield session
        finally:
            with self._lock:
                self._free.append(session)

    def _opened(self) -> requests.Session:
        session = self._opener()
        # What is wanted of the environment was given to us: requests would also hand plain http
        # to a proxy, key and all, and take a password out of a .netrc.
        session.trust_env = False
        # A jar would log us in where we mean to be anonymous (reference section 2).
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers["User-Agent"] = self._user_agent
        return session

    def _exchange(self, call: Call, target: BinaryIO | None = None) -> Answer:
        self.counters.add(requests=1)
        try:
            with self._session() as session:
                return self._answer(session, call, target)
        except (requests.RequestException, HTTPError) as failure:
            if _caused_by(failure, SSLCertVerificationError):
                # It will be the same a second later, and nothing has been sent.
                raise CertificateRefused(
                    f"The certificate of the wiki {_host(call)} is not accepted."
                ) from failure
            raise Lost(_sentence(failure, call), sent=_may_have_been_sent(failure)) from failure

    def _answer(self, session: requests.Session, call: Call, target: BinaryIO | None) -> Answer:
        started = self._monotonic()
        with session.request(
            call.method,
            call.url,
            headers=dict(call.headers),
            data=None if call.form is None else list(call.form),
            files=_parts(call.files),
            auth=_Identity(call.key),
            verify=self._ca,
            proxies=self._proxies,
            timeout=(min(_CONNECT_SECONDS, self._timeout), self._timeout),
            allow_redirects=False,
            stream=True,
        ) as response:
            sent = len(response.request.body or b"") if response.request else 0
            self.counters.add(size=sent)
            sink = target if response.status_code == 200 else None
            body = self._body(call, response, started, sink)
            return Answer(
                route=call.route,
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=body,
                cookies={one.name: one.value or "" for one in response.cookies},
            )

    def _body(
        self, call: Call, response: requests.Response, started: float, target: BinaryIO | None
    ) -> bytes:
        kept: list[bytes] = []
        size, largest, seconds = 0, self._largest, self._timeout * _DEADLINE_FACTOR
        if target is not None:
            # What goes to a file of ours is never whole in memory.
            largest, seconds = _LARGEST_FILE, _SECONDS_OF_FILE
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            self.counters.add(size=len(chunk))
            if size > largest:
                raise UnexpectedAnswer(
                    f"The answer is larger than {largest // 2**20} MB: {call.route}."
                )
            if self._monotonic() - started > seconds:
                raise Lost(f"The wiki {_host(call)} sends its answer too slowly.", sent=True)
            if target is None:
                kept.append(chunk)
            else:
                target.write(chunk)
        if call.method != "HEAD" and _is_cut(response, size):
            raise Lost(_CUT.format(_host(call)), sent=True)
        return b"".join(kept)


def retry_after(answer: Answer) -> float | None:
    """The seconds that `Retry-After` asks for, or None; a date is counted from `Date`.

    The answer's own clock is taken, since ours may differ (RFC 9110, section 10.2.3).
    """
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isdecimal():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(answer.headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _refusal(answer: Answer) -> WikiUnavailable:
    wait = retry_after(answer)
    sentence = f"The wiki answered {answer.status}: {answer.route}."
    if answer.status == 429 or wait is not None:
        return TooManyRequests(sentence, retry_after=wait)
    return WikiUnavailable(sentence)


def _is_cut(response: requests.Response, size: int) -> bool:
    """Whether fewer bytes came than announced; not every urllib3 looks at that by itself."""
    announced = response.headers.get("Content-Length", "")
    if "Content-Encoding" in response.headers or not announced.isdecimal():
        return False
    return response.status_code in (200, 201) and size < int(announced)


def _parts(files: Mapping[str, Upload] | None) -> dict[str, tuple[str, bytes, str]] | None:
    if not files:
        return None
    return {name: (one.name, one.content, one.media_type) for name, one in files.items()}


def _may_have_been_sent(failure: Exception) -> bool:
    """False only where no connection was ever made, so that nothing can have been executed."""
    if isinstance(failure, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return False
    if isinstance(failure, requests.exceptions.InvalidURL):
        return False
    return not _caused_by(failure, NewConnectionError)


def _caused_by(failure: BaseException, kind: type[Exception]) -> bool:
    """Whether this kind is wrapped in it; requests and urllib3 keep it in `args` and `reason`."""
    inner = [*failure.args, getattr(failure, "reason", None)]
    return isinstance(failure, kind) or any(
        _caused_by(one, kind) for one in inner if isinstance(one, BaseException)
    )


def _sentence(failure: Exception, call: Call) -> str:
    """What went wrong, without the text of the exception: it holds the whole address."""
    host = _host(call)
    if isinstance(failure, requests.Timeout):
        return f"The wiki {host} did not answer in time."
    if isinstance(failure, requests.exceptions.SSLError):
        return f"No secure connection to the wiki {host} could be made."
    if _caused_by(failure, NewConnectionError):
        return f"The wiki's server {host} could not be reached."
    return _CUT.format(host)


def _host(call: Call) -> str:
    return urlsplit(call.url).netloc
