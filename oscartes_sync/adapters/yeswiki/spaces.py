"""`ports.spaces.SpaceForms` on one YesWiki: a form of groups, read with our key, and written back.

A space is internal, so its entry may be closed to visitors; what a visitor does not see is never
published. Writing goes by the wiki's own edit page, which keeps to its rights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from bazar_forms.client import BazarClient, PageRow
from bazar_forms.entry import Entry
from bazar_forms.errors import SessionLost, UnknownOutcome
from bazar_forms.field import POSITION, FieldType
from bazar_forms.form import Form
from oscartes_sync.adapters.yeswiki.bound import Bound, bind
from oscartes_sync.adapters.yeswiki.tokens import may_be_now
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.errors import Missing, NotKept, OscartesError
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.mapping.spaces import (
    LINKS,
    SpaceRecipe,
    category_of,
    find_space_recipe,
    links_to_send,
    mark_to_send,
    read_space,
)
from oscartes_sync.mapping.where import check_where
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.spaces.values import SpaceKind
from oscartes_sync.ports import Check, Clock, Traffic
from oscartes_sync.ports.spaces import Category, SpaceList
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.space import SpaceEntry

_WORDS = {"fr": "Archivé le {day}", "en": "Archived on {day}"}


class YesWikiSpaces:
    """One wiki, for one run: its forms are read once."""

    def __init__(self, client: BazarClient, wiki: str, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._wiki = wiki
        self._forms: dict[str, Form] = {}
        self._bound: dict[str, Bound] = {}
        self._user = ""

    def recipe(self, kind: SpaceKind) -> SpaceRecipe:
        """Which field is which.

        Raises:
            ConfigurationError: as `find_space_recipe`, `check_where`.
        """
        with translated(self._wiki, form=kind.form):
            form = self._form(kind.form)
            recipe = find_space_recipe(form, kind.fields)
            check_where(kind.where, recipe.properties, kind.form)
            return recipe

    def entries(self, kind: SpaceKind) -> SpaceList:
        """See `SpaceForms.entries`: the form, its entries, and the tags that anybody sees."""
        recipe = self.recipe(kind)
        with translated(self._wiki, form=kind.form):
            if not self._user:
                self._user = self._client.check_key()
            listing = self._client.entries(kind.form, query=kind.where, anonymous=False)
            shown = self._client.entries(kind.form, fields=("id_fiche",), anonymous=True).rows
        entries: dict[str, SpaceEntry] = {}
        problems: list[Problem] = []
        broken = set()
        for tag, entry in sorted(listing.entries.items()):
            one, told = read_space(entry, recipe, ZoneInfo(kind.zone), seen=tag in shown)
            problems += [each.at(entry=tag) for each in told]
            if one is None:
                broken.add(tag)
            else:
                token = "" if may_be_now(entry.updated, self._clock.now()) else entry.updated
                entries[tag] = replace(one, token=token)
        return SpaceList(
            entries=entries,
            broken=frozenset(broken),
            problems=problems,
            whole=not listing.problems,
        )

    def write_links(self, kind: SpaceKind, tag: str, links: Mapping[str, str]) -> None:
        """See `SpaceForms.write_links`."""
        self._edit(kind, tag, links_to_send(self.recipe(kind), links))

    def write_mark(self, kind: SpaceKind, tag: str, day: date) -> bool:
        """See `SpaceForms.write_mark`."""
        words = _WORDS[kind.language].format(day=day.isoformat())
        sent = mark_to_send(self.recipe(kind), words)
        if sent is None:
            return False
        self._edit(kind, tag, sent)
        return True

    def source(self, kind: SpaceKind, tag: str) -> bytes:
        """See `SpaceForms.source`."""
        with translated(self._wiki, tag=tag):
            page = self._client.page(tag)
        content: object = {"id_fiche": tag, "gone": True}
        if isinstance(page, PageRow) and (entry := page.entry()) is not None:
            content = {
                "id_fiche": entry.tag,
                "id_typeannonce": kind.form,
                "date_creation_fiche": entry.created,
                "date_maj_fiche": entry.updated,
                "owner": page.owner,
                **dict(entry.properties),
            }
        return json.dumps(content, ensure_ascii=False, indent=1).encode()

    def category(self, binding: Binding, title: str) -> Category | None:
        """See `SpaceForms.category`: asked of the binding's own recipe."""
        if binding.name not in self._bound:
            with translated(self._wiki, form=binding.form):
                form = self._client.form(binding.form)
                bound = bind(self._client, binding, form, user=self._client.user)
            self._bound[binding.name] = bound
        recipe = self._bound[binding.name].recipe
        found = category_of(recipe.fields_of("categories"), title)
        return Category(property=found[0], key=found[1], label=found[2]) if found else None

    def check(self, kind: SpaceKind) -> Sequence[Check]:
        """See `SpaceForms.check`."""
        target = f"spaces.{kind.name}"
        try:
            recipe = self.recipe(kind)
        except OscartesError as error:
            params = {"form": kind.form, **error.params}
            return [
                Check(id="space-form", target=target, status="fail", code=error.code, params=params)
            ]
        told = ", ".join(f"{name} = {one}" for name, one in recipe.mapping().items())
        form = {"form": kind.form, "mapping": told}
        found = [
            Check(id="space-form", target=target, status="ok", code="space-form-found", params=form)
        ]
        missing = [name for name in (*LINKS, "state") if recipe.one(name) is None]
        if missing:
            params = {"form": kind.form, "names": ", ".join(missing)}
            found.append(
                Check(
                    id="space-links",
                    target=target,
                    status="warn",
                    code="space-links-nowhere",
                    params=params,
                )
            )
        return found

    def traffic(self) -> Traffic:
        """Requests and bytes so far."""
        counters = self._client.counters
        return Traffic(counters.requests, counters.bytes)

    def _form(self, number: str) -> Form:
        """As our key sees it: the members may be named in a field that nobody else reads."""
        if number not in self._forms:
            self._forms[number] = self._client.form(number, anonymous=False)
        return self._forms[number]

    def _edit(self, kind: SpaceKind, tag: str, sent: Mapping[str, str]) -> None:
        """Write by the edit page, and read back.

        Raises:
            Missing: `entry-gone`.
            NotKept: `not-kept`: the wiki took it, and shows something else.
            SideError: as the wiki answers; a lost answer is looked for.
        """
        if not sent:
            return
        with translated(self._wiki, tag=tag):
            entry = self._entry(tag)
            form = self._form(kind.form)
            maps = form.of_type(FieldType.MAP)
            names = (maps[0].latitude, maps[0].longitude) if maps else POSITION
            spot = tuple(str(entry.properties.get(name) or "") for name in names)
            title = form.title_template or str(entry.properties.get(TITLE) or "")
            try:
                self._client.edit(
                    tag,
                    sent,
                    title_text=title,
                    position=(spot[0], spot[1]) if maps else None,
                    position_names=(names[0], names[1]),
                )
            except (SessionLost, UnknownOutcome):
                if self._differing(tag, sent):
                    raise
            differing = self._differing(tag, sent)
        if differing:
            properties = ", ".join(differing)
            raise NotKept("not-kept", tag=tag, properties=properties, wiki=self._wiki)

    def _differing(self, tag: str, sent: Mapping[str, str]) -> list[str]:
        now = self._entry(tag).properties
        return [name for name, value in sent.items() if str(now.get(name) or "") != value]

    def _entry(self, tag: str) -> Entry:
        page = self._client.page(tag)
        entry = page.entry() if isinstance(page, PageRow) else None
        if entry is None:
            raise Missing("entry-gone", tag=tag)
        return entry
