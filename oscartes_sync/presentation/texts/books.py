"""What is told of address books, and of the logos in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "book-read-only": Text(
        msg("The address book belongs to {owner}, and we may not write there."),
        msg('Let the bot own the address book, or set direction = "to-wiki".'),
    ),
    "book-missing": Text(
        msg("The address book “{book}” is not there."),
        msg("Check collection in the binding."),
    ),
    "book-gone": Text(
        msg(
            "The address book “{book}”, which has linked contacts, is not there any more: "
            "nothing is deleted."
        ),
        msg("Restore it or share it again with the bot, or give the binding another collection."),
    ),
    "book-ambiguous": Text(
        msg("Several people share an address book “{book}” with us."),
        msg("Write its whole name: {book}_shared_by_OWNER."),
    ),
    "book-trashed": Text(
        msg("The address book “{book}” was deleted."),
        msg("Restore it, or choose another collection."),
    ),
    "book-not-real": Text(
        msg("“{book}” is no address book that can be mirrored."),
        msg("Choose another collection."),
    ),
    "book-limit": Text(
        msg("The account may have no more address books."),
        msg("Delete one for good, or ask the administrator to raise the limit."),
    ),
    "book-refused": Text(
        msg("The server does not let an address book be made at {href}."),
        msg("Choose a shorter and plainer collection."),
    ),
    "book-source-only": Text(
        msg(
            "The address book “{book}” belongs to {owner}: it is a source only, and what is "
            "missing from it proves nothing."
        ),
        msg('Let the bot own the address book, or set direction = "to-wiki".'),
    ),
    "book-went-back": Text(
        msg(
            "The address book “{book}” was put back to an earlier time, or made anew: {count} "
            "linked contacts that it lacks since then do not count as deleted."
        ),
        msg('Set deletions = "ask" in the binding, then decide on each with “oscartes resolve”.'),
    ),
    "book-title-refused": Text(
        msg("The server did not take the title of the address book “{book}”."),
        msg("Set it by hand in Nextcloud."),
    ),
    "book-ready": Text(
        msg("The address book “{book}” is there and ours."),
    ),
    "book-made-later": Text(
        msg("The address book “{book}” is not there yet: the first run makes it."),
    ),
    "logo-unusable": Text(
        msg("The logo {url} is missing, no picture, or too large: the card goes without."),
        msg("Put another picture into the entry."),
    ),
    "logo-not-fetched": Text(
        msg("The logo {url} could not be fetched ({reason})."),
        msg("Nothing to do: the next run tries again."),
    ),
}
