"""Files in entries over HTTP: read, replaced, taken out and put back, on both versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from oscartes_sync import errors
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Presence, Seen
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import a_document
from oscartes_sync.sandbox.wiki.messages import Response
from oscartes_sync.sandbox.wiki.seed import GUIDE as STORED
from tests.fakes.attached import ANNEX, DOCUMENTS, EMPTY, GUIDE, KEY, MAIN, PDF, Shelf, open_shelf

DATES = ("date_creation_fiche", "date_maj_fiche")
OTHER = b"%PDF-1.4 le guide, corrected"


@pytest.fixture(params=["4.4", "4.5"])
def shelf(request: pytest.FixtureRequest) -> Iterator[Shelf]:
    with open_shelf(request.param) as made:
        yield made


# Reading


def test_a_file_is_a_thing_beside_its_entry(shelf: Shelf) -> None:
    assert KEY in shelf.told()
    assert EMPTY not in shelf.told()
    record = a_document(shelf.seen().record)
    assert (record.content, record.name) == (STORED, "Guide du jardin partagé.pdf")
    assert shelf.held(record.content) == PDF
    shelf.attach(b"annexe", ANNEX)
    assert f"{GUIDE}#{ANNEX}" in shelf.told()


def test_a_file_that_is_not_on_the_disk_is_missing(shelf: Shelf) -> None:
    with pytest.raises(errors.Missing):
        shelf.held("Guide_fichierbf_document_perdu_1_1.pdf_")


def test_a_look_tells_files_from_their_entries(shelf: Shelf) -> None:
    def look(*keys: str) -> dict[str, Presence]:
        found = shelf.place.port.look(DOCUMENTS, keys)
        return {key: each.presence for key, each in found.items()}

    assert look(KEY, EMPTY, "Rien#fichierbf_document", GUIDE) == {
        KEY: Presence.HERE,
        EMPTY: Presence.GONE,
        "Rien#fichierbf_document": Presence.GONE,
        GUIDE: Presence.HERE,
    }
    shelf.edit(**{MAIN: ""})
    assert look(KEY, GUIDE) == {KEY: Presence.GONE, GUIDE: Presence.HERE}
    shelf.place.wiki.remove(GUIDE)
    assert look(KEY) == {KEY: Presence.GONE}


# Writing


def test_another_file_takes_the_place_of_one_and_nothing_else_moves(shelf: Shelf) -> None:
    before = shelf.place.wiki.entry(GUIDE)
    written = shelf.send(shelf.seen(), OTHER)
    after = shelf.place.wiki.entry(GUIDE)
    assert before is not None
    assert after is not None
    assert {name for name in after if before.get(name) != after[name]} <= {MAIN, *DATES}
    assert shelf.held(after[MAIN]) == OTHER
    assert a_document(written.seen.record).content == after[MAIN]
    assert written.seen == shelf.seen()
    assert shelf.held(STORED) == PDF  # the older one stays on the disk


def test_an_entry_without_one_gets_its_first_file_and_a_title_with_it(shelf: Shelf) -> None:
    whole = shelf.seen("CompteRenduDeNovembre")
    written = shelf.send(whole, OTHER, title="Novembre")
    assert shelf.held(shelf.stored(EMPTY)) == OTHER
    assert a_document(written.seen.record).title == "Novembre"
    assert written.seen == shelf.seen("CompteRenduDeNovembre")


@pytest.mark.parametrize("name", ["Été : n°1 & cie.pdf", "é" * 120 + ".pdf", "中文.pdf", "a.b.pdf"])
def test_names_that_no_wiki_keeps_do_no_harm(shelf: Shelf, name: str) -> None:
    shelf.send(shelf.seen(), OTHER, name)
    assert shelf.held(shelf.stored()) == OTHER


def test_the_same_file_twice_in_a_second_is_not_thrown_away(shelf: Shelf) -> None:
    first = shelf.send(shelf.seen(), OTHER)
    name = shelf.stored()
    shelf.place.clock.time = shelf.place.clock.time.replace(microsecond=0)
    second = shelf.send(first.seen, b"%PDF-1.4 a third")
    assert shelf.held(shelf.stored()) == b"%PDF-1.4 a third"
    assert shelf.stored() != name
    assert second.seen == shelf.seen()


def test_a_type_that_the_wiki_refuses_leaves_the_file_that_was_there(shelf: Shelf) -> None:
    with pytest.raises(errors.Invalid) as refused:
        shelf.send(shelf.seen(), b"MZ", "outil.exe")
    assert refused.value.code == "upload-refused"
    assert (shelf.stored(), shelf.held(STORED)) == (STORED, PDF)


def test_a_type_that_is_refused_leaves_an_empty_field_empty(shelf: Shelf) -> None:
    with pytest.raises(errors.Invalid):
        shelf.send(shelf.seen("CompteRenduDeNovembre"), b"MZ", "sans fin")
    assert shelf.stored(EMPTY) == ""


def test_what_is_over_the_limit_of_the_field_is_not_sent(shelf: Shelf) -> None:
    seen, before = shelf.seen(), len(shelf.place.wiki.requests)
    with pytest.raises(errors.Invalid) as refused:
        shelf.send(seen, b"x" * (64 * 1024 * 1024 + 1))
    assert refused.value.code == "upload-too-large"
    assert not [each for each in shelf.place.wiki.requests[before:] if each.method == "POST"]
    assert shelf.stored() == STORED


def test_what_is_over_the_limit_of_php_leaves_the_file_that_was_there(shelf: Shelf) -> None:
    shelf.place.wiki.settings.upload_max = 1000
    with pytest.raises(errors.Invalid) as refused:
        shelf.send(shelf.seen(), b"x" * 2000)
    assert refused.value.code in ("upload-refused", "upload-too-large")
    assert (shelf.stored(), shelf.held(STORED)) == (STORED, PDF)


def test_what_is_over_the_limit_of_a_request_leaves_the_file_that_was_there(shelf: Shelf) -> None:
    shelf.place.wiki.settings.post_max = 5000
    with pytest.raises(errors.SideError):
        shelf.send(shelf.seen(), b"x" * 9000)
    assert shelf.stored() == STORED


def test_bytes_that_the_server_altered_are_told(shelf: Shelf) -> None:
    def altered(answer: Response) -> Response:
        return replace(answer, body=answer.content + b"<!-- proxy -->")

    seen = shelf.seen()
    shelf.place.wiki.faults.change_next(altered, containing="/files/")
    with pytest.raises(errors.NotKept) as told:
        shelf.send(seen, OTHER)
    assert told.value.code == "upload-not-kept"


@pytest.mark.parametrize("after", [True, False])
def test_an_answer_that_was_lost_is_looked_for(shelf: Shelf, *, after: bool) -> None:
    seen = shelf.seen()
    shelf.place.wiki.faults.fail_next(
        cut=True, after_executing=after, method="POST", containing="edit"
    )
    if after:
        written = shelf.send(seen, OTHER)
        assert written.seen == shelf.seen()
        assert shelf.held(shelf.stored()) == OTHER
    else:
        with pytest.raises(errors.OutcomeUnknown):
            shelf.send(seen, OTHER)
        assert shelf.stored() == STORED


def test_a_session_that_ended_is_opened_again(shelf: Shelf) -> None:
    shelf.send(shelf.seen(), OTHER)
    shelf.place.clock.sleep(2 * 3600)
    shelf.send(shelf.seen(), PDF)
    assert shelf.held(shelf.stored()) == PDF


def test_a_session_that_ends_between_question_and_edit_is_told(shelf: Shelf) -> None:
    seen = shelf.seen()
    shelf.place.wiki.faults.interpose(lambda: shelf.place.clock.sleep(2 * 3600), method="POST")
    with pytest.raises(errors.NotKept, match="wiki-session-lost"):
        shelf.send(seen, OTHER)
    # Whoever is said to have sent it: the next run meets it as an edit like any other.
    assert shelf.held(shelf.stored()) == OTHER
    assert a_document(shelf.seen().record).content != STORED


# Rivals


def test_what_somebody_replaced_since_is_not_overwritten(shelf: Shelf) -> None:
    seen = shelf.seen()
    name = shelf.attach(b"of a member")
    with pytest.raises(errors.Moved):
        shelf.send(seen, OTHER)
    with pytest.raises(errors.Moved):
        shelf.place.port.delete(DOCUMENTS, KEY, seen.token)
    assert shelf.stored() == name


def test_a_file_that_was_taken_out_since_is_not_put_in_again(shelf: Shelf) -> None:
    seen = shelf.seen()
    shelf.edit(**{MAIN: ""})
    with pytest.raises(errors.Moved):
        shelf.send(seen, OTHER)
    assert shelf.stored() == ""


def test_a_word_that_somebody_changed_since_is_no_reason_to_refuse(shelf: Shelf) -> None:
    seen = shelf.seen()
    shelf.edit(bf_auteur="Claire")
    shelf.send(seen, OTHER)
    entry = shelf.place.wiki.entry(GUIDE)
    assert entry is not None
    assert (entry["bf_auteur"], shelf.held(entry[MAIN])) == ("Claire", OTHER)


@pytest.mark.parametrize("moment", ["before", "within", "after"])
def test_a_word_that_slips_in_between_read_and_write_stands(shelf: Shelf, moment: str) -> None:
    seen = shelf.seen()
    shelf.place.wiki.faults.interpose(
        lambda: shelf.edit(bf_auteur="Claire"),
        method="POST",
        containing=GUIDE,
        after=moment == "after",
        within=moment == "within",
    )
    shelf.send(seen, OTHER)
    entry = shelf.place.wiki.entry(GUIDE)
    assert entry is not None
    assert entry["bf_auteur"] == "Claire"
    assert shelf.held(entry[MAIN]) == OTHER


@pytest.mark.parametrize("moment", ["before", "within", "after"])
def test_a_file_that_slips_in_between_is_lost_by_nobody(shelf: Shelf, moment: str) -> None:
    """Both wrote the same field: theirs stands again, and the next run meets both."""
    seen, names = shelf.seen(), []
    shelf.place.wiki.faults.interpose(
        lambda: names.append(shelf.attach(b"of a member")),
        method="POST",
        containing=GUIDE,
        after=moment == "after",
        within=moment == "within",
    )
    with pytest.raises(errors.Moved):
        shelf.send(seen, OTHER)
    assert [shelf.stored()] == names
    assert shelf.held(names[0]) == b"of a member"


def test_a_file_that_is_taken_out_right_after_stays_out(shelf: Shelf) -> None:
    seen = shelf.seen()
    shelf.place.wiki.faults.interpose(
        lambda: shelf.edit(**{MAIN: ""}), method="POST", containing=GUIDE, after=True
    )
    with pytest.raises(errors.Moved):
        shelf.send(seen, OTHER)
    assert shelf.stored() == ""


SECOND = f"{GUIDE}#{ANNEX}"


def test_two_files_of_one_entry_are_written_in_one_run(shelf: Shelf) -> None:
    shelf.attach(b"annexe", ANNEX)
    main, annex = shelf.seen(), shelf.seen(SECOND)
    shelf.send(main, OTHER)
    shelf.send(annex, b"%PDF another annex", "Annexe.pdf")
    shelf.place.port.delete(DOCUMENTS, KEY, main.token)
    assert shelf.stored() == ""
    assert shelf.held(shelf.stored(SECOND)) == b"%PDF another annex"


@pytest.mark.parametrize("field", [MAIN, ANNEX])
def test_but_not_over_a_member_who_came_in_between(shelf: Shelf, field: str) -> None:
    shelf.attach(b"annexe", ANNEX)
    main, annex = shelf.seen(), shelf.seen(SECOND)
    shelf.send(main, OTHER)
    shelf.attach(b"of a member", field)
    with pytest.raises(errors.Moved):
        shelf.place.port.delete(DOCUMENTS, SECOND, annex.token)


def test_nor_over_one_who_came_with_the_first(shelf: Shelf) -> None:
    shelf.attach(b"annexe", ANNEX)
    main, annex = shelf.seen(), shelf.seen(SECOND)
    shelf.place.wiki.faults.interpose(
        lambda: void(shelf.attach(b"of a member", ANNEX)), method="POST", containing=GUIDE
    )
    shelf.send(main, OTHER)
    with pytest.raises(errors.Moved):
        shelf.place.port.delete(DOCUMENTS, SECOND, annex.token)
    assert shelf.held(shelf.stored(SECOND)) == b"of a member"


def void(_: object) -> None:
    """Nothing."""


# Taking out and putting back


def operation(action: Action, seen: Seen, key: str = KEY) -> Operation:
    return Operation(
        action=action,
        side=Side.WIKI,
        uid="u",
        entry=key,
        href=None,
        title="Guide",
        token=seen.token,
        changes=(FieldChange("content", "", ""),) if action is Action.UPDATE else (),
    )


def test_a_file_is_taken_out_and_its_entry_stays(shelf: Shelf) -> None:
    shelf.place.port.delete(DOCUMENTS, KEY, shelf.seen().token)
    assert shelf.stored() == ""
    assert GUIDE in shelf.told()
    shelf.place.port.delete(DOCUMENTS, KEY, "gone already")
    assert shelf.held(STORED) == PDF


def test_what_is_sent_without_a_body_takes_the_file_out(shelf: Shelf) -> None:
    written = shelf.send(shelf.seen(GUIDE), None)
    assert shelf.stored() == ""
    assert written.seen == shelf.seen(GUIDE)


def test_what_was_taken_out_is_put_back(shelf: Shelf) -> None:
    seen = shelf.seen()
    done = operation(Action.DELETE, seen)
    images = shelf.place.port.images(DOCUMENTS, [done])
    shelf.place.port.delete(DOCUMENTS, KEY, seen.token)
    back = shelf.place.port.put_back(DOCUMENTS, done, "", images[KEY])
    assert shelf.stored() == STORED
    assert back.seen == shelf.seen()


def test_nothing_is_put_back_over_another_file(shelf: Shelf) -> None:
    seen = shelf.seen()
    done = operation(Action.DELETE, seen)
    image = shelf.place.port.images(DOCUMENTS, [done])[KEY]
    shelf.place.port.delete(DOCUMENTS, KEY, seen.token)
    name = shelf.attach(b"of a member")
    with pytest.raises(errors.Moved):
        shelf.place.port.put_back(DOCUMENTS, done, "", image)
    assert shelf.stored() == name


def test_a_file_that_we_replaced_is_put_back_where_nobody_touched_it_since(shelf: Shelf) -> None:
    done = operation(Action.UPDATE, shelf.seen())
    image = shelf.place.port.images(DOCUMENTS, [done])[KEY]
    written = shelf.send(shelf.seen(), OTHER)
    name = shelf.attach(b"of a member")
    with pytest.raises(errors.Moved):
        shelf.place.port.put_back(DOCUMENTS, done, written.seen.token, image)
    assert shelf.stored() == name
    back = shelf.place.port.put_back(DOCUMENTS, done, shelf.seen().token, image)
    assert shelf.stored() == STORED
    assert shelf.place.port.put_back(DOCUMENTS, done, "", image).seen == back.seen


def test_an_image_that_nobody_can_read_is_said(shelf: Shelf) -> None:
    done = operation(Action.DELETE, shelf.seen())
    image = shelf.place.port.images(DOCUMENTS, [done])[KEY]
    for text in ("", "[]", "{}", "null", '{"key": "x"}'):
        with pytest.raises(errors.Invalid, match="image-unreadable"):
            shelf.place.port.put_back(DOCUMENTS, done, "", replace(image, text=text))


def test_there_is_no_image_of_a_file_that_is_not_there(shelf: Shelf) -> None:
    seen = shelf.seen()
    gone = [operation(Action.DELETE, seen, EMPTY), operation(Action.DELETE, seen, "Rien#x")]
    assert shelf.place.port.images(DOCUMENTS, gone) == {}


def test_what_is_erased_says_what_stays_on_the_disk(shelf: Shelf) -> None:
    (told,) = shelf.place.port.erase(DOCUMENTS, KEY)
    assert (told.code, dict(told.params), told.entry) == ("files-stay", {"files": STORED}, GUIDE)
    assert shelf.stored() == ""
    assert shelf.place.port.erase(DOCUMENTS, KEY) == ()
    assert shelf.place.port.erase(DOCUMENTS, "Rien#fichierbf_document") == ()


# What a run asks


def test_a_file_that_stands_is_told_once(shelf: Shelf) -> None:
    first = shelf.place.port.snapshot(DOCUMENTS, Known())
    tokens = {key: each.token for key, each in first.sightings.items()}
    known = Known(tokens=tokens, cursor=first.cursor)
    again = shelf.place.port.snapshot(DOCUMENTS, known)
    assert (set(again.sightings), again.unmoved) == (set(), frozenset(tokens))
    shelf.edit(**{MAIN: ""})
    third = shelf.place.port.snapshot(DOCUMENTS, known)
    assert third.absent == {KEY}
    assert set(third.sightings) == {GUIDE}


def test_we_write_into_no_entry_that_is_not_ours_to_write(shelf: Shelf) -> None:
    shelf.place.wiki.set_acl(GUIDE, write="%")
    with pytest.raises(errors.Forbidden):
        shelf.send(shelf.seen(), OTHER)
    with pytest.raises(errors.Forbidden):
        shelf.place.port.delete(DOCUMENTS, KEY, "")
    assert shelf.stored() == STORED
