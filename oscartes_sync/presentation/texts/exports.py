"""What stands in the way of publishing a view as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "config-bad-licence": Text(
        msg("{path}, line {line}: “{key}” is no licence that OSCARTES knows."),
        msg("Give the address of its terms, or one of: {known}."),
    ),
    "config-view-wiki": Text(
        msg("{path}, line {line}: there are several wikis, and this view names none."),
        msg('Add wiki = "…" to it, one of: {known}.'),
    ),
    "view-unknown": Text(
        msg("There is no view “{name}”."),
        msg("Choose one of: {known}."),
    ),
    "no-views": Text(
        msg("{path} declares no view."),
        msg("Add a table [views.NAME] with form and licence to it."),
    ),
    "view-field-unknown": Text(
        msg("The view “{view}” asks for the field “{field}”, which its records do not have."),
        msg("Choose in “fields” among: {known}."),
    ),
    "export-format-missing": Text(
        msg("No format was asked for."),
        msg("Add --format, one of: {known}."),
    ),
    "export-format-unknown": Text(
        msg("OSCARTES knows no format “{format}”."),
        msg("Choose one of: {known}."),
    ),
    "export-format-not-for-kind": Text(
        msg("The format “{format}” has no place for the records of this view ({kind})."),
        msg("Choose one of: {known}."),
    ),
    "export-several-shown": Text(
        msg("Only one format can be shown on the screen."),
        msg("Add --out with a folder, or ask for one format."),
    ),
    "export-several-in-file": Text(
        msg("{path} is a file, and several formats were asked for."),
        msg("Give a folder after --out."),
    ),
    "export-json-shown": Text(
        msg("With --json, the screen is for the summary, not for the file itself."),
        msg("Add --out with a file or a folder."),
    ),
    "export-empty": Text(
        msg(
            "The view “{view}” is empty now, and {path} is not: a right that was lost would look "
            "just the same. Nothing was written."
        ),
        msg(
            "Look at the form as a visitor without an account; if nothing is meant to be there, "
            "run the command again with --allow-empty."
        ),
    ),
    "export-listing-malformed": Text(
        msg(
            "Part of the list of the form {form} cannot be read: only what could be read was "
            "published."
        ),
        msg("Look for damaged entries of that form in the wiki."),
    ),
    "export-unreadable": Text(
        msg("{path} cannot be read, so it was not replaced."),
        msg("Choose a file that you may read and write."),
    ),
    "export-unwritable": Text(
        msg("{path} cannot be written."),
        msg("Choose a folder that is there and that you may write in."),
    ),
}
