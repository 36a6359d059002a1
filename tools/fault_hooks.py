"""Inside the run that is to be broken: counts its requests and transactions, and breaks one.

Everything hooks in below the program: where http.client sends bytes and reads them, and where
SQLAlchemy begins and commits. The program itself is as it is shipped, but for its threads: they
take turns, so that a number means the same request each time (`request-abreast` leaves them be).
"""

from __future__ import annotations

import errno
import http.client
import io
import os
import resource
import select
import signal
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, Self

from fault_clock import SharedClock
from fault_points import Kind, Point, Trace
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect
from urllib3.connection import HTTPConnection

from oscartes_sync.bootstrap import clock as system_clock
from oscartes_sync.usecases import apply_plan, make_plan, writing

_ANSWER_SECONDS = 30.0
_SMALL_GROUP = 4
"""So many results a transaction, that a small run has several."""

_BEGIN = "BEGIN IMMEDIATE"
_EACH_TIME = {
    Kind.DISK_FULL: "PRAGMA max_page_count = 1",
    Kind.DISK_READ_ONLY: "PRAGMA query_only = ON",
}


def die() -> None:
    """As the system ends a process: nothing of it runs any more."""
    os.kill(os.getpid(), signal.SIGKILL)


def put_in(owner: Any, name: str, replacement: object) -> None:
    """Replace an attribute in this process."""
    setattr(owner, name, replacement)


class Tape:
    """Counts; knows the one point where this run breaks."""

    def __init__(self, point: Point | None) -> None:
        self._point = point
        self._lock = threading.Lock()
        self._requests: list[tuple[str, str]] = []
        self._transactions = 0
        self._after_answer = False

    def trace(self) -> Trace:
        """What was counted."""
        return Trace(tuple(self._requests), self._transactions)

    def begins_request(self, method: str, route: str) -> int:
        """The number of a request that is about to be sent."""
        self._let_go_of_answer()
        with self._lock:
            self._requests.append((method, route))
            return len(self._requests)

    def begins_transaction(self) -> int:
        """The number of a transaction that is about to begin."""
        self._let_go_of_answer()
        self._transactions += 1
        return self._transactions

    @property
    def transaction(self) -> int:
        """The number of the latest transaction."""
        return self._transactions

    def is_at(self, number: int, *kinds: Kind) -> bool:
        """Whether the point is here."""
        point = self._point
        return point is not None and point.number == number and point.kind in kinds

    def is_past(self, number: int, *kinds: Kind) -> bool:
        """Whether the point is here or was earlier."""
        point = self._point
        return point is not None and point.number <= number and point.kind in kinds

    def meets(self, number: int, *kinds: Kind) -> None:
        """Die where the point is here."""
        if self.is_at(number, *kinds):
            die()

    def awaits_answer(self) -> None:
        """An answer after which to die is being read."""
        self._after_answer = True

    def has_answer(self) -> None:
        """An answer was read whole."""
        self._let_go_of_answer()

    def _let_go_of_answer(self) -> None:
        if self._after_answer:
            die()


class _ReadWhole(http.client.HTTPResponse):
    """An answer after whose last byte the run dies."""

    def __init__(self, sock: Any, *, tape: Tape, **more: Any) -> None:
        super().__init__(sock, **more)
        self._tape = tape
        tape.awaits_answer()

    def _close_conn(self) -> None:
        super()._close_conn()  # type: ignore[misc]
        self._tape.has_answer()


class _Cut(http.client.HTTPResponse):
    """An answer of which half arrives: half of its head, or its head and half of its body."""

    def __init__(self, sock: Any, *, head: bool, **more: Any) -> None:
        super().__init__(sock, **more)
        found, body = _whole(self.fp)
        self.fp.close()
        half = found[: len(found) // 2] if head or not body else found + body[: len(body) // 2]
        self.fp = io.BufferedReader(io.BytesIO(half))


def _whole(stream: io.BufferedIOBase) -> tuple[bytes, bytes]:
    """Head and body of an answer; the stand-ins always tell the length."""
    lines, length = [], 0
    while True:
        line = stream.readline()
        lines.append(line)
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        if line in (b"\r\n", b""):
            return b"".join(lines), stream.read(length)


class _Wire:
    """What requests go through instead of urllib3's connection's own two methods."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._request = HTTPConnection.request
        self._getresponse = HTTPConnection.getresponse

    def install(self) -> None:
        """Take their place."""

        def request(connection: Any, *words: Any, **more: Any) -> None:
            self.request(connection, *words, **more)

        def getresponse(connection: Any) -> Any:
            return self.getresponse(connection)

        put_in(HTTPConnection, "request", request)
        put_in(HTTPConnection, "getresponse", getresponse)

    def request(self, connection: Any, method: str, url: str, *words: Any, **more: Any) -> None:
        """Send it, or half of it, or nothing."""
        tape = self._tape
        number = connection.number = tape.begins_request(method, url)
        tape.meets(number, Kind.REQUEST_BEFORE)
        send = partial(self._request, connection, method, url, *words, **more)
        if not tape.is_at(number, Kind.REQUEST_TORN, Kind.REQUEST_LOST):
            send()
            return
        whole = _gathered(connection, send)
        if connection.sock is None:
            connection.connect()
        if tape.is_at(number, Kind.REQUEST_TORN):
            # http.client sends head and body one after the other: that is where it tears.
            connection.sock.sendall(whole[: whole.index(b"\r\n\r\n") + 4])
            die()

    def getresponse(self, connection: Any) -> Any:
        """Read the answer, or half of it, or none."""
        tape, number = self._tape, connection.number
        if tape.is_at(number, Kind.REQUEST_LOST):
            connection.close()
            raise http.client.RemoteDisconnected("Remote end closed connection without response")
        if tape.is_at(number, Kind.REQUEST_INSIDE, Kind.REQUEST_ABREAST, Kind.ANSWER_LOST):
            select.select([connection.sock], [], [], _ANSWER_SECONDS)
            tape.meets(number, Kind.REQUEST_INSIDE, Kind.REQUEST_ABREAST)
            connection.close()
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        kept = connection.response_class
        try:
            if tape.is_at(number, Kind.REQUEST_AFTER):
                connection.response_class = partial(_ReadWhole, tape=tape)
            elif tape.is_at(number, Kind.ANSWER_CUT, Kind.ANSWER_HEAD_CUT):
                head = tape.is_at(number, Kind.ANSWER_HEAD_CUT)
                connection.response_class = partial(_Cut, head=head)
            return self._getresponse(connection)
        finally:
            connection.response_class = kept


def _gathered(connection: Any, send: Callable[[], None]) -> bytes:
    """The bytes of a request, not sent."""
    parts: list[bytes] = []
    connection.send = parts.append
    try:
        send()
    finally:
        del connection.send
    return b"".join(parts)


class _Disk:
    """What the state's transactions go through."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._open = False
        self._commit: Callable[[Any, Any], None] = DefaultDialect.do_commit

    def install(self) -> None:
        """Listen to every engine."""
        event.listen(Engine, "before_cursor_execute", self.executes)
        event.listen(Engine, "commit", self.commits)
        event.listen(Engine, "rollback", self.rolls_back)

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            self.committed(dialect, connection)

        put_in(DefaultDialect, "do_commit", do_commit)

    def executes(self, _connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        """A statement is about to be executed; only the first of a transaction matters."""
        if statement != _BEGIN:
            return
        tape = self._tape
        number = tape.begins_transaction()
        tape.meets(number, Kind.TRANSACTION_BEFORE)
        self._open = True
        if tape.is_at(number, Kind.TRANSACTION_SPILLED):
            # Changed pages then go to the file before the commit, beside a hot journal.
            cursor.execute("PRAGMA cache_size = 1")
        for kind, pragma in _EACH_TIME.items():
            if tape.is_past(number, kind):
                cursor.execute(pragma)
        if tape.is_at(number, Kind.DISK_READ_ONLY_ONCE):
            cursor.execute("PRAGMA query_only = ON")
        if tape.is_at(number, Kind.DISK_FAILING, Kind.DISK_FAILING_ONCE):
            _refuse_bytes(refused=True)

    def commits(self, _connection: Connection) -> None:
        """All statements were executed."""
        if self._open:
            tape = self._tape
            tape.meets(tape.transaction, Kind.TRANSACTION_INSIDE, Kind.TRANSACTION_SPILLED)

    def committed(self, dialect: DefaultDialect, connection: Any) -> None:
        """Commit, and what comes after."""
        self._commit(dialect, connection)
        if self._open:
            self._tape.meets(self._tape.transaction, Kind.TRANSACTION_AFTER)
        self._mend(connection)

    def rolls_back(self, connection: Connection) -> None:
        """The transaction came to nothing."""
        self._mend(connection.connection.dbapi_connection)

    def _mend(self, connection: Any) -> None:
        number = self._tape.transaction
        if not self._open:
            return
        self._open = False
        if self._tape.is_at(number, Kind.DISK_FAILING_ONCE):
            _refuse_bytes(refused=False)
        if self._tape.is_at(number, Kind.DISK_READ_ONLY_ONCE):
            connection.execute("PRAGMA query_only = OFF")


def _refuse_bytes(*, refused: bool) -> None:
    """Let the system refuse every byte that is written to a file, or let it take them again."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0 if refused else hard, hard))


class _Turns:
    """One call after the other in the order in which they were asked for, whichever pool was
    asked; each is made when its result is waited for."""

    def __init__(self) -> None:
        self._asked: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._ended: deque[Any] = deque()

    def pool(self, _workers: int) -> _Pool:
        """Instead of ThreadPoolExecutor."""
        return _Pool(self)

    def queue(self) -> Self:
        """Instead of SimpleQueue."""
        return self

    def ask(self, call: Callable[[], Any]) -> Future[Any]:
        """Its turn comes later."""
        future: Future[Any] = Future()
        self._asked.append((future, call))
        return future

    def drop(self) -> None:
        """Nothing more is called."""
        self._asked.clear()

    def put(self, ended: Any) -> None:
        """As SimpleQueue.put."""
        self._ended.append(ended)

    def get(self) -> Any:
        """As SimpleQueue.get; calls until there is something."""
        while not self._ended:
            _call(*self._asked.popleft())
        return self._ended.popleft()


def _call(future: Future[Any], call: Callable[[], Any]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:  # noqa: BLE001 - the future carries it, as a pool's does
        future.set_exception(error)


class _Pool:
    """A pool of `_Turns`."""

    def __init__(self, turns: _Turns) -> None:
        self._turns = turns

    def submit(self, call: Callable[..., Any], *words: Any) -> Future[Any]:
        """Its turn comes."""
        return self._turns.ask(partial(call, *words))

    def shutdown(self, **_how: Any) -> None:
        """What had no turn has none."""
        self._turns.drop()


class _AtOnce:
    """A pool that calls as soon as it is asked."""

    def __init__(self, _workers: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, call: Callable[..., Any], *words: Any) -> Future[Any]:
        """Call."""
        future: Future[Any] = Future()
        _call(future, partial(call, *words))
        return future


def install(point: Point | None, clock: SharedClock) -> Tape:
    """Prepare this process to be broken at the point."""
    tape = Tape(point)
    _Wire(tape).install()
    _Disk(tape).install()
    for name in ("now", "monotonic", "sleep"):
        # Bound already, and so not bound again to the clock that it is asked of.
        put_in(system_clock.SystemClock, name, getattr(clock, name))
    put_in(apply_plan, "GROUP", _SMALL_GROUP)
    if point is None or point.kind is not Kind.REQUEST_ABREAST:
        turns = _Turns()
        put_in(make_plan, "ThreadPoolExecutor", _AtOnce)
        put_in(writing, "ThreadPoolExecutor", turns.pool)
        put_in(writing, "SimpleQueue", turns.queue)
    return tape
