"""Histories of documents that random walks once found, kept as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.planning.binding import Deletions
from tests.fakes.shelf_side import MAIN, TITLE
from tests.machine.library import Library
from tests.machine.library_histories import DOCUMENTS

PROPAGATING = replace(DOCUMENTS, deletions=Deletions.PROPAGATE)
COPIES = replace(PROPAGATING, mode="copy")


def test_a_file_that_is_edited_while_it_is_taken_out_makes_no_entry_of_its_own() -> None:
    library = Library(PROPAGATING)
    library.add_entry(filled=True, owner="MarieDupont")
    library.sync()
    library.write(0)
    library.detach(0)
    library.converge()
    assert list(library.wiki.pages) == ["Entree1"]
    assert library.wiki.held("Entree1") == next(iter(library.cloud.files.values())).content


def test_a_file_out_of_the_bin_takes_no_link_from_the_one_that_took_its_place() -> None:
    library = Library(PROPAGATING)
    library.add_entry(filled=True, owner="MarieDupont")
    library.sync()
    library.lose_state()
    library.remove_file(0)
    library.converge()
    library.restore(0)
    library.converge()


def test_a_file_that_is_called_as_a_copy_is_another() -> None:
    library = Library(COPIES)
    library.put()
    library.sync()
    library.save_anew(0)
    library.restore(0)
    library.converge()


def test_a_copy_whose_file_left_the_folder_gets_a_name() -> None:
    library = Library(COPIES)
    library.put()
    library.sync()
    library.attach(0, MAIN)
    library.remove_file(0, leave=True)
    library.converge()
    assert all(library.cloud.names())


@pytest.mark.parametrize("binding", [PROPAGATING, COPIES])
def test_a_file_comes_back_for_the_entry_that_was_edited(binding: object) -> None:
    library = Library(binding)  # type: ignore[arg-type]
    library.put()
    library.put()
    library.sync()
    library.retitle(0)
    library.remove_file(0)
    library.converge()
    assert any(page.values[TITLE].startswith("Titre") for page in library.wiki.pages.values())
    assert len(library.cloud.files) == 2


def test_what_is_attached_beside_an_address_is_told_before_it_goes_over_the_file() -> None:
    library = Library(COPIES)
    library.put(program=True)
    library.converge()
    library.attach(0, MAIN)
    library.converge()


def test_with_the_state_lost_an_address_of_a_member_stays_where_the_wiki_takes_no_copy() -> None:
    library = Library(COPIES)
    library.put(program=True)
    library.converge()
    library.lose_state()
    library.give_address(0, nothing=False)
    library.converge()


def test_beside_an_address_of_a_member_the_older_copy_stays_where_the_newer_is_not_taken() -> None:
    library = Library(COPIES)
    library.put()
    library.converge()
    (tag,) = library.wiki.pages
    before = library.wiki.held(tag)
    library.give_address(0, nothing=False)
    (number,) = library.cloud.files
    library.cloud.move(number, "Programme.exe", ours=False)
    library.ledger.paths.clear()
    library.write(0)
    report = library.sync()
    assert report is not None
    told = {each.code for each in report.problems}
    told |= {each.problem.code for each in report.operations if each.problem}
    assert "file-not-taken" in told
    assert library.wiki.held(tag) == before
    library.settle()
    assert library.wiki.held(tag) == before
