"""Link shares for everybody: ``/public.php/dav/files/<token>/`` and ``/s/<token>`` (130, 131).

A link that is not there, was deleted or has run out is 503, not 404.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import parse_qs

from oscartes_sync.sandbox.cloud.dav_room import options
from oscartes_sync.sandbox.cloud.files_download import check_file_conditions, serve
from oscartes_sync.sandbox.cloud.files_mounts import LINK, MAIL, FileShare, Parts, Place
from oscartes_sync.sandbox.cloud.files_names import decoded_parts, file_not_found
from oscartes_sync.sandbox.cloud.files_room import FileRoom, Tree
from oscartes_sync.sandbox.cloud.messages import (
    SABRE,
    Refusal,
    Reply,
    Request,
    forbidden,
    not_implemented,
)
from oscartes_sync.sandbox.cloud.xml_text import text

BASIC = ("WWW-Authenticate", 'Basic realm="Nextcloud", charset="UTF-8"')


class PublicFiles:
    """Shows what links share."""

    def __init__(self, files: FileRoom) -> None:
        self.files = files
        self.mounts = files.mounts

    def answer(self, request: Request) -> Reply:
        """``/public.php/dav/files/<token>/…``. Raises Refusal."""
        if request.method == "OPTIONS":
            return options()
        parts = decoded_parts(request.path, skip=2)
        if parts[:1] != ("files",) or len(parts) < 2:
            raise not_implemented(request.method)
        share = self._share(parts[1])
        if share.password:
            _check_password(request, share.password)
        return self._act(request, Tree(f"/public.php/dav/files/{parts[1]}/", 4), share, parts[2:])

    def old(self, request: Request) -> Reply:
        """``/public.php/webdav/…``: the token is the Basic name, the password its password."""
        token, password = _credentials(request)
        share = self._share(token)
        if share.password and not hmac.compare_digest(share.password, password):
            raise _wrong_password()
        parts = decoded_parts(request.path, skip=2)
        return self._act(request, Tree("/public.php/webdav/", 2), share, parts)

    def page(self, request: Request) -> Reply:
        """``/s/<token>`` and its download, with or without index.php."""
        parts = [one for one in request.segments if one != "index.php"]
        token = parts[1] if len(parts) > 1 else ""
        share = next((one for one in self.mounts.shares if token and one.token == token), None)
        if share is None or self._over(share) or share.binned or self._is_closed(share):
            return Reply(404, b"<!DOCTYPE html>\n<html><title>Nextcloud</title></html>\n")
        if parts[2:] == ["download"]:
            return self._download(request, share)
        title = text(share.node.name)
        page = f"<!DOCTYPE html>\n<html>\n<head><title>{title} - Nextcloud</title></head></html>\n"
        return Reply(200, page.encode())

    def _download(self, request: Request, share: FileShare) -> Reply:
        query = parse_qs(request.query)
        path = query.get("path", ["/"])[0].strip("/")
        name = query.get("files", [""])[0]
        inside = "/".join(one for one in (path, name) if one)
        tail = f"/{inside}" if inside else ""
        found = self.mounts.public_place(share, decoded_parts(inside.replace("%", "%25"), skip=0))
        if found is not None and found.node.folder:
            tail += "?accept=zip" if self.files.core.version == 34 else "/?accept=zip"
        location = f"{self.files.core.url}/public.php/dav/files/{share.token}{tail}"
        return Reply(303, headers=[("Location", location.encode().decode("latin-1"))])

    def _share(self, token: str) -> FileShare:
        for share in self.mounts.shares:
            if share.token == token and share.kind in (LINK, MAIL) and not self._over(share):
                return share
        raise Refusal(503, SABRE + "ServiceUnavailable", "Sabre\\DAV\\Exception\\NotFound: ")

    def _is_closed(self, share: FileShare) -> bool:
        """Whether who made it may not pass the file on any more (tried on 33.0.1: 404)."""
        return not self.mounts.may_pass_on(share.owner, share.node)

    def _over(self, share: FileShare) -> bool:
        today = self.files.core.now().date()
        return share.expiration is not None and share.expiration < today

    def _act(self, request: Request, tree: Tree, share: FileShare, parts: Parts) -> Reply:
        place = self.mounts.public_place(share, parts)
        if self._is_closed(share):
            raise file_not_found(parts)
        if request.method in ("PUT", "MKCOL"):
            return self._make(request, share, place, parts)
        if place is None:
            raise file_not_found(parts)
        if request.method == "PROPFIND":
            return self.files.propfind(request, tree, place)
        if request.method in ("GET", "HEAD"):
            name = parts[-1] if parts else share.node.name
            return check_file_conditions(request, place.node) or serve(
                request, place.node, name, self.files.core.version
            )
        if request.method == "DELETE" and parts:
            check_file_conditions(request, place.node)
            self.files.locks.check(request, place)
            self.files.writing.delete(place)
            return Reply(204)
        raise not_implemented(request.method) if parts else forbidden("")

    def _make(self, request: Request, share: FileShare, place: Place | None, parts: Parts) -> Reply:
        """A visitor's upload: written into the owner's tree, by the owner's leave."""
        holder = self.mounts.public_place(share, parts[:-1])
        if holder is None:
            raise file_not_found(parts[:-1])
        if not (place or holder).may(2 if place else 4):
            raise forbidden("")
        owner = self.files.store.home(share.owner)
        inside = (*share.node.path_from(owner), *parts)
        if request.method == "MKCOL":
            made = self.files.writing.make_folder(share.owner, inside)
            return Reply(201, headers=[("OC-FileId", made.oc_id)])
        check_file_conditions(request, place.node if place else None)
        if place is not None:
            self.files.locks.check(request, place)
        written, created = self.files.writing.put(share.owner, inside, request.body)
        headers = self.files.finish(request, written.node) + self.files.described(written)
        return Reply(201 if created else 204, headers=headers)


def _credentials(request: Request) -> tuple[str, str]:
    said = request.headers.get("authorization", "")
    if said[:6].lower() != "basic ":
        raise _wrong_password()
    try:
        name, _, password = base64.b64decode(said[6:]).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as unreadable:
        raise _wrong_password() from unreadable
    return name, password


def _check_password(request: Request, wanted: str) -> None:
    if "authorization" not in request.headers:
        raise Refusal(401, SABRE + "NotAuthenticated", "")
    if not hmac.compare_digest(_credentials(request)[1].encode(), wanted.encode()):
        raise _wrong_password()


def _wrong_password() -> Refusal:
    message = "Username or password was incorrect"
    return Refusal(401, SABRE + "NotAuthenticated", message, headers=[BASIC])
