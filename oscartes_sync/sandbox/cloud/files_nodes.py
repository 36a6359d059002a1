"""Files and folders, in memory: ids, ETags, sizes, and the changes that climb up to the root.

An ETag of a file is made of its modification second, its id and its size, as local storage does:
a second write within one second keeps the ETag (102, 109). A folder's is drawn anew with every
change below it (101).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

INSTANCE = "ocstandincl1"
MICROSECONDS = 1_000_000


@dataclass(slots=True)
class Lock:
    """A lock: of a person (files_lock, `token` made up) or of a WebDAV token. Times in seconds."""

    uid: str
    token: str
    by_token: bool
    since: int
    timeout: int
    owner_xml: str = ""


@dataclass(slots=True)
class Version:
    """What a file held before; its mtime is its name."""

    mtime: int
    content: bytes
    author: str


@dataclass(slots=True)
class Rule:
    """One access rule of a Team folder: the bits of `mask` are set to `permissions`."""

    kind: str
    name: str
    mask: int
    permissions: int


@dataclass(eq=False)
class Node:
    """One file or folder. `owner` is the uid whose home it is in, "" within Team folders.

    `mtime`, `created` and `uploaded` are seconds since 1970. `dead` holds properties by account
    and Clark name. `inode` counts how often the file on the disk was replaced by another.
    """

    number: int
    name: str
    owner: str
    parent: Node | None = None
    folder: bool = False
    children: dict[str, Node] = field(default_factory=dict)
    content: bytes = b""
    mtime: int = 0
    etag: str = ""
    checksum: str = ""
    created: int = 0
    uploaded: int = 0
    dead: dict[tuple[str, str], str] = field(default_factory=dict)
    favourites: set[str] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)
    rules: list[Rule] = field(default_factory=list)
    versions: dict[int, Version] = field(default_factory=dict)
    lock: Lock | None = None
    inode: int = 0

    @property
    def oc_id(self) -> str:
        """The id with the instance's own name behind."""
        return f"{self.number:08d}{INSTANCE}"

    @property
    def quoted_etag(self) -> str:
        """As in headers."""
        return f'"{self.etag}"'

    @property
    def size(self) -> int:
        """Bytes; of a folder, of all in it."""
        if not self.folder:
            return len(self.content)
        return sum(child.size for child in self.children.values())

    def above(self) -> Iterator[Node]:
        """The folders it is in, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def walk(self) -> Iterator[Node]:
        """This node and everything in it, folders before what they hold."""
        yield self
        for child in self.children.values():
            yield from child.walk()

    def path_from(self, root: Node) -> tuple[str, ...]:
        """The names from below `root` down to this node."""
        names: list[str] = []
        node: Node | None = self
        while node is not None and node is not root:
            names.append(node.name)
            node = node.parent
        return tuple(reversed(names))


@dataclass
class FileSettings:
    """What an administrator (or the kind of storage) sets.

    coarse_etags: a second write within a second keeps the ETag. frozen_locks: while files_lock
    holds a file, writes keep its ETag. windows_names: names Windows refuses are refused.
    """

    coarse_etags: bool = True
    frozen_locks: bool = True
    windows_names: bool = False


class FileStore:
    """Every home, and what changes in them.

    `climbed` is told of every chain of folders whose ETags moved, so that those who see them
    under another name (shares, Team folders) move too.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.settings = FileSettings()
        self.homes: dict[str, Node] = {}
        self.quotas: dict[str, int] = {}
        self.climbed: Callable[[list[Node], str, int], None] = lambda _chain, _etag, _now: None
        self._numbers = count(1)
        self._last_uniqid = 0

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock().astimezone(UTC).timestamp())

    def uniqid(self) -> str:
        """PHP's uniqid: the moment in microseconds, never the same twice."""
        moment = int(self.clock().timestamp() * MICROSECONDS)
        self._last_uniqid = max(moment, self._last_uniqid + 1)
        seconds, micros = divmod(self._last_uniqid, MICROSECONDS)
        return f"{seconds:x}{micros:05x}"

    def home(self, uid: str) -> Node:
        """An account's root folder; made at the first call."""
        if uid not in self.homes:
            self.homes[uid] = self.new_root(uid)
        return self.homes[uid]

    def new_root(self, owner: str, name: str = "") -> Node:
        """A folder in nothing."""
        root = Node(next(self._numbers), name, owner, folder=True)
        root.etag, root.mtime = self.uniqid(), self.now()
        return root

    def add(self, parent: Node, name: str, *, folder: bool) -> Node:
        """A new, empty node; the caller climbs once its content is written."""
        node = Node(next(self._numbers), name, parent.owner, parent, folder)
        node.mtime = self.now()
        node.etag = self.uniqid() if folder else file_etag(node)
        node.uploaded = node.mtime
        parent.children[name] = node
        return node

    def write(self, node: Node, content: bytes, author: str) -> None:
        """Change a file's content; what it held becomes a version."""
        now = self.now()
        if node.content and node.mtime != now:
            node.versions[node.mtime] = Version(node.mtime, node.content, author)
        node.content, node.checksum, node.uploaded = content, "", now
        self.set_mtime(node, now)
        self.climb(node)

    def set_mtime(self, node: Node, mtime: int) -> None:
        """Set the modification second; the ETag follows, except where it is held."""
        same_second = node.mtime == mtime and self.settings.coarse_etags and bool(node.etag)
        frozen = node.lock is not None and self.settings.frozen_locks
        node.mtime = mtime
        if not (same_second or frozen) and not node.folder:
            node.etag = file_etag(node) if self.settings.coarse_etags else self.uniqid()

    def climb(self, node: Node) -> None:
        """Give every folder above a new ETag, the same for all (101)."""
        etag, now = self.uniqid(), self.now()
        chain = list(node.above())
        for folder in chain:
            folder.etag, folder.mtime = etag, max(folder.mtime, now)
        self.climbed([node, *chain], etag, now)

    def take_out(self, node: Node) -> None:
        """Take a node out of its folder, whose ETags move."""
        self.climb(node)
        if node.parent is not None:
            del node.parent.children[node.name]
        node.parent = None

    def put_in(self, node: Node, parent: Node, name: str) -> None:
        """Put a node that is in no folder into one; all below takes the folder's owner."""
        node.parent, node.name = parent, name
        parent.children[name] = node
        for one in node.walk():
            one.owner = parent.owner
        self.climb(node)

    def copy(self, node: Node, parent: Node, name: str) -> Node:
        """A copy under new ids; files keep ETag and time (104), nothing else that hangs on them."""
        twin = self.add(parent, name, folder=node.folder)
        if not node.folder:
            twin.content, twin.checksum = node.content, node.checksum
            twin.etag, twin.mtime = node.etag, node.mtime
        for child in list(node.children.values()):
            self.copy(child, twin, child.name)
        return twin

    def free(self, node: Node) -> int | None:
        """Bytes left where a node is; None without quota."""
        quota = self.quotas.get(node.owner)
        if quota is None or node.owner not in self.homes:
            return None
        return max(0, quota - self.homes[node.owner].size)

    def find(self, number: int) -> Node | None:
        """The node of an id, in any home."""
        for home in self.homes.values():
            for node in home.walk():
                if node.number == number:
                    return node
        return None


def file_etag(node: Node) -> str:
    """What local storage makes of second, inode and size."""
    seed = f"{node.mtime}{node.number}.{node.inode}{len(node.content)}"
    return hashlib.md5(seed.encode(), usedforsecurity=False).hexdigest()
