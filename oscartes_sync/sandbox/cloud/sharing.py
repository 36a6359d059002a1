"""POST on a calendar: sharing it with principals, publishing it to everybody (060-062, 064)."""

from __future__ import annotations

from lxml import etree

from oscartes_sync.sandbox.cloud.accounts import user_principal
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import Reply, Request, forbidden, not_implemented
from oscartes_sync.sandbox.cloud.ocs import random_text
from oscartes_sync.sandbox.cloud.reports import parse_report
from oscartes_sync.sandbox.cloud.seeing import Seen
from oscartes_sync.sandbox.cloud.store import Calendar, Share
from oscartes_sync.sandbox.cloud.throttles import Throttles
from oscartes_sync.sandbox.cloud.xml_text import cs, dav, oc

TOKEN_LENGTH = 16
DONE = ("X-Sabre-Status", "everything-went-well")
PREFIX = "principal:"


class Sharing:
    """Answers POST on a calendar."""

    def __init__(self, core: Core, throttles: Throttles) -> None:
        self.core = core
        self.throttles = throttles

    def answer(self, request: Request, seen: Seen) -> Reply:
        """Dispatch on the document's root; other content types have no taker (501)."""
        kind = request.headers.get("content-type", "")
        if not kind.startswith(("application/xml", "text/xml")) or seen.calendar.source:
            raise not_implemented("POST")
        root = parse_report(request.body)
        if root.tag == oc("share"):
            return self._share(request, root, seen)
        if root.tag == cs("publish-calendar"):
            if seen.calendar.public_token is None:
                seen.calendar.public_token = random_text(TOKEN_LENGTH)
            return Reply(202, headers=[DONE])
        if root.tag == cs("unpublish-calendar"):
            seen.calendar.public_token = None
            return Reply(200, headers=[DONE])
        raise not_implemented("POST")

    def _share(self, request: Request, root: etree._Element, seen: Seen) -> Reply:
        if not seen.own:
            raise forbidden("")
        self.throttles.share_asked(request)
        for step in root:
            target = (step.findtext(dav("href")) or "").strip()
            if not target.startswith(PREFIX):
                continue
            principal = target.removeprefix(PREFIX)
            if step.tag == oc("set"):
                writable = step.find(oc("read-write")) is not None
                share_with(self.core, seen.calendar, principal, writable=writable)
            elif step.tag == oc("remove"):
                unshare(seen.calendar, principal)
        return Reply(200, headers=[DONE])


def share_with(core: Core, calendar: Calendar, principal: str, *, writable: bool) -> bool:
    """Share with a principal; nothing happens, silently, for unknown ones and the owner (061)."""
    common = core.directory.common_name(principal)
    if common is None or principal == user_principal(calendar.owner):
        return False
    kept = [one for one in calendar.shares if one.principal != principal]
    kept.append(Share(principal, writable, common))
    calendar.shares = sorted(kept, key=lambda one: one.principal)
    _back(calendar, principal)
    return True


def unshare(calendar: Calendar, principal: str) -> None:
    """Take a share away; of a member who left, that takes the mark of leaving away (062)."""
    calendar.shares = [one for one in calendar.shares if one.principal != principal]
    _back(calendar, principal)


def leave(core: Core, calendar: Calendar, uid: str) -> None:
    """A member deletes the calendar: a share in person ends, groups' ones are left (062)."""
    mine = user_principal(uid)
    calendar.shares = [one for one in calendar.shares if one.principal != mine]
    calendar.member_properties.pop(uid, None)
    if calendar.role(core.directory.principals(uid)) is not None:
        calendar.left.add(uid)


def _back(calendar: Calendar, principal: str) -> None:
    if principal.startswith("principals/users/"):
        calendar.left.discard(principal.removeprefix("principals/users/"))
