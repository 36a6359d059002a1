"""Cards that a program saved without what it does not know.

Some programs (on telephones, above all) keep the fields they have a place for and drop the rest:
the point on the map, categories, profiles, the photo, and every X- property. Whoever mended a
telephone with one of them removed nothing. Our own mark, which a wiki-born card bears, is gone
then, too; where it is there, what is missing was taken out by somebody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.meeting import Merge
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact
from oscartes_sync.records.event import RichText
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record


def filled(link: Link, cloud: Record) -> tuple[Record, tuple[str, ...]]:
    """The record as if nothing had been dropped, and the fields that had been."""
    if not isinstance(cloud, Contact) or not cloud.thinned:
        return cloud, ()
    lost: dict[str, Any] = {}
    for name in CONTACT_FIELDS:
        agreed = link.base(Side.CLOUD, name)
        if agreed is not MISSING and _is_empty(getattr(cloud, name)) and not _is_empty(agreed):
            lost[name] = agreed
    return (replace(cloud, **lost), tuple(lost)) if lost else (cloud, ())


def bring_back(merged: Merge, lost: Iterable[str], wiki: Record, *, writes: bool) -> None:
    """Let the cloud have again what was dropped, as the wiki says it now; and tell."""
    names = [name for name in lost if not _is_empty(getattr(wiki, name))]
    if not names:
        return
    merged.problems.append(Problem.warning("card-thinned", Side.CLOUD, fields=",".join(names)))
    if writes:
        for name in names:
            merged.to_cloud.setdefault(name, getattr(wiki, name))


def _is_empty(value: object) -> bool:
    return value in (None, "", (), RichText())
