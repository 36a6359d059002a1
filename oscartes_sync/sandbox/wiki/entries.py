"""Entries written and read: creation, full overwrite, edit, deletion, and what readers get.

Read in the server's tools/bazar/services/EntryManager.php and controllers/EntryController.php.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oscartes_sync.sandbox.wiki.core import Core, Visitor, WikiFailure
from oscartes_sync.sandbox.wiki.fields import Entry, Saving
from oscartes_sync.sandbox.wiki.fields_choice import TitleField
from oscartes_sync.sandbox.wiki.forms import Form, Forms
from oscartes_sync.sandbox.wiki.messages import Upload
from oscartes_sync.sandbox.wiki.naming import tag_for
from oscartes_sync.sandbox.wiki.php import (
    as_json_value,
    as_text,
    html_special_chars,
    is_empty,
    json_encode,
)
from oscartes_sync.sandbox.wiki.store import (
    ENTRY_TYPE,
    LONGEST_TAG,
    PRIVILEGES,
    SOURCE_PROPERTY,
    TYPE_PROPERTY,
    Page,
)

_MANAGER = "tools/bazar/services/EntryManager.php"
_NO_TITLE = "La fiche n'a pas pu &ecirc;tre sauv&eacute;e car elle ne poss&egrave;de pas de titre."
_ANTISPAM = "Protection anti-spam : la fiche n'a pas &eacute;t&eacute; sauv&eacute;e."
_NOT_STORED = (
    "valider", "MAX_FILE_SIZE", "antispam", "mot_de_passe_wikini", "mot_de_passe_repete_wikini",
    "html_data", "url", "incomingurl", "owner", "sendmail",
)  # fmt: skip
_SHOWN_ATTRIBUTES = frozenset({
    "bf_latitude", "bf_longitude", "id_typeannonce", "owner", "date_creation_fiche",
    "date_debut_validite_fiche", "date_fin_validite_fiche", "id_fiche", "statut_fiche",
    "date_maj_fiche",
})  # fmt: skip


class Entries:
    """The entries of the wiki."""

    def __init__(self, core: Core, forms: Forms) -> None:
        self._core = core
        self._forms = forms

    # reading

    def visible(self, page: Page, visitor: Visitor, tag: str, handler: str) -> Entry:
        """The stored JSON with the fields this reader may not see blanked."""
        form = self._forms.get(page.form_id)
        hidden = form.hidden(visitor, page, tag, handler) if form else frozenset()
        if not hidden:
            return dict(page.properties)
        return {**page.properties, **dict.fromkeys(sorted(hidden), "")}

    def shown(self, page: Page, visitor: Visitor, tag: str = "api", handler: str = "") -> Entry:
        """An entry as lists show it: stored keys, then `user`, `owner`, `html_data`, `url`."""
        entry = self.visible(page, visitor, tag, handler)
        form = self._forms.get(page.form_id)
        hidden = form.hidden(visitor, page, tag, handler) if form else frozenset()
        entry.setdefault("id_fiche", page.tag)
        entry["user"] = page.user
        entry["owner"] = page.owner
        attributes = page.html_attributes.get(hidden)
        if attributes is None:
            attributes = page.html_attributes[hidden] = _html_attributes(entry, form)
        entry["html_data"] = attributes
        entry.setdefault("url", self._core.href(str(entry["id_fiche"])))
        return entry

    def light(self, page: Page, visitor: Visitor, names: list[str]) -> Entry:
        """Only these keys of an entry, absent ones left out."""
        if not {"html_data", "url"}.isdisjoint(names):
            whole = self.shown(page, visitor)
        else:
            form = self._forms.get(page.form_id)
            hidden = form.hidden(visitor, page, "api", "") if form else frozenset()
            whole = page.properties
            _refuse_arrays(whole)
            if hidden or not {"user", "owner"}.isdisjoint(names):
                whole = {
                    **whole,
                    **dict.fromkeys(hidden, ""),
                    "user": page.user,
                    "owner": page.owner,
                }
        return {name: value for name in names if (value := whole.get(name)) is not None}

    # writing

    def create(
        self,
        form_id: str,
        sent: Mapping[str, Any],
        visitor: Visitor,
        *,
        uploads: Mapping[str, Upload] | None = None,
        source_url: str = "",
    ) -> tuple[Entry, Saving]:
        """Create an entry, or overwrite whatever page bears the tag sent, rights aside."""
        self._core.refuse_when_hibernating(f"{_MANAGER}:501")
        entry: Entry = {**sent, "id_typeannonce": form_id}
        saving = self._saving(form_id, visitor, uploads, creation=True)
        entry = self._prepare(entry, saving)
        tag = as_text(entry["id_fiche"])
        if len(tag) > LONGEST_TAG:
            raise WikiFailure(
                "Data too long for column 'tag' at row 1",
                "includes/services/DbService.php:98",
                "mysqli_sql_exception",
            )
        self.save_page(tag, json_encode(as_json_value(entry)), visitor)
        self._core.store.add_triple(tag, TYPE_PROPERTY, ENTRY_TYPE)
        if source_url:
            self._core.store.add_triple(tag, SOURCE_PROPERTY, source_url)
        return entry, saving

    def update(
        self,
        tag: str,
        sent: Mapping[str, Any],
        visitor: Visitor,
        uploads: Mapping[str, Upload] | None = None,
    ) -> tuple[Entry, Saving]:
        """Edit an entry: what is sent replaces, other fields of the form stay, all else goes."""
        core = self._core
        core.refuse_when_hibernating(f"{_MANAGER}:601")
        page = core.store.page(tag)
        if page is None or not core.may(visitor, "write", tag):
            raise WikiFailure(
                "Vous n'avez pas le droit de modifier cette fiche.", f"{_MANAGER}:604"
            )
        previous = page.properties
        core.faults.meet_within(page.tag)
        entry: Entry = {**sent, "id_fiche": page.tag, "id_typeannonce": page.form_id}
        saving = self._saving(page.form_id, visitor, uploads, creation=False)
        for field in saving.form.fields:
            if field.property and not field.is_editable(saving, entry):
                if previous.get(field.property) is not None:
                    entry[field.property] = previous[field.property]
                else:
                    entry.pop(field.property, None)
        for field in saving.form.fields:
            name = field.property
            if name and entry.get(name) is None and previous.get(name) is not None:
                entry[name] = previous[name]
        entry = self._prepare(entry, saving)
        self.save_page(page.tag, json_encode(as_json_value(entry)), visitor)
        return entry, saving

    def _saving(
        self,
        form_id: str,
        visitor: Visitor,
        uploads: Mapping[str, Upload] | None,
        *,
        creation: bool,
    ) -> Saving:
        unknown = {"bn_id_nature": form_id, "bn_label_nature": "", "bn_template": ""}
        form = self._forms.get(form_id) or Form(unknown, self._core)
        return Saving(self._core, form, visitor, creation, uploads or {})

    def _prepare(self, sent: Entry, saving: Saving) -> Entry:
        entry = dict(sent)
        if str(entry.get("antispam", "")) != "1":
            raise WikiFailure(_ANTISPAM, f"{_MANAGER}:472")
        if entry.get("bf_titre") is None:
            raise WikiFailure(_NO_TITLE, f"{_MANAGER}:477")
        for field in saving.form.fields:
            if isinstance(field, TitleField):
                entry.update(self._field_values(field, entry, saving)[0])
        self._name(entry)
        first = self._core.store.first_time(as_text(entry["id_fiche"]))
        entry["date_creation_fiche"] = first or self._core.clock.php()
        entry["statut_fiche"] = "1" if self._is_published(saving.visitor) else "0"
        for field in saving.form.fields:
            values, dropped = self._field_values(field, entry, saving)
            for key in dropped:
                entry.pop(key, None)
            entry.update(values)
        entry["date_maj_fiche"] = self._core.clock.php()
        for key in _NOT_STORED:
            entry.pop(key, None)
        return entry

    def _is_published(self, visitor: Visitor) -> bool:
        return not self._core.faults.moderation or self._core.is_admin(visitor)

    def _field_values(self, field: Any, entry: Entry, saving: Saving) -> tuple[Entry, list[str]]:
        try:
            saved = field.save(entry, saving)
        except TypeError as error:
            raise WikiFailure(
                f"YesWiki\\Core\\Service\\HtmlPurifierService::cleanHTML(): Argument #1 {error}",
                "includes/services/HtmlPurifierService.php:36",
                "TypeError",
            ) from error
        except ValueError as error:
            raise WikiFailure(str(error), "includes/services/DateService.php:18") from error
        return saved.values, saved.dropped

    def _name(self, entry: Entry) -> None:
        if entry.get("id_fiche") is None:
            entry["id_fiche"] = tag_for(as_text(entry["bf_titre"]), self._core.store)
            if not entry["id_fiche"]:
                raise WikiFailure(
                    "$data['id_fiche'] can not be generated from $data['bf_titre'] !",
                    f"{_MANAGER}:811",
                )
        elif is_empty(entry["id_fiche"]):
            raise WikiFailure("$data['id_fiche'] is set but with empty value !", f"{_MANAGER}:816")

    # pages

    def save_page(self, tag: str, body: str, visitor: Visitor) -> Page:
        """Add a revision: a new page gets the default rights and the writer as its owner."""
        store = self._core.store
        old = store.page(tag)
        if old is None:
            for privilege in PRIVILEGES:
                if store.acl(tag, privilege) is None:
                    store.set_acl(tag, privilege, self._core.default_acl(privilege))
        return store.add_revision(
            tag,
            body.rstrip(),
            time=self._core.clock.database(),
            owner=visitor.name if old is None else old.owner,
            user=visitor.signature,
        )

    def delete(self, tag: str, visitor: Visitor) -> None:
        """Delete a page with its revisions, and write the deletion into the day's log page."""
        core = self._core
        core.refuse_when_hibernating(f"{_MANAGER}:735")
        page = core.store.page(tag)
        if page is None:
            return
        core.store.delete_page(tag)
        log = f"LogDesActionsAdministratives{core.clock.now():%Y%m%d}"
        old = core.store.page(log)
        line = (
            f"\n{core.clock.php()} . . . . {visitor.signature} . . . . "
            f'Suppression de la page ->""{page.tag}""'
        )
        self.save_page(log, (old.body if old else "") + line, visitor)
        core.store.keep_newest(log, 10)


def _refuse_arrays(entry: Entry) -> None:
    """One entry with an array in these keys, and the wiki makes no list that would hold it."""
    if any(isinstance(entry.get(key), list | dict) and entry[key] for key in _SHOWN_ATTRIBUTES):
        raise WikiFailure(
            "htmlspecialchars(): Argument #1 ($string) must be of type string, array given",
            "tools/bazar/libs/bazar.fonct.php:68",
            "TypeError",
        )


def _html_attributes(entry: Entry, form: Form | None) -> str:
    _refuse_arrays(entry)
    wanted = form.attributes if form else frozenset()
    parts = []
    for key, value in entry.items():
        if is_empty(value) or not (key in _SHOWN_ATTRIBUTES or key in wanted):
            continue
        if isinstance(value, list | dict):
            inner = value if isinstance(value, list) else value.values()
            value = f"[{','.join(as_text(one) for one in inner)}]"  # noqa: PLW2901
        parts.append(f'data-{html_special_chars(key)}="{html_special_chars(as_text(value))}" ')
    return "".join(parts)
