"""What is written reads back the same, here and with an independent library."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazar_forms.entry import Entry
from oscartes_sync.mapping.contacts.card_reading import read_card
from oscartes_sync.mapping.contacts.card_writing import Photo, patch_card, write_card
from oscartes_sync.mapping.contacts.entry_reading import read_contact
from oscartes_sync.mapping.contacts.entry_writing import (
    new_contact_entry,
    patch_contact_entry,
    project_contact,
)
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact
from tests.unit.mapping.contacts.cards import FOURNIL, NOW, OURS, PHOTO, THEIRS, card, new, read
from tests.unit.mapping.contacts.directory_form import KINDS, PEOPLE, SETTING, THEMES, actor

ANYTHING = st.text(st.characters(codec="utf-8"), max_size=40)
LINE = st.one_of(
    ANYTHING, st.sampled_from(["a;b,c\\n\\", "https://x.example/?a,b;c", "+33 4", "a@b", "{{x}}"])
)
PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=30)
URLS = st.one_of(
    st.sampled_from(["https://fb.me/a", "https://mamot.fr/@a", "www.a.example", "http://", "a b"]),
    ANYTHING,
)
PHONES = st.one_of(
    st.sampled_from(["04 67 00 00 06", "+33467000006", "06 1", "tel:+33-1", "poste 3"]), ANYTHING
)
EMAILS = st.one_of(st.sampled_from(["a@x.example", "A@X.example", "mailto:b@x"]), ANYTHING)
KEYS = st.lists(st.sampled_from([*THEMES, "disparu"]), max_size=4).map(",".join)
DEGREES = st.floats(-80, 80).map(str)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Entries of the directory with whatever in their fields."""
    properties: dict[str, Any] = {
        "bf_titre": draw(LINE) + "a",
        "bf_type_structure": draw(st.sampled_from([*KINDS, "", "disparu"])),
        "checkboxListethemes": draw(KEYS),
        "bf_motscles": draw(LINE),
        "bf_telephone": draw(PHONES),
        "bf_mobile": draw(PHONES),
        "bf_mail_public": draw(EMAILS),
        "bf_mail2": draw(EMAILS),
        "bf_site_internet": draw(URLS),
        "bf_facebook": draw(URLS),
        "bf_mastodon": draw(URLS),
        "checkboxfiche5bf_partenaires": draw(st.sampled_from(["", "VeloCie,LeFournil", "Gone"])),
        "imagebf_image": draw(st.sampled_from(["", "logo.png"])),
        "bf_description": draw(st.one_of(LINE, LINE.map("<p>{}</p><ul><li>x".format))),
        "bf_latitude": draw(DEGREES),
        "bf_longitude": draw(DEGREES),
        **{name: draw(LINE) for name in ("bf_adresse", "bf_code_postal", "bf_ville", "bf_pays")},
    }
    return actor(**properties)


def there(contact: Contact, uid: str = OURS) -> bytes:
    photo = PHOTO if contact.image else None
    return write_card(contact, uid, hint="", photo=photo, now=NOW)


@given(entries())
@settings(max_examples=150, deadline=None)
def test_an_entry_is_the_same_contact_in_a_card(entry: Entry) -> None:
    contact = read_contact(entry, SETTING).record
    assert contact is not None
    body = there(contact)
    assert read(body) == contact
    everything = {name: getattr(contact, name) for name in CONTACT_FIELDS}
    assert patch_card(body, everything, contact, photo=PHOTO, now=NOW) is body


@given(entries())
@settings(max_examples=100, deadline=None)
def test_an_entry_patched_with_what_it_says_is_not_written(entry: Entry) -> None:
    contact = read_contact(entry, SETTING).record
    assert contact is not None
    everything = {name: getattr(contact, name) for name in CONTACT_FIELDS}
    values = patch_contact_entry(entry, everything, contact, SETTING).values
    spot = {name: entry.properties[name] for name in ("bf_latitude", "bf_longitude")}
    assert {**values, **spot} == spot


@given(entries())
@settings(max_examples=100, deadline=None)
def test_a_projection_holds_of_itself(entry: Entry) -> None:
    contact = read_contact(entry, SETTING).record
    assert contact is not None
    for setting in (SETTING, PEOPLE):
        once = project_contact(contact, setting)
        assert project_contact(once, setting) == once


@given(entries(), entries())
@settings(max_examples=150, deadline=None)
def test_a_card_follows_any_change(one: Entry, other: Entry) -> None:
    before, after = (read_contact(entry, SETTING).record for entry in (one, other))
    assert before is not None
    assert after is not None
    changes = {name: getattr(after, name) for name in CONTACT_FIELDS}
    photo = Photo(b"other") if after.image != before.image else None
    body = patch_card(there(before, THEIRS), changes, after, photo=photo, now=NOW)
    back = read(body)
    for name in CONTACT_FIELDS:
        found, wanted = getattr(back, name), getattr(after, name)
        if isinstance(wanted, tuple):
            found, wanted = set(found), set(wanted)
        assert found == wanted, name
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))


@given(entries(), entries())
@settings(max_examples=100, deadline=None)
def test_an_entry_follows_any_change_that_it_has_room_for(one: Entry, other: Entry) -> None:
    before, after = (read_contact(entry, SETTING).record for entry in (one, other))
    assert before is not None
    assert after is not None
    changes = {name: getattr(after, name) for name in ("name", "town", "street", "description")}
    sent = patch_contact_entry(one, changes, before, SETTING).values
    back = read_contact(Entry("X", "5", {**one.properties, **sent}), SETTING).record
    assert back is not None
    assert {name: getattr(back, name) for name in changes} == changes


UNKNOWN = st.builds(
    "{}{}{}:{}".format,
    st.sampled_from(["", "item1.", "Grp-2."]),
    st.sampled_from(["NICKNAME", "X-FOO", "BDAY", "IMPP", "KEY", "TITLE", "X-ABDATE"]),
    st.sampled_from(["", ";TYPE=a,b", ';X="a:b;c"', ";BARE"]),
    PRINTABLE,
)


@given(
    st.lists(UNKNOWN, max_size=6),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from(["3.0", "4.0"]),
    st.fixed_dictionaries({}, optional={"town": PRINTABLE, "phones": st.just(("04 1",))}),
)
@settings(max_examples=150, deadline=None)
def test_what_is_not_ours_stays_byte_for_byte(
    lines: list[str], ending: str, version: str, changes: dict[str, object]
) -> None:
    lines = [re.sub("[\x85\u2028\u2029]", "", line) for line in lines]
    body = card("FN:A", *lines, version=version, ending=ending)
    reading = read_card(body)
    assert reading.record is not None
    after = patch_card(body, changes, reading.record, now=NOW)
    position = 0
    for line in lines:
        position = after.index(f"{line}{ending}".encode(), position) + len(line.encode())
    assert after.count(b"\r\n") in {0, after.count(b"\n")}


@given(st.binary(max_size=200), st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_bytes_end_in_a_value(noise: bytes, more: bytes) -> None:
    for body in (noise, new()[:300] + noise + new()[300:], card("FN:A")[:-12] + noise + more):
        reading = read_card(body)
        assert (reading.record is None) <= bool(reading.problems or reading.standing)


@given(entries())
@settings(max_examples=60, deadline=None)
def test_an_entry_made_of_a_card_is_what_was_projected(entry: Entry) -> None:
    contact = read_contact(entry, SETTING).record
    assert contact is not None
    cloud = read(there(contact, THEIRS))
    values = new_contact_entry(cloud, SETTING, defaults={}).values
    made = read_contact(Entry("X", "5", values), SETTING).record
    assert made is not None
    projected = project_contact(cloud, SETTING)
    for name in set(CONTACT_FIELDS) - {"image", "related"}:
        assert getattr(made, name) == getattr(projected, name), name


def test_an_independent_reader_reads_the_same() -> None:
    vobject = pytest.importorskip("vobject")
    found = vobject.readOne(new().decode())
    assert found.version.value == "3.0"
    assert found.fn.value == FOURNIL.name
    assert found.org.value == [FOURNIL.name]
    assert [each.value for each in found.tel_list] == list(FOURNIL.phones)
    assert found.tel_list[0].params["TYPE"] == ["WORK", "VOICE"]
    assert found.email.value == "contact@x.example"
    assert found.adr.value.street == FOURNIL.street
    assert (found.adr.value.city, found.adr.value.code, found.adr.value.country) == (
        "Montpellier", "34000", "France",
    )  # fmt: skip
    assert found.note.value == FOURNIL.description.text
    assert [each.value for each in found.url_list] == [*FOURNIL.sites, FOURNIL.page]
    assert found.url_list[1].group == found.x_ablabel.group
    assert set(found.categories.value) == set(FOURNIL.categories)
    assert found.photo.value == PHOTO.content
    assert found.geo.value == "43.611900;3.877200"
    assert found.uid.value == OURS


def test_an_independent_reader_reads_what_was_patched() -> None:
    vobject = pytest.importorskip("vobject")
    changes = {"phones": ("05 1; 2",), "town": "Sète, là", "categories": ("A,B", "C")}
    found = vobject.readOne(patch_card(new(), changes, FOURNIL, now=NOW).decode())
    assert found.tel.value == "05 1; 2"
    assert found.adr.value.city == "Sète, là"
    assert set(found.categories.value) == {"A,B", "C"}


@pytest.mark.parametrize("blank", ["\xa0", "\u2009", "\u3000", " "])
def test_an_address_with_any_blank_in_it_is_read_as_it_is_written(blank: str) -> None:
    first = read_contact(actor(bf_mastodon=f"https://fb.me/a{blank}b"), SETTING).record
    assert first is not None
    assert first.social == ("https://fb.me/a%20b",)
    assert read(there(first)).social == first.social
    name = read_contact(actor(bf_mastodon=f"0.{blank}0"), SETTING).record
    assert name is not None
    assert name.social == ()
