"""The web form of an entry, as plain HTML: what a member sends when editing in a browser."""

from __future__ import annotations

from html import escape
from typing import Any

from oscartes_sync.sandbox.wiki.context import Call
from oscartes_sync.sandbox.wiki.fields import Field, TextareaField
from oscartes_sync.sandbox.wiki.fields_choice import (
    CheckboxField,
    ChoiceField,
    FileField,
    TagsField,
)
from oscartes_sync.sandbox.wiki.forms import Form, option_source
from oscartes_sync.sandbox.wiki.php import as_text, html_special_chars
from oscartes_sync.sandbox.wiki.recurrence import END, STRUCTURE


def entry_form(
    call: Call, form: Form, action: str, entry: dict[str, Any], message: str = ""
) -> str:
    """The form; `antispam` is there, at 0 until a browser sends it."""
    inputs = "".join(_input(call, field, entry) for field in form.fields)
    return (
        f"<h1>{escape(form.label)}</h1>{message}"
        f'<form id="formulaire" method="post" enctype="multipart/form-data" '
        f'action="{escape(action)}" onsubmit="this.elements.antispam.value=1">'
        f'<input name="antispam" value="0" type="hidden">{inputs}{_recurrence(call, form, entry)}'
        '<p><button type="submit">Valider</button></p></form>'
    )


def _hidden(name: str, value: Any) -> str:
    shown = html_special_chars(as_text(value))
    return f'<input type="hidden" name="{html_special_chars(name)}" value="{shown}">'


def _recurrence(call: Call, form: Form, entry: dict[str, Any]) -> str:
    """What the 4.5 line shows of recurrences, and 4.4 does not [700].

    The wiki's script fills the inputs where an event recurs; here they lie in a `template`, which
    no browser sends.
    """
    known = any(field.property == END for field in form.fields)
    if call.core.settings.version == "4.4" or form.only_one_entry or not known:
        return ""
    names = ("isRecurrent", "nbmax", "repetition", "limitdate", "step")
    inputs = "".join(_hidden(f"{STRUCTURE}[{name}]", "") for name in names)
    return f"<template>{inputs}</template>{_kept_structure(entry)}"


def _kept_structure(entry: dict[str, Any]) -> str:
    structure = entry.get(STRUCTURE)
    if isinstance(structure, str) and structure:
        return _hidden(STRUCTURE, structure)
    inputs = []
    for key, value in structure.items() if isinstance(structure, dict) else []:
        name = f"{STRUCTURE}[{key}]"
        if isinstance(value, list):
            inputs += [_hidden(f"{name}[]", one) for one in value]
        else:
            inputs.append(_hidden(name, value))
    return "".join(inputs)


def _input(call: Call, field: Field, entry: dict[str, Any]) -> str:
    name = field.property
    if not name:
        return ""
    if name == "geolocation":
        return "".join(_line(key, key, entry.get(key)) for key in field.cells[1:3])
    value = entry.get(name)
    label = f'<label for="{name}">{field.label or name}</label>'
    if isinstance(field, FileField):
        kept = _hidden(name, value) if value else ""
        return f'{kept}{label}<input type="file" id="{name}" name="{name}">'
    if isinstance(field, TextareaField):
        text = html_special_chars(as_text(value))
        return f'{label}<textarea id="{name}" name="{name}" rows="6">{text}</textarea>'
    if isinstance(field, ChoiceField) and not isinstance(field, CheckboxField | TagsField):
        return f"{label}{_select(call, field, value)}"
    return _line(name, field.label or name, value)


def _select(call: Call, field: ChoiceField, value: Any) -> str:
    found = field.options(option_source(call.core, call.visitor))
    options = "".join(
        f'<option value="{html_special_chars(key)}"{" selected" if key == value else ""}>'
        f"{text}</option>"
        for key, text in found.items()
    )
    name = field.property
    return f'<select id="{name}" name="{name}"><option value=""></option>{options}</select>'


def _line(name: str, label: str, value: Any) -> str:
    shown = html_special_chars(as_text(value) if not isinstance(value, dict | list) else "")
    field = f'<input type="text" id="{name}" name="{name}" value="{shown}">'
    return f'<label for="{name}">{label}</label>{field}'
