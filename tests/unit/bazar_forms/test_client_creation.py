"""Creations never touch a page that exists; deletions say what they did."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from bazar_forms.client import BazarClient, Upload
from bazar_forms.errors import (
    DatabaseDown,
    Forbidden,
    Hibernated,
    KeyRefused,
    NotFound,
    SessionLost,
    TagTaken,
    TitleRefused,
    UnexpectedAnswer,
    UnknownOutcome,
    UploadRefused,
    WriteNotKept,
    WriteRefused,
)

BOT = "RobotNuage"
TAG = "CafeCitoyenabcdefgh"
VALUES = {"bf_titre": "Café & cie", "bf_lieu": "Orsay"}
CREATED = {"success": f"https://wiki.example/?{TAG}"}
ROW = {"id": "1", "tag": TAG, "time": "2026-11-23 22:06:24", "owner": "MarieDupont", "user": "x"}
HIBERNATION = "Action désactivée car ce wiki est en lecture seule."
TRACE = "\nStack trace:\n#0 /var/www/EntryManager.php(509): EntryManager->validate()"
FILE = Upload("programme.pdf", b"%PDF", "application/pdf")


def test_a_creation_looks_first_and_says_which_tag_it_made(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("POST", "api/entries/6", reply(201, CREATED, BOT))
    assert client.create("6", TAG, VALUES) == TAG
    assert fake_wiki.lines() == [
        "GET api/forms/6",
        f"GET api/pages/{TAG}",
        "POST api/entries/6",
    ]
    assert fake_wiki.posted() == {**VALUES, "id_fiche": TAG}
    assert fake_wiki.sent[-1].headers["Authorization"] == "Bearer KEY-BOT"


@pytest.mark.parametrize(
    ("status", "content"), [(200, ROW), (200, {**ROW, "tag": TAG.lower()}), (403, None)]
)
def test_nothing_is_ever_posted_to_a_tag_that_exists(
    client: BazarClient, fake_wiki: Any, reply: Any, status: int, content: object
) -> None:
    """Recordings 351, 354, 703: it would overwrite that page, whatever it is."""
    fake_wiki.on("GET", "api/pages/", reply(status, content, BOT))
    with pytest.raises(TagTaken):
        client.create("6", TAG, VALUES)
    assert not [line for line in fake_wiki.lines() if line.startswith("POST")]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((404, None, BOT), UnexpectedAnswer),
        ((500, {"exceptionMessage": "x"}, BOT), UnexpectedAnswer),
        ((200, "l'accès à la base de données a échoué", None), DatabaseDown),
        ((404, {}, None), KeyRefused),
    ],
)
def test_nothing_is_posted_where_the_look_was_unclear(
    client: BazarClient,
    fake_wiki: Any,
    reply: Any,
    answer: tuple[int, object, str | None],
    error: type[Exception],
) -> None:
    fake_wiki.on("GET", "api/pages/", reply(*answer))
    with pytest.raises(error):
        client.create("6", TAG, VALUES)
    assert not [line for line in fake_wiki.lines() if line.startswith("POST")]


@pytest.mark.parametrize(
    "name", ["id_fiche", "id.fiche", " id fiche", "id_fiche[]", "antispam", ""]
)
def test_no_value_can_name_another_page(client: BazarClient, fake_wiki: Any, name: str) -> None:
    with pytest.raises(ValueError, match="kept by the wiki"):
        client.create("6", TAG, {**VALUES, name: "PagePrincipale"})
    assert fake_wiki.sent == []


@pytest.mark.parametrize("tag", ["", "a/b", "Café", "api", "API", "x" * 192, "a b", "a%", "a\n"])
def test_a_tag_that_cannot_be_read_back_is_refused(
    client: BazarClient, fake_wiki: Any, tag: str
) -> None:
    with pytest.raises(WriteRefused):
        client.create("6", tag, VALUES)
    assert fake_wiki.sent == []


@pytest.mark.parametrize("values", [{}, {"bf_titre": "  "}])
def test_a_creation_without_a_title_is_not_sent(
    client: BazarClient, fake_wiki: Any, values: dict[str, str]
) -> None:
    with pytest.raises(TitleRefused):
        client.create("6", TAG, values)
    assert fake_wiki.sent == []


def test_more_values_than_php_takes_are_not_sent(client: BazarClient, fake_wiki: Any) -> None:
    with pytest.raises(WriteRefused):
        client.create("6", TAG, {**VALUES, **{f"bf_{n}": "x" for n in range(1000)}})
    assert fake_wiki.sent == []


def test_an_unknown_form_would_make_an_orphan_and_is_not_written_to(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    """Recordings 315 and 316."""
    fake_wiki.on("GET", "api/forms/999", reply(404))
    with pytest.raises(NotFound):
        client.create("999", TAG, VALUES)
    assert fake_wiki.lines() == ["GET api/forms/999"]


def test_the_form_is_looked_at_once(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    fake_wiki.on("POST", "api/entries/6", reply(201, CREATED, BOT))
    client.create("6", TAG, VALUES)
    client.create("6", TAG, VALUES)
    assert fake_wiki.lines().count("GET api/forms/6") == 1


def test_two_threads_never_create_one_tag(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    looking, go_on = threading.Event(), threading.Event()
    send = fake_wiki.send

    def slow_look(request: Any, **options: Any) -> Any:
        if "api/pages" in request.url:
            looking.set()
            go_on.wait(5)
        return send(request, **options)

    fake_wiki.send = slow_look
    fake_wiki.on("POST", "api/entries/6", reply(201, CREATED, BOT))
    first = threading.Thread(target=client.create, args=("6", TAG, VALUES))
    first.start()
    assert looking.wait(5)
    with pytest.raises(TagTaken):
        client.create("6", TAG.lower(), VALUES)
    go_on.set()
    first.join()
    assert fake_wiki.lines().count("POST api/entries/6") == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, None, None), KeyRefused),
        ((401, None, BOT), Forbidden),
        ((403, "<html>mod_security</html>", None), Forbidden),
        ((413, "<html>Too large</html>", None), UploadRefused),
        ((400, "<html>Bad</html>", None), WriteRefused),
        ((500, {"exceptionMessage": f"Exception: {HIBERNATION} in /var/x.php"}, BOT), Hibernated),
        ((500, {"exceptionMessage": "in /v/E.php:4" + TRACE}, BOT), TitleRefused),
        ((500, {"exceptionMessage": "$data can not be generated from"}, BOT), TitleRefused),
        ((500, {"exceptionMessage": "Duplicate entry 'x' for key"}, BOT), UnknownOutcome),
        ((200, "l'accès à la base de données a échoué", None), DatabaseDown),
        ((200, "<html><body>YesWiki</body></html>", None), UnknownOutcome),
        ((302, None, None), UnknownOutcome),
        ((201, CREATED, None), SessionLost),
        ((201, {"success": "https://wiki.example/?CafeCitoyen2"}, BOT), WriteNotKept),
        ((201, {}, BOT), WriteNotKept),
        ((200, {}, BOT), UnknownOutcome),
    ],
)
def test_each_failed_creation_has_a_type_and_is_sent_once(
    client: BazarClient,
    fake_wiki: Any,
    reply: Any,
    answer: tuple[int, object, str | None],
    error: type[Exception],
) -> None:
    fake_wiki.on("POST", "api/entries/6", reply(*answer))
    with pytest.raises(error) as caught:
        client.create("6", TAG, VALUES)
    assert type(caught.value) is error
    assert fake_wiki.lines().count("POST api/entries/6") == 1
    assert not {"/var", "Café", "Orsay"} & set(str(caught.value).split())


def test_files_are_sent_and_looked_for_afterwards(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    stored = {TAG: {"fichierbf_document": f"{TAG}_fichierbf_document_programme_1_1.pdf_"}}
    fake_wiki.on("POST", "api/entries/6", reply(201, CREATED, BOT))
    fake_wiki.on("GET", f"api/entries/json/{TAG}", reply(content=stored, user=BOT))
    client.create("6", TAG, VALUES, {"fichierbf_document": FILE})
    body = next(one for one in fake_wiki.sent if one.method == "POST").body
    assert b'name="fichierbf_document"; filename="programme.pdf"' in body
    assert client.counters.bytes > len(body)


@pytest.mark.parametrize("row", [{}, {TAG: {"fichierbf_document": ""}}])
def test_a_file_that_the_wiki_dropped_is_reported(
    client: BazarClient, fake_wiki: Any, reply: Any, row: dict[str, object]
) -> None:
    """Recordings 410, 411, 413: 201, and an empty field."""
    content = {"rawOutput": "fichier non autorise<br />", **CREATED}
    fake_wiki.on("POST", "api/entries/6", reply(201, content, BOT))
    fake_wiki.on("GET", "api/entries/json/", reply(content=row, user=BOT))
    with pytest.raises(UploadRefused, match="fichierbf_document"):
        client.create("6", TAG, VALUES, {"fichierbf_document": FILE})


@pytest.mark.parametrize(
    "message",
    [
        "Exception: trop volumineux in /var/www/fields/FileField.php:116\nStack trace",
        "Exception: pas de titre in /var/www/EntryManager.php:477" + TRACE,
    ],
)
def test_a_file_over_the_limits_is_no_missing_title(
    client: BazarClient, fake_wiki: Any, reply: Any, message: str
) -> None:
    """Recordings 412 and 414."""
    fake_wiki.on("POST", "api/entries/6", reply(500, {"exceptionMessage": message}, BOT))
    with pytest.raises(UploadRefused):
        client.create("6", TAG, VALUES, {"fichierbf_document": FILE})


def test_several_choices_are_joined_and_lone_surrogates_replaced(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("POST", "api/entries/6", reply(201, CREATED, BOT))
    client.create("6", TAG, {**VALUES, "checkboxListe": ["num", "ener"], "bf_x": "a\ud800"})
    assert fake_wiki.posted()["checkboxListe"] == "num,ener"
    assert fake_wiki.posted()["bf_x"] == "a?"


def test_a_deletion_is_done_or_says_why_not(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("DELETE", f"api/pages/{TAG}", reply(200, {"deleted": [TAG]}, BOT))
    client.delete(TAG)
    assert fake_wiki.lines() == [f"DELETE api/pages/{TAG}"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, None, None), KeyRefused),
        ((401, {"notDeleted": [TAG]}, BOT), Forbidden),
        ((404, {"notDeleted": [TAG]}, BOT), NotFound),
        ((500, {"notDeleted": [TAG], "error": HIBERNATION}, BOT), Hibernated),
        ((500, {"notDeleted": [TAG], "error": "SQL"}, BOT), UnknownOutcome),
        ((200, {"notDeleted": [TAG]}, BOT), UnknownOutcome),
        ((200, "l'accès à la base de données a échoué", None), DatabaseDown),
    ],
)
def test_each_failed_deletion_has_a_type(
    client: BazarClient,
    fake_wiki: Any,
    reply: Any,
    answer: tuple[int, object, str | None],
    error: type[Exception],
) -> None:
    """Recordings 380-386, 516, 530."""
    fake_wiki.on("DELETE", "api/pages/", reply(*answer))
    with pytest.raises(error) as caught:
        client.delete(TAG)
    assert type(caught.value) is error


def test_a_forbidden_deletion_names_the_owner(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("DELETE", "api/pages/", reply(401, {"notDeleted": [TAG]}, BOT))
    fake_wiki.on("GET", "api/pages/", reply(content=ROW, user=BOT))
    with pytest.raises(Forbidden) as caught:
        client.delete(TAG)
    assert caught.value.owner == "MarieDupont"
