"""Files of entries lie in the working group's folder, and copies of its files in entries."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests
from PIL import Image

from oscartes_sync.adapters.nextcloud.folders.keeping import FolderKeeper
from oscartes_sync.adapters.yeswiki.attaching import FileKeeper
from tests.e2e.conftest import BOT, PASSWORD, Pair
from tests.e2e.folders import FolderClient
from tests.e2e.test_documents import FOLDER, configure, made
from tests.fakes.wiki_place import Time

PDF = b"%PDF-1.4 le guide"
GUIDE = "GuideDuJardinPartage"
NAME = "Guide du jardin partagé.pdf"


def both(pair: Pair, **more: Any) -> FolderClient:
    return configure(pair, direction='"both"', **more)


def stored(pair: Pair, tag: str, field: str = "fichierbf_document") -> str:
    entry = pair.wiki.entry(tag)
    assert entry is not None
    return str(entry[field])


def held(pair: Pair, name: str) -> bytes:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"{pair.wiki.url}/files/{name}", timeout=20)
    assert answer.status_code == 200
    return answer.content


def attach(pair: Pair, tag: str, content: bytes, field: str = "fichierbf_document") -> str:
    """A member puts another file into an entry."""
    number = len(pair.wiki.files())
    name = f"{tag}_{field}_nouveau_{20270101000000 + number}_{20270101000000 + number}.pdf_"
    pair.wiki.add_file(name, content)
    pair.wiki.edit(tag, {field: name}, user="MarieDupont")
    return name


def crossed(pair: Pair, **more: Any) -> FolderClient:
    """The wiki's one file lies in the folder."""
    folder = both(pair, **more)
    pair.wiki.add_file(stored(pair, GUIDE), PDF)
    code, report = pair.sync()
    assert code == 0, report
    assert folder.names() == {NAME}
    return folder


def writes(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(op["action"], op["side"]) for op in report["operations"] if op["action"] != "relink"]


def test_a_file_of_an_entry_lies_in_the_folder_under_a_name_people_read(pair: Pair) -> None:
    folder = crossed(pair)
    assert folder.get(NAME) == PDF
    for asked in (2, 1):
        code, report = pair.sync()
        assert (code, report["operations"]) == (0, [])
        assert report["summary"]["requests"]["cloud"] == asked


def test_each_field_for_files_is_a_document_and_a_cover_is_none(pair: Pair) -> None:
    folder = both(pair)
    pair.wiki.add_file(stored(pair, GUIDE), PDF)
    annex = attach(pair, GUIDE, b"annexe", "fichierbf_annexe")
    attach(pair, GUIDE, b"image", "imagebf_image")
    assert pair.sync()[0] == 0
    assert folder.names() == {NAME, "Guide du jardin partagé (Annexe).pdf"}
    pair.wiki.edit(GUIDE, {"bf_titre": "Guide : le jardin"}, user="MarieDupont")
    assert pair.sync()[0] == 0
    assert folder.names() == {"Guide - le jardin.pdf", "Guide - le jardin (Annexe).pdf"}
    assert stored(pair, GUIDE, "fichierbf_annexe") == annex


def test_a_name_that_somebody_gave_in_the_folder_stays(pair: Pair) -> None:
    folder = crossed(pair)
    folder.make("Guides")
    folder.move(NAME, "Guides/Le bon guide.pdf")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [])
    pair.wiki.edit(GUIDE, {"bf_titre": "Autre titre"}, user="MarieDupont")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [])
    assert folder.names() == {"Guides/Le bon guide.pdf"}
    entry = pair.wiki.entry(GUIDE)
    assert entry is not None
    assert entry["bf_titre"] == "Autre titre"


def test_a_new_version_goes_either_way(pair: Pair) -> None:
    folder = crossed(pair)
    first = stored(pair, GUIDE)
    folder.put(NAME, b"%PDF-1.4 corrected in the folder")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("update", "wiki")])
    assert stored(pair, GUIDE) != first
    assert held(pair, stored(pair, GUIDE)) == b"%PDF-1.4 corrected in the folder"
    entry = pair.wiki.entry(GUIDE)
    assert entry is not None
    assert entry["bf_auteur"] == "Collectif"
    attach(pair, GUIDE, b"%PDF-1.4 corrected in the wiki")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("update", "cloud")])
    assert folder.get(NAME) == b"%PDF-1.4 corrected in the wiki"
    assert writes(pair.sync()[1]) == []


@pytest.mark.parametrize("who", ["wiki", "cloud"])
def test_two_new_versions_at_once_follow_the_policy_and_the_other_is_named(
    pair: Pair, who: str
) -> None:
    folder = crossed(pair, on_conflict=f'"{who}"')
    folder.put(NAME, b"of the folder")
    name = attach(pair, GUIDE, b"of the wiki")
    code, report = pair.sync()
    assert code == 0
    (conflict,) = report["conflicts"]
    assert conflict["status"] == "merged"
    assert conflict["fields"]["content"]["wiki"] == name
    kept = b"of the wiki" if who == "wiki" else b"of the folder"
    assert folder.get(NAME) == kept
    assert held(pair, stored(pair, GUIDE)) == kept
    assert held(pair, name) == b"of the wiki"


@pytest.mark.parametrize("who", ["wiki", "ask"])
def test_the_same_new_version_on_both_sides_is_no_conflict(pair: Pair, who: str) -> None:
    folder = crossed(pair, on_conflict=f'"{who}"')
    folder.put(NAME, b"%PDF-1.4 corrected")
    name = attach(pair, GUIDE, b"%PDF-1.4 corrected")
    code, report = pair.sync()
    assert (code, writes(report), report["conflicts"]) == (0, [], [])
    assert stored(pair, GUIDE) == name
    assert pair.sync()[1]["operations"] == []


@pytest.mark.parametrize("way", ["ask", "propagate"])
def test_a_file_that_a_member_takes_out_waits_or_goes(pair: Pair, way: str) -> None:
    folder = crossed(pair, deletions=f'"{way}"')
    pair.wiki.edit(GUIDE, {"fichierbf_document": ""}, user="MarieDupont")
    code, report = pair.sync()
    if way == "ask":
        assert code == 4
        assert folder.names() == {NAME}
        (conflict,) = report["conflicts"]
        assert pair.call("resolve", conflict["id"], "--delete")[0] == 0
    assert folder.names() == set()
    run = pair.json("history")[1]["runs"][0]["run"]
    assert pair.call("undo", run)[0] == 0
    assert folder.get(NAME) == PDF


def test_a_copy_deleted_in_the_folder_leaves_its_entry_and_can_be_undone(pair: Pair) -> None:
    folder = crossed(pair, deletions='"propagate"')
    folder.put("Autre.pdf", b"%PDF")
    assert pair.sync()[0] == 0
    before = stored(pair, GUIDE)
    folder.delete(NAME)
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("delete", "wiki")])
    assert stored(pair, GUIDE) == ""
    entry = pair.wiki.entry(GUIDE)
    assert entry is not None
    assert entry["bf_titre"] == "Guide du jardin partagé"
    assert pair.call("undo", report_run(pair))[0] == 0
    assert stored(pair, GUIDE) == before


def report_run(pair: Pair) -> str:
    return str(pair.json("history")[1]["runs"][0]["run"])


def test_undo_gives_a_file_its_version_and_its_name_back(dated: Pair, clock: Time) -> None:
    folder = crossed(dated)
    clock.sleep(60)
    attach(dated, GUIDE, b"another one")
    dated.wiki.edit(GUIDE, {"bf_titre": "Guide corrigé"}, user="MarieDupont")
    assert dated.sync()[0] == 0
    assert folder.names() == {"Guide corrigé.pdf"}
    assert dated.call("undo", report_run(dated))[0] == 0
    assert folder.names() == {NAME}
    assert folder.get(NAME) == PDF


def test_undo_takes_back_what_was_put_into_the_folder(pair: Pair) -> None:
    folder = crossed(pair)
    assert pair.call("undo", report_run(pair))[0] == 0
    assert folder.names() == set()


def test_the_state_may_be_lost_and_nothing_is_there_twice(pair: Pair) -> None:
    folder = crossed(pair)
    folder.move(NAME, "Renommé.pdf")
    assert pair.sync()[0] == 0
    folder.put("Compte rendu.pdf", b"%PDF-1")
    assert len(made(pair.sync()[1])) == 1
    entries = len(pair.wiki.entries(7))
    (pair.folder / "oscartes.db").unlink()
    code, report = pair.sync()
    assert (code, writes(report)) == (0, []), report
    assert len(pair.wiki.entries(7)) == entries
    assert folder.names() == {"Renommé.pdf", "Compte rendu.pdf"}


def test_with_the_state_lost_two_that_differ_are_for_a_person(pair: Pair) -> None:
    folder = crossed(pair)
    folder.put(NAME, b"edited since")
    (pair.folder / "oscartes.db").unlink()
    code, report = pair.sync()
    assert code == 4
    (conflict,) = report["conflicts"]
    assert conflict["status"] == "open"
    assert folder.get(NAME) == b"edited since"
    assert pair.call("resolve", conflict["id"], "--keep", "cloud")[0] == 0
    assert held(pair, stored(pair, GUIDE)) == b"edited since"


def test_the_same_file_put_in_both_places_by_hand_becomes_one(pair: Pair) -> None:
    folder = both(pair)
    pair.wiki.add_file(stored(pair, GUIDE), PDF)
    folder.put(NAME, PDF)
    entries = len(pair.wiki.entries(7))
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [])
    assert folder.names() == {NAME}
    assert len(pair.wiki.entries(7)) == entries


def test_a_taken_name_gets_a_number_whatever_its_case_and_form(pair: Pair) -> None:
    folder = both(pair)
    pair.wiki.add_file(stored(pair, GUIDE), PDF)
    folder.put("GUIDE du jardin partage\u0301.PDF", b"another one")
    folder.put("guide du jardin partagé.pdf", b"a third one")
    code, _ = pair.sync()
    assert code == 0
    assert folder.get("Guide du jardin partagé (2).pdf") == PDF
    assert folder.get("guide du jardin partagé.pdf") == b"a third one"


def test_a_run_cut_off_before_the_mark_makes_no_second_file(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = both(pair)
    pair.wiki.add_file(stored(pair, GUIDE), PDF)

    def cut(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(FolderKeeper, "_marked", cut)
        assert pair.call("sync")[0] == 130
    assert folder.names() == {NAME}
    entries = len(pair.wiki.entries(7))
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [])
    assert (folder.names(), len(pair.wiki.entries(7))) == ({NAME}, entries)
    pair.wiki.edit(GUIDE, {"bf_titre": "Guide corrigé"}, user="MarieDupont")
    assert pair.sync()[0] == 0
    assert folder.names() == {"Guide corrigé.pdf"}


def test_to_the_cloud_alone_makes_no_entries(pair: Pair) -> None:
    folder = both(pair)
    folder = configure(pair, direction='"to-cloud"')
    pair.wiki.add_file(stored(pair, GUIDE), PDF)
    folder.put("Notes.pdf", b"of the group")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("create", "cloud")])
    folder.put(NAME, b"corrected here")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [])
    assert [problem["code"] for problem in report["problems"]] == ["left-on-cloud"]


# Copies


def test_a_file_of_the_folder_is_copied_into_its_entry(pair: Pair) -> None:
    folder = both(pair, mode='"copy"')
    folder.put("Compte rendu.pdf", b"%PDF-1 one")
    code, report = pair.sync()
    assert code == 0, report
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    assert held(pair, stored(pair, tag)) == b"%PDF-1 one"
    assert stored(pair, tag, "bf_url") == ""
    assert folder.shares() == []
    code, report = pair.sync()
    assert (code, report["operations"]) == (0, [])
    folder.put("Compte rendu.pdf", b"%PDF-1 number two")
    assert pair.sync()[0] == 0
    assert held(pair, stored(pair, tag)) == b"%PDF-1 number two"
    attach(pair, tag, b"%PDF-1 three")
    assert pair.sync()[0] == 0
    assert folder.get("Compte rendu.pdf") == b"%PDF-1 three"
    assert folder.names() >= {"Compte rendu.pdf"}
    assert len(folder.names()) == 2
    folder.move("Compte rendu.pdf", "Compte rendu du 3.pdf")
    code, report = pair.sync()
    assert (code, [op["changes"] for op in report["operations"]]) == (
        0,
        [{"title": ["Compte rendu", "Compte rendu du 3"]}],
    )


@pytest.mark.parametrize(("name", "size"), [("outil.exe", 10), ("film.pdf", 25_000_000)])
def test_what_the_wiki_does_not_take_is_shown_by_its_address(
    pair: Pair, name: str, size: int
) -> None:
    folder = both(pair, mode='"copy"')
    folder.put(name, b"x" * size)
    code, report = pair.sync()
    assert code == 0, report
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    assert [problem["code"] for problem in report["problems"]] == ["copy-linked-instead"]
    assert stored(pair, tag) == ""
    assert folder.read(stored(pair, tag, "bf_url")) == 200
    code, report = pair.sync()
    assert writes(report) == []
    pair.wiki.edit(tag, {"bf_auteur": "Claire"}, user="MarieDupont")
    for words in ((), ("--full",)):
        code, report = pair.sync(*words)
        assert (code, writes(report)) == (0, [])
        assert [problem["code"] for problem in report["problems"]] == ["copy-linked-instead"]
    folder.put(name, b"%PDF small by now")
    code, report = pair.sync()
    assert code == 0
    assert bool(report["problems"]) == name.endswith("exe")
    if name.endswith("pdf"):
        assert held(pair, stored(pair, tag)) == b"%PDF small by now"


def test_a_copy_that_outgrows_the_wiki_is_replaced_by_an_address(pair: Pair) -> None:
    folder = both(pair, mode='"copy"')
    folder.put("a.pdf", b"%PDF-1 one")
    _, report = pair.sync()
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    folder.put("a.pdf", b"x" * 25_000_000)
    code, report = pair.sync()
    assert code == 0, report
    assert (stored(pair, tag), bool(stored(pair, tag, "bf_url"))) == ("", True)


def picture() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Camille Exemple"
    exif.get_ifd(0x8825)[2] = (48.0, 42.0, 0.0)
    made = io.BytesIO()
    Image.new("RGB", (40, 20), "green").save(made, "JPEG", exif=exif, comment=b"chez Camille")
    return made.getvalue()


@pytest.mark.parametrize("keep", ["false", "true"])
def test_where_a_picture_was_taken_is_not_published(pair: Pair, keep: str) -> None:
    folder = both(pair, mode='"copy"', keep_metadata=keep)
    folder.put("Jardin.jpg", picture())
    _, report = pair.sync()
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    copied = held(pair, stored(pair, tag))
    assert (b"Camille" in copied) == (keep == "true")
    with Image.open(io.BytesIO(copied)) as shown:
        assert shown.getexif()[0x0112] == 6
    assert folder.get("Jardin.jpg") == picture()
    assert pair.sync()[1]["operations"] == []


def test_a_copy_cut_off_before_its_file_is_finished(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = both(pair, mode='"copy"')
    folder.put("a.pdf", b"%PDF-1 one")

    def cut(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(FileKeeper, "update", cut)
        assert pair.call("sync")[0] == 130
    (tag,) = [tag for tag, each in pair.wiki.entries(7).items() if each["bf_titre"] == "a"]
    assert stored(pair, tag) == ""
    assert pair.sync()[0] == 0
    assert held(pair, stored(pair, tag)) == b"%PDF-1 one"
    assert writes(pair.sync()[1]) == []


def test_an_entry_that_was_shown_by_its_address_is_filled_once_copies_are_wanted(
    pair: Pair,
) -> None:
    folder = both(pair)
    folder.put("a.pdf", b"%PDF-1 one")
    _, report = pair.sync()
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    both(pair, mode='"copy"')
    assert pair.sync()[0] == 0
    assert held(pair, stored(pair, tag)) == b"%PDF-1 one"
    assert writes(pair.sync()[1]) == []


@pytest.mark.parametrize("private", ["false", "true"])
def test_the_file_of_a_closed_entry_is_mirrored_only_where_that_is_wanted(
    pair: Pair, private: str
) -> None:
    folder = configure(pair, direction='"to-cloud"', private=private)
    pair.wiki.add_file(stored(pair, GUIDE), PDF)
    pair.wiki.set_acl(GUIDE, read="+")
    assert pair.sync()[0] == 0
    assert (folder.names() == {NAME}) == (private == "true")


def test_a_file_of_an_entry_that_is_closed_leaves_the_folder(pair: Pair) -> None:
    folder = crossed(pair)
    folder.put("Autre.pdf", b"%PDF")
    assert pair.sync()[0] == 0
    pair.wiki.set_acl(GUIDE, read="@admins")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("delete", "cloud")])
    assert folder.names() == {"Autre.pdf"}
    assert stored(pair, GUIDE)


def test_a_share_for_reading_only_takes_nothing_and_that_is_told(pair: Pair) -> None:
    alice = FolderClient(pair.cloud.url, "alice", "alice", "Lecture")
    alice.make()
    alice.put("a.pdf", b"%PDF")
    alice.share_with(BOT, permissions=1)
    configure(pair, direction='"both"')
    path = pair.folder / "oscartes.toml"
    path.write_text(path.read_text("utf-8").replace(FOLDER, "Lecture"), encoding="utf-8")
    pair.wiki.add_file(stored(pair, GUIDE), PDF)
    _, document = pair.json("doctor")
    failed = {check["id"] for check in document["checks"] if check["status"] == "fail"}
    assert "folder" in failed
    code, report = pair.sync()
    assert code == 4
    assert "side-read-only" in {problem["code"] for problem in report["problems"]}
    assert alice.names() == {"a.pdf"}


def test_what_is_forgotten_of_an_entry_includes_its_files(pair: Pair) -> None:
    folder = both(pair)
    pair.wiki.add_file(stored(pair, GUIDE), PDF)
    attach(pair, GUIDE, b"annexe", "fichierbf_annexe")
    assert pair.sync()[0] == 0
    assert pair.call("forget", GUIDE)[0] == 0
    assert folder.names() == set()
    assert writes(pair.sync()[1]) == []
    assert folder.names() == set()
    entry = pair.wiki.entry(GUIDE)
    assert entry is not None
    assert entry["fichierbf_annexe"]


@pytest.mark.parametrize(
    ("key", "code"), [("types", "file-of-another-type"), ("max_size", "file-over-size")]
)
def test_files_of_entries_that_nobody_asked_for_are_left_out_and_named(
    pair: Pair, key: str, code: str
) -> None:
    folder = both(pair, **{key: '["odt"]' if key == "types" else '"1 kB"'})
    pair.wiki.add_file(stored(pair, GUIDE), PDF * 100)
    for _ in range(2):
        code_seen, report = pair.sync()
        assert (code_seen, writes(report)) == (0, [])
        assert [problem["code"] for problem in report["problems"]] == [code]
    assert folder.names() == set()


def test_two_files_of_one_name_that_came_later_are_two_documents(pair: Pair) -> None:
    folder = crossed(pair)
    pair.wiki.edit(GUIDE, {"bf_titre": "Charte"}, user="MarieDupont")
    assert pair.sync()[0] == 0
    attach(pair, "CompteRenduDeNovembre", b"of the wiki")
    folder.put("Compte rendu de novembre.pdf", b"of the group, and another one")
    code, report = pair.sync()
    assert (code, sorted(writes(report))) == (0, [("create", "cloud"), ("create", "wiki")])
    assert folder.get("Compte rendu de novembre (2).pdf") == b"of the wiki"


@pytest.mark.parametrize("way", ["ask", "propagate"])
def test_an_entry_that_a_member_deletes_takes_its_file_along_as_the_binding_says(
    pair: Pair, way: str
) -> None:
    folder = crossed(pair, deletions=f'"{way}"')
    folder.put("a.pdf", b"%PDF-1 one")
    _, report = pair.sync()
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    pair.wiki.remove(tag)
    code, report = pair.sync()
    if way == "ask":
        assert (code, writes(report)) == (4, [])
        assert folder.names() == {NAME, "a.pdf"}
        return
    assert (code, writes(report)) == (0, [("delete", "cloud")])
    assert pair.call("undo", report_run(pair))[0] == 0
    assert folder.get("a.pdf") == b"%PDF-1 one"


# What was met on real servers


@pytest.mark.parametrize("mode", ["link", "copy"])
def test_a_file_that_the_wiki_names_and_never_got_leaves_the_old_one_in_its_place(
    pair: Pair, mode: str
) -> None:
    folder = crossed(pair, mode=f'"{mode}"')
    pair.wiki.settings.names_what_never_arrived = True
    pair.wiki.settings.upload_max = 1000
    before = stored(pair, GUIDE)
    folder.put(NAME, b"x" * 2000)
    pair.sync()
    assert stored(pair, GUIDE) == before
    assert held(pair, before) == PDF
    folder.put("Grand.pdf", b"x" * 2000)
    pair.sync()
    titles = {entry["bf_titre"]: tag for tag, entry in pair.wiki.entries(7).items()}
    assert stored(pair, titles["Grand"]) == ""
    assert folder.read(stored(pair, titles["Grand"], "bf_url")) == 200


def test_what_a_member_chose_survives_a_deletion_its_undoing_and_the_file_that_is_back(
    pair: Pair,
) -> None:
    folder = crossed(pair, deletions='"propagate"')
    folder.put("a.pdf", b"%PDF-1 one")
    _, report = pair.sync()
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    pair.wiki.edit(tag, {"checkboxListeThematiques": "alim"}, user="RobotNuage")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [])
    folder.delete("a.pdf")
    assert pair.sync()[0] == 0
    assert pair.call("undo", report_run(pair))[0] == 0
    folder.restore("a.pdf")
    code, report = pair.sync()
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert entry["checkboxListeThematiques"] == "alim"


def test_a_file_that_is_open_is_not_taken_for_deleted_while_it_is_saved(pair: Pair) -> None:
    folder = crossed(pair, deletions='"propagate"')
    folder.put("Note.odt", b"one")
    _, report = pair.sync()
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    folder.put(".~lock.Note.odt#", b"somebody")
    folder.delete("Note.odt")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [])
    assert pair.wiki.entry(tag)
    folder.put("Note.odt", b"two, saved")
    folder.delete(".~lock.Note.odt#")
    code, report = pair.sync()
    assert code == 0
    assert pair.wiki.entry(tag)
    assert folder.read(stored(pair, tag, "bf_url")) == 200
    folder.delete("Note.odt")
    assert writes(pair.sync()[1]) == [("delete", "wiki")]


def test_a_file_of_an_entry_that_left_the_folder_comes_back_into_its_field(pair: Pair) -> None:
    folder = crossed(pair, deletions='"propagate"')
    folder.put("Autre.pdf", b"%PDF")
    assert pair.sync()[0] == 0
    folder.move(NAME, "Parti.pdf", folder="GT Outils")
    assert writes(pair.sync()[1]) == [("delete", "wiki")]
    assert stored(pair, GUIDE) == ""
    entries = len(pair.wiki.entries(7))
    FolderClient(pair.cloud.url, BOT, PASSWORD, "GT Outils").move("Parti.pdf", NAME, folder=FOLDER)
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("create", "wiki")])
    assert held(pair, stored(pair, GUIDE)) == PDF
    assert len(pair.wiki.entries(7)) == entries
    assert writes(pair.sync()[1]) == []


def test_a_file_of_an_entry_that_was_restored_from_the_bin_comes_back_into_its_field(
    pair: Pair,
) -> None:
    folder = crossed(pair, deletions='"propagate"')
    folder.put("Autre.pdf", b"%PDF")
    assert pair.sync()[0] == 0
    folder.delete(NAME)
    assert writes(pair.sync()[1]) == [("delete", "wiki")]
    folder.restore(NAME)
    folder.unmark(NAME)
    entries = len(pair.wiki.entries(7))
    assert pair.sync()[0] == 0
    assert held(pair, stored(pair, GUIDE)) == PDF
    assert len(pair.wiki.entries(7)) == entries


def test_a_link_whose_file_was_in_the_bin_ends_once_it_is_back_elsewhere(pair: Pair) -> None:
    folder = crossed(pair, deletions='"propagate"')
    folder.put("Secret.pdf", b"%PDF-1 secret")
    _, report = pair.sync()
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    link = stored(pair, tag, "bf_url")
    folder.delete("Secret.pdf")
    assert pair.sync()[0] == 0
    folder.restore("Secret.pdf")
    folder.move("Secret.pdf", "Secret.pdf", folder="GT Outils")
    assert pair.sync()[0] == 0
    assert folder.read(link) == 404


def test_many_accents_make_no_label_too_long(pair: Pair) -> None:
    folder = configure(pair)
    folder.put("é" * 120 + ".pdf", b"%PDF")
    assert pair.sync()[0] == 0
    assert len(folder.shares()) == 1


def test_a_member_s_category_is_none_of_the_file_s(pair: Pair) -> None:
    folder = crossed(pair)
    folder.put("a.pdf", b"%PDF-1 one")
    _, report = pair.sync()
    (tag,) = [op["entry"] for op in report["operations"] if op["side"] == "wiki"]
    pair.wiki.edit(tag, {"checkboxListeThematiques": "alim"}, user="RobotNuage")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [])


# What is made again


@pytest.mark.parametrize("gone", ["file", "entry"])
@pytest.mark.parametrize("mode", ["link", "copy"])
def test_a_file_that_was_edited_in_the_folder_comes_back_into_its_entry(
    pair: Pair, mode: str, gone: str
) -> None:
    folder = crossed(pair, mode=f'"{mode}"')
    if gone == "file":
        pair.wiki.edit(GUIDE, {"fichierbf_document": ""}, user="MarieDupont")
    else:
        pair.wiki.remove(GUIDE)
    folder.put(NAME, b"%PDF-1.4 corrected in the folder")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("create", "wiki")]), report
    assert held(pair, stored(pair, GUIDE)) == b"%PDF-1.4 corrected in the folder"
    assert (len(pair.wiki.entries(7)), folder.names()) == (2, {NAME})
    assert folder.shares() == []
    assert writes(pair.sync()[1]) == []
    attach(pair, GUIDE, b"%PDF-1.4 and once more")
    assert pair.sync()[0] == 0
    assert folder.get(NAME) == b"%PDF-1.4 and once more"


def test_a_file_that_was_taken_out_is_put_in_again_where_a_person_says_so(pair: Pair) -> None:
    folder = crossed(pair)
    pair.wiki.edit(GUIDE, {"fichierbf_document": ""}, user="MarieDupont")
    (conflict,) = pair.sync()[1]["conflicts"]
    assert pair.call("resolve", conflict["id"], "--restore")[0] == 0
    assert held(pair, stored(pair, GUIDE)) == PDF
    assert writes(pair.sync()[1]) == []
    assert folder.names() == {NAME}


@pytest.mark.parametrize("mode", ["link", "copy"])
def test_a_file_whose_entry_was_edited_comes_back_into_the_folder(pair: Pair, mode: str) -> None:
    folder = both(pair, mode=f'"{mode}"', deletions='"propagate"')
    folder.put("Autre.pdf", b"%PDF-2")
    folder.put("a.pdf", b"%PDF-1 one")
    pair.sync()
    (tag,) = [tag for tag, each in pair.wiki.entries(7).items() if each["bf_titre"] == "a"]
    pair.wiki.edit(tag, {"bf_titre": "À nous"}, user="MarieDupont")
    folder.delete("a.pdf")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("create", "cloud")]), report
    assert folder.get("a.pdf") == b"%PDF-1 one"
    assert writes(pair.sync()[1]) == []
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert entry["bf_titre"] == "À nous"


def test_a_copy_that_was_taken_out_keeps_no_file_that_is_deleted(pair: Pair) -> None:
    folder = both(pair, mode='"copy"', deletions='"propagate"')
    folder.put("Autre.pdf", b"%PDF-2")
    folder.put("a.pdf", b"%PDF-1 one")
    pair.sync()
    (tag,) = [tag for tag, each in pair.wiki.entries(7).items() if each["bf_titre"] == "a"]
    pair.wiki.edit(tag, {"fichierbf_document": ""}, user="MarieDupont")
    for _ in range(2):
        assert writes(pair.sync()[1]) == []
    folder.delete("a.pdf")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("delete", "wiki")])
    assert pair.wiki.entry(tag) is None


def test_a_copy_that_was_edited_while_its_file_left_the_folder_is_made_a_file_again(
    pair: Pair,
) -> None:
    folder = both(pair, mode='"copy"', deletions='"propagate"')
    folder.put("Autre.pdf", b"%PDF-2")
    folder.put("a.pdf", b"%PDF-1 one")
    pair.sync()
    (tag,) = [tag for tag, each in pair.wiki.entries(7).items() if each["bf_titre"] == "a"]
    attach(pair, tag, b"%PDF-1 two")
    folder.move("a.pdf", "cr.pdf", folder="GT Outils")
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("create", "cloud")]), report
    assert folder.get("a.pdf") == b"%PDF-1 two"
    assert writes(pair.sync()[1]) == []


def test_a_version_that_the_wiki_does_not_take_is_told_and_sent_once(pair: Pair) -> None:
    folder = crossed(pair)
    before = stored(pair, GUIDE)
    folder.put(NAME, b"a program by now")
    folder.move(NAME, "Guide.exe")
    code, report = pair.sync()
    assert (code, [problem["code"] for problem in report["problems"]]) == (0, ["file-not-taken"])
    assert held(pair, stored(pair, GUIDE)) == PDF
    revisions = len(pair.wiki.revisions(GUIDE))
    for word in ((), ("--full",), ()):
        code, report = pair.sync(*word)
        assert (code, writes(report)) == (0, [])
        assert [problem["code"] for problem in report["problems"]] == ["file-not-taken"]
    assert len(pair.wiki.revisions(GUIDE)) == revisions
    assert stored(pair, GUIDE) == before
    folder.move("Guide.exe", NAME)
    folder.put(NAME, b"%PDF-1.4 and a file that it takes")
    code, report = pair.sync()
    assert (code, report["problems"]) == (0, [])
    assert held(pair, stored(pair, GUIDE)) == b"%PDF-1.4 and a file that it takes"


def test_with_the_state_lost_a_file_that_a_member_renamed_is_known_by_what_is_in_it(
    pair: Pair,
) -> None:
    folder = crossed(pair)
    folder.put("Compte rendu.pdf", b"%PDF-1 of the group")
    folder.put("Autre.pdf", PDF[:-1] + b"!")
    folder.move(NAME, "Renommé par Alice.pdf")
    folder.unmark("Renommé par Alice.pdf")
    assert pair.sync()[0] == 0
    names, entries = folder.names(), len(pair.wiki.entries(7))
    (pair.folder / "oscartes.db").unlink()
    code, report = pair.sync()
    assert (code, writes(report)) == (0, []), report
    assert (folder.names(), len(pair.wiki.entries(7))) == (names, entries)


def test_with_the_state_lost_a_member_s_picture_is_the_same_with_all_that_is_written_in_it(
    pair: Pair,
) -> None:
    folder = both(pair)
    name = f"{GUIDE}_fichierbf_document_photo_20270101000000_20270101000000.jpg"
    pair.wiki.add_file(name, picture())
    pair.wiki.edit(GUIDE, {"fichierbf_document": name}, user="MarieDupont")
    assert pair.sync()[0] == 0
    assert folder.get("Guide du jardin partagé.jpg") == picture()
    (pair.folder / "oscartes.db").unlink()
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [])
