"""Why a card makes no contact, or a lesser one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "card-stays": Text(
        msg(
            "The entry is closed, or no longer consents, but the actor was typed in the address "
            "book first: the card stays there."
        ),
        msg("If they asked to be out of the directory, delete the card: its entry follows."),
    ),
    "required-kept": Text(
        msg(
            "The form requires “{property}”, which was emptied in Nextcloud: the entry keeps its "
            "own."
        ),
        msg("Fill it again in Nextcloud, or change the entry in the wiki."),
    ),
    "card-thinned": Text(
        msg(
            "A program saved this card without what it does not know ({fields}): that was taken "
            "for no removal, and comes back."
        ),
        msg("Use a program that keeps the whole card, such as Nextcloud's own Contacts."),
    ),
    "not-consenting": Text(
        msg("It does not say the consent that the binding asks for, so no entry was made of it."),
        msg(
            "Let the person fill in the form of the wiki, where they can consent; do not consent "
            "in their place by [bindings.defaults]."
        ),
    ),
    "consent-not-plain": Text(
        msg(
            "“consent” asks of “{property}” more than one given answer could say: a pattern, a "
            "“!=” or nothing at all."
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
