"""The labelled questions: whether those who should stand in the first places do.

Of each question, precision is the share of those expected among as many first places as are
expected. The set was written before the first measure, which gave 0.83. Three labels were wrong
then (two circles a hair too small for those expected in them; a town hall that was overlooked) and
were put right; what the saved queries still get wrong is left in the set, and told by the test.
Once they had been adjusted the unseen questions were added, to which nothing was adjusted.
"""

from __future__ import annotations

from typing import Any

import pytest

from oscartes_sync.usecases.asking.answer import Answers, Asked
from oscartes_sync.usecases.asking.ask import ask
from oscartes_sync.usecases.asking.questions import QUESTIONS
from tests.fakes.things import FakeClock
from tests.questions.region import AGENDAS, agenda, questions, region, rows

LEAST_PRECISION = 0.85
"""The mean of all questions."""
LEAST_OF_ONE = 0.75
"""The mean of each saved query, and that of the unseen questions."""


def answers_to(labelled: dict[str, Any]) -> Answers:
    asked = Asked(
        question=QUESTIONS[labelled["ask"]],
        words=labelled.get("words", ""),
        near=labelled.get("near", ""),
        within=labelled.get("within"),
    )
    return ask(asked, region(), (), {}, agendas=AGENDAS, clock=FakeClock())


def precision(labelled: dict[str, Any]) -> float:
    expected = labelled["expect"]
    first = [each.entry for each in answers_to(labelled).answers[: len(expected)]]
    return len(set(first) & set(expected)) / len(expected)


def mean(figures: list[float]) -> float:
    return sum(figures) / len(figures)


def test_the_labelled_set_names_actors_of_the_region_and_is_large_enough() -> None:
    known = {row["tag"] for actors in rows().values() for row in actors}
    assert len(known) >= 40
    assert len(questions()) >= 24
    assert {tag for one in questions() for tag in one["expect"]} <= known
    assert {one["ask"] for one in questions()} == set(QUESTIONS)


def measured() -> tuple[dict[str, list[float]], list[str]]:
    """The figures of each saved query, and of the unseen questions; a line for each miss."""
    figures: dict[str, list[float]] = {name: [] for name in (*QUESTIONS, "unseen")}
    misses = []
    for labelled in questions():
        found = precision(labelled)
        for name in (labelled["ask"], *(["unseen"] if labelled.get("unseen") else [])):
            figures[name].append(found)
        if found < 1:
            first = [each.entry for each in answers_to(labelled).answers[:5]]
            misses.append(f"  {found:.2f}  {labelled['ask']} {labelled.get('words', '')} → {first}")
    return figures, misses


def test_those_expected_stand_in_the_first_places(capsys: pytest.CaptureFixture[str]) -> None:
    figures, misses = measured()
    whole = mean([one for name in QUESTIONS for one in figures[name]])
    each = ", ".join(f"{name} {mean(found):.2f}" for name, found in figures.items())
    with capsys.disabled():
        head = f"precision {whole:.3f} of {len(questions())} questions ({each})"
        print("", head, *misses, sep="\n")  # noqa: T201 - the figure is there to be seen
    assert whole >= LEAST_PRECISION
    assert all(mean(found) >= LEAST_OF_ONE for found in figures.values())


def test_every_first_answer_is_one_that_was_expected_nine_times_of_ten() -> None:
    first = [answers_to(one).answers[0].entry in one["expect"] for one in questions()]
    assert sum(first) >= 0.9 * len(first)


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_answer_has_reasons_whose_points_are_its_score(name: str) -> None:
    found = ask(Asked(question=QUESTIONS[name], limit=100), region(), (), {}, clock=FakeClock())
    assert found.answers
    assert len(found.answers) == found.found < found.actors
    for answer in found.answers:
        assert answer.reasons
        assert answer.score == sum(reason.points for reason in answer.reasons)
    scores = [answer.score for answer in found.answers]
    assert scores == sorted(scores, reverse=True)


# What is coming


def test_the_labelled_agenda_names_events_of_the_region() -> None:
    known = {row["tag"] for wiki in ("noe", "tel") for row in agenda()[wiki]}
    expected = [
        tag for one in agenda()["asked"] for tag in (*one.get("of", ()), *one.get("around", ()))
    ]
    assert len(agenda()["asked"]) >= 12
    assert set(expected) <= known


@pytest.mark.parametrize("labelled", agenda()["asked"], ids=lambda one: str(one)[:60])
def test_who_wants_to_join_sees_the_next_dates(labelled: dict[str, Any]) -> None:
    found = answers_to({"ask": "join", **labelled})
    told = [date.entry for answer in found.answers for date in answer.dates]
    assert set(told) == set(labelled.get("of", ()))
    assert [date.entry for date in found.dates] == labelled.get("around", [])


@pytest.mark.parametrize("name", ["product", "policy", "partner"])
def test_no_other_question_asks_for_dates(name: str) -> None:
    found = answers_to({"ask": name})
    assert (found.dates, {answer.dates for answer in found.answers}) == ((), {()})
