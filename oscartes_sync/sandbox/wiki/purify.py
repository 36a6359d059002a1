"""HTML cleaning as the wiki does it to text fields: a white list, everything escaped once.

The wiki runs HTMLPurifier in its default setting (includes/services/HtmlPurifierService.php on
the server): what is kept and lost was observed in recordings 319-320 and in the reference,
section 8.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_LONE_LT = re.compile(r"<(?![A-Za-z!/])|<$")
_LONE_END = re.compile(r"</(?![A-Za-z])")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_NEVER_CLOSED = re.compile(r"<(?:/?[A-Za-z][^<>\"']*|!--(?:(?!-->).)*)$", re.DOTALL)
_STYLE = re.compile(r"\s*([a-zA-Z-]+)\s*:\s*([^;]+?)\s*(?:;|$)")
_SCHEMES = frozenset({"http", "https", "mailto", "ftp", "nntp", "news", "tel"})
_SCHEME = re.compile(r"^\s*([A-Za-z][A-Za-z0-9+.-]*):")

_HOST = re.compile(r"((?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?)((?<=//)[^/?#]*|)(.*)", re.DOTALL)
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE = "%!$&'()*+,;=:@/?#~"

VOID = frozenset({"br", "hr", "img", "col"})
_HIDDEN = frozenset({"script", "style"})
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
    ]
)
_BLOCK = frozenset(
    [
        "address",
        "blockquote",
        "caption",
        "center",
        "colgroup",
        "dd",
        "dir",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "menu",
        "ol",
        "p",
        "pre",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_KEPT = _INLINE | _BLOCK | VOID
_PARENTS = {
    "li": {"ul", "ol", "dir", "menu"},
    "td": {"tr"},
    "th": {"tr"},
    "tr": {"table", "tbody", "thead", "tfoot"},
    "tbody": {"table"},
    "thead": {"table"},
    "tfoot": {"table"},
    "caption": {"table"},
    "dt": {"dl"},
    "dd": {"dl"},
}
_CLOSED_BY_BLOCK = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"}) | (_INLINE - {"del", "ins"})
_ATTRIBUTES = {
    "a": {"href", "rel", "rev", "target"},
    "img": {"src", "alt", "width", "height", "border", "align"},
    "td": {"colspan", "rowspan", "align", "valign", "width", "bgcolor", "abbr"},
    "th": {"colspan", "rowspan", "align", "valign", "width", "bgcolor", "abbr", "scope"},
    "table": {"border", "cellpadding", "cellspacing", "width", "align", "summary"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "ol": {"start", "type"},
    "font": {"color", "face", "size"},
}
_COMMON = {"class", "style", "title", "lang", "dir"}
_STYLES = re.compile(
    r"^(?:color|background(?:-color|-image|-position|-repeat)?|text-(?:align|decoration|indent|"
    r"transform)|font(?:-(?:family|size|style|variant|weight))?|line-height|letter-spacing|"
    r"word-spacing|margin(?:-\w+)?|padding(?:-\w+)?|border(?:-[\w-]+)?|width|height|"
    r"(?:min|max)-(?:width|height)|float|clear|list-style(?:-\w+)?|vertical-align|white-space|"
    r"caption-side|table-layout)$"
)
_COLOURS = {
    "black": "#000000", "silver": "#C0C0C0", "gray": "#808080", "white": "#FFFFFF",
    "maroon": "#800000", "red": "#FF0000", "purple": "#800080", "fuchsia": "#FF00FF",
    "green": "#008000", "lime": "#00FF00", "olive": "#808000", "yellow": "#FFFF00",
    "navy": "#000080", "blue": "#0000FF", "teal": "#008080", "aqua": "#00FFFF",
}  # fmt: skip


def purify(dirty: str) -> str:
    """Clean a text field's value; the result is HTML, escaped exactly once."""
    text = _CONTROL.sub("", dirty.replace("\r\n", "\n").replace("\r", "\n"))
    if not re.search(r"[<&>]", text):
        return text
    cleaner = _Cleaner()
    cleaner.feed(_made_regular(text))
    cleaner.close()
    return cleaner.result()


def _made_regular(text: str) -> str:
    """What HTMLPurifier and libxml make of stray angles, tried on version 4.17 (PHP 8.2)."""
    text = _CDATA.sub(lambda found: escape(found[1], quote=False), text)
    text = _LONE_END.sub("", _LONE_LT.sub("&lt;", text))
    begun = _NEVER_CLOSED.search(text)
    if begun is None:
        return text
    return text + ("-->" if begun[0].startswith("<!--") else ">")


def purify_wiki_text(dirty: str) -> str:
    """Clean a wiki-syntax text, whose ``""`` marks raw HTML.

    Read in the server's tools/bazar/fields/TextareaField.php.
    """
    shielded = dirty.replace("@@", "\\@\\@\\").replace('""', "@@")
    clean = purify(shielded)
    return clean.replace('""', "''").replace("@@", '""').replace("\\@\\@\\", "@@")


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._hidden = 0

    def result(self) -> str:
        while self._open:
            self._close_last()
        return "".join(self._parts)

    def _close_last(self) -> None:
        self._parts.append(f"</{self._open.pop()}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        if self._hidden or tag not in _KEPT:
            return
        if tag in VOID:
            self._void(tag, attrs)
            return
        self._make_room(tag)
        parents = _PARENTS.get(tag)
        if parents is not None and not (self._open and self._open[-1] in parents):
            return
        self._parts.append(f"<{tag}{_attributes(tag, attrs)}>")
        self._open.append(tag)

    def _void(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text = _attributes(tag, attrs)
        if tag == "img" and " src=" not in text:
            return
        self._parts.append(f"<{tag}{text} />")

    def _make_room(self, tag: str) -> None:
        while tag in _BLOCK and self._open and self._open[-1] in _CLOSED_BY_BLOCK:
            self._close_last()
        while tag == "a" and "a" in self._open:
            self._close_last()
        siblings = (
            {"td", "th"} if tag in {"td", "th"} else {"dt", "dd"} if tag in {"dt", "dd"} else {tag}
        )
        if tag in _PARENTS and self._open and self._open[-1] in siblings:
            self._close_last()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self.handle_starttag(tag, attrs)
        elif tag in _KEPT and not self._hidden:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
            return
        if self._hidden or tag not in self._open:
            return
        while self._open[-1] != tag:
            self._close_last()
        self._close_last()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._parts.append(escape(data, quote=False))


def _attributes(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    allowed = _ATTRIBUTES.get(tag, set()) | _COMMON
    kept: dict[str, str] = {}
    for name, raw in attrs:
        if name in allowed and name not in kept:
            value = _attribute(name, (raw or "").strip())
            if value is not None:
                kept[name] = value
    if tag == "img" and "src" in kept and "alt" not in kept:
        kept["alt"] = kept["src"].rpartition("/")[2]
    if tag == "a" and kept.get("target"):
        kept["rel"] = "noreferrer noopener"
    return "".join(
        f' {name}="{escape(value, quote=True)}"' for name, value in kept.items()
    ).replace("&#x27;", "'")


def _attribute(name: str, value: str) -> str | None:
    if name in {"href", "src", "cite"}:
        scheme = _SCHEME.match(value)
        if scheme is None:
            return _quoted(value)
        name = scheme[1].lower()
        return _quoted(name + value[scheme.end(1) :]) if name in _SCHEMES else None
    if name == "style":
        return _style(value)
    if name == "target":
        return value if value in {"_blank", "_parent", "_top"} else None
    return value


def _quoted(address: str) -> str:
    """What RFC 3986 does not allow is percent-encoded, save in the server's name; no account."""
    head, host, rest = _HOST.match(address).groups()  # type: ignore[union-attr]
    return f"{head}{host.rpartition('@')[2]}{quote(_PERCENT.sub('%25', rest), safe=_SAFE)}"


def _style(value: str) -> str | None:
    kept = []
    for name, raw in _STYLE.findall(value):
        setting = raw.replace("!important", "").strip()
        if _STYLES.match(name.lower()) and not re.search(
            r"expression|javascript|url\(", setting, re.I
        ):
            kept.append(f"{name.lower()}:{_COLOURS.get(setting.lower(), setting)};")
    return "".join(kept) or None
