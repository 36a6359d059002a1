"""The founding questions asked of both stand-ins, as an anonymous reader asks them."""

from __future__ import annotations

from typing import Any

from tests.e2e.acceptance import DIRECTORY, recorded_body
from tests.e2e.conftest import Pair

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
    assert [line.method for line in pair.wiki.requests] == ["GET", "GET"]
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
