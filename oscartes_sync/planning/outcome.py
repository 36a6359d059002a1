"""What a step leaves behind once its operations were tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from oscartes_sync.planning.baseline import MISSING, LeftOut, Link
from oscartes_sync.planning.change import moved
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Step, record_of
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.event import RichText
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import fields_of, series_of

_NEWS = frozenset({"edit-beats-delete", "guests-not-told"})
"""Problems that are told by the run that meets them, and by no later one."""


LATER = "logo-not-fetched"
"""The problem of a logo that was not to be had, and is tried again at each run."""
_LOGOS = frozenset({LATER, "logo-unusable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one operation ended, what was read back, and what could not be carried.

    `unknown`: its answer was lost, so that it may have been carried out all the same.
    """

    operation: Operation
    seen: Seen | None = None
    problems: tuple[Problem, ...] = ()
    unknown: bool = False

    @property
    def done(self) -> bool:
        """Whether it was carried out."""
        return self.operation.state is State.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What to store: a link to keep, a uid to forget, a thing to look at again; or nothing."""

    link: Link | None = None
    forget: str | None = None
    left_out: tuple[LeftOut, ...] = ()


def settle(step: Step, outcomes: Mapping[Side, Outcome]) -> Settled:
    """The link after the step. What was not done stays unsettled, to be met at the next run."""
    removal = next((o for o in outcomes.values() if o.operation.action is Action.DELETE), None)
    if removal is not None:
        return _forgotten(step, removal.operation.side) if removal.done else _look_again(step)
    if step.forget:
        return _forgotten(step, None)
    creation = next((o for o in outcomes.values() if o.operation.action is Action.CREATE), None)
    if creation is not None and not creation.done:
        return _not_created(step, creation)
    wiki, cloud = (_final(step, side, outcomes.get(side)) for side in Side)
    if step.link is not None and (wiki is None or cloud is None):
        return _half(step, step.link, wiki, cloud)
    if wiki is None or cloud is None:
        return Settled()
    unsettled = _unsettled(step, outcomes, cloud)
    told = [*_still_true(step, outcomes), *(p for o in outcomes.values() for p in o.problems)]
    placed = [
        problem.at(entry=wiki.key, href=cloud.key) for problem in told if problem.code not in _NEWS
    ]
    link = Link(
        uid=step.uid,
        origin=step.origin,
        tag=wiki.key,
        href=cloud.key,
        wiki_token=wiki.token,
        cloud_token=cloud.token,
        wiki=wiki.record,
        cloud=cloud.record,
        unsettled=unsettled,
        due=step.due,
        problems=tuple(dict.fromkeys(placed)),
    )
    again: tuple[LeftOut, ...] = ()
    if creation is not None and creation.operation.side is step.origin:
        # Made again where it was born: that side has yet to say whether it may be mirrored.
        again = (LeftOut(side=step.origin, key=link.seen(step.origin).key, token=""),)
    return Settled(link=link, left_out=again)


def _unsettled(
    step: Step, outcomes: Mapping[Side, Outcome], cloud: Seen
) -> dict[str, tuple[Any, Any]]:
    """What is not agreed on after the step, with what was agreed on last."""
    unsettled = dict(step.unsettled)
    for outcome in outcomes.values():
        if not outcome.done:
            for change in outcome.operation.changes:
                unsettled[change.name] = step.bases.get(change.name, (MISSING, MISSING))
    if _left_half_way(step, outcomes.get(Side.WIKI)):
        unsettled["series"] = (MISSING, MISSING)
    if any(problem.code == LATER for o in outcomes.values() for problem in o.problems):
        unsettled["image"] = (MISSING, MISSING)
    for name in _slipped_in(step, outcomes.get(Side.WIKI)):
        agreed = (getattr(record_of(step.wiki), name), getattr(cloud.record, name))
        unsettled.setdefault(name, agreed)
    return unsettled


def _still_true(step: Step, outcomes: Mapping[Side, Outcome]) -> list[Problem]:
    """The step's problems, but for those of a logo that was written just now."""
    done = (o.operation.changes for o in outcomes.values() if o.done)
    anew = any(change.name == "image" for changes in done for change in changes)
    return [each for each in step.problems if not (anew and each.code in _LOGOS)]


def _forgotten(step: Step, removed: Side | None) -> Settled:
    """The link is let go. What was seen on a side where nothing was removed is still there.

    It is withdrawn, say: another state may make a copy of it, which has to find it again.
    """
    still = [(side, key) for side, key in step.noticed if side is not removed]
    return Settled(
        forget=step.uid,
        left_out=tuple(LeftOut(side=side, key=key, token="") for side, key in still),
    )


def _left_half_way(step: Step, outcome: Outcome | None) -> bool:
    """Whether the wiki may have made repetitions anew that nobody brought in line since.

    What they say then is no member's edit: where the two sides differ, a person is asked.
    """
    record = record_of(step.wiki)
    return outcome is not None and outcome.unknown and series_of(record) is not None


def _final(step: Step, side: Side, outcome: Outcome | None) -> Seen | None:
    if outcome is not None and outcome.done and outcome.seen is not None:
        return outcome.seen
    return step.wiki if side is Side.WIKI else step.cloud


def _not_created(step: Step, creation: Outcome) -> Settled:
    """A copy that could not be made: its source is to be looked at again at the next run.

    The listing of a calendar tells only what moved, so without this note it would be forgotten.
    So would the resource that holds the UID we wanted: read again, it finds its entry.
    """
    source = step.wiki or step.cloud
    if step.link is not None or source is None:
        return _look_again(step)
    again = [LeftOut(side=step.origin, key=source.key, token="")]
    problem = creation.operation.problem
    holder = dict(problem.params).get("href") if problem else None
    if holder and creation.operation.side is Side.CLOUD:
        again.append(LeftOut(side=Side.CLOUD, key=holder, token=""))
    return Settled(left_out=tuple(again))


def _half(step: Step, link: Link, wiki: Seen | None, cloud: Seen | None) -> Settled:
    """One side is not there: kept as dropped where it is let go, else left as it was."""
    if step.drop is None:
        # A copy that was let go, and is there all the same, counts again.
        back = replace(link, dropped=None) if link.dropped else None
        return replace(_look_again(step), link=back)
    here = step.drop.other
    seen = wiki if here is Side.WIKI else cloud
    unsettled = dict(link.unsettled)
    if seen is not None:
        # What is edited meanwhile was agreed by nobody: it counts once the copy comes back.
        for name in moved(link, here, seen.record, fields_of(seen.record)):
            unsettled[name] = (link.base(Side.WIKI, name), link.base(Side.CLOUD, name))
    wiki, cloud = wiki or link.seen(Side.WIKI), cloud or link.seen(Side.CLOUD)
    kept = Link(
        uid=link.uid,
        origin=link.origin,
        tag=wiki.key,
        href=cloud.key,
        wiki_token=wiki.token,
        cloud_token=cloud.token,
        wiki=wiki.record,
        cloud=cloud.record,
        unsettled=unsettled,
        dropped=step.drop,
        problems=step.problems,
    )
    return Settled(link=kept)


def _slipped_in(step: Step, outcome: Outcome | None) -> list[str]:
    """Fields that somebody wrote in the wiki between our read and our write, which kept them.

    The wiki checks no version, so only what is read back tells (reference section 8). They are
    met by the next run as the edits that they are.
    """
    before = record_of(step.wiki)
    after = record_of(outcome.seen) if outcome and outcome.done else None
    if outcome is None or before is None or after is None:
        return []
    ours = {change.name for change in outcome.operation.changes}
    return [
        name
        for name in fields_of(before)
        if name not in ours and _words(getattr(before, name)) != _words(getattr(after, name))
    ]


def _words(value: object) -> object:
    """A value without its dress, which a wiki may change at any write."""
    return " ".join(value.text.split()) if isinstance(value, RichText) else value


def _look_again(step: Step) -> Settled:
    """The link stays as it was, and what was noticed is read again by the next run.

    Else it would be lost: the listing of a calendar tells of a move once only. So is what was
    missed: it may come back as it was, and yet be no longer what the binding selects.
    """
    if step.link is None:
        return Settled()
    again = dict.fromkeys((*step.noticed, *step.missed))
    return Settled(left_out=tuple(LeftOut(side=side, key=key, token="") for side, key in again))
