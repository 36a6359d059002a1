"""A wiki whose documents are files of the cloud: shown by an address of their own, or copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from oscartes_sync.errors import Invalid
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.document_merge import LINKED_INSTEAD, NOT_TAKEN
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.ports import Wiki, Written
from oscartes_sync.ports.contents import Contents
from oscartes_sync.ports.links import PublicLinks
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import PART, origin_of
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, a_document
from oscartes_sync.usecases.carrying import same_bytes
from oscartes_sync.usecases.passing import PassedOn
from oscartes_sync.usecases.world import on_side

_SOME_LINK: Final = "https://cloud.example/s/x"
"""Stands in for an address that is made when the entry is."""


class PublishedWiki(PassedOn):
    """The Wiki port, in front of another: an entry is made with what shows its file.

    An address is made first: an entry without one would show nothing. Where the entry cannot be
    made then, the address is revoked by the end of the run (`PublicLinks.keep`). A copy comes
    after the entry: what the wiki does with a file is known only once it has it, and where it does
    not take it the address stands in.
    """

    def __init__(self, wiki: Wiki, links: PublicLinks, theirs: Contents, own: Contents) -> None:
        """`theirs` are the files of the cloud, `own` those of the wiki."""
        super().__init__(wiki)
        self._wiki = wiki
        self._links = links
        self._theirs = theirs
        self._own = own

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """See `SidePort.create`; the file of an entry is put into its field again."""
        origin = origin_of(uid)
        field = origin.tag if key is None and origin is not None else key
        if field is not None and PART in field:
            document = a_document(record)
            with (
                on_side(Side.CLOUD),
                self._theirs.fetched(binding, document) as body,
                on_side(Side.WIKI),
            ):
                return self._wiki.create(binding, uid, replace(document, body=body), field)
        if binding.mode == "link":
            return self._wiki.create(binding, uid, self._published(binding, record), key)
        made = self._wiki.create(binding, uid, record, key)
        document, seen = a_document(record), made.seen
        # Of an entry that an interrupted run made, the file may be there already.
        before = a_document(seen.record).content
        change = FieldChange("content", before, document.content)
        filled = self._copied(binding, seen.key, seen.token, [change], document)
        return Written(filled.seen, (*made.problems, *filled.problems))

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """See `SidePort.update`; another file in the place of the old one gets its own address.

        Not where the entry shows one that was none of this cloud's: a member gave it.
        """
        if any(change.name == "content" for change in changes):
            return self._copied(binding, key, token, changes, a_document(record))
        if any(change.name == "file" for change in changes):
            record = self._shown(binding, a_document(record))
        return self._wiki.update(binding, key, token, changes, record)

    def refuses(self, binding: Binding, record: Record) -> Problem | None:
        """See `Wiki.refuses`."""
        link = _SOME_LINK if binding.mode == "link" else ""
        return self._wiki.refuses(binding, replace(a_document(record), link=link))

    def address(self, key: str) -> str:
        """See `Wiki.address`."""
        return self._wiki.address(key)

    def _published(self, binding: Binding, record: Record) -> Document:
        document = a_document(record)
        with on_side(Side.CLOUD):
            link = self._links.publish(binding, document.file, document.title)
        return replace(document, link=link)

    def _shown(self, binding: Binding, document: Document) -> Document:
        """With the address of its file, unless what the entry shows is none of this cloud's."""
        shown = document.link
        fresh = self._published(binding, document) if _where(shown) or not shown else document
        return fresh if not shown or _where(shown) == _where(fresh.link) else document

    def _copied(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        document: Document,
    ) -> Written:
        """Send the bytes, unless they are there already; the address where they are not taken."""
        before = next(str(each.before or "") for each in changes if each.name == "content")
        there = replace(document, content=before)
        with on_side(Side.CLOUD), self._theirs.fetched(binding, document) as body:
            if before and same_bytes(binding, self._own, there, body):
                changes = [each for each in changes if each.name != "content"]
            with on_side(Side.WIKI):
                try:
                    return self._wiki.update(
                        binding, key, token, changes, replace(document, body=body)
                    )
                except Invalid as refused:
                    if not _is_about_file(refused):
                        raise
                    told = refused
        if PART in key:
            return self._left_as_it_is(binding, key, document, told)
        return self._linked_instead(binding, key, token, changes, document, refused=told)

    def _left_as_it_is(
        self, binding: Binding, key: str, document: Document, refused: Invalid
    ) -> Written:
        """A member's file stays; the newer one is not sent again before it is another."""
        kept = self._wiki.update(binding, key, "", [], replace(document, body=None))
        said = Problem.warning(NOT_TAKEN, Side.WIKI, file=document.name, reason=refused.code)
        return Written(kept.seen, (said.at(entry=key, href=document.file),))

    def _linked_instead(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        document: Document,
        *,
        refused: Invalid,
    ) -> Written:
        """The address in the place of the copy, and of the older one that stands there.

        Where a member's own address stands, it stays, and so does an older copy.
        """
        linked = self._shown(binding, document)
        stays = linked is document
        kept = [each for each in changes if each.name != "content"]
        emptied = [
            replace(each, after="")
            for each in changes
            if each.name == "content" and each.before and not stays
        ]
        shown = FieldChange("file", "", document.file)
        made = self._wiki.update(
            binding, key, token, [*kept, *emptied, shown], replace(linked, body=None)
        )
        code = NOT_TAKEN if stays else LINKED_INSTEAD
        said = Problem.warning(code, Side.WIKI, file=document.name, reason=refused.code)
        return Written(made.seen, (*made.problems, said.at(entry=key, href=document.file)))


def _is_about_file(refused: Invalid) -> bool:
    return refused.code in ("upload-refused", "upload-too-large", "picture-not-bared")


def _where(link: str) -> str:
    """The cloud whose public address of a file this is, "" for any other address."""
    cloud, found, token = link.rpartition("/s/")
    return cloud if found and token.isalnum() else ""
