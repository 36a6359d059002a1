"""The directory, from the wiki's form to an address book and back, on both stand-ins."""

from __future__ import annotations

import io
from typing import Any

import pytest
import vobject
from PIL import Image

from oscartes_sync.sandbox.wiki.faults import PlannedFailure
from oscartes_sync.sandbox.wiki.templates import structure_kind_property
from tests.e2e.books import Book
from tests.e2e.conftest import BOT, PASSWORD, Pair

BOOK = "annuaire"
GRANGE = "LaGrangeAuxOutils.noe.vcf"
LOGO = "LaGrangeAuxOutils_imagebf_image_logo_20261102101500_20261102101500.png"


def configure(pair: Pair, **more: Any) -> Book:
    """A configuration with one binding of contacts; values are TOML already."""
    pair.configure()
    path = pair.folder / "oscartes.toml"
    head = path.read_text("utf-8").partition("[[bindings]]")[0]
    lines = "\n".join(f"{key} = {value}" for key, value in more.items())
    path.write_text(
        f"""{head}[[bindings]]
name = "annuaire"
kind = "contacts"
form = 5
collection = "{BOOK}"
title = "Annuaire du réseau"
{lines}
""",
        encoding="utf-8",
    )
    return Book.of(pair.cloud.url, BOT, PASSWORD, BOOK)


def written(report: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(op["action"], op["side"], op["entry"]) for op in report["operations"]]


def picture(side: int = 900, colour: str = "teal") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side, side // 2), colour).save(made, "PNG")
    return made.getvalue()


def test_the_directory_crosses_to_the_address_book_and_a_second_run_writes_nothing(
    pair: Pair,
) -> None:
    book = configure(pair)
    code, report = pair.sync()
    assert (code, report["problems"]) == (0, [])
    assert report["summary"]["created"] == len(book.cards()) == 5
    card = vobject.readOne(book.cards()[GRANGE])
    assert card.version.value == "3.0"
    assert card.fn.value == card.org.value[0] == "La Grange aux Outils"
    assert card.tel.value == "01 60 00 00 11"
    assert card.email.value == "bonjour@grange-outils.example"
    assert (card.adr.value.street, card.adr.value.code) == ("4 rue du Lavoir", "91400")
    assert card.geo.value == "48.698900;2.187500"
    assert "Énergie" in card.categories.value
    code, again = pair.sync()
    assert (code, again["operations"]) == (0, [])
    assert again["summary"]["requests"] == {"wiki": 3, "cloud": 2}


def test_an_edit_of_the_wiki_changes_its_line_and_leaves_what_a_member_added(pair: Pair) -> None:
    book = configure(pair)
    pair.sync()
    book.rewrite(GRANGE, "END:VCARD", "BDAY:1998-05-01\nTEL;TYPE=HOME:09 00 00 00 09\nEND:VCARD")
    pair.sync()
    pair.wiki.edit("LaGrangeAuxOutils", {"bf_ville": "Bures-sur-Yvette"}, user="ClaireMorel")
    code, report = pair.sync()
    assert code == 0
    assert written(report) == [("update", "cloud", "LaGrangeAuxOutils")]
    text = book.cards()[GRANGE]
    assert "Bures-sur-Yvette" in text
    assert "BDAY:1998-05-01" in text
    assert "TEL;TYPE=HOME:09 00 00 00 09" in text


def test_a_telephone_that_is_mended_in_contacts_returns_to_the_wiki(pair: Pair) -> None:
    pair.wiki.add_file(LOGO, picture())
    pair.wiki.edit("LaGrangeAuxOutils", {"imagebf_image": LOGO}, user="ClaireMorel")
    before = pair.wiki.entry("LaGrangeAuxOutils")
    book = configure(pair, direction='"both"')
    pair.sync()
    book.rewrite(GRANGE, "01 60 00 00 11", "01 60 00 00 99")
    code, report = pair.sync()
    assert code == 0
    assert written(report) == [("update", "wiki", "LaGrangeAuxOutils")]
    after = pair.wiki.entry("LaGrangeAuxOutils")
    assert after["bf_telephone"] == "01 60 00 00 99"
    kept = ("bf_latitude", "bf_longitude", "imagebf_image", "bf_mail", "bf_note_interne")
    assert {name: after.get(name) for name in kept} == {name: before.get(name) for name in kept}
    assert pair.sync()[1]["operations"] == []


def test_one_way_a_correction_in_contacts_stays_there_and_is_told(pair: Pair) -> None:
    book = configure(pair)
    pair.sync()
    book.rewrite(GRANGE, "01 60 00 00 11", "01 60 00 00 99")
    code, report = pair.sync()
    assert code == 0
    assert {op["action"] for op in report["operations"]} <= {"relink"}
    assert [problem["code"] for problem in report["problems"]] == ["left-on-cloud"]
    assert pair.wiki.entry("LaGrangeAuxOutils")["bf_telephone"] == "01 60 00 00 11"


def test_a_logo_goes_along_small_and_is_not_written_again(pair: Pair) -> None:
    pair.wiki.add_file(LOGO, picture())
    pair.wiki.edit("LaGrangeAuxOutils", {"imagebf_image": LOGO}, user="ClaireMorel")
    book = configure(pair)
    assert pair.sync()[0] == 0
    photo = vobject.readOne(book.cards()[GRANGE]).photo.value
    assert len(photo) <= 200_000
    assert Image.open(io.BytesIO(photo)).size == (512, 256)
    body = book.body(GRANGE)
    assert pair.sync()[1]["operations"] == []
    pair.wiki.edit("LaGrangeAuxOutils", {"bf_ville": "Limours"}, user="ClaireMorel")
    pair.sync()
    assert vobject.readOne(book.cards()[GRANGE]).photo.value == photo
    assert book.body(GRANGE) != body


def test_what_is_erased_or_hidden_in_the_wiki_is_gone_within_the_run(pair: Pair) -> None:
    book = configure(pair)
    pair.sync()
    pair.wiki.remove("LaGrangeAuxOutils")
    pair.wiki.set_acl("CollectifVeloHurepoix", read="@admins")
    code, report = pair.sync()
    assert code == 0
    assert report["summary"]["deleted"] == 2
    names = {"LaGrangeAuxOutils", "CollectifVeloHurepoix"}
    assert not names & {name.partition(".")[0] for name in book.cards()}


def test_what_nobody_may_read_is_in_no_card(pair: Pair) -> None:
    secrets = {"bf_mail": "secret@grange.example", "bf_note_interne": "Ne pas publier"}
    pair.wiki.edit("LaGrangeAuxOutils", secrets, user="AdminDuReseau")
    book = configure(pair)
    pair.sync()
    everything = "\n".join(book.cards().values())
    assert not [secret for secret in secrets.values() if secret in everything]


def test_without_consent_nobody_is_in_the_book(pair: Pair) -> None:
    book = configure(pair, consent='"bf_code_postal=91400,91190"')
    pair.sync()
    panier = "LePanierDeLYvette.noe.vcf"
    assert list(book.cards()) == [GRANGE, panier]
    pair.wiki.edit("LaGrangeAuxOutils", {"bf_code_postal": "75000"}, user="ClaireMorel")
    code, report = pair.sync()
    assert code == 0
    assert report["summary"]["deleted"] == 1
    assert list(book.cards()) == [panier]


def test_the_state_may_be_lost(pair: Pair) -> None:
    book = configure(pair)
    pair.sync()
    cards = book.cards()
    for file in pair.folder.glob("oscartes.db*"):
        file.unlink()
    code, report = pair.sync()
    assert code == 0
    assert {op["action"] for op in report["operations"]} <= {"relink"}
    assert book.cards() == cards


def test_a_deleted_card_comes_back_by_undo(pair: Pair) -> None:
    book = configure(pair)
    pair.sync()
    before = book.cards()[GRANGE]
    pair.wiki.remove("LaGrangeAuxOutils")
    _, document = pair.json("sync")
    assert GRANGE not in book.cards()
    code, _ = pair.json("undo", document["run"])
    assert code == 0
    assert book.cards()[GRANGE] == before


@pytest.mark.parametrize(
    "line", ["since = 30", 'color = "#2e7d32"', 'fields = { start = "bf_titre" }']
)
def test_what_contacts_have_no_use_for_is_an_error_of_the_configuration(
    pair: Pair, line: str
) -> None:
    name, _, value = line.partition(" = ")
    configure(pair, **{name: value})
    code, _, told = pair.call("sync")
    assert code == 2
    assert {"fields": "start"}.get(name, name) in told


def test_the_recorded_directory_crosses_whole_without_what_is_hidden(recorded: Pair) -> None:
    """Twelve actors with map, themes in a tree, links to each other; two kinds of e-mail."""
    hidden = {"bf_mail": "secret@velo.example", "bf_note_interne": "Ne pas publier"}
    recorded.wiki.edit("VeloCie", hidden, user="WikiAdmin")
    book = configure(recorded, direction='"both"')
    code, report = recorded.sync()
    assert code == 0
    # The themes of the recorded 4.4 are keys of a tree, which its list does not know; of the
    # logos there are only the names.
    assert {each["code"] for each in report["problems"]} <= {"choice-unknown", "logo-unusable"}
    cards = book.cards()
    assert report["summary"]["created"] == len(cards) == len(recorded.wiki.entries(5)) == 12
    everything = "\n".join(cards.values())
    assert not [value for value in hidden.values() if value in everything]
    atelier = vobject.readOne(cards["LAtelierNumeriqueLibre.noe.vcf"])
    assert "support@atelierlibre.example" in everything
    assert atelier.geo.value == "43.611900;3.877200"
    assert "X-ABRELATEDNAMES" in cards["LAtelierNumeriqueLibre.noe.vcf"]
    code, again = recorded.sync()
    assert (code, again["operations"]) == (0, [])
    assert again["summary"]["requests"] == {"wiki": 3, "cloud": 2}


def test_doctor_and_forms_know_a_directory(pair: Pair) -> None:
    configure(pair)
    code, found = pair.json("doctor")
    assert code == 0
    told = [check["message"] for check in found["checks"] if "annuaire" in check["target"]]
    assert any("phones = bf_telephone" in message for message in told), told
    assert any("address book “annuaire”" in message for message in told), told
    _, listed = pair.json("forms")
    (form,) = (form for form in listed["forms"] if form["id"] == "5")
    assert form["kinds"] == ["contacts"]
    assert form["mapping"]["town"] == "bf_ville"


def test_an_actor_who_asks_to_be_forgotten_is_out_of_the_book_and_of_the_state(pair: Pair) -> None:
    book = configure(pair)
    pair.sync()
    code, _ = pair.json("forget", "LaGrangeAuxOutils")
    assert code == 0
    assert GRANGE not in book.cards()
    assert pair.sync()[1]["operations"] == []
    assert GRANGE not in book.cards()
    stored = (pair.folder / "oscartes.db").read_bytes()
    assert b"bonjour@grange-outils.example" not in stored


def test_a_logo_that_is_no_picture_is_told_and_its_contact_crosses(pair: Pair) -> None:
    pair.wiki.add_file(LOGO, b"<html>")
    pair.wiki.edit("LaGrangeAuxOutils", {"imagebf_image": LOGO}, user="ClaireMorel")
    book = configure(pair)
    for _ in range(2):
        code, report = pair.sync()
        assert code == 0
        assert [problem["code"] for problem in report["problems"]] == ["logo-unusable"]
    assert report["operations"] == []
    assert not hasattr(vobject.readOne(book.cards()[GRANGE]), "photo")


def test_a_logo_whose_server_fails_is_fetched_by_a_later_run(pair: Pair) -> None:
    pair.wiki.add_file(LOGO, picture())
    pair.wiki.edit("LaGrangeAuxOutils", {"imagebf_image": LOGO}, user="ClaireMorel")
    pair.wiki.faults.planned.append(PlannedFailure(status=500, containing="files/"))
    book = configure(pair)
    code, report = pair.sync()
    assert (code, report["summary"]["created"]) == (0, 5)
    assert [problem["code"] for problem in report["problems"]] == ["logo-not-fetched"]
    code, report = pair.sync()
    assert (code, report["summary"]["updated"], report["problems"]) == (0, 1, [])
    assert hasattr(vobject.readOne(book.cards()[GRANGE]), "photo")
    assert pair.sync()[1]["operations"] == []


def test_a_contact_of_the_book_becomes_an_entry_where_the_binding_goes_both_ways(
    pair: Pair,
) -> None:
    kind = structure_kind_property(pair.wiki.settings.version)
    book = configure(
        pair, direction='"both"', defaults=f'{{ {kind} = "asso", bf_mail = "reseau@example.org" }}'
    )
    pair.sync()
    card = (
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:1\r\nFN:Le Rucher\r\nKIND:org\r\n"
        "TEL;TYPE=cell;VALUE=uri:tel:+33-6-00-00-00-33\r\nGEO:geo:48.7,2.2\r\nEND:VCARD\r\n"
    )
    book.put("rucher.vcf", card.encode())
    _, report = pair.sync()
    assert [op["action"] for op in report["operations"]] == ["create"], report["problems"]
    (created,) = report["operations"]
    entry = pair.wiki.entry(created["entry"])
    assert entry is not None
    assert (entry["bf_titre"], entry["bf_latitude"]) == ("Le Rucher", "48.7")
    assert book.body("rucher.vcf").decode().count("VERSION:4.0") in (0, 1)
    assert pair.sync()[1]["operations"] == []


@pytest.mark.parametrize("way", ["to-cloud", "both"])
def test_who_is_erased_is_out_of_the_book_whatever_somebody_typed_into_the_card(
    pair: Pair, way: str
) -> None:
    book = configure(pair, direction=f'"{way}"')
    pair.sync()
    book.rewrite(GRANGE, "01 60 00 00 11", "+33 1 60 00 00 11")
    if way == "to-cloud":
        pair.sync()
    pair.wiki.remove("LaGrangeAuxOutils")
    code, report = pair.sync()
    assert code == 0
    assert written(report) == [("delete", "cloud", "LaGrangeAuxOutils")]
    assert [problem["code"] for problem in report["problems"]] == ["edit-withdrawn"]
    (told,) = report["conflicts"]
    assert told["fields"]["phones"]["cloud"] == ["+33 1 60 00 00 11"]
    assert GRANGE not in book.cards()
    assert pair.wiki.entry("LaGrangeAuxOutils") is None
    assert pair.sync()[1]["operations"] == []


@pytest.mark.parametrize("way", ["to-cloud", "both"])
@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("TEL;TYPE=HOME:09 00 00 00 09", "bf_telephone", "01 60 00 00 77"),
        ("EMAIL;TYPE=HOME:moi@chez.example", "bf_mail_public", "autre@grange.example"),
        ("URL:https://blog.example/", "bf_site_internet", "https://nouveau.example/"),
    ],
)
def test_what_a_member_added_stays_when_the_wiki_changes_its_own(
    pair: Pair, way: str, line: str, name: str, value: str
) -> None:
    book = configure(pair, direction=f'"{way}"')
    pair.sync()
    book.rewrite(GRANGE, "END:VCARD", f"{line}\nEND:VCARD")
    pair.sync()
    pair.wiki.edit("LaGrangeAuxOutils", {name: value}, user="ClaireMorel")
    assert pair.sync()[0] == 0
    text = book.cards()[GRANGE]
    assert line in text
    assert value in text
    pair.wiki.edit("LaGrangeAuxOutils", {name: ""}, user="ClaireMorel")
    pair.sync()
    text = book.cards()[GRANGE]
    assert line in text
    assert value not in text


def test_a_card_in_another_of_our_books_was_not_deleted(pair: Pair) -> None:
    kind = structure_kind_property(pair.wiki.settings.version)
    defaults = f'{{ {kind} = "asso", bf_mail = "reseau@example.org" }}'
    book = configure(pair, direction='"both"', defaults=defaults)
    pair.sync()
    card = (
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:abc-1\r\nFN:Les Bricoleurs\r\nN:;;;;\r\nEND:VCARD\r\n"
    )
    book.put("abc-1.vcf", card)
    pair.sync()
    other = Book.of(pair.cloud.url, BOT, PASSWORD, "contacts")
    other.put("autre.vcf", card.replace(b"END:VCARD", b"REV:20261128T000000Z\r\nEND:VCARD"))
    book.delete("abc-1.vcf")
    _, report = pair.sync()
    assert [op for op in report["operations"] if op["action"] == "delete"] == []
    assert "moved-elsewhere" in [problem["code"] for problem in report["problems"]]


def test_a_home_address_in_a_card_is_nobody_elses(pair: Pair) -> None:
    book = configure(pair, direction='"both"')
    pair.sync()
    home = "ADR;TYPE=HOME,PREF:;;1 chez moi;Paris;;75001;"
    book.rewrite(GRANGE, "END:VCARD", f"{home}\nEND:VCARD")
    pair.sync()
    assert pair.wiki.entry("LaGrangeAuxOutils")["bf_adresse"] == "4 rue du Lavoir"
    pair.wiki.edit("LaGrangeAuxOutils", {"bf_adresse": "9 rue Neuve"}, user="ClaireMorel")
    pair.sync()
    text = book.cards()[GRANGE]
    assert home in text
    assert "ADR;TYPE=WORK:;;9 rue Neuve;Orsay;;91400;" in text


def lose_state(pair: Pair) -> None:
    for file in pair.folder.glob("oscartes.db*"):
        file.unlink()


def test_a_lost_state_keeps_nobody_in_the_book_who_is_out_of_the_wiki(pair: Pair) -> None:
    book = configure(pair)
    pair.sync()
    lose_state(pair)
    pair.wiki.remove("LaGrangeAuxOutils")
    pair.wiki.set_acl("CollectifVeloHurepoix", read="@admins")
    code, report = pair.sync()
    assert code == 0
    assert [
        (op["action"], op["entry"]) for op in report["operations"] if op["action"] == "delete"
    ] == [
        ("delete", "CollectifVeloHurepoix"),
        ("delete", "LaGrangeAuxOutils"),
    ]
    names = {name.partition(".")[0] for name in book.cards()}
    assert not names & {"CollectifVeloHurepoix", "LaGrangeAuxOutils"}
    assert pair.sync()[1]["operations"] == []


def test_a_lost_state_and_a_wiki_that_shows_nothing_empty_no_book(pair: Pair) -> None:
    book = configure(pair)
    pair.sync()
    before = book.cards()
    lose_state(pair)
    for tag in ("CollectifVeloHurepoix", "EnergieDesCoteaux", "LaGrangeAuxOutils"):
        pair.wiki.set_acl(tag, read="@admins")
    for name in before:
        pair.wiki.set_acl(name.partition(".")[0], read="@admins")
    _, report = pair.sync()
    assert not [op for op in report["operations"] if op["action"] == "delete"]
    assert book.cards() == before


def test_an_actor_whose_card_became_a_group_of_contacts_is_out_of_the_book_all_the_same(
    pair: Pair,
) -> None:
    book = configure(pair)
    pair.sync()
    book.rewrite(GRANGE, "END:VCARD", "X-ADDRESSBOOKSERVER-KIND:group\nEND:VCARD")
    pair.sync()
    pair.wiki.remove("LaGrangeAuxOutils")
    _, report = pair.sync()
    assert [op["action"] for op in report["operations"]] == ["delete"], report["problems"]
    assert GRANGE not in book.cards()


def test_the_last_one_who_takes_consent_back_is_out_of_the_book(pair: Pair) -> None:
    book = configure(pair, consent='"bf_ville=Orsay"')
    pair.sync()
    assert [name.partition(".")[0] for name in book.cards()] == ["LaGrangeAuxOutils"]
    pair.wiki.edit("LaGrangeAuxOutils", {"bf_ville": "Limours"}, user="ClaireMorel")
    assert pair.sync()[0] == 0
    assert book.cards() == {}
    assert pair.sync()[1]["operations"] == []


@pytest.mark.parametrize("consent", ["bf_ville=.+", "bf_ville!=non", "bf_ville="])
def test_a_consent_that_nobody_gave_is_an_error_of_the_configuration(
    pair: Pair, consent: str
) -> None:
    book = configure(pair, consent=f'"{consent}"')
    code, report = pair.sync()
    assert code == 2
    assert [problem["code"] for problem in report["problems"]] == ["consent-not-plain"]
    assert book.cards() == {}


def test_with_the_state_lost_a_card_that_nobody_selects_is_told_and_can_be_forgotten(
    pair: Pair,
) -> None:
    book = configure(pair)
    pair.sync()
    lose_state(pair)
    configure(pair, where='"bf_titre!=La Grange aux Outils"')
    for _ in range(2):
        code, report = pair.sync()
        assert code == 0
        assert [problem["code"] for problem in report["problems"]] == ["orphan-copy"]
    assert GRANGE in book.cards()
    assert pair.json("forget", "LaGrangeAuxOutils")[0] == 0
    assert GRANGE not in book.cards()
    code, report = pair.sync()
    assert (code, report["operations"], report["problems"]) == (0, [], [])
    assert pair.json("forget", "PersonneDuTout")[0] == 2


def thin(text: str) -> bytes:
    """A card as a program saves it that knows names, telephones and addresses alone."""
    known = ("BEGIN", "VERSION", "UID", "FN", "N", "ORG", "TEL", "EMAIL", "ADR", "NOTE", "END")
    lines = [line for line in text.split("\n") if line.partition(":")[0].split(";")[0] in known]
    return "\r\n".join([*lines, ""]).encode()


def test_what_a_program_dropped_was_removed_by_nobody_and_comes_back(pair: Pair) -> None:
    book = configure(pair, direction='"both"')
    pair.sync()
    before, entry = book.cards()[GRANGE], pair.wiki.entry("LaGrangeAuxOutils")
    assert entry is not None
    book.put(GRANGE, thin(before.replace("01 60 00 00 11", "01 60 00 00 99")))
    code, report = pair.sync()
    assert code == 0
    assert [problem["code"] for problem in report["problems"]] == ["card-thinned"]
    after = pair.wiki.entry("LaGrangeAuxOutils")
    assert after is not None
    moved = {name for name in after if after[name] != entry.get(name)}
    assert moved - {"date_maj_fiche", "date_creation_fiche"} == {"bf_telephone"}
    text = book.cards()[GRANGE]
    for line in ("GEO:", "CATEGORIES:", "X-OSCARTES-ENTRY:"):
        kept = [each for each in before.split("\n") if each.startswith(line)]
        assert kept
        assert all(each in text for each in kept)
    assert pair.sync()[1]["operations"] == []


def test_what_somebody_takes_out_of_a_whole_card_is_taken_out_of_the_entry(pair: Pair) -> None:
    book = configure(pair, direction='"both"')
    pair.sync()
    geo = next(line for line in book.cards()[GRANGE].split("\n") if line.startswith("GEO:"))
    book.rewrite(GRANGE, f"{geo}\n", "")
    code, report = pair.sync()
    assert (code, report["problems"]) == (0, [])
    after = pair.wiki.entry("LaGrangeAuxOutils")
    assert after is not None
    assert not after.get("bf_latitude")


def test_what_the_form_requires_is_emptied_by_nobody(pair: Pair) -> None:
    kind = structure_kind_property(pair.wiki.settings.version)
    book = configure(pair, direction='"both"')
    pair.sync()
    before = pair.wiki.entry("LaGrangeAuxOutils")
    assert before is not None
    assert before[kind]
    line = next(each for each in book.cards()[GRANGE].split("\n") if each.startswith("CATEGORIES"))
    book.rewrite(GRANGE, f"{line}\n", "")
    _, report = pair.sync()
    assert [problem["code"] for problem in report["problems"]] == ["required-kept"]
    after = pair.wiki.entry("LaGrangeAuxOutils")
    assert after is not None
    assert (after[kind], after["checkboxListeThematiques"]) == (before[kind], "")
    assert pair.sync()[1]["operations"] == []


def test_an_undo_shows_nobody_who_took_consent_back(pair: Pair) -> None:
    book = configure(pair, consent='"bf_ville=Orsay,Gif-sur-Yvette"')
    pair.sync()
    pair.wiki.edit("LaGrangeAuxOutils", {"bf_ville": "Limours"}, user="ClaireMorel")
    _, document = pair.json("sync")
    assert GRANGE not in book.cards()
    _, undone = pair.json("undo", document["run"])
    (operation,) = undone["bindings"][0]["operations"]
    assert operation["problem"]["code"] == "undo-withdrawn"
    assert GRANGE not in book.cards()


def test_a_card_that_was_typed_in_the_book_first_stays_and_that_is_told(
    pair: Pair,
) -> None:
    kind = structure_kind_property(pair.wiki.settings.version)
    given = f'{{ {kind} = "asso", bf_mail = "reseau@example.org" }}'
    consent = '"bf_ville=Orsay,Gif-sur-Yvette"'
    book = configure(pair, direction='"both"', consent=consent, defaults=given)
    pair.sync()
    card = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:urn:uuid:1\r\nFN:Le Rucher\r\nORG:Le Rucher\r\n"
        "N:;;;;\r\nADR;TYPE=WORK:;;;Orsay;;;\r\nEND:VCARD\r\n"
    )
    book.put("rucher.vcf", card.encode())
    book.put("ailleurs.vcf", card.replace("Orsay", "Lyon").replace("uuid:1", "uuid:2").encode())
    _, report = pair.sync()
    (created,) = [op for op in report["operations"] if op["action"] == "create"]
    assert "not-consenting" in [problem["code"] for problem in report["problems"]]
    pair.wiki.edit(created["entry"], {"bf_ville": "Limours"}, user="RobotNuage")
    _, report = pair.sync()
    assert "card-stays" in [problem["code"] for problem in report["problems"]]
    assert "rucher.vcf" in book.cards()
    assert pair.wiki.entry(created["entry"])


def test_semicolons_stand_in_a_card_as_nextcloud_s_contacts_reads_them(pair: Pair) -> None:
    book = configure(pair)
    pair.wiki.edit("LaGrangeAuxOutils", {"bf_titre": "Outils; prêts"}, user="ClaireMorel")
    pair.sync()
    text = book.cards()[GRANGE]
    assert "FN:Outils; prêts\n" in text
    assert "ORG:Outils\\; prêts;\n" in text
    assert pair.sync()[1]["operations"] == []
