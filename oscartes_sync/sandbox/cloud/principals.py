"""The DAV root and the principals (recordings 010, 012)."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from oscartes_sync.sandbox.cloud.accounts import Account
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.dav_room import options
from oscartes_sync.sandbox.cloud.messages import (
    ALLOWED,
    Refusal,
    Reply,
    Request,
    not_allowed,
    not_found,
    not_implemented,
    report_not_supported,
)
from oscartes_sync.sandbox.cloud.propfind import asked, multistatus, names_in, plain_response
from oscartes_sync.sandbox.cloud.reports import parse_report
from oscartes_sync.sandbox.cloud.xml_text import (
    CARDDAV,
    Writer,
    cal,
    cs,
    dav,
    href_element,
    text,
)

KINDS = ("users", "groups", "calendar-resources", "calendar-rooms")
REPORTS = (
    "d:expand-property",
    "d:principal-match",
    "d:principal-property-search",
    "d:principal-search-property-set",
    "oc:filter-comments",
    "oc:filter-files",
)


class PrincipalsRoom:
    """Answers ``/remote.php/dav/`` itself and what is under ``principals``."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def root(self, request: Request) -> Reply:
        """The DAV root: who am I. Raises Refusal 404 for rooms that are not there."""
        if len(request.segments) > 2:
            raise not_found(f"File not found: {request.segments[2]} in 'root'")
        if request.method == "OPTIONS":
            return options(ALLOWED.replace("REPORT", "REPORT, SEARCH"))
        if request.method != "PROPFIND":
            raise not_implemented(request.method)
        me = f"/remote.php/dav/principals/users/{request.user.uid}/"
        values = {
            dav("current-user-principal"): href_element(me),
            dav("resourcetype"): "<d:collection/>",
            dav("principal-collection-set"): "".join(
                href_element(f"/remote.php/dav/principals/{kind}/") for kind in KINDS
            ),
        }
        writer = Writer()
        return multistatus(
            writer, [plain_response(writer, "/remote.php/dav/", asked(request), values)]
        )

    def answer(self, request: Request) -> Reply:
        """``/remote.php/dav/principals/…``."""
        if request.method == "OPTIONS":
            return options()
        parts = request.segments[3:]
        if request.method == "REPORT":
            return self._search(request)
        if request.method != "PROPFIND":
            raise not_implemented(request.method)
        if len(parts) < 2:
            if request.headers.get("depth", "1") != "0":
                raise not_allowed("Listing members of this collection is disabled")
            writer = Writer(cards=True)
            values = {dav("resourcetype"): "<d:collection/>"}
            path = "/" + "/".join(request.segments) + "/"
            return multistatus(writer, [plain_response(writer, path, asked(request), values)])
        return self._principal(request, parts[0], parts[1])

    def _principal(self, request: Request, kind: str, name: str) -> Reply:
        principal = f"principals/{kind}/{name}"
        common = self.core.directory.common_name(principal)
        if common is None:
            raise not_found(f"Principal with name {name} not found")
        names = asked(request)
        writer = Writer(cards=True)
        path = f"/remote.php/dav/{principal}/"
        if kind == "users":
            values = self._values(self.core.directory.accounts[name])
            return multistatus(writer, [plain_response(writer, path, names, values)])
        if names is None or dav("group-member-set") in names:
            # the group backend's own fault, observed on both versions
            raise Refusal(
                500,
                "TypeError",
                "A type error occurred. For more details, please refer to the logs, which "
                "provide additional context about the type error.",
            )
        values = {
            dav("displayname"): text(common),
            dav("resourcetype"): "<d:collection/><d:principal/>",
            dav("principal-URL"): href_element(path),
        }
        return multistatus(writer, [plain_response(writer, path, names, values)])

    def _values(self, account: Account) -> dict[str, str]:
        home = f"/remote.php/dav/calendars/{account.uid}/"
        me = f"/remote.php/dav/principals/users/{account.uid}/"
        mail = f"<d:href>mailto:{text(account.email)}</d:href>" if account.email else ""
        memberships = sorted(self.core.directory.principals(account.uid))
        values = {
            dav("displayname"): text(account.name or account.uid),
            cal("calendar-home-set"): href_element(home),
            f"{{{CARDDAV}}}addressbook-home-set": href_element(
                f"/remote.php/dav/addressbooks/users/{account.uid}/"
            ),
            cal("calendar-user-address-set"): mail + href_element(me),
            cal("schedule-inbox-URL"): href_element(f"{home}inbox/"),
            cal("schedule-outbox-URL"): href_element(f"{home}outbox/"),
            cal("calendar-user-type"): "INDIVIDUAL",
            dav("principal-URL"): href_element(me),
            dav("group-membership"): "".join(
                href_element(f"/remote.php/dav/{one}/")
                for one in memberships
                if not one.startswith("principals/users/")
            ),
            dav("group-member-set"): "",
            dav("resourcetype"): "<d:collection/><d:principal/>",
            cs("email-address-set"): f"<cs:email-address>{text(account.email)}</cs:email-address>"
            if account.email
            else "",
            cs("notification-URL"): href_element(f"{home}notifications/"),
            dav("supported-report-set"): "".join(
                f"<d:supported-report><d:report><{name}/></d:report></d:supported-report>"
                for name in REPORTS
            ),
        }
        if self.core.store.find(account.uid, "personal") is not None:
            values[cal("schedule-default-calendar-URL")] = href_element(f"{home}personal/")
        return values

    def _search(self, request: Request) -> Reply:
        root = parse_report(request.body)
        if root.tag != dav("principal-property-search"):
            raise report_not_supported(str(root.tag))
        wanted = [_criterion(one) for one in root.findall(dav("property-search"))]
        prop = root.find(dav("prop"))
        names = [] if prop is None else names_in(prop)
        combine: Callable[[list[bool]], bool] = any if root.get("test") == "anyof" else all
        writer = Writer(cards=True)
        responses = []
        for account in self.core.directory.accounts.values():
            hits = [
                match.casefold() in (account.email if mail else account.name).casefold()
                for match, mail in wanted
            ]
            if hits and combine(hits):
                path = f"/remote.php/dav/principals/users/{account.uid}/"
                values = self._values(account)
                responses.append(plain_response(writer, path, names, values))
        return multistatus(writer, responses)


def _criterion(search: etree._Element) -> tuple[str, bool]:
    """What to look for, and whether among addresses instead of names."""
    prop = search.find(dav("prop"))
    names = [] if prop is None else names_in(prop)
    return (search.findtext(dav("match")) or "").strip(), dav("displayname") not in names
