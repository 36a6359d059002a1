"""Collections of resources: found, made, titled. One PROPFIND tells all that a run needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import canonical, segment
from oscartes_sync.adapters.nextcloud.collection import (
    Collection,
    Noun,
    read_collection,
    shared_under,
)
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Discovery
from oscartes_sync.adapters.nextcloud.refusals import unexpected
from oscartes_sync.errors import (
    Forbidden,
    Invalid,
    Missing,
    OutcomeUnknown,
    SideError,
    Unexpected,
)


class Collections(ABC):
    """The calendars or the address books of the account; what the two do otherwise is abstract."""

    noun: ClassVar[Noun]
    props: ClassVar[tuple[str, ...]]

    def __init__(self, dav: Dav, discovery: Discovery) -> None:
        self._dav = dav
        self._discovery = discovery

    def find(self, uri: str) -> Collection | None:
        """The one of that name, ours or one shared to us under it; None if there is none.

        A name that is not found may mean that the remembered home is out of date, which one
        listing of the home tells.

        Raises:
            Missing: `…-ambiguous` where several people share one of that name.
        """
        found = self.at(self.href(uri))
        if found is not None:
            return found
        try:
            home = self.home()
        except Missing:
            if not self._discovery.again():
                raise
            return self.at(self.href(uri)) or self._shared(uri, self.home())
        return self._shared(uri, home)

    def at(self, href: str) -> Collection | None:
        """The one at that href."""
        try:
            responses = self._dav.propfind(href, self.props)
        except Missing:
            return None
        if not responses:
            raise Unexpected(
                "cloud-unexpected-answer", cloud=self._dav.cloud, href=href, status=207
            )
        return read_collection(responses[0], self._discovery.account())

    def home(self) -> tuple[Collection, ...]:
        """Everything that the account's home lists of them, trashed and shared included.

        Raises:
            Unexpected: the answer does not even hold the home itself (RFC 4918, 9.1).
        """
        account, home = self._discovery.account(), self._home()
        listed = self._dav.propfind(home, self.props, depth=1)
        if home not in {canonical(response.href) for response in listed}:
            raise Unexpected(
                "cloud-unexpected-answer", cloud=self._dav.cloud, href=home, status=207
            )
        return tuple(
            read_collection(response, account)
            for response in listed
            if canonical(response.href) != home and self._lists(response)
        )

    def href(self, uri: str) -> str:
        """Where ours of that name is, or would be."""
        return f"{self._home()}{segment(uri)}/"

    def make(self, uri: str, title: str, color: str, timezone: str) -> Collection:
        """Make one, and read it back.

        Raises:
            Forbidden: `…-limit` where the account may have no more (recording 048).
        """
        href = self.href(uri)
        method, body = self._making(title, color, timezone)
        reply = self._dav.send(method, href, body, patience=0)
        # 405 says that it is there by now: somebody was quicker.
        if reply.status not in (201, 405):
            raise self._not_made(self._dav.refusal(reply, wrote=True), href)
        made = self.at(href)
        if made is None:
            raise Missing(f"{self.noun}-missing", cloud=self._dav.cloud, **{self.noun: uri})
        return made

    def entitle(self, collection: Collection, title: str, color: str) -> frozenset[str]:
        """Set title and colour, each where it is not ""; the names of what was refused."""
        body = dav_xml.proppatch(title, color)
        reply = self._dav.send("PROPPATCH", collection.href, body)
        if reply.status != 207:
            raise self._dav.refusal(reply, wrote=True)
        try:
            return dav_xml.failed(reply.body)
        except dav_xml.NotXml as failure:
            raise unexpected(reply, self._dav.cloud) from failure

    def sign(self, collection: Collection, states: str) -> None:
        """Leave our state's name on one; a server that will not have it is left in peace."""
        # Nothing hangs on it: what keeps the server from answering, the writes after it meet too.
        for _ in range(2):
            try:
                self._dav.send("PROPPATCH", collection.href, dav_xml.sign(states), patience=0)
            except OutcomeUnknown:
                continue
            except SideError:
                return
            return

    def _shared(self, uri: str, home: tuple[Collection, ...]) -> Collection | None:
        named = shared_under(uri, home)
        if len(named) > 1:
            raise Missing(f"{self.noun}-ambiguous", cloud=self._dav.cloud, **{self.noun: uri})
        return named[0] if named else None

    def _not_made(self, error: SideError, href: str) -> SideError:
        if isinstance(error, Forbidden):
            return Forbidden(f"{self.noun}-limit", href=href)
        if isinstance(error, Invalid):
            return Invalid(f"{self.noun}-refused", href=href)
        return error

    @abstractmethod
    def _home(self) -> str:
        """The href of what they are in."""

    @abstractmethod
    def _lists(self, response: dav_xml.Response) -> bool:
        """Whether this is one of them."""

    @abstractmethod
    def _making(self, title: str, color: str, timezone: str) -> tuple[str, bytes]:
        """The method and the body that make one."""
