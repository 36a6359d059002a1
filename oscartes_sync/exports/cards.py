"""vCard 3.0 (RFC 2426): one card an actor, as in the address book, the logo by its address."""

from __future__ import annotations

from typing import Final

from oscartes_sync.exports.view import Publication, Row
from oscartes_sync.mapping.contacts.card_writing import write_card
from oscartes_sync.mapping.contacts.spelling import uri_value
from oscartes_sync.mapping.content_lines import escape, fold
from oscartes_sync.records.record import a_contact

_END: Final = "END:VCARD"


def render(publication: Publication) -> bytes:
    """All cards. Their UIDs are those of the address book: who imports them gets no doubles."""
    return b"".join(_card(row, publication) for row in publication.rows)


def _card(row: Row, publication: Publication) -> bytes:
    """vCard has no property for a licence: it gets one of ours and a word with the source."""
    actor = a_contact(row.record)
    card = write_card(actor, row.uid, hint="", photo=None, now=row.updated)
    lines = [f"PHOTO;VALUE=uri:{uri_value(actor.image)}"] if actor.image else []
    lines += [f"X-LICENSE:{escape(publication.view.licence.told)}", _END]
    return card.removesuffix(fold(_END)) + b"".join(map(fold, lines))
