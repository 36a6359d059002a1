"""The worlds of one run: each binding with the ports that reach its two sides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING

from oscartes_sync.bootstrap.wiring import make_cloud, make_folder, make_wiki
from oscartes_sync.config import Settings
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports import Clock
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.world import World

if TYPE_CHECKING:
    from oscartes_sync.adapters.nextcloud.cloud import NextcloudCloud
    from oscartes_sync.adapters.state.store import SqlStateStore
    from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki


def make_worlds(
    settings: Settings, bindings: Sequence[Binding], store: SqlStateStore, clock: Clock
) -> list[World]:
    """Ports live for one run: what they remember of a server is not older than that."""
    wikis = {
        name: make_wiki(settings.wikis[name], clock) for name in {each.wiki for each in bindings}
    }
    state = store.identity(partial(token_hex, 8))
    shelves: dict[tuple[str, ...], NextcloudCloud] = {}
    worlds = []
    for binding in bindings:
        wiki = wikis[binding.wiki]
        if binding.kind == "documents":
            worlds.append(_of_documents(settings, binding, store, clock, wiki))
            continue
        shelf = _shelf(binding)
        if shelf not in shelves:
            shelves[shelf] = make_cloud(
                settings.clouds[binding.cloud],
                clock,
                store.recall,
                store.remember,
                state=state,
                logos=settings.wikis[binding.wiki] if binding.kind == "contacts" else None,
            )
        worlds.append(
            World(
                binding=binding,
                wiki=wiki,
                cloud=shelves[shelf],
                state=store,
                clock=clock,
                lists=wiki,
                memberships=shelves[shelf].memberships if binding.groups else None,
            )
        )
    return worlds


def _of_documents(
    settings: Settings, binding: Binding, store: SqlStateStore, clock: Clock, wiki: YesWikiWiki
) -> World:
    from oscartes_sync.usecases.carrying import FilledCloud  # noqa: PLC0415
    from oscartes_sync.usecases.publishing import PublishedWiki  # noqa: PLC0415

    folder = make_folder(settings.clouds[binding.cloud], clock, store.recall, store.remember)
    return World(
        binding=binding,
        wiki=PublishedWiki(wiki, folder, theirs=folder, own=wiki),
        cloud=FilledCloud(folder, theirs=wiki),
        state=store,
        clock=clock,
        links=folder,
        contents={Side.WIKI: wiki, Side.CLOUD: folder},
    )


def _shelf(binding: Binding) -> tuple[str, ...]:
    """What one port serves: calendars of a cloud, or address books with one wiki's logos."""
    return (binding.cloud, binding.wiki) if binding.kind == "contacts" else (binding.cloud,)
