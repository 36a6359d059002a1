"""Long texts: to plain text, back, harmless, and in linear time."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazar_forms.field import Syntax
from bazar_forms.richtext import (
    from_text,
    html_to_text,
    line_to_text,
    nohtml_to_text,
    normalise_text,
    sanitise,
    text_to_html,
    text_to_line,
    text_to_nohtml,
    text_to_wiki,
    to_text,
    trim_lines,
    wiki_to_text,
)
from bazar_forms.richtext.links import normal
from bazar_forms.richtext.markup import _Reader

MARKS = ["{{", "}}", '""', "[[", "]]", "{#", "#}", "%%", "](", "![", "**", "//", "__", "##", "~~"]
MARKS += ["@@", "££", "==", "---", "&", "<", ">", "'", '"', "\u00a0", "- ", "\n", "\n\n", "\t", " "]
MARKS += ["&amp;", "&#123;", "&nbsp;", "<b>", "</p>", "<br>", "<!--", "https://a.example/x_y?a=1&b"]
MARKS += ["(", ")", "http://", "é", "🎉", "e\u0301", "\u2028", "1. ", "bf_titre", "HTTP://X.Y", "-"]
written = st.lists(st.sampled_from(MARKS) | st.text(max_size=4), max_size=14).map("".join)


@given(written)
def test_html_of_a_text_reads_back_as_the_text(text: str) -> None:
    normal = normalise_text(text)
    assert normalise_text(normal) == normal
    assert html_to_text(text_to_html(normal)) == normal
    assert html_to_text(sanitise(text_to_html(normal))) == normal


@given(written)
def test_wiki_syntax_of_a_text_reads_back_as_the_text(text: str) -> None:
    normal = trim_lines(text)
    assert wiki_to_text(text_to_wiki(normal)) == normal


@given(written)
def test_plain_syntax_of_a_text_reads_back_as_the_text(text: str) -> None:
    normal = trim_lines(text)
    assert nohtml_to_text(text_to_nohtml(normal)) == normal


@given(written)
def test_nothing_that_the_formatter_runs_remains_in_wiki_syntax(text: str) -> None:
    # The purifier decodes entities before the formatter reads.
    for seen in (text_to_wiki(text), html.unescape(text_to_wiki(text))):
        for opener in ("{{", '""', "[[", "{#", "%%", "]("):
            outside = re.sub(r"\b[a-z0-9]+://[^ \t\n\r\f\"|\\^`{}\[\]><]+", " ", seen)
            assert opener not in outside
            assert opener == "%%" or opener not in seen


@given(written)
def test_no_letter_is_lost_in_wiki_syntax(text: str) -> None:
    kept = html.unescape(text_to_wiki(text))
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", trim_lines(text))


@given(written)
def test_one_line_texts_are_escaped_exactly_once(text: str) -> None:
    assert html.unescape(text_to_line(text)) == html.unescape(text_to_line(line_to_text(
        text_to_line(text)
    )))  # fmt: skip
    assert line_to_text(text_to_line("3 < 5 & <interne>")) == "3 < 5 & <interne>"


@given(st.text(alphabet="<>/abp! &;\"'=[]-?", max_size=60))
def test_any_rubbish_is_read_as_something(source: str) -> None:
    assert isinstance(html_to_text(source), str)
    assert isinstance(wiki_to_text(source), str)
    assert "<script" not in sanitise(source + "<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>a</p><p>b<br />c</p>", "a\n\nb\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<h3>T</h3>\n<p>x &amp; y</p>", "T\n\nx & y"),
        ("<p>x</p><ul><li>a</li><li><p>b</p></li></ul><p>y</p>", "x\n\n- a\n- b\n\ny"),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>", "1. a\n2. b\n- c"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\nc"),
        ("<p>&nbsp;</p><p>x&nbsp;:&nbsp; y&nbsp;</p>", "x\u00a0: y"),
        ('<a href="https://a.example/">a.example</a>', "a.example"),
        ('<a href="https://a.example/%C3%A9">https://a.example/é</a>', "https://a.example/é"),
        ('<p>voir <a href="https://a.example"> ici </a>.</p>', "voir ici (https://a.example)."),
        ('<a href="javascript:alert(1)">l</a>', "l"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="https://a.example"><img src="x"></a>', "https://a.example"),
        ("a<script>b</script><style>c</style><!-- d -->e", "ae"),
        ("https://a.example", "https://a.example"),
        ("<?xml version='1.0'?><p>x</p>", "x"),
        ("<![foo <p>x</p>", "x"),
        ("a\x00b\x07", "ab"),
        ("", ""),
    ],
)
def test_html_is_read_as_a_person_would(source: str, text: str) -> None:
    assert html_to_text(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("======T======\n**Gras**, //it//", "T\nGras, it"),
        ("[[https://a.example lien]] [[PagePrincipale accueil]] [[Page]]", None),
        ("a {{bazarliste id=6}}b", "a b"),
        ("a {# note #}b", "a b"),
        (" - un\n - deux\n  - trois", "- un\n- deux\n - trois"),
        ('""<b>x</b> &amp; <i>y</i>""', "x & y"),
        ("%%(php) a ** b %%", "a ** b"),
        ("[mots](https://a.example){.btn} ![image](x.png)!", "mots (https://a.example) !"),
        ("https://a.example/__x__ -- y", "https://a.example/__x__ -- y"),
        ("a---b", "a\nb"),
        ("3 &lt; 5 &amp; x", "3 < 5 & x"),
        ("{{ [[ %% {# \"\" [x](", "{{ [[ %% {# \"\" [x]("),
    ],
)  # fmt: skip
def test_wiki_syntax_is_read_as_the_page_shows_it(source: str, text: str | None) -> None:
    shown = "lien (https://a.example) accueil Page" if text is None else text
    assert wiki_to_text(source) == shown


def test_web_addresses_become_links_and_nothing_else_does() -> None:
    made = text_to_html("(https://a.example/x?a=1&b=2), javascript:alert(1) http://[ www.b.example")
    assert re.findall(r'<a href="([^"]*)">', made) == ["https://a.example/x?a=1&amp;b=2"]


def test_changed_text_of_an_html_field_is_clean_paragraphs() -> None:
    assert text_to_html("a <b>\nc\n\n\n d ") == "<p>a &lt;b&gt;<br />c</p>\n<p>d</p>"


def test_sanitise_keeps_what_bazar_keeps_and_nothing_that_runs() -> None:
    source = (
        '<p onclick="x()" class="c" style="color:red;position:fixed">P<em>e</em></p>'
        '<script>alert(1)</script><iframe src="https://x.example"></iframe>'
        '<a href="javascript:alert(1)">l</a><a href="https://a.example" target="_blank">m</a>'
        '<img src="data:image/png;base64,x" onerror="y()">'
    )
    assert sanitise(source) == (
        '<p class="c" style="color:red">Pe</p><a>l</a>'
        '<a href="https://a.example" target="_blank">m</a><img>'
    )


@pytest.mark.parametrize("syntax", ["html", "wiki", "nohtml"])
def test_each_syntax_has_both_ways(syntax: Syntax) -> None:
    assert to_text(from_text("a & b\n\n{{c}}", syntax), syntax) == "a & b\n\n{{c}}"


BOMBS = {
    "nested": "<div>" * 5_000 + "x",
    "lists": "<ul><li>" * 10_000 + "x",
    "bold": "<b>" * 5_000 + "x" + "</i>" * 5_000,
    "links": '<a href="https://a.example">' * 10_000 + "x",
    "open tags": "<a " * 10_000,
    "comments": "<!--" * 10_000,
    "attributes": '<p title="' * 5_000,
    "brackets": "[" * 25_000,
    "links of wiki": "[[" * 12_000,
    "actions": "{{" * 12_000 + "}",
    "markdown": "[a](" * 10_000,
    "middles": "](" * 12_000,
    "quotes": '"' * 25_001,
    "blanks": "{" + "\u00a0" * 25_000,
    "breaks": "<br>" * 10_000,
    "tags": "<b" * 12_000,
    "address": "https://a.example/" + ")" * 25_000,
}


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_do_no_harm(source: str) -> None:
    """What is not in proportion to the length of these never comes back."""
    for read in (html_to_text, wiki_to_text, nohtml_to_text, line_to_text, sanitise):
        assert len(read(source)) <= 7 * len(source)
    for write in (text_to_html, text_to_wiki, text_to_nohtml, text_to_line):
        assert len(write(source)) <= 12 * len(source) + 20


# Addresses, as HTMLPurifier writes them (tried on the server of the recordings)

NORMAL = {
    "https://exemple.fr/été/programme": "https://exemple.fr/%C3%A9t%C3%A9/programme",
    "HTTPS://X.FR/A": "https://x.fr/A",
    "https://x.fr/a b": "https://x.fr/a%20b",
    "https://x.fr/[1]|{a}": "https://x.fr/%5B1%5D%7C%7Ba%7D",
    "https://x.fr/%zz%7e%c3%a9%2F": "https://x.fr/%25zz~%C3%A9%2F",
    "https://user:p@x.fr:8443/?q=é#Économie": "https://x.fr:8443/?q=%C3%A9#%C3%89conomie",
    "http://é.fr": "http://xn--9ca.fr",
    "mailto:jeanne@exemple.fr": "mailto:jeanne@exemple.fr",
    "javascript:x": "javascript:x",
    "rien": "rien",
}


@pytest.mark.parametrize(("address", "expected"), NORMAL.items())
def test_an_address_is_written_as_the_wiki_keeps_it(address: str, expected: str) -> None:
    assert normal(address) == normal(expected) == expected
    if expected.startswith("http"):
        source = f'<p>Voir <a href="{html.escape(address)}">ici</a></p>'
        assert html_to_text(sanitise(source)) == html_to_text(source) == f"Voir ici ({expected})"


@pytest.mark.parametrize(
    "address", [each for each in NORMAL if each.lower().startswith("http") and " " not in each]
)
def test_a_link_of_a_plain_text_leads_where_its_text_says(address: str) -> None:
    made = text_to_html(f"Voir {address} ici")
    assert f'href="{html.escape(NORMAL[address])}"' in made
    assert html_to_text(made) == f"Voir {address} ici"


def test_quotation_marks_around_an_address_are_none_of_it() -> None:
    made = text_to_html("« https://é.fr/x », (https://x.fr/à). “https://x.fr/b”")
    hrefs = re.findall('href="([^"]*)"', made)
    assert hrefs == ["https://xn--9ca.fr/x", "https://x.fr/%C3%A0", "https://x.fr/b"]


def test_a_parser_that_closes_nothing_at_the_end_loses_no_address() -> None:
    reader = _Reader()
    reader.start("p", {})
    reader.start("a", {"href": "https://e.example/x"})
    reader.data("ici")
    reader.close()
    assert "".join(reader.writer.parts) == "ici (https://e.example/x)"
