"""What the cloud says, while it is mirrored and when `doctor` asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
    "cloud-url": Text(
        msg("The address of the cloud “{cloud}” is not a web address."),
        msg(
            'Write url = "https://host/" under [clouds.{cloud}], with its sub-folder if it has one.'
        ),
    ),
    "insecure-url": Text(
        msg(
            "The address of “{target}” ({host}) is plain http: the password could be read on "
            "the way."
        ),
        msg("Use https, or set insecure = true if you accept that."),
    ),
    "cloud-ca": Text(
        msg("The file of authorities {path} of the cloud “{cloud}” is not there."),
        msg("Correct ca under [clouds.{cloud}], or remove it to trust the system's authorities."),
    ),
    "cloud-unreachable": Text(
        msg("The cloud “{cloud}” could not be reached ({reason})."),
        msg("Check its address and that it is up; the next run takes up where this one stopped."),
    ),
    "cloud-certificate": Text(
        msg("The certificate of the cloud “{cloud}” is not accepted: {reason}."),
        msg(
            "Have it mended where the cloud runs; for an authority of your own, give its file as "
            "ca under [clouds.{cloud}]."
        ),
    ),
    "cloud-broken": Text(
        msg("The cloud “{cloud}” broke down over a question about {href} (error 500)."),
        msg("Look into Nextcloud's log; the next run asks again."),
    ),
    "cloud-outcome-unknown": Text(
        msg("The answer to a write on {href} was lost ({reason}): it may have been done or not."),
        msg("Nothing to do: the next run looks before it writes."),
    ),
    "cloud-maintenance": Text(
        msg("The cloud “{cloud}” is in maintenance."),
        msg("Wait until it is over; the next run goes on."),
    ),
    "cloud-unavailable": Text(
        msg("The cloud “{cloud}” says that it is not available now (error 503)."),
        msg("Try again later; if it lasts, look into Nextcloud's log."),
    ),
    "cloud-too-many-requests": Text(
        msg("The cloud “{cloud}” refuses more requests for now (error 429)."),
        msg(
            "Wait an hour; if wrong passwords caused it, an administrator can reset the protection."
        ),
    ),
    "cloud-password-refused": Text(
        msg("The cloud “{cloud}” does not accept the user or the app password."),
        msg(
            "Make a new app password (Settings, Security) and put it into .env "
            "({cloud_variable}), or run “oscartes init”."
        ),
    ),
    "cloud-account-disabled": Text(
        msg("The account is disabled on the cloud “{cloud}”."),
        msg("Ask its administrator to enable it."),
    ),
    "cloud-redirected": Text(
        msg("The cloud “{cloud}” sends us on to {target}, where no password is sent."),
        msg("Write the final address as url under [clouds.{cloud}]."),
    ),
    "cloud-not-nextcloud": Text(
        msg("What answers at the address of the cloud “{cloud}” is no Nextcloud (asked: {href})."),
        msg("Check url under [clouds.{cloud}], its sub-folder included."),
    ),
    "cloud-html-answer": Text(
        msg(
            "A web page came in place of Nextcloud's answer ({href}, status {status}): a "
            "proxy, a login page or a firewall."
        ),
        msg("Let the bot's requests through to /remote.php/dav and /ocs."),
    ),
    "cloud-unexpected-answer": Text(
        msg("The cloud “{cloud}” gave an answer that was not understood ({href})."),
        msg("Run “oscartes doctor”; if the server is up to date, report it."),
    ),
    "cloud-answer-too-large": Text(
        msg("An answer of the cloud “{cloud}” is larger than 256 MB."),
        msg("Look at what the collection of the binding holds."),
    ),
    "cloud-forbidden": Text(
        msg("The cloud does not let us do this at {href}."),
        msg("Give the bot's account the right to."),
    ),
    "calendar-read-only": Text(
        msg("The calendar belongs to {owner}, and we may not write there."),
        msg('Let the bot own the calendar, or set direction = "to-wiki".'),
    ),
    "cloud-missing": Text(
        msg("{href} is not there any more."),
        msg("Nothing to do: the next run looks again."),
    ),
    "cloud-moved": Text(
        msg("{href} was changed since it was read."),
        msg("Nothing to do: the next run merges both changes."),
    ),
    "cloud-image-unreadable": Text(
        msg("What the journal kept of {href} cannot be read."),
        msg("Put it back by hand; “oscartes history” shows what it said."),
    ),
    "cloud-exists": Text(
        msg("There is something at {href} already."),
        msg("Nothing to do: the next run looks again."),
    ),
    "cloud-names-taken": Text(
        msg("All names for something new are in use in {href}."),
        msg("Rename or delete what bears them."),
    ),
    "cloud-uid-taken": Text(
        msg(
            "Another event or contact of the same collection has the same UID and says something "
            "else ({href})."
        ),
        msg("Nothing to do: the next run compares the two."),
    ),
    "trash-name-taken": Text(
        msg(
            "The trash bin holds an older event under the name of {href}, which can neither "
            "be deleted nor brought back."
        ),
        msg("Delete that event from the calendar's trash bin for good, then run again."),
    ),
    "cloud-content-refused": Text(
        msg("The server does not take what it was sent."),
        msg(
            "Check the dates and repetitions of an event, the values of a contact; Nextcloud's "
            "log says more."
        ),
    ),
    "cloud-content-too-large": Text(
        msg("It is larger than the server allows."),
        msg("Shorten its text, or remove embedded pictures."),
    ),
    "cloud-unreadable": Text(
        msg("What is at {href} cannot be read as one event or one contact."),
        msg("Mend it in Nextcloud."),
    ),
    "cloud-locked": Text(
        msg("Somebody holds {href} locked."),
        msg("Nothing to do: the next run tries again."),
    ),
    "cloud-database-busy": Text(
        msg("The server's database was busy with {href}."),
        msg("Nothing to do: the next run tries again."),
    ),
    "cloud-full": Text(
        msg("There is no room left in the cloud."),
        msg("Free some space, or raise the quota."),
    ),
    "cloud-not-kept": Text(
        msg("The server kept {href} otherwise than it was written ({fields})."),
        msg("Compare both sides."),
    ),
    "calendar-missing": Text(
        msg("The calendar “{calendar}” is not there."),
        msg("Check collection in the binding."),
    ),
    "calendar-gone": Text(
        msg(
            "The calendar “{calendar}”, which has linked events, is not there any more: "
            "nothing is deleted."
        ),
        msg("Restore it or share it again with the bot, or give the binding another collection."),
    ),
    "calendar-trashed": Text(
        msg("The calendar “{calendar}” is in the trash bin."),
        msg("Restore it, or delete it for good."),
    ),
    "calendar-ambiguous": Text(
        msg("Several people share a calendar “{calendar}” with us."),
        msg("Write its whole name: {calendar}_shared_by_OWNER."),
    ),
    "calendar-not-real": Text(
        msg("“{calendar}” is a subscription or a board, not a calendar that can be mirrored."),
        msg("Choose another collection."),
    ),
    "calendar-without-events": Text(
        msg("The calendar “{calendar}” takes tasks only, no events."),
        msg("Choose another collection."),
    ),
    "calendar-limit": Text(
        msg("The account may have no more calendars."),
        msg("Delete one for good, or ask the administrator to raise the limit."),
    ),
    "calendar-refused": Text(
        msg("The server does not let a calendar be made at {href}."),
        msg("Choose a shorter and plainer collection."),
    ),
    "calendar-source-only": Text(
        msg(
            "The calendar “{calendar}” belongs to {owner}: it is a source only, and what is "
            "missing from it proves nothing."
        ),
        msg('Let the bot own the calendar, or set direction = "to-wiki".'),
    ),
    "calendar-went-back": Text(
        msg(
            "The calendar “{calendar}” was put back to an earlier time, or made anew: {count} "
            "linked events that it lacks since then do not count as deleted."
        ),
        msg('Set deletions = "ask" in the binding, then decide on each with “oscartes resolve”.'),
    ),
    "calendar-title-refused": Text(
        msg("The server did not take the title or the colour of the calendar “{calendar}”."),
        msg("Set them by hand in Nextcloud."),
    ),
    "share-unknown": Text(
        msg("The cloud knows no {kind} “{name}” to share with."),
        msg("Correct share in the binding; it is tried again after an hour."),
    ),
    "share-limited": Text(
        msg(
            "The cloud takes no more share requests for now: the shares of “{calendar}” are "
            "not up to date."
        ),
        msg("Nothing to do: the next run tries again."),
    ),
    "cloud-reachable": Text(
        msg("The cloud “{cloud}” answers (Nextcloud {version})."),
    ),
    "cloud-needs-upgrade": Text(
        msg("The cloud “{cloud}” waits for an upgrade."),
        msg("Its administrator has to finish it (occ upgrade)."),
    ),
    "cloud-clock": Text(
        msg("Both clocks agree."),
    ),
    "cloud-clock-differs": Text(
        msg("The cloud's clock and ours differ by {seconds} seconds."),
        msg("Set both by NTP."),
    ),
    "cloud-password": Text(
        msg("The app password is accepted (account {user})."),
    ),
    "cloud-email": Text(
        msg("The bot's account has no e-mail address, so no invitations are sent in its name."),
    ),
    "cloud-email-set": Text(
        msg(
            "The bot's account has an e-mail address: Nextcloud would send invitations in its name."
        ),
        msg("Remove the address from the account."),
    ),
    "cloud-capabilities": Text(
        msg("The cloud can share calendars and address books."),
    ),
    "cloud-sharing-off": Text(
        msg("Sharing is switched off on this cloud."),
        msg("Ask the administrator to switch it on, or remove share."),
    ),
    "cloud-teams-off": Text(
        msg("This cloud has no teams."),
        msg("Share with a group, or have Teams (Circles) installed."),
    ),
    "cloud-calendars": Text(
        msg("The account has {count} calendars."),
    ),
    "cloud-calendars-many": Text(
        msg("The account has {count} calendars, and 30 is the usual limit."),
        msg("Delete some for good."),
    ),
    "calendar-ready": Text(
        msg("The calendar “{calendar}” is ours."),
    ),
    "calendar-made-later": Text(
        msg("The calendar “{calendar}” does not exist yet: the first sync makes it."),
    ),
    "other-state": Text(
        msg(
            "Another memory than this one (another machine, or a state that was lost or moved) "
            "wrote to “{calendar}” on {date}."
        ),
        msg(
            "Let one machine alone mirror it; after a state was lost or moved away, "
            "this message goes away by itself within two weeks."
        ),
    ),
    "copy-emptied": Text(
        msg(
            "The trash bin holds another event under the name of {href}, which can therefore not "
            "be deleted: its text was erased, and only the bot's account still sees it."
        ),
        msg("Empty the trash bin of the calendar, then delete the empty event from it."),
    ),
    "share-known": Text(
        msg("The {kind} “{name}” exists."),
    ),
}
