"""Why something makes no event, or a lesser one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "no-title": Text(
        msg("It has no title."),
        msg("Give it one."),
    ),
    "entry-without-title": Text(
        msg("The entry has no title."),
        msg("Give it one in the wiki."),
    ),
    "entry-without-date": Text(
        msg("The entry has no date of beginning."),
        msg("Give it a date of beginning in the wiki."),
    ),
    "date-unreadable": Text(
        msg("A date of the entry cannot be read."),
        msg("Enter it again in the wiki."),
    ),
    "day-and-time-mixed": Text(
        msg("One of its two dates has a time of day, the other none."),
        msg("Give a time of day to both, or to neither."),
    ),
    "end-before-start": Text(
        msg("It ends before it begins."),
        msg("Correct its dates."),
    ),
    "position-off-earth": Text(
        msg("Its position is not on Earth."),
        msg("Correct the point on the map."),
    ),
    "floating-time": Text(
        msg("A time of day says no time zone."),
        msg("Enter the time again."),
    ),
    "bad-rule": Text(
        msg("Its rule of repetition cannot be understood ({part})."),
        msg("Set the repetition anew."),
    ),
    "bad-date": Text(
        msg("One of its dates cannot be read."),
        msg("Correct its dates."),
    ),
    "date-out-of-range": Text(
        msg("One of its dates is out of all range (year {year})."),
        msg("Correct its dates."),
    ),
    "no-start": Text(
        msg("It has no beginning."),
        msg("Give it one in the calendar."),
    ),
    "too-large": Text(
        msg("It is too large to be mirrored."),
        msg("Shorten its text, or remove embedded pictures."),
    ),
    "not-icalendar": Text(
        msg("It is not iCalendar."),
        msg("Delete it, or enter it again in the calendar."),
    ),
    "two-calendars": Text(
        msg("It holds several calendars in one."),
        msg("Mend it in the calendar."),
    ),
    "no-event": Text(
        msg("It holds no event."),
        msg("Nothing to do: only events are mirrored."),
    ),
    "no-uid": Text(
        msg("It has no UID."),
        msg("Enter it again in Nextcloud."),
    ),
    "several-uids": Text(
        msg("It holds several events with UIDs of their own."),
        msg("Enter them one by one in the calendar."),
    ),
    "two-main-events": Text(
        msg("It holds the same event twice."),
        msg("Mend it in the calendar."),
    ),
    "no-main-event": Text(
        msg("It holds single dates of a series, without the series."),
        msg("Mend it in the calendar."),
    ),
    "several-rules": Text(
        msg("It has several rules of repetition."),
        msg("Keep one rule."),
    ),
    "exrule-ignored": Text(
        msg(
            "Its rule of exception (EXRULE) is not understood by calendars any more: it is "
            "left out."
        ),
        msg("Exclude the dates one by one."),
    ),
    "period-length-ignored": Text(
        msg("One of its extra dates has a length of its own, which is not carried."),
        msg("Give that date an event of its own."),
    ),
    "override-unreadable": Text(
        msg("A changed date of the series cannot be read: it is left out."),
        msg("Correct that date in the calendar."),
    ),
    "range-ignored": Text(
        msg("A change “from this date on” is taken for that date alone."),
        msg("End the series there, and begin another."),
    ),
    "date-ignored": Text(
        msg("A date of {property} cannot be read: it is left out."),
        msg("Correct that date in the calendar."),
    ),
    "zone-unknown": Text(
        msg("The time zone “{zone}” is unknown: its times are taken for the network's."),
        msg("Choose a time zone of the list in the calendar."),
    ),
    "not-utf8": Text(
        msg("Its text is not UTF-8: some letters are lost."),
        msg("Enter it again in Nextcloud."),
    ),
    "bad-position": Text(
        msg("Its position cannot be read: it is left out."),
        msg("Correct it in Nextcloud."),
    ),
    "link-unsafe": Text(
        msg("Its link is no address but a program: it is left out on the other side."),
        msg("Replace it by the address of a page, or empty it."),
    ),
    "derived-edited": Text(
        msg(
            "An edit inside the paragraph that OSCARTES keeps at the end of the description "
            "goes nowhere."
        ),
        msg("Write above that paragraph."),
    ),
    "method-in-body": Text(
        msg("It is an invitation, not an event of a calendar."),
        msg("Accept it in the calendar first."),
    ),
}
