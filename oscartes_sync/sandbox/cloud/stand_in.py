"""The stand-in cloud: what tests and the demo hold in their hands."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, Self

from oscartes_sync.sandbox.cloud.accounts import Account, Directory, Team
from oscartes_sync.sandbox.cloud.calendar_routes import make_calendar
from oscartes_sync.sandbox.cloud.core import Core, Settings
from oscartes_sync.sandbox.cloud.dav_room import CalendarRoom
from oscartes_sync.sandbox.cloud.doorkeeper import Doorkeeper
from oscartes_sync.sandbox.cloud.faults import Faults
from oscartes_sync.sandbox.cloud.files_opening import FurtherRooms
from oscartes_sync.sandbox.cloud.front import Front, RequestLog, revoke
from oscartes_sync.sandbox.cloud.http_server import LOOPBACK, CloudServer
from oscartes_sync.sandbox.cloud.ocs import LoginFlow, Ocs, random_text
from oscartes_sync.sandbox.cloud.principals import PrincipalsRoom
from oscartes_sync.sandbox.cloud.public_room import PublicRoom
from oscartes_sync.sandbox.cloud.router import Router
from oscartes_sync.sandbox.cloud.seeing import Seen, find, home
from oscartes_sync.sandbox.cloud.sharing import leave, share_with
from oscartes_sync.sandbox.cloud.store import Calendar, Store
from oscartes_sync.sandbox.cloud.throttles import Throttles
from oscartes_sync.sandbox.cloud.writing import ObjectWriting
from oscartes_sync.sandbox.cloud.xml_text import apple, dav, text

SHUTDOWN = 5.0


def _now() -> datetime:
    return datetime.now(UTC)


class CloudStandIn:
    """A cloud on loopback; a context manager, or `start()` and `stop()`.

    Members' own changes go through `put`, `delete` and the like: straight on the store, tokens
    and ETags moving as if they had used a client. `settings` are the administrator's, `faults`
    what goes wrong, `requests` what was asked, `router` the door for further rooms.
    """

    def __init__(
        self,
        *,
        version: Literal[32, 34] = 34,
        port: int = 0,
        clock: Callable[[], datetime] = _now,
        latency: float = 0.0,
        uid_conflict: Literal[400, 409] = 400,
    ) -> None:
        self.core = Core(version, clock, Settings(uid_conflict=uid_conflict))
        self.settings = self.core.settings
        self.faults = Faults(latency=latency)
        self.requests = RequestLog()
        self.router = Router()
        self._throttles = Throttles(self.core)
        self._doorkeeper = Doorkeeper(self.core, self._throttles)
        self._writing = ObjectWriting(self.core)
        self._login_flow = LoginFlow(self.core)
        self._front = self._opened()
        self._port = port
        self._server: CloudServer | None = None
        self._thread: threading.Thread | None = None

    def _opened(self) -> Front:
        principals = PrincipalsRoom(self.core)
        room = CalendarRoom(self.core, self._throttles, self._writing)
        self.router.add("/remote.php/dav", principals.root)
        self.router.add("/remote.php/dav/principals", principals.answer)
        self.router.add("/remote.php/dav/calendars", room.answer)
        public = PublicRoom(self.core, room)
        self.router.add("/remote.php/dav/public-calendars", public.answer, public=True)
        ocs = Ocs(self.core, revoke(self._doorkeeper))
        self.further = FurtherRooms(self.core, ocs, self._throttles)
        self.further.open(self.router)
        ocs.wings.update(self.further.wings)
        return Front(
            self.core,
            self.router,
            self._doorkeeper,
            ocs,
            self._login_flow,
            self.faults,
            self.requests,
        )

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, without slash; "" before `start()`."""
        return self.core.url

    def start(self) -> None:
        """Serve from a thread of its own."""
        self._server = CloudServer(self._port, self._front.answer)
        self.core.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="stand-in cloud",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Hang up on every client and end the thread; the store stays readable."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._thread.join(SHUTDOWN)
        self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # Who there is

    def add_user(
        self,
        uid: str,
        password: str,
        *,
        login: str | None = None,
        email: str = "",
        name: str = "",
        groups: Iterable[str] = (),
        admin: bool = False,
    ) -> Account:
        """Add an account with its "personal" calendar, as a first sign-in makes it."""
        account = Account(uid, password, login or uid, email, name or uid, set(groups), admin)
        account.first_seen = account.last_seen = int(self.core.now().timestamp())
        self.core.directory.add(account)
        self.make_calendar(uid, "personal", display_name="Personal")
        return account

    def add_group(self, gid: str, name: str | None = None) -> None:
        """Add a group."""
        self.core.directory.groups[gid] = name or gid

    def add_team(self, name: str, members: Iterable[str], number: str | None = None) -> Team:
        """Add a team; calendars are shared with ``principals/circles/<number>``."""
        return self.core.directory.add_team(name, members, number)

    def add_app_password(self, uid: str, password: str | None = None) -> str:
        """Give an account an app password; drawn unless given."""
        given = password or random_text(72)
        self.core.directory.accounts[uid].app_passwords.add(given)
        return given

    def disable_user(self, uid: str) -> None:
        """Switch an account off: DAV then answers 503."""
        self.core.directory.accounts[uid].enabled = False

    def grant_login(self, uid: str) -> str:
        """Grant every login flow that waits to an account; the new app password."""
        with self.core.lock:
            return self._login_flow.grant(self.core.directory.accounts[uid])

    # What members do with their own client

    def calendars(self, uid: str) -> list[str]:
        """The URIs in an account's home, shared ones included, trashed ones not."""
        with self.core.lock:
            return [one.uri for one in home(self.core, uid) if one.calendar.deleted is None]

    def resources(self, uid: str, calendar: str) -> dict[str, bytes]:
        """The texts an account reads in a calendar, by name."""
        with self.core.lock:
            seen = self._seen(uid, calendar)
            word = self.settings.busy_word
            return {one.name: seen.body(one, word) for one in seen.resources()}

    def cards(self, uid: str, book: str) -> dict[str, bytes]:
        """The cards of an account's own address book, by name; none where it is not there."""
        with self.core.lock:
            found = self.further.cards.store.find(uid, book)
            return {name: card.body for name, card in found.cards.items()} if found else {}

    def etags(self, uid: str, calendar: str) -> dict[str, str]:
        """The quoted ETags of a calendar, by name."""
        with self.core.lock:
            return {one.name: one.etag for one in self._seen(uid, calendar).resources()}

    def token(self, uid: str, calendar: str) -> str:
        """The calendar's current sync-token."""
        return self._calendar(uid, calendar).sync_token

    def put(self, uid: str, calendar: str, name: str, body: bytes) -> str:
        """Write a resource; its quoted ETag. Raises Refusal as the server would answer."""
        with self.core.lock:
            found = self._seen(uid, calendar).calendar
            return self._writing.put(found, name, body).resource.etag

    def delete(self, uid: str, calendar: str, name: str) -> None:
        """Delete a resource: to the bin. Raises Refusal as the server would answer."""
        with self.core.lock:
            seen = self._seen(uid, calendar)
            self._writing.delete(seen.calendar, seen.resource(name))

    def trash(self, uid: str, calendar: str) -> dict[str, bytes]:
        """The texts in a calendar's bin, by the name they had."""
        with self.core.lock:
            return {one.name: one.body for one in self._calendar(uid, calendar).trashed.values()}

    def restore(self, uid: str, calendar: str, name: str) -> None:
        """Take a resource of that name out of the bin."""
        with self.core.lock:
            found = self._calendar(uid, calendar)
            binned = next(one for one in found.trashed.values() if one.name == name)
            found.restore(binned)

    def make_calendar(
        self,
        uid: str,
        uri: str,
        *,
        display_name: str | None = None,
        components: tuple[str, ...] = ("VEVENT", "VTODO", "VJOURNAL"),
        color: str | None = None,
    ) -> None:
        """Make a calendar."""
        with self.core.lock:
            made = make_calendar(self.core.store, uid, uri, {}, self.core.now())
            made.components = components
            if display_name is not None:
                made.properties[dav("displayname")] = text(display_name)
            if color is not None:
                made.properties[apple("calendar-color")] = text(color)

    def share(self, uid: str, calendar: str, principal: str, *, writable: bool = False) -> None:
        """Share an own calendar: ``principals/users|groups|circles/…``."""
        with self.core.lock:
            found = self._calendar(uid, calendar)
            if not share_with(self.core, found, principal, writable=writable):
                raise KeyError(principal)

    def leave(self, uid: str, calendar: str) -> None:
        """A member deletes a calendar shared with them: it stays out of their home."""
        with self.core.lock:
            leave(self.core, self._calendar(uid, calendar), uid)

    def trash_calendar(self, uid: str, calendar: str) -> None:
        """Delete a whole calendar: to the bin."""
        with self.core.lock:
            self._calendar(uid, calendar).deleted = self.core.now()

    def prune_changes(self, uid: str, calendar: str, *, keep: int = 0) -> None:
        """Delete all change rows but the newest `keep`, as the daily job does (167)."""
        with self.core.lock:
            changes = self._calendar(uid, calendar).changes
            del changes[: len(changes) - keep]

    # Files

    def put_file(self, uid: str, path: str, content: bytes) -> None:
        """Write a file, its folders made where they are missing; `path` is below the account's."""
        parts = tuple(path.split("/"))
        with self.core.lock:
            self.further.writing.make_folders(uid, parts[:-1])
            self.further.writing.put(uid, parts, content)

    def move_file(self, uid: str, path: str, to: str) -> None:
        """Rename or move a file."""
        with self.core.lock:
            place = self.further.mounts.resolve(uid, tuple(path.split("/")))
            self.further.writing.move(place, tuple(to.split("/")))

    def file_names(self, uid: str, path: str) -> set[str]:
        """What lies in a folder, sub-folders left out."""
        with self.core.lock:
            held = self.further.mounts.resolve(uid, tuple(path.split("/"))).node.children
            return {name for name, node in held.items() if not node.folder}

    # Backups

    def snapshot(self) -> tuple[Store, Directory]:
        """A copy of everything kept, for `restore_backup`."""
        with self.core.lock:
            return copy.deepcopy((self.core.store, self.core.directory))

    def restore_backup(self, backup: tuple[Store, Directory]) -> None:
        """Put an earlier state back: tokens and ETags go back with it."""
        with self.core.lock:
            self.core.store, self.core.directory = copy.deepcopy(backup)

    def _seen(self, uid: str, calendar: str) -> Seen:
        seen = find(self.core, uid, calendar)
        if seen is None:
            raise KeyError(calendar)
        return seen

    def _calendar(self, uid: str, calendar: str) -> Calendar:
        return self._seen(uid, calendar).calendar
