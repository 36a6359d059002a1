"""The error tree: drawn as it is, one sentence and a remedy each."""

from __future__ import annotations

import re

import pytest

from bazar_forms import errors
from bazar_forms.errors import BazarError


def family(root: type[BazarError]) -> list[type[BazarError]]:
    return [root, *(one for child in root.__subclasses__() for one in family(child))]


ALL = family(BazarError)


def test_the_drawing_names_every_class_and_no_other() -> None:
    drawn = re.findall(r"^[│├└─ ]*([A-Z][A-Za-z]+)\b", errors.__doc__ or "", re.MULTILINE)
    names = [name for name in drawn if isinstance(getattr(errors, name, None), type)]
    assert sorted(names) == sorted(one.__name__ for one in ALL)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_each_error_has_a_message_and_a_remedy_of_one_sentence(kind: type[BazarError]) -> None:
    problem = kind("Something happened on the wiki.")
    assert str(problem) == problem.message == "Something happened on the wiki."
    assert problem.remedy.endswith(".")
    assert kind("It happened.", "Do this.").remedy == "Do this."


def test_errors_carry_what_a_program_needs() -> None:
    assert errors.TooManyRequests("Wait.", retry_after=3.0).retry_after == 3.0
    assert errors.Forbidden("No.", owner="MarieDupont").owner == "MarieDupont"
    assert errors.SessionLost("Lost.", writer="").writer == ""
    assert errors.WriteNotKept("Differs.", properties=("bf_titre",)).properties == ("bf_titre",)
    assert errors.FieldMalformed("Bad.", property="bf_x").property == "bf_x"
