"""What stands in the way of a table that comes back; Problems of rows begin with their line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "import-form-missing": Text(
        msg("No form was named."),
        msg("Add --form with its number; “oscartes forms” lists them."),
    ),
    "import-bad-form": Text(
        msg("“{form}” is no number of a form."),
        msg("Give the number that “oscartes forms” shows."),
    ),
    "import-which-wiki": Text(
        msg("There are several wikis, and none was named."),
        msg("Add --wiki, one of: {known}."),
    ),
    "import-unknown-wiki": Text(
        msg("The configuration has no wiki “{name}”."),
        msg("Choose one of: {known}."),
    ),
    "import-which-view": Text(
        msg("Several views show form {form}, and not from the same fields: {known}."),
        msg("Add --view with the name of the one that the table was exported from."),
    ),
    "import-view-of-other-form": Text(
        msg("The view “{name}” does not show form {form}."),
        msg("Name the view that the table was exported from, and its form."),
    ),
    "import-other-form": Text(
        msg("None of the {rows} rows with an id_fiche names an entry of form {form}."),
        msg("Check the file, --form and --wiki."),
    ),
    "import-unreadable": Text(
        msg("{path} cannot be read."),
        msg("Check the name of the file, and that you may read it."),
    ),
    "import-too-large": Text(
        msg("{path} is larger than {limit} MB."),
        msg("Cut the table into several files, each with the first line."),
    ),
    "import-spreadsheet-file": Text(
        msg("The file is a document of a spreadsheet program, not a CSV table."),
        msg("Open it there and save it as CSV (“Save as”, “Text CSV”)."),
    ),
    "import-not-text": Text(
        msg("The file is no text that can be read."),
        msg("Save the table as CSV with the character set UTF-8."),
    ),
    "import-encoding": Text(
        msg("The table is not in UTF-8; it was read as Windows-1252."),
        msg("Check accented letters in what is shown, or save the table as CSV in UTF-8."),
    ),
    "import-no-key": Text(
        msg("The first line of the table names no column “{key}”."),
        msg("Start from a table that “oscartes export --format csv” or xlsx-csv has made."),
    ),
    "import-column-twice": Text(
        msg("Two columns of the table have the name “{name}”."),
        msg("Keep one of them."),
    ),
    "import-malformed": Text(
        msg("The table cannot be read from line {line} on: a quote is out of place."),
        msg("Check that the file is whole, or save it again as CSV."),
    ),
    "import-no-rows": Text(
        msg("The table has no rows."),
        msg("Check that it is the right file."),
    ),
    "import-row-shape": Text(
        msg("it has {cells} cells where the head has {columns}, so it was left out."),
        msg("Put every value under its column; check that the file was not cut off."),
    ),
    "import-unknown-column": Text(
        msg("The column “{name}” means nothing here and was not read."),
        msg("Use the names of an exported table."),
    ),
    "import-without-dates": Text(
        msg(
            "The table has lost its column “updated”: what was edited in the wiki since it was "
            "made cannot be told from what was edited in the table."
        ),
        msg("Look at each change that is shown, or start again from a new export."),
    ),
    "import-row-twice": Text(
        msg("another row bears the same id_fiche, so neither was used."),
        msg("Keep one of them."),
    ),
    "import-same-row": Text(
        msg("it says the same as line {other}, so one entry is made for both."),
        msg("Take one of them out, or tell them apart."),
    ),
    "import-name-exists": Text(
        msg("an entry or an earlier line has its name already ({other}), so none was made."),
        msg("To change that entry, put its id_fiche into the row; else make the names differ."),
    ),
    "import-forgotten": Text(
        msg("what it is about was forgotten (“oscartes forget”), so it was left out."),
        msg("Take the row out."),
    ),
    "import-made-before": Text(
        msg("its entry was made by an earlier import, and was left as it is."),
        msg("To change it, export the table anew and edit the row that has its id_fiche."),
    ),
    "import-entry-gone": Text(
        msg("the entry of its id_fiche is not in the wiki any more; it was not made again."),
        msg("Take the row out; to make a new entry, empty its id_fiche."),
    ),
    "import-entry-hidden": Text(
        msg("the entry of its id_fiche is not open to everybody, so it was left alone."),
        msg("Edit it in the wiki."),
    ),
    "import-entry-elsewhere": Text(
        msg("its id_fiche is no entry of this form that everybody may read."),
        msg("Check the number of the form, and the id_fiche."),
    ),
    "import-entry-spelling": Text(
        msg("its id_fiche is spelt otherwise than that of the entry {other}; it was left out."),
        msg("Write the id_fiche with the same capitals."),
    ),
    "import-entry-unreadable": Text(
        msg("its entry cannot be read as a record, so it was left alone."),
        msg("Mend the entry in the wiki first; “oscartes plan” says what it lacks."),
    ),
    "import-entry-moved": Text(
        msg(
            "its entry was edited in the wiki since the table was made, and what it said then "
            "cannot be read any more: the row was left out."
        ),
        msg("Export the table anew and make the change there."),
    ),
    "import-overtaken": Text(
        msg("the wiki was edited since the table was made, and keeps its own: {fields}."),
        msg("Where the table is right, export it anew and make the change there."),
    ),
    "import-bad-cell": Text(
        msg("its cell for “{field_name}” cannot be read, so the row was left out."),
        msg("Write it as an exported table does."),
    ),
    "import-series": Text(
        msg("the dates of a series are not changed by a table, so the row was left out."),
        msg("Change them in the wiki."),
    ),
    "import-no-place": Text(
        msg("the entry cannot hold “{value}” as “{field_name}”."),
        msg(
            "Choose values that the form's lists know, or a field that the form has and we may "
            "write."
        ),
    ),
    "import-read-only": Text(
        msg("a table cannot change {fields}: the cell was not read."),
        msg("Change it in the wiki."),
    ),
    "import-required": Text(
        msg("the form requires “{property}”, which the row would leave empty; it was left out."),
        msg(
            "Fill the column that stands for it; for new rows, a value under [bindings.defaults] "
            "of a binding of this form will do, too."
        ),
    ),
    "import-no-name": Text(
        msg("a new row has no name, so it was left out."),
        msg("Give it one."),
    ),
    "import-no-start": Text(
        msg("a new event has no beginning, so it was left out."),
        msg("Give it one, such as 2027-03-14 or 2027-03-14T20:00."),
    ),
    "import-emptied": Text(
        msg(
            "{count} of {rows} rows empty cells of their entries, which is more than may be at "
            "once: no cell was emptied."
        ),
        msg("If that is meant, run the command again with --max-delete {count}."),
    ),
    "import-renamed": Text(
        msg(
            "{count} of {rows} rows give their entries other names, which is more than may be at "
            "once, as when one column was sorted by itself: no entry was renamed."
        ),
        msg("If that is meant, run the command again with --max-delete {count}."),
    ),
}
