"""The HTTP server: HTTP/1.1 on loopback, a thread per connection, connections kept open.

Requests are parsed by hand: the standard library's handler goes through the e-mail parser,
which would cost more than the answers do.
"""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from oscartes_sync.sandbox.cloud.messages import Reply, Request

LOOPBACK = "127.0.0.1"
LONGEST_LINE = 65536
TOGETHER = 65536
"""Bytes of a body up to which it is sent in one go with its headers; beyond, it is not copied."""

REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(slots=True)
class Sending:
    """A reply on its way: `cut` closes without a byte, `truncate` after half of the body."""

    reply: Reply
    cut: bool = False
    truncate: bool = False


Answer = Callable[[Request], Sending]


class CloudServer(socketserver.ThreadingTCPServer):
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
        """Start the connection's thread."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ended."""
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


class _Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    wbufsize = 0
    server: CloudServer

    def handle(self) -> None:
        while self._one():
            pass

    def _one(self) -> bool:
        line = self.rfile.readline(LONGEST_LINE)
        if line in (b"\r\n", b"\n"):
            line = self.rfile.readline(LONGEST_LINE)
        parts = line.decode("latin-1").split()
        if len(parts) != 3:
            if line:
                self._send(Reply(400), "GET", keep=False)
            return False
        method, target, version = parts
        headers = self._headers()
        keep = version != "HTTP/1.0" and headers.get("connection", "").lower() != "close"
        if headers.get("expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._body(headers)
        path, _, query = _origin(target).partition("?")
        segments = tuple(unquote(part) for part in path.split("/") if part)
        sending = self.server.answer(Request(method, path, query, headers, body, segments))
        if sending.cut:
            return False
        if sending.truncate:
            self._send(sending.reply, method, keep=False, upto=len(sending.reply.body) // 2)
            return False
        self._send(sending.reply, method, keep=keep)
        return keep

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        while True:
            line = self.rfile.readline(LONGEST_LINE)
            if line in (b"\r\n", b"\n", b""):
                return headers
            name, _, value = line.decode("latin-1").partition(":")
            name = name.strip().lower()
            text = value.strip()
            headers[name] = f"{headers[name]}, {text}" if name in headers else text

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = int(headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        if len(body) < length:
            raise ConnectionAbortedError
        return body

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        while size := int(self.rfile.readline(LONGEST_LINE).split(b";")[0] or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline(LONGEST_LINE)
        while self.rfile.readline(LONGEST_LINE) not in (b"\r\n", b"\n", b""):
            pass
        return b"".join(parts)

    def _send(self, reply: Reply, method: str, *, keep: bool, upto: int | None = None) -> None:
        lines = [f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Unknown')}"]
        lines.append(f"Date: {formatdate(usegmt=True)}\r\nServer: Apache")
        lines.extend(f"{name}: {value}" for name, value in reply.headers)
        bodiless = reply.status in (204, 304)
        if not bodiless:
            lines.append(f"Content-Length: {len(reply.body)}")
            if reply.kind:
                lines.append(f"Content-Type: {reply.kind}")
        if not keep:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        body = b"" if bodiless or method == "HEAD" else reply.body[:upto]
        if len(body) <= TOGETHER:
            self.connection.sendall(head + body)
            return
        self.connection.sendall(head)
        self.connection.sendall(body)


def _origin(target: str) -> str:
    """The path of a request line that names a whole URL."""
    if target.startswith("/"):
        return target
    _, _, rest = target.partition("://")
    return "/" + rest.partition("/")[2] if rest else target
