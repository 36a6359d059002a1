"""`oscartes ask`: words to calls, and whole outputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.asking.answer import (
    Answer,
    Answers,
    Asked,
    Kind,
    NextDate,
    Reason,
)
from oscartes_sync.usecases.asking.questions import JOIN, PARTNER, PRODUCT, QUESTIONS
from oscartes_sync.usecases.report import Exit
from tests.fakes.doors import FakeHouse

Call = Callable[..., Any]
GRANGE = Answer(
    title="La Grange  aux Outils",
    wiki="noe",
    form="5",
    entry="LaGrangeAuxOutils",
    url="https://wiki.example/?LaGrangeAuxOutils",
    score=171,
    reasons=(
        Reason(kind=Kind.ASKED, points=106, field="Description", words=("outils",)),
        Reason(kind=Kind.LABELS, points=32, field="Type de structure", words=("Association",)),
        Reason(kind=Kind.WORDS, points=2, field="Nom", words=("Prêt",)),
        Reason(kind=Kind.NEAR, points=28, kilometres=2.345),
        Reason(kind=Kind.REACH, points=3, words=("phones", "emails", "sites")),
    ),
    distance=2.345,
    town="Orsay",
    licence="CC-BY-SA-4.0 – https://creativecommons.org/licenses/by-sa/4.0/",
    confirmed=date(2026, 11, 2),
    phones=("01 60 00 00 11",),
    emails=("bonjour@grange-outils.example",),
    sites=("https://grange-outils.example/",),
)
BARE = Answer(
    title="Collectif",
    wiki="tel",
    form="5",
    entry="Collectif",
    url="https://tel.example/?Collectif",
    score=1001,
    reasons=(Reason(kind=Kind.NEAR, points=1001, kilometres=4.0, roughly=True),),
    distance=None,
    town="",
    licence="",
    confirmed=None,
)
LOST = Problem.of("wiki-unreachable", side=Side.WIKI, wiki="tel")
TWO = Answers(
    asked=Asked(question=PRODUCT, words="outils", near="Orsay", within=10),
    answers=(GRANGE, BARE),
    found=12,
    actors=1040,
    problems=(LOST,),
    exit=Exit.PART,
)
PARIS = timezone(timedelta(hours=1))
WORKSHOP = NextDate(
    title="Réparons  ensemble",
    start=datetime(2026, 12, 5, 14, tzinfo=PARIS),
    end=datetime(2026, 12, 5, 17, 30, tzinfo=PARIS),
    place="La Grange, 91400 Orsay",
    organizer="La Grange aux Outils",
    wiki="noe",
    form="6",
    entry="ReparonsEnsemble",
    url="https://wiki.example/?ReparonsEnsemble",
    licence="CC0-1.0",
)
FAIR = replace(
    WORKSHOP,
    title="Foire",
    start=date(2027, 6, 18),
    end=date(2027, 6, 18),
    place="",
    organizer="",
    entry="Foire",
    url="https://wiki.example/?Foire",
    licence="",
    distance=2.345,
)
NIGHT = replace(
    WORKSHOP,
    title="Nuit",
    end=datetime(2026, 12, 6, 2, tzinfo=PARIS),
    place="Limours",
    distance=4.0,
)


@dataclass
class AskedHouse(FakeHouse):
    """A house that is asked the founding questions."""

    told: Answers = field(default_factory=lambda: TWO)

    def ask(self, asked: Asked) -> Answers:
        self._answer("ask", asked)
        return self.told


@pytest.fixture
def house() -> AskedHouse:
    return AskedHouse()


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_words_become_a_question(call: Call, house: AskedHouse) -> None:
    call("ask", "partner", "vélo", "cargo", "--near", " Orsay ", "--within", "10km", "--limit", "3")
    asked = Asked(question=PARTNER, words="vélo cargo", near="Orsay", within=10, limit=3)
    assert house.asked == [("ask", asked)]
    call("ask", "product")
    assert house.asked[-1] == ("ask", Asked(question=PRODUCT))


@pytest.mark.parametrize(
    ("written", "meant"), [("10km", 10), ("10 km", 10), ("10", 10), ("2,5KM", 2.5), ("0.5km", 0.5)]
)
def test_distances_as_people_write_them(
    call: Call, house: AskedHouse, written: str, meant: float
) -> None:
    call("ask", "join", "--near", "Orsay", "--within", written)
    assert house.asked[-1][1].within == meant


@pytest.mark.parametrize("written", ["loin", "-3", "10 miles", "", "km", "nan"])
def test_what_is_no_distance_is_told(call: Call, house: AskedHouse, written: str) -> None:
    ended = call("ask", "join", "--near", "Orsay", f"--within={written}")
    assert (ended.code, house.asked) == (2, [])
    assert ended.err.startswith(f"“{written}” is no distance.\n→ Write for instance")


def test_a_distance_needs_a_town(call: Call, house: AskedHouse) -> None:
    ended = call("ask", "join", "--within", "10km")
    assert (ended.code, house.asked) == (2, [])
    assert ended.err.startswith("A distance needs a town to start from.\n→ Add --near")


def test_an_unknown_question_or_none_is_told_with_the_four(call: Call, house: AskedHouse) -> None:
    ended = call("ask", "why")
    assert (ended.code, house.asked) == (2, [])
    assert ended.err == (
        "There is no question “why”.\n→ Choose among: product, policy, partner, join.\n"
    )
    ended = call("ask")
    assert ended.code == 2
    assert all(name in ended.err for name in QUESTIONS)


def test_a_limit_of_none_is_refused(call: Call, house: AskedHouse) -> None:
    assert call("ask", "join", "--limit", "0").code == 2
    assert house.asked == []


def test_answers_in_english(call: Call) -> None:
    ended = call("ask", "product", "outils")
    assert ended.code == 4
    assert ended.out == (
        "Where do I find a product or service that meets my ethics? In your words:\n"
        "outils. Within 10 km of Orsay.\n"
        "\n"
        "1. La Grange aux Outils – Orsay, 2.3 km (171 points)\n"
        "   Why: “outils” in “Description”, as you asked (106); “Type de structure” is\n"
        "      “Association” (32); “Prêt” in “Nom” (2); 2.3 km away (28); can be reached\n"
        "      by telephone, e-mail, web site (3).\n"
        "   Contact: 01 60 00 00 11, bonjour@grange-outils.example,\n"
        "      https://grange-outils.example/\n"
        "   Source: https://wiki.example/?LaGrangeAuxOutils (noe)\n"
        "   Licence: CC-BY-SA-4.0 – https://creativecommons.org/licenses/by-sa/4.0/. Last\n"
        "      confirmed on November 2, 2026.\n"
        "\n"
        "2. Collectif (1,001 points)\n"
        "   Why: about 4 km away, by its town (1,001).\n"
        "   Source: https://tel.example/?Collectif (tel)\n"
        "   Licence: not stated. Never confirmed.\n"
        "\n"
        "! The wiki “tel” could not be reached.\n"
        "  → Check its address and that it is up; the next run takes up where this one\n"
        "    stopped.\n"
        "12 answers, 2 of them shown, 1,040 actors read, 1 problem.\n"
    )


def test_answers_in_french_ask_in_french_and_write_dates_and_figures_so(call: Call) -> None:
    out = plain(call("ask", "product", "--lang", "fr").out)
    assert out.startswith("Où trouver un produit ou un service conforme à mon éthique ?")
    assert "2 novembre 2026" in out
    assert "2,3 km" in out
    assert "1 040" in out


def test_one_of_each_is_said_in_the_singular(call: Call, house: AskedHouse) -> None:
    house.told = replace(
        TWO, answers=(replace(GRANGE, score=1),), found=1, actors=1, problems=(), exit=Exit.DONE
    )
    ended = call("ask", "product")
    assert ended.code == 0
    assert "(1 point)\n" in ended.out
    assert ended.out.endswith("\n1 answer, 1 actor read.\n")


def test_no_answer_is_a_sentence_and_no_failure(call: Call, house: AskedHouse) -> None:
    house.told = Answers(asked=Asked(question=PARTNER), answers=(), found=0, actors=5)
    ended = call("ask", "partner")
    assert ended.code == 0
    assert ended.out == (
        "Who could be my partner?\n\nNobody in the directories answers this.\n"
        "0 answers, 5 actors read.\n"
    )
    house.told = replace(house.told, asked=Asked(question=PARTNER, words="x", near="Orsay"))
    out = call("ask", "partner").out
    assert out.startswith(
        "Who could be my partner? In your words: x. The nearest to Orsay first.\n"
    )
    assert "Try other words, fewer of them, or a wider circle." in " ".join(out.split())


def test_quiet_says_nothing_where_all_went_well(call: Call, house: AskedHouse) -> None:
    house.told = replace(TWO, problems=(), exit=Exit.DONE)
    assert call("ask", "product", "-q").out == ""
    house.told = TWO
    assert call("ask", "product", "-q").out


def test_a_member_s_words_do_not_move_the_terminal(call: Call, house: AskedHouse) -> None:
    house.told = replace(TWO, answers=(replace(GRANGE, title="a\x1b[2Jb"),))
    assert "\x1b" not in call("ask", "product").out


def test_answers_as_json(call: Call) -> None:
    ended = call("ask", "product", "--json")
    document = json.loads(ended.out)
    assert ended.code == 4
    assert list(document) == [
        "question",
        "text",
        "words",
        "near",
        "within_km",
        "answers",
        "found",
        "actors",
        "problems",
    ]
    assert (document["question"], document["within_km"], document["found"]) == ("product", 10, 12)
    first, second = document["answers"]
    reasons = first.pop("reasons")
    assert first == {
        "title": "La Grange  aux Outils",
        "wiki": "noe",
        "entry": "LaGrangeAuxOutils",
        "url": "https://wiki.example/?LaGrangeAuxOutils",
        "score": 171,
        "distance_km": 2.35,
        "town": "Orsay",
        "licence": "CC-BY-SA-4.0 – https://creativecommons.org/licenses/by-sa/4.0/",
        "confirmed": "2026-11-02",
        "contact": {
            "phones": ["01 60 00 00 11"],
            "emails": ["bonjour@grange-outils.example"],
            "sites": ["https://grange-outils.example/"],
        },
    }
    assert reasons[0] == {
        "kind": "asked",
        "points": 106,
        "field": "Description",
        "words": ["outils"],
        "distance_km": None,
        "message": "“outils” in “Description”, as you asked",
    }
    assert reasons[3]["distance_km"] == 2.35
    assert [second[key] for key in ("distance_km", "town", "licence", "confirmed")] == [None] * 4
    (problem,) = document["problems"]
    assert problem["code"] == "wiki-unreachable"
    assert problem["remedy"]


def test_the_next_dates_of_an_actor_stand_below_it(call: Call, house: AskedHouse) -> None:
    told = replace(BARE, dates=(WORKSHOP, replace(FAIR, distance=None)))
    house.told = Answers(asked=Asked(question=JOIN), answers=(told,), found=1, actors=2)
    assert plain(call("ask", "join").out) == (
        "How do I get involved?\n"
        "\n"
        "1. Collectif (1,001 points)\n"
        "   Why: about 4 km away, by its town (1,001).\n"
        "   Source: https://tel.example/?Collectif (tel)\n"
        "   Licence: not stated. Never confirmed.\n"
        "   Next dates:\n"
        "    - Saturday, December 5, 2026, 2:00 PM – 5:30 PM: Réparons ensemble – La\n"
        "      Grange, 91400 Orsay – https://wiki.example/?ReparonsEnsemble\n"
        "    - Friday, June 18, 2027: Foire – https://wiki.example/?Foire\n"
        "\n"
        "1 answer, 2 actors read.\n"
    )


@pytest.mark.parametrize(
    ("asked", "head"),
    [
        (Asked(question=JOIN), "Next dates in the agendas:"),
        (Asked(question=JOIN, words="foire"), "Next dates with your words:"),
        (Asked(question=JOIN, words="foire", near="Orsay"), "Next dates around Orsay:"),
    ],
)
def test_dates_around_stand_after_the_answers(
    call: Call, house: AskedHouse, asked: Asked, head: str
) -> None:
    house.told = Answers(asked=asked, answers=(BARE,), found=1, actors=2, dates=(NIGHT, FAIR))
    assert plain(call("ask", "join").out).endswith(
        "   Licence: not stated. Never confirmed.\n"
        "\n"
        f"{head}\n"
        " - Saturday, December 5, 2026, 2:00 PM – Sunday, December 6, 2026, 2:00 AM: Nuit\n"
        "   – Limours (4 km) – https://wiki.example/?ReparonsEnsemble\n"
        " - Friday, June 18, 2027: Foire – 2.3 km – https://wiki.example/?Foire\n"
        "\n"
        "1 answer, 2 actors read.\n"
    )


def test_next_dates_as_json(call: Call, house: AskedHouse) -> None:
    told = replace(BARE, dates=(WORKSHOP,))
    house.told = Answers(
        asked=Asked(question=JOIN), answers=(told,), found=1, actors=2, dates=(FAIR,)
    )
    document = json.loads(call("ask", "join", "--json").out)
    assert document["answers"][0]["next_dates"] == [
        {
            "title": "Réparons  ensemble",
            "start": "2026-12-05T14:00:00+01:00",
            "end": "2026-12-05T17:30:00+01:00",
            "place": "La Grange, 91400 Orsay",
            "organizer": "La Grange aux Outils",
            "wiki": "noe",
            "entry": "ReparonsEnsemble",
            "url": "https://wiki.example/?ReparonsEnsemble",
            "distance_km": None,
            "licence": "CC0-1.0",
        }
    ]
    (fair,) = document["next_dates"]
    assert [fair[name] for name in ("start", "place", "organizer", "licence")] == [
        "2027-06-18",
        None,
        None,
        None,
    ]
    assert fair["distance_km"] == 2.35


@pytest.mark.parametrize("language", ["fr", "en"])
def test_help_names_the_four_questions_and_the_options(call: Call, language: str) -> None:
    ended = call("ask", "--help", "--lang", language)
    assert ended.code == 0
    for word in (*QUESTIONS, "--near", "--within", "--limit"):
        assert word in ended.out
