"""WebDAV on the transport: requests that are answered by a multistatus, and errors as errors."""

from __future__ import annotations

from collections.abc import Sequence

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import Address
from oscartes_sync.adapters.nextcloud.refusals import Reply, refusal, unexpected
from oscartes_sync.adapters.nextcloud.transport import PATIENCE, Ask, Transport
from oscartes_sync.errors import SideError

_XML = "application/xml; charset=utf-8"


class Dav:
    """PROPFIND, REPORT and the other methods; hrefs are canonical paths."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    @property
    def address(self) -> Address:
        """Where the cloud is."""
        return self.transport.address

    @property
    def cloud(self) -> str:
        """The cloud's id, for messages."""
        return self.transport.cloud

    def propfind(
        self, path: str, props: Sequence[str], depth: int = 0
    ) -> tuple[dav_xml.Response, ...]:
        """Properties of a path and, at depth 1, of what it holds.

        Raises:
            Missing: there is nothing at that path.
            SideError: as the transport, and `Unexpected` for what is no multistatus.
        """
        body = dav_xml.propfind(*props)
        reply = self.send("PROPFIND", path, body, {"Depth": str(depth)})
        return self.multistatus(reply).responses

    def report(self, path: str, body: bytes) -> Reply:
        """A REPORT at depth 1, which calendar-query cannot do without (recording 040)."""
        return self.send("REPORT", path, body, {"Depth": "1"})

    def multistatus(self, reply: Reply) -> dav_xml.MultiStatus:
        """The answer's multistatus.

        Raises:
            SideError: for any other answer.
        """
        if reply.status != 207:
            raise self.refusal(reply)
        try:
            return dav_xml.multistatus(reply.body)
        except dav_xml.NotXml as failure:
            raise unexpected(reply, self.cloud) from failure

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        *,
        patience: float = PATIENCE,
    ) -> Reply:
        """One request, its body XML unless the headers say otherwise."""
        named = {"Content-Type": _XML, **(headers or {})} if body else (headers or {})
        return self.transport.send(Ask(method, path, body, named, patience))

    def refusal(self, reply: Reply, *, wrote: bool = False) -> SideError:
        """The error of an answer that is not the one hoped for."""
        return refusal(reply, self.cloud, wrote=wrote)
