"""A run over spaces is broken at each of its requests; the next one makes nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from oscartes_sync.sandbox.cloud.faults import PlannedFailure
from oscartes_sync.sandbox.wiki.faults import PlannedFailure as WikiFailure
from oscartes_sync.sandbox.wiki.seed_groups import GARDENS
from tests.e2e.conftest import BOT, Pair
from tests.e2e.spaces import add_group, furnish, rights, spaces, teams, tree
from tests.fakes.wiki_place import Time

_WRITES = ("POST", "PUT", "DELETE", "MKCOL", "MOVE", "PROPPATCH", "MKCALENDAR")
_MOST = 60


@pytest.fixture
def group(dated: Pair) -> Pair:
    """The form, and one space that is made already."""
    if dated.wiki.settings.version == "4.4":
        pytest.skip("one version is enough for so many runs")
    furnish(dated)
    spaces(dated, "apply")
    return dated


def breaking(
    number: int, *, executed: bool
) -> tuple[Callable[..., PlannedFailure | None], Iterator[int]]:
    """What makes the write of that number fail, and the count of writes so far."""
    seen = count(1)
    counted: list[int] = []

    def take(method: str, _path: str) -> PlannedFailure | None:
        if method not in _WRITES:
            return None
        counted.append(next(seen))
        if counted[-1] != number:
            return None
        return PlannedFailure(cut=True, after_executing=executed, method=method)

    return take, iter(counted)


def whole(pair: Pair, tag: str, title: str) -> None:
    """Everything of one space is there once."""
    assert [name for name in teams(pair) if name.startswith((title, "oscartes-"))] == [title]
    assert teams(pair)[title] == {"bob": 4, "carole": 1}
    top = {each.split("/")[1] for each in tree(pair) if each.startswith("Espaces/")}
    assert [name for name in top if name.startswith((title, "oscartes-"))] == [title]
    assert rights(pair)[title] == 15
    uris = [uri for uri in pair.cloud.calendars("carole") if uri.startswith(tag.lower())]
    assert len(uris) == 1
    assert all((pair.wiki.entry(tag) or {})[f"bf_{name}"] for name in ("equipe", "dossier"))


@pytest.mark.slow
@pytest.mark.parametrize("executed", [False, True])
def test_making_a_space_is_taken_up_wherever_it_was_broken(
    group: Pair, clock: Time, monkeypatch: pytest.MonkeyPatch, executed: bool
) -> None:
    for number in range(1, _MOST):
        tag, title = f"Groupe{number:02}", f"Groupe numéro {number:02}"
        add_group(group, tag, title, "carole", bf_responsable="bob")
        clock.sleep(3700)
        take, counted = breaking(number, executed=executed)
        with monkeypatch.context() as patch:
            patch.setattr(group.cloud.faults, "take_failure", take)
            spaces(group, "apply", tag)
        clock.sleep(3700)
        assert spaces(group, "apply", tag)[0] == 0, number
        whole(group, tag, title)
        clock.sleep(60)
        report = spaces(group, "apply", tag)[1]
        assert report["operations"] == [], number
        if len(list(counted)) < number:
            break
    else:
        raise AssertionError("so many requests for one space")


@pytest.mark.slow
def test_with_the_state_gone_in_between_nothing_is_made_twice(
    group: Pair, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, _MOST):
        tag, title = f"Groupe{number:02}", f"Groupe numéro {number:02}"
        add_group(group, tag, title, "carole", bf_responsable="bob")
        clock.sleep(3700)
        take, counted = breaking(number, executed=True)
        with monkeypatch.context() as patch:
            patch.setattr(group.cloud.faults, "take_failure", take)
            spaces(group, "apply", tag)
        (group.folder / "oscartes.db").unlink()
        clock.sleep(3700)
        assert spaces(group, "apply", tag)[0] == 0, number
        whole(group, tag, title)
        if len(list(counted)) < number:
            break


@pytest.mark.slow
@pytest.mark.parametrize("executed", [False, True])
def test_an_archive_is_taken_up_wherever_it_was_broken(
    group: Pair, clock: Time, monkeypatch: pytest.MonkeyPatch, executed: bool
) -> None:
    for number in range(1, _MOST):
        tag, title = f"Groupe{number:02}", f"Groupe numéro {number:02}"
        add_group(group, tag, title, "carole", bf_responsable="bob")
        clock.sleep(3700)
        spaces(group, "apply", tag)
        group.cloud.put_file(BOT, f"Espaces/{title}/Publié/bilan.md", b"Bilan")
        clock.sleep(3700)
        take, counted = breaking(number, executed=executed)
        with monkeypatch.context() as patch:
            patch.setattr(group.cloud.faults, "take_failure", take)
            group.json("spaces", "archive", tag)
        clock.sleep(3700)
        if spaces(group, "plan", tag)[1]["spaces"][0]["state"] != "archived":
            assert spaces(group, "archive", tag)[0] == 0, number
        assert spaces(group, "apply", tag)[1]["operations"] == [], number
        laid = [each for each in tree(group) if each.startswith("Archives/") and title in each]
        assert len(laid) == 1, (number, laid)
        assert rights(group)[title] == 1
        assert (group.wiki.entry(tag) or {})["bf_etat"].startswith("Archivé le")
        if len(list(counted)) < number:
            break


@pytest.mark.slow
@pytest.mark.parametrize("executed", [False, True])
def test_a_wiki_that_breaks_at_any_request_is_written_once(
    group: Pair, clock: Time, executed: bool
) -> None:
    for number in range(1, 16):
        tag, title = f"Groupe{number:02}", f"Groupe numéro {number:02}"
        add_group(group, tag, title, "carole", bf_responsable="bob")
        clock.sleep(3700)
        group.wiki.faults.planned.append(
            WikiFailure(cut=True, after_executing=executed, containing="")
        )
        group.json("spaces", "apply", tag)
        group.wiki.faults.clear()
        clock.sleep(3700)
        assert spaces(group, "apply", tag)[0] == 0, number
        whole(group, tag, title)


def test_the_space_that_was_made_before_is_as_it_was(group: Pair, clock: Time) -> None:
    clock.sleep(120)
    assert spaces(group, "apply", GARDENS)[1]["operations"] == []
