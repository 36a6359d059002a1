"""Long texts of Bazar, in its three syntaxes, to plain text and back.

Reference sections 3 (field coding) and 8 (text); server files tools/bazar/fields/TextareaField.php,
includes/services/HtmlPurifierService.php and formatters/wakka.php.

Plain text here has lines separated by line feeds. On text in normal form (`normalise_text` for
HTML, `trim_lines` for the others) each pair of functions is an identity:
`html_to_text(text_to_html(t)) == t`, `wiki_to_text(text_to_wiki(t)) == t`, and so for `nohtml`.
Nothing recurses and nothing is searched twice, so that a text costs time in proportion to its
length, however it is nested.
"""

from __future__ import annotations

from bazar_forms.field import Syntax
from bazar_forms.richtext.markup import html_to_text, sanitise, text_to_html
from bazar_forms.richtext.plain import (
    line_to_text,
    nohtml_to_text,
    normalise_text,
    storable,
    text_to_line,
    text_to_nohtml,
    trim_lines,
)
from bazar_forms.richtext.wiki import text_to_wiki, wiki_to_text

__all__ = [
    "from_text",
    "html_to_text",
    "line_to_text",
    "nohtml_to_text",
    "normalise_text",
    "sanitise",
    "storable",
    "text_to_html",
    "text_to_line",
    "text_to_nohtml",
    "text_to_wiki",
    "to_text",
    "trim_lines",
    "wiki_to_text",
]


def to_text(source: str, syntax: Syntax) -> str:
    """A stored long text as plain text."""
    if syntax == "html":
        return html_to_text(source)
    return wiki_to_text(source) if syntax == "wiki" else nohtml_to_text(source)


def from_text(text: str, syntax: Syntax) -> str:
    """Plain text in the form in which a long text of that syntax is sent to the wiki."""
    if syntax == "html":
        return text_to_html(text)
    return text_to_wiki(text) if syntax == "wiki" else text_to_nohtml(text)
