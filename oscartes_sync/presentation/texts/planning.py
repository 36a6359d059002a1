"""What a plan and a run have to say about one thing or one binding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "category-unknown": Text(
        msg("The category “{category}” is not in the form's list: it stays in Nextcloud only."),
        msg("Add it to the list in the wiki, or rename the category in Nextcloud."),
    ),
    "derived-dates-edited": Text(
        msg(
            "The dates of this entry show the next date of a repeated event: their edit in the "
            "wiki is not carried to the calendar."
        ),
        msg("Change the dates of the series in the calendar."),
    ),
    "position-doubtful": Text(
        msg("The place changed but the position on the map did not: it may be wrong."),
        msg("Check the point on the map of this entry."),
    ),
    "guests-not-told": Text(
        msg("The time of an event with guests was changed from the wiki: guests were not told."),
        msg("Tell them, or send the invitation again from the calendar."),
    ),
    "left-on-wiki": Text(
        msg("Changes made in the wiki ({fields}) stay there: this binding writes the wiki only."),
        msg('Make the change in Nextcloud, or set direction = "both".'),
    ),
    "left-on-cloud": Text(
        msg("Changes made in Nextcloud ({fields}) stay there: this binding writes Nextcloud only."),
        msg('Make the change in the wiki, or set direction = "both".'),
    ),
    "series-edited-in-cloud": Text(
        msg(
            "A repeated event of the wiki was changed in the calendar ({fields}): it waits for "
            "you, since the wiki would lose what members changed on single dates, could show dates "
            "that are closed, or has no such rule."
        ),
        msg("Look at it with “oscartes conflicts”, and settle it with “oscartes resolve”."),
    ),
    "first-date-stays": Text(
        msg(
            "What was changed in the calendar on the first date of a repeated event alone stays "
            "there: in the wiki that date is the whole series."
        ),
        msg("Change the whole series, or begin it on the next date."),
    ),
    "absence-unsure": Text(
        msg("It was missing from the list, and no look could confirm that: nothing was deleted."),
        msg("Nothing to do now; if this stays at the next runs, run “oscartes doctor”."),
    ),
    "moved-elsewhere": Text(
        msg(
            "It was moved to another of our calendars or address books: its copy is left as it is."
        ),
        msg("Move it back, or delete the copy."),
    ),
    "edit-beats-delete": Text(
        msg("It was deleted on one side and edited on the other: the edit wins, it is made again."),
        msg("If it was to go, delete it on both sides."),
    ),
    "deletion-not-ours": Text(
        msg("It was deleted in Nextcloud, but the entry belongs to {owner}."),
        msg("Ask {owner} or an administrator of the wiki to delete the entry."),
    ),
    "withdrawal-not-ours": Text(
        msg(
            "The original is no longer public, but its entry belongs to {owner}: it is still there."
        ),
        msg("Ask {owner} or an administrator of the wiki to delete or hide the entry."),
    ),
    "copy-hidden": Text(
        msg("The copy was hidden on its side: the link stays, and nothing is written there."),
        msg("Make the copy public again to let changes through."),
    ),
    "side-read-only": Text(
        msg("Nothing may be written on this side ({side})."),
        msg("Give the bot's account the right to write, or set a one-way direction."),
    ),
    "orphan-copy": Text(
        msg("It is a copy of the entry {tag}, which the wiki no longer shows: it is left alone."),
        msg("Delete the copy in Nextcloud, or restore the entry in the wiki."),
    ),
    "no-event-any-more": Text(
        msg(
            "It is linked, and is no event or contact any more that could be mirrored: its copy "
            "is left as it is."
        ),
        msg("Make it again what it was, or delete it."),
    ),
    "duplicate-copy": Text(
        msg("It is a second copy of something that is linked already: it is left alone."),
        msg("Delete the copy that is not wanted."),
    ),
    "too-many-deletions": Text(
        msg(
            "{count} deletions or withdrawals for {links} links are more than max_delete allows: "
            "none was done."
        ),
        msg("Check both sides; if they are meant, run again with --max-delete {count}."),
    ),
    "side-empty": Text(
        msg("This side ({side}) holds nothing, though there are {links} links: none was deleted."),
        msg(
            "Check the form, the collection and the key; if it was emptied on purpose, run again "
            "with --allow-empty."
        ),
    ),
    "stale-operation": Text(
        msg("It changed since the plan was made: the operation was refused."),
        msg("Make a new plan."),
    ),
    "creation-stopped": Text(
        msg(
            "The wiki gives new entries other readers than they should have: this run creates no "
            "more of them."
        ),
        msg("Correct the right that the message about the entry names; “oscartes doctor” helps."),
    ),
    "writing-too-slow": Text(
        msg("An hour of writing was not enough: {left} changes are left on this side ({side})."),
        msg("Nothing to do: the next run goes on. If this comes back, that server is too slow."),
    ),
    "not-in-where": Text(
        msg("An entry made of it would not satisfy “where”: it is not created."),
        msg("Set the missing values under [bindings.defaults], or change “where”."),
    ),
    "unknown-binding": Text(
        msg("There is no binding “{name}”."),
        msg("Choose among: {known}."),
    ),
    "no-bindings": Text(
        msg("The configuration ties no form to a calendar or an address book yet."),
        msg("Add a [[bindings]] table to {path}; “oscartes forms” shows what can be tied."),
    ),
    "plan-file-unreadable": Text(
        msg("The saved plan {path} cannot be read."),
        msg("Make a new one with “oscartes plan --out FILE”."),
    ),
    "plan-file-stale-config": Text(
        msg("The saved plan {path} was made for other bindings than those configured now."),
        msg("Make a new one with “oscartes plan --out FILE”."),
    ),
    "plan-file-unwritable": Text(
        msg("The plan cannot be written to {path}."),
        msg("Choose a file that you may write."),
    ),
}
