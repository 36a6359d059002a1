"""Teams and groups that follow a list of the directory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "config-bad-group": Text(
        msg("{path}, line {line}: one of groups needs exactly one of team and group."),
        msg('Write for instance {{ team = "Réseau", members = "bf_mail" }}.'),
    ),
    "config-same-group": Text(
        msg("{path}, line {line}: “{name}” is kept in step by “{other}” already."),
        msg("Keep each team and each group by one list: remove one of the two."),
    ),
    "members-property-unknown": Text(
        msg("Form {form} has no property “{property}”, which is to name the members of “{name}”."),
        msg("Choose among: {properties}."),
    ),
    "member-unknown": Text(
        msg("The entry names somebody for “{name}” whom the bot finds nowhere in Nextcloud."),
        msg("Invite them to Nextcloud, or correct the entry: the next runs look again."),
    ),
    "member-ambiguous": Text(
        msg(
            "The entry names somebody for “{name}” by an e-mail address that several accounts have."
        ),
        msg("Write the user id into the entry, or let one account alone have the address."),
    ),
    "member-left": Text(
        msg("{account} left “{name}”, or was taken out, and the list still names them: not added."),
        msg("Add them by hand in Nextcloud, or take them off the list."),
    ),
    "member-protected": Text(
        msg(
            "{account} is off the list and stays in “{name}”: the owner, the bot and the last "
            "administrator are not taken out."
        ),
        msg("Give somebody else the role, or take them out by hand."),
    ),
    "member-gone": Text(
        msg("There is no account “{account}” in Nextcloud any more."),
        msg("Correct the entry, or invite them again."),
    ),
    "members-list-empty": Text(
        msg("The list of “{name}” is empty, though it gave {members} members: none was removed."),
        msg(
            "Check the form, the field and whether the key may read it; if the list was emptied on "
            "purpose, run again with --allow-empty."
        ),
    ),
    "members-too-many": Text(
        msg(
            "{count} of the {members} members that the list gave “{name}” are off it, more than "
            "max_delete allows: none was removed."
        ),
        msg("Check the list; if it is meant, run again with --max-delete {count}."),
    ),
    "members-list-malformed": Text(
        msg("Some of the list of “{name}” cannot be read: nobody is removed from it."),
        msg("Look for the broken entry in the wiki; “oscartes doctor” helps."),
    ),
    "members-none-named": Text(
        msg("No entry on the list of “{name}” names anybody in “{property}” that our key reads."),
        msg("Give the account of the API key the right to read that field, or choose another one."),
    ),
    "members-named": Text(
        msg("{count} entries of the list of “{name}” name somebody in “{property}”."),
    ),
    "teams-missing": Text(
        msg("The cloud “{cloud}” has no teams, or does not let us see them."),
        msg("Let an administrator enable the app Teams (circles)."),
    ),
    "team-not-ours": Text(
        msg("The team “{name}” belongs to somebody else, and we may not change its members."),
        msg("Let its owner make the bot an administrator of the team, or choose another name."),
    ),
    "team-ambiguous": Text(
        msg("The bot has several teams called “{name}”."),
        msg("Rename all but one of them."),
    ),
    "team-gone": Text(
        msg("The team “{name}”, which had members from the list, is not there any more."),
        msg("Give it its name back; or take it out of “groups” for one run, to begin anew."),
    ),
    "team-unreadable": Text(
        msg("The members of the team “{name}” cannot be read: nothing was changed there."),
        msg("Check that the bot is an administrator of the team."),
    ),
    "team-not-made": Text(
        msg("The server does not let the bot make a team called “{name}”."),
        msg("Choose a name of at least three letters, or let somebody make it for the bot."),
    ),
    "team-refused": Text(
        msg("The server does not let the bot change the members of the team “{name}”."),
        msg("Let its owner make the bot an administrator of the team."),
    ),
    "team-ready": Text(
        msg("The team “{name}” is there, and ours to keep."),
    ),
    "team-made-later": Text(
        msg("The team “{name}” is not there yet: its first member makes it."),
    ),
    "group-missing": Text(
        msg("There is no group “{name}” in Nextcloud."),
        msg('Let an administrator make it, or write team = "{name}", which the bot makes itself.'),
    ),
    "group-unreadable": Text(
        msg("The bot may not read who is in the group “{name}”."),
        msg('Let an administrator put the bot into the group, or use a team: team = "{name}".'),
    ),
    "group-refused": Text(
        msg("The bot may not change the group “{name}”: that is for administrators."),
        msg(
            'Use a team instead (team = "{name}"), make the bot an administrator of this group, or '
            "change the group by hand."
        ),
    ),
    "group-needs-confirmation": Text(
        msg(
            "Nextcloud lets nobody change the group “{name}” by an app password: it wants the "
            "account's own."
        ),
        msg('Use a team instead: team = "{name}"; or change the group by hand.'),
    ),
    "group-last": Text(
        msg("Nextcloud lets no group administrator take {account} out of “{name}”."),
        msg("Let an administrator of the cloud do it, or use a team instead."),
    ),
    "group-ready": Text(
        msg("The group “{name}” is there, and the bot may change it."),
    ),
}
