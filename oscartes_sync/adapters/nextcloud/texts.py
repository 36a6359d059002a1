"""The texts of objects: read, made, patched, whatever the kind of a binding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from oscartes_sync.adapters.nextcloud.uids import uid_in
from oscartes_sync.errors import Invalid, Refused
from oscartes_sync.mapping.resource_patching import patch_resource
from oscartes_sync.mapping.resource_reading import read_resource
from oscartes_sync.mapping.resource_writing import new_resource, validate
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.outcome import LATER
from oscartes_sync.records.identity import origin_of
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, a_contact, an_event

if TYPE_CHECKING:
    from oscartes_sync.mapping.contacts.photos import Photo

Pictures = Callable[[str], "Photo"]
"""The picture at a URL, made fit for a card; raises Refused where there is none to be had."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text to send, and what could not be put into it."""

    body: bytes
    problems: tuple[Problem, ...] = ()


class Texts(Protocol):
    """How one kind of record is written down."""

    def read(self, binding: Binding, body: bytes, href: str) -> Record:
        """The record that a text of ours holds.

        Raises:
            Invalid: it holds none, though it was ours to write.
        """

    def new(self, binding: Binding, uid: str, record: Record, now: datetime) -> Draft:
        """The text of a new object; raises Invalid for what must not be sent."""

    def patched(
        self,
        binding: Binding,
        body: bytes,
        changes: Sequence[FieldChange],
        record: Record,
        now: datetime,
    ) -> Draft:
        """The text with these fields changed and all else as it was, checked."""

    def project(self, binding: Binding, uid: str, record: Record, now: datetime) -> Record:
        """The record as it would be read back: written as a new text, and that text read."""


@dataclass(frozen=True, slots=True)
class EventTexts:
    """iCalendar."""

    def read(self, binding: Binding, body: bytes, href: str) -> Record:
        """See `Texts.read`."""
        reading = read_resource(body, zone=binding.zone, language=binding.language)
        if reading.record is None:
            raise Invalid("cloud-unreadable", href=href)
        return reading.record

    def new(self, binding: Binding, uid: str, record: Record, now: datetime) -> Draft:
        """See `Texts.new`. Reading it is check enough for what we wrote ourselves, single dates
        of a series excepted."""
        event = an_event(record)
        body = new_resource(
            event,
            uid,
            zone=binding.zone,
            language=binding.language,
            hint=hint_for(binding, uid),
            now=now,
        )
        if event.series is not None:
            validate(body)
        return Draft(body)

    def patched(
        self,
        binding: Binding,
        body: bytes,
        changes: Sequence[FieldChange],
        record: Record,
        now: datetime,
    ) -> Draft:
        """See `Texts.patched`."""
        text = patch_resource(
            body,
            {change.name: change.after for change in changes},
            an_event(record),
            uid=uid_in(body.decode("utf-8", "replace")),
            zone=binding.zone,
            language=binding.language,
            now=now,
        )
        validate(text, body)
        return Draft(text)

    def project(self, binding: Binding, uid: str, record: Record, now: datetime) -> Record:
        """See `Texts.project`."""
        return self.read(binding, self.new(binding, uid, record, now).body, "")


@dataclass(frozen=True, slots=True)
class ContactTexts:
    """vCard. `pictures` gives the logos, which a card holds whole."""

    pictures: Pictures

    def read(self, binding: Binding, body: bytes, href: str) -> Record:  # noqa: ARG002
        """See `Texts.read`."""
        from oscartes_sync.mapping.contacts.card_reading import read_card  # noqa: PLC0415

        reading = read_card(body)
        if reading.record is None:
            raise Invalid("cloud-unreadable", href=href)
        return reading.record

    def new(self, binding: Binding, uid: str, record: Record, now: datetime) -> Draft:
        """See `Texts.new`."""
        from oscartes_sync.mapping.contacts.card_writing import (  # noqa: PLC0415
            validate_card,
            write_card,
        )

        contact = a_contact(record)
        photo, problems = self._photo(contact.image)
        body = write_card(contact, uid, hint=hint_for(binding, uid), photo=photo, now=now)
        validate_card(body)
        return Draft(body, problems)

    def patched(
        self,
        binding: Binding,
        body: bytes,
        changes: Sequence[FieldChange],
        record: Record,
        now: datetime,
    ) -> Draft:
        """See `Texts.patched`."""
        from oscartes_sync.mapping.contacts.card_reading import read_card  # noqa: PLC0415
        from oscartes_sync.mapping.contacts.card_writing import (  # noqa: PLC0415
            keeps_photo,
            patch_card,
            validate_card,
        )

        wanted = {change.name: change.after for change in changes}
        image = "" if keeps_photo(body) else str(wanted.get("image") or "")
        photo, problems = self._photo(image, alone=set(wanted) == {"image"})
        hint = hint_for(binding, read_card(body).uid)
        text = patch_card(body, wanted, a_contact(record), photo=photo, hint=hint, now=now)
        validate_card(text)
        return Draft(text, problems)

    def _photo(self, url: str, *, alone: bool = False) -> tuple[Photo | None, tuple[Problem, ...]]:
        """The logo, and why there is none; `alone`: there is nothing else to write.

        Raises:
            Refused: it is all there is to write, and may be had another time.
        """
        if not url:
            return None, ()
        try:
            return self.pictures(url), ()
        except Refused as refused:
            if alone and refused.code == LATER:
                raise
            return None, (Problem.warning(refused.code, Side.CLOUD, **dict(refused.params)),)

    def project(self, binding: Binding, uid: str, record: Record, now: datetime) -> Record:  # noqa: ARG002
        """See `Texts.project`; no logo is fetched for it."""
        from oscartes_sync.mapping.contacts.card_writing import project_card  # noqa: PLC0415

        return project_card(a_contact(record), uid)


def hint_for(binding: Binding, uid: str) -> str:
    """What X-OSCARTES-ENTRY says of what was born in the wiki, "" of all else."""
    origin = origin_of(uid)
    return f"{origin.wiki}:{binding.form}:{origin.tag}" if origin else ""
