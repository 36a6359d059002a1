"""What the mapping tells of forms and of the fields of their entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "default-property-unknown": Text(
        msg("The form {form} has no field “{property}”, which [bindings.defaults] names."),
        msg("Choose among: {properties}."),
    ),
    "field-name-unknown": Text(
        msg("“{field}” under [bindings.fields] is no field of what this binding mirrors."),
        msg("Choose among: {fields}."),
    ),
    "field-property-unknown": Text(
        msg(
            "The form {form} has no field “{property}”, which [bindings.fields] names for {field}."
        ),
        msg("Choose among: {properties}."),
    ),
    "field-wrong-type": Text(
        msg("The field “{property}” of the form {form} cannot hold {field}."),
        msg("Choose among: {properties}."),
    ),
    "field-not-public": Text(
        msg(
            "The field “{property}” of the form {form} is not readable by all: it cannot be "
            "mirrored."
        ),
        msg("Open its read right in the form, or leave {field} out of [bindings.fields]."),
    ),
    "form-without-link": Text(
        msg("The form {form} has no field for a link, in which a document's address could stand."),
        msg("Add a field of the type “lien internet” to it, or name one: fields = {{ link = … }}."),
    ),
    "form-without-files": Text(
        msg("The form {form} has no field for files that everybody may read."),
        msg("Add a field of the type “fichier” to it, or name one: fields = {{ files = … }}."),
    ),
    "form-without-title": Text(
        msg("The form {form} has no title that everybody may read."),
        msg("Bind another form, or open the read right of its title."),
    ),
    "form-without-dates": Text(
        msg("The form {form} has no dates of beginning and end: it holds no events."),
        msg("Bind another form (“oscartes forms” lists them), or add both dates to it."),
    ),
    "mapping-ambiguous": Text(
        msg(
            "Several fields of the form could be “{field_name}”: {property} was taken, "
            "rather than {others}."
        ),
        msg("Set {field} under [bindings.fields] if that is wrong."),
    ),
    "where-property-unknown": Text(
        msg("“where” asks for {property}, which the form {form} lacks."),
        msg("Choose among: {properties}."),
    ),
    "where-unreadable": Text(
        msg("“where” is not a query that Bazar understands."),
        msg('Write for instance where = "property=value|other!=value".'),
    ),
    "required-empty": Text(
        msg("The form requires “{property}”, for which Nextcloud has nothing."),
        msg("Set {property} under [bindings.defaults]."),
    ),
    "field-not-ours": Text(
        msg(
            "The field “{property}” may not be written by our account: it stays as it is in "
            "the wiki."
        ),
        msg("Give our account the right to write this field, or change it in the wiki."),
    ),
    "text-too-long": Text(
        msg("The text is longer than the field “{property}” allows ({limit} characters)."),
        msg("Shorten it in Nextcloud, or raise the limit in the form."),
    ),
    "attachment-one-way": Text(
        msg(
            "A change of “{field_name}” in Nextcloud stays there: it goes from the wiki to "
            "Nextcloud only."
        ),
        msg("Make the change in the wiki."),
    ),
    "title-automatic": Text(
        msg("The wiki makes the titles of this form itself: the new title stays in Nextcloud."),
        msg("Change, in the wiki, the fields of which the title is made."),
    ),
    "place-not-split": Text(
        msg(
            "The new place could not be split into the form's fields: all of it went into "
            "the first."
        ),
        msg("Put the address, the postcode and the town into their fields in the wiki."),
    ),
    "category-crowded": Text(
        msg("The form takes one choice only: the category “{category}” stays in Nextcloud."),
        msg("Keep one category per list in Nextcloud."),
    ),
    "organizer-ambiguous": Text(
        msg(
            "Several entries of the directory bear the organiser's name: none was chosen "
            "({property})."
        ),
        msg("Choose the organiser in the wiki."),
    ),
    "organizer-unknown": Text(
        msg("No entry of the directory bears the organiser's name ({property})."),
        msg("Add the organiser to the directory, or choose another."),
    ),
    "no-long-text": Text(
        msg("The form has no long text: the description stays in the calendar."),
        msg("Add a long text to the form."),
    ),
    "field-unreadable": Text(
        msg("The value of the field “{property}” cannot be read: it is left alone."),
        msg("Open the entry in the wiki and save it again."),
    ),
    "choice-unknown": Text(
        msg("The field “{property}” holds a choice that its list does not know."),
        msg("Choose again in the entry, or put the choice back into the list."),
    ),
    "linked-entry-unknown": Text(
        msg("The field “{property}” points to an entry that is not there or not public."),
        msg("Choose another one in the entry."),
    ),
    "repetition-other-kind": Text(
        msg("A repetition has days where the series has hours, or the reverse: it is left out."),
        msg("Correct the times of this repetition in the wiki."),
    ),
    "repetition-differs": Text(
        msg(
            "This repetition differs from its series in what a calendar cannot hold for one "
            "date: only part of it is shown there."
        ),
        msg("Nothing to do, if the wiki is what counts."),
    ),
}
