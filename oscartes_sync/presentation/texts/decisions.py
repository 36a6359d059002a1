"""What conflicts, decisions, undoing and forgetting have to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "unknown-conflict": Text(
        msg("There is no conflict “{id}”."),
        msg("“oscartes conflicts” lists them."),
    ),
    "ambiguous-conflict": Text(
        msg("Several conflicts begin with “{id}”."),
        msg("Give more letters of its id."),
    ),
    "conflict-settled": Text(
        msg("The conflict {id} is settled already."),
        msg("“oscartes history” shows what was written; “oscartes undo” puts it back."),
    ),
    "conflict-outdated": Text(
        msg("The conflict {id} is not what it was: one of its sides has changed since."),
        msg("Run “oscartes sync”, then look again with “oscartes conflicts”."),
    ),
    "decision-about-deletion": Text(
        msg("The conflict {id} is about a deletion."),
        msg("Answer with --delete or --restore."),
    ),
    "decision-about-values": Text(
        msg("The conflict {id} is about values that both sides changed."),
        msg("Answer with --keep wiki or --keep cloud."),
    ),
    "usage-one-decision": Text(
        msg("One decision is needed."),
        msg("Give one of --keep wiki, --keep cloud, --delete and --restore."),
    ),
    "edit-withdrawn": Text(
        msg(
            "The original is not public any more, so its copy was removed, though it had been "
            "edited there ({fields})."
        ),
        msg("The edit stands in “oscartes conflicts” and “oscartes history”."),
    ),
    "unknown-run": Text(
        msg("There is no run “{run}”."),
        msg("“oscartes history” lists them."),
    ),
    "ambiguous-run": Text(
        msg("Several runs begin with “{run}”."),
        msg("Give more of its name, as “oscartes history” shows it."),
    ),
    "undo-unknown-binding": Text(
        msg("The run {run} wrote for the binding “{name}”, which the configuration has no more."),
        msg("Put the binding back into oscartes.toml, then undo."),
    ),
    "undo-outcome-unknown": Text(
        msg("The run was interrupted here, so nobody knows whether this was written: not undone."),
        msg("Look at it on both sides, and mend it by hand where needed."),
    ),
    "undo-no-image": Text(
        msg("What was there before is not kept (any more): not undone."),
        msg("Before-images are kept state.keep_days days; mend it by hand."),
    ),
    "undo-withdrawn": Text(
        msg(
            "Its original is no longer public, or no longer consents, which took this copy away: "
            "not put back."
        ),
        msg("Once the original is open again, and consents, the next run makes its copy again."),
    ),
    "undo-moved": Text(
        msg("Somebody has changed this since the run: not undone."),
        msg("Look at it on both sides, and change by hand what is wrong."),
    ),
    "undo-on-one-side": Text(
        msg("It is back, but not on the side where somebody had deleted it ({side})."),
        msg(
            "Restore it there where that side has a trash bin, or undo the deletion too; nothing "
            "deletes it again."
        ),
    ),
    "undo-without-recurrence": Text(
        msg("The entry is back without its recurrence: its repetitions would be open to all."),
        msg("Its dates came back one by one, closed; set the recurrence again on the wiki's form."),
    ),
    "undo-made-again": Text(
        msg("Another copy was made since this one was removed: this one was not put back."),
        msg("If the older one is wanted, delete the newer copy and undo again."),
    ),
    "forget-unknown": Text(
        msg("Nothing is known of “{id}”."),
        msg("Give the entry's tag, the address on the cloud, or the UID."),
    ),
    "wiki-renamed": Text(
        msg("The wiki “{names}” is at {url} now; the next sync makes the links follow."),
    ),
    "wiki-renamed-configure": Text(
        msg("The configuration still has another address for the wiki “{name}”."),
        msg('Set url = "{url}" under [wikis.{name}] before the next sync.'),
    ),
}
