"""Settings in, adapters out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from oscartes_sync import __version__
from oscartes_sync.bootstrap.network import authorities, proxy
from oscartes_sync.config import CloudSettings, WikiSettings
from oscartes_sync.ports import Clock, CloudProbe, WikiProbe

if TYPE_CHECKING:
    from bazar_forms.client import BazarClient
    from oscartes_sync.adapters.nextcloud.cloud import NextcloudCloud
    from oscartes_sync.adapters.nextcloud.folders.cloud import NextcloudFolder
    from oscartes_sync.adapters.nextcloud.settings import CloudSettings as Account
    from oscartes_sync.adapters.nextcloud.spaces.places import NextcloudSpaces
    from oscartes_sync.adapters.yeswiki.spaces import YesWikiSpaces
    from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki
    from oscartes_sync.mapping.contacts.photos import Photo
    from oscartes_sync.ports.actors import ActorReader
    from oscartes_sync.ports.publications import Publications

USER_AGENT = f"oscartes/{__version__} (+https://github.com/oscartes/oscartes)"
"""Who we are, told to every server."""


def make_wiki(settings: WikiSettings, clock: Clock) -> YesWikiWiki:
    """The port to one wiki; its connections are opened by the first request."""
    from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki  # noqa: PLC0415

    return YesWikiWiki(_client(settings, clock), settings.id, clock)


def make_cloud(
    settings: CloudSettings,
    clock: Clock,
    recall: Callable[[str], str | None],
    remember: Callable[[str, str], None],
    *,
    state: str,
    logos: WikiSettings | None = None,
) -> NextcloudCloud:
    """The port to one cloud; `recall` and `remember` keep small texts between runs, `state` is the
    name of the memory that they are kept in.

    It is one of calendars; of address books where `logos` says from which wiki their logos come.
    """
    from oscartes_sync.adapters.nextcloud.cloud import NextcloudCloud  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.genre import EVENTS, contacts  # noqa: PLC0415

    return NextcloudCloud(
        _account(settings),
        clock,
        recall,
        remember,
        user_agent=USER_AGENT,
        state=state,
        genre=contacts(partial(_picture, logos)) if logos else EVENTS,
    )


def make_folder(
    settings: CloudSettings,
    clock: Clock,
    recall: Callable[[str], str | None],
    remember: Callable[[str, str], None],
) -> NextcloudFolder:
    """The port to the folders of one cloud."""
    from oscartes_sync.adapters.nextcloud.folders.cloud import NextcloudFolder  # noqa: PLC0415

    return NextcloudFolder(_account(settings), clock, recall, remember, user_agent=USER_AGENT)


def make_space_forms(settings: WikiSettings, clock: Clock) -> YesWikiSpaces:
    """The forms of groups of one wiki."""
    from oscartes_sync.adapters.yeswiki.spaces import YesWikiSpaces  # noqa: PLC0415

    return YesWikiSpaces(_client(settings, clock), settings.id, clock)


def make_spaces(
    settings: CloudSettings,
    clock: Clock,
    recall: Callable[[str], str | None],
    remember: Callable[[str, str], None],
    *,
    zone: str,
) -> NextcloudSpaces:
    """What one cloud holds for groups; calendars that are made there are in this zone."""
    from oscartes_sync.adapters.nextcloud.spaces.places import NextcloudSpaces  # noqa: PLC0415

    return NextcloudSpaces(
        _account(settings),
        clock,
        recall,
        remember,
        user_agent=USER_AGENT,
        zone=zone,
        admin=(settings.admin, settings.admin_password) if settings.admin else None,
    )


def _picture(wiki: WikiSettings, url: str) -> Photo:
    """Loaded for the first logo: Pillow is big."""
    from oscartes_sync.adapters.pictures import PictureFetcher  # noqa: PLC0415

    return PictureFetcher(
        wiki.url, ca=authorities(wiki.ca), proxy=proxy(wiki.url), user_agent=USER_AGENT
    )(url)


def probe_wiki(settings: WikiSettings, clock: Clock) -> WikiProbe:
    """What doctor, forms and init ask of a wiki."""
    from oscartes_sync.adapters.yeswiki.probe import YesWikiProbe  # noqa: PLC0415
    from oscartes_sync.adapters.yeswiki.server_time import read_server_time  # noqa: PLC0415

    client = _client(settings, clock)
    return YesWikiProbe(
        client,
        settings.id,
        clock,
        lambda: read_server_time(
            client.base_url, ca=authorities(settings.ca), proxy=proxy(settings.url)
        ),
    )


def make_publications(settings: WikiSettings, clock: Clock) -> Publications:
    """What an export reads of a wiki: as anybody, so that no key can be sent by mistake."""
    from oscartes_sync.adapters.yeswiki.publications import YesWikiPublications  # noqa: PLC0415

    anonymous = _client(replace(settings, key=""), clock)
    return YesWikiPublications(anonymous, settings.id, settings.user)


def make_actors(settings: WikiSettings, clock: Clock) -> ActorReader:
    """What `ask` reads of a wiki: as anybody, so that no key can be sent by mistake."""
    from oscartes_sync.adapters.yeswiki.actors import YesWikiActors  # noqa: PLC0415

    return YesWikiActors(_client(replace(settings, key=""), clock), settings.id)


def probe_cloud(settings: CloudSettings, clock: Clock, state: str = "") -> CloudProbe:
    """What doctor and init ask of a cloud; `state` is the name of our memory, if there is one."""
    from oscartes_sync.adapters.nextcloud.probe import NextcloudProbe  # noqa: PLC0415

    return NextcloudProbe(_account(settings), clock, user_agent=USER_AGENT, state=state)


def _client(settings: WikiSettings, clock: Clock) -> BazarClient:
    from bazar_forms.client import BazarClient  # noqa: PLC0415

    return BazarClient(
        settings.url,
        key=settings.key,
        user=settings.user,
        ca=authorities(settings.ca) or None,
        proxy=proxy(settings.url),
        insecure=settings.insecure,
        sleep=clock.sleep,
        monotonic=clock.monotonic,
        user_agent=USER_AGENT,
    )


def _account(settings: CloudSettings) -> Account:
    from oscartes_sync.adapters.nextcloud.settings import (  # noqa: PLC0415
        CloudSettings as Account,
    )

    return Account(
        id=settings.id,
        url=settings.url,
        user=settings.user,
        password=settings.password,
        ca=authorities(settings.ca),
        proxy=proxy(settings.url),
        insecure=settings.insecure,
    )
