"""Fields of one value: addresses, places, links, hidden values, and texts of the form itself."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from oscartes_sync.sandbox.wiki.core import Version
from oscartes_sync.sandbox.wiki.fields import Entry, Field, OptionSource, Reading, Saved, Saving
from oscartes_sync.sandbox.wiki.php import as_text, is_empty


class EmailField(Field):
    """An address; with a contact form it is blanked in every list of the API."""

    keywords: ClassVar[tuple[str, ...]] = ("champs_mail", "email")
    shown_type = "email"

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.contact_form = cells[6] == "form"
        self.seen_by = (cells[4].strip() or "@admins").replace(",", "\n")

    def particulars(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """Whether it mails, hides behind a form, and who sees the address then."""
        return {
            "sendMail": self.cells[9] == "1",
            "showContactForm": self.contact_form,
            "seeEmailAcls": self.seen_by,
        }

    def is_hidden_from(self, reading: Reading) -> bool:
        """Hidden in the API; shown on the entry's own page, even to nobody (recording 126)."""
        if super().is_hidden_from(reading):
            return True
        if not self.contact_form:
            return False
        if reading.tag == "api":
            return True
        if reading.core.matches(self.seen_by, reading.visitor):
            return False
        on_its_page = reading.tag == reading.page.tag
        return not (on_its_page and reading.handler in {"show", "html", "edit", "mail"})


class MapField(Field):
    """A place: kept only where latitude and longitude are sent flat, wiped otherwise."""

    keywords: ClassVar[tuple[str, ...]] = ("map", "carte_google")

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.latitude, self.longitude = cells[1], cells[2]
        self.property = self.label = "geolocation"

    def particulars(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """Names of the two keys and of the address fields that fill them."""
        both = self.cells[4] and self.cells[5]
        others = [part.strip() for part in self.cells[6].split("|")] + [""] * 6
        return {
            "latitudeField": self.latitude,
            "longitudeField": self.longitude,
            "autocomplete": f"{self.cells[4]},{self.cells[5]}" if both else None,
            "geolocate": 1 if others[0] == "1" else 0,
            "autocompleteFieldnames": {
                "postalCode": self.cells[4] if both else "bf_code_postal",
                "town": self.cells[5] if both else "bf_ville",
                "street": others[1] or "bf_adresse",
                "street1": others[2] or "bf_adresse1",
                "street2": others[3] or "bf_adresse2",
                "county": others[4],
                "state": others[5] or "bf_pays",
            },
        }

    def save(self, entry: Entry, saving: Saving) -> Saved:  # noqa: ARG002
        """The two flat keys and the object, or nothing at all."""
        latitude, longitude = entry.get(self.latitude), entry.get(self.longitude)
        if is_empty(latitude) or is_empty(longitude):
            wiped = [str(self.property), self.latitude, self.longitude, "carte_google"]
            return Saved({}, wiped)
        place = {self.latitude: latitude, self.longitude: longitude}
        return Saved({str(self.property): place, **place}, ["carte_google"])


class LinkField(Field):
    """A web address; the bare `https://` of the web form counts as none."""

    keywords: ClassVar[tuple[str, ...]] = ("lien_internet", "link")
    shown_type = "link"

    def particulars(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """The 4.5 line's settings for videos."""
        if self.version == "4.4":
            return {}
        ratio, width, height = ([*self.cells[6].split("|"), "", ""])[:3]
        return {
            "displayVideo": self.cells[3] == "displayvideo",
            "ratio": ratio,
            "maxWidth": int(width) if width.isdecimal() else 0,
            "maxHeight": int(height) if height.isdecimal() else 0,
            "class": self.cells[7],
        }

    def save(self, entry: Entry, saving: Saving) -> Saved:  # noqa: ARG002
        """The address as sent."""
        value = self.value(entry)
        return Saved({str(self.property): None if value == "https://" else value})


class HiddenField(Field):
    """A value members do not see."""

    keywords: ClassVar[tuple[str, ...]] = ("champs_cache", "hidden")

    def as_json(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """Type and default only."""
        return {"type": "hidden", "default": self.default}


class PasswordField(Field):
    """A password, kept as a digest, shown to nobody."""

    keywords: ClassVar[tuple[str, ...]] = ("mot_de_passe", "password")
    shown_type = "password"

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.read_acl = (self.read_acl or "%").replace("!*", "%").replace("*", "%")

    def save(self, entry: Entry, saving: Saving) -> Saved:  # noqa: ARG002
        """The digest of a new password, else the previous one."""
        name = str(self.property)
        value = self.value(entry)
        digest = hashlib.md5(as_text(value).encode(), usedforsecurity=False).hexdigest()
        kept = entry.get(f"{name}-previous") if is_empty(value) else digest
        return Saved({name: kept}, [f"{name}-previous"])


class LabelField(Field):
    """A text of the form, no value."""

    keywords: ClassVar[tuple[str, ...]] = (
        "labelhtml",
        "label",
        "tabs",
        "tabchange",
        "conditionschecking",
    )

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.name = self.label = self.property = None
        self.read_acl = self.write_acl = ""

    def as_json(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """Its two texts."""
        return {"type": self.type, "viewtext": self.cells[3], "formtext": self.cells[1]}


class LinkedEntriesField(Field):
    """The entries that point here; display only."""

    keywords: ClassVar[tuple[str, ...]] = ("listefichesliees", "listefiches", "linkedentry")

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.label = cells[7]
        self.property = None

    def particulars(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """How the entries are looked for and shown."""
        kind = self.cells[6]
        return {
            "query": self.cells[2],
            "limit": self.cells[4],
            "linkType": "checkboxfiche" if kind == "checkbox" else kind,
            "template": self.cells[5],
            "otherParams": self.cells[3],
        }

    def as_json(self, options: OptionSource) -> dict[str, Any]:
        """The form's number is its name; there is no default."""
        return {**super().as_json(options), "default": self.cells[5]}
