"""What is wrong with oscartes.toml or .env."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "config-not-found": Text(
        msg("No configuration was found (looked for {places})."),
        msg("Make one with “oscartes init”, or name yours with --config."),
    ),
    "config-unreadable": Text(
        msg("The file {path} cannot be read."),
        msg("Give the account that runs OSCARTES the right to read it."),
    ),
    "config-unwritable": Text(
        msg("The configuration cannot be written in {path}."),
        msg("Choose a folder that you may write to with --config."),
    ),
    "config-exists": Text(
        msg("There is a configuration already: {path}."),
        msg("Run again with --overwrite to replace it, or with --config to write another."),
    ),
    "config-not-utf8": Text(
        msg("The file {path} is not written in UTF-8."),
        msg("Save it again with the encoding UTF-8."),
    ),
    "config-not-toml": Text(
        msg("{path}, line {line}: this is not TOML."),
        msg("Look for a missing quote, bracket or equals sign on this line or just above it."),
    ),
    "config-misspelt-key": Text(
        msg("{path}, line {line}: the key “{key}” is unknown."),
        msg("Did you mean “{guess}”?"),
    ),
    "config-unknown-key": Text(
        msg("{path}, line {line}: the key “{key}” is unknown."),
        msg("Remove it; the keys known here are: {known}."),
    ),
    "config-missing-key": Text(
        msg("{path}, line {line}: the key “{key}” is missing."),
        msg("Add it; docs and “oscartes init” show what it looks like."),
    ),
    "config-bad-value": Text(
        msg("{path}, line {line}: the value of “{key}” is not valid."),
        msg("Correct it; the README lists what each key may hold."),
    ),
    "config-empty": Text(
        msg("{path}, line {line}: “{key}” is empty."),
        msg("Give it a value."),
    ),
    "config-not-text": Text(
        msg("{path}, line {line}: “{key}” must be a text."),
        msg("Write it between quotes."),
    ),
    "config-not-number": Text(
        msg("{path}, line {line}: “{key}” must be a whole number, zero or more."),
        msg("Write figures without quotes."),
    ),
    "config-not-boolean": Text(
        msg("{path}, line {line}: “{key}” must be true or false."),
        msg("Write true or false, without quotes."),
    ),
    "config-not-list": Text(
        msg("{path}, line {line}: “{key}” must be a list."),
        msg("Write it between square brackets."),
    ),
    "config-not-table": Text(
        msg("{path}, line {line}: “{key}” must be a table of keys and values."),
        msg("Write it between braces, or under a heading of its own between square brackets."),
    ),
    "config-not-one-of": Text(
        msg("{path}, line {line}: the value of “{key}” is not one that OSCARTES knows."),
        msg("Choose one of: {allowed}."),
    ),
    "config-bad-url": Text(
        msg("{path}, line {line}: “{key}” is not the address of a site."),
        msg("Write what the browser shows before the “?”, with https:// and without a password."),
    ),
    "config-plain-http": Text(
        msg("{path}, line {line}: {url} would send the key over the network in clear."),
        msg("Write https://, or set insecure = true if you trust every cable in between."),
    ),
    "config-bad-id": Text(
        msg("{path}, line {line}: “{id}” cannot be an identifier."),
        msg("Use small letters, figures, hyphens and underscores only."),
    ),
    "config-bad-state-url": Text(
        msg("{path}, line {line}: “{key}” is not the address of a state."),
        msg("Write sqlite:///FILE, or the address of a PostgreSQL database."),
    ),
    "config-bad-max-delete": Text(
        msg("{path}, line {line}: “{key}” is neither a percentage nor a number."),
        msg('Write for instance "10%", or 5, or 0 for never.'),
    ),
    "config-bad-size": Text(
        msg("{path}, line {line}: “{key}” is not a size."),
        msg('Write for instance "20 MB".'),
    ),
    "config-bad-type": Text(
        msg("{path}, line {line}: “{key}” holds something that is no file extension."),
        msg('Write for instance ["pdf", "odt"].'),
    ),
    "config-bad-since": Text(
        msg("{path}, line {line}: “{key}” is not a number of days."),
        msg('Write for instance "90d".'),
    ),
    "config-bad-color": Text(
        msg("{path}, line {line}: “{key}” is not a colour."),
        msg('Write for instance "#2e7d32".'),
    ),
    "config-bad-publish": Text(
        msg("{path}, line {line}: “{key}” does not say which events to publish."),
        msg('Write "all", "none" or "category:NAME".'),
    ),
    "config-bad-share": Text(
        msg("{path}, line {line}: a share needs exactly one of user, group and team."),
        msg('Write for instance {{ group = "gt-outils", access = "read" }}.'),
    ),
    "config-bad-collection": Text(
        msg(
            "{path}, line {line}: “{key}” is not the name of a calendar or an address book in an "
            "address."
        ),
        msg("Write the last part of its address, without slash and without blanks."),
    ),
    "config-unknown-field": Text(
        msg("{path}, line {line}: “{field}” is no field of what this binding mirrors."),
        msg("Choose one of: {known}."),
    ),
    "config-unknown-zone": Text(
        msg("{path}, line {line}: the time zone “{zone}” is unknown."),
        msg("Write a name such as Europe/Paris."),
    ),
    "config-ca-missing": Text(
        msg("{path}, line {line}: the file of authorities {file} is not there."),
        msg("Correct the path, or remove the key to trust the system's authorities."),
    ),
    "config-ca-unreadable": Text(
        msg("{path}, line {line}: {file} holds no certificates of authorities that can be read."),
        msg("Give a file in PEM form (BEGIN CERTIFICATE) that this account may read."),
    ),
    "config-which-wiki": Text(
        msg("{path}, line {line}: there are several wikis, and this binding names none."),
        msg('Add wiki = "…" to it, one of: {known}.'),
    ),
    "config-which-cloud": Text(
        msg("{path}, line {line}: there are several clouds, and this binding names none."),
        msg('Add cloud = "…" to it, one of: {known}.'),
    ),
    "config-unknown-wiki": Text(
        msg("{path}, line {line}: there is no wiki “{name}”."),
        msg("Choose one of: {known}."),
    ),
    "config-unknown-cloud": Text(
        msg("{path}, line {line}: there is no cloud “{name}”."),
        msg("Choose one of: {known}."),
    ),
    "config-not-for-kind": Text(
        msg('{path}, line {line}: “{key}” means nothing where kind = "{kind}".'),
        msg("Remove it."),
    ),
    "config-private-without-acl": Text(
        msg("{path}, line {line}: a private binding that writes the wiki needs read_acl."),
        msg('Add read_acl = "@group" (or "+", or user names): who may read what it writes there.'),
    ),
    "config-private-for-all": Text(
        msg('{path}, line {line}: read_acl = "*" would show everybody what is private.'),
        msg('Name who may read it: "+" for members, "@group" for a group, or user names.'),
    ),
    "config-private-without-share": Text(
        msg("{path}, line {line}: a private binding needs the list of those who see its calendar."),
        msg('Add share = […], for instance share = [{{ group = "members", access = "read" }}].'),
    ),
    "config-private-shared": Text(
        msg(
            "{path}, line {line}: “{name}” and “{other}” use the same calendar, and one of them is "
            "private."
        ),
        msg("Give the private binding a calendar of its own."),
    ),
    "config-acl-without-private": Text(
        msg("{path}, line {line}: read_acl is for private bindings alone."),
        msg("Remove it, or add private = true."),
    ),
    "config-same-name": Text(
        msg("{path}, line {line}: two bindings are called “{name}”."),
        msg("Give each binding a name of its own."),
    ),
    "config-same-pair": Text(
        msg("{path}, line {line}: “{name}” ties the same form and collection as “{other}”."),
        msg("Remove one of the two bindings."),
    ),
    "config-same-variable": Text(
        msg("{path}, line {line}: this identifier and “{other}” share one variable for secrets."),
        msg("Change one of the two identifiers."),
    ),
    "secrets-private": Text(
        msg("Only its owner can read this file with secrets."),
    ),
    "secrets-readable": Text(
        msg("Other accounts of this machine can read the secrets in {path}."),
        msg("Run: chmod 600 {path}; where somebody may have read them, make new ones."),
    ),
    "config-missing-key-of-wiki": Text(
        msg("The API key of the wiki “{id}” is missing."),
        msg("Write {variable}=… into {file}, with the key from the wiki's API page."),
    ),
    "config-missing-password": Text(
        msg("The app password for the cloud “{id}” is missing."),
        msg("Write {variable}=… into {file}; Nextcloud makes one under Settings, Security."),
    ),
}
