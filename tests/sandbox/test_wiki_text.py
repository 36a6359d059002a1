"""What text fields become: purified, escaped once; tags made of titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.sandbox.wiki.naming import camel_case
from oscartes_sync.sandbox.wiki.php import (
    as_json_value,
    json_encode,
    nest,
    parse_pairs,
    strip_tags,
    word_wrap,
)
from oscartes_sync.sandbox.wiki.purify import purify, purify_wiki_text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("Vélo & Cie", "Vélo &amp; Cie"),
        ("Vélo &amp; Cie", "Vélo &amp; Cie"),
        ("3 < 5 > 2", "3 &lt; 5 &gt; 2"),
        ("Réunion <interne>", "Réunion "),
        ("<b>gras</b><script>alert(1)</script>", "<b>gras</b>"),
        ("l&#039;été&nbsp;!", "l'été\u00a0!"),
        ("\"D\" 'E'", "\"D\" 'E'"),
        ("a\x07b\u2028🎉", "ab\u2028🎉"),
        ("a\r\nb", "a\nb"),
        ('<a href="javascript:x()">l</a>', "<a>l</a>"),
        ("<img src=x onerror=y>", '<img src="x" alt="x" />'),
        ('<p class="c" id="i" data-x="1" style="color: red;position:fixed">t</p>',
         '<p class="c" style="color:#FF0000;">t</p>'),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<mark>m</mark><figure>f</figure>", "mf"),
        ("<em>e</em><code>c</code><pre>p</pre>", "<em>e</em><code>c</code><pre>p</pre>"),
    ],
)  # fmt: skip
def test_purified(dirty: str, clean: str) -> None:
    assert purify(dirty) == clean


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])))
def test_purified_text_sent_back_is_unchanged(text: str) -> None:
    once = purify(text)
    assert purify(once) == once


@given(st.text(st.sampled_from("ab<>&/ \"'pliu=!;-\n"), max_size=40))
def test_purified_html_sent_back_is_unchanged(text: str) -> None:
    once = purify(text)
    assert purify(once) == once


def test_wiki_text_keeps_its_syntax_and_raw_html_marks() -> None:
    text = '======Titre======\n**gras** [[https://x.example lien]] ""<b>brut</b>"" @@code@@'
    assert purify_wiki_text(text) == text
    assert purify_wiki_text("a & {{action}}") == "a &amp; {{action}}"


@pytest.mark.parametrize(
    ("title", "tag"),
    [
        ("Le Fournil d'Élise", "LeFournilDElise"),
        ("Tableau", "TableaU"),
        ("Repair café d'automne 🔧", "RepairCafeDAutomne"),
        ("Cœur de l'Œuvre", "CoeurDeLOeuvre"),
        (
            "Réunion d'équipe (fin avant début, erreur de saisie)",
            "ReunionDEquipeFinAvantDebutErreurDeSa",
        ),
        ("🎉🎉", ""),
        ("SerieHebdo20270406", "Seriehebdo20270406"),
    ],
)
def test_tags_made_of_titles(title: str, tag: str) -> None:
    assert camel_case(title) == tag


def test_request_variables_nest_as_in_php() -> None:
    found = nest(parse_pairs("a[b][]=1&a[b][]=2&a[c]=3&d.e=4&f=%C3%A9+%26"))
    assert found == {"a": {"b": {0: "1", 1: "2"}, "c": "3"}, "d_e": "4", "f": "é &"}
    assert as_json_value(found["a"]) == {"b": ["1", "2"], "c": "3"}


def test_the_thousand_and_first_variable_is_cut_silently() -> None:
    found = nest((f"k{number}", "v") for number in range(1200))
    assert len(found) == 1000


def test_json_is_written_as_php_writes_it() -> None:
    assert json_encode({"a": "é/🎉"}) == '{"a":"\\u00e9\\/\\ud83c\\udf89"}'


def test_tags_and_comments_are_stripped_but_their_text_stays() -> None:
    assert strip_tags("<p>a<script>b</script><!-- c --></p>", frozenset({"p"})) == "<p>ab</p>"


def test_word_wrap_eats_the_space_it_breaks_at_and_cuts_bytes() -> None:
    assert word_wrap(b"aaa bbb ccc", 7, b"\n", cut=False) == b"aaa bbb\nccc"
    assert (
        word_wrap("éééé".encode(), 3, b"|", cut=True)
        == "éé".encode()[:3] + b"|" + "éé".encode()[1:2] + b"\xc3\xa9" + b"|" + b"\xc3\xa9"
    )
