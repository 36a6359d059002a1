"""HTML of long texts to plain text, back, and made safe."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

from bazar_forms.richtext.links import SAFE_SCHEMES, in_words, normal, web_addresses
from bazar_forms.richtext.plain import normalise_text, storable

# BeautifulSoup takes longer to load than a run without changes takes to think.
if TYPE_CHECKING:
    from bs4.element import PageElement, Tag

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

_Step = Literal["open", "close", "text"]


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
    # The opening tags keep a short text from being taken for a file name or for XML.
    from bs4 import BeautifulSoup  # noqa: PLC0415

    root = BeautifulSoup(f"<html><body>{storable(source)}", "lxml")
    writer = _Writer()
    for step, tag, text in _steps(root):
        if tag is None:
            writer.text(text)
        else:
            writer.element(tag, opening=step == "open")
    return normalise_text("".join(writer.parts))


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


def _steps(root: Tag) -> Iterator[tuple[_Step, Tag | None, str]]:
    """Walks a tree without recursion: tags as they open and close, and texts."""
    from bs4.element import NavigableString, PreformattedString, Tag  # noqa: PLC0415

    stack: list[Iterator[PageElement]] = [iter(root.contents)]
    open_tags: list[Tag] = []
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            if open_tags:
                yield "close", open_tags.pop(), ""
        elif isinstance(node, Tag):
            if node.name not in _DROPPED:
                yield "open", node, ""
                open_tags.append(node)
                stack.append(iter(node.contents))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            yield "text", None, str(node)


class _Bullet(str):
    """The opening of a list's member, after which no line break is made."""

    __slots__ = ()


class _Writer:
    """Collects plain text; breaks are asked for, and made when text follows."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._break = 0
        self._lists: list[int | None] = []
        self._link: tuple[Tag, str, int] | None = None

    def text(self, text: str) -> None:
        """Adds text, its white space made one blank, as a browser shows it."""
        collapsed = re.sub(r"[ \t\r\n\f]+", " ", text)
        if collapsed.strip(" "):
            self._flush()
            self.parts.append(collapsed)
        elif collapsed and not self._break and self.parts and not self._is_bullet():
            self.parts.append(" ")

    def element(self, tag: Tag, *, opening: bool) -> None:
        """Notes that a tag opens or closes."""
        name = tag.name
        if name == "br":
            if opening:
                self._flush()
                self.parts.append("\n")
        elif name == "a":
            self._open_link(tag) if opening else self._close_link(tag)
        elif name == "li":
            self._open_member() if opening else self._ask(1)
        elif name in _LISTS:
            self._toggle_list(name, opening=opening)
        elif name in _CELLS:
            if opening and not self._break and self.parts and self.parts[-1] != "\n":
                self.parts.append(" | ")
        elif name in _PARAGRAPHS:
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

    def _toggle_list(self, name: str, *, opening: bool) -> None:
        if not opening:
            self._lists.pop()
        self._ask(1 if self._lists else 2)
        if opening:
            self._lists.append(0 if name == "ol" else None)

    def _open_member(self) -> None:
        self._ask(1)
        self._flush()
        bullet = "- "
        if self._lists and (number := self._lists[-1]) is not None:
            self._lists[-1] = number + 1
            bullet = f"{number + 1}. "
        self.parts.append(_Bullet(bullet))

    def _open_link(self, tag: Tag) -> None:
        address = tag.get("href")
        if self._link is None and isinstance(address, str):  # a link in a link is no HTML
            self._flush()
            self._link = (tag, address.strip(), len(self.parts))

    def _close_link(self, tag: Tag) -> None:
        if self._link is None or self._link[0] is not tag:
            return
        _, address, begin = self._link
        shown = "".join(self.parts[begin:]).strip()
        words = in_words(shown, address)
        if words != shown:
            self.parts.append(words.removeprefix(shown))
        self._link = None
