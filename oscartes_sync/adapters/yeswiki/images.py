"""Entries whole, as they were before a write of ours: what an undo needs, as text.

Of an entry that will be edited only what a record is made of is kept, as the record's reader sees
it. Of one that will be deleted everything, read with our key: we may delete but our own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bazar_forms.client import BazarClient
from bazar_forms.entry import Entry
from bazar_forms.errors import Forbidden
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.listing import entries_of, things_of
from oscartes_sync.adapters.yeswiki.reader import own_entry
from oscartes_sync.adapters.yeswiki.tokens import digest_of, token_of
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.planning.operation import Action, Operation
from oscartes_sync.ports import Image

_VERSION = 1
_RIGHTS = ("read", "write", "comment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One entry as it was; `rights` by name, empty where they were not ours to see.

    `repetitions` are those of a series, in the order of their tags.
    """

    tag: str
    form: str
    properties: Mapping[str, object] = field(repr=False)
    owner: str = ""
    created: str = ""
    rights: Mapping[str, str] = field(default_factory=dict)
    repetitions: tuple[Picture, ...] = ()

    @property
    def members(self) -> tuple[Entry, ...]:
        """The thing as entries again."""
        own = Entry(tag=self.tag, form=self.form, properties=self.properties, owner=self.owner)
        return (own, *(one for each in self.repetitions for one in each.members))

    def to_image(self) -> Image:
        """As the journal keeps it."""
        return Image(json.dumps({"version": _VERSION, **self.plain()}, sort_keys=True))

    @classmethod
    def from_image(cls, image: Image) -> Picture:
        """Back from `to_image`.

        Raises:
            ValueError: the text is no picture of this version.
        """
        try:
            raw = json.loads(image.text)
            if raw["version"] != _VERSION:
                raise ValueError("a picture of another version")
            return cls._read(raw)
        except (KeyError, TypeError, AttributeError) as broken:
            raise ValueError("not a picture of an entry") from broken

    def plain(self) -> dict[str, object]:
        """As JSON holds it."""
        return {
            "tag": self.tag,
            "form": self.form,
            "properties": dict(self.properties),
            "owner": self.owner,
            "created": self.created,
            "rights": dict(self.rights),
            "repetitions": [each.plain() for each in self.repetitions],
        }

    @classmethod
    def _read(cls, raw: Mapping[str, object]) -> Picture:
        properties, rights, repetitions = raw["properties"], raw["rights"], raw["repetitions"]
        if not (
            isinstance(properties, dict) and isinstance(rights, dict) and type(repetitions) is list
        ):
            raise TypeError
        return cls(
            tag=str(raw["tag"]),
            form=str(raw["form"]),
            properties=properties,
            owner=str(raw["owner"]),
            created=str(raw["created"]),
            rights={name: str(rights[name]) for name in _RIGHTS if name in rights},
            repetitions=tuple(cls._read(each) for each in repetitions),
        )


def take_images(
    client: BazarClient, bound: Bound, operations: Sequence[Operation]
) -> dict[str, Image]:
    """What is there now of each, by tag; raises BazarErrors.

    One listing for all edits and one for all deletions, and the rights of each that will go.
    """
    edits = {op.key: op for op in operations if op.action is Action.UPDATE and op.key}
    removals = {op.key: op for op in operations if op.action is Action.DELETE and op.key}
    found: dict[str, Image] = {}
    recorded = bound.recipe.keys() | {TITLE}
    for tag, members in _now(client, bound, edits, anonymous=bound.anonymous).items():
        parts = [_picture(each, recorded) for each in members]
        found[tag] = _whole(parts).to_image()
    public = _public(client, bound, removals)
    for tag, members in _now(client, bound, removals, anonymous=False, public=public).items():
        parts = [
            _picture(each, None, _rights(client, each) if _rare(each, tag, public) else {})
            for each in members
        ]
        found[tag] = _whole(parts).to_image()
    return found


def _now(
    client: BazarClient,
    bound: Bound,
    operations: Mapping[str, Operation],
    *,
    anonymous: bool,
    public: frozenset[str] = frozenset(),
) -> dict[str, list[Entry]]:
    """Those that are still as the operations say, with their members."""
    if not operations:
        return {}
    if any("#" in operation.token for operation in operations.values()):
        things = things_of(client, bound, anonymous=anonymous)
    else:
        entries = entries_of(client, bound, list(operations), anonymous=anonymous)
        things = {tag: [entry] for tag, entry in entries.items()}
    if not anonymous:
        for tag in operations.keys() - things.keys():
            entry = own_entry(client, bound, tag)
            if entry is not None:
                things[tag] = [entry]
    return {
        tag: things[tag]
        for tag, operation in operations.items()
        if tag in things and _is_still(things[tag], operation.token, bound, public)
    }


def _is_still(members: Sequence[Entry], token: str, bound: Bound, public: frozenset[str]) -> bool:
    """Whether they are what the token was made of: of a series, what the record's reader sees."""
    seen = [one for one in members if one.tag in public] if public and bound.anonymous else members
    return not token or digest_of(token_of(seen, bound.recipe)) == digest_of(token)


def _public(
    client: BazarClient, bound: Bound, operations: Mapping[str, Operation]
) -> frozenset[str]:
    """Which entries everybody sees, asked where there are series to delete."""
    if not any("#" in operation.token for operation in operations.values()):
        return frozenset()
    listing = client.entries(bound.form.id, fields=("id_fiche",), anonymous=True)
    return frozenset(listing.rows)


def _rare(entry: Entry, tag: str, public: frozenset[str]) -> bool:
    """Whether its rights are worth a request: of a public repetition they are the wiki's own."""
    return entry.tag == tag or entry.tag not in public


def _rights(client: BazarClient, entry: Entry) -> Mapping[str, str]:
    try:
        rights = client.rights(entry.tag, owner=entry.owner)
    except Forbidden:
        # Then it is not ours to delete either, and will stay as it is.
        return {}
    return {name: getattr(rights, name) for name in _RIGHTS}


def _picture(
    entry: Entry, names: frozenset[str] | None, rights: Mapping[str, str] | None = None
) -> Picture:
    kept = {
        name: value
        for name, value in entry.properties.items()
        if (names is None or name in names) and value not in ("", None)
    }
    return Picture(
        tag=entry.tag,
        form=entry.form,
        properties=kept,
        owner=entry.owner,
        created=entry.created,
        rights=rights or {},
    )


def _whole(parts: Sequence[Picture]) -> Picture:
    first = parts[0]
    return Picture(
        tag=first.tag,
        form=first.form,
        properties=first.properties,
        owner=first.owner,
        created=first.created,
        rights=first.rights,
        repetitions=tuple(parts[1:]),
    )
