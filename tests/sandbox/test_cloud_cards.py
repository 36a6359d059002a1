"""Address books and cards of the stand-in cloud: recordings 080-089 replayed, and what they imply.

The recordings are one session: they are replayed in order on one cloud. `NOT_REPLAYED` says what
is not, and why.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.sandbox.cloud import CloudStandIn, seed_network
from oscartes_sync.sandbox.cloud.cards_conversion import convert, converted
from oscartes_sync.sandbox.cloud.cards_room import CardRoom
from oscartes_sync.sandbox.cloud.cards_text import Card, plain, read_card
from tests.sandbox.cloud_recordings import BOT, RECORDINGS, Exchange, Replay, recorded

FILES = ["080", "081", "082", "083", "084", "085", "086", "087", "088", "089"]
NOT_REPLAYED = {
    ("081", 5): "a picture is no text: own test below",
    ("086", 21): "its file name holds the day: own test below",
    ("083", 4): "a UID drawn by lot: own test below",
    ("083", 5): "a UID drawn by lot: own test below",
    ("088", 0): "its body is cut in the recording: own test below",
    ("088", 9): "the texts of the accounts' own cards are not in the recordings",
    ("089", 1): "ETags of events whose DTSTAMP is the moment's: own test below",
    ("089", 2): "events whose DTSTAMP is the moment's: own test below",
    ("089", 3): "the calendars' room answers it",
    ("086", 14): "numbers of cards are the cloud's own: own test below",
}
BOOKS = "/remote.php/dav/addressbooks/users"
UNNAMED = ("087", 4)
"""Refused before the server named the account: no X-User-Id there."""
XML = {"Content-Type": "application/xml; charset=utf-8"}


def make_book(room: CardRoom, uri: str, name: str) -> None:
    if room.store.find(BOT, uri) is None:
        room.make(BOT, uri, name)


def prepare(cloud: CloudStandIn, room: CardRoom, name: str) -> None:
    """What was done between the recordings but not recorded."""
    if name == "080":
        make = room.make("alice", "contacts", "Contacts")
        make.token = 2
        room.shelf._system.token = 36
    if name == "085":
        make_book(room, "acteurs-bis", "Acteurs bis")
    if name == "087":
        cloud.settings.rate_limits = False
    if name == "088":
        for number in range(6):
            make_book(room, f"lim-{number}", f"Limite {number}")


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize("version", [34, 32])
def test_answers_are_those_recorded(version: int) -> None:
    with CloudStandIn(version=34 if version == 34 else 32) as cloud:
        passwords = seed_network(cloud)
        room = cloud.further.cards
        room.default_book = False
        replay = Replay(cloud, passwords)
        wrong: list[str] = []
        for name in FILES:
            prepare(cloud, room, name)
            for exchange in recorded(name, version):
                if (name, exchange.index) not in NOT_REPLAYED:
                    wrong += [f"{exchange}: {one}" for one in told(replay, exchange)]
    assert not wrong, "\n".join(wrong)


def told(replay: Replay, exchange: Exchange) -> list[str]:
    """The differences that matter: some servers' own headers and marks of passing time do not."""
    wrong = replay.send(exchange)
    unnamed = (exchange.name, exchange.index) == UNNAMED
    return [one for one in wrong if not (unnamed and one.startswith("X-User-Id"))]


@pytest.fixture
def cloud() -> Iterator[CloudStandIn]:
    with CloudStandIn() as standing:
        seed_network(standing)
        yield standing


class Client:
    """One account's requests on address books, without cookies."""

    def __init__(self, cloud: CloudStandIn, uid: str = BOT) -> None:
        self.cloud = cloud
        self.uid = uid
        self.password = cloud.core.directory.accounts[uid].password

    def ask(
        self, method: str, path: str, body: str | bytes = b"", **headers: str
    ) -> requests.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(
            method,
            f"{self.cloud.url}{BOOKS}/{self.uid}/{path}",
            data=body.encode() if isinstance(body, str) else body,
            headers=given,
            auth=(self.uid, self.password),
            timeout=10,
        )


def vcard(uid: str, *more: str, version: str = "3.0", name: str = "Abeille") -> str:
    lines = ["BEGIN:VCARD", f"VERSION:{version}", f"UID:{uid}", f"FN:{name}", *more, "END:VCARD"]
    return "".join(f"{line}\r\n" for line in lines)


def report(root: str, inner: str) -> str:
    spaces = 'xmlns:d="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav"'
    return f"<{root} {spaces}>{inner}</{root}>"


def sync(client: Client, token: str, limit: int | None = None) -> tuple[list[str], str, str]:
    """The hrefs of one page, its token, and the whole text."""
    part = f"<d:limit><d:nresults>{limit}</d:nresults></d:limit>" if limit else ""
    body = report(
        "d:sync-collection",
        f"<d:sync-token>{token}</d:sync-token>{part}<d:prop><d:getetag/></d:prop>",
    )
    answer = client.ask("REPORT", "contacts/", body, Depth="1", **XML)
    names = [
        one.split("</d:href>")[0].rsplit("/", 1)[1] for one in answer.text.split("<d:href>")[1:]
    ]
    return names, answer.text.split("<d:sync-token>")[1].split("<")[0], answer.text


def test_first_sync_pages_by_card_and_goes_on_to_the_delta(cloud: CloudStandIn) -> None:
    client = Client(cloud)
    for number in range(5):
        client.ask("PUT", f"contacts/c{number}.vcf", vcard(f"c{number}"))
    seen: list[str] = []
    token = ""
    while True:
        names, token, text = sync(client, token, limit=2)
        seen += [name for name in names if name]
        if "507" not in text:
            break
        assert "/init_" in token
    assert sorted(seen) == [f"c{number}.vcf" for number in range(5)]
    assert sync(client, token)[0] == []


def test_a_limit_of_one_on_a_delta_never_ends(cloud: CloudStandIn) -> None:
    client = Client(cloud)
    start = sync(client, "")[1]
    client.ask("PUT", "contacts/a.vcf", vcard("a"))
    client.ask("PUT", "contacts/b.vcf", vcard("b"))
    _, token, text = sync(client, start, limit=1)
    assert token == start
    assert "507" in text


def test_a_card_deleted_and_made_again_comes_with_its_etag(cloud: CloudStandIn) -> None:
    client = Client(cloud)
    client.ask("PUT", "contacts/a.vcf", vcard("a"))
    token = sync(client, "")[1]
    client.ask("DELETE", "contacts/a.vcf")
    etag = client.ask("PUT", "contacts/a.vcf", vcard("a", name="Autre")).headers["ETag"]
    assert etag.strip('"') in sync(client, token)[2]


def test_a_missing_uid_is_made_and_no_etag_given(cloud: CloudStandIn) -> None:
    client = Client(cloud)
    body = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Abeille\r\nEND:VCARD\r\n"
    answer = client.ask("PUT", "contacts/a.vcf", body)
    assert (answer.status_code, "ETag" in answer.headers) == (201, False)
    assert "MUST have a UID" in answer.headers["X-Sabre-Ew-Gross"]
    assert "\r\nUID:" in client.ask("GET", "contacts/a.vcf").text


def test_a_card_over_the_limit_is_refused(cloud: CloudStandIn) -> None:
    answer = Client(cloud).ask("PUT", "contacts/a.vcf", vcard("a", "NOTE:" + "x" * 5242880))
    assert answer.status_code == 403
    assert "exceeds 5242880 bytes" in answer.text


def test_a_photo_is_served_alone(cloud: CloudStandIn) -> None:
    client = Client(cloud)
    client.ask("PUT", "contacts/a.vcf", vcard("a", "PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo="))
    answer = client.ask("GET", "contacts/a.vcf?photo")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content == b"\x89PNG\r\n\x1a\n"


def test_head_of_a_card_is_500_with_its_etag(cloud: CloudStandIn) -> None:
    client = Client(cloud)
    etag = client.ask("PUT", "contacts/a.vcf", vcard("a")).headers["ETag"]
    answer = client.ask("HEAD", "contacts/a.vcf")
    assert (answer.status_code, answer.headers["ETag"]) == (500, etag)


def test_an_export_is_named_after_book_and_day(cloud: CloudStandIn) -> None:
    client = Client(cloud)
    client.ask("PUT", "contacts/a.vcf", vcard("a"))
    answer = client.ask("GET", "contacts/?export")
    assert answer.text == vcard("a")
    assert f"contacts-{cloud.core.now():%Y-%m-%d}.vcf" in answer.headers["Content-Disposition"]


def test_a_taken_uid_is_409_on_servers_to_come() -> None:
    with CloudStandIn(uid_conflict=409) as cloud:
        seed_network(cloud)
        client = Client(cloud)
        client.ask("PUT", "contacts/a.vcf", vcard("a"))
        answer = client.ask("PUT", "contacts/b.vcf", vcard("a"))
    assert answer.status_code == 409
    assert "contacts/a.vcf" in answer.text


def test_birthdays_are_kept_in_a_calendar(cloud: CloudStandIn) -> None:
    cloud.settings.birthday_calendars = True
    client = Client(cloud)
    client.ask("PUT", "contacts/a.vcf", vcard("a@yw", "BDAY:1980-05-01", name="Zoé"))
    kept = cloud.resources(BOT, "contact_birthdays")
    assert list(kept) == ["contacts-a.vcf.ics"]
    text = kept["contacts-a.vcf.ics"].decode()
    assert "DTSTART;VALUE=DATE:19800501\r\n" in text
    assert "SUMMARY:🎂 Zoé (1980)\r\n" in text
    client.ask("DELETE", "contacts/a.vcf")
    assert cloud.resources(BOT, "contact_birthdays") == {}


def test_the_book_of_accounts_lists_everybody_and_takes_nothing(cloud: CloudStandIn) -> None:
    client = Client(cloud)
    book = "z-server-generated--system/"
    listed = client.ask("PROPFIND", book, Depth="1").text
    assert all(f"Database:{uid}.vcf" in listed for uid in cloud.core.directory.accounts)
    assert client.ask("PUT", f"{book}x.vcf", vcard("x")).status_code == 404


def test_members_without_the_right_get_404(cloud: CloudStandIn) -> None:
    owner, alice = Client(cloud), Client(cloud, "alice")
    owner.ask("PUT", "contacts/a.vcf", vcard("a"))
    share = (
        '<oc:share xmlns:oc="http://owncloud.org/ns" xmlns:d="DAV:"><oc:set>'
        "<d:href>principal:principals/users/alice</d:href></oc:set></oc:share>"
    )
    assert owner.ask("POST", "contacts/", share, **XML).status_code == 200
    shared = f"contacts_shared_by_{BOT}/"
    assert alice.ask("GET", f"{shared}a.vcf").status_code == 200
    assert alice.ask("PUT", f"{shared}a.vcf", vcard("a")).status_code == 404
    assert alice.ask("DELETE", f"{shared}a.vcf").status_code == 404
    assert alice.ask("DELETE", shared).status_code == 204
    assert alice.ask("PROPFIND", shared, Depth="0").status_code == 404


def test_a_query_may_ask_for_what_is_not_there(cloud: CloudStandIn) -> None:
    client = Client(cloud)
    client.ask("PUT", "contacts/a.vcf", vcard("a", "NOTE:Un mot"))
    client.ask("PUT", "contacts/b.vcf", vcard("b"))
    inner = (
        "<d:prop><d:getetag/></d:prop><card:filter>"
        '<card:prop-filter name="NOTE"><card:is-not-defined/></card:prop-filter></card:filter>'
    )
    answer = client.ask("REPORT", "contacts/", report("card:addressbook-query", inner), Depth="1")
    assert ("a.vcf" in answer.text, "b.vcf" in answer.text) == (False, True)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60)


@given(note=TEXTS, name=TEXTS)
def test_conversion_there_and_back_keeps_texts(note: str, name: str) -> None:
    card = Card(
        [plain("VERSION", "3.0"), plain("UID", "u"), plain("FN", name), plain("NOTE", note)]
    )
    back = convert(convert(card, "4.0"), "3.0")
    assert back.every("FN")[0].value() == name
    assert back.every("NOTE")[0].value() == note


@given(note=TEXTS)
def test_what_is_written_is_read_back(note: str) -> None:
    card = Card([plain("VERSION", "4.0"), plain("UID", "u"), plain("NOTE", note)])
    _, read = read_card(card.text().encode())
    assert read.every("NOTE")[0].value() == note


def test_a_year_nobody_knows_survives_both_ways() -> None:
    stored = vcard("a", "BDAY:--0501", version="4.0").encode()
    older = converted(stored, "3.0").decode()
    assert "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-01" in older
    assert "BDAY:--05-01" in converted(older.encode(), "4.0").decode()
