"""Who belongs to whom: sightings to links, and new things of both sides to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from oscartes_sync.planning.baseline import Baseline, LinkHead
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Sighting, Snapshot, Standing
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import PART, SUFFIX_LENGTH, entry_of, origin_of, suffix, uid_of
from oscartes_sync.records.problem import Side


@dataclass(slots=True)
class Pairing:
    """Sightings by the uid of their link, pairs that find each other, and the rest.

    `namesakes` are the uids of those pairs that have a file's name in common, and nothing else.
    """

    linked: dict[Side, dict[str, Sighting]] = field(
        default_factory=lambda: {Side.WIKI: {}, Side.CLOUD: {}}
    )
    pairs: list[tuple[str, Side, Sighting, Sighting]] = field(default_factory=list)
    namesakes: set[str] = field(default_factory=set)
    alone: dict[Side, list[Sighting]] = field(
        default_factory=lambda: {Side.WIKI: [], Side.CLOUD: []}
    )


def pair(binding: Binding, baseline: Baseline, wiki: Snapshot, cloud: Snapshot) -> Pairing:
    """Match by key first, then by identity.

    A resource may come back under another href. What a state did that this one knows nothing of:
    an entry for an event of the cloud, made under another tag that ends alike; an event for that
    entry, made when its own was gone; that event made anew, in place of the one we know.
    """
    found = Pairing()
    by_tag = {head.tag: head for head in baseline.heads}
    there = wiki.unmoved | wiki.sightings.keys()
    by_ending = {
        ending: head for ending, head in endings(baseline).items() if head.tag not in there
    }
    by_href = {head.href: head for head in baseline.heads if head.href}
    by_uid = {head.uid: head for head in baseline.heads}
    listed = cloud.unmoved | cloud.sightings.keys()
    by_copy = {
        uid_of(head.tag, binding.wiki): head
        for head in endings(baseline).values()
        if head.href not in listed
    }
    by_source = {ending_of(head.tag): head for head in baseline.heads if head.href not in listed}
    new_wiki: list[Sighting] = []
    for sighting in _sorted(wiki.sightings):
        head = (
            by_tag.get(sighting.key)
            or by_uid.get(uid_of(sighting.key, binding.wiki))
            or by_ending.get(ending_of(sighting.key))
        )
        _sort_out(found, Side.WIKI, sighting, head, new_wiki)
    # Of files, one out of the bin may bear the mark of another that stands where it stood.
    if binding.kind == "documents":
        by_uid = {head.uid: head for head in baseline.heads if head.href not in listed}
    new_cloud: list[Sighting] = []
    for sighting in _sorted(cloud.sightings):
        head = by_href.get(sighting.key) or by_uid.get(sighting.uid) or by_copy.get(sighting.uid)
        if head is None and sighting.formerly:
            head = by_href.get(sighting.formerly)
        if head is None and by_source:
            head = by_source.get(ending_for(binding, sighting.uid))
        _sort_out(found, Side.CLOUD, sighting, head, new_cloud)
    copies = frozenset(head.tag for head in baseline.heads if head.origin is Side.CLOUD)
    _match_new(binding, found, new_wiki, new_cloud, copies)
    return found


def parted(pairing: Pairing, baseline: Baseline, alike: frozenset[str]) -> Pairing:
    """Without the namesakes that hold something else: these are two documents.

    Not where nothing is remembered at all: they may have been one, and edited since.
    """
    strangers = pairing.namesakes - alike if baseline.heads else set()
    if not strangers:
        return pairing
    apart = [pair for pair in pairing.pairs if pair[0] in strangers]
    alone = {
        Side.WIKI: [*pairing.alone[Side.WIKI], *(wiki for _, _, wiki, _ in apart)],
        Side.CLOUD: [*pairing.alone[Side.CLOUD], *(cloud for _, _, _, cloud in apart)],
    }
    pairs = [pair for pair in pairing.pairs if pair[0] not in strangers]
    return replace(pairing, pairs=pairs, alone=alone, namesakes=set())


def orphans(
    binding: Binding, baseline: Baseline, pairing: Pairing, address: Callable[[str], str]
) -> dict[str, str]:
    """Copies whose entry has no partner, by href: the tag that their UID names.

    With the state lost, or a run of another one gone by, nothing else tells whose they are. A copy
    that names its entry's page names one of this wiki, where `address` gives that of a tag:
    another network may have chosen the same id for its wiki.
    """
    linked = {head.uid for head in baseline.heads}
    found = {}
    for sighting in pairing.alone[Side.CLOUD]:
        origin = origin_of(sighting.uid)
        if origin is None or origin.wiki != binding.wiki or sighting.uid in linked:
            continue
        if sighting.standing is Standing.FOREIGN or sighting.record is None:
            continue
        if sighting.record.page in ("", address(origin.tag)):
            found[sighting.key] = origin.tag
    return found


def endings(baseline: Baseline) -> dict[str, LinkHead]:
    """The links of events that were born in the cloud, by the ending of their entries' tags."""
    return {ending_of(head.tag): head for head in baseline.heads if head.origin is Side.CLOUD}


def ending_of(tag: str) -> str:
    """The letters that tell whose copy an entry is, if it is one; "" for a file of an entry."""
    return "" if PART in tag else tag[-SUFFIX_LENGTH:].lower()


def ending_for(binding: Binding, uid: str) -> str:
    """How the tag of the entry for this event of the cloud ends."""
    return suffix(binding.wiki, binding.form, binding.collection, uid)


def _sorted(sightings: Mapping[str, Sighting]) -> Iterable[Sighting]:
    return (sightings[key] for key in sorted(sightings))


def _sort_out(
    found: Pairing, side: Side, sighting: Sighting, head: LinkHead | None, new: list[Sighting]
) -> None:
    if head is None:
        new.append(sighting)
    elif head.uid not in found.linked[side]:
        found.linked[side][head.uid] = sighting
    else:
        # A second thing that claims the same link: the first, by key, has it.
        found.alone[side].append(sighting)


def _public_link(sighting: Sighting) -> str:
    """The public address that a document shows, or that we made for a file; else ""."""
    return sighting.record.link if isinstance(sighting.record, Document) else ""


def _by_name(
    binding: Binding, wiki: Iterable[Sighting], cloud: Sequence[Sighting]
) -> dict[str, Sighting]:
    """Files of entries by the key of the one file that bears the name they would get.

    A program that makes a file anew takes its mark off, and so does a run that was cut off before
    it was set; and people put the same file in both places. What is in them tells then. Where
    another file bears the mark, a name tells nothing.
    """
    marked = {each.uid for each in cloud}
    unmarked = (each for each in wiki if uid_of(each.key, binding.wiki) not in marked)
    entries = _named(each for each in unmarked if PART in each.key)
    files = _named(each for each in cloud if origin_of(each.uid) is None)
    return {
        found[0].key: entries[name][0]
        for name, found in files.items()
        if len(found) == 1 and len(entries.get(name, ())) == 1
    }


def is_copied(binding: Binding, sighting: Sighting, copies: frozenset[str]) -> bool:
    """Whether it is the file that we copied into an entry; `copies` are the tags of such."""
    leading = isinstance(sighting.record, Document) and sighting.record.leading
    return binding.mode == "copy" and entry_of(sighting.key) in copies and leading


def _named(sightings: Iterable[Sighting]) -> dict[str, list[Sighting]]:
    """Documents by the names of their files, without case."""
    found: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        if isinstance(sighting.record, Document) and sighting.record.name:
            found.setdefault(sighting.record.name.casefold(), []).append(sighting)
    return found


def _match_new(
    binding: Binding,
    found: Pairing,
    wiki: list[Sighting],
    cloud: list[Sighting],
    copies: frozenset[str],
) -> None:
    by_uid = {uid_of(sighting.key, binding.wiki): sighting for sighting in wiki}
    by_ending: dict[str, list[Sighting]] = {}
    for sighting in wiki:
        by_ending.setdefault(ending_of(sighting.key), []).append(sighting)
    by_link = {link: sighting for sighting in wiki if (link := _public_link(sighting))}
    ends = {ending_for(binding, each.uid) for each in cloud} if binding.mode == "copy" else set()
    copies |= {each.key for each in wiki if ending_of(each.key) in ends}
    of_members = [each for each in wiki if not is_copied(binding, each, copies)]
    by_name = _by_name(binding, of_members, cloud)
    taken: set[str] = set()
    for sighting in cloud:
        origin, partner = Side.WIKI, by_uid.get(sighting.uid)
        if partner is None and origin_of(sighting.uid) is None and sighting.uid:
            origin = Side.CLOUD
            ending = ending_for(binding, sighting.uid)
            candidates = [s for s in by_ending.get(ending, []) if s.key not in taken]
            partner = candidates[0] if candidates else by_link.get(_public_link(sighting))
            if partner is None and (namesake := by_name.get(sighting.key)) is not None:
                origin, partner = Side.WIKI, namesake
                found.namesakes.add(uid_of(namesake.key, binding.wiki))
        if partner is None or partner.key in taken:
            found.alone[Side.CLOUD].append(sighting)
            continue
        taken.add(partner.key)
        uid = sighting.uid if origin is Side.CLOUD else uid_of(partner.key, binding.wiki)
        found.pairs.append((uid, origin, partner, sighting))
    found.alone[Side.WIKI].extend(s for s in wiki if s.key not in taken)
