"""Where the account's calendars and address books are: asked once, then remembered between runs.

The login name is not the account's uid (an e-mail address or an LDAP name may log in), so paths
are never built from it (reference, section 3; RFC 5397; RFC 4791, 6.2.1).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import canonical, decoded, last_segment
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.errors import Refused, Unexpected

Recall = Callable[[str], str | None]
Remember = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Account:
    """`uid` names the account in paths and shares; `principal`, `home` (of calendars) and `books`
    (of address books, "" where nobody has asked yet) are canonical hrefs."""

    uid: str
    principal: str
    home: str
    books: str = ""


class Discovery:
    """The account behind the settings; safe for several threads."""

    def __init__(
        self, dav: Dav, settings: CloudSettings, recall: Recall, remember: Remember
    ) -> None:
        self._dav = dav
        self._key = f"cloud/{settings.id}/account"
        self._login = {"url": settings.url, "user": settings.user}
        self._recall = recall
        self._remember = remember
        self._lock = threading.Lock()
        self._account: Account | None = None

    def account(self) -> Account:
        """The remembered account, or the one found now."""
        with self._lock:
            if self._account is None:
                self._account = self._recalled() or self._found()
            return self._account

    def again(self) -> bool:
        """Ask the server anew; whether the answer differs from what was remembered."""
        with self._lock:
            before, self._account = self._account, self._found()
            return self._account != before

    def _recalled(self) -> Account | None:
        raw = self._recall(self._key)
        if not raw:
            return None
        kept = json.loads(raw)
        if {name: kept.get(name) for name in self._login} != self._login:
            return None
        return Account(kept["uid"], kept["principal"], kept["home"], kept.get("books", ""))

    def _found(self) -> Account:
        principal = self._link(self._dav.address.path("/remote.php/dav/"), _PRINCIPAL)
        home, books = self._homes(principal)
        account = Account(decoded(last_segment(principal)), principal, home, books)
        kept = {
            **self._login,
            "uid": account.uid,
            "principal": principal,
            "home": home,
            "books": books,
        }
        self._remember(self._key, json.dumps(kept, sort_keys=True))
        return account

    def _homes(self, principal: str) -> tuple[str, str]:
        """Where its calendars and its address books are, by one request."""
        found = self._asked(principal, _HOMES)
        return self._told(principal, found, _HOMES[0]), _href(found, _HOMES[1])

    def _link(self, path: str, prop: str) -> str:
        return self._told(path, self._asked(path, (prop,)), prop)

    def _told(self, path: str, found: dav_xml.Response | None, prop: str) -> str:
        href = _href(found, prop)
        if not href:
            raise Unexpected("cloud-not-nextcloud", cloud=self._dav.cloud, href=path)
        return href

    def _asked(self, path: str, props: tuple[str, ...]) -> dav_xml.Response | None:
        try:
            found = self._dav.propfind(path, props)
        except (Refused, Unexpected) as failure:
            if failure.code == "cloud-redirected":
                raise
            raise Unexpected("cloud-not-nextcloud", cloud=self._dav.cloud, href=path) from failure
        return found[0] if found else None


def _href(found: dav_xml.Response | None, prop: str) -> str:
    element = found.prop(prop) if found is not None else None
    href = element.findtext(dav_xml.name("d:href"), "") if element is not None else ""
    return canonical(href.strip().rstrip("/") + "/") if href else ""


_HOMES = ("cal:calendar-home-set", "card:addressbook-home-set")
_PRINCIPAL = "d:current-user-principal"
