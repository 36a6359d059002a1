"""What a server can do, found by asking it: releases and migrations differ within one number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bazar_forms.client.connection import Connection
from bazar_forms.client.editing import edit_page
from bazar_forms.client.pages import read_base_url
from bazar_forms.client.reading import read_choice_lists


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What was found; None where it takes an entry that we may edit, and none was named.

    `lists` is the shape of choice lists: `tree` (nodes), `flat` (labels by key), `none`.
    `recurrence` is whether events may recur; `rewriting` whether addresses have no `?`.
    """

    lists: Literal["tree", "flat", "none"]
    recurrence: bool | None = None
    rewriting: bool | None = None


def find_capabilities(connection: Connection, tag: str | None) -> Capabilities:
    """Asks the wiki; see `BazarClient.capabilities`."""
    shape = _shape(read_choice_lists(connection))
    if tag is None:
        return Capabilities(shape)
    page, text = edit_page(connection, tag)
    base = read_base_url(text)
    return Capabilities(
        shape,
        recurrence=page.recurrence if page.entry_form else None,
        rewriting=not base.endswith("?") if base else None,
    )


def _shape(lists: Mapping[str, object]) -> Literal["tree", "flat", "none"]:
    if not lists:
        return "none"
    tree = any(isinstance(one, Mapping) and "nodes" in one for one in lists.values())
    return "tree" if tree else "flat"
