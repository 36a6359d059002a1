"""From contacts to vCards: new ones, and patches of cards that are there."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.errors import Invalid
from oscartes_sync.mapping.contacts.card_reading import read_card
from oscartes_sync.mapping.contacts.card_writing import (
    Photo,
    keeps_photo,
    patch_card,
    project_card,
    validate_card,
    write_card,
)
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact, ContactKind
from oscartes_sync.records.event import Position, RichText
from tests.unit.mapping.contacts.cards import (
    FOURNIL,
    LOGO,
    NOW,
    OURS,
    PHOTO,
    card,
    new,
    read,
    unfolded,
)

RECORDINGS = Path(__file__).resolve().parents[5] / "shared" / "recordings" / "nextcloud"
LATER = NOW + timedelta(days=1)
MARIE = Contact(
    name="Marie Dupont", kind=ContactKind.INDIVIDUAL, given_name="Marie", family_name="Dupont"
)


def patched(body: bytes, /, photo: Photo | None = None, **changes: object) -> bytes:
    after = patch_card(body, changes, read(body), photo=photo, now=LATER)
    if after != body:
        validate_card(after)
    return after


def moved(
    body: bytes, /, photo: Photo | None = None, **changes: object
) -> tuple[set[str], set[str]]:
    """Content lines that went and that came, REV aside."""
    after = patched(body, photo, **changes)
    old, new_ = ({each for each in unfolded(one) if "REV" not in each} for one in (body, after))
    return old - new_, new_ - old


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        ("Dupont;Marie;;;", "Marie Durand", "Durand;Marie;;;"),
        ("Dupont;Marie;;;", "Anne Dupont", "Dupont;Anne;;;"),
        ("Dupont;Marie;;Dr;", "Nadia Haddad", "Nadia Haddad;;;Dr;"),
        ("Martin;Marie;;;", "Marie Durand", "Martin;Marie;;;"),
        (";;;;", "Marie Durand", ";;;;"),
    ],
)
def test_the_name_that_programs_show_follows_where_it_said_the_same(
    before: str, name: str, after: str
) -> None:
    body = card("FN:Marie Dupont", f"N:{before}", "X-ADDRESSBOOKSERVER-KIND:individual")
    assert f"N:{after}" in unfolded(patched(body, name=name))


def test_a_new_card_says_all_in_3_0() -> None:
    lines = unfolded(new())
    assert lines == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "PRODID:-//OSCARTES//oscartes_sync//EN",
        f"UID:{OURS}",
        "FN:Le Fournil d'Élise ; fils\\, & <Cie>",
        "N:;;;;",
        "ORG:Le Fournil d'Élise \\; fils\\, & <Cie>;",
        "X-ABSHOWAS:COMPANY",
        "TEL;TYPE=WORK,VOICE:04 67 00 00 06",
        "TEL;TYPE=CELL:06 00 00 00 06",
        "EMAIL;TYPE=WORK:contact@x.example",
        "URL:https://x.example/?a=1\\,2;3",
        "X-SOCIALPROFILE;TYPE=FACEBOOK:https://facebook.com/x",
        "X-SOCIALPROFILE:https://social.example/@x",
        "ADR;TYPE=WORK:;;5 bis\\, impasse\\; des Prés;Montpellier;;34000;France",
        "GEO:43.611900;3.877200",
        "CATEGORIES:Association,Coopérative (SCOP\\, SCIC),Numérique libre / Outils",
        "NOTE:Une ligne\\nUne autre\\, et; puis \\\\n",
        "X-ABRELATEDNAMES;X-OSCARTES-FIELD=checkboxfiche5bf_partenaires:Vélo & Cie",
        "X-ABRELATEDNAMES;X-OSCARTES-FIELD=checkboxfiche5bf_partenaires:L'autre\\, là",
        "PHOTO;ENCODING=b;TYPE=PNG:iVBORyBsb2dv",
        f"X-OSCARTES-IMAGE;X-SHA256=2323e0e7da7ccf37:{LOGO}",
        "item1.URL:https://wiki.example/?LeFournil",
        "item1.X-ABLabel:Fiche",
        "SOURCE:https://wiki.example/?LeFournil",
        "X-OSCARTES-ENTRY:noe:5:LeFournil",
        "REV:20261124T120000Z",
        "END:VCARD",
    ]
    validate_card(new())


def test_lines_are_folded_at_75_octets_and_end_in_crlf() -> None:
    body = new(Contact(name="é" * 200, description=RichText("\n".join("abc" * 99))))
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")


def test_a_person_is_no_company() -> None:
    lines = unfolded(new(MARIE))
    assert "N:Dupont;Marie;;;" in lines
    assert not [line for line in lines if line.startswith(("ORG", "X-ABSHOWAS"))]
    assert read(new(MARIE)) == MARIE


def test_a_new_card_without_the_bytes_of_its_logo_has_no_photo() -> None:
    body = write_card(FOURNIL, OURS, hint="", photo=None, now=NOW)
    assert b"PHOTO" not in body
    assert b"X-OSCARTES" not in body.replace(b"X-OSCARTES-FIELD", b"")
    assert read(body).image == ""


def test_a_projection_is_what_a_new_card_says() -> None:
    assert project_card(FOURNIL, OURS) == FOURNIL
    assert project_card(FOURNIL, OURS).page == FOURNIL.page
    assert project_card(MARIE, "theirs") == MARIE
    spaced = Contact(name="a", description=RichText("a  b", "<p>a b</p>"), sites=("https://a b",))
    assert project_card(spaced, OURS).description == RichText("a b")
    assert project_card(spaced, OURS).sites == ("https://a%20b",)


def test_what_is_said_already_gives_the_body_back() -> None:
    body = new()
    assert patch_card(body, {}, FOURNIL, now=LATER) is body
    everything = {name: getattr(FOURNIL, name) for name in CONTACT_FIELDS}
    assert patch_card(body, everything, FOURNIL, now=LATER) is body
    odd = card("N;X-A=b:", "FN : A", "TEL;CELL:1", "item7.X-ABLabel:seul", "", "PHOTO:x")
    assert patch_card(odd, {"phones": ("1",)}, Contact(name="A"), now=LATER) is odd


def test_rev_says_when_something_was_written() -> None:
    body = patched(new(), town="Sète")
    assert "REV:20261125T120000Z" in unfolded(body)
    assert "REV:20261125T120000Z" in unfolded(patched(card("FN:A"), town="Sète"))


def test_the_name_of_an_organisation_is_changed_in_fn_and_org() -> None:
    body = card("FN:Le Four", "ORG:Le Four;Antenne\\, sud", "N:;;;;")
    assert moved(body, name="La Ruche; été") == (
        {"FN:Le Four", "ORG:Le Four;Antenne\\, sud"},
        {"FN:La Ruche; été", "ORG:La Ruche\\; été;Antenne\\, sud"},
    )  # fmt: skip
    other = card("FN:Le Four", "ORG:Groupe X")
    assert moved(other, name="La Ruche") == ({"FN:Le Four"}, {"FN:La Ruche"})
    assert moved(card("FN:Le Four"), name="La Ruche") == ({"FN:Le Four"}, {"FN:La Ruche"})
    assert moved(card("ORG:Le Four"), name="Le Four à pain") == (
        {"ORG:Le Four"}, {"FN:Le Four à pain", "ORG:Le Four à pain"},
    )  # fmt: skip


def test_the_names_of_a_person_leave_the_others_as_they_are() -> None:
    body = card("FN:Marie", "N;SORT-AS=x:Dupont;Marie;Anne,Rose;Mme;", "ORG:Marie")
    assert moved(body, family_name="Durand", name="Marie Durand") == (
        {"FN:Marie", "N;SORT-AS=x:Dupont;Marie;Anne,Rose;Mme;"},
        {"FN:Marie Durand", "N;SORT-AS=x:Durand;Marie;Anne,Rose;Mme;"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "version", "went", "came"),
    [
        (("N:A;B;;;",), "3.0", {"N:A;B;;;"}, {"N:;;;;", "ORG:A", "X-ABSHOWAS:COMPANY"}),
        (("N:A;B;;;", "ORG:X"), "4.0", {"N:A;B;;;"}, {"N:;;;;", "KIND:org"}),
        (
            ("N:A;B;;;", "KIND:individual", "ORG:X"), "4.0",
            {"N:A;B;;;", "KIND:individual"}, {"N:;;;;", "KIND:org"},
        ),
    ],
)  # fmt: skip
def test_a_person_that_became_an_organisation(
    lines: tuple[str, ...], version: str, went: set[str], came: set[str]
) -> None:
    body = card("FN:A", *lines, version=version)
    changes: dict[str, Any] = {"kind": ContactKind.ORG, "family_name": "", "given_name": ""}
    assert moved(body, **changes) == (went, came)
    assert read(patched(body, **changes)) == Contact(name="A")


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_an_organisation_that_became_a_person(version: str) -> None:
    kind = "KIND:org" if version == "4.0" else "X-ABSHOWAS:COMPANY"
    body = card("FN:A", "N:;;;;", kind, version=version)
    changes: dict[str, Any] = {
        "kind": ContactKind.INDIVIDUAL,
        "family_name": "A",
        "given_name": "B",
    }
    after = read(patched(body, **changes))
    assert (after.kind, after.family_name, after.given_name) == (ContactKind.INDIVIDUAL, "A", "B")


PHONES = card(
    "FN:A",
    "item1.TEL;TYPE=CELL;X-B=1:06 00 00 00 01",
    "item1.X-ABLabel:Astreinte",
    "TEL;TYPE=FAX:04 9",
    "TEL;VALUE=uri;TYPE=voice:tel:+33-4-67-00-00-02",
)


@pytest.mark.parametrize(
    ("phones", "went", "came"),
    [
        (("06 00 00 00 01", "+33-4-67-00-00-02"), set(), set()),
        (("+33-4-67-00-00-02", "06 00 00 00 01"), set(), set()),
        (("04 1", "+33-4-67-00-00-02"),
         {"item1.TEL;TYPE=CELL;X-B=1:06 00 00 00 01"}, {"item1.TEL;TYPE=CELL;X-B=1:04 1"}),
        (("0600000001", "04 67 00 00 02"),
         {"item1.TEL;TYPE=CELL;X-B=1:06 00 00 00 01",
          "TEL;VALUE=uri;TYPE=voice:tel:+33-4-67-00-00-02"},
         {"item1.TEL;TYPE=CELL;X-B=1:0600000001", "TEL;TYPE=voice:04 67 00 00 02"}),
        (("+33-4-67-00-00-02",),
         {"item1.TEL;TYPE=CELL;X-B=1:06 00 00 00 01", "item1.X-ABLabel:Astreinte"}, set()),
        (("06 00 00 00 01", "+33-4-67-00-00-02", "07 3", "3"), set(),
         {"TEL;TYPE=CELL:07 3", "TEL;TYPE=WORK,VOICE:3"}),
        ((),
         {"item1.TEL;TYPE=CELL;X-B=1:06 00 00 00 01", "item1.X-ABLabel:Astreinte",
          "TEL;VALUE=uri;TYPE=voice:tel:+33-4-67-00-00-02"}, set()),
    ],
)  # fmt: skip
def test_numbers_keep_their_lines_and_new_ones_take_those_of_the_gone(
    phones: tuple[str, ...], went: set[str], came: set[str]
) -> None:
    assert moved(PHONES, phones=phones) == (went, came)
    assert set(read(patched(PHONES, phones=phones)).phones) == set(phones)


def test_a_label_stays_with_what_else_is_in_its_group() -> None:
    body = card("FN:A", "item1.TEL:1", "ITEM1.EMAIL:a@b", "item1.X-ABLabel:Bureau")
    assert moved(body, phones=()) == ({"item1.TEL:1"}, set())
    assert moved(body, phones=(), emails=()) == (
        {"item1.TEL:1", "ITEM1.EMAIL:a@b", "item1.X-ABLabel:Bureau"}, set(),
    )  # fmt: skip


def test_sites_never_take_the_line_of_the_page() -> None:
    sites = ("https://y.example",)
    assert moved(new(), sites=sites) == (
        {"URL:https://x.example/?a=1\\,2;3"}, {"URL:https://y.example"},
    )  # fmt: skip
    assert read(patched(new(), sites=())).page == FOURNIL.page


def test_a_page_on_a_network_takes_the_line_of_that_network_alone() -> None:
    body = card("FN:A", "X-SOCIALPROFILE;TYPE=FACEBOOK:https://fb.me/a", "URL:https://fb.me/b")
    assert moved(body, social=("https://fb.me/c", "https://fb.me/b")) == (
        {"X-SOCIALPROFILE;TYPE=FACEBOOK:https://fb.me/a"},
        {"X-SOCIALPROFILE;TYPE=FACEBOOK:https://fb.me/c"},
    )  # fmt: skip
    assert moved(body, social=("https://mamot.fr/@a", "https://fb.me/b")) == (
        {"X-SOCIALPROFILE;TYPE=FACEBOOK:https://fb.me/a"},
        {"X-SOCIALPROFILE;TYPE=MASTODON:https://mamot.fr/@a"},
    )  # fmt: skip


def test_parts_of_an_address_that_are_not_ours_stay() -> None:
    body = card(
        'ADR;LABEL="1 rue\\nDie":BP 3;Bât. A;1 rue,du Four;Die;Drôme;26150;', "FN:A", version="4.0"
    )
    assert moved(body, town="Alès") == (
        {'ADR;LABEL="1 rue\\nDie":BP 3;Bât. A;1 rue,du Four;Die;Drôme;26150;'},
        {"ADR:BP 3;Bât. A;1 rue,du Four;Alès;Drôme;26150;"},
    )  # fmt: skip
    nothing: dict[str, Any] = {"street": "", "town": "", "postcode": ""}
    assert moved(body, **nothing)[1] == {"ADR:BP 3;Bât. A;;;Drôme;;"}
    bare = card("FN:A", "a.ADR:;;x", "a.X-ABLabel:y")
    assert moved(bare, street="") == ({"a.ADR:;;x", "a.X-ABLabel:y"}, set())
    assert moved(bare, country="FR") == ({"a.ADR:;;x"}, {"a.ADR:;;x;;;;FR"})
    assert moved(card("FN:A"), town="Die") == (set(), {"ADR;TYPE=WORK:;;;Die;;;"})


@pytest.mark.parametrize(
    ("version", "before", "after"),
    [
        ("3.0", "GEO:1;2", "GEO:3.500000;4.000000"),
        ("4.0", "GEO;PREF=1:geo:1,2", "GEO;PREF=1:geo:3.500000,4.000000"),
    ],
)
def test_a_position_is_written_in_the_way_of_the_version(
    version: str, before: str, after: str
) -> None:
    body = card("FN:A", before, version=version)
    assert moved(body, position=Position(3.5, 4)) == ({before}, {after})
    assert moved(body, position=Position(1, 2)) == (set(), set())
    assert moved(body, position=None) == ({before}, set())


def test_categories_that_stay_stay_where_and_as_they_are() -> None:
    body = card("FN:A", "CATEGORIES;X-A=b:Un,De\\,ux", "CATEGORIES:Trois , Quatre")
    kept = ("Un", "De,ux", "Trois", "Quatre")
    assert moved(body, categories=kept) == (set(), set())
    assert moved(body, categories=(*kept, "Ci;nq")) == (
        {"CATEGORIES:Trois , Quatre"}, {"CATEGORIES:Trois , Quatre,Ci;nq"},
    )  # fmt: skip
    assert moved(body, categories=("De,ux", "Six")) == (
        {"CATEGORIES;X-A=b:Un,De\\,ux", "CATEGORIES:Trois , Quatre"},
        {"CATEGORIES;X-A=b:De\\,ux,Six"},
    )  # fmt: skip
    assert read(patched(body, categories=("Sept",))).categories == ("Sept",)
    assert read(patched(body, categories=())).categories == ()
    assert moved(card("FN:A"), categories=("A,B", "C")) == (set(), {"CATEGORIES:A\\,B,C"})


def test_the_note_and_the_names_of_linked_entries_follow() -> None:
    assert moved(new(), description=RichText("a, b\nc"))[1] == {"NOTE:a\\, b\\nc"}
    assert moved(new(), description=RichText())[1] == set()
    went, came = moved(new(), related=("Vélo & Cie", "Autre"))
    assert [line.rpartition(":")[2] for line in went] == ["L'autre\\, là"]
    assert came == {"X-ABRELATEDNAMES;X-OSCARTES-FIELD=checkboxfiche5bf_partenaires:Autre"}
    theirs = card("FN:A", "RELATED;VALUE=text:Une amie", version="4.0")
    assert moved(theirs, related=("B",)) == (
        set(), {"RELATED;TYPE=contact;VALUE=text;X-OSCARTES-FIELD=related:B"},
    )  # fmt: skip


def test_a_new_logo_takes_the_place_of_the_old_one() -> None:
    url, photo = "https://wiki.example/files/neuf.jpg", Photo(b"neuf", "JPEG")
    went, came = moved(new(), photo, image=url)
    assert came == {
        "PHOTO;ENCODING=b;TYPE=JPEG:bmV1Zg==", f"X-OSCARTES-IMAGE;X-SHA256=a0ad1f02374f9314:{url}",
    }  # fmt: skip
    assert len(went) == 2
    assert read(patched(new(), photo, image=url)).image == url
    assert moved(new(), image=url) == (set(), set())
    assert moved(new(), image="")[1] == set()
    assert b"PHOTO" not in patched(new(), image="")
    modern = patched(card("FN:A", version="4.0"), photo, image=url)
    assert "PHOTO:data:image/jpeg;base64,bmV1Zg==" in unfolded(modern)
    assert read(modern).image == url


def test_a_photo_that_a_member_chose_stays() -> None:
    body = card("FN:A", "PHOTO;ENCODING=b;TYPE=JPEG:AAAA")
    assert keeps_photo(body)
    assert moved(body, PHOTO, image=LOGO) == (set(), set())
    replaced = new().replace(b"iVBORyBsb2dv", b"AAAA")
    assert keeps_photo(replaced)
    assert moved(replaced, PHOTO, image="https://wiki.example/files/neuf.png") == (set(), set())
    assert not keeps_photo(new())
    removed = new().replace(b"PHOTO;ENCODING=b;TYPE=PNG:iVBORyBsb2dv\r\n", b"")
    assert not keeps_photo(removed)
    assert read(patched(removed, PHOTO, image=LOGO)).image == LOGO


def test_the_page_follows_a_wiki_that_moved_and_only_in_cards_of_its_own() -> None:
    url = "https://neuf.example/?LeFournil"
    assert moved(new(), page=url) == (
        {"item1.URL:https://wiki.example/?LeFournil", "SOURCE:https://wiki.example/?LeFournil"},
        {f"item1.URL:{url}", f"SOURCE:{url}"},
    )  # fmt: skip
    bare = card("FN:A", "item1.TEL:1", uid=OURS)
    assert moved(bare, page=url) == (
        set(), {f"item2.URL:{url}", "item2.X-ABLabel:Fiche", f"SOURCE:{url}"},
    )  # fmt: skip
    assert moved(card("FN:A"), page=url) == (set(), set())


def test_nothing_in_a_value_ends_its_line() -> None:
    evil = "x\r\nX-EVIL:1\x00\x1b"
    contact = Contact(
        name=evil, phones=(evil,), emails=(f"a@b{evil}",), sites=(f"https://a{evil}",),
        social=(f"https://fb.me/{evil}",), street=evil, categories=(evil,), related=(evil,),
        description=RichText(evil), image=f"https://a/{evil}", page=f"https://a/{evil}",
        properties=(("related", evil),),
    )  # fmt: skip
    for body in (
        new(contact),
        patched(new(), PHOTO, **{name: getattr(contact, name) for name in CONTACT_FIELDS}),
    ):
        assert not [line for line in unfolded(body) if line.startswith("X-EVIL")]
        assert not {b"\x00", b"\x1b"} & {body[at : at + 1] for at in range(len(body))}
        assert read(body).name == "x X-EVIL:1"


def test_a_body_that_is_no_contact_is_not_patched() -> None:
    for body, code in (
        (b"Bonjour", "not-vcard"),
        (card("FN:A") + card("FN:B"), "several-cards"),
        (card("NOTE:x"), "no-name"),
        (card("FN:A", "KIND:group"), "contact-group"),
    ):
        with pytest.raises(Invalid, match=code):
            patch_card(body, {"town": "Die"}, FOURNIL, now=NOW)
    with pytest.raises(Invalid, match="no-name"):
        patch_card(card("FN:A"), {"name": " "}, FOURNIL, now=NOW)


def test_what_nextcloud_would_refuse_or_mend_is_not_sent() -> None:
    for body, code in (
        (card("FN:A", "FN:B"), "card-property-count"),
        (card("N:A;B"), "card-property-count"),
        (card("FN:A", "KIND:group"), "contact-group"),
        (card("FN:A", version="2.1"), "card-too-old"),
    ):
        with pytest.raises(Invalid, match=code):
            validate_card(body)


def test_a_card_without_fn_gets_one_with_the_first_change() -> None:
    body = card("N:Dupont;Marie")
    assert moved(body, town="Die") == (set(), {"ADR;TYPE=WORK:;;;Die;;;", "FN:Marie Dupont"})


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")
def test_what_nextcloud_really_stored_is_patched_in_one_line() -> None:
    seen = 0
    for path in sorted(RECORDINGS.glob("08[123]-put-*.json")):
        for exchange in json.loads(path.read_text())["exchanges"]:
            body = str(exchange["request"].get("body") or "").encode()
            reading = read_card(body)
            if exchange["request"]["method"] != "PUT" or reading.record is None:
                continue
            if exchange["response"]["status"] >= 400:
                continue
            seen += 1
            after = patch_card(body, {"town": "Un lieu"}, reading.record, now=LATER)
            old, new_ = (one.decode().splitlines() for one in (body, after))
            gone = [each for each in old if each not in new_]
            came = [each for each in new_ if each not in old]
            assert [each for each in old if each not in gone] == [
                each for each in new_ if each not in came
            ]
            assert len([each for each in came if "Un lieu" in each]) == 1
            assert all(each.startswith(("ADR", "REV", "FN")) for each in (*gone, *came)), (
                gone,
                came,
            )
            assert read_card(after).record is not None
    assert seen > 20
