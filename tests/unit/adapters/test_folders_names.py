"""Names of files: what any title gives, what any name says, and what is left alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.mapping.documents.names import (
    LONGEST,
    extension_of,
    file_name,
    fold,
    title_of,
    why_left_out,
)

TITLES = st.text(max_size=400) | st.text(
    alphabet='aàÀe\u0301 .~$:/\\|"<>*?\n\t-_()conprnaux1²👩🏽\u200d🚀\u202e\ufdd0\uffffﬀßİ',
    max_size=300,
)
EXTENSIONS = st.sampled_from(
    ["", "pdf", ".odt", "JPEG", "tar.gz", "part", "ini", "db", "tmp", "é/"]
)
DEVICES = {"con", "prn", "aux", "nul", "com1", "com9", "lpt1", "com¹"}


def is_good_everywhere(name: str) -> bool:
    stem = name.partition(".")[0].rstrip().casefold()
    return (
        unicodedata.is_normalized("NFC", name)
        and 0 < len(name.encode()) <= LONGEST
        and not set(name) & set('\\/:*?"<>|')
        and not any(unicodedata.category(each) in ("Cc", "Cs") for each in name)
        and name == name.strip()
        and not name.startswith(".")
        and not name.endswith((".", " "))
        and stem not in DEVICES
        and why_left_out(name) is None
    )


@given(TITLES, EXTENSIONS)
def test_any_title_gives_a_name_for_every_system(title: str, extension: str) -> None:
    assert is_good_everywhere(file_name(title, extension))


@given(TITLES, EXTENSIONS, st.text(max_size=40))
def test_whatever_stands_for_no_title_is_a_name_too(
    title: str, extension: str, untitled: str
) -> None:
    assert is_good_everywhere(file_name(title, extension, untitled=untitled))


@given(st.lists(TITLES, max_size=6), st.sampled_from(["", "pdf"]))
def test_names_of_one_folder_differ_whatever_their_case(titles: list[str], extension: str) -> None:
    taken: list[str] = []
    for title in [*titles, *(title.upper() for title in titles), *titles]:
        name = file_name(title, extension, taken)
        assert is_good_everywhere(name)
        taken.append(name)
    assert len({fold(name) for name in taken}) == len(taken)


@given(TITLES, EXTENSIONS)
def test_a_name_given_for_the_title_it_says_is_the_same(title: str, extension: str) -> None:
    name = file_name(title, extension)
    if extension_of(name) == extension.strip(".").casefold():
        assert file_name(title_of(name), extension_of(name)) == name


@given(TITLES)
def test_any_name_says_a_title_without_line_ends(name: str) -> None:
    title = title_of(name)
    assert title == " ".join(title.split())
    assert unicodedata.is_normalized("NFC", title)


@pytest.mark.parametrize(
    ("title", "extension", "name"),
    [
        ("Compte rendu : bilan 2026", "pdf", "Compte rendu - bilan 2026.pdf"),
        ("Réunion\u00a0: l’été", ".ODT", "Réunion - l’été.odt"),
        ("10:30 / 12:00", "pdf", "10-30 - 12-00.pdf"),
        ("« Qui décide ? »", "pdf", "« Qui décide ».pdf"),
        ("re\u0301seau", "pdf", "réseau.pdf"),
        ("deux\nlignes", "pdf", "deux lignes.pdf"),
        ("etc...", "pdf", "etc.pdf"),
        ("...", "pdf", "document.pdf"),
        (".bashrc", "", "bashrc"),
        ("~$Rapport", "docx", "$Rapport.docx"),
        ("CON", "pdf", "CON_.pdf"),
        ("nul.fichier", "", "nul_.fichier"),
        ("notes.part", "", "notes-part_"),
        ("desktop", "ini", "desktop_.ini"),
        ("photo", "part", "photo"),
        ("v1.12", "pdf", "v1.12.pdf"),
    ],
)
def test_titles_become_what_a_person_would_write(title: str, extension: str, name: str) -> None:
    assert file_name(title, extension) == name


def test_a_second_one_is_numbered_and_a_long_one_cut_between_letters() -> None:
    taken = ["bilan.pdf", "BILAN (2).pdf"]
    assert file_name("Bilan", "pdf", taken) == "Bilan (3).pdf"
    name = file_name("é" * 300, "pdf")
    assert name == "é" * 123 + ".pdf"
    assert file_name("é" * 300, "pdf", [name]) == "é" * 121 + " (2).pdf"
    family = "👩‍👩‍👧"
    cut = file_name(family * 30, "pdf").removesuffix(".pdf")
    assert cut.replace(family, "") in ("", "👩", "👩‍👩")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Compte rendu.pdf", "Compte rendu"),
        ("archive.tar.gz", "archive.tar"),
        ("v1.12", "v1.12"),
        ("sans extension", "sans extension"),
        (".hidden", ".hidden"),
        ("re\u0301seau  local.mp3", "réseau local"),
    ],
)
def test_names_say_titles(name: str, title: str) -> None:
    assert title_of(name) == title


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (".env", "file-hidden"),
        ("._photo.jpg", "file-hidden"),
        (".DS_Store", "file-of-a-system"),
        ("Thumbs.db", "file-of-a-system"),
        ("desktop.ini", "file-of-a-system"),
        (".~lock.CR.odt#", "file-of-an-editor"),
        ("~$CR.docx", "file-of-an-editor"),
        ("~WRL0001.tmp", "file-of-an-editor"),
        ("CR.docx.part", "file-half-sent"),
        ("CR.docx.filepart", "file-half-sent"),
        ("CR.odt~", "file-temporary"),
        ("x.TMP", "file-temporary"),
        ("CR.odt", None),
        ("~ 10 personnes.odt", None),
        ("participants", None),
        ("temp.odt", None),
    ],
)
def test_what_is_never_mirrored_is_known_by_its_name(name: str, code: str | None) -> None:
    assert why_left_out(name) == code
