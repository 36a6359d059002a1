"""Locks on files: files_lock's own (X-User-Lock) and WebDAV's (recording 109)."""

from __future__ import annotations

import re
import uuid

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_mounts import Mounts, Place
from oscartes_sync.sandbox.cloud.files_nodes import FileStore, Lock, Node
from oscartes_sync.sandbox.cloud.files_xml import inner
from oscartes_sync.sandbox.cloud.messages import (
    SABRE,
    XML,
    Refusal,
    Reply,
    Request,
    forbidden,
    not_implemented,
)
from oscartes_sync.sandbox.cloud.xml_text import dav, href_element, parse, text

TOKEN = re.compile(r"<(opaquelocktoken:[^>]+|files_lock/[^>]+)>")
SECONDS = re.compile(r"Second-(\d+)")
NO_TIMEOUT = -60
DEFAULT_TIMEOUT = 1800
SPACES = (
    ' xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns"'
    ' xmlns:nc="http://nextcloud.org/ns"'
)
NO_LOCK = (
    "lock-owner-type", "lock-owner", "lock-owner-displayname", "lock-owner-editor", "lock-time",
    "lock-timeout", "lock-token",
)  # fmt: skip


class Locks:
    """Locks and unlocks; tells whether somebody may write."""

    def __init__(self, core: Core, store: FileStore, mounts: Mounts) -> None:
        self.core = core
        self.store = store
        self.mounts = mounts

    def held(self, node: Node) -> Lock | None:
        """The lock on a node that has not run out."""
        lock = node.lock
        if lock is not None and lock.timeout > 0 and lock.since + lock.timeout < self.store.now():
            node.lock = None
        return node.lock

    def check(self, request: Request, place: Place) -> None:
        """Raise 423 unless the account may change what is here and below."""
        for node in place.node.walk():
            lock = self.held(node)
            if lock is None:
                continue
            if lock.by_token and lock.token in request.headers.get("if", ""):
                continue
            if not lock.by_token and lock.uid == place.uid and place.public is None:
                continue
            raise locked(place)

    def lock(self, request: Request, place: Place) -> Reply:
        """LOCK: 501 on 32, where the app is missing."""
        if self.core.version == 32:
            raise not_implemented("LOCK")
        if not place.may(2):
            raise forbidden("")
        held = self.held(place.node)
        if "x-user-lock" in request.headers:
            if held is not None and held.uid != place.uid:
                return self._state(place.node, 423)
            token = f"files_lock/{uuid.uuid4()}"
            place.node.lock = Lock(place.uid, token, False, self.store.now(), NO_TIMEOUT)
            self._new_etag(place.node)
            return self._state(place.node, 200)
        return self._lock_by_token(request, place, held)

    def _lock_by_token(self, request: Request, place: Place, held: Lock | None) -> Reply:
        if held is not None and held.token not in request.headers.get("if", ""):
            raise locked(place)
        said = SECONDS.search(request.headers.get("timeout", ""))
        timeout = int(said[1]) if said else DEFAULT_TIMEOUT
        if held is not None:
            held.since, held.timeout = self.store.now(), timeout
        else:
            root = parse(request.body)
            owner = root.find(dav("owner"))
            token = f"opaquelocktoken:{uuid.uuid4()}"
            shown = inner(owner) if owner is not None else ""
            held = Lock(place.uid, token, True, self.store.now(), timeout, shown)
            place.node.lock = held
            self._new_etag(place.node)
        found = f"<d:lockdiscovery>{self.active(place, held, 'infinity')}</d:lockdiscovery>"
        body = f'<?xml version="1.0"?>\n<d:prop{SPACES}>{found}</d:prop>\n'
        return Reply(200, body.encode(), XML, [("Lock-Token", f"<{held.token}>")])

    def unlock(self, request: Request, place: Place) -> Reply:
        """UNLOCK: 412 where there is none, 403 for another's."""
        if self.core.version == 32:
            raise not_implemented("UNLOCK")
        held = self.held(place.node)
        if "x-user-lock" in request.headers:
            if held is None:
                return self._state(place.node, 412)
            if held.uid != place.uid:
                return self._state(place.node, 423)
            place.node.lock = None
            self._new_etag(place.node)
            return self._state(place.node, 200)
        found = TOKEN.search(request.headers.get("lock-token", ""))
        if held is None or found is None or found[1] != held.token:
            raise Refusal(409, SABRE + "LockTokenMatchesRequestUri", "The lock token is not valid")
        place.node.lock = None
        self._new_etag(place.node)
        return Reply(204)

    def active(self, place: Place, lock: Lock, depth: str = "1") -> str:
        """``d:activelock``; PROPFIND says depth 1 of what LOCK called infinity (109)."""
        path = f"/remote.php/dav/files/{place.uid}/{'/'.join(place.parts)}"
        return (
            "<d:activelock><d:lockscope><d:exclusive/></d:lockscope>"
            "<d:locktype><d:write/></d:locktype>"
            f"<d:lockroot>{href_element(path)}</d:lockroot><d:depth>{depth}</d:depth>"
            f"<d:timeout>Second-{lock.timeout}</d:timeout>"
            f"<d:locktoken><d:href>{lock.token}</d:href></d:locktoken>"
            f"<d:owner>{lock.owner_xml}</d:owner></d:activelock>"
        )

    def values(self, lock: Lock) -> dict[str, str]:
        """The nc:lock… properties by local name."""
        account = self.core.directory.accounts.get(lock.uid)
        name = text((account.name if account else "") or lock.uid)
        return {
            "lock": "1",
            "lock-owner-type": "2" if lock.by_token else "0",
            "lock-owner": text(lock.uid),
            "lock-owner-displayname": name,
            "lock-owner-editor": text(lock.uid),
            "lock-time": str(lock.since),
            "lock-timeout": str(lock.timeout),
            "lock-token": lock.token,
        }

    def _new_etag(self, node: Node) -> None:
        node.etag = self.store.uniqid()
        self.store.climb(node)

    def _state(self, node: Node, status: int) -> Reply:
        lines = [f" <d:getetag>{node.etag}</d:getetag>"]
        if node.lock is None:
            lines.append(" <nc:lock></nc:lock>")
            lines += [f" <nc:{name}/>" for name in NO_LOCK]
        else:
            lines += [f" <nc:{k}>{v}</nc:{k}>" for k, v in self.values(node.lock).items()]
        inside = "\n".join(lines)
        body = f'<?xml version="1.0"?>\n<d:prop{SPACES}>\n{inside}\n</d:prop>\n'
        return Reply(status, body.encode(), XML)


def locked(place: Place) -> Refusal:
    """423, naming the path without its slash in front."""
    path = f"files/{place.uid}/{'/'.join(place.parts)}"
    return Refusal(
        423,
        SABRE + "Locked",
        "",
        extra=f"  <d:lock-token-submitted>\n    <d:href>{text(path)}</d:href>\n"
        "  </d:lock-token-submitted>\n",
    )
