"""Where a folder is: its hrefs, and those of the rooms of the same account that serve files."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from oscartes_sync.adapters.nextcloud.address import Address, canonical, decoded, segment

_DAV = "/remote.php/dav/"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder among the files of an account.

    `uid` is the account's, never its login name. `path` is below its files, "" for all of them.
    """

    address: Address
    uid: str
    path: str

    @classmethod
    def at(cls, address: Address, uid: str, path: str) -> Folder:
        """The folder that a person names, with slashes around it or without."""
        return cls(address, uid, tidy(path))

    @property
    def files(self) -> str:
        """The href of the account's files."""
        return self._room("files/")

    @property
    def uploads(self) -> str:
        """Where chunks of the account are put together (recording 108)."""
        return self._room("uploads/")

    @property
    def bin(self) -> str:
        """The account's trash bin of files (recording 106)."""
        return self._room("trashbin/")

    @property
    def versions(self) -> str:
        """What the account's files held before (recording 107)."""
        return self._room("versions/")

    @property
    def scope(self) -> str:
        """The account's files as SEARCH names them (recording 112)."""
        return f"/files/{segment(self.uid)}"

    def route(self, name: str) -> str:
        """The href of a door that serves all accounts, such as `bulk`; "" is their root."""
        return self.address.path(f"{_DAV}{name}")

    def href(self, path: str = "") -> str:
        """The href of a file in the folder."""
        return self.files + "/".join(segment(part) for part in self.full(path).split("/"))

    def branch(self, path: str = "") -> str:
        """The href of a folder in it, "" for itself; it ends in a slash."""
        return self.href(path).rstrip("/") + "/"

    def full(self, path: str = "") -> str:
        """A path of ours below the account's files, as OCS and the bin say it."""
        return "/".join(part for part in (self.path, tidy(path)) if part)

    def relative(self, full: str) -> str | None:
        """A path below the account's files as one of ours; None for what is not in the folder."""
        plain = tidy(full)
        if not self.path:
            return plain
        if plain == self.path:
            return ""
        inside = plain.removeprefix(f"{self.path}/")
        return inside if inside != plain else None

    def full_of(self, href: str) -> str | None:
        """The path below the account's files of an href; None for one that is elsewhere."""
        below = canonical(href).removeprefix(self.files)
        return tidy(decoded(below)) if below != canonical(href) else None

    def _room(self, name: str) -> str:
        return self.address.path(f"{_DAV}{name}{segment(self.uid)}/")


def tidy(path: str) -> str:
    """A path in NFC, as the server gives it back (recording 105), without slashes around it."""
    return unicodedata.normalize("NFC", path).strip("/")


def above(path: str) -> str:
    """The path of the folder that holds this one, "" for what lies in the folder itself."""
    return path.rpartition("/")[0]


def chain(path: str) -> list[str]:
    """A branch and all above it, the folder itself ("") last."""
    found = [path]
    while found[-1]:
        found.append(above(found[-1]))
    return found
