"""What became of imports that were cut off: what they have done all the same can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace

from oscartes_sync.errors import SideError
from oscartes_sync.imports.holding import lost, says_the_same
from oscartes_sync.planning.importing import is_empty
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.snapshot import Seen, Sighting
from oscartes_sync.ports import Journalled, Settlement
from oscartes_sync.records.identity import SUFFIX_LENGTH, suffix
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.world import World


def settle_interrupted(
    world: World,
    unfinished: Sequence[Journalled],
    there: Mapping[str, Sighting],
    planned: Collection[str],
) -> list[Problem]:
    """Close intentions of earlier imports by the entries as this one found them.

    Those that were carried out are journalled so, with what is there now, so that `undo` knows
    them; what `planned` rows (their UIDs) want still, and what else was not done, is given up.
    """
    endings = {tag[-SUFFIX_LENGTH:].lower(): tag for tag in there}
    results: dict[int, tuple[Operation, Seen | None]] = {}
    problems: list[Problem] = []
    given_up: list[int] = []
    for each in unfinished:
        operation = each.operation
        seen = None if operation.uid in planned else _outcome(world, operation, there, endings)
        if seen is None:
            given_up.append(each.number)
            continue
        results[each.number] = (replace(operation, state=State.DONE, entry=seen.key), seen)
        if operation.action is Action.CREATE:
            problems += _completed(world, seen.key)
    if results:
        world.state.settle(world.binding.name, Settlement(results=results))
    if given_up:
        world.state.abandon(given_up)
    return problems


def _outcome(
    world: World,
    operation: Operation,
    there: Mapping[str, Sighting],
    endings: Mapping[str, str],
) -> Seen | None:
    """The entry that an intention has made or changed, None where it has not, or not alone."""
    binding = world.binding
    if operation.action is Action.CREATE:
        ending = suffix(binding.wiki, binding.form, binding.collection, operation.uid)
        seen = _seen(there, endings.get(ending))
        return seen if seen is not None and _is_as_made(world, operation, seen) else None
    seen = _seen(there, operation.entry)
    done = seen is not None and all(
        says_the_same(change.name, getattr(seen.record, change.name), change.after)
        for change in operation.changes
    )
    return seen if done else None


def _seen(there: Mapping[str, Sighting], tag: str | None) -> Seen | None:
    sighting = there.get(tag) if tag else None
    return sighting.seen if sighting else None


def _is_as_made(world: World, operation: Operation, seen: Seen) -> bool:
    """Whether it says what it was made with: what somebody wrote since is theirs to keep.

    Beside that an entry has the values that the binding gives to new ones.
    """
    if operation.record is None:
        return False
    made = world.wiki.project(world.binding, operation.record)
    for each in fields(made):
        is_, was = getattr(seen.record, each.name), getattr(made, each.name)
        if not each.compare or says_the_same(each.name, is_, was):
            continue
        if not world.binding.defaults or lost(each.name, was, is_, ()) or not _more(is_, was):
            return False
    return True


def _more(is_: object, was: object) -> bool:
    return is_empty(was) or isinstance(is_, tuple)


def _completed(world: World, tag: str) -> Sequence[Problem]:
    """Its owner, which it may not have been given yet."""
    try:
        return world.wiki.complete(world.binding, tag)
    except SideError as error:
        return (Problem.from_error(error, side=Side.WIKI, entry=tag),)
