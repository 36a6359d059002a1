"""What the state says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "state-url": Text(
        msg("The address of the state is not one that OSCARTES can open."),
        msg("Set [state] url to sqlite:///FILE, or install the driver of your PostgreSQL address."),
    ),
    "state-readonly": Text(
        msg("The state {path} cannot be written."),
        msg("Give the account that runs OSCARTES the right to write this file and its folder."),
    ),
    "state-unopenable": Text(
        msg("The state {path} cannot be opened."),
        msg("Check the path under [state] url, and the rights on its folder."),
    ),
    "state-gone": Text(
        msg("The state {path} was moved, deleted or replaced while a run used it."),
        msg("Put it back where it was, or just run again: the next run finds the pairs again."),
    ),
    "state-unlockable": Text(
        msg("The file system that holds the state {path} cannot lock files."),
        msg("Move the state to a local disk, and change [state] url."),
    ),
    "state-disk-full": Text(
        msg("The disk that holds the state {path} is full."),
        msg("Make room, then run again: the next run takes up where this one stopped."),
    ),
    "state-disk-failing": Text(
        msg("The disk that holds the state {path} does not answer as it should."),
        msg("Check the disk, or move the state to another one and change [state] url."),
    ),
    "state-corrupt": Text(
        msg("The state {path} is damaged, or is not a database."),
        msg("Put back a backup, or move the file away: the next run finds the pairs again."),
    ),
    "state-not-ours": Text(
        msg("The database {path} belongs to another program."),
        msg("Give OSCARTES a file of its own under [state] url."),
    ),
    "state-newer": Text(
        msg("The state {path} was written by a newer OSCARTES (schema {version})."),
        msg("Install that version again, or a later one."),
    ),
    "state-busy": Text(
        msg("Another program holds the state {path}."),
        msg("Close it, or wait until it is done, then run again."),
    ),
    "state-locked": Text(
        msg("Another run holds the state {path}, and was not done after {seconds} seconds."),
        msg("Wait until it is over, or give --wait more seconds."),
    ),
    "state-unreachable": Text(
        msg("The database of the state, {path}, does not answer."),
        msg("Check that the database server runs and that [state] url is right."),
    ),
    "state-waiting": Text(
        msg("Another run holds the state: waiting for it, {seconds} seconds at most."),
    ),
    "wiki-moved": Text(
        msg("The state {path} knows the wiki “{name}” at {old}, and the configuration says {new}."),
        msg(
            "If the wiki moved, run “oscartes wiki rename {old} {new}”; if it is another wiki, "
            "give it an identifier of its own."
        ),
    ),
    "wiki-unknown": Text(
        msg("The state knows no wiki at {url}."),
        msg("Give the address it had, one of: {known}."),
    ),
    "foreign-state": Text(
        msg("The state {path} was made with another {key}: its links would point elsewhere."),
        msg("Put the former values of {key} back, or give it another name or another state file."),
    ),
}
