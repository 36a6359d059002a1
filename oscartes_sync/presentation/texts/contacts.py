"""Why a card makes no contact, or a lesser one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "consent-not-plain": Text(
        msg(
            "“consent” asks of “{property}” more than one given answer could say: a pattern, a “!=” "
            "or nothing at all."
        ),
        msg('Name the answers that consent, as they are stored: consent = "{property}=oui".'),
    ),
    "no-name": Text(
        msg("It has no name."),
        msg("Give it one."),
    ),
    "not-vcard": Text(
        msg("It is no vCard."),
        msg("Delete it, or enter it again in the address book."),
    ),
    "several-cards": Text(
        msg("It holds several contacts in one card."),
        msg("Enter them one by one in the address book."),
    ),
    "card-too-old": Text(
        msg("It is a vCard of version 2.1, which Nextcloud does not take."),
        msg("Export it again as version 3.0 or 4.0, or enter it in the address book."),
    ),
    "contact-group": Text(
        msg("It is a group of contacts, not a contact."),
        msg("Nothing to do: only contacts are mirrored."),
    ),
    "card-property-count": Text(
        msg("A contact must have {property} once, and this one has not."),
        msg("Mend it in the address book."),
    ),
    "contact-without-room": Text(
        msg(
            "The form has no field left for all of “{field_name}” ({count}): they stay in the "
            "address book only."
        ),
        msg("Remove one from the contact, or add a field to the form."),
    ),
}
