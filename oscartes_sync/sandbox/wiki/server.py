"""The HTTP server: HTTP/1.1 on loopback, one request answered at a time, connections kept."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from oscartes_sync.sandbox.wiki.messages import Request, Response

LOOPBACK = "127.0.0.1"
LONGEST_REQUEST_LINE = 8190

Answer = Callable[[Request], Response | None]
"""Answers a request; None closes the connection without a byte."""


class WikiServer(ThreadingHTTPServer):
    """Serves one stand-in."""

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, port: int, answer: Answer) -> None:
        self.answer = answer
        self.stopping = False
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__((LOOPBACK, port), _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error; any other is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError) and not self.stopping:
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        """Hang up on every client, so that no thread stays behind."""
        self.stopping = True
        with self._guard:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Apache"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: WikiServer
    raw_requestline: bytes

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Requests are counted by the stand-in, not printed."""

    def _serve(self) -> None:
        if len(self.raw_requestline) > LONGEST_REQUEST_LINE:
            self.close_connection = True
            self._send(Response(414, b"", "text/html; charset=iso-8859-1"))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        address = self.client_address[0]
        request = Request(self.command, self.path, headers, self._body(), address)
        answer = self.server.answer(request)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(answer)

    def _body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return self._chunks()
        length = self.headers.get("Content-Length") or "0"
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.flush()
        return self.rfile.read(int(length)) if length.isdecimal() and int(length) else b""

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            continue
        return b"".join(parts)

    def _send(self, answer: Response) -> None:
        body = answer.content
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        for cookie in answer.cookies:
            self.send_header("Set-Cookie", cookie)
        if answer.content_type is not None:
            self.send_header("Content-Type", answer.content_type)
        if answer.status != 304:
            told = len(body) if answer.announced is None else answer.announced
            self.send_header("Content-Length", str(told))
        self.end_headers()
        if self.command != "HEAD" and answer.status != 304:
            self.wfile.write(body)
        self.wfile.flush()
        if answer.announced is not None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve  # noqa: N815


def wait(seconds: float) -> None:
    """Let an answer take its time."""
    if seconds > 0:
        time.sleep(seconds)
