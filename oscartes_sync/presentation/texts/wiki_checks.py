"""What doctor tells of a wiki."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import msg

TEXTS: Final[Mapping[str, Text]] = {
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
        msg("The form requires fields for which Nextcloud has nothing: {properties}."),
        msg("Set them under [bindings.defaults]."),
    ),
    "fields-not-ours": Text(
        msg("Our account may not write these fields: {properties}."),
        msg("Give it the right, or accept that they go from the wiki to Nextcloud only."),
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
