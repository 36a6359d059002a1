"""Everything that can go wrong between us and a Bazar wiki, as one tree.

BazarError
├── Unreachable                network, DNS, TLS or timeout: nothing was answered
│   └── CertificateRefused     TLS: the wiki does not prove who it is
├── WikiUnavailable            the wiki answered that it cannot work now
│   ├── DatabaseDown           the one-sentence page with status 200
│   ├── Hibernated             reads go on, every write is refused
│   └── TooManyRequests        429 or 503 with a delay (`retry_after`)
├── NotAWiki                   the address answers, but not as a YesWiki
├── InsecureAddress            plain http to another machine, which was not allowed
├── UnexpectedAnswer           HTML for JSON, truncated JSON, a wrong shape
│   └── WikiFailed             a mistake of the wiki's own: 500 with its exception
├── AccessRefused              who we are, or what we may do
│   ├── KeyRefused             the API key is unknown (it is served as anonymous, with 200)
│   ├── Forbidden              the rights of the page forbid it (`owner` where known)
│   ├── CaptchaInTheWay        only an administrator passes the page-edit route
│   └── SessionLost            the write went through as somebody else (`writer` where known)
├── NotFound                   no such form, entry, page or file
├── WriteRefused               the wiki did not take a write; nothing was changed
│   ├── TagTaken               a creation on it would overwrite that page
│   ├── TitleRefused           missing, or without a letter to make a tag from
│   ├── EditRefused            the page-edit route answered 200 instead of 302
│   └── UploadRefused          extension or size: 201 with an empty file field
├── WriteDoubtful              a write went out and cannot be taken as done
│   ├── UnknownOutcome         its answer was lost: look before anything is sent again
│   └── WriteNotKept           read back, it differs (`properties` that do)
└── Malformed                  readable JSON that is not what Bazar makes
    ├── FormMalformed
    ├── EntryMalformed
    ├── FieldMalformed         one property of an entry (`property`); the others stay good
    ├── ListMalformed
    └── RecurrenceMalformed

A message says in one sentence what happened and where, without secrets and without anything
a member typed; `remedy` says what a person can do about it. Tags, form numbers and property
names may be named. Sources: reference sections 2, 4 and 8.
"""

from __future__ import annotations


class BazarError(Exception):
    """Root of the tree; `message` and `remedy` are one sentence each.

    Each class has a remedy of its own, which the place that raises may replace.
    """

    default_remedy = "Run `oscartes doctor` to see what the wiki answers."

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy or self.default_remedy


class Unreachable(BazarError):
    """No answer at all: DNS, refused connection, TLS, timeout, cut connection while reading."""

    default_remedy = "Check the wiki's address and that it opens in a browser, then try again."


class CertificateRefused(Unreachable):
    """The certificate is expired, another server's, or vouched for by nobody we know.

    Nothing was sent. What exactly is wrong stands in the `ssl` error that it was raised from.
    """

    default_remedy = "Have the certificate renewed, or give `ca` the authority that signed it."


class WikiUnavailable(BazarError):
    """The wiki answers, but cannot do its work at the moment."""

    default_remedy = "Wait until the wiki works again, then try again."


class DatabaseDown(WikiUnavailable):
    """Status 200 and a sentence about the database in place of the answer (recording 530)."""

    default_remedy = "Ask the wiki's host to look at its database, then try again."


class Hibernated(WikiUnavailable):
    """The wiki is in hibernation: every write answers 500, reads go on (recordings 515-517)."""

    default_remedy = "Ask an administrator of the wiki to end its hibernation, then try again."


class TooManyRequests(WikiUnavailable):
    """The wiki, or a server before it, asks to wait; nothing was done.

    `retry_after` is in seconds, None where the answer does not say.
    """

    default_remedy = "Wait a while before the next run."

    def __init__(self, message: str, remedy: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message, remedy)
        self.retry_after = retry_after


class NotAWiki(BazarError):
    """The address answers, but none of its answers is that of a YesWiki."""

    default_remedy = "Give the address that the browser shows before the question mark."


class InsecureAddress(BazarError):
    """The wiki's address is plain http, so the key would be sent in the clear."""

    default_remedy = "Use the https address, or set `insecure` where the network is trusted."


class UnexpectedAnswer(BazarError):
    """An answer that is not of the documented shape, whatever its status."""

    default_remedy = "Try again; if it stays so, show the administrator of the wiki this message."


class WikiFailed(UnexpectedAnswer):
    """The wiki ran into a mistake of its own and says so, with a status of 500.

    One entry that it cannot show is enough for its whole form (a map position that is a list).
    """

    default_remedy = (
        "Open the form's list in the wiki; if it fails too, its administrator must look."
    )


class AccessRefused(BazarError):
    """Our identity or our rights are not enough."""

    default_remedy = "Check the account and the rights of the key with the wiki's administrator."


class KeyRefused(AccessRefused):
    """The wiki does not know the key; on public routes it serves us as anonymous, with 200."""

    default_remedy = "Compare the key with `api_allowed_keys` in the wiki's configuration."


class Forbidden(AccessRefused):
    """The rights of the page or route do not allow this to us; `owner` is its owner, or None."""

    default_remedy = "Ask the owner of the page, or an administrator, for the right."

    def __init__(self, message: str, remedy: str = "", *, owner: str | None = None) -> None:
        super().__init__(message, remedy)
        self.owner = owner


class CaptchaInTheWay(AccessRefused):
    """`use_captcha` is on: the page-edit route takes administrators only (recording 511)."""

    default_remedy = "Make the account an administrator, or switch the captcha off for editing."


class SessionLost(AccessRefused):
    """A write was accepted, but as another user; `writer` is the name it bears, or None.

    Where everybody may write, a lost session does not show otherwise (recordings 370, 376).
    """

    default_remedy = "Run again; a new session is opened with the key."

    def __init__(self, message: str, remedy: str = "", *, writer: str | None = None) -> None:
        super().__init__(message, remedy)
        self.writer = writer


class NotFound(BazarError):
    """No such form, entry, page, revision or file."""

    default_remedy = "Check the number or the tag on the wiki."


class WriteRefused(BazarError):
    """The wiki refused a write; it changed nothing."""

    default_remedy = "Mend the entry on the side where it was typed."


class TagTaken(WriteRefused):
    """A page bears the tag; creating on it would overwrite that page (recordings 351, 703)."""

    default_remedy = "Choose another tag."


class TitleRefused(WriteRefused):
    """`bf_titre` is missing or holds no letter to make a tag from (recordings 310, 313, 314)."""

    default_remedy = "Give the entry a title that holds at least one letter."


class EditRefused(WriteRefused):
    """The page-edit route answered 200 and a page in place of its redirect (recording 701)."""

    default_remedy = "Open the entry for editing on the wiki to see what it says."


class UploadRefused(WriteRefused):
    """The file was not kept, for its extension or its size (recordings 410-414)."""

    default_remedy = "Use a file type and a size that the wiki's form allows."


class WriteDoubtful(BazarError):
    """A write was sent and cannot be taken as done."""

    default_remedy = "The next run looks at the entry before it writes anything."


class UnknownOutcome(WriteDoubtful):
    """The answer to a write was lost; it may have been done. Never to be sent again unseen."""


class WriteNotKept(WriteDoubtful):
    """The write was accepted, but reads back differently in `properties`."""

    default_remedy = "Look at these fields of the entry on the wiki, and at who may write them."

    def __init__(self, message: str, remedy: str = "", *, properties: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy)
        self.properties = properties


class Malformed(BazarError):
    """JSON of another shape than Bazar makes."""

    default_remedy = "Open and save it once on the wiki."


class FormMalformed(Malformed):
    """A form definition that cannot be read."""

    default_remedy = "Open the form on the wiki and save it again."


class EntryMalformed(Malformed):
    """Something that is not an entry, or an entry without its tag or form."""


class FieldMalformed(EntryMalformed):
    """The value of one property cannot be read or written; `property` is its name."""

    default_remedy = "Correct this field of the entry on the wiki."

    def __init__(self, message: str, remedy: str = "", *, property: str = "") -> None:  # noqa: A002
        super().__init__(message, remedy)
        self.property = property


class ListMalformed(Malformed):
    """A choice list in neither of the two known shapes."""

    default_remedy = "Open the list on the wiki and save it again."


class RecurrenceMalformed(Malformed):
    """A recurrence structure that cannot be read."""

    default_remedy = "Set the recurrence of the event on the wiki again."
