"""What keeping groups in step needs of the world: a list of the wiki, and who is where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from oscartes_sync.planning.binding import Binding, KeptGroup
from oscartes_sync.planning.membership import Roll


@dataclass(frozen=True, slots=True)
class Naming:
    """What one entry of a list holds: user ids and e-mail addresses, which nobody may write down.

    `token` is the version of the entry, "" where an edit could still bear the same one.
    """

    values: tuple[str, ...] = field(repr=False)
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberList:
    """The entries that a group follows, by tag.

    `shown` are all that the binding mirrors, whatever the group's own `where` selects; `whole` is
    false where some could not be read.
    """

    entries: Mapping[str, Naming]
    shown: frozenset[str] = frozenset()
    whole: bool = True


class MemberLists(Protocol):
    """One wiki."""

    def members(
        self, binding: Binding, groups: Sequence[KeptGroup]
    ) -> Mapping[KeptGroup, MemberList]:
        """The list of each of these groups: the entries that the binding mirrors and the group's
        own `where` selects.

        One request for what the binding mirrors, and one for each group.

        Raises:
            SideError: a list cannot be read; nothing may then be concluded.
            ConfigurationError: the form has no such property.
        """


class Memberships(Protocol):
    """The teams and groups of one cloud, as our account sees them."""

    def account(self) -> str:
        """Our own user id."""

    def read(self, group: KeptGroup) -> Roll:
        """Who is in it now; a team of which there is none yet is not `there`.

        Raises:
            Missing: there is no such group, or no teams at all.
            Forbidden: it is not ours to read, or to keep; asking again in this run will not help.
        """

    def find(self, named: str) -> tuple[str, ...]:
        """The accounts with exactly this user id, else with exactly this e-mail address."""

    def make(self, group: KeptGroup) -> None:
        """Make a team that is not there yet; it is ours then.

        Raises:
            Forbidden: the server does not let us.
        """

    def add(self, group: KeptGroup, account: str) -> None:
        """Let an account join; one that is a member already is none the worse for it.

        Raises:
            Missing: there is no such account any more.
            Forbidden: it is not ours to change.
        """

    def remove(self, group: KeptGroup, account: str) -> None:
        """Take an account out; one that is no member any more is none the worse for it.

        Raises:
            Forbidden: it is not ours to change.
        """
