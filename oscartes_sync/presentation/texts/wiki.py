"""What goes wrong between us and a wiki, and with its entries as they are written."""

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
    "wiki-failed": Text(
        msg("The wiki “{wiki}” failed by itself (500) at a reading."),
        msg(
            "Open the form's list in the wiki: if it fails too, one entry is at fault, which an "
            "administrator must mend or delete."
        ),
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
        msg("Give it a title with letters."),
    ),
    "edit-refused": Text(
        msg("The wiki “{wiki}” did not take the edit."),
        msg("Try the same edit in a browser: the wiki then says why."),
    ),
    "upload-refused": Text(
        msg("The wiki “{wiki}” did not keep the file, for its size or its kind."),
        msg("Choose a smaller file, or a kind that the wiki allows."),
    ),
    "stored-file-missing": Text(
        msg("The wiki names the file {file} in an entry, and has no such file."),
        msg(
            "Attach it again in the entry; a file that is larger than the wiki's server takes "
            "never arrives there."
        ),
    ),
    "upload-too-large": Text(
        msg("{file} is larger than the field {property} takes, at most {size}."),
        msg("Raise the limit of that field in the form, or choose a smaller file."),
    ),
    "upload-not-kept": Text(
        msg("The wiki gives back other bytes than were sent to {tag}, in the file {file}."),
        msg("Look at the file in the entry; the next run tries again."),
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
        msg("Change it in Nextcloud."),
    ),
    "no-free-tag": Text(
        msg("No free page name was found for a new entry."),
        msg("Change its title a little."),
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
    "dates-not-back": Text(
        msg("The series {tag} was edited, and single dates lost what was changed on them."),
        msg("The next run asks which side is right: oscartes conflicts."),
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
        msg("Open it in the wiki and correct it; of an event, look at the dates first."),
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
}
