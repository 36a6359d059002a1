"""Values on the lines of a card: several lines of one kind, and structured ones.

A line that says what is wanted stays as it is; one whose value went lends itself, with group,
label and parameters, to a value that is new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from oscartes_sync.mapping.contacts.card_fields import Valued, read_part
from oscartes_sync.mapping.contacts.card_lines import Card, CardLine, components
from oscartes_sync.mapping.contacts.spelling import tidy
from oscartes_sync.mapping.content_lines import escape, escape_line, split_list, unescape


def put_each(
    card: Card,
    there: Valued,
    wanted: Sequence[str],
    *,
    key: Callable[[str], str],
    head: Callable[[str], str],
    write: Callable[[str], str] = escape_line,
    alike: Callable[[str, str], bool] = lambda _one, _other: True,
) -> None:
    """Make the lines say the wanted values: what stays keeps its line, what went lends it.

    `head` begins a new line, `alike` is whether a line of the one value may take the other.
    """
    said = {value for _, value in there}
    pending = dict.fromkeys(value for value in wanted if value not in said)
    by_key = {key(value): value for value in pending}
    kept = frozenset(wanted)
    gone: list[tuple[CardLine, str]] = []
    for line, value in there:
        if value in kept:
            continue
        if respelt := by_key.pop(key(value), ""):
            del pending[respelt]
            _rewrite(line, write(respelt))
        else:
            gone.append((line, value))
    new = list(pending)
    for line, value in gone:
        if new and alike(value, new[0]):
            _rewrite(line, write(new.pop(0)))
        else:
            card.remove(line)
    for value in new:
        card.add(head(value), write(value))


def _rewrite(line: CardLine, value: str) -> None:
    """Another value, always as text: VALUE=uri would say that a number is a URI."""
    is_uri = line.name == "TEL" and "VALUE" in line.params
    line.rewrite(value, {"VALUE": None} if is_uri else None)


def rewrite_parts(
    line: CardLine,
    wanted: Mapping[int, str],
    count: int,
    params: Mapping[str, str | None] | None = None,
) -> None:
    """Give components of a structured value other texts; those that say so already stay."""
    parts = components(line.value, count)
    before = list(parts)
    for place, text in wanted.items():
        if read_part(line.value, place) != text:
            parts[place] = escape(text)
    if parts != before:
        line.rewrite(";".join(parts), params)


def says_more(line: CardLine, wanted: Mapping[int, str]) -> bool:
    """Whether a structured value says anything besides what is the record's."""
    parts = enumerate(components(line.value))
    return any(tidy(unescape(raw)) for place, raw in parts if place not in wanted)


def put_list(card: Card, name: str, wanted: Sequence[str]) -> None:
    """Make the lists of that name hold these texts: what stays stays where and as it is."""
    lines, kept_names = card.each(name), frozenset(wanted)
    kept = [[raw for raw in split_list(line.value) if _read(raw) in kept_names] for line in lines]
    held = {_read(raw) for pieces in kept for raw in pieces}
    missing = [escape_line(text) for text in wanted if text not in held]
    if missing and not lines:
        card.add(name, ",".join(missing))
        return
    place = max((number for number, pieces in enumerate(kept) if pieces), default=-1)
    for number, (line, pieces) in enumerate(zip(lines, kept, strict=True)):
        whole = [*pieces, *missing] if number == place % len(lines) else pieces
        if not whole:
            card.remove(line)
        elif whole != split_list(line.value):
            line.rewrite(",".join(whole))


def _read(raw: str) -> str:
    return tidy(unescape(raw))
