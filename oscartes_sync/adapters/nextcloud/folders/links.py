"""Public links to files: read-only, made once, found again by a mark of ours (130, 133).

A link is ours if its label ends in the mark; no other is touched. The note would be shown to
whoever opens the link, so nothing of ours stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.finding import Finding
from oscartes_sync.adapters.nextcloud.folders.place import Folder, tidy
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.ocs_answers import OcsAnswer, OcsCalls
from oscartes_sync.errors import (
    Forbidden,
    Missing,
    NotKept,
    OutcomeUnknown,
    Overloaded,
    SideError,
)

_ROUTE = "/ocs/v2.php/apps/files_sharing/api/v1/shares"
_LINK = 3
_READ = 1
_WRITES = 2 | 4 | 8
"""Update, create, delete; sharing on (16) comes with every link (recording 130)."""

_LONGEST_LABEL = 255
"""Bytes (ShareAPIController::createShare of 33.0.1 counts them so)."""


@dataclass(frozen=True, slots=True)
class Link:
    """One public link to a file; `url` opens its page, `download` its bytes.

    `label` is without the mark; `full` is the path below the account's files.
    """

    id: str
    fileid: int
    full: str
    url: str = field(repr=False)
    label: str = ""
    expires: date | None = None
    ours: bool = False
    read_only: bool = True

    @property
    def download(self) -> str:
        """Where the bytes are."""
        return f"{self.url}/download"


class _ShareCalls(OcsCalls):
    """The share API changes with PUT."""

    def put(self, route: str, form: Mapping[str, str]) -> OcsAnswer:
        """Change with a form; several fields at once work (recording 130)."""
        return self._send("PUT", route, form=form)

    def make(self, route: str, form: Mapping[str, str]) -> OcsAnswer:
        """Make with a form, once: what is counted by the hour is not worth waiting for."""
        return self._send("POST", route, form=form, patience=0)


class Links:
    """The links of one folder's files.

    `mark` names us in a label, such as `oscartes:noe`. After the server has once said that it is
    asked too often, nothing more is made until `Links` is new: the others' turn is the next run.
    """

    def __init__(self, dav: Dav, folder: Folder, *, mark: str) -> None:
        self._calls = _ShareCalls(dav)
        self._folder = folder
        self._finding = Finding(dav, folder)
        self._end = f"[{mark}]"
        self._overloaded: Overloaded | None = None

    def listed(self, branch: str | None = None) -> tuple[Link, ...]:
        """Links to files of the folder, ours and others', in one request.

        Of one branch alone with `branch`, of the folder and all below without.

        Raises:
            Missing: the branch is not there.
            Overloaded: it is asked too often.
        """
        if branch is not None:
            return self._at(branch, subfiles="true")
        found = self._links(self._calls.get(_ROUTE))
        return tuple(one for one in found if self._folder.relative(one.full) is not None)

    def ours(self) -> tuple[Link, ...]:
        """All that bear our mark, wherever their files are by now, in one request.

        Raises:
            Overloaded: it is asked too often.
        """
        return tuple(one for one in self._links(self._calls.get(_ROUTE)) if one.ours)

    def of(self, seen: FileSeen) -> tuple[Link, ...]:
        """The links to one file."""
        return self._at(seen.path)

    def make(
        self,
        seen: FileSeen,
        label: str = "",
        expires: date | None = None,
        *,
        present: Iterable[Link] | None = None,
    ) -> Link:
        """A link to a file: the one of ours that is there, else a new one.

        `present` is what `listed` gave, if it was asked in this run. An expiry that differs is
        changed in place, so that the address stays.

        Raises:
            Overloaded: as many links as the server takes within an hour were made.
            Forbidden: `links-forbidden`: the server does not let us.
            Missing: the file is not there.
            NotKept: the link would let its readers write; it was revoked.
            OutcomeUnknown: the answer is lost, and there is no link.
        """
        ours = self._ours(seen, self.of(seen) if present is None else present)
        if ours is not None:
            return ours if ours.expires == expires else self._extended(ours, expires)
        if self._overloaded is not None:
            raise Overloaded(self._overloaded.code, **self._overloaded.params)
        form = {
            "path": f"/{self._folder.full(seen.path)}",
            "shareType": str(_LINK),
            "permissions": str(_READ),
            "label": self._labelled(label),
            # Empty and not left out: else the server's default applies, enforced or not
            # (ShareAPIController::createShare of 33.0.1).
            "expireDate": expires.isoformat() if expires else "",
        }
        try:
            answer = self._checked(self._calls.make(_ROUTE, form))
        except Overloaded:
            self._overloaded = self._too_many()
            raise self._overloaded from None
        except OutcomeUnknown as lost:
            return self._looked_for(seen, lost)
        if not answer.well:
            raise self._refusal(seen, answer)
        return self._safe(answer)

    def expire(self, link: Link, day: date | None) -> None:
        """Let one of ours end on another day, or never; its address stays.

        Raises:
            Forbidden: the server does not let us.
            OutcomeUnknown: the answer is lost.
        """
        if link.ours and link.expires != day:
            self._extended(link, day)

    def revoke(self, link: Link) -> None:
        """End a link; what is gone already is done.

        Raises:
            Forbidden: it is not ours, or the server does not let us.
            OutcomeUnknown: the answer is lost.
        """
        if not link.ours:
            raise Forbidden("links-forbidden", folder=self._folder.path)
        answer = self._checked(self._calls.delete(f"{_ROUTE}/{link.id}"))
        if not answer.well and answer.code != 404:
            raise self._denied(answer)

    def _ours(self, seen: FileSeen, links: Iterable[Link]) -> Link | None:
        found = (one for one in links if one.ours and one.read_only and one.fileid == seen.fileid)
        return min(found, key=lambda one: int(one.id), default=None)

    def _at(self, path: str, **more: str) -> tuple[Link, ...]:
        full = f"/{self._folder.full(path)}"
        answer = self._calls.get(_ROUTE, {"path": full, "reshares": "true", **more})
        if answer.code == 404:
            raise Missing("cloud-missing", href=self._folder.href(path))
        return self._links(answer)

    def _links(self, answer: OcsAnswer) -> tuple[Link, ...]:
        self._checked(answer)
        if not answer.well or not isinstance(answer.content, list):
            raise self._denied(answer)
        rows = [row for row in answer.content if isinstance(row, dict)]
        links = (self._link(row) for row in rows if row.get("share_type") == _LINK)
        return tuple(one for one in links if one is not None)

    def _link(self, row: Mapping[str, Any]) -> Link | None:
        """One share as the API tells it (recording 130)."""
        number, source = str(row.get("id", "")), str(row.get("file_source", ""))
        url = str(row.get("url") or "")
        if not number.isdecimal() or not source.isdecimal() or not url:
            return None
        label = str(row.get("label") or "")
        return Link(
            id=number,
            fileid=int(source),
            full=tidy(str(row.get("path") or "")),
            url=url,
            label=label.removesuffix(self._end).rstrip(),
            expires=_day(row.get("expiration")),
            ours=label.endswith(self._end),
            read_only=not int(row.get("permissions") or 0) & _WRITES,
        )

    def _labelled(self, label: str) -> str:
        room = _LONGEST_LABEL - len(self._end.encode()) - 1
        said = " ".join(label.split()).encode()[:room].decode("utf-8", "ignore")
        return f"{said} {self._end}".strip()

    def _safe(self, answer: OcsAnswer) -> Link:
        """The link of an answer, revoked where it lets people write."""
        link = self._link(answer.content) if isinstance(answer.content, dict) else None
        if link is None:
            raise self._calls.refused(answer)
        if not link.read_only:
            self._calls.delete(f"{_ROUTE}/{link.id}")
            raise NotKept("cloud-not-kept", href=link.full, fields="permissions")
        return link

    def _extended(self, link: Link, expires: date | None) -> Link:
        day = expires.isoformat() if expires else ""
        answer = self._checked(self._calls.put(f"{_ROUTE}/{link.id}", {"expireDate": day}))
        if not answer.well:
            raise self._denied(answer)
        return self._safe(answer)

    def _looked_for(self, seen: FileSeen, lost: OutcomeUnknown) -> Link:
        """The link whose answer was lost, or `lost`: none is made twice without knowing."""
        try:
            found = self._ours(seen, self.of(seen))
        except SideError:
            raise lost from None
        if found is None:
            raise lost
        return found

    def _too_many(self) -> Overloaded:
        return Overloaded("links-too-many", cloud=self._calls.cloud)

    def _checked(self, answer: OcsAnswer) -> OcsAnswer:
        """The answer, unless it says “too often” inside a 200."""
        if answer.code == 429:
            raise self._too_many()
        return answer

    def _refusal(self, seen: FileSeen, answer: OcsAnswer) -> SideError:
        """404 means the file, or links that are switched off: the file itself tells."""
        if answer.code == 404 and self._finding.at(seen.path) is None:
            return Missing("cloud-missing", href=self._folder.href(seen.path))
        return self._denied(answer)

    def _denied(self, answer: OcsAnswer) -> SideError:
        if answer.code in (400, 403, 404, 997):
            return Forbidden("links-forbidden", folder=self._folder.path)
        return self._calls.refused(answer)


def _day(said: object) -> date | None:
    """A day out of “2027-01-31 23:59:59”."""
    try:
        return date.fromisoformat(str(said or "")[:10])
    except ValueError:
        return None
