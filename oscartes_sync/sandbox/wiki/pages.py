"""Page addresses: `?Tag`, `?Tag/edit`, `/raw`, `/revisions`, `/acls`, `?BazaR/…`, logins, feeds.

The key of the API is not looked at here; cookies are. Whatever goes wrong is HTML with 200
(recordings 132-136, 360-377, 460-471, 700-704).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import urlencode

from oscartes_sync.sandbox.wiki.context import Call
from oscartes_sync.sandbox.wiki.core import HIBERNATION, WikiFailure
from oscartes_sync.sandbox.wiki.fields import Entry, Saving
from oscartes_sync.sandbox.wiki.files import download
from oscartes_sync.sandbox.wiki.forms import Form, list_record
from oscartes_sync.sandbox.wiki.messages import Response, html_response, json_response, redirect
from oscartes_sync.sandbox.wiki.outputs import rss, semantic
from oscartes_sync.sandbox.wiki.pages_admin import acls, manage_bazar
from oscartes_sync.sandbox.wiki.pages_form import entry_form
from oscartes_sync.sandbox.wiki.pages_html import (
    HOME,
    LOGIN,
    alert,
    document,
    entry_page,
    home_body,
)
from oscartes_sync.sandbox.wiki.php import as_text, html_special_chars
from oscartes_sync.sandbox.wiki.search import has_keywords, parse_query, select
from oscartes_sync.sandbox.wiki.store import LIST_TYPE, TYPE_PROPERTY

PageHandler = Callable[[Call, str], Response]
_CRASH = "ArgumentCountError: Too few arguments to function isAuthorized()"
_NO_ACCESS = "Vous n'avez pas accès à ce contenu."
_BAZAR = "BazaR"


def answer_page(call: Call, tag: str, handler: str) -> Response:
    """Answer a page address."""
    if not handler and call.request.method in {"PUT", "PATCH", "DELETE"}:
        return _page(call, tag, alert(_CRASH))
    chosen = _HANDLERS.get(handler or "show")
    if chosen is None:
        return _page(call, tag, alert(f"Méthode inconnue : {escape(handler)}"))
    try:
        return chosen(call, tag)
    except WikiFailure as failure:
        return _page(call, tag, alert(escape(failure.text())))


def _page(call: Call, title: str, content: str, status: int = 200) -> Response:
    return html_response(document(call, title, f'<div class="page">{content}</div>'), status)


def _show(call: Call, tag: str) -> Response:
    if call.request.method == "POST" and call.request.post.get("action") in {"login", "logout"}:
        return _log_in(call, tag)
    if tag == _BAZAR:
        return _bazar(call)
    page = call.core.store.page(tag)
    if page is None:
        if tag == HOME:
            return _page(call, HOME, home_body(call))
        return _page(
            call, tag, _login_form(call) if tag == LOGIN else alert("Cette page n'existe pas.")
        )
    if not call.core.may(call.visitor, "read", tag):
        return _page(call, tag, alert(_NO_ACCESS) + _login_form(call))
    if not call.core.store.is_entry(tag):
        return _page(call, tag, f"<h1>{escape(tag)}</h1><pre>{escape(page.body)}</pre>")
    accepted = call.request.header("Accept")
    linked = "application/ld+json" in accepted
    if linked or "application/json" in accepted:
        return _bare_entry(call, page.tag, linked=linked)
    return html_response(entry_page(call, page))


def _bare_entry(call: Call, tag: str, *, linked: bool) -> Response:
    page = call.core.store.page(tag)
    assert page is not None
    entry = call.parts.entries.shown(page, call.visitor, page.tag, "show")
    if linked:
        entry["semantic"] = semantic(call.parts.forms.get(page.form_id), entry, call.core)
    answer = json_response(entry)
    answer.content_type = f"application/{'ld+' if linked else ''}json; charset=UTF-8"
    return answer


def _log_in(call: Call, tag: str) -> Response:
    sent = call.request.post
    user = call.core.store.users.get(as_text(sent.get("name")))
    if sent.get("action") == "logout":
        call.login.forget()
    elif user is not None and user.password and user.password == as_text(sent.get("password")):
        call.login.log_in(user.name, remember=as_text(sent.get("remember")) == "1")
    answer = redirect(call.core.href(tag))
    answer.body = b'<div class="page" ondblclick="doubleClickEdit(event);">\n'
    return answer


def _login_form(call: Call) -> str:
    return (
        f'<h2>Connexion</h2><form method="post" action="{call.core.href(LOGIN)}">'
        '<input type="hidden" name="action" value="login"><label for="name">Nom</label>'
        '<input type="text" id="name" name="name" autocomplete="username">'
        '<label for="password">Mot de passe</label><input type="password" id="password" '
        'name="password" autocomplete="current-password">'
        '<input type="hidden" name="remember" value="1"><p><button>Se connecter</button></p></form>'
    )


def _edit(call: Call, tag: str) -> Response:
    core = call.core
    page = core.store.page(tag)
    if not core.may(call.visitor, "write", tag):
        return _page(
            call, tag, f"<i>Vous n'avez pas le droit de modifier cette page.</i>{_login_form(call)}"
        )
    if page is None or not core.store.is_entry(tag):
        return _edit_wiki_page(call, tag)
    if core.faults.hibernate:
        return _page(call, tag, alert(HIBERNATION))
    sent = call.request.post
    refused = core.faults.captcha and not core.is_admin(call.visitor)
    if sent.get("bf_titre") is not None and not refused:
        entry, saving = call.parts.entries.update(tag, sent, call.visitor, call.request.uploads)
        _follow(call, entry, saving)
        return redirect(_after(call, tag, entry, "modif_ok"))
    form = call.parts.forms.get(page.form_id)
    if form is None:
        return _page(call, tag, alert("Il n'y a pas de formulaire."))
    shown = call.parts.entries.visible(page, call.visitor, page.tag, "edit")
    captcha = alert("Le mot de sécurité est nécessaire.") if refused and sent else ""
    return _page(call, tag, entry_form(call, form, core.href(f"{page.tag}/edit"), shown, captcha))


def _edit_wiki_page(call: Call, tag: str) -> Response:
    page = call.core.store.page(tag)
    sent = call.request.post
    if sent.get("submit") == "Sauver" and not call.core.faults.hibernate:
        call.parts.entries.save_page(tag, as_text(sent.get("body")), call.visitor)
        return redirect(call.core.href(tag))
    body = html_special_chars(page.body if page else "")
    return _page(
        call,
        tag,
        f'<form method="post" action="{call.core.href(tag + "/edit")}">'
        '<input type="hidden" class="antispam" name="antispam" value="0">'
        f'<label for="body">Texte</label>'
        f'<textarea id="body" name="body" rows="20">{body}</textarea>'
        '<p><button name="submit" value="Sauver">Sauver</button></p></form>',
    )


def _follow(call: Call, entry: Entry, saving: Saving) -> None:
    if call.core.settings.version == "4.5" and entry["id_fiche"] in saving.followed:
        call.parts.repetitions.follow_write(entry, call.visitor, once=saving.form.only_one_entry)


def _after(call: Call, tag: str, entry: Entry, message: str) -> str:
    incoming = as_text(call.request.post.get("incomingurl")) or call.parameter("incomingurl")
    if incoming.startswith(("http://", "https://")):
        return incoming
    query = urlencode(
        {
            "vue": "consulter",
            "action": "voir_fiche",
            "id_fiche": as_text(entry["id_fiche"]),
            "message": message,
        }
    )
    return call.core.href(tag, query)


def _bazar(call: Call) -> Response:
    view = call.parameter("vue")
    if view in {"listes", "formulaire"}:
        return manage_bazar(call, view)
    if view == "saisir":
        return _new_entry(call)
    return _page(call, _BAZAR, home_body(call))


def _new_entry(call: Call) -> Response:
    form = call.parts.forms.get(call.parameter("id"))
    if form is None:
        return _page(call, _BAZAR, home_body(call))
    sent = call.request.post
    refused = call.core.faults.captcha and not call.core.is_admin(call.visitor)
    if sent.get("bf_titre") is not None and not refused:
        if form.only_one_entry and not _may_add_one(call, form):
            return _page(call, _BAZAR, alert("Une seule fiche par personne."))
        entry, saving = call.parts.entries.create(
            form.id, sent, call.visitor, uploads=call.request.uploads
        )
        _follow(call, entry, saving)
        answer = redirect(_after(call, _BAZAR, entry, "ajout_ok"))
        answer.body = b'<div class="page" ondblclick="doubleClickEdit(event);">\n'
        return answer
    action = call.core.href(_BAZAR, f"vue=saisir&action=saisir_fiche&id={form.id}")
    return _page(call, _BAZAR, entry_form(call, form, action, {}))


def _may_add_one(call: Call, form: Form) -> bool:
    if not call.visitor.name:
        return False
    return all(page.owner != call.visitor.name for page in call.core.store.entries(form.id))


def _raw(call: Call, tag: str) -> Response:
    time = call.parameter("time")
    page = call.core.store.page_at(tag, time) if time else call.core.store.page(tag)
    if page is None or not call.core.may(call.visitor, "read", tag):
        return html_response("")
    text = page.body
    if call.core.store.is_entry(tag):
        visible = call.parts.entries.visible(page, call.visitor, page.tag, "raw")
        if visible != page.properties:
            text = json.dumps(visible, separators=(",", ":"))
    answer = html_response(text)
    answer.content_type = "text/plain; charset=UTF-8"
    return answer


def _revisions(call: Call, tag: str) -> Response:
    core = call.core
    if not core.may(call.visitor, "read", tag):
        return _page(call, tag, alert(_NO_ACCESS), 403)
    restored = call.parameter("restoreRevisionId")
    if restored.isdecimal() and core.may(call.visitor, "write", tag):
        revision = core.store.revision(int(restored))
        if revision is not None:
            core.refuse_when_hibernating("includes/services/PageManager.php:328")
            call.parts.entries.save_page(revision.tag, revision.body, call.visitor)
        return redirect(core.href(tag))
    found = core.store.revisions(tag, core.settings.revisions_count)
    shown = [{"id": str(page.id), "time": page.time, "user": page.user} for page in found]
    encoded = html_special_chars(json.dumps(shown, separators=(",", ":")))
    lines = "".join(f"<li>{escape(one['time'])} – {escape(one['user'])}</li>" for one in shown)
    content = (
        f'<h1>Historique</h1><div id="revisions" data-revisions="{encoded}"></div><ol>{lines}</ol>'
    )
    return _page(call, tag, content)


def _json(call: Call, _tag: str) -> Response:
    demand = call.parameter("demand")
    if demand == "entries":
        form = call.parameter("id") or call.parameter("form")
        if "," in form:
            query = urlencode({"query": f"id_typeannonce={form}"})
            answer = redirect(call.core.href("api/entries", query))
        else:
            answer = redirect(
                call.core.href(f"api/forms/{form}/entries" if form else "api/entries")
            )
        answer.content_type = "application/json; charset=UTF-8"
        return answer
    value: Any = {}
    match demand:
        case "lists":
            value = _lists(call)
        case "entry":
            value = _old_entry(call, call.parameter("id_fiche"))
        case "forms":
            number = call.parameter("id") or call.parameter("form")
            forms = call.parts.forms.all()
            value = [form.as_json(call.visitor) for form in forms if number in ("", form.id)] or {}
    answer = json_response(value)
    answer.content_type = "application/json; charset=UTF-8"
    return answer


def _lists(call: Call) -> Any:
    wanted = call.parameter("list")
    if wanted:
        return list_record(call.core, wanted) or {}
    triples = call.core.store.triples(prop=TYPE_PROPERTY, value=LIST_TYPE)
    return {
        triple["resource"]: list_record(call.core, triple["resource"]) for triple in triples
    } or []


def _old_entry(call: Call, tag: str) -> Any:
    if not tag:
        return {"error": "no id_fiche specified."}
    page = call.core.store.page(tag)
    if page is None:
        return {"error": f"id_fiche {tag} not found."}
    if not call.core.may(call.visitor, "read", tag):
        return {"error": f"You have no right to access to entry '{tag}'."}
    return call.parts.entries.visible(page, call.visitor, _BAZAR, "json")


def _rss(call: Call, _tag: str) -> Response:
    number = call.parameter("id") or call.parameter("id_typeannonce")
    readable = call.core.readable_lists(call.visitor)
    form_id = number if number.isdecimal() else None
    pages = [page for page in call.core.store.entries(form_id) if readable(page)]
    pages = select(pages, parse_query({}, call.parameter("query")))
    if call.parameter("q"):
        pages = [page for page in pages if has_keywords(page, call.parameter("q"))]
    pages.sort(key=lambda page: as_text(page.properties.get("date_creation_fiche")), reverse=True)
    wanted = call.parameter("nbitem")
    count = int(wanted) if wanted.isdecimal() else call.core.settings.rss_count
    entries = [
        call.parts.entries.shown(page, call.visitor, _BAZAR, "rss") for page in pages[:count]
    ]
    return _xml(rss(entries, f"{call.core.base_url}{call.request.target}", call.core))


def _changes(call: Call, _tag: str) -> Response:
    readable = call.core.readable_lists(call.visitor)
    pages = sorted(call.core.store.pages(), key=lambda page: page.time, reverse=True)
    entries = [
        {
            "bf_titre": page.tag,
            "url": call.core.href(page.tag),
            "owner": page.user,
            "date_creation_fiche": page.time,
        }
        for page in pages[:50]
        if readable(page)
    ]
    return _xml(rss(entries, f"{call.core.base_url}{call.request.target}", call.core))


def _xml(text: str) -> Response:
    answer = html_response(text)
    answer.content_type = "text/xml; charset=UTF-8"
    return answer


def _download(call: Call, tag: str) -> Response:
    answer = download(call.core, call.parameter("file"), tag)
    return _page(call, tag, alert("Fichier inconnu"), 500) if answer is None else answer


_HANDLERS: dict[str, PageHandler] = {
    "show": _show,
    "edit": _edit,
    "raw": _raw,
    "revisions": _revisions,
    "acls": acls,
    "json": _json,
    "rss": _rss,
    "xml": _changes,
    "download": _download,
}
