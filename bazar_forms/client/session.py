"""The cookie session that the page routes need, obtained from the key.

Page routes ignore the key (recording 370). The answer to any call with an accepted key sets
cookies that log us in on them for an hour, and every page renews them. They are kept here, apart
from the API's calls, and go nowhere but to this wiki's page routes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from bazar_forms.client.address import Address
from bazar_forms.client.answer import Answer
from bazar_forms.client.decode import api_json, refuse_outage, unexpected
from bazar_forms.client.transport import Call, Transport, Upload
from bazar_forms.errors import Forbidden, KeyRefused, SessionLost

KEY_CHECK = "api/triples/BazaR"
"""A cheap route that answers only to whoever is logged in (recordings 202, 203, 215)."""


class PageSession:
    """One session on the wiki's pages. Its users take `lock` for as long as they need it.

    Requests of one PHP session queue up on the server, so nothing is lost by going one by one.
    """

    def __init__(self, transport: Transport, address: Address, key: str) -> None:
        self.lock = threading.RLock()
        self.user = ""
        self._transport = transport
        self._address = address
        self._key = key
        self._cookies: dict[str, str] = {}

    def open(self) -> str:
        """Logs in with the key and says as whom. Raises KeyRefused and what a read raises."""
        answer = check_key(self._transport, self._address, self._key)
        with self.lock:
            self._cookies = dict(answer.cookies)
            self.user = answer.user
        return answer.user

    def get(self, tag: str, handler: str) -> Answer:
        """A page of ours, seen as our user; a lost session is opened again once.

        Raises Forbidden, SessionLost where the wiki does not keep the session, and what a read
        raises.
        """
        with self.lock:
            for _ in range(2):
                if not self._cookies:
                    self.open()
                answer = self._transport.read(self._call("GET", tag, handler))
                refuse_outage(answer)
                if answer.status in (401, 403):
                    raise Forbidden(f"The wiki does not show us {tag}/{handler}.")
                if answer.status != 200:
                    raise unexpected(answer)
                if self._keeps(answer):
                    return answer
            raise SessionLost("The wiki does not keep the session that it opened for our key.")

    def post(
        self,
        tag: str,
        handler: str,
        form: Sequence[tuple[str, str]],
        files: Mapping[str, Upload] | None = None,
    ) -> tuple[Answer, bool]:
        """Posts once, as our user; the flag says whether the answer still knows us.

        Raises what a write raises, and DatabaseDown or WikiUnavailable.
        """
        with self.lock:
            if not self._cookies:
                self.open()
            answer = self._transport.write(self._call("POST", tag, handler, form, files))
            refuse_outage(answer)
            return answer, self._keeps(answer)

    def forget(self) -> None:
        """Drops the cookies; the next call logs in again."""
        with self.lock:
            self._cookies = {}

    def _call(
        self,
        method: str,
        tag: str,
        handler: str,
        form: Sequence[tuple[str, str]] | None = None,
        files: Mapping[str, Upload] | None = None,
    ) -> Call:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return Call(
            method,
            self._address.page(tag, handler),
            f"{tag}/{handler}",
            headers={"Cookie": cookies, "Accept": "text/html"},
            form=form,
            files=files,
        )

    def _keeps(self, answer: Answer) -> bool:
        """Takes over the renewed cookies; where the answer takes us for nobody, drops them all.

        The name is compared too: a session that turned into another account's is lost as well.
        """
        if answer.user and answer.user == self.user:
            self._cookies.update(answer.cookies)
            return True
        self._cookies = {}
        return False


def check_key(transport: Transport, address: Address, key: str) -> Answer:
    """The answer to a call that only an accepted key gets. Raises KeyRefused, Forbidden."""
    if not key:
        raise KeyRefused("No API key was given.")
    answer = transport.read(
        Call(
            "GET",
            address.api(KEY_CHECK),
            KEY_CHECK,
            key=key,
            headers={"Accept": "application/json"},
        )
    )
    api_json(answer, keyed=True)
    if answer.status in (401, 403):
        raise Forbidden("The wiki accepts the key but opens none of its routes to it.")
    if answer.status != 200:
        raise unexpected(answer)
    return answer
