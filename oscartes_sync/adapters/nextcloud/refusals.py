"""What an answer that is not a success means, as the errors of this project.

Read by status and by Sabre's exception, never by its message alone: messages are translated and
hold what members typed. Statuses mislead here: a read-only member gets 404 (recording 062), a
disabled account 503 (142), our own data 500 (023, 029, 045).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.errors import (
    Busy,
    CredentialsRefused,
    Forbidden,
    Full,
    Invalid,
    Missing,
    Moved,
    OutcomeUnknown,
    Overloaded,
    SideError,
    Taken,
    Unavailable,
    Unexpected,
)

_TRANSIENT = ("deadlock", "lock wait", "gone away", "serialization failure", "too many connections")


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer. `headers` are looked up without case; `path` is what was asked for."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    path: str

    @property
    def etag(self) -> str:
        """The strong ETag with its quotes, "" where none came.

        What a proxy adds on the way (W/, -gzip) would be refused by If-Match (recording 020).
        """
        raw = self.headers.get("etag", "").removeprefix("W/")
        return f'{raw[:-6]}"' if raw.endswith('-gzip"') else raw


@dataclass(frozen=True, slots=True)
class DavError:
    """Sabre's error body: the exception's short name, its message, other elements by tag."""

    exception: str = ""
    message: str = field(default="", repr=False)
    conditions: Mapping[str, str] = field(default_factory=dict)


def dav_error(reply: Reply) -> DavError:
    """Sabre's error, all empty where the answer is none (a proxy's page, PHP's fatal error)."""
    try:
        root = dav_xml.parse(reply.body)
    except dav_xml.NotXml:
        return DavError()
    if root.tag != dav_xml.name("d:error"):
        return DavError()
    exception = root.findtext(dav_xml.name("s:exception"), "")
    message = root.findtext(dav_xml.name("s:message"), "")
    conditions = {str(child.tag): "".join(map(str, child.itertext())).strip() for child in root}
    return DavError(exception.rsplit("\\", 1)[-1], message, conditions)


def unavailable(reply: Reply, cloud: str) -> SideError:
    """What a 429 or a 503 means."""
    error = dav_error(reply)
    if reply.status == 429:
        return Overloaded("cloud-too-many-requests", cloud=cloud)
    if "disabled" in error.message.lower():
        return CredentialsRefused("cloud-account-disabled", cloud=cloud)
    maintenance = reply.headers.get("x-nextcloud-maintenance-mode") == "1"
    if maintenance or error.exception == "ServerMaintenanceMode":
        return Unavailable("cloud-maintenance", cloud=cloud)
    return Unavailable("cloud-unavailable", cloud=cloud)


def refusal(reply: Reply, cloud: str, *, wrote: bool = False) -> SideError:
    """The error of an answer that refuses one thing; `wrote` where something was to change.

    A 404 is `Missing` here: only who knows the calendar's privileges can tell that it means
    `Forbidden`.
    """
    href, status = reply.path, reply.status
    if status in (400, 409, 415, 500):
        return _content_refused(reply, cloud, wrote=wrote)
    if status in (403, 404, 405) and not dav_error(reply).exception:
        # A proxy or another web server says so, and knows nothing of our calendars.
        return unexpected(reply, cloud)
    kinds: dict[int, tuple[type[SideError], str]] = {
        403: (Forbidden, "cloud-forbidden"),
        404: (Missing, "cloud-missing"),
        405: (Taken, "cloud-exists"),
        412: (Moved, "cloud-moved"),
        413: (Invalid, "cloud-content-too-large"),
        423: (Busy, "cloud-locked"),
        507: (Full, "cloud-full"),
    }
    if status in kinds:
        kind, code = kinds[status]
        return kind(code, href=href)
    return unexpected(reply, cloud)


def unexpected(reply: Reply, cloud: str) -> Unexpected:
    """An answer that this server does not give: a login page, a portal, a proxy's words."""
    html = "html" in reply.headers.get("content-type", "").lower() and bool(reply.body)
    code = "cloud-html-answer" if html else "cloud-unexpected-answer"
    return Unexpected(code, cloud=cloud, href=reply.path, status=reply.status)


def _content_refused(reply: Reply, cloud: str, *, wrote: bool) -> SideError:
    """400, 409, 415 and 500: our content, unless the server broke down over it."""
    error = dav_error(reply)
    if not error.exception:
        if wrote and reply.status == 500:
            return OutcomeUnknown(
                "cloud-outcome-unknown", href=reply.path, cloud=cloud, reason="broken"
            )
        return unexpected(reply, cloud)
    lowered = error.message.lower()
    if any(word in lowered for word in _TRANSIENT):
        return Busy("cloud-database-busy", href=reply.path)
    return Invalid("cloud-content-refused", href=reply.path, exception=error.exception)
