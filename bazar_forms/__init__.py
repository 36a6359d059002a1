"""YesWiki's Bazar as a library: forms, lists and entries as typed values.

`Form` and `Entry` read what the wiki's API answers; `decode` gives the value of a field of an
entry, `encode` the keys and values that write it; `Directory` finds entries by words, labels and
places. Nothing here speaks to a network: that is `bazar_forms.client`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bazar_forms.choice_list import ChoiceList, ChoiceNode, lists_from_json
    from bazar_forms.directory import Directory, Source
    from bazar_forms.entry import DISPLAY_KEYS, SYSTEM_KEYS, Entry, entries_from_json
    from bazar_forms.field import Field, FieldType, allows_everybody
    from bazar_forms.form import Form, forms_from_json
    from bazar_forms.recurrence import RECURRENCE_PROPERTY, Recurrence, Repetition, flat_pairs
    from bazar_forms.value import (
        Day,
        FileName,
        Instant,
        Position,
        RichText,
        Value,
        decode,
        decode_recurrence,
        encode,
    )

__all__ = [
    "DISPLAY_KEYS",
    "RECURRENCE_PROPERTY",
    "SYSTEM_KEYS",
    "ChoiceList",
    "ChoiceNode",
    "Day",
    "Directory",
    "Entry",
    "Field",
    "FieldType",
    "FileName",
    "Form",
    "Instant",
    "Position",
    "Recurrence",
    "Repetition",
    "RichText",
    "Source",
    "Value",
    "allows_everybody",
    "decode",
    "decode_recurrence",
    "encode",
    "entries_from_json",
    "flat_pairs",
    "forms_from_json",
    "lists_from_json",
]

# Reading HTML costs a tenth of a second to import: who asks for an error or a date does not pay.
_ROOMS = {
    "choice_list": ("ChoiceList", "ChoiceNode", "lists_from_json"),
    "directory": ("Directory", "Source"),
    "entry": ("DISPLAY_KEYS", "Entry", "SYSTEM_KEYS", "entries_from_json"),
    "field": ("Field", "FieldType", "allows_everybody"),
    "form": ("Form", "forms_from_json"),
    "recurrence": ("RECURRENCE_PROPERTY", "Recurrence", "Repetition", "flat_pairs"),
    "value": (
        "Day",
        "FileName",
        "Instant",
        "Position",
        "RichText",
        "Value",
        "decode",
        "decode_recurrence",
        "encode",
    ),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    """Imports the module that a public name lives in when it is first asked for (PEP 562)."""
    room = _HOMES.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{room}"), name)
    globals()[name] = value
    return value
