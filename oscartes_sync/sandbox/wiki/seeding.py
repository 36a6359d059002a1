"""Entries put straight into the store, nothing purified, with any dates and rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oscartes_sync.sandbox.wiki.core import Core
from oscartes_sync.sandbox.wiki.fields_choice import TagsField
from oscartes_sync.sandbox.wiki.forms import Form
from oscartes_sync.sandbox.wiki.php import as_text, json_encode
from oscartes_sync.sandbox.wiki.store import ENTRY_TYPE, PRIVILEGES, TAG_PROPERTY, TYPE_PROPERTY

Nodes = Mapping[str, str] | list[dict[str, Any]]
"""A list's content: labels by key, or nodes `{id, label, children}`."""


@dataclass(frozen=True)
class SeededEntry:
    """An entry for bulk seeding; moments are aware."""

    tag: str
    properties: Mapping[str, Any]
    owner: str = ""
    user: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    read_acl: str = "*"
    write_acl: str = "*"


def seed_entry(core: Core, form_id: str, form: Form | None, entry: SeededEntry) -> None:
    """Put an entry as it stands; a second revision where it was updated after its creation."""
    clock = core.clock
    created = entry.created or entry.updated or clock.now()
    updated = entry.updated or created
    given = entry.properties
    body = {
        **given,
        "id_fiche": entry.tag,
        "id_typeannonce": form_id,
        "date_creation_fiche": given.get("date_creation_fiche", clock.php(created)),
        "statut_fiche": given.get("statut_fiche", "1"),
        "date_maj_fiche": given.get("date_maj_fiche", clock.php(updated)),
    }
    rights = (entry.read_acl, entry.write_acl, core.settings.default_comment_acl)
    for privilege, rules in zip(PRIVILEGES, rights, strict=True):
        core.store.set_acl(entry.tag, privilege, rules)
    for moment in [created] if created == updated else [created, updated]:
        core.store.add_revision(
            entry.tag,
            json_encode(body),
            time=clock.database(moment),
            owner=entry.owner,
            user=entry.user or entry.owner or "127.0.0.1",
        )
    for field in form.fields if form else []:
        if isinstance(field, TagsField):
            for word in filter(None, as_text(given.get(str(field.property))).split(",")):
                core.store.add_triple(entry.tag, TAG_PROPERTY, word)
    core.store.add_triple(entry.tag, TYPE_PROPERTY, ENTRY_TYPE)


def list_body(old: bool, title: str, content: Nodes) -> dict[str, Any]:
    """The JSON of a list: labels by key where `old` (4.4), nodes in the 4.5 line."""
    if isinstance(content, Mapping):
        labels = {str(key): str(label) for key, label in content.items()}
        nodes = [{"id": key, "label": label, "children": []} for key, label in labels.items()]
    else:
        nodes = [dict(node) for node in content]
        labels = {str(node["id"]): str(node["label"]) for node in nodes}
    return {"titre_liste": title, "label": labels} if old else {"title": title, "nodes": nodes}
