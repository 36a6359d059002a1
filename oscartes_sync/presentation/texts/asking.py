"""Why a question to the directories has no answer, or not all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "ask-unknown-question": Text(
        msg("There is no question “{name}”."),
        msg("Choose among: {known}."),
    ),
    "ask-unknown-town": Text(
        msg("The directories have no actor on the map in a town called “{name}”."),
        msg("Give a town of the directories, such as: {known}."),
    ),
    "ask-within": Text(
        msg("“{value}” is no distance."),
        msg("Write for instance --within 10km."),
    ),
    "ask-within-what": Text(
        msg("A distance needs a town to start from."),
        msg("Add --near and the name of a town."),
    ),
    "ask-no-directory": Text(
        msg("The wiki “{wiki}” has no form that looks like a directory."),
        msg('Name its form in a binding with kind = "contacts".'),
    ),
    "ask-entries-unreadable": Text(
        msg("Some entries of the form {form} cannot be read: they are left out."),
        msg("Open the list of this form in the wiki, and save again what looks broken there."),
    ),
}
