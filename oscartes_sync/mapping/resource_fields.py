"""Single fields of a VEVENT, read into the record's shapes."""

from __future__ import annotations

import urllib.parse
from typing import Final

from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.addresses import runs
from oscartes_sync.mapping.bounds import check_html
from oscartes_sync.mapping.content_lines import Component, Line, split_list, unescape
from oscartes_sync.mapping.derived import split_html, split_text
from oscartes_sync.mapping.markup import plain, same_words
from oscartes_sync.records.event import Attachment, Position, RichText, Status, Visibility
from oscartes_sync.records.fingerprint import digest

FIELD: Final = "X-OSCARTES-FIELD"
"""Parameter of ATTACH and IMAGE: the form's property that holds the URL."""

TEXT: Final = "X-OSCARTES-TEXT"
"""Parameter of X-ALT-DESC: a digest of the DESCRIPTION it was written with."""

ORGANIZER: Final = "X-OSCARTES-ORGANIZER"
HINT: Final = "X-OSCARTES-ENTRY"

_FILES: Final = "fichier"  # what the names of Bazar's file properties begin with (reference, 3)
_THUNDERBIRD: Final = "data:text/html,"


def title(component: Component) -> str:
    """SUMMARY on one line, "" where there is none."""
    return one_line(component.text("SUMMARY"))


def one_line(text: str) -> str:
    """Without breaks and blanks at the ends."""
    return " ".join(filter(None, (line.strip() for line in text.split("\n"))))


def place(component: Component) -> str:
    """LOCATION on one line: Apple's programs put name and address on two."""
    lines = [line.strip() for line in component.text("LOCATION").split("\n")]
    *above, last = [line for line in lines if line] or [""]
    return ", ".join([*(line.rstrip(",") for line in above), last])


def description(component: Component) -> tuple[RichText, str]:
    """The member's own text and HTML, and the derived paragraph that was found.

    HTML that a program left behind when it changed the text is not the description any more.

    Raises:
        RecordError: `too-large`.
    """
    text, found = split_text(component.text("DESCRIPTION"))
    text = text.strip()
    for markup, written_with in _markups(component):
        check_html(markup)
        own, found_here = split_html(markup)
        if component.first("DESCRIPTION") is None and not written_with:
            return RichText(plain(own), own), found_here
        if written_with == text_digest(text) or same_words(own, text):
            return RichText(text, own), found
    return RichText(text), found


def text_digest(text: str) -> str:
    """What `TEXT` holds for a description of this own text."""
    return digest(text, 12)


def _markups(component: Component) -> list[tuple[str, str]]:
    """The HTML forms of the description, each with the digest it was written with."""
    found = []
    if line := alternative(component):
        found.append((unescape(line.value), line.params.get(TEXT, "")))
    text = component.first("DESCRIPTION")
    altrep = text.params.get("ALTREP", "") if text else ""
    if altrep[: len(_THUNDERBIRD)].lower() == _THUNDERBIRD:
        found.append((urllib.parse.unquote(altrep[len(_THUNDERBIRD) :]), ""))
    return found


def alternative(component: Component) -> Line | None:
    """The X-ALT-DESC that is HTML."""
    lines = component.each("X-ALT-DESC")
    return next(
        (line for line in lines if line.params.get("FMTTYPE", "").lower() == "text/html"), None
    )


def position(component: Component) -> Position | None:
    """GEO, None where there is none or it is nowhere on Earth."""
    line = component.first("GEO")
    if line is None:
        return None
    latitude, _, longitude = unescape(line.value).replace(",", ";").partition(";")
    try:
        return Position(float(latitude), float(longitude))
    except (ValueError, RecordError):
        return None


def categories(component: Component) -> tuple[str, ...]:
    """All CATEGORIES."""
    found = {name for line in component.each("CATEGORIES") for name in category_names(line)}
    return tuple(sorted(found - {""}))


def category_names(line: Line) -> list[str]:
    """The names on one CATEGORIES line."""
    return [one_line(unescape(piece)) for piece in split_list(line.value)]


def status(component: Component) -> Status:
    """STATUS; what is not said, or not one of an event's, is CONFIRMED."""
    text = component.text("STATUS").strip().upper()
    return Status(text) if text in Status.__members__ else Status.CONFIRMED


def visibility(component: Component) -> Visibility:
    """CLASS; one that is not known is PRIVATE (RFC 5545, 3.8.1.3)."""
    text = component.text("CLASS").strip().upper()
    if not text:
        return Visibility.PUBLIC
    return Visibility(text) if text in Visibility.__members__ else Visibility.PRIVATE


def link_line(component: Component) -> Line | None:
    """The ATTACH that holds the event's own link."""
    marked = (line for line in component.each("ATTACH") if field_of(line))
    return next((line for line in marked if not _is_file(line)), None)


def file_lines(component: Component) -> list[Line]:
    """The ATTACHes that hold files of the form."""
    return [line for line in component.each("ATTACH") if _is_file(line)]


def image_line(component: Component) -> Line | None:
    """The IMAGE (RFC 7986) that holds the form's image."""
    return next((line for line in component.each("IMAGE") if field_of(line)), None)


def field_of(line: Line) -> str:
    """The property named by `FIELD`, "" where the line is none of ours."""
    return line.params.get(FIELD, "")


def _is_file(line: Line) -> bool:
    return field_of(line).startswith(_FILES)


def organizer(component: Component) -> str:
    """X-OSCARTES-ORGANIZER."""
    return one_line(component.text(ORGANIZER))


def image(component: Component) -> str:
    """The URL of the form's image, "" where there is none."""
    line = image_line(component)
    return line.value.strip() if line else ""


def files(component: Component) -> tuple[Attachment, ...]:
    """The files of the form."""
    return tuple(Attachment(line.value.strip(), field_of(line)) for line in file_lines(component))


def link(component: Component, *, ours: bool) -> str:
    """The event's own link: a marked ATTACH; for a cloud-born event else its URL."""
    found = stated_link(component, ours=ours)
    return "" if runs(found) else found


def stated_link(component: Component, *, ours: bool) -> str:
    """`link`, whatever it may do to whoever follows it."""
    if line := link_line(component):
        return line.value.strip()
    line = None if ours else component.first("URL")
    return line.value.strip() if line else ""


def properties(component: Component) -> tuple[tuple[str, str], ...]:
    """Which properties hold link and image, as far as the resource says."""
    lines = (("image", image_line(component)), ("link", link_line(component)))
    return tuple((name, field_of(line)) for name, line in lines if line)
