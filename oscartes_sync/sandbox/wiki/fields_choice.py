"""Fields whose value is chosen (lists, linked entries, keywords), titles, rights and files."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from oscartes_sync.sandbox.wiki.core import Version
from oscartes_sync.sandbox.wiki.fields import Entry, Field, OptionSource, Saved, Saving
from oscartes_sync.sandbox.wiki.files import save_image, save_upload
from oscartes_sync.sandbox.wiki.naming import tag_for
from oscartes_sync.sandbox.wiki.php import as_text, is_empty
from oscartes_sync.sandbox.wiki.purify import purify
from oscartes_sync.sandbox.wiki.store import PRIVILEGES, TAG_PROPERTY

_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}")


class ChoiceField(Field):
    """One key of a list; not checked against the list.

    The property's name is the type, the list and the suffix up to 4.4, the sixth cell as it
    stands in the 4.5 line.
    """

    keywords: ClassVar[tuple[str, ...]] = ("liste", "radio")
    is_choice = True

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.linked = cells[1]
        self.name = cells[6]
        self.property = cells[6] if version == "4.5" else f"{cells[0]}{cells[1]}{cells[6]}"

    def particulars(self, options: OptionSource) -> dict[str, Any]:
        """The list's name and its options."""
        found: Any = self.options(options)
        if not found or list(found) == [str(index) for index in range(len(found))]:
            found = list(found.values())
        return {"linkedObjectName": self.linked, "queries": self.cells[15], "options": found}

    def options(self, source: OptionSource) -> dict[str, str]:
        """Labels by key."""
        return source.of_list(self.linked)


class EntryChoiceField(ChoiceField):
    """The tag of an entry of another form."""

    keywords: ClassVar[tuple[str, ...]] = ("listefiche", "radiofiche")

    def options(self, source: OptionSource) -> dict[str, str]:
        """Titles of the readable entries."""
        return source.of_form(self.linked, self.cells[15])


class CheckboxField(ChoiceField):
    """Several keys, joined by commas."""

    keywords: ClassVar[tuple[str, ...]] = ("checkbox",)

    def save(self, entry: Entry, saving: Saving) -> Saved:
        """The joined keys; an array keeps the keys whose value is 1 (recordings 305-308)."""
        name = str(self.property)
        from_form = f"{name}_fromForm"
        if self.is_editable(saving, entry):
            raw = entry.get(name)
            if from_form in entry:
                old = "" if entry[from_form] == "''" else entry[from_form]
                raw = "" if not isinstance(raw, dict) and raw == old else raw
            value: Any = self._joined(raw)
        else:
            value = self.value(entry)
        return Saved({name: value}, [from_form, name])

    def _joined(self, raw: Any) -> str:
        if isinstance(raw, list):
            raw = dict(enumerate(raw))
        if isinstance(raw, dict):
            # PHP 8 compares a number in a text as a number, any other text with True as true.
            return ",".join(str(key) for key, chosen in raw.items() if _chosen(chosen))
        return as_text(raw)


def _chosen(value: Any) -> bool:
    return not is_empty(value)


class EntryCheckboxField(CheckboxField):
    """Tags of several entries of another form."""

    keywords: ClassVar[tuple[str, ...]] = ("checkboxfiche",)

    def options(self, source: OptionSource) -> dict[str, str]:
        """Titles of the readable entries."""
        return source.of_form(self.linked, self.cells[15])


class TagsField(ChoiceField):
    """Keywords joined by commas, kept as triples too."""

    keywords: ClassVar[tuple[str, ...]] = ("tags",)

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        if version == "4.4":
            self.name = self.property = cells[1]

    def options(self, source: OptionSource) -> dict[str, str]:
        """Every keyword in use on the wiki."""
        return source.of_keywords()

    def save(self, entry: Entry, saving: Saving) -> Saved:
        """The words as sent; the triples are made anew."""
        value = as_text(self.value(entry))
        tag = str(entry["id_fiche"])
        saving.core.store.delete_triples(tag, TAG_PROPERTY)
        for word in filter(None, value.split(",")):
            saving.core.store.add_triple(tag, TAG_PROPERTY, word)
        return Saved({str(self.property): value})


class FileField(Field):
    """A file of the flat folder, known by its stored name."""

    keywords: ClassVar[tuple[str, ...]] = ("fichier", "file")

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.property = cells[0] + cells[1]

    @property
    def extensions(self) -> list[str]:
        """Extensions the form allows, shown only."""
        parts = [part.strip() for part in self.cells[7].split(",")]
        return [part for part in parts if re.match(r"^\.[a-z0-9]{1,4}$", part)]

    def particulars(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """How the file is announced and which extensions are allowed."""
        label = self.cells[6].strip() or "Fichier : {filename}"
        return {"readLabel": label, "authorizedExts": self.extensions}

    def limit(self, saving: Saving) -> int:
        """Largest size in bytes: the field's or PHP's; 4.4 has no limit of the field."""
        found = re.match(r"(\d+)\s*([kmg]?)", self.cells[14].lower())
        own = int(found[1]) * 1024 ** " kmg".index(found[2] or " ") if found else 0
        return min(own or saving.core.settings.upload_max, saving.core.settings.upload_max)

    def save(self, entry: Entry, saving: Saving) -> Saved:
        """The new file's name, the name sent where such a file exists, else nothing."""
        name = str(self.property)
        upload = saving.uploads.get(name)
        if upload is not None:
            limit = self.limit(saving) if self.version == "4.5" else None
            stored = save_upload(upload, str(entry["id_fiche"]), name, saving, limit)
            return Saved({name: stored})
        value = as_text(self.value(entry))
        return Saved({name: value if value and saving.core.store.has_file(value) else ""})


class ImageField(FileField):
    """An image."""

    keywords: ClassVar[tuple[str, ...]] = ("image",)

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.default = None

    @property
    def extensions(self) -> list[str]:
        """An image's seventh cell is its place, not a list of extensions."""
        return []

    def particulars(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """Sizes and place."""
        keys = ("thumbnailHeight", "thumbnailWidth", "imageHeight", "imageWidth", "imageClass")
        sizes = dict(zip(keys, self.cells[3:8], strict=True))
        return {"authorizedExts": self.extensions, **sizes}

    def save(self, entry: Entry, saving: Saving) -> Saved:
        """As a file; `oldimage_…` of the web form keeps the one there was."""
        name = str(self.property)
        kept = entry.get(f"oldimage_{name}")
        upload = saving.uploads.get(name)
        if upload is not None:
            limit = self.limit(saving) if self.version == "4.5" else None
            stored = save_image(upload, str(entry["id_fiche"]), name, saving, limit)
            return Saved({name: stored}, [f"oldimage_{name}"])
        if not is_empty(kept):
            return Saved({name: kept}, [f"oldimage_{name}"])
        return super().save(entry, saving)


class TitleField(Field):
    """A title made of other fields; the template must be sent as `bf_titre`."""

    keywords: ClassVar[tuple[str, ...]] = ("titre", "title")

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.property = "bf_titre"

    def save(self, entry: Entry, saving: Saving) -> Saved:
        """The title with its placeholders filled, and the tag where there is none."""
        template = purify(as_text(self.value(entry)))
        title = _PLACEHOLDER.sub(lambda found: self._fill(found, entry, saving), template)
        tag = entry.get("id_fiche")
        return Saved(
            {
                "bf_titre": title,
                "id_fiche": tag_for(title, saving.core.store) if tag is None else tag,
            }
        )

    def _fill(self, found: re.Match[str], entry: Entry, saving: Saving) -> str:
        name = found[1]
        chosen = saving.form.field(name)
        if isinstance(chosen, ChoiceField):
            key = as_text(chosen.save(entry, saving).values.get(str(chosen.property)))
            first = key.split(",")[0]
            if isinstance(chosen, TagsField):
                return first.strip()
            return chosen.options(saving.form.options(saving.visitor)).get(first, "")
        return as_text(entry[name]) if entry.get(name) is not None else found[0]


class AclField(Field):
    """The rights entries of this form get when created; never changed afterwards."""

    keywords: ClassVar[tuple[str, ...]] = ("acls", "acl")

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.asks = cells[7] in {"1", "true", "yes"}
        self.name = cells[6].strip() or ("bf_commentaires" if self.asks else None)
        self.property = self.name
        self.label = cells[4].strip() or "Activer les commentaires sur cette fiche ?"
        self.default = cells[5] if cells[5] in {"oui", "non"} else ""
        self.read_acl = self.write_acl = ""
        defaults = ("*", "%", "comments-closed")
        self.rights = [
            cell.strip() or known for cell, known in zip(cells[1:4], defaults, strict=True)
        ]

    def as_json(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """The three rights and the question about comments."""
        return {
            "type": self.type,
            "entryReadRight": self.rights[0],
            "entryWriteRight": self.rights[1],
            "entryCommentRight": self.rights[2],
            "name": self.name,
            "id": self.property,
            "propertyName": self.property,
            "label": self.label,
            "hint": self.cells[10] or "Droits mis à jour lors de l'enregistrement de la fiche",
            "default": self.default,
            "askIfActivateComments": self.asks,
        }

    def save(self, entry: Entry, saving: Saving) -> Saved:
        """Store each right that has no list yet."""
        store = saving.core.store
        tag = str(entry["id_fiche"])
        for privilege, rules in zip(PRIVILEGES, self.rights, strict=True):
            if not store.acl(tag, privilege):
                writer = saving.visitor.name if rules in {"user", "#"} else rules
                store.set_acl(tag, privilege, writer)
        if self.asks:
            return super().save(entry, saving)
        return Saved({}, [self.property] if self.property else [])
