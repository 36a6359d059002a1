"""Documents: a working group's folder becomes entries of the documents form."""

from __future__ import annotations

from typing import Any

import pytest

from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki
from oscartes_sync.ports import Written
from tests.e2e.conftest import BOT, PASSWORD, Pair
from tests.e2e.folders import FolderClient
from tests.fakes.wiki_place import Time

FOLDER = "GT Outils/Publié"


def configure(pair: Pair, **more: Any) -> FolderClient:
    """A configuration with one binding of documents; values are TOML already.

    The wiki's own files stay there, unless `direction` says otherwise.
    """
    more.setdefault("direction", '"to-wiki"')
    pair.configure()
    path = pair.folder / "oscartes.toml"
    head = path.read_text("utf-8").partition("[[bindings]]")[0]
    lines = "\n".join(f"{key} = {value}" for key, value in more.items())
    path.write_text(
        f"""{head}[[bindings]]
name = "documents"
kind = "documents"
form = 7
collection = "{FOLDER}"
{lines}
""",
        encoding="utf-8",
    )
    folder = FolderClient(pair.cloud.url, BOT, PASSWORD, FOLDER)
    FolderClient(pair.cloud.url, BOT, PASSWORD, "GT Outils").make()
    folder.make()
    return folder


def made(report: dict[str, Any]) -> list[str]:
    return [op["entry"] for op in report["operations"] if op["action"] == "create"]


def the_one(pair: Pair) -> tuple[FolderClient, str]:
    """A folder with one file that crossed: the folder, and the tag of the entry."""
    folder = configure(pair)
    folder.put("Compte rendu du 3 mars.pdf", b"%PDF-1")
    code, report = pair.sync()
    assert code == 0, report
    (tag,) = made(report)
    return folder, tag


def test_a_file_becomes_an_entry_with_a_public_address(pair: Pair) -> None:
    folder = configure(pair)
    folder.make("Énergie", "Divers")
    folder.put("Compte rendu du 3 mars.pdf", b"%PDF-1")
    folder.put("Énergie/Charte d'été.odt", b"PK")
    folder.put("Divers/liste.csv", b"a,b")
    code, report = pair.sync()
    assert (code, report["problems"]) == (0, [])
    entries = {entry["bf_titre"]: entry for entry in map(pair.wiki.entry, made(report)) if entry}
    assert set(entries) == {"Compte rendu du 3 mars", "Charte d'été", "liste"}
    charter = entries["Charte d'été"]
    assert charter["checkboxListeThematiques"] == "ener"
    assert charter["bf_date_publication"]
    for entry in entries.values():
        assert folder.read(entry["bf_url"]) == 200
    assert len(folder.shares()) == 3


def test_a_second_run_asks_once_and_writes_nothing(pair: Pair) -> None:
    the_one(pair)
    code, report = pair.sync()
    assert (code, report["operations"]) == (0, [])
    assert report["summary"]["requests"]["cloud"] == 1


def test_a_renamed_file_renames_its_entry_as_long_as_nobody_else_did(pair: Pair) -> None:
    folder, tag = the_one(pair)
    folder.move("Compte rendu du 3 mars.pdf", "Compte rendu du 10 mars.pdf")
    code, report = pair.sync()
    assert code == 0
    assert [(op["action"], list(op["changes"])) for op in report["operations"]] == [
        ("update", ["title"])
    ]
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert entry["bf_titre"] == "Compte rendu du 10 mars"
    pair.wiki.edit(tag, {"bf_titre": "Notre réunion de mars"}, user="ClaireMorel")
    assert pair.sync()[1]["problems"] == []
    folder.move("Compte rendu du 10 mars.pdf", "CR.pdf")
    code, report = pair.sync()
    assert (code, report["problems"]) == (0, [])
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert entry["bf_titre"] == "Notre réunion de mars"
    assert pair.sync()[1]["operations"] == []


def test_a_move_between_sub_folders_changes_the_category_alone(pair: Pair) -> None:
    folder, tag = the_one(pair)
    folder.make("Énergie")
    folder.move("Compte rendu du 3 mars.pdf", "Énergie/Compte rendu du 3 mars.pdf")
    code, report = pair.sync()
    assert code == 0
    assert made(report) == []
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert entry["checkboxListeThematiques"] == "ener"
    assert folder.read(entry["bf_url"]) == 200


def test_a_program_that_saves_by_delete_and_create_makes_no_other_entry(pair: Pair) -> None:
    folder, tag = the_one(pair)
    folder.delete("Compte rendu du 3 mars.pdf")
    folder.put("Compte rendu du 3 mars.pdf", b"%PDF-1 and more")
    code, report = pair.sync()
    assert code == 0, report
    assert made(report) == []
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert folder.read(entry["bf_url"]) == 200
    assert len(folder.shares()) == 1
    assert pair.sync()[1]["operations"] == []


def test_a_copy_is_a_document_of_its_own(pair: Pair) -> None:
    folder, tag = the_one(pair)
    folder.put("Copie.pdf", b"%PDF-1")
    _, report = pair.sync()
    assert len(made(report)) == 1
    assert made(report) != [tag]


@pytest.mark.parametrize("way", ["deleted", "moved out"])
def test_what_leaves_the_folder_waits_or_goes_as_the_binding_says(pair: Pair, way: str) -> None:
    folder, tag = the_one(pair)
    folder.put("Autre.pdf", b"%PDF-2")
    pair.sync()
    if way == "deleted":
        folder.delete("Compte rendu du 3 mars.pdf")
    else:
        folder.move("Compte rendu du 3 mars.pdf", "cr.pdf", folder="GT Outils")
    code, report = pair.sync()
    assert (code, [each["kind"] for each in report["conflicts"]]) == (4, ["deletion"])
    assert pair.wiki.entry(tag)
    configure_again = {"deletions": '"propagate"'}
    configure(pair, **configure_again)
    assert pair.sync()[0] == 0
    assert pair.wiki.entry(tag) is None
    assert len(folder.shares()) == 1


def test_a_folder_that_is_empty_all_of_a_sudden_deletes_nothing(pair: Pair) -> None:
    folder, tag = the_one(pair)
    folder.delete("Compte rendu du 3 mars.pdf")
    assert pair.sync("--max-delete", "100%")[0] == 5
    assert pair.wiki.entry(tag)


def test_hidden_and_temporary_files_are_told_at_every_run_and_stay_where_they_are(
    pair: Pair,
) -> None:
    folder = configure(pair)
    for name in (".secret", "~$rapport.docx", ".~lock.a.odt#", "film.mp4.part", "a.tmp"):
        if not name.endswith(".part"):
            folder.put(name, b"x")
    for _ in range(2):
        code, report = pair.sync()
        assert code == 0
        assert len(report["problems"]) == 4
        assert made(report) == []


def test_what_is_too_large_or_of_another_type_is_left_out_and_named(pair: Pair) -> None:
    folder = configure(pair, max_size='"2 kB"', types='[".PDF", "odt"]')
    folder.put("Petit.pdf", b"%PDF-1")
    folder.put("Gros.pdf", b"%PDF-1" + b" " * 2000)
    folder.put("Programme.exe", b"MZ")
    for _ in range(2):
        code, report = pair.sync()
        told = [(each["code"], each["message"].partition("”")[0]) for each in report["problems"]]
        assert sorted(told) == [
            ("file-of-another-type", "“Programme.exe"),
            ("file-over-size", "“Gros.pdf"),
        ]
        assert code == 0
    configure(pair)
    code, report = pair.sync()
    assert (code, report["problems"], len(made(report))) == (0, [], 2)


def test_an_entry_stays_when_its_file_grows_too_large(pair: Pair) -> None:
    folder = configure(pair, max_size='"2 kB"')
    folder.put("Note.pdf", b"%PDF-1")
    (tag,) = made(pair.sync()[1])
    folder.put("Note.pdf", b"%PDF-1" + b" " * 3000)
    for _ in range(2):
        _, report = pair.sync()
        assert [each["code"] for each in report["problems"]] == ["file-over-size"]
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert folder.read(entry["bf_url"]) == 200


def test_the_state_may_be_lost(pair: Pair) -> None:
    folder, tag = the_one(pair)
    pair.wiki.edit(tag, {"bf_titre": "Notre réunion de mars"}, user="ClaireMorel")
    for file in pair.folder.glob("oscartes.db*"):
        file.unlink()
    code, report = pair.sync()
    assert (code, made(report), report["conflicts"]) == (0, [], [])
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert entry["bf_titre"] == "Notre réunion de mars"
    assert len(folder.shares()) == 1


def test_the_state_may_be_lost_after_a_file_was_made_anew(pair: Pair) -> None:
    folder, _ = the_one(pair)
    folder.delete("Compte rendu du 3 mars.pdf")
    folder.put("Compte rendu du 3 mars.pdf", b"%PDF-1 and more")
    pair.sync()
    for file in pair.folder.glob("oscartes.db*"):
        file.unlink()
    code, report = pair.sync()
    assert (code, made(report), report["conflicts"]) == (0, [], [])
    assert pair.sync()[1]["operations"] == []


def test_an_entry_that_a_member_deletes_is_not_made_again_and_its_address_ends(pair: Pair) -> None:
    folder, tag = the_one(pair)
    pair.wiki.remove(tag)
    for _ in range(2):
        code, report = pair.sync()
        assert (code, made(report)) == (0, [])
    assert folder.shares() == []


def test_undo_takes_entries_back_and_their_addresses(pair: Pair) -> None:
    folder, tag = the_one(pair)
    _, history = pair.json("history")
    run = next(each["run"] for each in history["runs"] if each["operations"])
    assert pair.json("undo", run)[0] == 0
    assert pair.wiki.entry(tag) is None
    assert folder.shares() == []
    folder.put("Autre.pdf", b"%PDF-2")
    _, report = pair.sync()
    assert len(made(report)) == 1
    assert len(folder.shares()) == 1


def test_what_is_forgotten_has_no_address_any_more(pair: Pair) -> None:
    folder, tag = the_one(pair)
    folder.put("Autre.pdf", b"%PDF-2")
    assert pair.sync()[0] == 0
    assert pair.json("forget", tag)[0] == 0
    assert pair.wiki.entry(tag) is None
    assert len(folder.shares()) == 1
    assert pair.sync()[1]["operations"] == []


def test_a_decision_to_delete_ends_the_address_too(pair: Pair) -> None:
    folder, tag = the_one(pair)
    folder.put("Autre.pdf", b"%PDF-2")
    pair.sync()
    folder.move("Compte rendu du 3 mars.pdf", "cr.pdf", folder="GT Outils")
    (conflict,) = pair.sync()[1]["conflicts"]
    assert pair.json("resolve", conflict["id"], "--delete")[0] == 0
    assert pair.wiki.entry(tag) is None
    assert len(folder.shares()) == 1


def test_a_run_that_was_cut_off_leaves_no_address_without_an_entry(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = configure(pair)
    folder.put("Compte rendu du 3 mars.pdf", b"%PDF-1")

    def cut_off(*_: object) -> Written:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(YesWikiWiki, "create", cut_off)
        assert pair.json("sync")[0] == 130
    assert len(folder.shares()) == 1
    folder.delete("Compte rendu du 3 mars.pdf")
    assert pair.sync()[0] == 0
    assert folder.shares() == []


@pytest.mark.parametrize("between", [True, False])
@pytest.mark.parametrize(
    "given", ["https://exemple.fr/ailleurs", "https://nuage.exemple.fr/s/Zx7GtWq2PbnAcDe"]
)
def test_an_address_that_a_member_gave_stays_when_the_file_is_saved_anew(
    pair: Pair, given: str, *, between: bool
) -> None:
    folder, tag = the_one(pair)
    pair.wiki.edit(tag, {"bf_url": given}, user="ClaireMorel")
    if between:
        assert pair.sync()[0] == 0
    folder.delete("Compte rendu du 3 mars.pdf")
    folder.put("Compte rendu du 3 mars.pdf", b"%PDF-1.4 repris")
    assert pair.sync()[0] == 0
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert entry["bf_url"] == given


@pytest.mark.parametrize("to", [".brouillon.pdf", "Archives/Compte rendu du 3 mars.pdf"])
def test_what_is_renamed_or_moved_out_of_what_is_mirrored_has_left(pair: Pair, to: str) -> None:
    more = {"subfolders": "false", "deletions": '"propagate"'}
    folder = configure(pair, **more)
    folder.make("Archives")
    folder.put("Compte rendu du 3 mars.pdf", b"%PDF-1")
    folder.put("Autre.pdf", b"%PDF-2")
    tags = set(made(pair.sync()[1]))
    folder.move("Compte rendu du 3 mars.pdf", to)
    code, report = pair.sync()
    assert [each["action"] for each in report["operations"]] == ["delete"], report
    assert code in (0, 4)
    assert len([tag for tag in tags if pair.wiki.entry(tag)]) == 1
    assert len(folder.shares()) == 1


def test_a_share_that_was_ended_deletes_nothing_at_whatever_run(pair: Pair) -> None:
    folder = configure(pair, deletions='"propagate"')
    folder.put("Autre.pdf", b"%PDF-2")
    pair.cloud.add_user("alice", PASSWORD)
    lent = FolderClient(pair.cloud.url, "alice", PASSWORD, "Prêt")
    lent.make()
    lent.put("Emprunt.pdf", b"%PDF-3")
    share = pair.cloud.further.shares.share("alice", "/Prêt", 0, BOT, 31)
    share.targets[BOT] = (*FOLDER.split("/"), "Prêt")
    tags = made(pair.sync()[1])
    assert len(tags) == 2
    pair.cloud.further.mounts.shares.remove(share)
    for _ in range(3):
        _, report = pair.sync("--full")
        assert report["operations"] == []
        assert all(pair.wiki.entry(tag) for tag in tags)


def test_what_waits_to_be_deleted_and_is_put_back_under_its_name_is_the_same(pair: Pair) -> None:
    folder, tag = the_one(pair)
    folder.put("Autre.pdf", b"%PDF-2")
    pair.sync()
    folder.delete("Compte rendu du 3 mars.pdf")
    assert pair.sync()[0] == 4
    folder.put("Compte rendu du 3 mars.pdf", b"%PDF-1 de retour")
    _, report = pair.sync()
    assert made(report) == []
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert folder.read(entry["bf_url"]) == 200


def test_the_folder_is_made_where_it_is_missing(pair: Pair) -> None:
    configure(pair)
    elsewhere = FolderClient(pair.cloud.url, BOT, PASSWORD, "")
    elsewhere.delete("GT Outils")
    assert pair.sync()[0] == 0
    FolderClient(pair.cloud.url, BOT, PASSWORD, FOLDER).put("a.pdf", b"x")
    assert len(made(pair.sync()[1])) == 1


def test_a_folder_that_is_gone_deletes_nothing(pair: Pair) -> None:
    _, tag = the_one(pair)
    FolderClient(pair.cloud.url, BOT, PASSWORD, "").delete("GT Outils")
    code, report = pair.sync()
    assert code == 1
    assert [problem["code"] for problem in report["problems"]] == ["folder-missing"]
    assert pair.wiki.entry(tag)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"mode": '"both"'}, "config-not-one-of"),
        ({"consent": '"bf_auteur=oui"'}, "config-not-for-kind"),
        ({"fields": '{ link = "bf_document" }'}, "field-property-unknown"),
        ({"max_size": '"beaucoup"'}, "config-bad-size"),
        ({"types": '["*.pdf"]'}, "config-bad-type"),
    ],
)
def test_what_documents_cannot_do_is_an_error_of_the_configuration(
    pair: Pair, more: dict[str, str], code: str
) -> None:
    configure(pair, **more)
    ended, document = pair.json("sync")
    assert ended == 2
    told = [
        problem["code"] for each in document.get("bindings", ()) for problem in each["problems"]
    ]
    assert code in (document.get("error", {}).get("code"), *told)


def test_addresses_may_end_by_themselves_where_nobody_runs_this_any_more(
    dated: Pair, clock: Time
) -> None:
    folder = configure(dated, links_expire='"90d"')
    folder.put("a.pdf", b"%PDF")

    def expiry() -> set[str]:
        return {str(share["expiration"])[:10] for share in folder.shares()}

    assert dated.sync()[0] == 0
    assert expiry() == {"2027-02-22"}
    clock.sleep(10 * 86400)
    assert dated.sync()[0] == 0
    assert expiry() == {"2027-02-22"}
    clock.sleep(21 * 86400)
    assert dated.sync()[0] == 0
    assert expiry() == {"2027-03-25"}
    configure(dated)
    assert dated.sync()[0] == 0
    assert expiry() == {"None"}
