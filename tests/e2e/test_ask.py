"""The founding questions asked of both stand-ins, as an anonymous reader asks them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.e2e.acceptance import DIRECTORY, recorded_body, resource
from tests.e2e.conftest import BOT, CALENDAR, Pair
from tests.fakes.wiki_place import Time

CLAIRE = "ClaireMorel"
NOWHERE = "http://127.0.0.1:9"
"""Nobody listens on the port of `discard`."""


def configure(pair: Pair, **binding: str) -> None:
    """One binding of contacts; values are TOML already."""
    path = pair.folder / "oscartes.toml"
    head = path.read_text("utf-8").partition("[[bindings]]")[0]
    lines = "\n".join(f"{key} = {value}" for key, value in binding.items())
    path.write_text(
        f"""{head}[[bindings]]
name = "annuaire"
kind = "contacts"
form = 5
collection = "annuaire"
{lines}
""",
        encoding="utf-8",
    )


def add_wiki(pair: Pair, name: str, url: str) -> None:
    path = pair.folder / "oscartes.toml"
    text = path.read_text("utf-8").replace("[[bindings]]", '[[bindings]]\nwiki = "noe"')
    path.write_text(f'{text}\n[wikis.{name}]\nurl = "{url}"\nuser = "RobotNuage"\n', "utf-8")
    with (pair.folder / ".env").open("a", encoding="utf-8") as secrets:
        secrets.write(f"OSCARTES_WIKI_{name.upper()}_KEY=x\n")


def tags(document: dict[str, Any]) -> list[str]:
    return [answer["entry"] for answer in document["answers"]]


def test_a_directory_that_nobody_bound_is_found_by_its_looks(pair: Pair) -> None:
    code, document = pair.json("ask", "product", "légumes")
    assert (code, document["problems"], document["actors"]) == (0, [], 5)
    (answer,) = document["answers"]
    assert (answer["entry"], answer["wiki"]) == ("LePanierDeLYvette", "noe")
    assert answer["url"].startswith(pair.wiki.url)
    assert answer["url"].endswith("?LePanierDeLYvette")
    assert answer["town"] == "Gif-sur-Yvette"
    assert answer["licence"] is None
    assert len(answer["confirmed"]) == len("2026-11-24")
    kinds = [reason["kind"] for reason in answer["reasons"]]
    assert kinds[0] == "asked"
    assert "labels" in kinds
    assert answer["score"] == sum(reason["points"] for reason in answer["reasons"])


def test_nothing_that_is_not_public_is_read_or_told(pair: Pair) -> None:
    pair.wiki.requests.clear()
    _, out, _ = pair.call("ask", "join", "outils")
    assert [line.method for line in pair.wiki.requests] == ["GET", "GET", "GET"]
    assert {line.user for line in pair.wiki.requests} == {""}
    assert "bonjour@grange-outils.example" in out
    assert "contact@grange-outils.example" not in out
    assert "Convention" not in out
    code, document = pair.json("ask", "join", "Convention")
    assert (code, document["answers"]) == (0, [])


def test_the_nearest_come_first_and_an_unknown_town_is_told(pair: Pair) -> None:
    code, document = pair.json("ask", "product", "--near", "orsay", "--within", "10km")
    assert code == 0
    assert tags(document) == ["LePanierDeLYvette", "LaGrangeAuxOutils"]
    assert [answer["distance_km"] for answer in document["answers"]] == [3.96, 0.0]
    code, _, err = pair.call("ask", "product", "--near", "Orsai")
    assert code == 2
    assert "Orsay" in err


def test_what_a_binding_selects_is_all_that_is_asked(pair: Pair) -> None:
    configure(pair, where='"bf_ville=Orsay"')
    _, document = pair.json("ask", "product")
    assert (document["actors"], tags(document)) == (1, ["LaGrangeAuxOutils"])


def test_a_form_that_is_not_there_is_a_problem(pair: Pair) -> None:
    configure(pair)
    path = pair.folder / "oscartes.toml"
    path.write_text(path.read_text("utf-8").replace("form = 5", "form = 55"), "utf-8")
    code, document = pair.json("ask", "product")
    assert (code, document["answers"]) == (4, [])
    assert [problem["code"] for problem in document["problems"]] == ["form-missing"]


def test_a_wiki_without_a_directory_has_no_answer_and_says_what_to_do(pair: Pair) -> None:
    pair.wiki.remove_form(5)
    code, out, _ = pair.call("ask", "product")
    assert code == 0
    assert "Nobody in the directories answers this." in out
    assert 'kind = "contacts"' in out


def test_the_licence_is_that_of_a_view_of_the_form(pair: Pair) -> None:
    path = pair.folder / "oscartes.toml"
    view = '\n[views.acteurs]\nform = 5\nlicence = "CC-BY-SA-4.0"\n'
    path.write_text(path.read_text("utf-8") + view, "utf-8")
    _, document = pair.json("ask", "product", "légumes")
    assert document["answers"][0]["licence"].startswith("CC-BY-SA-4.0")


def test_a_wiki_that_cannot_be_reached_does_not_silence_the_other(pair: Pair) -> None:
    add_wiki(pair, "tel", NOWHERE)
    code, document = pair.json("ask", "product", "légumes")
    assert (code, tags(document)) == (4, ["LePanierDeLYvette"])
    assert [problem["code"] for problem in document["problems"]] == ["wiki-unreachable"]
    assert "“tel”" in document["problems"][0]["message"]


def test_where_no_wiki_can_be_reached_the_command_fails(pair: Pair) -> None:
    path = pair.folder / "oscartes.toml"
    path.write_text(path.read_text("utf-8").replace(pair.wiki.url, NOWHERE), "utf-8")
    code, document = pair.json("ask", "product")
    assert (code, document["error"]["code"]) == (1, "wiki-unreachable")


def test_two_wikis_answer_together(pair: Pair) -> None:
    add_wiki(pair, "tel", pair.wiki.url)
    code, document = pair.json("ask", "product", "légumes")
    assert (code, document["actors"]) == (0, 10)
    assert [answer["wiki"] for answer in document["answers"]] == ["noe", "tel"]


def test_the_recorded_directory_answers_the_four_questions(recorded: Pair, version: str) -> None:
    known = recorded_body(DIRECTORY[version])
    first = {}
    for question in ("product", "policy", "partner", "join"):
        code, document = recorded.json("ask", question)
        assert (code, document["problems"]) == (0, [])
        assert document["actors"] == len(known)
        assert set(tags(document)) <= set(known)
        assert all(answer["reasons"] for answer in document["answers"])
        first[question] = tags(document)[0]
    assert first["policy"] == "MairieDeSaintEtienneDeLOlm"
    assert first["join"] == "LaRessourcerieDeLEcluse"


def test_the_recorded_directory_knows_who_rents_bicycles_and_where_bread_is(
    recorded: Pair,
) -> None:
    _, document = recorded.json("ask", "product", "louer", "un", "vélo")
    assert tags(document)[0] == "VeloCie"
    _, document = recorded.json("ask", "product", "pain", "--near", "Millau", "--within", "5")
    assert tags(document) == ["LeFournilDElise"]


# What is coming

WORKSHOP = {
    "title": "Atelier « Réparons ensemble » 🔧",
    "start": "2026-12-05T14:00:00+01:00",
    "end": "2026-12-05T17:30:00+01:00",
    "place": "La Grange aux Outils, 4 rue du Lavoir, 91400 Orsay",
    "organizer": "La Grange aux Outils",
    "wiki": "noe",
    "entry": "AtelierReparonsEnsemble",
    "distance_km": None,
    "licence": None,
}


def view_of_agenda(pair: Pair, *more: str) -> None:
    """A view of the agenda in place of the binding, or whatever it is that `more` says of it."""
    configure(pair)
    path = pair.folder / "oscartes.toml"
    lines = "\n".join(("form = 6", 'licence = "CC-BY-SA-4.0"', *more))
    path.write_text(f"{path.read_text('utf-8')}\n[views.agenda]\n{lines}\n", "utf-8")


def dates(document: dict[str, Any]) -> dict[str, list[str]]:
    return {
        answer["entry"]: [date["entry"] for date in answer["next_dates"]]
        for answer in document["answers"]
    }


def test_who_wants_to_join_is_told_the_next_dates_of_each_actor(dated: Pair) -> None:
    code, document = dated.json("ask", "join", "--limit", "4")
    assert (code, document["problems"], document["next_dates"]) == (0, [], [])
    found = dates(document)
    assert found["LaGrangeAuxOutils"] == ["AtelierReparonsEnsemble", "FormationCartographieLibre"]
    # Among those who join in, too.
    assert found["CollectifVeloHurepoix"] == ["AtelierReparonsEnsemble"]
    (grange,) = (a for a in document["answers"] if a["entry"] == "LaGrangeAuxOutils")
    first = grange["next_dates"][0]
    assert {name: first[name] for name in WORKSHOP} == WORKSHOP
    assert first["url"] == f"{dated.wiki.url}/?AtelierReparonsEnsemble"


def test_other_questions_read_no_agenda(dated: Pair) -> None:
    dated.wiki.requests.clear()
    _, document = dated.json("ask", "partner")
    assert len(dated.wiki.requests) == 2
    assert "next_dates" not in document
    assert all("next_dates" not in answer for answer in document["answers"])


def test_what_is_over_is_left_out_and_what_goes_on_is_not(dated: Pair, clock: Time) -> None:
    clock.sleep((datetime(2026, 12, 5, 16, tzinfo=UTC) - clock.now()).total_seconds())
    assert "AtelierReparonsEnsemble" in str(dates(dated.json("ask", "join", "outils")[1]))
    clock.sleep(3600)
    assert "AtelierReparonsEnsemble" not in str(dates(dated.json("ask", "join", "outils")[1]))


def test_where_no_actor_has_a_date_those_around_are_told(dated: Pair) -> None:
    _, document = dated.json("ask", "join", "concerts", "--near", "Gif-sur-Yvette")
    assert document["answers"] == []
    (found,) = document["next_dates"]
    assert (found["entry"], found["start"], found["end"]) == (
        "FeteDesCommunsDOrsay",
        "2027-06-18",
        "2027-06-20",
    )
    assert found["distance_km"] == 3.91
    _, document = dated.json("ask", "join", "concerts", "--near", "Gif-sur-Yvette", "--within", "3")
    assert document["next_dates"] == []


def test_dates_are_told_in_both_languages(dated: Pair) -> None:
    _, out, _ = dated.call("ask", "join", "outils", "--lang", "en")
    said = " ".join(out.replace("\u202f", " ").split())
    assert (
        "Next dates: - Saturday, December 5, 2026, 2:00 PM – 5:30 PM: Atelier « Réparons ensemble "
        "» 🔧 – La Grange aux Outils, 4 rue du Lavoir, 91400 Orsay – http://"
    ) in said
    _, out, _ = dated.call("ask", "join", "concerts", "--lang", "fr")
    said = " ".join(out.replace("\u00a0", " ").split())
    assert "vendredi 18 juin 2027 – dimanche 20 juin 2027" in said
    assert "Fête des communs d'Orsay 🎉 – Parc de la Grande Bouvêche, 91400 Orsay – http://" in said


@pytest.mark.parametrize("kind", ['kind = "events"', ""])
def test_a_view_names_an_agenda_too_and_its_licence_is_told(dated: Pair, kind: str) -> None:
    view_of_agenda(dated, kind)
    _, document = dated.json("ask", "join", "outils")
    (first, _) = document["answers"][0]["next_dates"]
    assert first["licence"].startswith("CC-BY-SA-4.0")


def test_a_view_of_something_else_is_no_agenda(dated: Pair) -> None:
    view_of_agenda(dated, 'kind = "contacts"')
    path = dated.folder / "oscartes.toml"
    path.write_text(f'{path.read_text("utf-8")}[views.b]\nform = 5\nlicence = "CC0-1.0"\n', "utf-8")
    dated.wiki.requests.clear()
    code, document = dated.json("ask", "join", "outils")
    assert (code, document["problems"], len(dated.wiki.requests)) == (0, [], 2)
    assert dates(document) == {"LaGrangeAuxOutils": []}


def test_an_agenda_that_is_not_there_costs_no_answer(dated: Pair) -> None:
    dated.wiki.remove_form(6)
    code, document = dated.json("ask", "join", "outils")
    assert (code, tags(document)) == (4, ["LaGrangeAuxOutils"])
    assert [problem["code"] for problem in document["problems"]] == ["form-missing"]


def test_what_is_closed_in_the_agenda_is_not_told(dated: Pair) -> None:
    dated.wiki.set_acl("AtelierReparonsEnsemble", read="+")
    _, document = dated.json("ask", "join", "outils")
    assert dates(document) == {"LaGrangeAuxOutils": ["FormationCartographieLibre"]}


@pytest.mark.parametrize("version", ["4.5"])
def test_a_series_is_told_by_its_next_date_and_that_date_s_page(dated: Pair, clock: Time) -> None:
    when = {
        "bf_date_debut_evenement": "2026-11-24T18:00:00+01:00",
        "bf_date_fin_evenement": "2026-11-24T20:00:00+01:00",
    }
    weekly = {
        "isRecurrent": "1", "repetition": "w", "step": "1", "nbmax": "3", "limitdate": "",
        "days": ["tue"],
    }  # fmt: skip
    about = {"bf_titre": "Permanence", "listefiche5bf_organisateur": "LaGrangeAuxOutils"}
    dated.wiki.add_entry(6, "Permanence", {**about, **when}, owner=CLAIRE, user=CLAIRE)
    dated.wiki.edit("Permanence", {"bf_date_fin_evenement_data": weekly, **when}, user=CLAIRE)
    clock.sleep((datetime(2026, 11, 26, 16, tzinfo=UTC) - clock.now()).total_seconds())
    _, document = dated.json("ask", "join", "outils")
    first, second, third = document["answers"][0]["next_dates"]
    assert (first["title"], first["start"]) == ("Permanence", "2026-12-01T18:00:00+01:00")
    assert first["entry"] != "Permanence"
    assert first["url"].endswith(f"?{first['entry']}")
    assert dated.wiki.entries(6)[first["entry"]]["bf_date_debut_evenement"] == first["start"]
    assert [second["entry"], third["entry"]] == [
        "AtelierReparonsEnsemble",
        "FormationCartographieLibre",
    ]


def test_what_the_calendar_called_off_is_no_date(dated: Pair) -> None:
    dated.sync()
    when = ("DTSTART:20261212T130000Z", "DTEND:20261212T150000Z")
    body = resource("bal@ailleurs", *when, "SUMMARY:Bal des licornes")
    dated.cloud.put(BOT, CALENDAR, "bal.ics", body)
    dated.sync()
    _, document = dated.json("ask", "join", "licornes")
    assert [each["title"] for each in document["next_dates"]] == ["Bal des licornes"]
    dated.rewrite("bal.ics", ("SUMMARY", "STATUS:CANCELLED\nSUMMARY"))
    dated.sync()
    assert dated.json("ask", "join", "licornes")[1]["next_dates"] == []
