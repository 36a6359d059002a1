"""What the use cases need of the world: small Protocols that speak Records.

Every method that talks to a server raises `errors.SideError` and its kind, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from oscartes_sync.planning.baseline import Baseline, LeftOut, Link
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.plan import Conflict
from oscartes_sync.planning.snapshot import Known, Look, Seen, Snapshot
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Problem


class Clock(Protocol):
    """Time, passed in."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests sent and bytes received and sent so far."""

    requests: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What a write left behind, as read back, and what it could not carry."""

    seen: Seen
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """One thing whole, in its side's own words: what `put_back` needs, opaque to everybody else.

    It holds members' texts, and so lives in the journal alone.
    """

    text: str = field(repr=False)


class SidePort(Protocol):
    """What both sides can do with the things of one binding. `key` is a tag or an href."""

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """This side now, as differences from `known`; `full` compares everything.

        Raises:
            SideError: where the side as a whole cannot be read; nothing may then be concluded.
        """

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """A direct look at each of these, with our own rights."""

    def create(self, binding: Binding, uid: str, event: Event, key: str | None) -> Written:
        """Make it, after a look that its name is free; an own one found there is adopted.

        `key` asks for the name it had before (a re-creation); None lets the side choose.
        """

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        event: Event,
    ) -> Written:
        """Patch what is there: `changes` only; `event` is the whole record to derive from.

        Raises:
            Moved: the version there is not `token` any more.
        """

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        """Remove it, if its version still is `token` ("" where any version may go).

        `withdrawn`: where deleting is refused, take it from readers by its read right instead.

        Raises:
            Moved: it is another version by now.
            Forbidden: neither is ours to do; names the owner.
        """

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """What is there now of each thing that these updates and deletions are about, by key.

        In few requests for all of them; what is not there as `Operation.token` says is left out.
        """

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        """Undo an update or a deletion of this side, under its own tag, or its own href and UID.

        `token` is the version that the operation left behind, "" after a deletion; `image` is what
        was there before it. The problems say what could not come back.

        Raises:
            Moved: it is not as the operation left it.
            Forbidden: it is not ours to write; names the owner.
        """

    def complete(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """Finish a creation of ours that was interrupted once it was made; nothing done twice."""

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """Remove a copy for good, whatever its version, and from the trash bin; what stays is said.

        Raises:
            Forbidden: it is not ours to remove; names the owner.
        """

    def project(self, binding: Binding, event: Event) -> Event:
        """The event as this side could hold it, to tell whether two records say the same."""

    def parallel(self, *, creating: bool) -> int:
        """How many such writes may run at once (never two on one thing)."""

    def traffic(self) -> Traffic:
        """What this port has sent and received so far."""


class Wiki(SidePort, Protocol):
    """A YesWiki's form."""

    def refuses(self, binding: Binding, event: Event) -> Problem | None:
        """Why no entry may be created of this event, found without asking the wiki.

        It would not satisfy `where`, or the form requires what neither the event nor the
        binding's defaults give.
        """


class Cloud(SidePort, Protocol):
    """A Nextcloud's collection."""

    def prepare(self, binding: Binding, *, writing: bool = True) -> tuple[Problem, ...]:
        """Make the collection where it is missing, and bring title, colour and shares in line.

        `writing`: this run writes to it, so that our state's name may be left on it as well.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """One thing to erase: its UID, and its keys as far as they are known ("" where not)."""

    uid: str
    tag: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run in the journal."""

    run: str
    command: str
    started: datetime
    ended: datetime | None = None
    exit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journalled:
    """One operation of the journal, with its images.

    `before` is the record that was there, `after` the one read back; both as
    `fingerprint.event_to_json` gives them, None where there was none. `image` is what was there
    whole, `left` the version token that the write left ("" after a deletion). A journal that was
    purged has neither records nor image.
    """

    number: int
    binding: str
    operation: Operation
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    image: Image | None = None
    left: str = ""
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Intention:
    """One operation that will be sent: the record that is there now, and the thing whole."""

    operation: Operation
    before: Event | None = None
    image: Image | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingState:
    """What `status` tells of a binding."""

    name: str
    links: int = 0
    conflicts: int = 0
    pending_deletions: int = 0
    last_run: datetime | None = None
    last_success: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What one group of results changes in the baseline of one binding, in one transaction.

    `results` maps journal numbers to the operation as it ended and what was read back. `open` are
    those of them that may have been carried out or not: they stay intentions.
    """

    links: Sequence[Link] = ()
    forgotten: Sequence[str] = ()
    left_out: Sequence[LeftOut] = ()
    results: Mapping[int, tuple[Operation, Seen | None]] = field(default_factory=dict)
    open: frozenset[int] = frozenset()


class StateStore(Protocol):
    """The memory between runs. Raises `errors.StateError`."""

    def lock(self, wait: float) -> AbstractContextManager[None]:
        """Keep other runs out; `StateLocked` after `wait` seconds."""

    def claim(self, wikis: Mapping[str, str], bindings: Mapping[str, str]) -> None:
        """Freeze ids (wiki id → URL; binding name → identity digest), or refuse a foreign state."""

    def rename_wiki(self, old: str, new: str) -> Sequence[str]:
        """The wiki at URL `old` is at `new` now; the ids of the wikis that it was frozen for."""

    def baseline(self, binding: str) -> Baseline:
        """The light heads of all links, and what was left out."""

    def links(self, binding: str, uids: Iterable[str]) -> Mapping[str, Link]:
        """The whole links of these uids."""

    def all_links(self, binding: str) -> Iterator[Link]:
        """Every link, one after the other."""

    def begin(self, run: RunRecord) -> None:
        """A run starts."""

    def intend(
        self,
        run: str,
        binding: str,
        intended: Sequence[Intention],
        merged: Sequence[Conflict] = (),
    ) -> Sequence[int]:
        """Journal operations, each with what is there now, before any is sent.

        One transaction; the numbers come back in the same order. `merged` are the conflicts that
        these operations settle: once they are carried out nobody can find the losing value again.
        """

    def settle(self, binding: str, settlement: Settlement) -> None:
        """Record results and the links they leave, in one transaction."""

    def close_binding(
        self,
        binding: str,
        *,
        run: str,
        left_out: Sequence[LeftOut],
        conflicts: Sequence[Conflict],
        wiki_cursor: str,
        cloud_cursor: str,
        ended: datetime,
        success: bool,
    ) -> None:
        """The run is over for this binding: replace what is left out, conflicts and bookmarks."""

    def end(self, run: str, ended: datetime, exit_code: int) -> None:
        """A run ends."""

    def unfinished(self, binding: str) -> Sequence[Journalled]:
        """Intentions that never got a result."""

    def abandon(self, numbers: Sequence[int]) -> None:
        """These intentions were looked into and are settled by what is there now."""

    def conflicts(self, binding: str) -> Sequence[Conflict]:
        """The open conflicts, and the settled ones that are not purged yet."""

    def forget(self, binding: str, thing: Forgotten) -> int:
        """Erase one thing from links, conflicts, what is left out and the journal, and keep it out.

        The journal keeps that something was done, without names, texts and images; so many of its
        operations were emptied.
        """

    def status(self, bindings: Sequence[str]) -> Sequence[BindingState]:
        """What `status` tells."""

    def runs(self) -> Sequence[RunRecord]:
        """All runs, newest first."""

    def journal(self, run: str) -> Sequence[Journalled]:
        """What one run wrote."""

    def purge(self, before: datetime) -> int:
        """Drop before- and after-images of runs that ended before this; how many."""

    def recall(self, key: str) -> str | None:
        """A small remembered text (an account's uid on a cloud, say)."""

    def remember(self, key: str, value: str) -> None:
        """Keep a small text."""


CheckStatus = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of `doctor`. Message and remedy are found by `code`; "" remedy where all is well."""

    id: str
    target: str
    status: CheckStatus
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """What `forms` tells of one form: `mapping` is record field → Bazar property names."""

    wiki: str
    id: str
    label: str
    entries: int
    kinds: tuple[str, ...]
    mapping: Mapping[str, str]


class WikiProbe(Protocol):
    """What doctor, forms and init ask of a wiki."""

    def check(self, bindings: Sequence[Binding]) -> Sequence[Check]:
        """Reachable, key, clock, forms and mapping of these bindings, rights, traps."""

    def forms(self, bindings: Sequence[Binding]) -> Sequence[FormView]:
        """All forms and what each could be bound to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login that a browser grants (login flow v2): show `url`, then poll."""

    url: str
    poll: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What login flow v2 gives."""

    server: str
    user: str
    password: str = field(repr=False)


class CloudProbe(Protocol):
    """What doctor and init ask of a cloud."""

    def check(self, bindings: Sequence[Binding]) -> Sequence[Check]:
        """Reachable, password, clock, capabilities, collections, rights, shares, traps."""

    def start_login(self) -> Login:
        """Begin login flow v2."""

    def poll_login(self, login: Login) -> Granted | None:
        """The granted password, or None while nobody has answered."""


class SettingsStore(Protocol):
    """Where `init` writes the configuration."""

    def exists(self) -> bool:
        """Whether there is one already."""

    def write(self, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> Sequence[str]:
        """Write oscartes.toml and .env (0600), atomically; the paths written."""
