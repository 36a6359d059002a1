"""`oscartes ask`."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Final

import click

from oscartes_sync.commands.group import option, subcommand
from oscartes_sync.commands.runs import DEFAULT_WAIT
from oscartes_sync.commands.session import Session
from oscartes_sync.errors import UsageError
from oscartes_sync.presentation.translation import msg

if TYPE_CHECKING:
    from oscartes_sync.usecases.asking.answer import Answers, Asked

_DISTANCE: Final = re.compile(r"(\d{1,5}(?:[.,]\d{1,3})?)\s*(?:km)?", re.IGNORECASE)
_WIDEST: Final = 100


@subcommand(
    help=msg(
        "Ask one of the four founding questions of the directories of all wikis: product (where "
        "do I find a product or service that meets my ethics?), policy (whom can a local policy "
        "lean on?), partner (who could be my partner?), join (how do I get involved?). Each answer "
        "says why it is one; join also tells the next dates of the agendas. Reads only what "
        "everybody may read."
    )
)
@click.argument("question", metavar="product|policy|partner|join")
@click.argument("words", nargs=-1, metavar=msg("[WORDS]…"))
@option("--near", metavar="TOWN", help=msg("The nearest to this town first."))
@option("--within", metavar="10km", help=msg("Not further than this from the town."))
@option(
    "--limit",
    type=click.IntRange(min=1),
    default=10,
    metavar="N",
    help=msg("How many answers at most; 10 if nothing is said."),
)
def command(
    session: Session,
    *,
    question: str,
    words: tuple[str, ...],
    near: str | None,
    within: str | None,
    limit: int,
) -> int:
    """Words to calls."""
    asked = _asked(question, words, near, within, limit)
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=DEFAULT_WAIT) as house:
        answers = house.ask(asked)
    _show(session, answers)
    return int(answers.exit)


def _asked(
    question: str, words: tuple[str, ...], near: str | None, within: str | None, limit: int
) -> Asked:
    from oscartes_sync.usecases.asking.answer import Asked  # noqa: PLC0415
    from oscartes_sync.usecases.asking.questions import question_named  # noqa: PLC0415

    town = (near or "").strip()
    if within is not None and not town:
        raise UsageError("ask-within-what")
    return Asked(
        question=question_named(question),
        words=" ".join(words),
        near=town,
        within=None if within is None else _kilometres(within),
        limit=limit,
    )


def _kilometres(value: str) -> float:
    """`10km`, `10 km` and `10` alike.

    Raises:
        UsageError: `ask-within`.
    """
    found = _DISTANCE.fullmatch(value.strip())
    if found is None:
        raise UsageError("ask-within", value=value)
    return float(found[1].replace(",", "."))


def _show(session: Session, answers: Answers) -> None:
    if session.as_json:
        from oscartes_sync.presentation.answers import answers_to_json  # noqa: PLC0415

        session.show_json(answers_to_json(session.translator, answers))
    elif answers.exit or not session.quiet:
        from oscartes_sync.presentation.answers import answer_lines  # noqa: PLC0415

        width = min(shutil.get_terminal_size().columns, _WIDEST)
        session.show(answer_lines(session.translator, answers, width))
