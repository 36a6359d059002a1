"""What the wiki says, and what is wrong with its forms and entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "wiki-unreachable": Text(
        msg("The wiki “{wiki}” could not be reached."),
        msg("Check its address and that it is up; the next run takes up where this one stopped."),
    ),
    "wiki-certificate": Text(
        msg("The certificate of the wiki “{wiki}” is not accepted: {reason}."),
        msg(
            "Have it mended where the wiki runs; for an authority of your own, give its file as "
            "ca under [wikis.{wiki}]."
        ),
    ),
    "wiki-database-down": Text(
        msg("The wiki “{wiki}” cannot reach its database."),
        msg("Wait, or tell whoever runs the wiki; the next run goes on."),
    ),
    "wiki-hibernated": Text(
        msg("The wiki “{wiki}” is in hibernation: it takes no writes."),
        msg("Ask an administrator of the wiki to wake it up."),
    ),
    "wiki-busy": Text(
        msg("The wiki “{wiki}” refuses more requests for now."),
        msg("Wait; the next run goes on. If it lasts, run less often."),
    ),
    "wiki-unavailable": Text(
        msg("The wiki “{wiki}” is not available now."),
        msg("Try again later; if it lasts, tell whoever runs the wiki."),
    ),
    "not-a-wiki": Text(
        msg("What answers at the address of the wiki “{wiki}” is no YesWiki."),
        msg("Write what the browser shows before the “?” as url under [wikis.{wiki}]."),
    ),
    "wiki-insecure": Text(
        msg("The address of the wiki “{wiki}” is plain http: the key could be read on the way."),
        msg("Use https, or set insecure = true under [wikis.{wiki}] if you accept that."),
    ),
    "wiki-answer-unexpected": Text(
        msg("The wiki “{wiki}” gave an answer that no YesWiki gives."),
        msg("Open the wiki in a browser; if it works, report this with the wiki's version."),
    ),
    "wiki-answer-malformed": Text(
        msg("The wiki “{wiki}” gave an answer that cannot be read."),
        msg("Open the wiki in a browser; if it works, report this with the wiki's version."),
    ),
    "wiki-key-refused": Text(
        msg("The wiki “{wiki}” does not accept the API key."),
        msg(
            "Copy the key from the wiki's API page into .env ({wiki_variable}), and check user "
            "under [wikis.{wiki}]."
        ),
    ),
    "wiki-captcha": Text(
        msg("The wiki “{wiki}” asks for a captcha before an edit: we cannot write there."),
        msg(
            "Switch use_captcha off in the wiki's configuration, or put our account among "
            "the administrators."
        ),
    ),
    "wiki-session-lost": Text(
        msg("An edit was made under another name than ours on the wiki “{wiki}”."),
        msg("Look at the entry's history, and check user under [wikis.{wiki}]."),
    ),
    "wiki-forbidden": Text(
        msg("The wiki's rights do not let us do this."),
        msg("Ask an administrator of the wiki to do it, or to give our account the right."),
    ),
    "wiki-forbidden-owner": Text(
        msg("The wiki's rights do not let us do this: the entry belongs to {owner}."),
        msg("Ask {owner} or an administrator to do it, or to give our account the right."),
    ),
    "wiki-missing": Text(
        msg("It is not on the wiki “{wiki}” any more."),
        msg("Nothing to do: the next run looks again."),
    ),
    "tag-taken": Text(
        msg("A page of the wiki “{wiki}” bears the name that was meant for a new entry."),
        msg("Nothing to do: the next run takes another name."),
    ),
    "title-refused": Text(
        msg("The wiki “{wiki}” does not take this title: it makes no page name of it."),
        msg("Give the event a title with letters."),
    ),
    "edit-refused": Text(
        msg("The wiki “{wiki}” did not take the edit."),
        msg("Try the same edit in a browser: the wiki then says why."),
    ),
    "upload-refused": Text(
        msg("The wiki “{wiki}” did not keep the file, for its size or its kind."),
        msg("Choose a smaller file, or a kind that the wiki allows."),
    ),
    "write-refused": Text(
        msg("The wiki “{wiki}” refused to write this."),
        msg("Try the same in a browser: the wiki then says why."),
    ),
    "not-kept": Text(
        msg("The wiki did not keep what was written ({properties})."),
        msg("Compare the entry on both sides; a limit or a rule of the form may be the cause."),
    ),
    "wiki-outcome-unknown": Text(
        msg("The answer to a write on the wiki “{wiki}” was lost: it may have been done or not."),
        msg("Nothing to do: the next run looks before it writes."),
    ),
    "form-unreadable": Text(
        msg("A form of the wiki “{wiki}” cannot be read."),
        msg("Open it in the wiki's form editor and save it again."),
    ),
    "value-not-storable": Text(
        msg("A value cannot be stored in the wiki's form."),
        msg("Change it in the calendar."),
    ),
    "no-free-tag": Text(
        msg("No free page name was found for a new entry."),
        msg("Change the event's title a little."),
    ),
    "entry-made-before": Text(
        msg("The entry {tag} was made by an earlier run and edited since."),
        msg("Nothing to do: the next run merges the two."),
    ),
    "owner-not-set": Text(
        msg("The entry could not be given to {owner}."),
        msg("Check owner in the binding, or change the owner in the wiki."),
    ),
    "created-hidden": Text(
        msg("The entry {tag} was created, and the wiki hides it from the public."),
        msg("Open the default read right of new entries, then make this entry readable by all."),
    ),
    "created-public": Text(
        msg("The entry {tag} was begun, and everybody may read it in spite of its read right."),
        msg("Look at the wiki's rights, then run again: the entry has no text yet."),
    ),
    "created-unreadable": Text(
        msg("The entry {tag} was begun, and the read right “{read_acl}” shuts our account out."),
        msg("Add our account, or a group it is in, to read_acl in the binding, then run again."),
    ),
    "entry-unfinished": Text(
        msg("The entry {tag} was begun by a run that was interrupted, and has no text yet."),
        msg("Run again; if it stays, repeat the interrupted “oscartes undo”, or delete the entry."),
    ),
    "slipped-in": Text(
        msg(
            "The entry {tag} was edited while we wrote it, in the same fields ({properties}): "
            "{edits}, by the wiki's clock."
        ),
        msg("Nothing to do: the next run merges both; the entry's history has all of it."),
    ),
    "slipped-in-unreadable": Text(
        msg(
            "The entry {tag} was edited while we wrote it, and the wiki cannot show what was "
            "changed: {edits}, by the wiki's clock."
        ),
        msg("Ask the writer to look at the entry, and to make the change again if it is missing."),
    ),
    "slipped-in-lost": Text(
        msg(
            "The entry {tag} was edited while we wrote it, and that edit could not be put back: "
            "{edits}, by the wiki's clock."
        ),
        msg("Look at the entry's history on the wiki, and take from there what is missing."),
    ),
    "undo-incomplete": Text(
        msg(
            "The entry was made anew: its revisions, its comments and its date of creation "
            "({created}) could not come back."
        ),
        msg("Nothing can be done: the wiki keeps none of it once an entry is deleted."),
    ),
    "image-unreadable": Text(
        msg("What the journal kept of the entry {tag} cannot be read."),
        msg("Put the entry back by hand; “oscartes history” shows what it said."),
    ),
    "files-stay": Text(
        msg("Files of the erased entry stay on the wiki's server, open to everybody: {files}."),
        msg("Ask an administrator of the wiki to delete them from its folder “files”."),
    ),
    "repetitions-moved": Text(
        msg(
            "Members changed a repetition of the entry {tag} since it was read: editing the entry "
            "would lose that."
        ),
        msg("Nothing to do: the next run looks again, and asks where it has to."),
    ),
    "series-made-otherwise": Text(
        msg("The wiki made other dates of a repeated event than its rule says."),
        msg("Compare the dates of both, and correct the series where they are wrong."),
    ),
    "series-not-for-wiki": Text(
        msg("The dates of the entry {tag} follow no rule that the wiki knows."),
        msg("Simplify the rule in the calendar, or enter the series in the wiki's form."),
    ),
    "series-in-wiki": Text(
        msg(
            "The entry {tag} is part of a repeated event of the wiki: editing it would make "
            "its repetitions anew."
        ),
        msg("Make the change in the wiki's form."),
    ),
    "entry-moved": Text(
        msg("The entry {tag} was changed since it was read."),
        msg("Nothing to do: the next run merges both changes."),
    ),
    "entry-gone": Text(
        msg("The entry {tag} is not there any more."),
        msg("Nothing to do: the next run looks again."),
    ),
    "entry-hidden": Text(
        msg("The entry {tag} is not readable by all any more."),
        msg("Make it readable by all again to have it mirrored."),
    ),
    "map-hidden": Text(
        msg("The map position of the entry {tag} is hidden from us: an edit would lose it."),
        msg("Ask {owner} to make the change in the wiki."),
    ),
    "entry-broken-after": Text(
        msg("The entry {tag} cannot be read any more after it was written."),
        msg("Open it in the wiki and correct its dates."),
    ),
    "listing-malformed": Text(
        msg(
            "Part of the list of the form {form} cannot be read: nothing is concluded from "
            "what is missing in it."
        ),
        msg("Open the form's list in the wiki, and mend or delete what looks broken."),
    ),
    "repetition-orphan": Text(
        msg("This repetition has lost the entry it repeats: it is not mirrored."),
        msg("Delete it in the wiki, or enter it again as an event of its own."),
    ),
    "default-property-unknown": Text(
        msg("The form {form} has no field “{property}”, which [bindings.defaults] names."),
        msg("Choose among: {properties}."),
    ),
    "field-name-unknown": Text(
        msg("“{field}” under [bindings.fields] is not a field of an event."),
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
        msg("The form requires “{property}”, for which the calendar has nothing."),
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
        msg("Shorten it in the calendar, or raise the limit in the form."),
    ),
    "attachment-one-way": Text(
        msg(
            "A change of “{field_name}” in the calendar stays there: it goes from the wiki "
            "to the calendar only."
        ),
        msg("Make the change in the wiki."),
    ),
    "title-automatic": Text(
        msg("The wiki makes the titles of this form itself: the new title stays in the calendar."),
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
        msg("The form takes one choice only: the category “{category}” stays in the calendar."),
        msg("Keep one category per list in the calendar."),
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
    "wiki-answers": Text(
        msg("The wiki answers at {url}."),
    ),
    "key-accepted": Text(
        msg("The API key is accepted (account {user})."),
    ),
    "key-of-another": Text(
        msg("The API key is that of {user}, and the configuration says {told}."),
        msg('Write user = "{user}" under [wikis.{wiki}].'),
    ),
    "clock-unknown": Text(
        msg("The wiki does not tell its time."),
        msg("Check by hand that its clock is right."),
    ),
    "clock-differs": Text(
        msg("The wiki's clock and ours differ by {seconds} seconds."),
        msg("Set both by NTP."),
    ),
    "clock-agrees": Text(
        msg("Both clocks agree."),
    ),
    "default-rights-hide": Text(
        msg("The wiki's default read right would hide the entries that we create."),
        msg(
            "Set default_read_acl to * in the wiki's configuration, or open the form's right "
            "for new entries."
        ),
    ),
    "default-rights-open": Text(
        msg("New entries are readable by all."),
    ),
    "form-missing": Text(
        msg("The wiki “{wiki}” has no form {form}."),
        msg("Correct form in the binding; “oscartes forms” lists them."),
    ),
    "form-found": Text(
        msg("The form {form} is “{label}”."),
    ),
    "mapping-found": Text(
        msg("Its fields were recognised: {mapping}."),
    ),
    "entries-public": Text(
        msg("Its entries are readable by all."),
    ),
    "entries-readable": Text(
        msg("Our account reads its entries, those that are not public included."),
    ),
    "entries-hidden": Text(
        msg(
            "The form {form} has entries, but none that everybody may read and that the "
            "binding selects."
        ),
        msg("Open their read right, or correct where."),
    ),
    "form-empty": Text(
        msg("The form {form} has no entry yet."),
        msg("Check that it is the right form."),
    ),
    "form-hides-entries": Text(
        msg("The form {form} hides new entries from the public."),
        msg("Open the read right of new entries in the form."),
    ),
    "required-without-default": Text(
        msg("The form requires fields that no event fills: {properties}."),
        msg("Set them under [bindings.defaults]."),
    ),
    "fields-not-ours": Text(
        msg("Our account may not write these fields: {properties}."),
        msg("Give it the right, or accept that they go from the wiki to the calendar only."),
    ),
    "form-mails": Text(
        msg("The form {form} sends mail at every write."),
        msg("Remove the mail field from the form, or warn those who get the mail."),
    ),
    "one-entry-per-user": Text(
        msg("The form {form} takes one entry per user: we could create one only."),
        msg('Lift this limit in the form, or set direction = "to-cloud".'),
    ),
    "form-moderated": Text(
        msg(
            "The form {form} is moderated: our edits take entries off line until somebody "
            "accepts them."
        ),
        msg("Exempt our account from moderation, or watch the entries that wait."),
    ),
    "no-captcha": Text(
        msg("No captcha stands before an edit."),
    ),
}
