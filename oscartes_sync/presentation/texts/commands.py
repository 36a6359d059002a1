"""What is wrong with the words of a command, and what commands say while they work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "usage-no-such-command": Text(
        msg("There is no command “{name}”."),
        msg("Choose among: {known}."),
    ),
    "usage-no-command": Text(
        msg("No command was given."),
        msg("Choose among: {known}."),
    ),
    "usage-no-such-option": Text(
        msg("There is no option {name} here."),
        msg("“{command} --help” shows the options."),
    ),
    "usage-option-value": Text(
        msg("The option {name} cannot be used like this."),
        msg("“{command} --help” shows what it takes."),
    ),
    "usage-missing": Text(
        msg("{name} is missing."),
        msg("“{command} --help” shows how to give it."),
    ),
    "usage-extra-words": Text(
        msg("The command {command} does not take “{words}”."),
        msg("Remove it, or see “{command} --help”."),
    ),
    "usage-max-delete": Text(
        msg("“{value}” is neither a percentage nor a number."),
        msg("Write for instance --max-delete 20% or --max-delete 30."),
    ),
    "usage-needs-answers": Text(
        msg("There is no terminal to ask on, and these options are missing: {options}."),
        msg("Give them, with --non-interactive."),
    ),
    "usage-no-form": Text(
        msg("The wiki has no form {form} whose entries could be events."),
        msg("Choose among: {known}."),
    ),
    "init-no-answer": Text(
        msg("Nobody granted the login in the browser in time."),
        msg("Run “oscartes init” again, or give an app password."),
    ),
    "demo-begins": Text(
        msg("A stand-in wiki answers at {wiki}, a stand-in Nextcloud at {cloud}."),
    ),
    "demo-doctor": Text(
        msg("First, the checks of “oscartes doctor”:"),
    ),
    "demo-plan": Text(
        msg("What “oscartes plan” would do, nothing being written yet:"),
    ),
    "demo-first-sync": Text(
        msg(
            "“oscartes sync”: the wiki's agenda crosses to the calendar; an entry that "
            "makes no sense is reported and stays out."
        ),
    ),
    "demo-group-event": Text(
        msg("The working group puts an event into the calendar, and it comes to the wiki:"),
    ),
    "demo-both-edit": Text(
        msg(
            "A member edits the entry {tag} on the wiki while the group edits its event: "
            "both edits are kept."
        ),
    ),
    "demo-mass-deletion": Text(
        msg(
            "Somebody deletes most of the form by mistake: so many deletions are refused, "
            "and the calendar keeps everything."
        ),
    ),
    "demo-restored": Text(
        msg("The entries are put back:"),
    ),
    "demo-directory": Text(
        msg(
            "The wiki's directory becomes an address book, which the group's phones and mail "
            "programs have at once:"
        ),
    ),
    "demo-withdrawn": Text(
        msg("The entry {tag} is closed to visitors: the same run takes it out of the book."),
    ),
    "demo-exported": Text(
        msg(
            "“oscartes export” publishes the {count} actors that a visitor sees as open files: "
            "{files}."
        ),
    ),
    "demo-document": Text(
        msg(
            "An entry on the wiki holds the file that becomes “{file}”; the group puts “{name}” "
            "into its folder “{folder}”:"
        ),
    ),
    "demo-document-renamed": Text(
        msg(
            "The one is in the folder, the other on the wiki, with a link to read it by. The group "
            "renames it “{name}”:"
        ),
    ),
    "demo-last-run": Text(
        msg("Nothing happened since, so a last run writes nothing:"),
    ),
    "demo-went-well": Text(
        msg("Everything went as it should."),
    ),
    "demo-went-wrong": Text(
        msg("Something did not go as it should."),
        msg("Report what is shown above to the authors of OSCARTES."),
    ),
    "demo-kept": Text(
        msg(
            "Both servers go on: open {wiki} in a browser, try commands with --config "
            "{config}, and press Ctrl+C to stop them."
        ),
    ),
    "interrupted": Text(
        msg("Interrupted."),
        msg("Run again: the next run takes up where this one stopped."),
    ),
    "bug": Text(
        msg("OSCARTES met a mistake of its own ({kind})."),
        msg("Send the report {path} to its authors: it holds no personal data."),
    ),
    "bug-unreported": Text(
        msg("OSCARTES met a mistake of its own ({kind}), and no report could be written."),
        msg("Run again with --verbose, and send what it shows to its authors."),
    ),
}
