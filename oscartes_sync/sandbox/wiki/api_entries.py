"""API routes of forms and entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oscartes_sync.sandbox.wiki.context import Call
from oscartes_sync.sandbox.wiki.messages import CORS, Response, empty_response, json_response
from oscartes_sync.sandbox.wiki.outputs import container, geojson, ical, semantic
from oscartes_sync.sandbox.wiki.pages_html import entry_body
from oscartes_sync.sandbox.wiki.php import as_text, url_decode
from oscartes_sync.sandbox.wiki.search import (
    Criteria,
    filter_dates,
    has_keywords,
    parse_query,
    select,
    since,
    sort_entries,
)
from oscartes_sync.sandbox.wiki.store import SOURCE_PROPERTY, Page

_SHOWN_SQL = (
    '<hr><code style="width:100%;height:100px;">SELECT DISTINCT * FROM  yeswiki_pages '
    'WHERE latest="Y"</code><hr>'
)


def every_form(call: Call, _: Mapping[str, str]) -> Response:
    """All forms by number, sorted by label."""
    shown = {form.id: form.as_json(call.visitor) for form in call.parts.forms.all()}
    return json_response(shown or None)


def one_form(call: Call, arguments: Mapping[str, str]) -> Response:
    """One form; 404 without body for an unknown one."""
    form = call.parts.forms.get(arguments["form"])
    return empty_response(404) if form is None else json_response(form.as_json(call.visitor))


def all_entries(call: Call, arguments: Mapping[str, str]) -> Response:
    """Entries of all forms; the first word is an output, never a form."""
    tags = arguments.get("tags", "")
    fast = arguments.get("output") == "html" and tags and "," not in tags
    if fast and call.parameter("fields") == "html_output":
        return _rendered(call, tags)
    return form_entries(call, {"output": "", "tags": "", **arguments})


def _rendered(call: Call, tag: str) -> Response:
    page = call.core.store.page(tag)
    if page is None:
        html = f'<div class="alert alert-danger">Pas de fiche : {tag}</div>'
    elif call.core.may(call.visitor, "read", tag):
        html = entry_body(call, page)
    else:
        html = '<div class="alert alert-info">Vous n\'avez pas accès à ce contenu.</div>'
    return json_response({tag: {"html_output": html}})


def form_entries(call: Call, arguments: Mapping[str, str]) -> Response:
    """Entries of a form (of all without `form`), in any output."""
    output = arguments.get("output", "")
    pages = _search(call, arguments.get("form"), arguments.get("tags", ""))
    fields = call.request.get.get("fields")
    if output == "json-ld" or "application/ld+json" in call.request.header("Accept"):
        return _container(call, arguments.get("form", ""), pages)
    if output not in {"html", "geojson", "ical"} and isinstance(fields, str):
        names = fields.split(",")
        light = ((page, call.parts.entries.light(page, call.visitor, names)) for page in pages)
        found = {
            str(page.properties.get("id_fiche", page.tag)): entry for page, entry in light if entry
        }
        return json_response(found or None)
    entries = [call.parts.entries.shown(page, call.visitor) for page in pages]
    match output:
        case "html":
            for page, entry in zip(pages, entries, strict=True):
                entry["html_output"] = entry_body(call, page)
        case "geojson":
            return json_response(geojson(entries) or None)
        case "ical":
            return _calendar(call, entries, arguments.get("form", ""))
    return json_response({str(entry["id_fiche"]): entry for entry in entries} or None)


def _search(call: Call, form_id: str | None, tags: str) -> list[Page]:
    if "showreq" in call.request.get:
        call.printed.append(_SHOWN_SQL)
    readable = call.core.readable_lists(call.visitor)
    query = call.parameter("query")
    chosen = {"id_fiche": tags} if tags else {}
    pages = [page for page in call.core.store.entries(form_id) if readable(page)]
    pages = since(pages, call.request.get.get("dateMin"))
    return select(pages, parse_query(chosen, query))


def _container(call: Call, form_id: str, pages: list[Page]) -> Response:
    form = call.parts.forms.get(form_id)
    entries = [call.parts.entries.shown(page, call.visitor) for page in pages]
    if form is None:
        semantic(None, {}, call.core)
        return json_response(None)
    return json_response(container(form, entries, call.core))


def _calendar(call: Call, entries: list[dict[str, Any]], form_id: str) -> Response:
    wanted = call.parameter("datefilter")
    if wanted:
        entries = filter_dates(entries, wanted, call.core.clock)
    number = form_id if form_id.isdecimal() else ""
    text = ical(entries, number, call.core)
    if not text:
        return empty_response(200)
    name = f"calendar-form-{number}" if number else "calendar"
    headers = [("Cache-Control", "no-cache, private"), *CORS]
    headers.append(("Content-Disposition", f"inline; filename={name}.ics"))
    return Response(200, text, "text/Calendar;charset=UTF-8", headers)


def create_entry(call: Call, arguments: Mapping[str, str]) -> Response:
    """Create, or overwrite what bears the tag sent; 201 with the address."""
    sent = {**call.request.post_or_json(), "antispam": 1}
    entry, saving = call.parts.entries.create(
        arguments["form"],
        sent,
        call.visitor,
        uploads=call.request.uploads,
        source_url=call.request.header("Source-Url"),
    )
    call.printed.extend(saving.printed)
    return json_response({"success": call.core.href(as_text(entry["id_fiche"]))}, 201)


def create_semantic_entry(call: Call, arguments: Mapping[str, str]) -> Response:
    """JSON-LD carries no title the wiki understands: it fails (recording 480)."""
    return create_entry(call, arguments)


def entry_by_source(call: Call, arguments: Mapping[str, str]) -> Response:
    """Addresses of the entries created with this `Source-Url`; 404 without body."""
    found = call.core.store.triples(prop=SOURCE_PROPERTY, value=url_decode(arguments["url"]))
    if not found:
        return empty_response(404)
    return json_response([call.core.href(triple["resource"]) for triple in found])


def bazarlist(call: Call, _: Mapping[str, str]) -> Response:
    """The web pages' own route: keyword search, date filter, order, limit (recordings 172-173)."""
    get = call.request.get
    wanted = get.get("idtypeannonce") or {}
    ids = [as_text(one) for one in (wanted.values() if isinstance(wanted, dict) else [wanted])]
    forms = [form for form in call.parts.forms.all() if not ids or form.id in ids]
    readable = call.core.readable_lists(call.visitor)
    pages = [page for page in call.core.store.entries() if readable(page)]
    pages = [page for page in pages if not ids or page.form_id in ids]
    pages = since(pages, get.get("dateMin"))
    pages = select(pages, _criteria(get.get("query")))
    if call.parameter("q"):
        pages = [page for page in pages if has_keywords(page, call.parameter("q"))]
    entries = [call.parts.entries.shown(page, call.visitor) for page in pages]
    if call.parameter("datefilter"):
        entries = filter_dates(entries, call.parameter("datefilter"), call.core.clock)
    order, field = call.parameter("ordre") or "asc", call.parameter("champ") or "bf_titre"
    entries = sort_entries(entries, field, descending=order == "desc")
    if call.parameter("nb").isdecimal():
        entries = entries[: int(call.parameter("nb"))]
    names = ["id_fiche", "bf_titre"] + ([] if "id" in get else ["id_typeannonce"])
    for key in ("displayfields", "necessary_fields"):
        more = get.get(key)
        names += [as_text(one) for one in more.values()] if isinstance(more, dict) else []
    names = list(dict.fromkeys(filter(None, names)))
    used = {entry.get("id_typeannonce") for entry in entries}
    prepared = {form.id: form.prepared(call.visitor) for form in forms if form.id in used}
    return json_response(
        {
            "entries": [[entry.get(name) for name in names] for entry in entries],
            "fieldMapping": names,
            "filters": [],
            "forms": prepared or [],
        }
    )


def _criteria(query: Any) -> Criteria:
    if isinstance(query, dict):
        return {as_text(key): as_text(value) for key, value in query.items()}
    return parse_query({}, query if isinstance(query, str) else None)
