"""Rights of a page, and the admins' web forms that make lists and forms."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from oscartes_sync.sandbox.wiki.context import Call
from oscartes_sync.sandbox.wiki.messages import Response, html_response, redirect
from oscartes_sync.sandbox.wiki.naming import tag_for
from oscartes_sync.sandbox.wiki.pages_html import alert, document, home_body
from oscartes_sync.sandbox.wiki.php import as_text, html_special_chars, json_encode
from oscartes_sync.sandbox.wiki.purify import purify
from oscartes_sync.sandbox.wiki.store import LIST_TYPE, PRIVILEGES, TYPE_PROPERTY

_BODY = b'<div class="page">\n'


def acls(call: Call, tag: str) -> Response:
    """Show or set the rights and the owner: for the owner and admins (recording 704)."""
    core = call.core
    page = core.store.page(tag)
    if page is None or not (core.owns(call.visitor, page) or core.is_admin(call.visitor)):
        refused = alert("Vous ne pouvez pas changer les droits de cette page.")
        return html_response(document(call, tag, refused))
    sent = call.request.post
    if sent:
        core.refuse_when_hibernating("includes/services/AclService.php:98")
        for privilege in PRIVILEGES:
            core.store.set_acl(tag, privilege, as_text(sent.get(f"{privilege}_acl")))
        owner = as_text(sent.get("newowner"))
        if owner in core.store.users:
            core.store.set_owner(tag, owner)
        answer = redirect(core.href(page.tag))
        answer.body = _BODY
        return answer
    stored = {name: core.store.acl(tag, name) or core.default_acl(name) for name in PRIVILEGES}
    return html_response(document(call, tag, _acl_form(call, page.tag, stored)))


def _acl_form(call: Call, tag: str, stored: dict[str, str]) -> str:
    areas = "".join(
        f'<label for="{name}">{label}</label><textarea class="form-control" id="{name}" '
        f'name="{name}_acl" rows="3" cols="20">{escape(stored[name])}</textarea>'
        for name, label in (("read", "Lecture"), ("write", "Écriture"))
    )
    users = "".join(
        f'<option value="{html_special_chars(name)}">{escape(name)}</option>'
        for name in sorted(call.core.store.users)
    )
    comment = html_special_chars(stored["comment"])
    return (
        f"<h1>Droits de {escape(tag)}</h1>"
        f'<form method="post" action="{call.core.href(tag + "/acls")}">'
        f'{areas}<input type="hidden" name="comment_acl" value="{comment}">'
        '<label for="newowner">Propriétaire</label><select class="form-control" id="newowner" '
        f'name="newowner"><option value="">Ne rien changer</option>{users}</select>'
        "<p><button>Enregistrer</button></p></form>"
    )


def manage_bazar(call: Call, view: str) -> Response:
    """Make a list or a form, as an admin (recordings 020, 021)."""
    sent = call.request.post
    if not call.core.is_admin(call.visitor) or not sent:
        return html_response(document(call, "BazaR", home_body(call)))
    if view == "listes":
        create_list(call, as_text(sent.get("title")), as_text(sent.get("nodes")))
        answer = redirect(call.core.href("BazaR", "vue=listes"))
    else:
        create_form(call, sent)
        message = "msg=BAZ_NOUVEAU_FORMULAIRE_ENREGISTRE"
        answer = redirect(call.core.href("BazaR", f"vue=formulaire&{message}"))
    answer.body = _BODY
    return answer


def create_list(call: Call, title: str, nodes: str) -> None:
    """Make a list of JSON nodes; its tag is `Liste` and the title run together."""
    try:
        decoded = json.loads(nodes or "[]")
    except ValueError:
        decoded = []
    tag = tag_for(f"Liste {title}", call.core.store)
    body: dict[str, Any] = {"title": title, "nodes": _purified(decoded)}
    if call.core.settings.version == "4.4":
        labels = {str(node["id"]): node["label"] for node in body["nodes"]}
        body = {"titre_liste": title, "label": labels}
    call.parts.entries.save_page(tag, json_encode(body), call.visitor)
    call.core.store.add_triple(tag, TYPE_PROPERTY, LIST_TYPE)


def _purified(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": node["id"],
            "label": purify(as_text(node["label"])),
            "children": _purified(node.get("children") or []),
        }
        for node in nodes
    ]


def create_form(call: Call, sent: dict[Any, Any]) -> None:
    """Make a form; its number is the next below a thousand."""
    numbers = [
        int(known) for known in call.core.store.forms if known.isdecimal() and int(known) < 1000
    ]
    record = {key: as_text(value) for key, value in sent.items() if str(key).startswith("bn_")}
    call.core.store.add_form(form_record(str(max(numbers, default=0) + 1), record))


def form_record(number: str, known: dict[str, str]) -> dict[str, str]:
    """A row of the table of forms, with the server's defaults."""
    return {
        "bn_id_nature": number,
        "bn_label_nature": known.get("bn_label_nature", ""),
        "bn_description": known.get("bn_description", ""),
        "bn_condition": known.get("bn_condition", ""),
        "bn_sem_context": known.get("bn_sem_context", ""),
        "bn_sem_type": known.get("bn_sem_type", ""),
        "bn_sem_use_template": known.get("bn_sem_use_template", "0"),
        "bn_template": known.get("bn_template", ""),
        "bn_ce_i18n": "fr-FR",
        "bn_only_one_entry": known.get("bn_only_one_entry", "N"),
        "bn_only_one_entry_message": known.get("bn_only_one_entry_message", ""),
    }
