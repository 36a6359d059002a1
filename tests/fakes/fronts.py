"""What stands before a server: a front that speaks TLS, a proxy, a server that only listens."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import trustme

Opened = Callable[[socket.socket], socket.socket]
"""Makes of a client's connection the one that its requests are read from."""


class Front:
    """Hands what comes in on to a server on loopback, byte by byte; `seen` is what came in."""

    def __init__(
        self, target: str, opened: Opened = lambda connection: connection, port: int = 0
    ) -> None:
        self.seen = bytearray()
        self._target = ("127.0.0.1", int(urlsplit(target).port or 0))
        self._opened = opened
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Hang up on everybody; whoever serves a connection closes it."""
        self._closed = True
        for one in [self._listener, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with self._listener, suppress(OSError):
            while not self._closed:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with (
            suppress(OSError),
            connection,
            self._opened(connection) as client,
            socket.create_connection(self._target) as server,
        ):
            self._open += [client, server]
            back = threading.Thread(target=_pour, args=(server, client, None), daemon=True)
            back.start()
            _pour(client, server, self.seen)
            back.join()


def _pour(source: socket.socket, target: socket.socket, seen: bytearray | None) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            if seen is not None:
                seen.extend(chunk)
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@contextmanager
def front(target: str, opened: Opened = lambda connection: connection) -> Iterator[Front]:
    """One front before a server, for as long as the block lasts."""
    made = Front(target, opened)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def tls(target: str, certificate: trustme.LeafCert) -> Iterator[str]:
    """A front that bears this certificate; its https address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with front(target, lambda one: context.wrap_socket(one, server_side=True)) as made:
        yield f"https://localhost:{made.port}"


@contextmanager
def tunnel(target: str) -> Iterator[Front]:
    """A proxy: CONNECT (RFC 9110, 9.3.6) leads to the one server, whatever was asked for.

    `seen` holds the requests made to itself, and then what went through in cipher.
    """
    made: list[Front] = []

    def opened(connection: socket.socket) -> socket.socket:
        head = bytearray()
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1) or b"\r\n\r\n"
        made[0].seen.extend(head)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return connection

    with front(target, opened) as one:
        made.append(one)
        yield one


class _Answering(BaseHTTPRequestHandler):
    """Answers as the listener says, or as the server behind it does; keeps what was asked."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Listener

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.heard.append(f"{self.command} {self.path}\n{self.headers}{body!r}")
        answer = self.server.answering(self.command, self.path, body)
        status, headers, content = answer or self._from_behind(body)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_MOVE = do_GET  # noqa: N815
    do_PROPFIND = do_PROPPATCH = do_REPORT = do_MKCALENDAR = do_GET  # noqa: N815

    def _from_behind(self, body: bytes) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.server.behind, timeout=30)
        connection.request(self.command, self.path, body or None, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        kept = [
            pair
            for pair in answer.getheaders()
            if pair[0].lower() not in {"content-length", "date"}
        ]
        return answer.status, kept, content

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Requests are kept, not printed."""


Answer = tuple[int, Sequence[tuple[str, str]], bytes]
Answering = Callable[[str, str, bytes], Answer | None]
"""Method, target and body to an answer; None leaves it to the server behind."""


class Listener(ThreadingHTTPServer):
    """A server of somebody else, or in the way; `heard` is what it was told."""

    daemon_threads = True

    def __init__(self, answering: Answering, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.heard: list[str] = []
        self.answering = answering
        self.behind = urlsplit(behind).port or 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error."""


def _nothing(_method: str, _target: str, _body: bytes) -> Answer:
    return 200, [], b"{}"


@contextmanager
def listener(answering: Answering = _nothing, *, behind: str = "") -> Iterator[Listener]:
    """One that listens for as long as the block lasts."""
    with Listener(answering, behind) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()
