"""From vCards to contacts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from oscartes_sync.mapping.contacts.card_reading import read_card
from oscartes_sync.records.contact import Contact, ContactKind
from oscartes_sync.records.event import Position, RichText
from oscartes_sync.records.standing import Standing
from tests.unit.mapping.contacts.cards import FOURNIL, LOGO, OURS, card, new, read

RECORDINGS = Path(__file__).resolve().parents[5] / "shared" / "recordings" / "nextcloud"


def test_a_card_of_3_0_is_read_whole() -> None:
    contact = read(
        card(
            "FN:L’Abeille\\, été",
            "ORG:L’Abeille\\, été;Antenne",
            "N:;;;;",
            "X-ABShowAs:COMPANY",
            "TEL;TYPE=WORK,VOICE:+33 1 23 45 67 89",
            "TEL;TYPE=WORK,FAX:+33 1 23 45 67 90",
            "item1.TEL;TYPE=CELL:06 00 00 00 01",
            "item1.X-ABLabel:Astreinte",
            "EMAIL:contact@abeille.example",
            "ADR;TYPE=HOME:;;ailleurs;;;;",
            "ADR;TYPE=WORK,PREF:BP 3;Bât. A;3 rue\\, de l’Église;Saint-Étienne;Loire;42000;France",
            "GEO:45.4397;4.3872",
            "URL:https\\://abeille.example/?a\\,b",
            "X-SOCIALPROFILE;TYPE=MASTODON:https://mastodon.example/@abeille",
            "X-SOCIALPROFILE;TYPE=TWITTER:abeille",
            "CATEGORIES:Association,Éducation\\, populaire",
            "CATEGORIES:Numérique / Libre",
            "NOTE:Ligne 1\\nLigne 2\\; avec\\, virgule ",
            "BDAY:1980-05-01",
        )
    )
    assert contact == Contact(
        name="L’Abeille, été",
        phones=("+33 1 23 45 67 89", "06 00 00 00 01"),
        emails=("contact@abeille.example",),
        sites=("https://abeille.example/?a,b",),
        social=("https://mastodon.example/@abeille",),
        street="3 rue, de l’Église",
        postcode="42000",
        town="Saint-Étienne",
        country="France",
        position=Position(45.4397, 4.3872),
        categories=("Association", "Numérique / Libre", "Éducation, populaire"),
        description=RichText("Ligne 1\nLigne 2; avec, virgule"),
    )
    assert (contact.page, contact.image, contact.related) == ("", "", ())


def test_a_card_of_4_0_is_read_whole() -> None:
    contact = read(
        card(
            "FN:Marie Dupont",
            "N:Dupont;Marie;Anne,Rose;;",
            "KIND:individual",
            "TEL;VALUE=uri;TYPE=voice:tel:+33-1-23-45-67-89",
            "ADR;PREF=2:;;second;;;;",
            'ADR;PREF=1;LABEL="3 rue\\n42000":;;3 rue de l’Église;Saint-Étienne;;42000;France',
            "GEO:geo:45.4397,4.3872;u=10",
            "SOCIALPROFILE;SERVICE-TYPE=Mastodon:https://social.example/@marie",
            "RELATED;TYPE=contact;VALUE=text;X-OSCARTES-FIELD=listefiche5:Vélo\\, Cie",
            "RELATED;TYPE=friend;VALUE=text:Une amie",
            version="4.0",
        )
    )
    assert contact.kind is ContactKind.INDIVIDUAL
    assert (contact.given_name, contact.family_name) == ("Marie", "Dupont")
    assert contact.phones == ("+33-1-23-45-67-89",)
    assert contact.street == "3 rue de l’Église"
    assert contact.position == Position(45.4397, 4.3872)
    assert contact.related == ("Vélo, Cie",)
    assert contact.properties == (("related", "listefiche5"),)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("FN: Deux\\nlignes ",), "Deux lignes"),
        (("ORG:Le Fournil;Antenne", "N:Dupont;Marie"), "Le Fournil"),
        (("N:Dupont;Marie;;;",), "Marie Dupont"),
        (("FN:", "N:Dupont"), "Dupont"),
        (("FN:=cmd|' /C calc'!A0",), "=cmd|' /C calc'!A0"),
        (("FN:🐝 A\u00a0B \x00\x1b",), "🐝 A\u00a0B"),
    ],
)
def test_a_name_is_found_wherever_it_stands(lines: tuple[str, ...], name: str) -> None:
    assert read(card(*lines)).name == name


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("FN:A",), ContactKind.ORG),
        (("FN:A", "N:A;B"), ContactKind.INDIVIDUAL),
        (("FN:A", "N:A;B", "X-ABSHOWAS:COMPANY"), ContactKind.ORG),
        (("FN:A", "N:A;B", "KIND:org"), ContactKind.ORG),
        (("FN:A", "N:A;B", "KIND:location"), ContactKind.ORG),
        (("FN:A", "KIND:Individual", "X-ABSHOWAS:COMPANY"), ContactKind.INDIVIDUAL),
        (("FN:A", "X-ADDRESSBOOKSERVER-KIND:individual"), ContactKind.INDIVIDUAL),
    ],
)
def test_who_is_an_individual(lines: tuple[str, ...], kind: ContactKind) -> None:
    contact = read(card(*lines))
    assert contact.kind is kind
    assert kind is ContactKind.INDIVIDUAL or contact.family_name == ""


@pytest.mark.parametrize("line", ["KIND:GROUP", "X-ADDRESSBOOKSERVER-KIND:group"])
def test_a_group_of_contacts_is_not_ours(line: str) -> None:
    reading = read_card(card("FN:Amis", line))
    assert (reading.standing, reading.record, reading.problems) == (Standing.FOREIGN, None, ())


def test_a_card_that_its_author_keeps_private_is_hidden() -> None:
    reading = read_card(card("FN:A", "CLASS:PRIVATE"))
    assert reading.standing is Standing.HIDDEN
    assert reading.record == Contact(name="A")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not-vcard"),
        (b"Bonjour", "not-vcard"),
        (b'["vcard",[["fn",{},"text","jCard"]]]', "not-vcard"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "not-vcard"),
        (b"BEGIN:VCARD\r\nFN:A\r\nUID:a\r\n", "not-vcard"),
        (b"END:VCARD\r\n", "not-vcard"),
        (card("FN:A") + card("FN:B"), "several-cards"),
        (card("FN:A", version="2.1"), "card-too-old"),
        (card("FN:A", uid=" "), "no-uid"),
        (card("FN: ", "NOTE:x"), "no-name"),
        (card("FN:A", f"NOTE:{'x' * 1_100_000}"), "too-large"),
        (b"x" * 6_000_000, "too-large"),
        (b"\n" * 200_000, "too-large"),
    ],
)
def test_what_is_no_contact_says_why(body: bytes, code: str) -> None:
    reading = read_card(body)
    assert (reading.standing, reading.record) == (Standing.BROKEN, None)
    assert [problem.code for problem in reading.problems] == [code]


def test_line_ends_marks_folds_and_groups_may_be_as_they_like() -> None:
    assert read(card("FN:A", ending="\n")).name == "A"
    assert read(card("FN:A", ending="\r")).name == "A"
    assert read(b"\xef\xbb\xbf" + card("FN:A")).name == "A"
    assert read(card("FN:Un \r\n nom\r\n\tlong", "it\r\n em1.TEL:0\r\n 1")).phones == ("01",)
    assert read(card("fn:a", "grp.x.email:a@b")).emails == ()
    whole = card("FN:é")
    cut = whole.index("é".encode()) + 1
    assert read(whole[:cut] + b"\r\n " + whole[cut:]).name == "é"


def test_a_card_without_a_version_is_one_of_3_0() -> None:
    assert read(b"BEGIN:VCARD\r\nUID:a\r\nFN:A\r\nEND:VCARD\r\n").name == "A"


def test_a_card_inside_of_a_card_is_left_aside() -> None:
    inner = ("AGENT:", "BEGIN:VCARD", "FN:B", "TEL:2", "END:VCARD")
    assert read(card("FN:A", *inner, "TEL:1")).phones == ("1",)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("GEO:nulle part", "bad-position"),
        ("GEO:91;0", "bad-position"),
        ("GEO:geo:nan,nan", "bad-position"),
        ("URL:javascript:alert(1)", "link-unsafe"),
        ("X-SOCIALPROFILE: java\\script:alert(1)", "link-unsafe"),
    ],
)
def test_a_bad_value_is_a_warning_beside_the_good_rest(line: str, code: str) -> None:
    reading = read_card(card("FN:A", line))
    assert reading.record == Contact(name="A")
    assert [problem.code for problem in reading.problems] == [code]


def test_bytes_that_are_no_utf_8_are_read_as_what_they_may_be() -> None:
    reading = read_card(card("FN:Ete").replace(b"Ete", "Été".encode("latin-1")))
    assert reading.record == Contact(name="Été")
    assert [problem.code for problem in reading.problems] == ["not-utf8"]


def test_the_page_is_no_site_and_is_known_without_its_label() -> None:
    assert read(new()).page == FOURNIL.page
    bare = new().replace(b"item1.X-ABLabel:Fiche\r\n", b"").replace(b"item1.URL", b"URL")
    assert (read(bare).page, read(bare).sites) == (FOURNIL.page, FOURNIL.sites)
    reading = read_card(new())
    assert (reading.uid, reading.hint) == (OURS, "noe:5:LeFournil")


def test_a_copy_that_a_member_made_has_no_page() -> None:
    copy = read(new().replace(OURS.encode(), b"copie"))
    assert (copy.page, copy.sites) == ("", FOURNIL.sites)


def test_pages_on_networks_are_told_by_host_among_urls() -> None:
    contact = read(card("FN:A", "URL:https://www.facebook.com/a", "URL:https://a.example"))
    assert (contact.social, contact.sites) == (
        ("https://www.facebook.com/a",), ("https://a.example",),
    )  # fmt: skip


def test_the_image_is_ours_as_long_as_the_photo_is() -> None:
    assert read(new()).image == LOGO
    lines = new().split(b"\r\n")
    other = [b"PHOTO;ENCODING=b;TYPE=JPEG:AAAA" if b"PHOTO" in each else each for each in lines]
    assert read(b"\r\n".join(other)).image == ""
    assert read(b"\r\n".join(each for each in lines if b"PHOTO" not in each)).image == ""
    encoded = base64.b64encode(b"\x89PNG logo").decode()
    for photo in (
        f"PHOTO;VALUE=URI:data:image/png;base64\\,{encoded}",
        f"PHOTO:data:image/png;base64,{encoded}",
        f"PHOTO;ENCODING=B;TYPE=png:{encoded[:6]}\r\n  {encoded[6:]}",
    ):
        converted = [photo.encode() if b"PHOTO" in each else each for each in lines]
        assert read(b"\r\n".join(converted)).image == LOGO


def bodies() -> Iterator[tuple[str, bytes]]:
    for path in sorted(RECORDINGS.glob("08[123]-put-*.json")):
        note = ""
        for exchange in json.loads(path.read_text())["exchanges"]:
            note = exchange.get("note") or note
            response = exchange["response"]
            kind = response["headers"].get("Content-Type", "")
            if exchange["request"]["method"] == "GET" and kind.startswith("text/vcard"):
                yield note, str(response["body"]).encode()


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")
def test_what_nextcloud_really_stored_is_read() -> None:
    seen = 0
    for note, body in bodies():
        reading = read_card(body)
        seen += 1
        if "two cards" in note:
            assert [problem.code for problem in reading.problems] == ["several-cards"]
        elif "group" in note:
            assert reading.standing is Standing.FOREIGN
        else:
            assert reading.record is not None, (note, reading.problems)
            assert reading.record.name
            assert reading.problems == ()
    assert seen > 30


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")
def test_a_card_reads_the_same_in_both_versions_that_nextcloud_gives() -> None:
    for number in ("081-put-vcard3", "082-put-vcard4"):
        answers = [
            read_card(exchange["response"]["body"])
            for exchange in json.loads((RECORDINGS / f"{number}.json").read_text())["exchanges"]
            if exchange["request"]["method"] == "GET"
            and exchange["response"]["headers"].get("Content-Type", "").startswith("text/vcard")
        ]
        assert len(answers) >= 3
        records = [answer.record for answer in answers]
        assert all(record == records[0] for record in records), number
