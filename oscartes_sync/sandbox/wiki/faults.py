"""Switches that make the stand-in fail the ways real wikis and their hosts fail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from oscartes_sync.sandbox.wiki.messages import HTML_TYPE, Response


@dataclass
class PlannedFailure:
    """One failure waiting for a request.

    `status` is answered instead of the wiki's answer; with `cut` the connection is closed
    without a byte instead. With `after_executing` the request is carried out first. `ending` is
    the end of the target that it waits for. `change` makes another answer out of the true one.
    """

    status: int = 500
    after_executing: bool = False
    cut: bool = False
    method: str | None = None
    containing: str = ""
    retry_after: int | None = None
    ending: str = ""
    change: Callable[[Response], Response] | None = None

    def concerns(self, method: str, target: str) -> bool:
        """Tell whether this failure waits for such a request."""
        waits = self.method in (None, method) and self.containing in target
        return waits and target.endswith(self.ending)


@dataclass
class Interposed:
    """Something that happens just before (or just after) the next matching request."""

    action: Callable[[], None]
    method: str | None
    containing: str
    after: bool = False
    within: bool = False

    def concerns(self, method: str, target: str) -> bool:
        """Tell whether this happens around such a request."""
        return self.method in (None, method) and self.containing in target


@dataclass
class Faults:
    """Every switch is off at first; `clear()` switches all off again.

    maintenance: the host's HTML page, 503. hibernate: writes refused (recordings 515-517).
    database_down: one sentence, 200, to everything (530). captcha: edits by non-admins refused
    (511). moderation: writes by non-admins set `statut_fiche` to 0. raw_output: PHP's notices
    beside the keys of JSON answers (179). latency: seconds each answer takes.
    wrong_body: a text answered with 200 to every API read, in place of JSON.
    """

    maintenance: bool = False
    hibernate: bool = False
    database_down: bool = False
    captcha: bool = False
    moderation: bool = False
    raw_output: str = ""
    latency: float = 0.0
    wrong_body: str | None = None
    planned: list[PlannedFailure] = field(default_factory=list)
    interposed: list[Interposed] = field(default_factory=list)
    _every: int = 0
    _every_failure: PlannedFailure = field(default_factory=PlannedFailure)
    _counted: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def fail_next(
        self,
        n: int = 1,
        *,
        status: int = 500,
        after_executing: bool = False,
        cut: bool = False,
        method: str | None = None,
        containing: str = "",
        retry_after: int | None = None,
    ) -> None:
        """Let the next `n` requests (of `method`, whose target contains a text) fail."""
        self.planned.extend(
            PlannedFailure(status, after_executing, cut, method, containing, retry_after)
            for _ in range(n)
        )

    def answer_next(
        self,
        body: bytes,
        *,
        n: int = 1,
        status: int = 200,
        kind: str = HTML_TYPE,
        location: str = "",
        ours: bool = False,
        method: str | None = None,
        containing: str = "",
        ending: str = "",
    ) -> None:
        """Let something else answer the next `n` requests, unexecuted: a portal, a proxy.

        `ours`: it is the wiki that says so, executed, so that the answer bears its cookies.
        """

        def another(true: Response) -> Response:
            headers = [("Location", location)] if location else []
            cookies = true.cookies if ours else []
            return Response(status, body, kind, headers, user=true.user, cookies=cookies)

        self.planned.extend(
            PlannedFailure(
                after_executing=ours,
                method=method,
                containing=containing,
                ending=ending,
                change=another,
            )
            for _ in range(n)
        )

    def change_next(
        self,
        change: Callable[[Response], Response],
        *,
        n: int = 1,
        method: str | None = None,
        containing: str = "",
        ending: str = "",
    ) -> None:
        """Let the true answers to the next `n` requests arrive changed; see `halved`, `torn`."""
        self.planned.extend(
            PlannedFailure(
                after_executing=True,
                method=method,
                containing=containing,
                ending=ending,
                change=change,
            )
            for _ in range(n)
        )

    def every_nth(
        self,
        n: int,
        status: int = 503,
        *,
        method: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Answer every `n`-th request (of `method`) with a status, unexecuted; 0 ends it."""
        self._every, self._counted = n, 0
        self._every_failure = PlannedFailure(status, method=method, retry_after=retry_after)

    def interpose(
        self,
        action: Callable[[], None],
        *,
        method: str | None = None,
        containing: str = "",
        after: bool = False,
        within: bool = False,
    ) -> None:
        """Run `action` once, just before (or after) the next matching request is carried out.

        For races: a member's edit between a client's read and its write. `within`: once the wiki
        has read what it will merge an edit into, and before it writes; `containing` is then the
        tag. So two truly simultaneous edits meet (reference section 8).
        """
        self.interposed.append(Interposed(action, method, containing, after, within))

    def take_failure(self, method: str, target: str) -> PlannedFailure | None:
        """Take the first planned failure that concerns this request."""
        with self._guard:
            for failure in self.planned:
                if failure.concerns(method, target):
                    self.planned.remove(failure)
                    return failure
            if self._every and self._every_failure.concerns(method, target):
                self._counted += 1
                if self._counted % self._every == 0:
                    return self._every_failure
        return None

    def take_interposed(self, method: str, target: str, *, after: bool) -> list[Interposed]:
        """Take what shall happen around this request."""
        due = [
            one
            for one in self.interposed
            if not one.within and one.after is after and one.concerns(method, target)
        ]
        for one in due:
            self.interposed.remove(one)
        return due

    def meet_within(self, tag: str) -> None:
        """Run what shall happen inside an edit of this page."""
        for one in [one for one in self.interposed if one.within and one.containing in tag]:
            self.interposed.remove(one)
            one.action()

    def clear(self) -> None:
        """Switch everything off."""
        for name, value in vars(Faults()).items():
            setattr(self, name, value)


def cut_short(answer: Response) -> Response:
    """Half of the bytes, announced as if they were all: what a full disk leaves of a cache."""
    whole = answer.content
    return replace(answer, body=whole[: len(whole) // 2], json_value=None)


def torn(answer: Response) -> Response:
    """Half of the bytes that are announced, then nothing more."""
    return replace(cut_short(answer), announced=len(answer.content))


def halved(answer: Response) -> Response:
    """Every other member of an object of JSON: whole, plausible, and not true."""
    members = list(dict(answer.json_value).items())
    return replace(answer, json_value=dict(members[::2]))
