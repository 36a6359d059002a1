"""What is said of folders and their files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "folder-missing": Text(
        msg("The folder “{folder}” is not there."),
        msg("Check its path, or share it with the bot's account."),
    ),
    "folder-made-later": Text(
        msg("The folder “{folder}” is not there yet: the first run makes it."),
    ),
    "folder-found": Text(
        msg("The folder “{folder}” is there and can be read; it holds files: {count}."),
    ),
    "folder-read-only": Text(
        msg("The folder “{folder}” is shared with the bot for reading only."),
        msg('Share it with the right to create and edit, or set direction = "to-wiki".'),
    ),
    "cloud-links": Text(
        msg("Files may have public addresses without a password."),
    ),
    "cloud-links-off": Text(
        msg("This cloud allows no public links, so no entry could show a document."),
        msg("Ask the administrator to allow public links (Sharing, in the settings)."),
    ),
    "cloud-links-with-password": Text(
        msg("This cloud asks for a password on every public link, which readers of the wiki lack."),
        msg("Ask the administrator not to enforce passwords on public links."),
    ),
    "cloud-links-expire": Text(
        msg("This cloud lets every public link expire: entries would show dead addresses then."),
        msg("Ask the administrator not to enforce a date of expiry on public links."),
    ),
    "folder-is-a-file": Text(
        msg("“{folder}” is a file, not a folder."),
        msg("Choose the folder that holds it."),
    ),
    "folder-name-taken": Text(
        msg("A file bears the name of the folder “{folder}” that was to be made."),
        msg("Rename that file, or choose another folder."),
    ),
    "folder-encrypted": Text(
        msg("The folder {href} is encrypted end to end: nobody but its owner can read it."),
        msg("Put what is to be mirrored into another folder."),
    ),
    "file-too-large": Text(
        msg("{href} is larger than the server takes at once."),
        msg("Ask the administrator to raise the limit on the size of a request to 16 MB."),
    ),
    "file-name-refused": Text(
        msg("The server does not take the name of {href}."),
        msg("Choose another title, without signs that file systems refuse."),
    ),
    "file-refused": Text(
        msg("The server did not take {href} ({exception})."),
        msg("Nothing to do: the next run tries again. If it lasts, look into Nextcloud's log."),
    ),
    "file-changed-here": Text(
        msg("The file for {path} changed while it was read."),
        msg("Nothing to do: the next run reads it again."),
    ),
    "file-not-in-bin": Text(
        msg("A file of “{folder}” that was to be brought back is not in the trash bin any more."),
        msg("Put it back by hand, from a copy or a backup."),
    ),
    "file-version-gone": Text(
        msg("The version of {href} that was to be brought back is not kept any more."),
        msg("Look for it in the wiki's entry, or in a backup."),
    ),
    "no-free-file-name": Text(
        msg("No free name was found for {file} in the folder “{folder}”."),
        msg("Nothing to do: the next run tries again."),
    ),
    "copy-linked-instead": Text(
        msg("The wiki did not take {file}: its entry shows a public address of it instead."),
        msg(
            "Nothing to do; or let the field, and the wiki's server, take larger files, or this "
            "kind of file."
        ),
    ),
    "file-not-taken": Text(
        msg("The wiki did not take the new version {file}: its entry keeps what it shows."),
        msg(
            "Save it in a kind that the wiki takes, or smaller; or let the wiki's server take "
            "larger files."
        ),
    ),
    "picture-not-bared": Text(
        msg("What is written into the picture {file} cannot be taken out of it."),
        msg("Save it as JPEG, PNG or WebP, or set keep_metadata = true for this binding."),
    ),
    "links-too-many": Text(
        msg("The cloud “{cloud}” takes no more public links for now."),
        msg(
            "Nothing to do: it counts them by the hour, or by ten minutes, and the next runs make "
            "the rest."
        ),
    ),
    "links-forbidden": Text(
        msg("The cloud does not let us make public links to the files of “{folder}”."),
        msg(
            "Ask the administrator to allow public links without a password, and to let the bot's "
            "account share this folder."
        ),
    ),
    "file-hidden": Text(
        msg("{href} is hidden (its name begins with a dot), and so it is not mirrored."),
    ),
    "file-temporary": Text(
        msg("{href} is a temporary file, and so it is not mirrored."),
    ),
    "file-of-an-editor": Text(
        msg("{href} belongs to an office program that has a document open: it is not mirrored."),
    ),
    "file-of-a-system": Text(
        msg("{href} belongs to somebody's operating system, and so it is not mirrored."),
    ),
    "file-over-size": Text(
        msg("“{path}” is larger than max_size allows, and so it is not mirrored."),
    ),
    "file-of-another-type": Text(
        msg("“{path}” is of no type that types names, and so it is not mirrored."),
    ),
    "file-half-sent": Text(
        msg("{href} is still being sent by somebody: it is not mirrored."),
    ),
}
