"""What `doctor` and `init` ask of a cloud. Reads only; each finding has a code with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from oscartes_sync.adapters.nextcloud.address_books import AddressBooks
from oscartes_sync.adapters.nextcloud.auth import AppPassword, Nobody
from oscartes_sync.adapters.nextcloud.calendars import Calendars
from oscartes_sync.adapters.nextcloud.collection import Collection
from oscartes_sync.adapters.nextcloud.collections import Collections
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Discovery
from oscartes_sync.adapters.nextcloud.login_flow import LoginFlow
from oscartes_sync.adapters.nextcloud.ocs import Ocs, ServerStatus
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.shares import Shares
from oscartes_sync.adapters.nextcloud.states import other
from oscartes_sync.adapters.nextcloud.transport import Transport
from oscartes_sync.errors import Missing, Refused, SideError
from oscartes_sync.planning.binding import Binding, KeptGroup
from oscartes_sync.ports import Check, CheckStatus, Clock, Granted, Login
from oscartes_sync.records.problem import Side

if TYPE_CHECKING:
    from oscartes_sync.adapters.nextcloud.memberships import NextcloudMemberships

CLOCK_SECONDS = 120
"""A difference beyond this makes dates of changes and journals misleading."""

CALENDARS = 30
"""How many an account may have by default, subscriptions and trashed ones included (048)."""


CONFIRMING = 34
"""The version from which on no app password changes a group (recording 142)."""


class NextcloudProbe:
    """Implements `ports.CloudProbe`; remembers nothing between runs.

    `state` is the name of our memory, "" where there is none yet.
    """

    def __init__(
        self, settings: CloudSettings, clock: Clock, *, user_agent: str, state: str = ""
    ) -> None:
        """Raises ConfigurationError (`cloud-url`, `insecure-url`, `cloud-ca`)."""
        self._settings = settings
        self._clock = clock
        self._state = state
        self._version = 0
        account = AppPassword(settings.user, settings.password)
        self._open = Dav(Transport(settings, clock, Nobody(), user_agent=user_agent))
        self._dav = Dav(Transport(settings, clock, account, user_agent=user_agent))
        self._discovery = Discovery(self._dav, settings, _nothing_kept, _keep_nothing)
        self._calendars = Calendars(self._dav, self._discovery)
        self._books = AddressBooks(self._dav, self._discovery)
        self._shares = Shares(self._dav, self._calendars, clock, _nothing_kept, _keep_nothing)

    def check(self, bindings: Sequence[Binding]) -> Sequence[Check]:
        """Everything that can be told before a run; stops where nothing more can be asked."""
        found = list(self._server())
        if any(check.status == "fail" for check in found):
            return found
        found += self._account()
        if any(check.status == "fail" for check in found):
            return found
        found += self._abilities(bindings)
        found += self._room()
        for binding in bindings:
            if binding.kind == "documents":
                found += self._folder(binding)
                continue
            found += self._collection(binding)
            found += self._sharing(binding)
            found += self._groups(binding)
        return found

    def start_login(self) -> Login:
        """Begin login flow v2."""
        return LoginFlow(self._open).start()

    def poll_login(self, login: Login) -> Granted | None:
        """The granted password, or None while nobody has answered."""
        return LoginFlow(self._open).poll(login)

    def close(self) -> None:
        """Close the connections."""
        self._open.transport.close()
        self._dav.transport.close()

    def _server(self) -> Iterator[Check]:
        """status.php, and the clocks of both machines."""
        try:
            status = Ocs(self._open).status()
        except SideError as failure:
            yield self._failed("cloud-reachable", failure)
            return
        self._version = _major(status.version)
        if status.maintenance:
            yield self._check("cloud-reachable", "fail", "cloud-maintenance")
        elif status.needs_upgrade or not status.installed:
            yield self._check("cloud-reachable", "fail", "cloud-needs-upgrade")
        else:
            yield self._check(
                "cloud-reachable", "ok", "cloud-reachable", {"version": status.version}
            )
        yield from self._clocks(status)

    def _clocks(self, status: ServerStatus) -> Iterator[Check]:
        try:
            theirs = parsedate_to_datetime(status.date)
        except (TypeError, ValueError):
            return
        seconds = round(abs((theirs - self._clock.now()).total_seconds()))
        off = seconds > CLOCK_SECONDS
        code = "cloud-clock-differs" if off else "cloud-clock"
        yield self._check("cloud-clock", "warn" if off else "ok", code, {"seconds": str(seconds)})

    def _account(self) -> Iterator[Check]:
        """The password, and whether mail would be sent in the account's name."""
        try:
            account = self._discovery.account()
            yield self._check("cloud-password", "ok", "cloud-password", {"user": account.uid})
            user = Ocs(self._dav).user()
        except SideError as failure:
            yield self._failed("cloud-password", failure)
            return
        status: CheckStatus = "warn" if user.has_email else "ok"
        yield self._check(
            "cloud-email", status, "cloud-email-set" if user.has_email else "cloud-email"
        )

    def _abilities(self, bindings: Sequence[Binding]) -> Iterator[Check]:
        try:
            abilities = Ocs(self._dav).capabilities()
        except SideError as failure:
            yield self._failed("cloud-capabilities", failure)
            return
        shares = [share for binding in bindings for share in binding.share or ()]
        sharing: Any = abilities.get("files_sharing", {})
        off = isinstance(sharing, dict) and sharing.get("api_enabled") is False
        if shares and off:
            yield self._check("cloud-capabilities", "warn", "cloud-sharing-off")
        elif any(share.kind == "team" for share in shares) and "circles" not in abilities:
            yield self._check("cloud-capabilities", "warn", "cloud-teams-off")
        else:
            yield self._check("cloud-capabilities", "ok", "cloud-capabilities")
        shown = [each for each in bindings if each.kind == "documents"]
        shown = [each for each in shown if each.direction.writes(Side.WIKI)]
        if shown:
            yield self._public_links(sharing, needed=any(each.mode == "link" for each in shown))

    def _public_links(self, sharing: Any, *, needed: bool) -> Check:
        """Whether files may have public addresses without a password, as a wiki needs them.

        Where files are copied, they stand in for what the wiki does not take, and no more.
        """
        bad: CheckStatus = "fail" if needed else "warn"
        public = sharing.get("public") if isinstance(sharing, dict) else None
        public = public if isinstance(public, dict) else {}
        password, expiry = public.get("password"), public.get("expire_date")
        if public.get("enabled") is False:
            return self._check("cloud-links", bad, "cloud-links-off")
        if isinstance(password, dict) and password.get("enforced"):
            return self._check("cloud-links", bad, "cloud-links-with-password")
        if isinstance(expiry, dict) and expiry.get("enforced"):
            return self._check("cloud-links", "warn", "cloud-links-expire")
        return self._check("cloud-links", "ok", "cloud-links")

    def _folder(self, binding: Binding) -> Iterator[Check]:
        """Whether the folder is there, can be read, and written where the binding does so."""
        from oscartes_sync.adapters.nextcloud.folders.place import Folder  # noqa: PLC0415
        from oscartes_sync.adapters.nextcloud.folders.walk import Walk  # noqa: PLC0415

        named = {"folder": binding.collection}
        try:
            place = Folder.at(self._dav.address, self._discovery.account().uid, binding.collection)
            walked = Walk(self._dav).look(place, {}, deep=False)
        except Missing:
            yield self._check("folder", "ok", "folder-made-later", named, target=binding.name)
        except SideError as failure:
            yield self._failed("folder", failure, target=binding.name)
        else:
            named["count"] = str(len(walked.files))
            if binding.direction.writes(Side.CLOUD) and not walked.root.may_create:
                yield self._check("folder", "fail", "folder-read-only", named, target=binding.name)
                return
            yield self._check("folder", "ok", "folder-found", named, target=binding.name)

    def _room(self) -> Iterator[Check]:
        """How many calendars there are."""
        try:
            home = self._calendars.home()
        except SideError as failure:
            yield self._failed("cloud-calendars", failure)
            return
        count = sum(1 for calendar in home if calendar.ours)
        full = count >= CALENDARS - 2
        code = "cloud-calendars-many" if full else "cloud-calendars"
        yield self._check("cloud-calendars", "warn" if full else "ok", code, {"count": str(count)})

    def _collection(self, binding: Binding) -> Iterator[Check]:
        """What the collection is good for, and whether another state works on it."""
        shelf: Collections = self._books if binding.kind == "contacts" else self._calendars
        try:
            calendar = shelf.find(binding.collection)
        except SideError as failure:
            yield self._failed(shelf.noun, failure, target=binding.name)
            return
        status, word = _verdict(binding, calendar)
        owner = calendar.owner if calendar is not None else ""
        params = {shelf.noun: binding.collection, "owner": owner}
        code = f"{shelf.noun}-{word}"
        yield self._check(shelf.noun, status, code, params, target=binding.name)
        states = calendar.states if calendar is not None else ""
        day = other(states, self._state, self._clock.now().date())
        if day is not None:
            found = {"calendar": binding.collection, "date": day.isoformat()}
            yield self._check(
                f"{shelf.noun}-states", "warn", "other-state", found, target=binding.name
            )

    def _sharing(self, binding: Binding) -> Iterator[Check]:
        for share in binding.share or ():
            named = {"kind": share.kind, "name": share.name}
            try:
                known = self._shares.known(share)
            except SideError as failure:
                yield self._failed("share", failure, target=binding.name)
                continue
            code = "share-known" if known else "share-unknown"
            status: CheckStatus = "ok" if known else "warn"
            yield self._check("share", status, code, named, target=binding.name)

    def _groups(self, binding: Binding) -> Iterator[Check]:
        """Whether the teams and groups that follow the directory can be read, and changed."""
        if not binding.groups:
            return
        from oscartes_sync.adapters.nextcloud.memberships import (  # noqa: PLC0415
            NextcloudMemberships,
        )

        cloud = NextcloudMemberships(self._dav, self._discovery)
        for group in binding.groups:
            try:
                roll = cloud.read(group)
                code = f"{group.kind}-ready" if roll.there else "team-made-later"
                if group.kind == "group":
                    code = self._of_group(cloud, group)
            except Refused as refused:
                yield self._check(
                    group.kind, "warn", refused.code, refused.params, target=binding.name
                )
                continue
            except SideError as failure:
                yield self._failed(group.kind, failure, target=binding.name)
                continue
            status: CheckStatus = "ok" if code.endswith(("-ready", "-later")) else "warn"
            yield self._check(group.kind, status, code, {"name": group.name}, target=binding.name)

    def _of_group(self, cloud: NextcloudMemberships, group: KeptGroup) -> str:
        """Nothing is written here, so from what the server says of itself and of us."""
        if not cloud.changeable(group):
            return "group-refused"
        newer = self._version >= CONFIRMING
        return "group-needs-confirmation" if newer else "group-ready"

    def _failed(self, check_id: str, failure: SideError, *, target: str = "") -> Check:
        return self._check(check_id, "fail", failure.code, failure.params, target=target)

    def _check(
        self,
        check_id: str,
        status: CheckStatus,
        code: str,
        params: Mapping[str, str] | None = None,
        *,
        target: str = "",
    ) -> Check:
        return Check(
            id=check_id,
            target=f"binding {target}" if target else f"cloud {self._settings.id}",
            status=status,
            code=code,
            params={"cloud": self._settings.id, **(params or {})},
        )


def _major(version: str) -> int:
    first = version.partition(".")[0]
    return int(first) if first.isdigit() else 0


def _verdict(binding: Binding, calendar: Collection | None) -> tuple[CheckStatus, str]:
    """What a binding's collection is good for: the rest of a code that begins with what it is."""
    if calendar is None:
        return "ok", "made-later"
    faults: tuple[tuple[Callable[[Collection], bool], str], ...] = (
        (lambda one: one.trashed, "trashed"),
        (lambda one: not one.real, "not-real"),
        (lambda one: one.noun == "calendar" and not one.takes_events, "without-events"),
    )
    for is_so, word in faults:
        if is_so(calendar):
            return "fail", word
    if not calendar.ours:
        writes = binding.direction.writes(Side.CLOUD)
        return ("warn" if writes else "ok"), "source-only"
    if not calendar.writes and binding.direction.writes(Side.CLOUD):
        return "fail", "read-only"
    return "ok", "ready"


def _nothing_kept(key: str) -> str | None:  # noqa: ARG001 -- doctor begins anew each time
    return None


def _keep_nothing(key: str, value: str) -> None:
    """Doctor leaves no trace."""
