"""The address books of an account (RFC 6352)."""

from __future__ import annotations

from typing import ClassVar, Final

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.collection import SHARED_PROPS, Noun, kinds_of
from oscartes_sync.adapters.nextcloud.collections import Collections
from oscartes_sync.errors import Unexpected

_ADDRESS_BOOK: Final = dav_xml.name("card:addressbook")


class AddressBooks(Collections):
    """The address books, the server's own list of accounts among them (reference, part I)."""

    noun: ClassVar[Noun] = "book"
    props: ClassVar[tuple[str, ...]] = SHARED_PROPS

    def _home(self) -> str:
        """An older version may have remembered the account without it."""
        books = self._discovery.account().books
        if not books and self._discovery.again():
            books = self._discovery.account().books
        if not books:
            principal = self._discovery.account().principal
            raise Unexpected("cloud-not-nextcloud", cloud=self._dav.cloud, href=principal)
        return books

    def _lists(self, response: dav_xml.Response) -> bool:
        return _ADDRESS_BOOK in kinds_of(response)

    def _making(self, title: str, color: str, timezone: str) -> tuple[str, bytes]:  # noqa: ARG002
        """A book has neither colour nor time zone."""
        return "MKCOL", dav_xml.mkaddressbook(title)
