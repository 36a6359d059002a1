"""Forms and their fields, in the shapes of both releases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bazar_forms import Form, allows_everybody, forms_from_json
from bazar_forms.errors import FormMalformed
from bazar_forms.field import Field, FieldType, field_from_json
from bazar_forms.template import lines_from_json, parse_template

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings" / "yeswiki"
recorded = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings are absent")


def body(name: str) -> Any:
    (path,) = RECORDINGS.glob(f"{name}.json")
    return json.loads(path.read_text(encoding="utf-8"))["response"]["body"]


def prepared(type: str = "text", **more: object) -> dict[str, object]:  # noqa: A002
    return {"id": "bf_x", "name": "bf_x", "label": "X", "type": type, **more}


def form(*members: object, **more: object) -> Form:
    return Form.from_json({"bn_id_nature": "3", "prepared": list(members), **more})


def test_template_lines_are_split_trimmed_and_padded() -> None:
    raw = "texte*** bf_titre ***Titre***60\r\n# note\r\n\r\nacls***+***%\nchamp***a***b***c"
    lines = parse_template(raw)
    assert [line.keyword for line in lines] == ["texte", "champ"]
    assert lines[0].cell(1) == "bf_titre"
    assert lines[0].cell(15) == lines[0].cell(99) == ""
    assert len(lines[1].cells) == 16


def test_template_lines_of_the_api_keep_their_positions() -> None:
    lines = lines_from_json([["texte", "bf_a", None], "rubbish", {"0": "map", "1": "lat"}])
    assert [line.keyword for line in lines] == ["texte", "", "map"]
    assert lines_from_json("rubbish") == ()


def test_syntax_of_a_long_text_comes_from_the_template() -> None:
    members = [prepared("textelong", id=f"bf_{n}", name=f"bf_{n}") for n in range(5)]
    cells = ["html", "wiki", "wiki-textarea", "nohtml", ""]
    template = "\r\n".join(
        f"textelong***bf_{n}***X***40***6*** ***500***{cell}***0" for n, cell in enumerate(cells)
    )
    found = form(*members, bn_template=template)
    assert [one.syntax for one in found.fields] == ["html", "wiki", "wiki", "nohtml", "html"]
    assert {one.max_chars for one in found.fields} == {500}


def test_a_line_is_found_by_name_where_positions_differ() -> None:
    template = "inconnu***bf_u***U***1\ntextelong***bf_x***X***40***6*** *** ***wiki***0"
    assert form(prepared("textelong"), bn_template=template).fields[0].syntax == "wiki"


def test_prepared_as_object_keeps_order_and_gaps() -> None:
    raw = {
        "bn_id_nature": 11,
        "prepared": {"2": prepared(id="bf_b"), "0": prepared(id="bf_a"), "rawOutput": "notice"},
    }
    assert [one.property for one in Form.from_json(raw).fields] == ["bf_a", "bf_b"]


def test_a_field_that_cannot_be_read_is_a_problem_beside_the_good_ones() -> None:
    found = form(prepared(), {"id": "bf_y"}, "rubbish")
    assert len(found.fields) == 1
    assert [type(one) for one in found.problems] == [FormMalformed, FormMalformed]


@pytest.mark.parametrize("raw", [None, [], "x", {}, {"bn_id_nature": "1"}, {"prepared": []}])
def test_what_is_no_form_is_refused(raw: object) -> None:
    with pytest.raises(FormMalformed):
        Form.from_json(raw)


def test_list_of_forms_sets_bad_ones_and_raw_output_apart() -> None:
    good = {"bn_id_nature": "1", "bn_label_nature": "A &amp; B", "prepared": []}
    forms, problems = forms_from_json({"1": good, "2": {}, "rawOutput": "notice"})
    assert {number: one.label for number, one in forms.items()} == {"1": "A & B"}
    assert len(problems) == 1
    with pytest.raises(FormMalformed):
        forms_from_json("<html>")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (prepared("number", subType="number"), FieldType.TEXT),
        (prepared("email", subType="email"), FieldType.TEXT),
        (prepared("password", subType="password"), FieldType.PASSWORD),
        (prepared("email"), FieldType.EMAIL),
        (prepared("radiofiche"), FieldType.LINKED_ENTRY),
        (prepared("carte_google"), FieldType.MAP),
        (prepared("tabs"), FieldType.DISPLAY),
        (prepared("hidden"), FieldType.HIDDEN),
        (prepared("fromanextension"), FieldType.UNKNOWN),
    ],
)
def test_types_are_those_of_bazar(raw: dict[str, object], expected: FieldType) -> None:
    assert field_from_json(raw).type is expected


def test_options_may_be_an_object_a_list_or_nothing() -> None:
    assert dict(field_from_json(prepared("liste", options=[])).options) == {}
    assert dict(field_from_json(prepared("liste", options=None)).options) == {}
    assert dict(field_from_json(prepared("liste", options=["a", "b"])).options) == {
        "0": "a",
        "1": "b",
    }


def test_tree_options_know_their_parents() -> None:
    options = {"a": "A &amp; B", "b": " A &amp; B ➤ C", "c": " A &amp; B ➤  C ➤ D", "d": "x ➤ y"}
    found = field_from_json(prepared("checkbox", options=options))
    assert found.options["b"] == "A & B ➤ C"
    assert dict(found.parents) == {"b": "a", "c": "b"}
    assert found.label_path("c") == "A & B / C / D"
    assert found.label_path("unknown") == "unknown"


@pytest.mark.parametrize(
    ("acl", "expected"),
    [
        ("", True),
        ("*", True),
        (" * ", True),
        ("+", False),
        ("%", False),
        ("@admins", False),
        ("MarieDupont", False),
        ("!+", True),
        ("!*", False),
        ("@admins\n*", True),
        ("@admins,+", False),
        ("#*", False),
        ("!@admins", True),
        ("@", False),
        ("!", False),
    ],
)
def test_acl_lets_everybody_in_or_not(acl: str, expected: bool) -> None:
    assert allows_everybody(acl) is expected


def test_contact_form_address_is_not_readable_by_all() -> None:
    found = field_from_json(prepared("email", read_acl="*", showContactForm=True))
    assert not found.readable_by_all
    assert found.writable_by_all


def test_size_of_files_and_semantics_do_not_mix() -> None:
    template = "fichier***bf_f***F***a***b***c***d***.pdf***0*** *** *** * *** * *** ***5M*** ***"
    member = prepared("fichier", id="fichierbf_f", name="bf_f", sem_type="5M")
    (found,) = form(member, bn_template=template).fields
    assert found.max_bytes == 5 * 1024**2
    assert found.semantic == ""


@recorded
@pytest.mark.parametrize("name", ["101-form-5", "v444-00-form-5"])
def test_recorded_directory_form_is_read_whole(name: str) -> None:
    found = Form.from_json(body(name))
    assert found.label == "Annuaire des acteurs"
    assert not found.problems
    kinds = {one.property: one.type for one in found.fields if one.property}
    assert kinds["bf_annee"] is FieldType.TEXT
    assert kinds["bf_mail"] is FieldType.EMAIL
    assert kinds["radioListouiNonbf_public" if name[0] == "1" else "radioListeOuiNonbf_public"]
    texts = {one.property: one.syntax for one in found.of_type(FieldType.TEXTAREA)}
    assert texts == {"bf_description": "html", "bf_presentation": "wiki", "bf_horaires": "nohtml"}
    note = found.field("bf_note_interne")
    assert note is not None
    assert not note.readable_by_all
    mail = found.field("bf_mail")
    assert mail is not None
    assert mail.email_is_contact_form
    (place,) = found.of_type(FieldType.MAP)
    assert (place.latitude, place.longitude) == ("bf_latitude", "bf_longitude")
    assert place.address["town"] == "bf_ville"
    assert found.field("") is None


@recorded
def test_recorded_form_with_an_unknown_type_is_read_past_the_gap() -> None:
    found = Form.from_json(body("108-form-unknown-field-type"))
    assert [one.property for one in found.fields] == ["bf_titre", "listefiche11", "bf_y"]


@recorded
def test_recorded_forms_tell_titles_and_rights() -> None:
    forms, problems = forms_from_json(body("100-forms"))
    assert not problems
    assert forms["9"].title_template == "{{bf_nom}} {{bf_prenom}}"
    assert forms["9"].entry_read_acl == "@admins"
    assert (forms["10"].entry_read_acl, forms["10"].entry_write_acl) == ("+", "%")
    assert forms["6"].title_template is None
    tree = forms["5"].field("checkboxListthematiqueS")
    assert isinstance(tree, Field)
    assert tree.label_path("circuits") == "Agriculture & alimentation / Circuits courts"
    programme = forms["6"].field("fichierbf_fichier")
    assert programme is not None
    assert (programme.extensions, programme.max_bytes) == ((".pdf",), 5 * 1024**2)
