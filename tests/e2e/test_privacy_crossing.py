"""What one server must not learn of the other: everything that is sent to each is read here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import unquote_plus

import pytest

from oscartes_sync.sandbox.wiki.templates import agenda_template
from tests.e2e.conftest import BOT, CALENDAR, PASSWORD, Pair
from tests.e2e.markers import (
    CLOSED,
    CLOSED_ENTRY,
    CLOSED_EVENT,
    GUARDED,
    HIDDEN,
    KEPT,
    OPEN_ENTRY,
    OPEN_EVENT,
    PEOPLE,
    SECRET_EVENT,
    SHOWN,
    TOLD,
    found,
    marker,
    plant,
)
from tests.fakes.fronts import Front, front

COPY = f"{OPEN_ENTRY}.noe.ics"


class Wires:
    """What went to each server, and a network whose every field bears a marker."""

    def __init__(self, pair: Pair, wiki: Front, cloud: Front) -> None:
        self.pair = pair
        self._wiki, self._cloud = wiki, cloud

    def to_wiki(self) -> str:
        """All that the wiki was told, forms decoded."""
        return unquote_plus(self._wiki.seen.decode("utf-8", "replace"))

    def to_cloud(self) -> str:
        """All that the cloud was told."""
        return self._cloud.seen.decode("utf-8", "replace")

    def sync(self, *words: str) -> dict[str, Any]:
        """A run that ends as runs do."""
        code, report = self.pair.sync(*words)
        assert code in {0, 4}, report
        return report


@pytest.fixture
def wires(pair: Pair) -> Iterator[Wires]:
    plant(pair)
    with ExitStack() as stack:
        wiki = stack.enter_context(front(pair.wiki.url))
        cloud = stack.enter_context(front(pair.cloud.url))
        path = pair.folder / "oscartes.toml"
        text = path.read_text("utf-8")
        text = text.replace(pair.wiki.url, f"http://127.0.0.1:{wiki.port}")
        path.write_text(text.replace(pair.cloud.url, f"http://127.0.0.1:{cloud.port}"), "utf-8")
        yield Wires(pair, wiki, cloud)


def everything(wires: Wires) -> None:
    """Runs of all kinds, with edits on both sides in between."""
    pair = wires.pair
    pair.call("doctor")
    pair.call("forms")
    wires.sync()
    pair.wiki.edit(OPEN_ENTRY, {"bf_ville": "Orsay"}, user=marker("PROPRIETAIRE"))
    pair.rewrite(COPY, ("LOCATION:", "LOCATION:Salle haute\\, "))
    pair.rewrite(OPEN_EVENT, ("COMMENT:", "COMMENT:Encore "))
    pair.rewrite(CLOSED_EVENT, ("SUMMARY:", "SUMMARY:Autre "))
    wires.sync()
    wires.sync("--full")
    (pair.folder / "oscartes.db").unlink()
    wires.sync()


def test_the_cloud_learns_what_everybody_may_read_and_no_more(wires: Wires) -> None:
    everything(wires)
    assert found(SHOWN, wires.to_cloud()) == list(SHOWN)
    assert found((*HIDDEN, *CLOSED, *PEOPLE), wires.to_cloud()) == []
    assert CLOSED_ENTRY not in wires.to_cloud()


def test_the_wiki_learns_what_it_has_fields_for_and_no_more(wires: Wires) -> None:
    everything(wires)
    assert found(TOLD, wires.to_wiki()) == list(TOLD)
    assert found((*KEPT, *GUARDED), wires.to_wiki()) == []


def test_what_is_not_mirrored_stays_where_it_was(wires: Wires) -> None:
    everything(wires)
    entry = wires.pair.wiki.entry(OPEN_ENTRY) or {}
    assert found(HIDDEN, repr(entry)) == list(HIDDEN)
    assert found(KEPT, wires.pair.events()[OPEN_EVENT]) == list(KEPT)
    guarded = wires.pair.events()[CLOSED_EVENT] + wires.pair.events()[SECRET_EVENT]
    assert found(GUARDED, guarded) == list(GUARDED)


@pytest.mark.parametrize("visibility", ["PRIVATE", "CONFIDENTIAL"])
def test_an_event_that_became_private_takes_its_copy_along(wires: Wires, visibility: str) -> None:
    wires.sync()
    (tag,) = [tag for tag in wires.pair.wiki.entries(6) if tag.startswith("UneRencontreOuverte")]
    seen = len(wires.to_wiki())
    wires.pair.rewrite(
        OPEN_EVENT, ("SUMMARY:", f"CLASS:{visibility}\nSUMMARY:"), (marker("TEXTEC"), "Entre nous")
    )
    wires.sync("--max-delete", "100%")
    assert "Entre nous" not in wires.to_wiki()[seen:]
    assert wires.pair.wiki.entry(tag) is None


def test_an_entry_that_members_closed_takes_its_copy_along(wires: Wires) -> None:
    wires.sync()
    assert COPY in wires.pair.events()
    seen = len(wires.to_cloud())
    wires.pair.wiki.set_acl(OPEN_ENTRY, read="+")
    wires.pair.wiki.edit(OPEN_ENTRY, {"bf_lieu": "Chez moi"}, user=marker("PROPRIETAIRE"))
    wires.sync("--max-delete", "100%")
    assert "Chez moi" not in wires.to_cloud()[seen:]
    assert COPY not in wires.pair.events()


def hide_place(pair: Pair) -> None:
    """The field of the place is for members alone from now on."""
    template = agenda_template(pair.wiki.settings.version)
    (before,) = [line for line in template.splitlines() if line.startswith("texte***bf_lieu***")]
    cells = before.split("***")
    assert cells[11].strip() == "*"
    cells[11] = " + "
    pair.wiki.add_form(6, "Agenda du réseau", template.replace(before, "***".join(cells)))


def test_a_hidden_field_is_neither_mirrored_nor_emptied(wires: Wires) -> None:
    hide_place(wires.pair)
    wires.sync()
    assert found(["LIEUW"], wires.to_cloud()) == []
    wires.pair.rewrite(COPY, ("SUMMARY:", "SUMMARY:Nouveau "))
    wires.sync()
    entry = wires.pair.wiki.entry(OPEN_ENTRY) or {}
    assert entry["bf_titre"].startswith("Nouveau ")
    assert entry["bf_lieu"] == marker("LIEUW")
    wires.sync("--full")
    assert found(["LIEUW"], wires.to_cloud()) == []


def test_a_field_that_is_hidden_later_is_not_emptied_either(wires: Wires) -> None:
    wires.sync()
    hide_place(wires.pair)
    wires.pair.rewrite(COPY, ("SUMMARY:", "SUMMARY:Nouveau "))
    wires.sync()
    wires.sync("--full")
    entry = wires.pair.wiki.entry(OPEN_ENTRY) or {}
    assert entry["bf_titre"].startswith("Nouveau ")
    assert entry["bf_lieu"] == marker("LIEUW")


def test_each_server_is_told_its_own_secret_alone(wires: Wires) -> None:
    everything(wires)
    key = wires.pair.keys.robot_key
    assert key in wires.to_wiki()
    assert PASSWORD not in wires.to_wiki()
    assert BOT not in wires.to_wiki()
    assert key not in wires.to_cloud()
    assert PASSWORD not in wires.to_cloud()  # in base 64, once a request


def test_no_secret_is_in_the_state(wires: Wires) -> None:
    everything(wires)
    state = wires.pair.folder / "oscartes.db"
    with sqlite3.connect(state) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert CALENDAR in dump
    for secret in (wires.pair.keys.robot_key, PASSWORD):
        assert secret not in dump
        assert secret.encode() not in state.read_bytes()
