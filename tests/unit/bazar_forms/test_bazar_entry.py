"""Entries, and lists of them that hold other things too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import bazar_forms
from bazar_forms import Entry, entries_from_json
from bazar_forms.errors import EntryMalformed

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings" / "yeswiki"
recorded = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings are absent")

RAW = {
    "bf_titre": "A",
    "id_fiche": "Tag",
    "id_typeannonce": "6",
    "date_creation_fiche": "2026-11-23 21:27:31",
    "date_maj_fiche": "2026-11-23 21:27:32",
    "statut_fiche": "1",
    "user": "Robot",
    "owner": "",
    "url": "https://wiki.example/?Tag",
    "html_data": "data-x",
    "semantic": {"a": 1},
}


def body(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))["response"]["body"]


def test_display_and_system_keys_are_no_properties() -> None:
    entry = Entry.from_json(RAW)
    assert dict(entry.properties) == {"bf_titre": "A"}
    assert (entry.tag, entry.form, entry.status) == ("Tag", "6", "1")
    assert (entry.user, entry.owner, entry.url) == ("Robot", "", "https://wiki.example/?Tag")
    assert (entry.created, entry.updated) == ("2026-11-23 21:27:31", "2026-11-23 21:27:32")


@pytest.mark.parametrize("raw", [None, [], "text", {}, {"id_fiche": ""}, {"id_fiche": ["x"]}])
def test_what_has_no_tag_is_no_entry(raw: object) -> None:
    with pytest.raises(EntryMalformed):
        Entry.from_json(raw)


def test_digest_looks_at_the_content_alone() -> None:
    entry = Entry.from_json(RAW)
    later = Entry.from_json({**RAW, "date_maj_fiche": "2030-01-01 00:00:00", "user": "x"})
    shuffled = Entry.from_json(dict(reversed([*RAW.items(), ("bf_x", ""), ("bf_y", None)])))
    assert entry.digest() == later.digest() == shuffled.digest()
    assert entry.digest() != Entry.from_json({**RAW, "bf_titre": "B"}).digest()


def test_lists_leave_raw_output_out_and_set_rubbish_apart() -> None:
    entries, problems = entries_from_json(
        {"rawOutput": "<pre>", "Tag": RAW, "Other": RAW, "Third": "x", "Scan": {"bf_titre": "S"}}
    )
    assert list(entries) == ["Tag", "Scan"]
    assert [type(one) for one in problems] == [EntryMalformed, EntryMalformed]


def test_an_empty_list_is_empty_and_anything_else_is_refused() -> None:
    assert entries_from_json({}) == entries_from_json([]) == ({}, [])
    for raw in ("<html>", None, [RAW]):
        with pytest.raises(EntryMalformed):
            entries_from_json(raw)


@recorded
@pytest.mark.parametrize(
    "name",
    [
        *("110-entries-form-5", "111-entries-form-6", "112-entries-form-7", "113-entries-form-8"),
        *("115-entries-form-9-private-anonymous", "121-entries-misleading-form-segment"),
        *("179-showreq", "441-recurrent-entries", "v444-03-entries-5", "v444-04-entries-6"),
    ],
)
def test_recorded_lists_are_read_without_a_problem(name: str) -> None:
    raw = body(name)
    entries, problems = entries_from_json(raw)
    assert problems == []
    assert set(entries) == set(raw) - {"rawOutput"}


def test_every_public_name_is_found_where_it_lives() -> None:
    assert all(getattr(bazar_forms, name) is not None for name in bazar_forms.__all__)
    with pytest.raises(AttributeError):
        _ = bazar_forms.nothing_of_the_kind
