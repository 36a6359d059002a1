"""Spaces: what their forms, their members and their archives may lack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

_CONFIGURATION: Final[Mapping[str, Text]] = {
    "no-spaces": Text(
        msg("{path} has no [[spaces]]."),
        msg("Add one with “name” and “form”, the number of the wiki's form of groups."),
    ),
    "config-bad-folder": Text(
        msg("{path}, line {line}: “{key}” is no path of a folder."),
        msg("Write the path below the bot's files, such as Espaces or GT/Espaces."),
    ),
    "config-same-spaces": Text(
        msg("{path}, line {line}: “{name}” and “{other}” are spaces of the same form and cloud."),
        msg("Keep one of them."),
    ),
    "config-unknown-binding": Text(
        msg("{path}, line {line}: “{key}” names the binding “{name}”, which there is not."),
        msg("Known: {known}."),
    ),
    "config-binding-of-kind": Text(
        msg("{path}, line {line}: “{key}” names “{name}”, which is no binding of {kind}."),
        msg('Name a binding with kind = "{kind}".'),
    ),
    "config-published-missing": Text(
        msg("{path}, line {line}: “{key}” is no sub-folder of the template."),
        msg("Choose one of: {template}; or leave it out."),
    ),
    "config-archive-inside": Text(
        msg("{path}, line {line}: “{key}” lies in “{folder}”, where the spaces are."),
        msg("Choose a folder beside it, such as Archives."),
    ),
    "config-links-closed": Text(
        msg(
            "{path}, line {line}: with “{key}” = none, nobody could read any more what the wiki "
            "shows of an archived Team folder."
        ),
        msg("Leave it at read, or take out team_folders or documents."),
    ),
    "config-missing-admin": Text(
        msg(
            "{path}, line {line}: Team folders need an administrator's account and its password, "
            "which are not set."
        ),
        msg(
            "Set {variables} in {file}: an app password is refused there. Or leave team_folders "
            "out: a shared folder of the bot needs no such right."
        ),
    ),
}
_FORMS: Final[Mapping[str, Text]] = {
    "space-property-unknown": Text(
        msg("The form {form} has no fitting field “{property}” for “{field}” of [spaces.fields]."),
        msg("Choose one of: {properties}."),
    ),
    "space-without-name": Text(
        msg("The form {form} has no field for a group's name that our key reads."),
        msg("Name it under [spaces.fields]: name = …"),
    ),
    "space-without-members": Text(
        msg("The form {form} has no field for the members of a group that our key reads."),
        msg(
            "Add a text field “Membres” to the form, or name the field under [spaces.fields]: "
            "members = …"
        ),
    ),
    "space-date-unreadable": Text(
        msg("The start or the end of this group cannot be read: its space is left as it is."),
        msg("Correct the date in the entry."),
    ),
    "space-without-title": Text(
        msg("This group has no name: its space is left as it is."),
        msg("Give it one in the wiki."),
    ),
    "space-members-unreadable": Text(
        msg("The members of “{space}” cannot be read by our key: nobody is taken out."),
        msg("Give the account of the API key the right to read that field."),
    ),
    "space-category-missing": Text(
        msg("No category of the binding “{binding}” is called “{space}”: its dates stay apart."),
        msg("Add the group's name to the list of categories in the wiki."),
    ),
}
_PLACES: Final[Mapping[str, Text]] = {
    "space-orphaned": Text(
        msg("This space has no entry any more: nothing of it was changed."),
        msg("Give the entry back, or archive it: oscartes spaces archive {entry}"),
    ),
    "space-ambiguous": Text(
        msg("Several teams bear the marker of this group, “{name}” among them."),
        msg("Take the last line out of the description of all but one of them."),
    ),
    "space-folder-binned": Text(
        msg("The folder of this space lies in the bot's trash bin."),
        msg("Restore it in Nextcloud, as the bot; or archive the space."),
    ),
    "space-calendar-binned": Text(
        msg("The calendar of this space lies in the trash bin of calendars."),
        msg("Restore it in Nextcloud's calendar app, as the bot."),
    ),
    "space-left-for-next": Text(
        msg("Nextcloud makes so many shares and calendars an hour: the rest is left for later."),
        msg("Run “oscartes spaces apply” again in an hour; cron does it by itself."),
    ),
    "space-link-kept": Text(
        msg("The entry holds another address in its field for {link}, which stays."),
        msg("Empty the field to have ours written there."),
    ),
    "space-team-renamed": Text(
        msg("Somebody gave the team of this space the name “{team}”, which stays."),
        msg("Change the entry's title where the group is called so now."),
    ),
    "space-team-described": Text(
        msg("Somebody changed the description of the team “{team}”, which stays."),
    ),
    "space-member-unknown": Text(
        msg(
            "Of the members and leads of “{space}”, number {places} (counted in the entry) match "
            "no account."
        ),
        msg("Invite them to Nextcloud, or correct the entry; they join at the next run."),
    ),
    "space-member-ambiguous": Text(
        msg(
            "Of the members and leads of “{space}”, number {places} (counted in the entry) match "
            "several accounts."
        ),
        msg("Write their user ids in the place of the addresses."),
    ),
    "space-lead-refused": Text(
        msg("The server does not let the bot change the role of {account} in the team."),
        msg("Let the owner of the team make them a moderator, or leave them a plain member."),
    ),
    "team-level-refused": Text(
        msg("The server does not let the bot change roles in the team “{name}”."),
        msg("Check that the bot owns the team."),
    ),
    "space-share-refused": Text(
        msg("The server does not let the bot share the folder “{folder}” with the team."),
        msg("Let an administrator allow sharing with teams, or by this account."),
    ),
}
_ARCHIVES: Final[Mapping[str, Text]] = {
    "space-name-missing": Text(
        msg("Which space is to be archived is not said."),
        msg("Give the entry's tag or the group's name; “oscartes spaces list” shows them."),
    ),
    "space-unknown": Text(
        msg("There is no space “{name}”."),
        msg("“oscartes spaces list” shows those that were made."),
    ),
    "space-title-ambiguous": Text(
        msg("Several spaces are called “{name}”."),
        msg("Give the tag of its entry: {tags}."),
    ),
    "space-not-archivable": Text(
        msg("The space “{name}” is archived already, or was never made."),
        msg("“oscartes spaces list” tells how each of them is."),
    ),
    "space-changed-meanwhile": Text(
        msg("Somebody changed the space while it was archived: nothing was closed."),
        msg("Run it again at a quieter hour; {archive} is whole, yet older, and may be deleted."),
    ),
    "space-archive-differs": Text(
        msg("The archive {archive} reads back otherwise than it was sent: nothing was closed."),
        msg("Look at the server's storage, delete that file, and run it again."),
    ),
    "space-no-room-here": Text(
        msg("This machine cannot hold the archive while it is made, in {folder}."),
        msg("Make room there, or set TMPDIR to a folder of a larger disk, and run it again."),
    ),
    "space-file-locked": Text(
        msg("Somebody has {path} open: the space is not archived now."),
        msg("Run it again when it is closed."),
    ),
    "space-folder-encrypted": Text(
        msg("“{folder}” is encrypted end to end and cannot be archived by the bot."),
        msg("Move its files to a plain folder of the space, then run it again."),
    ),
    "team-folders-refused": Text(
        msg("The cloud “{cloud}” does not let the administrator of .env change Team folders."),
        msg("Check that the account is an administrator, and that its own password is set."),
    ),
    "team-folders-missing": Text(
        msg("The cloud “{cloud}” has no Team folders."),
        msg("Let an administrator enable the app Team folders (groupfolders), or leave it out."),
    ),
}
_CHECKS: Final[Mapping[str, Text]] = {
    "space-form-found": Text(msg("The form {form} is one of groups: {mapping}.")),
    "space-links-nowhere": Text(
        msg("The form {form} has no field for: {names}; these are not written back."),
        msg("Add fields “Équipe”, “Dossier” and “Calendrier” (links) and “État” (text) to it."),
    ),
    "space-teams-ready": Text(
        msg("The app Teams answers; {count} teams are the bot's."),
    ),
    "space-folder-ready": Text(
        msg("The folder “{folder}” is there."),
    ),
    "space-folder-made-later": Text(
        msg("The folder “{folder}” is not there yet: the first space makes it."),
    ),
    "team-folders-ready": Text(
        msg("The app Team folders answers, and the administrator's own password is accepted."),
    ),
}
_DEMO: Final[Mapping[str, Text]] = {
    "demo-space-made": Text(
        msg(
            "“oscartes spaces apply”: the entry {tag} of a working group gives “{title}” a team "
            "(members: {members}), the folder “{folder}” and the calendar {calendar}, and holds "
            "their addresses."
        ),
    ),
    "demo-space-archived": Text(
        msg(
            "“oscartes spaces archive”: the space “{title}” is laid away as {archive}, read back, "
            "and left to its members to read."
        ),
    ),
}
TEXTS: Final[Mapping[str, Text]] = {
    **_CONFIGURATION,
    **_FORMS,
    **_PLACES,
    **_ARCHIVES,
    **_CHECKS,
    **_DEMO,
}
