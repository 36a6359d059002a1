"""An entry and the file it is about, and their last agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Direction, OnConflict
from oscartes_sync.planning.document_merge import LINKED_INSTEAD
from oscartes_sync.planning.meeting import Merge
from oscartes_sync.planning.outcome import settle
from oscartes_sync.planning.plan import Clash, Step
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.document import DOCUMENT_FIELDS, Document
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.documents import ATTACHED, FILE, HELD, LAID, TOLD, agreed, met

SHOWN = agreed(TOLD, FILE, Side.CLOUD)
COPIED = agreed(HELD, FILE, Side.CLOUD)
LYING = agreed(ATTACHED, LAID, Side.WIKI)
NEVER: dict[str, Any] = dict.fromkeys(DOCUMENT_FIELDS, (MISSING, MISSING))
COPY: dict[str, Any] = {"mode": "copy"}


def nothing(merged: Merge) -> bool:
    return not (merged.to_wiki or merged.to_cloud or merged.clashes or merged.problems)


# Of a file of the folder


def test_what_nobody_touched_goes_nowhere() -> None:
    assert nothing(met(SHOWN))
    assert nothing(met(COPIED, **COPY))
    assert nothing(met(LYING))


@pytest.mark.parametrize(
    ("name", "value"),
    [("title", "CR"), ("date", date(2026, 11, 9)), ("author", "Marie")],
)
def test_an_entry_follows_its_file_until_somebody_says_otherwise(name: str, value: object) -> None:
    file = replace(FILE, **{name: value})  # type: ignore[arg-type]
    assert met(SHOWN, cloud=file).to_wiki == {name: value}
    said = replace(TOLD, title="À nous", date=date(2020, 1, 1), author="Claire")
    # In the same breath, and long after, it is theirs.
    assert nothing(met(SHOWN, said, file))
    assert nothing(met(agreed(said, FILE, Side.CLOUD), said, file))


def test_what_an_entry_says_of_a_file_is_never_written_into_the_folder() -> None:
    said = replace(TOLD, title="À nous", categories=(), link="https://x.example")
    merged = met(SHOWN, said)
    assert (merged.to_wiki, merged.to_cloud.keys() - {"categories"}) == ({}, set())


def test_a_sub_folder_and_a_theme_that_a_member_adds_stand_side_by_side() -> None:
    themed = replace(TOLD, categories=("Énergie", "Vélo"))
    moved = replace(FILE, categories=("Eau", "Énergie"))
    assert met(SHOWN, themed, moved).to_wiki == {"categories": ("Eau", "Vélo", "Énergie")}
    away = replace(FILE, categories=())
    assert met(SHOWN, cloud=away).to_wiki == {"categories": ()}


def test_another_file_in_its_place_gets_its_own_address() -> None:
    saved = replace(FILE, file="/f/77")
    assert met(SHOWN, cloud=saved).to_wiki == {"file": "/f/77"}
    given = replace(TOLD, link="https://elsewhere.example")
    assert nothing(met(SHOWN, given, saved))


def test_where_nobody_knows_what_was_agreed_an_address_is_taken_for_that_of_the_file() -> None:
    found = agreed(TOLD, FILE, Side.CLOUD, unsettled=NEVER)
    assert nothing(met(found))
    renamed = replace(FILE, title="CR", name="CR.pdf")
    assert nothing(met(agreed(TOLD, renamed, Side.CLOUD, unsettled=NEVER)))


def test_by_its_address_alone_the_bytes_of_a_file_are_nobodys_business() -> None:
    other = replace(FILE, content="7 2026-11-02T10:00:00Z e9")
    assert nothing(met(SHOWN, replace(TOLD, content="x_fichier_1.pdf_"), other))


# Copies


def test_a_copy_follows_its_file_and_the_file_its_copy() -> None:
    file, copy = replace(FILE, content="7 … e9"), replace(HELD, content="Cr_fichier_2.pdf_")
    assert met(COPIED, cloud=file, **COPY).to_wiki == {"content": file.content}
    assert met(COPIED, copy, **COPY).to_cloud == {"content": copy.content}


@pytest.mark.parametrize(
    ("policy", "to_wiki", "to_cloud"),
    [
        (OnConflict.WIKI, {}, {"content": "Cr_fichier_2.pdf_"}),
        (OnConflict.CLOUD, {"content": "7 … e9"}, {}),
        (OnConflict.ASK, {}, {}),
    ],
)
def test_two_new_versions_follow_the_policy(
    policy: OnConflict, to_wiki: dict[str, str], to_cloud: dict[str, str]
) -> None:
    file, copy = replace(FILE, content="7 … e9"), replace(HELD, content="Cr_fichier_2.pdf_")
    merged = met(COPIED, copy, file, on_conflict=policy, **COPY)
    assert (merged.to_wiki, merged.to_cloud) == (to_wiki, to_cloud)
    (clash, winner) = merged.clashes["content"]
    assert clash == Clash(FILE.content, copy.content, file.content)
    assert winner == {OnConflict.ASK: None}.get(policy, policy.value)
    assert met(COPIED, copy, file, alike=True, **COPY).clashes == {}


def test_a_copy_that_was_never_agreed_on_is_made_or_asked_about() -> None:
    empty = agreed(replace(HELD, content=""), FILE, Side.CLOUD, unsettled=NEVER)
    assert met(empty, **COPY).to_wiki == {"content": FILE.content}
    filled = agreed(HELD, FILE, Side.CLOUD, unsettled=NEVER)
    assert met(filled, **COPY).clashes["content"][1] is None
    assert nothing(met(filled, alike=True, **COPY))


def test_an_entry_of_the_time_of_addresses_gets_its_copy() -> None:
    assert met(SHOWN, **COPY).to_wiki == {"content": FILE.content}


def test_an_entry_that_fell_back_to_an_address_is_tried_with_another_file_only() -> None:
    told = Problem.warning(LINKED_INSTEAD, Side.WIKI, file="a", reason="upload-refused")
    fallen = agreed(TOLD, FILE, Side.CLOUD, problems=(told,))
    for wiki in (TOLD, replace(TOLD, author="Claire")):
        # Told at every run, also once somebody edited the entry.
        merged = met(fallen, wiki, **COPY)
        assert (merged.to_wiki, merged.problems) == ({}, [told])
    assert met(fallen, cloud=replace(FILE, title="CR"), **COPY).to_wiki == {"title": "CR"}
    smaller = replace(FILE, content="1 … e3")
    merged = met(fallen, cloud=smaller, **COPY)
    assert (merged.to_wiki, merged.problems) == ({"content": smaller.content}, [])
    assert met(agreed(HELD, FILE, Side.CLOUD, problems=(told,)), **COPY).problems == []
    assert met(fallen).problems == []


def test_what_a_member_puts_beside_an_address_replaces_no_file_in_silence() -> None:
    told = Problem.warning(LINKED_INSTEAD, Side.WIKI, file="a", reason="upload-refused")
    fallen = agreed(TOLD, FILE, Side.CLOUD, problems=(told,))
    merged = met(fallen, replace(TOLD, content="Cr_9.pdf_"), **COPY)
    assert merged.clashes["content"] == (Clash(FILE.content, "Cr_9.pdf_", FILE.content), Side.WIKI)


def test_a_copy_that_a_member_took_out_stays_out_whatever_becomes_of_the_file() -> None:
    taken = replace(HELD, content="")
    merged = met(COPIED, taken, **COPY)
    assert nothing(merged)
    link = settled(merged, taken, FILE)
    for file in (
        FILE,
        replace(FILE, title="CR", name="CR.pdf"),
        replace(FILE, content="7 … e9"),
        replace(FILE, file="/f/78", content="7 … e9"),
    ):
        later = met(link, taken, file, **COPY)
        assert "content" not in later.to_wiki
        assert later.to_wiki.keys() <= {"title"}  # and no address stands in for it
        assert later.to_cloud == {}
        assert nothing(met(settled(later, taken, file), taken, file, **COPY))


def test_what_a_member_puts_in_instead_goes_to_the_folder_all_the_same() -> None:
    taken = replace(HELD, content="")
    link = settled(met(COPIED, taken, **COPY), taken, FILE)
    other = replace(HELD, content="Cr_fichier_9.pdf_")
    assert met(link, other, **COPY).to_cloud == {"content": other.content}


def settled(merged: Merge, wiki: Document, cloud: Document) -> Any:
    """The link as it is stored once the run is over, nothing having been written."""
    step = Step(
        uid=COPIED.uid,
        origin=COPIED.origin,
        link=COPIED,
        wiki=Seen(COPIED.tag, "w2", wiki),
        cloud=Seen(COPIED.href, "c2", cloud),
        bases=merged.bases,
        unsettled=merged.unsettled,
    )
    return settle(step, {}).link


def test_a_copy_shows_no_address_though_its_file_was_made_anew() -> None:
    saved = replace(FILE, file="/f/77", content="7 … e9")
    assert met(COPIED, cloud=saved, **COPY).to_wiki == {"content": saved.content}


# Of a file of an entry


def test_a_file_follows_the_title_as_long_as_its_name_is_the_one_we_made() -> None:
    retitled = replace(ATTACHED, title="Guide 2", name="Guide 2.pdf")
    assert met(LYING, retitled).to_cloud == {"title": "Guide 2"}
    person = replace(LAID, title="Le bon", name="Le bon.pdf", named=False)
    assert nothing(met(LYING, retitled, person))
    assert nothing(met(agreed(ATTACHED, person, Side.WIKI), retitled, person))
    # Renamed and named back by somebody else, its mark gone: the state knows the name.
    back = replace(LAID, named=False)
    assert met(LYING, retitled, back).to_cloud == {"title": "Guide 2"}


def test_a_file_that_was_renamed_renames_no_entry() -> None:
    person = replace(LAID, title="Le bon", name="Le bon.pdf", named=False)
    assert nothing(met(LYING, cloud=person))


def test_a_file_that_was_found_again_is_not_renamed() -> None:
    person = replace(LAID, title="Le bon", name="Le bon.pdf", named=False)
    assert "title" not in met(agreed(ATTACHED, person, Side.WIKI, unsettled=NEVER)).to_cloud


def test_bytes_go_both_ways_whoever_was_first() -> None:
    attached, laid = replace(ATTACHED, content="Guide_2.pdf_"), replace(LAID, content="5 … e7")
    assert met(LYING, attached).to_cloud == {"content": "Guide_2.pdf_"}
    assert met(LYING, cloud=laid).to_wiki == {"content": "5 … e7"}
    both = met(LYING, attached, laid)
    assert both.clashes["content"][1] is Side.WIKI
    assert both.to_cloud == {"content": "Guide_2.pdf_"}


def test_two_that_nobody_agreed_on_are_for_a_person_unless_they_are_alike() -> None:
    found = agreed(ATTACHED, LAID, Side.WIKI, unsettled=NEVER)
    merged = met(found)
    assert merged.clashes == {"content": (Clash(None, ATTACHED.content, LAID.content), None)}
    assert merged.unsettled["content"] == (MISSING, MISSING)
    assert nothing(met(found, alike=True))
    assert met(found, decided=Side.CLOUD).to_wiki == {"content": LAID.content}
    assert met(found, decided=Side.WIKI).to_cloud == {"content": ATTACHED.content}


@pytest.mark.parametrize(
    ("direction", "wiki", "cloud", "problem"),
    [
        (Direction.TO_CLOUD, {}, {"content": "5 … e7"}, ("left-on-cloud", Side.CLOUD)),
        (Direction.TO_WIKI, {"content": "Guide_2.pdf_"}, {}, ("left-on-wiki", Side.WIKI)),
    ],
)
def test_one_way_what_the_written_side_holds_is_left_there_and_told(
    direction: Direction, wiki: dict[str, str], cloud: dict[str, str], problem: tuple[str, Side]
) -> None:
    changed = (replace(ATTACHED, **wiki), replace(LAID, **cloud))  # type: ignore[arg-type]
    merged = met(LYING, *changed, direction=direction)
    assert (merged.to_wiki, merged.to_cloud) == ({}, {})
    assert merged.problems == [Problem.warning(*problem, fields="content")]
    assert merged.unsettled == {"content": (ATTACHED.content, LAID.content)}


def test_one_way_the_source_wins_and_a_title_is_no_slip() -> None:
    attached, laid = replace(ATTACHED, content="Guide_2.pdf_"), replace(LAID, content="5 … e7")
    merged = met(LYING, attached, laid, direction=Direction.TO_CLOUD)
    assert merged.to_cloud == {"content": "Guide_2.pdf_"}
    retitled = replace(ATTACHED, title="Guide 2", name="Guide 2.pdf")
    assert met(LYING, retitled, direction=Direction.TO_WIKI).problems == []


def test_a_copy_of_the_time_of_both_ways_is_not_read_back_to_the_wiki_alone() -> None:
    copy = replace(HELD, content="Cr_fichier_2.pdf_")
    merged = met(COPIED, copy, direction=Direction.TO_WIKI, **COPY)
    assert merged.to_cloud == {}
    assert merged.problems == [Problem.warning("left-on-wiki", Side.WIKI, fields="content")]


def test_a_form_that_shows_little_is_sent_little() -> None:
    carries = frozenset({"title", "file"})
    file = replace(FILE, title="CR", date=date(2026, 12, 1), author="Marie", categories=("Eau",))
    assert met(SHOWN, cloud=file, carries=carries).to_wiki == {"title": "CR"}
