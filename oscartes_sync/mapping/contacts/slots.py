"""Several values of one kind and the fields that hold them: which goes where.

A field whose value is still wanted keeps it, in its own spelling. A field whose value is gone
takes, in order, what is new; the rest goes to empty fields; what finds none is left over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bazar_forms.field import Field


@dataclass(frozen=True, slots=True)
class Slot:
    """A field and its value now, "" for an empty one.

    `ours` is whether we may write it; `taken` that it holds something which is no value of the
    record, and must stay.
    """

    field: Field
    value: str = ""
    ours: bool = True
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """New values by property ("" empties it), the values without a field, and refused fields."""

    values: dict[str, str]
    left: tuple[str, ...]
    refused: tuple[str, ...]


def settle(
    slots: Sequence[Slot],
    wanted: Iterable[str],
    *,
    key: Callable[[str], str],
    fits: Callable[[Field, str], bool] = lambda _field, _value: True,
) -> Settlement:
    """Put the wanted values into fields; `key` is the same for two spellings of one value.

    `fits` is whether a field may hold a value.
    """
    wanted = {key(value): value for value in reversed(list(wanted))}
    held = {key(slot.value) for slot in slots if slot.value}
    new = [value for same, value in reversed(wanted.items()) if same not in held]
    gone = [slot for slot in slots if slot.value and key(slot.value) not in wanted]
    empty = [slot for slot in slots if not slot.value and not slot.taken and slot.ours]
    values: dict[str, str] = {}
    for slot in (*(each for each in gone if each.ours), *empty):
        value = next((each for each in new if fits(slot.field, each)), "")
        if value:
            new.remove(value)
        if value or slot.value:
            values[slot.field.property] = value
    refused = tuple(slot.field.property for slot in gone if not slot.ours)
    return Settlement(values, tuple(new), refused)
