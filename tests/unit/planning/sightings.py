"""New and known things of both sides, and the plan that is made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oscartes_sync.planning.baseline import Baseline, LeftOut, Link, LinkHead
from oscartes_sync.planning.operation import Action, Operation
from oscartes_sync.planning.plan import Plan
from oscartes_sync.planning.reconcile import reconcile
from oscartes_sync.planning.situation import Situation
from oscartes_sync.planning.snapshot import Sighting, Snapshot
from oscartes_sync.records.event import FIELDS, Event
from oscartes_sync.records.identity import suffix, uid_of
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import NOW, binding, laid_out, single

SIDES = list(Side)
PHONE = "1@phone"
ENDING = suffix("noe", "6", "agenda", PHONE)
BORN = f"Bourse{ENDING}"
CROWDED = Problem.warning("category-crowded", Side.WIKI)

CARRIED = frozenset(FIELDS)


def head(tag: str = "A", href: str = "/A.noe.ics", **more: object) -> LinkHead:
    base = LinkHead(
        uid=uid_of(tag, "noe"),
        origin=Side.WIKI,
        tag=tag,
        href=href,
        wiki_token="w1",
        cloud_token="c1",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def born(tag: str = BORN, **more: object) -> LinkHead:
    """A link of an event of the cloud."""
    return replace(head(tag, "/1.ics", uid=PHONE, origin=Side.CLOUD), **more)  # type: ignore[arg-type]


def link(of: LinkHead, wiki: Event | None = None, cloud: Event | None = None) -> Link:
    return Link(
        uid=of.uid,
        origin=of.origin,
        tag=of.tag,
        href=of.href,
        wiki_token=of.wiki_token,
        cloud_token=of.cloud_token,
        wiki=wiki or single(),
        cloud=cloud or single(),
        dropped=of.dropped,
    )


def entry(tag: str = "A", **more: object) -> Sighting:
    base = Sighting(key=tag, token="w2", record=single())
    return replace(base, **more)  # type: ignore[arg-type]


def resource(href: str = "/1.ics", uid: str = PHONE, **more: object) -> Sighting:
    base = Sighting(key=href, token="c2", uid=uid, record=single())
    return replace(base, **more)  # type: ignore[arg-type]


def snapshot(*sightings: Sighting, **more: object) -> Snapshot:
    base = Snapshot(carries=CARRIED, sightings={each.key: each for each in sightings})
    return replace(base, **more)  # type: ignore[arg-type]


EMPTY = Snapshot(carries=CARRIED)


def nothing(_: Sighting) -> Problem | None:
    return None


def planned(
    wiki: Snapshot = EMPTY,
    cloud: Snapshot = EMPTY,
    *heads: LinkHead,
    links: tuple[Link, ...] = (),
    baseline: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
    **of_binding: Any,
) -> Plan:
    given: dict[str, Any] = {"project": laid_out, "refuses": nothing, **(more or {})}
    return reconcile(
        Situation(
            binding=binding(**of_binding),
            baseline=Baseline(heads=heads, **(baseline or {})),
            wiki=wiki,
            cloud=cloud,
            now=NOW,
            links={each.uid: each for each in links},
            **given,
        )
    )


def creation(side: Side, source: Sighting, **more: object) -> Operation:
    """Of a copy on `side`."""
    on_wiki = side is Side.WIKI
    base = Operation(
        action=Action.CREATE,
        side=side,
        uid=source.uid if on_wiki else uid_of(source.key, "noe"),
        entry=None if on_wiki else source.key,
        href=source.key if on_wiki else None,
        title="Permanence",
        record=source.record,
        other_token=source.token,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def left(side: Side, source: Sighting, *problems: Problem, token: str | None = None) -> LeftOut:
    key = {"entry" if side is Side.WIKI else "href": source.key}
    placed = tuple(problem.at(**key) for problem in problems)
    kept = source.token if token is None else token
    return LeftOut(side=side, key=source.key, token=kept, problems=placed)
