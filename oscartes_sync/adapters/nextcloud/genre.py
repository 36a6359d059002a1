"""What a collection of resources is, to the engine: calendars of events, address books of contacts.

What reads and writes texts is loaded when there is one to read: most runs meet none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from oscartes_sync.adapters.nextcloud.address_books import AddressBooks
from oscartes_sync.adapters.nextcloud.calendars import Calendars
from oscartes_sync.adapters.nextcloud.collections import Collections
from oscartes_sync.adapters.nextcloud.dialect import CALDAV, CARDDAV, Dialect
from oscartes_sync.adapters.nextcloud.listing import Judge
from oscartes_sync.adapters.nextcloud.resources import Resource
from oscartes_sync.mapping.says import SAYS
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Sighting

if TYPE_CHECKING:
    from oscartes_sync.adapters.nextcloud.texts import Pictures, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Genre:
    """`has_bin`: what is deleted goes to a trash bin first; cards are gone at once (084)."""

    dialect: Dialect
    collections: type[Collections]
    judge: Judge
    texts: Callable[[], Texts]
    says: frozenset[str] = frozenset()
    has_bin: bool = True


def _judge_event(binding: Binding, resource: Resource, now: datetime) -> Sighting:
    from oscartes_sync.adapters.nextcloud.standing import judge  # noqa: PLC0415

    return judge(binding, resource, now)


def _judge_card(binding: Binding, resource: Resource, now: datetime) -> Sighting:
    from oscartes_sync.adapters.nextcloud.card_standing import judge  # noqa: PLC0415

    return judge(binding, resource, now)


def _event_texts() -> Texts:
    from oscartes_sync.adapters.nextcloud.texts import EventTexts  # noqa: PLC0415

    return EventTexts()


EVENTS: Final = Genre(
    dialect=CALDAV, collections=Calendars, judge=_judge_event, texts=_event_texts, says=SAYS
)


def contacts(pictures: Pictures) -> Genre:
    """Address books, with logos from `pictures`."""

    def texts() -> Texts:
        from oscartes_sync.adapters.nextcloud.texts import ContactTexts  # noqa: PLC0415

        return ContactTexts(pictures)

    return Genre(
        dialect=CARDDAV,
        collections=AddressBooks,
        judge=_judge_card,
        texts=texts,
        has_bin=False,
    )
