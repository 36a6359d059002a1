"""A choice list (liste), in the shapes of both releases.

4.5 `{"title", "nodes": [{"id", "label", "children": […]}], "id"}` [103, 104, 105], 4.4
`{"titre_liste", "label": {key: label}}` [v444-02]; reference section 3. Labels are stored
HTML-escaped and are unescaped here; ids may be numbers and become strings, as entries hold them.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bazar_forms.errors import ListMalformed

_MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class ChoiceNode:
    """One choice; in a tree its `children` are choices of their own."""

    key: str
    label: str
    children: tuple[ChoiceNode, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """A list with its choices in order; flat lists have nodes without children."""

    id: str
    title: str
    nodes: tuple[ChoiceNode, ...]

    @classmethod
    def from_json(cls, raw: object, id: str = "") -> ChoiceList:  # noqa: A002 -- Bazar's word
        """Reads one list; `id` is the key it stood under, for the shapes that do not say it.

        Raises ListMalformed where `raw` is of neither shape.
        """
        if not isinstance(raw, Mapping):
            raise ListMalformed("A choice list is not a JSON object.")
        own = raw.get("id")
        tag = own if isinstance(own, str) and own else id
        if isinstance(raw.get("nodes"), (list, Mapping)):
            return cls(tag, _text(raw.get("title")), _nodes(raw["nodes"], 0))
        labels = raw.get("label")
        if isinstance(labels, list):  # keys 0 … n-1 make PHP write a list
            labels = dict(enumerate(labels))
        if not isinstance(labels, Mapping):
            raise ListMalformed("A choice list has no choices.")
        flat = tuple(ChoiceNode(str(key), _text(label)) for key, label in labels.items())
        return cls(tag, _text(raw.get("titre_liste")), flat)

    def walk(self) -> Iterator[tuple[ChoiceNode, tuple[ChoiceNode, ...]]]:
        """Every choice with its ancestors, outermost first, parents before children."""
        stack: list[tuple[ChoiceNode, tuple[ChoiceNode, ...]]]
        stack = [(node, ()) for node in reversed(self.nodes)]
        while stack:
            node, above = stack.pop()
            yield node, above
            stack.extend((child, (*above, node)) for child in reversed(node.children))

    def labels(self) -> dict[str, str]:
        """Key → its own label."""
        return {node.key: node.label for node, _ in self.walk()}

    def paths(self) -> dict[str, str]:
        """Key → `Parent / Child`."""
        return {
            node.key: " / ".join(one.label for one in (*above, node)) for node, above in self.walk()
        }


def lists_from_json(raw: object) -> tuple[dict[str, ChoiceList], list[ListMalformed]]:
    """Reads `BazaR/json&demand=lists`, an object keyed by tag; bad lists are set apart.

    Raises ListMalformed where the whole is no object (a wiki without lists says `[]`).
    """
    if raw == []:
        return {}, []
    if not isinstance(raw, Mapping):
        raise ListMalformed("The choice lists are not a JSON object.")
    lists: dict[str, ChoiceList] = {}
    problems: list[ListMalformed] = []
    for tag, member in raw.items():
        if isinstance(member, str):  # `rawOutput`
            continue
        try:
            lists[str(tag)] = ChoiceList.from_json(member, str(tag))
        except ListMalformed as problem:
            problems.append(problem)
    return lists, problems


def _nodes(raw: object, depth: int) -> tuple[ChoiceNode, ...]:
    rows = list(raw.values()) if isinstance(raw, Mapping) else raw
    if not isinstance(rows, list):
        return ()
    if depth > _MAX_DEPTH:
        raise ListMalformed("A choice list is nested too deeply.")
    return tuple(_node(row, depth) for row in rows)


def _node(raw: object, depth: int) -> ChoiceNode:
    key = raw.get("id") if isinstance(raw, Mapping) else None
    if not isinstance(raw, Mapping) or not isinstance(key, (str, int)) or isinstance(key, bool):
        raise ListMalformed("A choice of a list has no id.")
    return ChoiceNode(str(key), _text(raw.get("label")), _nodes(raw.get("children"), depth + 1))


def _text(value: object) -> str:
    return html.unescape(value).strip() if isinstance(value, str) else ""
