"""API routes of pages, accounts, groups, triples and the rest."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from html import escape
from typing import Any

from oscartes_sync.sandbox.wiki.context import Call
from oscartes_sync.sandbox.wiki.core import HIBERNATION, WikiFailure
from oscartes_sync.sandbox.wiki.messages import (
    Response,
    empty_response,
    html_response,
    json_response,
)
from oscartes_sync.sandbox.wiki.pages_html import document, entry_body
from oscartes_sync.sandbox.wiki.php import as_text, json_encode
from oscartes_sync.sandbox.wiki.store import TYPE_PROPERTY, Page, User

_NO_TOKEN = (
    "Cette page a peut-être été ouverte une seconde fois. Veuillez renouveler la demande depuis "
    "cette fenêtre (le jeton interne de sécurité n'était pas bon)."
)
_NO_COMMENT = "Vous n'êtes pas dans un groupe autorisé à laisser des commentaires."


def documentation(call: Call, _: Mapping[str, str]) -> Response:
    """The page `?api`."""
    return html_response(document(call, "YesWiki API", "<h1>YesWiki API</h1>"))


def page_row(call: Call, page: Page) -> dict[str, Any]:
    """A page as `api/pages` shows it, the body an entry's reader may see."""
    row = _bare_row(page)
    if not call.core.store.is_entry(page.tag):
        return {**row, "html": f"<p>{escape(page.body)}</p>", "code": page.body}
    visible = call.parts.entries.visible(page, call.visitor, "api", "")
    row["body"] = page.body if visible == page.properties else json_encode(visible)
    shown = {
        key: json_encode(value) if isinstance(value, dict | list) else as_text(value)
        for key, value in sorted(visible.items())
    }
    rows = "".join(
        f"<tr><td class='key'><pre>{escape(key)}</pre></td><td><pre>{text}</pre></td></tr>"
        for key, text in shown.items()
    )
    code = f"<table class='entry-code'><tbody>{rows}</tbody></table>"
    return {**row, "html": entry_body(call, page), "code": code}


def _bare_row(page: Page) -> dict[str, Any]:
    return {
        "id": str(page.id),
        "tag": page.tag,
        "time": page.time,
        "body": page.body,
        "body_r": "",
        "owner": page.owner,
        "user": page.user,
        "latest": page.latest,
        "handler": "page",
        "comment_on": "",
        "metadatas": None,
    }


def every_page(call: Call, _: Mapping[str, str]) -> Response:
    """Wiki pages: no entries, no lists, no log."""
    typed = {triple["resource"] for triple in call.core.store.triples(prop=TYPE_PROPERTY)}
    found = {}
    for page in sorted(call.core.store.pages(), key=lambda one: one.tag):
        hidden = page.tag in typed or page.tag.startswith("LogDesActionsAdministratives")
        if not hidden and call.core.may(call.visitor, "read", page.tag):
            row = _bare_row(page)
            del row["metadatas"]
            found[page.tag] = row
    return json_response(found or None)


def one_page(call: Call, arguments: Mapping[str, str]) -> Response:
    """A page row: 403 without body where it is private, 404 and {} where there is none."""
    tag = arguments["tag"]
    if not call.core.may(call.visitor, "read", tag):
        return empty_response(403)
    time = call.parameter("time")
    store = call.core.store
    page = store.page_at(tag, time) if time else store.page(tag)
    return json_response(None, 404) if page is None else json_response(page_row(call, page))


def delete_page(call: Call, arguments: Mapping[str, str]) -> Response:
    """Delete: owner or admin only, 401 with JSON otherwise."""
    page = call.core.store.page(arguments["tag"])
    if page is None:
        return json_response({"notDeleted": [arguments["tag"]]}, 404)
    refused = {"notDeleted": [page.tag]}
    if not (call.core.owns(call.visitor, page) or call.core.is_admin(call.visitor)):
        return json_response(refused, 401)
    was_entry = call.core.store.is_entry(page.tag)
    try:
        call.parts.entries.delete(page.tag, call.visitor)
    except WikiFailure:
        return json_response({**refused, "error": HIBERNATION}, 500)
    if was_entry and call.core.settings.version == "4.5":
        call.parts.repetitions.delete_children(
            {"id_fiche": page.tag, **page.properties}, call.visitor
        )
    return json_response({"deleted": [page.tag]})


def delete_page_by_post(_: Call, arguments: Mapping[str, str]) -> Response:
    """Needs a token of a page: refused."""
    return json_response({"notDeleted": [arguments["tag"]], "error": _NO_TOKEN}, 401)


def users(call: Call, _: Mapping[str, str]) -> Response:
    """Accounts, for admins."""
    if not call.core.is_admin(call.visitor):
        return empty_response(403)
    known = sorted(call.core.store.users.values(), key=lambda user: user.name.casefold())
    return json_response(
        [{"email": user.email, "name": user.name, "signuptime": user.signuptime} for user in known]
    )


def one_user(call: Call, _: Mapping[str, str]) -> Response:
    """Broken on the server (recording 012)."""
    if not call.core.is_admin(call.visitor):
        return empty_response(403)
    raise WikiFailure(
        "Call to undefined method YesWiki\\Core\\Service\\UserManager::getOne()",
        "includes/controllers/ApiController.php:106",
        "Error",
    )


def create_user(call: Call, _: Mapping[str, str]) -> Response:
    """Create an account with a random password, as an admin."""
    name = as_text(call.request.post_or_json().get("name"))
    email = as_text(call.request.post_or_json().get("email"))
    for key, value in (("name", name), ("email", email)):
        if not value:
            return json_response({"error": f"$_POST['{key}'] should not be empty"}, 400)
    if name in call.core.store.users:
        error = f"Le nom {name} est déjà utilisé."
        return json_response({"notCreated": [name], "error": error}, 400)
    signup = call.core.clock.php()
    call.core.store.add_user(User(name, email, secrets.token_hex(15), signup, admin=False))
    shown = {"name": name, "email": email, "signuptime": signup}
    if call.core.settings.version == "4.5":
        shown["link"] = ""
    return json_response({"created": [name], "user": shown})


def groups(call: Call, _: Mapping[str, str]) -> Response:
    """Names of the groups, for admins."""
    if not call.core.is_admin(call.visitor):
        return empty_response(403)
    return json_response(call.core.group_names())


def triples(call: Call, arguments: Mapping[str, str]) -> Response:
    """Triples: admins see all, others those that name them."""
    wanted = call.parameter("property") or None
    value = None
    if not call.core.is_admin(call.visitor):
        value = f'%"user":"{call.visitor.name}"%'
    return json_response(call.core.store.triples(arguments.get("resource"), wanted, value))


def comments(_: Call, __: Mapping[str, str]) -> Response:
    """None."""
    return json_response([[]])


def post_comment(_: Call, __: Mapping[str, str]) -> Response:
    """Comments are closed."""
    return json_response({"code": 403, "error": _NO_COMMENT}, 403)


def reactions(_: Call, __: Mapping[str, str]) -> Response:
    """None."""
    return json_response([])


def archives(_: Call, __: Mapping[str, str]) -> Response:
    """None; admins only."""
    return json_response([])


def auth(_: Call, __: Mapping[str, str]) -> Response:
    """Refused to everybody without a token of its own (recording 207)."""
    return empty_response(403)
