"""Files are put in their place at once, and where they go is what was said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oscartes_sync.bootstrap.exporting import destination
from oscartes_sync.bootstrap.shelf import FolderShelf
from oscartes_sync.errors import UsageError


def test_a_file_is_readable_by_everybody_whatever_the_mask(tmp_path: Path) -> None:
    mask = os.umask(0o077)
    try:
        FolderShelf(tmp_path).write("a.csv", b"x")
    finally:
        os.umask(mask)
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o644
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_a_folder_is_made_where_it_was_asked_for(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path / "public" / "noe", make=True)
    assert shelf.read("a.csv") is None
    shelf.write("a.csv", b"x")
    assert shelf.read("a.csv") == b"x"
    assert shelf.place("a.csv") == str(tmp_path / "public" / "noe" / "a.csv")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "a.csv").symlink_to(tmp_path / "real" / "a.csv")
    FolderShelf(tmp_path).write("a.csv", b"x")
    assert (tmp_path / "a.csv").is_symlink()
    assert (tmp_path / "real" / "a.csv").read_bytes() == b"x"


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = FolderShelf(tmp_path)
    shelf.write("a.csv", b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="export-unwritable"):
        shelf.write("a.csv", b"new")
    assert shelf.read("a.csv") == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_no_folder_and_no_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="export-unwritable"):
        FolderShelf(tmp_path / "nowhere").write("a.csv", b"x")
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(UsageError, match="export-unreadable"):
        FolderShelf(tmp_path).read("a.csv")


def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(UsageError, match="export-unwritable"):
        FolderShelf(tmp_path).write("a.csv", b"x")
    assert (tmp_path / "a.csv").is_fifo()


def test_several_formats_want_a_folder_and_one_may_have_a_file(tmp_path: Path) -> None:
    file = tmp_path / "ici.csv"
    one = destination(file, "acteurs", ["csv"])
    assert (one.name("csv", main=True), one.name("schema.json", main=False)) == (
        "ici.csv",
        "ici.schema.json",
    )
    for folder in (tmp_path, tmp_path / "public"):
        assert destination(folder, "acteurs", ["csv"]).name("csv", main=True) == "acteurs.csv"
    assert destination(file, "acteurs", ["all"]).name("csv", main=True) == "acteurs.csv"
    file.touch()
    with pytest.raises(UsageError, match="export-several-in-file"):
        destination(file, "acteurs", ["csv", "rss"])
