"""What comes in and goes out: requests, replies, and the errors DAV answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from oscartes_sync.sandbox.cloud.accounts import Account

XML = "application/xml; charset=utf-8"
HTML = "text/html; charset=UTF-8"
ALLOWED = "OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, MOVE, REPORT, LOCK, UNLOCK"


@dataclass(slots=True)
class Request:
    """One request.

    `path` is as sent (escapes kept), `segments` its parts decoded, without empty ones;
    `headers` has lower-case names. `account` is set once the credentials are known to be right;
    `by_session` tells whether cookies, not the Authorization header, named it; `app_password` is
    the one it signed in with, None for the account's own.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    segments: tuple[str, ...]
    account: Account | None = None
    by_session: bool = False
    app_password: str | None = None

    @property
    def user(self) -> Account:
        """The account; handlers of routes that demand one may rely on it."""
        if self.account is None:
            raise unauthenticated()
        return self.account

    @property
    def depth(self) -> str:
        """The Depth header, "0" for want of one, as the server's REPORT does."""
        return self.headers.get("depth", "0").strip()


@dataclass(slots=True)
class Reply:
    """One answer. Content-Length and cookies are added on the way out."""

    status: int
    body: bytes = b""
    kind: str | None = HTML
    headers: list[tuple[str, str]] = field(default_factory=list)


class Refusal(Exception):
    """An error answered as Sabre does: `exception` is the class it names, `extra` more XML."""

    def __init__(
        self,
        status: int,
        exception: str,
        message: str,
        *,
        extra: str = "",
        headers: list[tuple[str, str]] | None = None,
    ) -> None:
        super().__init__(f"{status} {exception}")
        self.status = status
        self.exception = exception
        self.message = message
        self.extra = extra
        self.headers = headers or []

    def reply(self) -> Reply:
        """The XML body every DAV error has (recordings 012-049)."""
        message = (
            f"<s:message>{escape(self.message)}</s:message>" if self.message else "<s:message/>"
        )
        text = (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">\n'
            f"  <s:exception>{self.exception}</s:exception>\n  {message}\n"
            f"{self.extra}</d:error>\n"
        )
        return Reply(self.status, text.encode(), XML, list(self.headers))


SABRE = "Sabre\\DAV\\Exception\\"


def not_found(message: str) -> Refusal:
    """404."""
    return Refusal(404, SABRE + "NotFound", message)


def node_not_found(name: str) -> Refusal:
    """404 of a collection that has no such child (recording 015)."""
    return not_found(f"Node with name '{name}' could not be found")


def forbidden(message: str) -> Refusal:
    """403."""
    return Refusal(403, SABRE + "Forbidden", message)


def bad_request(message: str) -> Refusal:
    """400."""
    return Refusal(400, SABRE + "BadRequest", message)


def not_allowed(message: str, allowed: str = ALLOWED) -> Refusal:
    """405, with the methods that are."""
    return Refusal(405, SABRE + "MethodNotAllowed", message, headers=[("Allow", allowed)])


def unsupported_media(message: str) -> Refusal:
    """415 of a body that is not what the collection keeps (recording 027)."""
    return Refusal(415, SABRE + "UnsupportedMediaType", message)


def report_not_supported(name: str) -> Refusal:
    """415 of a REPORT nobody answers (recording 044)."""
    message = f"The {name} REPORT is not supported on this url." if name else ""
    return Refusal(415, SABRE + "ReportNotSupported", message, extra="  <d:supported-report/>\n")


def not_implemented(method: str) -> Refusal:
    """501 (recordings 045, 061, 160)."""
    message = (
        f"There was no plugin in the system that was willing to handle this {method} method."
        if method
        else ""
    )
    return Refusal(501, SABRE + "NotImplemented", message)


def precondition_failed(message: str, header: str, etag: str | None) -> Refusal:
    """412; the ETag of what is there goes along only where If-Match was refused (020)."""
    headers = [("ETag", etag)] if etag else []
    return Refusal(
        412,
        SABRE + "PreconditionFailed",
        message,
        extra=f"  <s:header>{header}</s:header>\n",
        headers=headers,
    )


NO_BASIC = (
    "No 'Authorization: Basic' header found. Either the client didn't send one, "
    "or the server is misconfigured"
)
NO_BEARER = (
    "No 'Authorization: Bearer' header found. Either the client didn't send one, "
    "or the server is mis-configured"
)


def unauthenticated(reason: str = NO_BASIC) -> Refusal:
    """401 of DAV: one sentence per way of signing in that was tried (010, 160)."""
    tried = [
        "No public access to this resource.",
        "AppAPIAuth has not passed",
        "This request is not for a federated calendar",
        reason,
        NO_BEARER,
        reason,
    ]
    return Refusal(
        401,
        SABRE + "NotAuthenticated",
        ", ".join(tried),
        headers=[("WWW-Authenticate", 'Basic realm="Nextcloud", charset="UTF-8"')],
    )
