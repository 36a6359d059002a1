"""A Contact: an actor of the network's directory, neutral, frozen, checked when built.

RFC 6350 gives the terms. What the wiki's form has several fields for (telephones, e-mails, sites)
is a tuple in the order of the form; each address part is a field of its own, so that two people
may mend the street and the telephone of one actor at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Final

from oscartes_sync.errors import RecordError
from oscartes_sync.records.event import Position, RichText

_NO_TEXT: Final = RichText()


class ContactKind(StrEnum):
    """RFC 6350, 6.1.4 (KIND); what has a family name is an individual."""

    ORG = "org"
    INDIVIDUAL = "individual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One actor: an association, a company, a town service, or a person who agreed to stand there.

    `name` is what is shown (FN, and ORG of an organisation); `given_name` and `family_name` are
    set where the form tells them apart. `phones`, `emails`, `sites` and `social` hold no blanks at
    their ends and nothing twice; `social` and `categories` have no order. `image` is the URL of
    the logo, "" for none, `related` the names of linked people and structures. Three attributes
    are no part of what is compared: `page` is the URL of the entry's page, `properties` the pairs
    (field, Bazar property) it was read from, `thinned` whether it is a card of ours that lost our
    mark.
    """

    name: str
    kind: ContactKind = ContactKind.ORG
    given_name: str = ""
    family_name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    position: Position | None = None
    categories: tuple[str, ...] = ()
    description: RichText = _NO_TEXT
    image: str = ""
    social: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    page: str = field(default="", compare=False)
    properties: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    thinned: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise RecordError("no-name")
        for name in ("phones", "emails", "sites", "social", "related"):
            trimmed = (" ".join(each.split()) for each in getattr(self, name))
            object.__setattr__(self, name, tuple(dict.fromkeys(each for each in trimmed if each)))
        for name in ("categories", "social"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))

    @property
    def title(self) -> str:
        """What people call it, under the name that every record has."""
        return self.name


CONTACT_FIELDS: Final = tuple(each.name for each in fields(Contact) if each.compare)
"""All fields that are compared and mirrored, in the order in which they are shown."""

LISTS: Final = frozenset({"phones", "emails", "sites", "social"})
"""Fields whose elements are merged one by one, each in its place."""
