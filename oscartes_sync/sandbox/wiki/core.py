"""The wiki's heart: settings, clocks, who is asking, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from oscartes_sync.sandbox.wiki.clock import WikiClock
from oscartes_sync.sandbox.wiki.faults import Faults
from oscartes_sync.sandbox.wiki.store import Page, Store, fold

Version = Literal["4.4", "4.5"]
ADMINS = "admins"
HIBERNATION = (
    "Action désactivée car ce wiki est en lecture seule. "
    "Veuillez contacter l'administrateur pour le réactiver."
)


class WikiFailure(Exception):
    """An exception the wiki lets escape: 500 on the API, an HTML page with 200 elsewhere.

    `place` is the server file and line the message names.
    """

    def __init__(self, message: str, place: str, kind: str = "Exception") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.kind = kind

    def text(self) -> str:
        """What PHP writes of the exception, with a server path as the real wiki."""
        return (
            f"{self.kind}: {self.message} in /var/www/yeswiki/{self.place}\n"
            "Stack trace:\n#0 /var/www/yeswiki/includes/YesWiki.php(1232): "
            "YesWiki\\Wiki->RunSpecialPages()\n#1 /var/www/yeswiki/index.php(19): "
            "YesWiki\\Wiki->Run()\n#2 {main}"
        )


@dataclass
class Settings:
    """`wakka.config.php`. Rights hold one line per rule."""

    version: Version = "4.5"
    keys: dict[str, str] = field(default_factory=dict)
    public_key: bool = False
    default_read_acl: str = "*"
    default_write_acl: str = "*"
    default_comment_acl: str = "comments-closed"
    groups: dict[str, list[str]] = field(default_factory=dict)
    revisions_count: int = 30
    rss_count: int = 20
    post_max: int = 40 * 1024 * 1024
    upload_max: int = 32 * 1024 * 1024
    names_what_never_arrived: bool = False
    wiki_name: str = "Réseau de démonstration"


@dataclass(frozen=True)
class Visitor:
    """Who asks: an account's name, or "" and an address."""

    name: str = ""
    address: str = "127.0.0.1"

    @property
    def signature(self) -> str:
        """What is written as the last writer."""
        return self.name or self.address


class Core:
    """State shared by all routes, and the questions of rights.

    Read in the server's includes/services/AclService.php.
    """

    def __init__(
        self, store: Store, settings: Settings, faults: Faults, now: Callable[[], datetime]
    ) -> None:
        self.store = store
        self.settings = settings
        self.faults = faults
        self.clock = WikiClock(now)
        self.base_url = ""

    def href(self, tag: str, parameters: str = "") -> str:
        """Absolute address of a page."""
        return f"{self.base_url}/?{tag}{'&' + parameters if parameters else ''}"

    def refuse_when_hibernating(self, place: str) -> None:
        """Raise the wiki's failure where it is in hibernation."""
        if self.faults.hibernate:
            raise WikiFailure(HIBERNATION, place)

    # accounts

    def is_admin(self, visitor: Visitor) -> bool:
        """Tell whether the visitor belongs to @admins."""
        return self.in_group(ADMINS, visitor.name)

    def in_group(self, group: str, name: str) -> bool:
        """Tell whether an account belongs to a group; groups may hold groups."""
        if not name:
            return False
        user = self.store.users.get(name)
        if group == ADMINS and user is not None and user.admin:
            return True
        members = self.settings.groups.get(group, [])
        nested = [member[1:] for member in members if member.startswith("@")]
        return name in members or any(self.in_group(inner, name) for inner in nested)

    def group_names(self) -> list[str]:
        """Names of all groups."""
        return sorted({ADMINS, *self.settings.groups})

    def owns(self, visitor: Visitor, page: Page | None) -> bool:
        """Tell whether the visitor owns the page; nobody owns a page without owner."""
        return bool(visitor.name) and page is not None and page.owner == visitor.name

    # rights

    def default_acl(self, privilege: str) -> str:
        """The wiki's default list of a right."""
        return {
            "read": self.settings.default_read_acl,
            "write": self.settings.default_write_acl,
        }.get(privilege, self.settings.default_comment_acl)

    def may(self, visitor: Visitor, privilege: str, tag: str) -> bool:
        """Tell whether the visitor has this right on a page, existing or not."""
        acl = self.store.acl(tag, privilege)
        rules = self.default_acl(privilege) if acl is None else acl
        if rules == "comments-closed":
            return False
        if self.owns(visitor, self.store.page(tag)):
            return True
        return self.matches(rules, visitor)

    def matches(
        self, acl: str, visitor: Visitor, page: Page | None = None, *, creation: bool = False
    ) -> bool:
        """Check a list of rules: one that grants is enough, admins pass always."""
        if visitor.name and self.is_admin(visitor):
            return True
        rules = acl.replace("\r\n", "\n").replace("\r", "\n").strip()
        return any(
            self._grants(line.strip(), visitor, page, creation) for line in rules.split("\n")
        )

    def _grants(self, rule: str, visitor: Visitor, page: Page | None, creation: bool) -> bool:
        positive = not rule.startswith("!")
        bare = rule[0 if positive else 1 :]
        known = visitor.name in self.store.users
        match bare[:1]:
            case "" | "#":
                return False
            case "*":
                return positive
            case "+":
                return known is positive
            case "%":
                if creation:
                    return positive
                return page is not None and self.owns(visitor, page) is positive
            case "@":
                return bool(bare[1:]) and self.in_group(bare[1:], visitor.name) is positive
            case _:
                return (bool(visitor.name) and bare == visitor.name) is positive

    def readable_lists(self, visitor: Visitor) -> Callable[[Page], bool]:
        """The filter of lists of entries, which is not the check of one page.

        It looks for text inside the stored lists, so that an owner does not see an entry whose
        list names only a group (reference section 8, Create).
        """
        if self.is_admin(visitor):
            return lambda _: True
        needed = ["*"]
        if visitor.name:
            needed += ["+", visitor.name]
            needed += [
                f"@{name}" for name in self.group_names() if self.in_group(name, visitor.name)
            ]
        by_default = self.matches(self.settings.default_read_acl, visitor)
        known: dict[str, tuple[bool, bool]] = {}

        def readable(page: Page) -> bool:
            acl = self.store.acl(page.tag, "read")
            if acl is None:
                return by_default
            if acl not in known:
                known[acl] = _list_rules(acl, needed)
            open_to_all, to_owner = known[acl]
            return open_to_all or (to_owner and self.owns(visitor, page))

        return readable


def _list_rules(acl: str, needed: list[str]) -> tuple[bool, bool]:
    folded = fold(acl)
    names = [fold(name) for name in needed]
    granted = any(name in folded for name in names)
    denied = any(f"!{name}" in folded for name in names)
    return granted and not denied, "%" in folded and "!%" not in folded
