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
    word_wrap,
)
from oscartes_sync.sandbox.wiki.php_tags import strip_tags
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


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a<b", "a<b></b>"),
        ("a <b c", "a <b></b>"),
        ("a </b", "a "),
        ("a </3 b", "a 3 b"),
        ("<b>x</ b>y", "<b>x b&gt;y</b>"),
        ("<![CDATA[x<b>]]>c", "x&lt;b&gt;c"),
        ("<!-- x", ""),
        ("<b><p>x</p></b>", "<b></b><p>x</p>"),
        ("<span><div>x</div></span>", "<span></span><div>x</div>"),
        ('<a href="u"><a href="v">x</a></a>', '<a href="u"></a><a href="v">x</a>'),
        ('<a name="x">y</a>', "<a>y</a>"),
        ('<a href="x y">z</a>', '<a href="x%20y">z</a>'),
        ('<a href="HTTP://X.fr/é">y</a>', '<a href="http://X.fr/%C3%A9">y</a>'),
        (
            '<a href="https://u:p@x:8/a[1]|b%zz">z</a>',
            '<a href="https://x:8/a%5B1%5D%7Cb%25zz">z</a>',
        ),
        ('<a href="http://x/?a&b=%20">z</a>', '<a href="http://x/?a&amp;b=%20">z</a>'),
    ],
)
def test_purified_as_by_htmlpurifier_4_17(dirty: str, clean: str) -> None:
    # Its own answers, with the server's setting, on PHP 8.2.
    assert purify(dirty) == clean


def test_tags_and_comments_are_stripped_but_their_text_stays() -> None:
    assert strip_tags("<p>a<script>b</script><!-- c --></p>", frozenset({"p"})) == "<p>ab</p>"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("2 < 3", "2 < 3"),
        ("2 <3 b", "2 "),
        ("<p>a <3</p><p>b</p>", "<p>a "),
        ("a <- b -> c", "a  c"),
        ("a </3 b", "a "),
        ("<<p>>a", "<p>a"),
        ('<p title="a>b">c</p>', '<p title="ab">c</p>'),
        ("<?php x > y ?>a", "a"),
        ("<!-- a > b -->c", "c"),
        ("<!DOCTYPE x>c", "c"),
    ],
)
def test_an_angle_before_anything_but_a_blank_opens_a_tag(text: str, left: str) -> None:
    # Answers of PHP 8.2's own strip_tags.
    assert strip_tags(text, frozenset({"p"})) == left


def test_word_wrap_eats_the_space_it_breaks_at_and_cuts_bytes() -> None:
    assert word_wrap(b"aaa bbb ccc", 7, b"\n", cut=False) == b"aaa bbb\nccc"
    assert (
        word_wrap("éééé".encode(), 3, b"|", cut=True)
        == "éé".encode()[:3] + b"|" + "éé".encode()[1:2] + b"\xc3\xa9" + b"|" + b"\xc3\xa9"
    )
