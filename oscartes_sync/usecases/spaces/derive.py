"""The bindings that a live space gives by itself: its published folder, its calendar.

They come from what the state remembers, so that `plan`, `sync` and `status` ask nothing for them;
they end when the space is archived, and nothing in the wiki is deleted for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from oscartes_sync.errors import ConfigurationError, SideError
from oscartes_sync.planning.binding import Binding, Direction
from oscartes_sync.planning.spaces.deciding import standing_of
from oscartes_sync.planning.spaces.values import KeptSpace, SpaceKind, Standing
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.spaces.look import Looked
from oscartes_sync.usecases.spaces.world import SpaceWorld
from oscartes_sync.usecases.world import on_side


def derived_bindings(
    kinds: Iterable[SpaceKind], spaces: Iterable[KeptSpace], bindings: Mapping[str, Binding]
) -> tuple[Binding, ...]:
    """The bindings of all spaces that are public and not archived, in order."""
    by_name = {kind.name: kind for kind in kinds}
    found: list[Binding] = []
    for kept in spaces:
        kind = by_name.get(kept.kind)
        if kind is not None and kept.public and not kept.archived:
            found += _documents(kind, kept, bindings)
            found += _agenda(kind, kept, bindings)
    return tuple(found)


def derived_name(base: str, tag: str) -> str:
    """What a space's binding is called: after the one that it follows."""
    return f"{base}/{tag}"


def place_identity(binding: Binding, tag: str) -> list[str]:
    """What a space's binding hangs on: the space, and not where its folder lies by now."""
    return [binding.kind, binding.wiki, binding.cloud, binding.form, f"space:{tag}"]


def _documents(
    kind: SpaceKind, kept: KeptSpace, bindings: Mapping[str, Binding]
) -> Iterable[Binding]:
    base = bindings.get(kind.documents)
    if base is None or not kind.published or not kept.path:
        return
    name, _, key = kept.filed.partition("=")
    defaults = {**base.defaults, **({name: key} if key else {})}
    yield replace(
        base,
        name=derived_name(base.name, kept.tag),
        collection=f"{kept.path}/{kind.published}",
        title=kept.title,
        defaults=defaults,
        # What others publish has no business in a group's own folder.
        direction=Direction.TO_WIKI,
    )


def _agenda(kind: SpaceKind, kept: KeptSpace, bindings: Mapping[str, Binding]) -> Iterable[Binding]:
    """The dates that bear the group's category, and no others: without one there is no binding."""
    base = bindings.get(kind.agenda)
    if base is None or not kept.calendar or not kept.category:
        return
    where = "|".join(each for each in (base.where, kept.category) if each)
    yield replace(
        base,
        name=derived_name(base.name, kept.tag),
        collection=kept.calendar,
        title=kept.title,
        where=where,
        publish=f"category:{kept.label}",
        # The space shares its calendar itself.
        share=None,
        groups=(),
    )


def learn_categories(world: SpaceWorld, looked: Looked) -> Sequence[Problem]:
    """Find the choices that bear each group's name in the forms that it is bound to.

    Asked once for a name; a form whose list lacks it is asked again at each run.
    """
    problems: list[Problem] = []
    remembered = world.memory.spaces(world.kind.name)
    for tag, case in looked.cases.items():
        kept, entry = remembered.get(tag), case.entry
        if kept is None or entry is None or not entry.public:
            continue
        if standing_of(case) not in (Standing.WANTED, Standing.LIVE):
            continue
        same = entry.title == kept.title == (case.kept or kept).title
        try:
            learnt = _learnt(world, kept, entry.title, same=same)
        except (SideError, ConfigurationError) as error:
            return [*problems, Problem.from_error(error, side=Side.WIKI)]
        if learnt != kept:
            world.memory.keep_space(learnt)
        if world.kind.agenda and not learnt.category:
            told = Problem.warning(
                "space-category-missing", Side.WIKI, space=entry.title, binding=world.kind.agenda
            )
            problems.append(told.at(entry=tag))
    return problems


def _learnt(world: SpaceWorld, kept: KeptSpace, title: str, *, same: bool) -> KeptSpace:
    """A name that a list lacks by now leaves what was found under the one before."""
    agenda, documents = (
        world.bindings.get(name) for name in (world.kind.agenda, world.kind.documents)
    )
    if agenda is not None and not (same and kept.category):
        with on_side(Side.WIKI):
            found = world.forms.category(agenda, title)
        if found is not None:
            category = f"{found.property}={found.key}"
            kept = replace(kept, category=category, label=found.label)
    if documents is not None and not (same and kept.filed):
        with on_side(Side.WIKI):
            found = world.forms.category(documents, title)
        if found is not None:
            kept = replace(kept, filed=f"{found.property}={found.key}")
    return kept
