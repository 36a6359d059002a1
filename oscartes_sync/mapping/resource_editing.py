"""Record fields put into a VEVENT, line by line.

One writer a field serves new resources, patches and single dates alike: each leaves a line alone
that already says what is wanted, changes it in place keeping its parameters, or adds one ahead of
the alarms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from oscartes_sync.mapping import resource_fields as fields
from oscartes_sync.mapping.content_lines import (
    Component,
    Line,
    escape,
    param_text,
    split_list,
)
from oscartes_sync.mapping.derived import join_html, join_text, paragraph
from oscartes_sync.mapping.resource_times import Style, duration, written
from oscartes_sync.mapping.says import SAYS
from oscartes_sync.mapping.zones import Zone
from oscartes_sync.records.event import Attachment, Event, RichText, Visibility, When
from oscartes_sync.records.identity import origin_of
from oscartes_sync.records.occurrences import elapsed

_NO_URI: Final = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Pen:
    """What writers need to know besides the record."""

    uid: str
    language: str
    network: Zone
    style: Style

    @property
    def ours(self) -> bool:
        """Whether the event was born in a wiki."""
        return origin_of(self.uid) is not None


def put(
    component: Component,
    name: str,
    value: str | None,
    params: Mapping[str, str | None] | None = None,
    line: Line | None = None,
) -> None:
    """Give the property this value (as written), None takes it away.

    `line` is the one to change where it is not simply the first of that name.
    """
    line = line or component.first(name)
    if line is None:
        if value is not None:
            add(component, name, value, params or {})
    elif value is None:
        line.gone = True
    elif line.value != value or any(line.params.get(n) != v for n, v in (params or {}).items()):
        line.rewrite(value, params)


def add(component: Component, name: str, value: str, params: Mapping[str, str | None]) -> None:
    """A new line ahead of the alarms."""
    head = "".join(f";{n}={param_text(v)}" for n, v in params.items() if v is not None)
    component.anchor.after.append(f"{name}{head}:{value}")


def uri(text: str) -> str:
    """A URL as a URI value: nothing in it may end the line."""
    return _NO_URI.sub("", text).strip().replace(" ", "%20")


# ------------------------------------------------------------------------ one writer a field


def put_title(component: Component, event: Event, _pen: Pen) -> None:
    """SUMMARY."""
    put(component, "SUMMARY", escape(event.title))


def put_place(component: Component, event: Event, _pen: Pen) -> None:
    """LOCATION."""
    put(component, "LOCATION", escape(event.place) if event.place else None)


def put_position(component: Component, event: Event, _pen: Pen) -> None:
    """GEO."""
    here = event.position
    put(component, "GEO", f"{here.latitude:.6f};{here.longitude:.6f}" if here else None)


def put_status(component: Component, event: Event, _pen: Pen) -> None:
    """STATUS."""
    put(component, "STATUS", event.status.value)


def put_visibility(component: Component, event: Event, _pen: Pen) -> None:
    """CLASS."""
    if event.visibility is not Visibility.PUBLIC or component.first("CLASS"):
        put(component, "CLASS", event.visibility.value)


def put_description(component: Component, event: Event, pen: Pen) -> None:
    """DESCRIPTION and X-ALT-DESC, each with the derived paragraph."""
    derived = paragraph(event, SAYS, pen.language, zone=pen.network.name)
    write_description(component, event.description, derived)


def write_description(component: Component, own: RichText, derived: str) -> None:
    """Own text and a paragraph; the HTML remembers which text it belongs to."""
    text = join_text(own.text, derived)
    line = component.first("DESCRIPTION")
    # An alternate representation of the old text would be read as if it were the new one's.
    stale = {"ALTREP": None} if line and "ALTREP" in line.params else None
    put(component, "DESCRIPTION", escape(text) if text else None, stale)
    html = escape(join_html(own.html, derived)) if own.html else None
    marks = {"FMTTYPE": "text/html", fields.TEXT: fields.text_digest(own.text)}
    found = fields.alternative(component)
    if html is not None and found is None:
        add(component, "X-ALT-DESC", html, marks)
    elif found is not None:
        put(component, "X-ALT-DESC", html, marks, found)


def put_organizer(component: Component, event: Event, _pen: Pen) -> None:
    """X-OSCARTES-ORGANIZER, never ORGANIZER, which would have Nextcloud send invitations."""
    put(component, fields.ORGANIZER, escape(event.organizer) if event.organizer else None)


def put_categories(component: Component, event: Event, _pen: Pen) -> None:
    """CATEGORIES: names that are wanted stay where and as they are."""
    missing = dict.fromkeys(event.categories)
    lines = component.each("CATEGORIES")
    rest: list[tuple[Line, list[str]]] = []
    for line in lines:
        pieces = list(zip(split_list(line.value), fields.category_names(line), strict=True))
        kept = [piece for piece, name in pieces if name in event.categories]
        for _, name in pieces:
            missing.pop(name, None)
        if len(kept) < len(pieces):
            rest.append((line, kept))
    changed = {id(line): kept for line, kept in rest}
    last = lines[-1] if lines else None
    for line in lines:
        kept = changed.get(id(line), split_list(line.value))
        wanted = [*kept, *map(escape, missing)] if line is last else kept
        put(component, "CATEGORIES", ",".join(wanted) if wanted else None, None, line)
    if missing and last is None:
        add(component, "CATEGORIES", ",".join(map(escape, missing)), {})


def put_link(component: Component, event: Event, pen: Pen) -> None:
    """The event's own link: a marked ATTACH, since URL is the entry's page or the author's own.

    An event that has only its author's URL keeps its link there.
    """
    line = fields.link_line(component)
    url = None if pen.ours else component.first("URL")
    wanted = uri(event.link)
    if not pen.ours and url is None and line is None:
        put(component, "URL", wanted or None)
    elif not wanted or (url and url.value.strip() == wanted):
        if line:
            line.gone = True
    else:
        name = dict(event.properties).get("link") or (fields.field_of(line) if line else "link")
        _attach(component, "ATTACH", line, wanted, {fields.FIELD: name})


def put_page(component: Component, event: Event, pen: Pen) -> None:
    """URL of a wiki-born event: the entry's page."""
    if pen.ours and event.page:
        put(component, "URL", uri(event.page))


def put_image(component: Component, event: Event, _pen: Pen) -> None:
    """IMAGE (RFC 7986), marked as ours."""
    line = fields.image_line(component)
    if not event.image:
        if line:
            line.gone = True
        return
    name = dict(event.properties).get("image") or (fields.field_of(line) if line else "image")
    params: dict[str, str | None] = {"VALUE": "URI", fields.FIELD: name}
    _attach(component, "IMAGE", line, uri(event.image), params)


def put_files(component: Component, event: Event, _pen: Pen) -> None:
    """ATTACHes marked as ours; others are their author's."""
    missing = dict.fromkeys(
        Attachment(uri(each.url), each.field) for each in event.files if each.field
    )
    for line in fields.file_lines(component):
        here = Attachment(line.value.strip(), fields.field_of(line))
        if here in missing:
            del missing[here]
        else:
            line.gone = True
    for each in missing:
        add(component, "ATTACH", each.url, {fields.FIELD: each.field})


def _attach(
    component: Component,
    name: str,
    line: Line | None,
    value: str,
    params: Mapping[str, str | None],
) -> None:
    if line is None:
        add(component, name, value, params)
    else:
        put(component, name, value, params, line)


# ------------------------------------------------------------------------------------- times


def put_when(component: Component, name: str, when: When, style: Style, *, hands: bool) -> None:
    """One date property, left alone where it reads so already."""
    params, value = written(when, style, hands=hands)
    line = component.first(name)
    if line is None or (line.value, line.params.get("TZID")) != (value, params["TZID"]):
        put(component, name, value, params)


def put_span(
    component: Component,
    event: Event,
    style: Style,
    *,
    hands: bool = False,
    before: tuple[When, When] | None = None,
) -> None:
    """DTSTART and DTEND; `before` is what they say now, for a component that has them.

    An instant's end that equals its start is not written. A DURATION stays while it is right.
    """
    put_when(component, "DTSTART", event.start, style, hands=hands)
    length = elapsed(event.start, event.end) + timedelta(days=1 if event.all_day else 0)
    if before is not None and _ends_so(component, event, length, before):
        return
    put(component, "DURATION", None)
    if event.all_day:
        put_when(component, "DTEND", event.end + timedelta(days=1), style, hands=False)
    elif length:
        put_when(component, "DTEND", event.end, style, hands=False)
    else:
        put(component, "DTEND", None)


def _ends_so(
    component: Component, event: Event, length: timedelta, before: tuple[When, When]
) -> bool:
    """Whether the end that is there, said or implied, will be right as it is."""
    if component.first("DTEND"):
        same_kind = isinstance(before[1], datetime) != event.all_day
        return same_kind and before[1] == event.end
    if line := component.first("DURATION"):
        return duration(line.value) == length
    return event.end == event.start


Writer = Callable[[Component, Event, Pen], None]

WRITERS: Final[Mapping[str, Writer]] = {
    "title": put_title,
    "description": put_description,
    "place": put_place,
    "position": put_position,
    "page": put_page,
    "link": put_link,
    "categories": put_categories,
    "status": put_status,
    "visibility": put_visibility,
    "image": put_image,
    "files": put_files,
    "organizer": put_organizer,
}
"""All fields but dates, in the order in which a new event shows them."""


def texts(component: Component) -> list[str]:
    """The content lines of a component as they now are, BEGIN and END left out."""
    found = list(component.begin.after)
    for line in component.inner:
        if not line.gone:
            found.append(line.new if line.new is not None else f"{line.name}{line.rest}")
        found.extend(line.after)
    return found
