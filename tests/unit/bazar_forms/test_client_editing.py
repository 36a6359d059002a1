"""Edits go by the wiki's own page, as our account, after asking whether they may."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from bazar_forms.client import BazarClient, Revision, Rights, Upload
from bazar_forms.errors import (
    CaptchaInTheWay,
    DatabaseDown,
    EditRefused,
    Forbidden,
    Hibernated,
    NotFound,
    SessionLost,
    TitleRefused,
    UnexpectedAnswer,
    UnknownOutcome,
    UploadRefused,
    WriteRefused,
)

BOT = "RobotNuage"
TAG = "RepairCafe"
DONE = {"Location": f"https://wiki.example/?{TAG}&vue=consulter&id_fiche={TAG}&message=modif_ok"}
FORM = '<html><form id="formulaire"><input name="antispam" value="0" type="hidden"></form></html>'
CAPTCHA = FORM.replace("</form>", '<input type="hidden" name="captcha_hash" value="x"/></form>')
EDITOR = '<html><input type="hidden" class="antispam" name="antispam" value="0"></html>'
DENIED = '<html><div class="alert alert-danger alert-error">Non</div></html>'
HIBERNATION = (
    '<html><div class="alert alert-info">Action désactivée car ce wiki est en lecture seule.'
    "</div></html>"
)
CRASH = "<html>Erreur in <i>/var/www/tools/x/Mailer.php</i> on line <i>12</i></html>"
TOO_BIG = "<html>trop gros in <i>/var/www/fields/FileField.php</i> on line <i>116</i></html>"
ROW = {
    "id": "1",
    "tag": TAG,
    "time": "2026-11-23 22:06:24",
    "owner": "MarieDupont",
    "user": "10.0.0.1",
}


@pytest.fixture
def editable(fake_wiki: Any, reply: Any) -> Any:
    fake_wiki.on("GET", f"{TAG}/edit", reply(content=FORM, user=BOT))
    fake_wiki.on("POST", f"{TAG}/edit", reply(302, headers=DONE, user=BOT))
    return fake_wiki


def test_an_edit_logs_in_asks_and_sends_what_changed(client: BazarClient, editable: Any) -> None:
    client.edit(TAG, {"bf_lieu": "Salle & cie"}, title_text="Repair café", position=("43.4", "3.6"))
    assert editable.lines() == [
        "GET api/triples/BazaR",
        f"GET {TAG}/edit",
        f"POST {TAG}/edit",
    ]
    assert editable.posted() == {
        "bf_titre": "Repair café",
        "bf_latitude": "43.4",
        "bf_longitude": "3.6",
        "bf_lieu": "Salle & cie",
        "antispam": "1",
    }
    headers = editable.sent[-1].headers
    assert headers["Cookie"] == "YesWiki-main=s1; name=RobotNuage; token=t%24"
    assert "Authorization" not in headers


def test_the_session_is_kept_for_the_next_edit(client: BazarClient, editable: Any) -> None:
    client.edit(TAG, {}, title_text="x")
    client.edit(TAG, {}, title_text="x")
    assert editable.lines().count("GET api/triples/BazaR") == 1


def test_a_changed_title_replaces_the_stored_one(client: BazarClient, editable: Any) -> None:
    client.edit(TAG, {"bf_titre": "Nouveau"}, title_text="Ancien")
    assert editable.posted()["bf_titre"] == "Nouveau"


def test_the_map_of_a_form_may_have_names_of_its_own(client: BazarClient, editable: Any) -> None:
    client.edit(TAG, {}, title_text="x", position=("1", "2"), position_names=("lat", "lon"))
    assert editable.posted()["lat"] == "1"
    assert "bf_latitude" not in editable.posted()


def test_the_recurrence_goes_last_and_whole(client: BazarClient, editable: Any) -> None:
    pairs = [
        ("bf_date_fin_evenement_data[isRecurrent]", "1"),
        ("bf_date_fin_evenement_data[days][]", "tue"),
        ("bf_date_fin_evenement_data[days][]", "thu"),
    ]
    client.edit(TAG, {"bf_lieu": "x"}, title_text="x", recurrence_pairs=pairs)
    body = editable.sent[-1].body
    assert body.endswith("%5Bdays%5D%5B%5D=tue&bf_date_fin_evenement_data%5Bdays%5D%5B%5D=thu")


def test_more_repetitions_than_php_takes_are_not_sent(client: BazarClient, editable: Any) -> None:
    pairs = [("bf_date_fin_evenement_data[except][]", "2027-03-04")] * 1000
    with pytest.raises(WriteRefused):
        client.edit(TAG, {}, title_text="x", recurrence_pairs=pairs)
    assert editable.sent == []


def test_an_edit_without_a_title_is_not_sent(client: BazarClient, editable: Any) -> None:
    """Recording 466: the wiki keeps nothing of it."""
    with pytest.raises(TitleRefused):
        client.edit(TAG, {"bf_titre": ""}, title_text="x")
    with pytest.raises(ValueError, match="kept by the wiki"):
        client.edit(TAG, {"id_fiche": "PagePrincipale"}, title_text="x")
    assert editable.sent == []


@pytest.mark.parametrize(("page", "may"), [(FORM, True), (DENIED, False), ("<html></html>", False)])
def test_whether_we_may_edit_is_asked_without_writing(
    client: BazarClient, fake_wiki: Any, reply: Any, page: str, may: bool
) -> None:
    """Recording 700."""
    fake_wiki.on("GET", f"{TAG}/edit", reply(content=page, user=BOT))
    assert client.may_edit(TAG) is may


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (EDITOR, NotFound),
        (CAPTCHA, CaptchaInTheWay),
        (HIBERNATION, Hibernated),
        (DENIED, Forbidden),
        ("l'accès à la base de données a échoué", DatabaseDown),
    ],
)
def test_nothing_is_posted_where_the_edit_page_says_no(
    client: BazarClient, fake_wiki: Any, reply: Any, page: str, error: type[Exception]
) -> None:
    fake_wiki.on("GET", f"{TAG}/edit", reply(content=page, user=BOT))
    with pytest.raises(error):
        client.edit(TAG, {}, title_text="x")
    assert not [line for line in fake_wiki.lines() if line.startswith("POST")]


def test_a_forbidden_edit_names_the_owner(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    fake_wiki.on("GET", f"{TAG}/edit", reply(content=DENIED, user=BOT))
    fake_wiki.on("GET", "api/pages/", reply(content=ROW, user=BOT))
    with pytest.raises(Forbidden) as caught:
        client.edit(TAG, {}, title_text="x")
    assert caught.value.owner == "MarieDupont"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, FORM, BOT), EditRefused),
        ((200, CAPTCHA, BOT), CaptchaInTheWay),
        ((200, DENIED, BOT), Forbidden),
        ((200, EDITOR, BOT), NotFound),
        ((200, HIBERNATION, BOT), Hibernated),
        ((200, DENIED, None), SessionLost),
        ((200, FORM, None), SessionLost),
        ((200, CRASH, BOT), UnknownOutcome),
        ((200, TOO_BIG, BOT), UploadRefused),
        ((500, "<html></html>", BOT), UnknownOutcome),
        ((413, "<html></html>", None), UploadRefused),
        ((403, "<html></html>", None), Forbidden),
        ((200, "l'accès à la base de données a échoué", None), DatabaseDown),
        ((302, None, BOT), EditRefused),
    ],
)
def test_each_refusal_has_a_type_and_is_sent_once(
    client: BazarClient,
    editable: Any,
    reply: Any,
    answer: tuple[int, object, str | None],
    error: type[Exception],
) -> None:
    """Recordings 374, 375, 466, 511, 530, 701."""
    editable.on("POST", f"{TAG}/edit", reply(*answer))
    with pytest.raises(error) as caught:
        client.edit(TAG, {"bf_lieu": "Orsay"}, title_text="x")
    assert type(caught.value) is error
    assert editable.lines().count(f"POST {TAG}/edit") == 1
    assert "/var/www" not in str(caught.value)


def test_a_lost_answer_is_not_sent_again(client: BazarClient, editable: Any) -> None:
    editable.on("POST", f"{TAG}/edit", requests.ReadTimeout())
    with pytest.raises(UnknownOutcome):
        client.edit(TAG, {}, title_text="x")
    assert editable.lines().count(f"POST {TAG}/edit") == 1


def test_an_edit_taken_from_nobody_is_a_lost_session(
    client: BazarClient, editable: Any, reply: Any
) -> None:
    """Recordings 370 and 376: where everybody may write, it succeeds all the same."""
    editable.on("POST", f"{TAG}/edit", reply(302, headers=DONE))
    editable.on("GET", "api/pages/", reply(content=ROW, user=BOT))
    with pytest.raises(SessionLost) as caught:
        client.edit(TAG, {}, title_text="x")
    assert caught.value.writer == "10.0.0.1"
    client.may_edit(TAG)
    assert editable.lines().count("GET api/triples/BazaR") == 2


def test_an_ended_session_is_opened_again_before_writing(
    client: BazarClient, editable: Any, reply: Any
) -> None:
    editable.on(
        "GET",
        f"{TAG}/edit",
        reply(content=FORM),
        reply(content=FORM, user="MarieDupont"),
        reply(content=FORM, user=BOT),
    )
    with pytest.raises(SessionLost, match="does not keep"):
        client.edit(TAG, {}, title_text="x")
    client.edit(TAG, {}, title_text="x")
    assert editable.lines().count("GET api/triples/BazaR") == 3
    assert editable.lines().count(f"POST {TAG}/edit") == 1


def test_another_writer_read_back_is_a_lost_session(client: BazarClient, editable: Any) -> None:
    client.edit(TAG, {}, title_text="x")
    client.ensure_ours(TAG, BOT)
    with pytest.raises(SessionLost):
        client.ensure_ours(TAG, "10.0.0.1")


def test_two_writes_of_one_entry_are_never_within_a_second(
    client: BazarClient, editable: Any, reply: Any, time: Any
) -> None:
    client.edit(TAG, {}, title_text="x")
    assert time.slept == []
    time.now += 0.4
    client.edit(TAG, {}, title_text="x")
    assert time.slept == [pytest.approx(0.65)]
    editable.on("GET", "Autre/edit", reply(content=FORM, user=BOT))
    editable.on("POST", "Autre/edit", reply(302, headers=DONE, user=BOT))
    client.edit("Autre", {}, title_text="x")
    assert len(time.slept) == 1


def test_a_creation_counts_as_a_write(
    client: BazarClient, editable: Any, reply: Any, time: Any
) -> None:
    created = {"success": f"https://wiki.example/?{TAG}"}
    editable.on("POST", "api/entries/6", reply(201, created, BOT))
    client.create("6", TAG, {"bf_titre": "x"})
    client.edit(TAG, {}, title_text="x")
    assert time.slept == [pytest.approx(1.05)]


def test_a_new_file_must_change_what_the_field_holds(
    client: BazarClient, editable: Any, reply: Any
) -> None:
    old, new = ({TAG: {"fichierbf_d": name}} for name in ("old.pdf_", "new.pdf_"))
    rows = [reply(content=one, user=BOT) for one in (old, new, new, new)]
    editable.on("GET", f"api/entries/json/{TAG}", *rows)
    files = {"fichierbf_d": Upload("b.pdf", b"%PDF")}
    client.edit(TAG, {}, title_text="x", files=files)
    with pytest.raises(UploadRefused):
        client.edit(TAG, {}, title_text="x", files=files)


RIGHTS = (
    '<html><textarea class="form-control" name="read_acl" rows="3" cols="20"\n >*</textarea>'
    '<textarea name="write_acl">@admins\n%</textarea>'
    '<input type="hidden" name="comment_acl" value="comments-closed"></html>'
)
OURS = {**ROW, "owner": BOT}
SET = {"Location": f"https://wiki.example/?{TAG}"}


@pytest.fixture
def owned(fake_wiki: Any, reply: Any) -> Any:
    fake_wiki.on("GET", "api/pages/", reply(content=OURS, user=BOT))
    fake_wiki.on("GET", f"{TAG}/acls", reply(content=RIGHTS, user=BOT))
    fake_wiki.on("POST", f"{TAG}/acls", reply(302, "<div>", BOT, SET))
    return fake_wiki


def test_rights_are_read_from_the_rights_page(client: BazarClient, owned: Any) -> None:
    assert client.rights(TAG) == Rights("*", "@admins\n%", "comments-closed", BOT)


def test_rights_that_are_not_named_are_sent_as_they_were(client: BazarClient, owned: Any) -> None:
    client.set_rights(TAG, read="+", owner="MarieDupont")
    assert owned.posted() == {
        "read_acl": "+",
        "write_acl": "@admins\n%",
        "comment_acl": "comments-closed",
        "newowner": "MarieDupont",
    }


def test_an_owner_that_stays_is_not_sent(client: BazarClient, owned: Any) -> None:
    client.set_rights(TAG, write="%", owner=BOT)
    assert owned.posted()["newowner"] == ""


def test_rights_of_others_are_not_ours_to_see_or_set(
    client: BazarClient, owned: Any, reply: Any
) -> None:
    owned.on("GET", "api/pages/", reply(content=ROW, user=BOT))
    owned.on("GET", f"{TAG}/acls", reply(content=DENIED, user=BOT))
    for ask in (lambda: client.rights(TAG), lambda: client.set_rights(TAG, read="+")):
        with pytest.raises(Forbidden) as caught:
            ask()
        assert caught.value.owner == "MarieDupont"
    owned.on("GET", "api/pages/", reply(404, {}, BOT))
    with pytest.raises(NotFound):
        client.rights(TAG)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, DENIED, BOT), Forbidden),
        ((200, HIBERNATION, BOT), Hibernated),
        ((200, DENIED, None), SessionLost),
        ((500, "<html></html>", BOT), UnknownOutcome),
        ((302, None, None), SessionLost),
    ],
)
def test_rights_that_were_not_set_say_why(
    client: BazarClient,
    owned: Any,
    reply: Any,
    answer: tuple[int, object, str | None],
    error: type[Exception],
) -> None:
    owned.on("POST", f"{TAG}/acls", reply(*answer))
    with pytest.raises(error):
        client.set_rights(TAG, read="+")


def test_revisions_come_newest_first(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    """Recording 702."""
    page = (
        '<html><div data-revisions="[{&quot;id&quot;:&quot;77&quot;,&quot;time&quot;:&quot;a&quot;,'
        "&quot;user&quot;:&quot;B&quot;},{&quot;id&quot;:&quot;253&quot;,&quot;time&quot;:"
        '&quot;b&quot;,&quot;user&quot;:&quot;C&quot;}]"></div></html>'
    )
    fake_wiki.on("GET", f"{TAG}/revisions", reply(content=page, user=BOT))
    assert client.revisions(TAG) == (Revision(253, "b", "C"), Revision(77, "a", "B"))


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (DENIED, Forbidden),
        ('<html><div data-revisions="{}"></div></html>', UnexpectedAnswer),
        ('<html><div data-revisions="[1]"></div></html>', UnexpectedAnswer),
        ('<html><div data-revisions="[{}]"></div></html>', UnexpectedAnswer),
        ('<html><div data-revisions="["></div></html>', Forbidden),
    ],
)
def test_revisions_that_cannot_be_read_say_so(
    client: BazarClient, fake_wiki: Any, reply: Any, page: str, error: type[Exception]
) -> None:
    fake_wiki.on("GET", f"{TAG}/revisions", reply(content=page, user=BOT))
    with pytest.raises(error):
        client.revisions(TAG)
