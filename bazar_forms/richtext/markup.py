"""HTML of long texts to plain text, back, and made safe."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from bazar_forms.richtext.links import SAFE_SCHEMES, in_words, normal, web_addresses
from bazar_forms.richtext.plain import normalise_text, storable

# fmt: off
_KEPT_TAGS: Final = frozenset({
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "ul", "ol", "li", "blockquote",
    "strong", "b", "i", "u", "small", "a", "table", "tbody", "tr", "th", "td", "img", "br", "hr",
})
_KEPT_STYLES: Final = frozenset({
    "color", "background-color", "text-align", "text-decoration", "font-weight", "font-style",
    "width", "height", "margin-left", "padding-left",
})
# fmt: on
_KEPT_ATTRIBUTES: Final = {
    "*": {"class", "style"},
    "a": {"href", "title", "target"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_MAX_DEPTH: Final = 2_000

_DROPPED: Final = frozenset({"script", "style", "template", "title", "textarea", "noscript"})
_PARAGRAPHS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "pre", "hr"}
)
_LINES: Final = frozenset({"div", "tr", "section", "article", "caption", "dt", "dd", "figure"})
_LISTS: Final = frozenset({"ul", "ol"})
_CELLS: Final = frozenset({"td", "th"})


def sanitise(source: str) -> str:
    """HTML with the tags and attributes that a Bazar field keeps, and safe to show anywhere.

    Reference section 8. Absurdly deep nesting is flattened to its text, since the cost of
    cleaning grows with the square of the depth.
    """
    import nh3  # noqa: PLC0415

    if _depth(source) > _MAX_DEPTH:
        return text_to_html(html_to_text(source))
    return nh3.clean(
        source,
        tags=set(_KEPT_TAGS),
        attributes={tag: set(names) for tag, names in _KEPT_ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes=set(SAFE_SCHEMES),
        link_rel=None,
        filter_style_properties=set(_KEPT_STYLES),
    )


def _attribute(_tag: str, name: str, value: str) -> str:
    """Addresses are written as the wiki keeps them, so that what is read back is what was sent."""
    return normal(value) if name == "href" else value


def html_to_text(source: str) -> str:
    """HTML as plain text, in normal form.

    Paragraphs are separated by an empty line, members of lists open with `- ` (or their number),
    cells of a table are separated by ` | `, a link is `text (address)`, or the address alone where
    the text says it already. Images show nothing.
    """
    # A program that reads no long text does without the parser.
    from lxml import etree  # noqa: PLC0415

    reader = _Reader()
    # Its stubs know of targets that may be given bytes, as those of XML are.
    parser = etree.HTMLParser(target=cast("Any", reader))
    # The opening tags keep an empty text from being none at all.
    parser.feed(f"<html><body>{storable(source)}")
    parser.close()
    return normalise_text("".join(reader.writer.parts))


def text_to_html(text: str) -> str:
    """Plain text as clean HTML: paragraphs, line breaks, web addresses as links."""
    paragraphs = normalise_text(text).split("\n\n")
    lines = ("<br />".join(map(_linked, one.split("\n"))) for one in paragraphs if one)
    return "\n".join(f"<p>{one}</p>" for one in lines)


def _depth(source: str) -> int:
    """An upper bound of the nesting; tags that are never closed count as open."""
    depth = deepest = 0
    for match in re.finditer(r"<(/?)(?!(?:br|hr|img|input|wbr|col)\b)[A-Za-z]", source):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _linked(line: str) -> str:
    parts: list[str] = []
    done = 0
    for offset, address in web_addresses(line):
        parts.append(html.escape(line[done:offset], quote=False))
        shown = html.escape(address, quote=False)
        parts.append(f'<a href="{html.escape(normal(address))}">{shown}</a>')
        done = offset + len(address)
    parts.append(html.escape(line[done:], quote=False))
    return "".join(parts)


class _Bullet(str):
    """The opening of a list's member, after which no line break is made."""

    __slots__ = ()


class _Reader:
    """What lxml's parser tells of its way through a text (a parser target)."""

    def __init__(self) -> None:
        self.writer = _Writer()
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._dropped = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """A tag opens; those within one that shows nothing show nothing either."""
        self._end_text()
        if self._dropped or name in _DROPPED:
            self._dropped += 1
        else:
            self._open.append(name)
            self.writer.open(name, attributes)

    def end(self, _name: str) -> None:
        """The tag that opened last closes, one that was never closed included."""
        self._end_text()
        if self._dropped:
            self._dropped -= 1
        elif self._open:
            self.writer.close(self._open.pop())

    def data(self, text: str) -> None:
        """A piece of a text: it may come in several."""
        if not self._dropped:
            self._pieces.append(text)

    def comment(self, _text: str) -> None:
        """Ends a text, and shows nothing."""
        self._end_text()

    def pi(self, _target: str, _text: str | None = None) -> None:
        """The same: an office program's instructions."""
        self._end_text()

    def close(self) -> None:
        """The end of all: older libxml2 closes nothing by itself where a text is cut short."""
        self._end_text()
        while self._open:
            self.writer.close(self._open.pop())

    def _end_text(self) -> None:
        if self._pieces:
            self.writer.text("".join(self._pieces))
            self._pieces.clear()


class _Writer:
    """Collects plain text; breaks are asked for, and made when text follows."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._break = 0
        self._lists: list[int | None] = []
        self._anchors = 0
        self._link: tuple[int, str, int] | None = None

    def text(self, text: str) -> None:
        """Adds text, its white space made one blank, as a browser shows it."""
        collapsed = re.sub(r"[ \t\r\n\f]+", " ", text)
        if collapsed.strip(" "):
            self._flush()
            self.parts.append(collapsed)
        elif collapsed and not self._break and self.parts and not self._is_bullet():
            self.parts.append(" ")

    def open(self, name: str, attributes: Mapping[str, str]) -> None:
        """Notes that a tag opens."""
        if name == "br":
            self._flush()
            self.parts.append("\n")
        elif name == "a":
            self._open_link(attributes.get("href"))
        elif name == "li":
            self._open_member()
        elif name in _LISTS:
            self._ask(1 if self._lists else 2)
            self._lists.append(0 if name == "ol" else None)
        elif name in _CELLS:
            if not self._break and self.parts and self.parts[-1] != "\n":
                self.parts.append(" | ")
        else:
            self._part(name)

    def close(self, name: str) -> None:
        """Notes that a tag closes."""
        if name == "a":
            self._close_link()
        elif name == "li":
            self._ask(1)
        elif name in _LISTS:
            self._lists.pop()
            self._ask(1 if self._lists else 2)
        else:
            self._part(name)

    def _part(self, name: str) -> None:
        if name in _PARAGRAPHS:
            self._ask(1 if self._lists else 2)
        elif name in _LINES:
            self._ask(1)

    def _ask(self, lines: int) -> None:
        if self.parts and not self._is_bullet():
            self._break = max(self._break, lines)

    def _flush(self) -> None:
        missing = self._break
        for part in self.parts[-1:-3:-1]:
            if part != "\n":
                break
            missing -= 1
        if missing > 0 and self._break:
            self.parts.extend("\n" * missing)
        self._break = 0

    def _is_bullet(self) -> bool:
        return bool(self.parts) and isinstance(self.parts[-1], _Bullet)

    def _open_member(self) -> None:
        self._ask(1)
        self._flush()
        bullet = "- "
        if self._lists and (number := self._lists[-1]) is not None:
            self._lists[-1] = number + 1
            bullet = f"{number + 1}. "
        self.parts.append(_Bullet(bullet))

    def _open_link(self, address: str | None) -> None:
        self._anchors += 1
        if self._link is None and address is not None:  # a link in a link is no HTML
            self._flush()
            self._link = (self._anchors, address.strip(), len(self.parts))

    def _close_link(self) -> None:
        self._anchors -= 1
        if self._link is None or self._link[0] != self._anchors + 1:
            return
        _, address, begin = self._link
        shown = "".join(self.parts[begin:]).strip()
        words = in_words(shown, address)
        if words != shown:
            self.parts.append(words.removeprefix(shown))
        self._link = None
