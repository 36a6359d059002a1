"""What can go wrong, drawn once.

::

    OscartesError
    ├── ConfigurationError          oscartes.toml or .env is not usable           (exit 2)
    ├── UsageError                  the command's words are off                   (exit 2)
    ├── StateError                  the state file cannot serve this run          (exit 1)
    │   └── StateLocked             another run holds it
    ├── Outdated                    what was decided on is not so any more         (exit 1)
    ├── RecordError                 a record that cannot be: becomes a Problem
    └── SideError                   the wiki or the cloud did not do what was asked
        ├── Unreachable             no connection, time-out, 5xx without a reason
        │   └── OutcomeUnknown      the answer to a write was lost: look before doing anything
        ├── Unavailable             maintenance, hibernation, database down, "come back in an hour"
        │   └── Overloaded          429: it was asked too often, and may take the next request
        ├── CredentialsRefused      wrong key or app password
        ├── Unexpected              an answer that is not what this server gives
        ├── Refused                 the server says no to this one thing
        │   ├── Forbidden           rights; `owner` names who can
        │   ├── Missing             it is not there (any more)
        │   ├── Moved               it changed since we read it (412, or a newer revision)
        │   ├── Taken               its name or UID is in use
        │   ├── Invalid             the server will not take this content
        │   ├── Busy                423: somebody holds it
        │   └── Full                507: no room left
        └── NotKept                 what was read back is not what was written

An error carries a `code` and `params`; its sentence and its remedy are looked up by code in
`presentation.texts`, in the reader's language. Params never hold secrets or what a member typed.
"""

from __future__ import annotations


class OscartesError(Exception):
    """Root of the tree. `code` names the text; `params` fill its blanks."""

    def __init__(self, code: str, /, **params: object) -> None:
        self.code = code
        self.params: dict[str, str] = {name: str(value) for name, value in params.items()}
        super().__init__(code, self.params)

    def __str__(self) -> str:
        blanks = ", ".join(f"{name}={value}" for name, value in sorted(self.params.items()))
        return f"{self.code} ({blanks})" if blanks else self.code


class ConfigurationError(OscartesError):
    """The configuration is unreadable, incomplete or contradicts itself."""


class UsageError(OscartesError):
    """The command was called with words that do not fit together."""


class StateError(OscartesError):
    """The state cannot be opened, belongs elsewhere or cannot be written."""


class StateLocked(StateError):
    """Another run holds the state."""


class Outdated(OscartesError):
    """What a person decided on has changed since; nothing was written."""


class RecordError(OscartesError):
    """These values make no record."""


class SideError(OscartesError):
    """Something about one of the two servers; `side` is "wiki" or "cloud" once it is known."""

    side: str | None = None


class Unreachable(SideError):
    """The server could not be reached, or broke while answering."""


class OutcomeUnknown(Unreachable):
    """A write was sent and its answer lost: only a look at the server can tell."""


class Unavailable(SideError):
    """The server is there and says: not now."""


class Overloaded(Unavailable):
    """The server has been asked too often; it may take the next thing."""


class CredentialsRefused(SideError):
    """The key or the app password is not accepted."""


class Unexpected(SideError):
    """The answer is not one this server gives."""


class Refused(SideError):
    """The server says no to this one thing; the others go on."""


class Forbidden(Refused):
    """We have not the right; `params["owner"]`, where known, names who has."""


class Missing(Refused):
    """It is not there."""


class Moved(Refused):
    """It changed since we read it."""


class Taken(Refused):
    """The name or the UID is in use; `params["href"]`, where known, is the holder."""


class Invalid(Refused):
    """The server will not take this content."""


class Busy(Refused):
    """Somebody holds it locked."""


class Full(Refused):
    """There is no room left."""


class NotKept(SideError):
    """Written without an error, and yet read back otherwise."""
