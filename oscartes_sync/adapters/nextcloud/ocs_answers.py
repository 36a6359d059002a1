"""OCS requests whose refusals mean something: each answer with its own code beside HTTP's.

A refusal may come inside an HTTP 200 (recording 140), and some codes are no statuses (122, 997).
Queries hold what members typed: no error that leaves this room, and no log, names more than the
route.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.refusals import Reply, unexpected
from oscartes_sync.adapters.nextcloud.transport import PATIENCE
from oscartes_sync.errors import OutcomeUnknown, SideError

_HEADERS = {"OCS-APIRequest": "true", "Accept": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_WELL = (100, 200)
FORBIDDEN = (401, 403, 997)
"""Codes of what is not for this account."""


@dataclass(frozen=True, slots=True)
class OcsAnswer:
    """One answer: OCS's code (its own, or HTTP's), and the content, which is members' own."""

    code: int
    content: Any = field(repr=False)
    route: str = ""
    message: str = field(default="", repr=False)

    @property
    def well(self) -> bool:
        """Whether what was asked for is done, or told."""
        return self.code in _WELL


def _without_query(record: logging.LogRecord) -> bool:
    """Take the query of an OCS route out of a line that tells of a request."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            each.partition("?")[0] if isinstance(each, str) and "/ocs/v2.php/" in each else each
            for each in record.args
        )
    return True


class OcsCalls:
    """GET, POST and DELETE on OCS routes of one cloud."""

    def __init__(self, dav: Dav) -> None:
        self._dav = dav
        # Whoever has urllib3 log what it asks for reads no query of ours there.
        logging.getLogger("urllib3.connectionpool").addFilter(_without_query)

    @property
    def cloud(self) -> str:
        """The cloud's id, for messages."""
        return self._dav.cloud

    def get(self, route: str, query: Mapping[str, str] | None = None) -> OcsAnswer:
        """Read."""
        return self._send("GET", route, query=query)

    def post(self, route: str, form: Mapping[str, str]) -> OcsAnswer:
        """Write with a form.

        Raises:
            OutcomeUnknown: the answer is lost.
        """
        return self._send("POST", route, form=form)

    def delete(self, route: str, query: Mapping[str, str] | None = None) -> OcsAnswer:
        """Remove.

        Raises:
            OutcomeUnknown: the answer is lost.
        """
        return self._send("DELETE", route, query=query)

    def refused(self, answer: OcsAnswer) -> SideError:
        """The error of an answer that nobody expects here."""
        return unexpected(Reply(answer.code, {}, b"", answer.route), self.cloud)

    def _send(
        self,
        method: str,
        route: str,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> OcsAnswer:
        path = self._dav.address.path(route)
        asked = f"{path}?{urlencode(query)}" if query else path
        headers = _HEADERS | _FORM if form else dict(_HEADERS)
        body = urlencode(form).encode() if form else b""
        try:
            reply = self._dav.send(method, asked, body, headers, patience=patience)
        except SideError as error:
            if "href" in error.params:
                error.params["href"] = path
                error.args = (error.code, error.params)
            raise
        return self._read(replace(reply, path=path), wrote=method != "GET")

    def _read(self, reply: Reply, *, wrote: bool) -> OcsAnswer:
        try:
            found = json.loads(reply.body)["ocs"]
            code = int(found["meta"]["statuscode"])
            said = str(found["meta"].get("message") or "")
        except (ValueError, KeyError, TypeError, AttributeError):
            if wrote and reply.status >= 500:
                raise OutcomeUnknown(
                    "cloud-outcome-unknown", href=reply.path, cloud=self.cloud, reason="broken"
                ) from None
            raise unexpected(reply, self.cloud) from None
        if reply.status >= 500 and wrote:
            raise OutcomeUnknown(
                "cloud-outcome-unknown", href=reply.path, cloud=self.cloud, reason="broken"
            )
        return OcsAnswer(code, found.get("data"), reply.path, said)
