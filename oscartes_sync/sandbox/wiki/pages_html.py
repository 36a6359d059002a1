"""Plain, readable, accessible pages in French, for a person who opens the demo in a browser."""

from __future__ import annotations

from html import escape
from typing import Any

from oscartes_sync.sandbox.wiki.context import Call
from oscartes_sync.sandbox.wiki.fields import DateField, Field, TextareaField, TextField
from oscartes_sync.sandbox.wiki.fields_choice import (
    ChoiceField,
    EntryCheckboxField,
    EntryChoiceField,
    FileField,
    ImageField,
    TagsField,
)
from oscartes_sync.sandbox.wiki.fields_plain import EmailField, LinkField
from oscartes_sync.sandbox.wiki.forms import Form, option_source
from oscartes_sync.sandbox.wiki.php import as_text, html_special_chars, is_empty
from oscartes_sync.sandbox.wiki.store import Page

HOME = "PagePrincipale"
LOGIN = "PageLogin"
_STYLE = (
    "body{font:1.05rem/1.5 system-ui,sans-serif;margin:0;color:#1d2b1f;background:#fbfbf7}"
    "header,main,footer{max-width:52rem;margin:auto;padding:1rem}"
    "header{border-bottom:3px solid #2f6b3a}a{color:#1f5c8a}"
    "table{border-collapse:collapse;width:100%}th{width:14rem}"
    "th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}"
    "td{overflow-wrap:anywhere}"
    "label{display:block;margin-top:.8rem}"
    "input[type=text],textarea{width:100%;padding:.4rem;font:inherit}"
    ".alert{padding:.6rem;background:#f6e3c5}:focus{outline:3px solid #c9741a}"
)


def document(call: Call, title: str, content: str) -> str:
    """A whole page."""
    name = escape(call.core.settings.wiki_name)
    who = call.visitor.name
    account = (
        f"Connecté : {escape(who)}"
        if who
        else f'<a href="{call.core.href(LOGIN)}">Se connecter</a>'
    )
    return (
        '<!doctype html>\n<html class="no-js" lang="fr">\n<head>\n  <meta charset="UTF-8">\n'
        '  <meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '  <meta name="robots" content="noindex, nofollow">\n'
        f"  <title>{escape(title)} – {name}</title>\n  <style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<header><p><a href="{call.core.href(HOME)}">{name}</a> · wiki de démonstration · '
        f'{account}</p></header>\n<main id="yw-main">\n{content}\n</main>\n'
        "<footer><p>Wiki factice d’OSCARTES : rien de ce qui est ici n’est publié.</p></footer>\n"
        "</body>\n</html>\n"
    )


def alert(text: str) -> str:
    """A message."""
    return f'<div class="alert alert-danger" role="alert">{text}</div>'


def home_body(call: Call) -> str:
    """Forms and their readable entries."""
    readable = call.core.readable_lists(call.visitor)
    parts = [f"<h1>{escape(call.core.settings.wiki_name)}</h1>"]
    for form in call.parts.forms.all():
        pages = [page for page in call.core.store.entries(form.id) if readable(page)]
        parts.append(form_listing(call, form, pages))
    return "\n".join(parts)


def form_listing(call: Call, form: Form, pages: list[Page]) -> str:
    """A form with links to entries."""
    href = call.core.href
    lines = "".join(
        f'<li><a href="{href(escape(page.tag))}">{_title(page)}</a>{_when(page)}</li>'
        for page in pages
    )
    new = href("BazaR", f"vue=saisir&action=saisir_fiche&id={escape(form.id)}")
    return (
        f"<section><h2>{escape(form.label)} <small>(formulaire {escape(form.id)})</small></h2>"
        f"<p>{escape(as_text(form.record.get('bn_description', '')))} "
        f'<a href="{escape(new)}">Ajouter une fiche</a></p><ul>{lines}</ul></section>'
    )


def _title(page: Page) -> str:
    return as_text(page.properties.get("bf_titre")) or escape(page.tag)


def _when(page: Page) -> str:
    start = page.properties.get("bf_date_debut_evenement")
    return "" if is_empty(start) else f" – {escape(as_text(start))}"


def entry_body(call: Call, page: Page) -> str:
    """An entry, field by field, as this reader may see it."""
    entry = call.parts.entries.visible(page, call.visitor, page.tag, "show")
    form = call.parts.forms.get(page.form_id)
    parts = [f'<div class="BAZ_cadre_fiche id{escape(page.form_id)}">']
    parts.append(f'<h1 class="BAZ_fiche_titre">{_title(page)}</h1>')
    rows = []
    for field in form.fields if form else []:
        value = entry.get(field.property) if field.property else None
        if field.property == "bf_titre" or is_empty(value):
            continue
        shown = _shown_value(call, field, value)
        head = f'<tr data-id="{field.property}"><th scope="row">{field.label}</th>'
        rows.append(f"{head}<td>{shown}</td></tr>")
    if form is None:
        parts.append(alert(f"Il n’y a pas de formulaire {escape(page.form_id)}."))
    parts.append(f"<table><tbody>{''.join(rows)}</tbody></table></div>")
    return "".join(parts)


def _shown_value(call: Call, field: Field, value: Any) -> str:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return escape(", ".join(as_text(one) for one in inner if not isinstance(one, dict | list)))
    text = as_text(value)
    if isinstance(field, ChoiceField):
        return _shown_choice(call, field, text)
    if isinstance(field, DateField):
        return _shown_date(call, text)
    if isinstance(field, FileField | LinkField | EmailField):
        return _shown_address(call, field, text)
    if isinstance(field, TextareaField):
        return text if field.cells[7] == "html" else text.replace("\n", "<br />\n")
    return text if isinstance(field, TextField) else escape(text)


def _shown_choice(call: Call, field: ChoiceField, text: str) -> str:
    keys = text.split(",")
    if isinstance(field, EntryChoiceField | EntryCheckboxField):
        return ", ".join(
            f'<a href="{call.core.href(escape(tag))}">{escape(tag)}</a>' for tag in keys
        )
    if isinstance(field, TagsField):
        return escape(text)
    labels = field.options(option_source(call.core, call.visitor))
    return ", ".join(labels.get(key, escape(key)) for key in keys)


def _shown_date(call: Call, text: str) -> str:
    try:
        moment = call.core.clock.parse_corrected(text)
    except ValueError:
        return escape(text)
    return f"{moment:%d.%m.%Y}" if len(text) <= 10 else f"{moment:%d.%m.%Y - %H:%M}"


def _shown_address(call: Call, field: Field, text: str) -> str:
    shown = html_special_chars(text)
    if isinstance(field, ImageField):
        return f'<img src="{call.core.base_url}/files/{shown}" alt="" width="240">'
    if isinstance(field, FileField):
        return f'<a href="{call.core.base_url}/files/{shown}">{shown}</a>'
    if isinstance(field, EmailField) and field.contact_form:
        return "Joignable par le formulaire de contact"
    address = f"mailto:{shown}" if isinstance(field, EmailField) else shown
    return f'<a href="{address}">{shown}</a>'


def entry_page(call: Call, page: Page) -> str:
    """The page `?Tag` of an entry."""
    links = [f'<a href="{call.core.href(escape(page.tag) + "/revisions")}">Historique</a>']
    if call.core.may(call.visitor, "write", page.tag):
        links.insert(0, f'<a href="{call.core.href(escape(page.tag) + "/edit")}">Modifier</a>')
    foot = (
        f"<p>{' · '.join(links)}</p><p><small>Fiche {escape(page.tag)}, "
        f"propriétaire : {escape(page.owner) or 'personne'}, "
        f"modifiée le {escape(as_text(page.properties.get('date_maj_fiche')))} "
        f"par {escape(page.user)}</small></p>"
    )
    return document(call, page.tag, entry_body(call, page) + foot)
