"""The derived paragraph: what one side has no field for, in words at the end of a description.

It opens with a fixed marker and ends at a blank line (in HTML: with its block), so that what a
member types behind it is their own text. Both languages' markers are known, whatever the network's
language is now. The wiki's editor may turn characters of the marker into entities.
"""

from __future__ import annotations

import html as html_library
import re
from typing import Final

from oscartes_sync.mapping.markup import plain
from oscartes_sync.mapping.words import series_words
from oscartes_sync.records.event import Event, Status

MARKERS: Final = {
    "fr": "— Ajouté par OSCARTES, ne pas modifier —",
    "en": "— Added by OSCARTES, do not edit —",
}
_ORGANIZER: Final = {"fr": "Organisé par : {}", "en": "Organised by: {}"}
_DATES: Final = {"fr": "Dates : {}.", "en": "Dates: {}."}
_STATUS: Final = {
    "fr": {Status.CANCELLED: "Cet événement est annulé.", Status.TENTATIVE: "À confirmer."},
    "en": {Status.CANCELLED: "This event is cancelled.", Status.TENTATIVE: "To be confirmed."},
}
_DASH: Final = r"(?:[—–-]|&mdash;|&ndash;|&#8212;|&#x2014;){1,3}"
_SPACE: Final = r"(?:\s|&nbsp;|&#160;){1,8}"
_ACUTE: Final = "(?:é|e\u0301|&eacute;|&#233;|&#xe9;)"


def _pattern(marker: str) -> str:
    forms = {"—": _DASH, " ": _SPACE, "é": _ACUTE}
    return "".join(forms.get(letter, re.escape(letter)) for letter in marker)


_MARKER: Final = re.compile("|".join(map(_pattern, MARKERS.values())), re.IGNORECASE)
_BLANK_LINE: Final = re.compile(r"\n[ \t\xa0]*\n")
_OPENING: Final = re.compile(r"<(p|div|span|em|small|br|hr|blockquote|li|td)\b[^<>]*>$", re.I)
_BLOCK: Final = re.compile(r"</?(?:p|div|blockquote|li|td|ul|ol|table|body|html|h[1-6])\b", re.I)
_BODY_END: Final = re.compile(r"</body\b", re.IGNORECASE)
_WIDEST_TAG: Final = 400


def paragraph(event: Event, says: frozenset[str], language: str, *, zone: str) -> str:
    """The paragraph as text, marker first, "" where nothing is to be said.

    `says` names the record fields to put in words: organizer, status, series; `zone` is the
    network's. A `language` other than fr is English.
    """
    tongue = language if language in MARKERS else "en"
    lines = []
    if "organizer" in says and event.organizer.strip():
        lines.append(_ORGANIZER[tongue].format(" ".join(event.organizer.split())))
    if "status" in says and event.status in _STATUS[tongue]:
        lines.append(_STATUS[tongue][event.status])
    if "series" in says and event.series is not None:
        lines.append(_DATES[tongue].format(series_words(event, tongue, zone=zone)))
    return "\n".join([MARKERS[tongue], *lines]) if lines else ""


def is_derived(found: str, event: Event, says: frozenset[str], language: str, *, zone: str) -> bool:
    """Whether a paragraph that was found says what we would write, in this language or another.

    A paragraph written before the network changed its language has not been edited by anybody.
    """
    words = found.split()
    return any(
        paragraph(event, says, tongue, zone=zone).split() == words
        for tongue in (language, *(MARKERS.keys() - {language}))
    )


def says_cancelled(found: str) -> bool:
    """Whether a paragraph that was found says that the event is cancelled, in either language."""
    said = " ".join(found.split())
    return any(words[Status.CANCELLED] in said for words in _STATUS.values())


def organizer_in(found: str) -> str:
    """The organiser that a paragraph that was found names, "" where it names none."""
    openings = tuple(words.partition("{")[0].strip() for words in _ORGANIZER.values())
    for line in found.replace("\xa0", " ").split("\n"):
        for opening in openings:
            if line.strip().startswith(opening):
                return line.strip().removeprefix(opening).strip()
    return ""


def split_text(text: str) -> tuple[str, str]:
    """The member's own text, and the paragraph ("" where there is none)."""
    match = _MARKER.search(text)
    if match is None:
        return text, ""
    own, found = [text[: match.start()].rstrip()], ""
    while match is not None:
        blank = _BLANK_LINE.search(text, match.end())
        found = found or text[match.start() : blank.start() if blank else len(text)]
        begin = blank.end() if blank else len(text)
        # A description that was copied with its paragraph holds two; the second is no text either.
        match = _MARKER.search(text, begin)
        own.append(text[begin : match.start() if match else len(text)].strip())
    return "\n\n".join(filter(None, own)), found.strip()


def join_text(own: str, paragraph: str) -> str:
    """Own text and paragraph, a blank line between them."""
    return f"{own}\n\n{paragraph}" if own and paragraph else own or paragraph


def split_html(html: str) -> tuple[str, str]:
    """The member's own HTML, and the paragraph as text ("" where there is none)."""
    found = ""
    # Copies of a description may hold several; a bound keeps a hostile one from costing much.
    for _ in range(20):
        match = _MARKER.search(html)
        if match is None:
            break
        begin, end = _extent(html, match.start(), match.end())
        found = found or plain(html[begin:end])
        html = html[:begin] + html[end:]
    return html, found


def _extent(html: str, begin: int, end: int) -> tuple[int, int]:
    """From the tag that opens the paragraph to the one that closes it."""
    window = max(0, begin - _WIDEST_TAG)
    opening = _OPENING.search(html[window:begin].rstrip())
    name = opening[1].lower() if opening else ""
    if opening:
        begin = window + opening.start()
    if name and name not in {"br", "hr"}:
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(html, end)
        return begin, closing.end() if closing else len(html)
    block = _BLOCK.search(html, end)
    return begin, block.start() if block else len(html)


def join_html(html: str, paragraph: str) -> str:
    """Own HTML with the paragraph (a text) as its last block."""
    if not paragraph:
        return html
    lines = (html_library.escape(line, quote=False) for line in paragraph.split("\n"))
    block = f"<p>{'<br>'.join(lines)}</p>"
    ends = list(_BODY_END.finditer(html))
    place = ends[-1].start() if ends else len(html)
    return html[:place] + block + html[place:]
