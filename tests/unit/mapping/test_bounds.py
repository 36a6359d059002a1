"""How large a text may be, and which links are none: the same on both sides."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from bazar_forms.entry import Entry
from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.addresses import runs
from oscartes_sync.mapping.bounds import (
    LONGEST_ENTRY,
    LONGEST_TEXT,
    MOST_TAGS,
    check_description,
    check_entry,
)
from oscartes_sync.mapping.entry_reading import read_entry
from oscartes_sync.mapping.long_texts import _markup
from oscartes_sync.records.event import RichText
from tests.fakes.agenda_form import agenda_fields, entry, form_of, setting_of

SETTING = setting_of(form_of(agenda_fields()))


@pytest.mark.parametrize("text", ["&" * LONGEST_TEXT, "a\n" * (LONGEST_TEXT // 2)])
def test_the_longest_text_written_as_html_can_be_read_back(text: str) -> None:
    check_description(RichText(text))
    assert SETTING.recipe.description is not None
    markup = _markup(RichText(text), SETTING.recipe.description)
    check_entry({"bf_titre": "Fête", "bf_description": markup})


def test_more_is_refused_before_it_is_looked_at() -> None:
    for text in (RichText("x" * (LONGEST_TEXT + 1)), RichText("", "<" * (MOST_TAGS + 1))):
        with pytest.raises(RecordError, match="too-large"):
            check_description(text)
    reading = read_entry(entry(bf_lieu="x" * (LONGEST_ENTRY + 1)), SETTING)
    assert reading.record is None
    assert [each.code for each in reading.problems] == ["too-large"]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:alert(1)", "java&#115;cript:x",
        "javascript%3Ax", "\x01javascript:x", "vbscript:x", "data:text/html,x",
        "javascript&colon;x", "java\u200bscript:x",
    ],
)  # fmt: skip
def test_an_address_that_is_a_program_is_no_link(address: str) -> None:
    assert runs(address)
    odd = entry(bf_site_internet=address)
    reading = read_entry(Entry(odd.tag, "6", MappingProxyType(dict(odd.properties))), SETTING)
    assert reading.record is not None
    assert reading.record.link == ""
    assert [each.code for each in reading.problems] == ["link-unsafe"]


@pytest.mark.parametrize(
    "address",
    [
        "https://x.example/?a=javascript:b", "www.x.example", "mailto:a@b.example", "geo:48,2", "",
        "x.example:8080/a", "//x.example", "database.example/data:1", "matrix:r/a:b.example",
    ],
)  # fmt: skip
def test_any_other_address_is_one(address: str) -> None:
    assert not runs(address)
