"""What a client does besides reading forms and entries; loaded by the first call that needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from bazar_forms.client.capabilities import Capabilities, find_capabilities
from bazar_forms.client.connection import Connection
from bazar_forms.client.editing import Edit, edit_entry, edit_page
from bazar_forms.client.files import Download, download_file, file_size
from bazar_forms.client.outgoing import Values
from bazar_forms.client.rights import (
    Revision,
    Rights,
    page_revisions,
    page_rights,
    set_page_rights,
)
from bazar_forms.client.transport import Upload
from bazar_forms.client.writing import Creations, delete_page


class Acting:
    """Writing, rights, revisions and files of one wiki; see the methods of `BazarClient`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._creations = Creations(connection)

    def capabilities(self, tag: str | None) -> Capabilities:
        """See `BazarClient.capabilities`."""
        return find_capabilities(self._connection, tag)

    def create(
        self, form_id: str, tag: str, values: Values, files: Mapping[str, Upload] | None
    ) -> str:
        """See `BazarClient.create`."""
        return self._creations.create(form_id, tag, values, files)

    def may_edit(self, tag: str) -> bool:
        """See `BazarClient.may_edit`."""
        return edit_page(self._connection, tag)[0].entry_form

    def edit(self, edit: Edit) -> None:
        """See `BazarClient.edit`."""
        edit_entry(self._connection, edit)

    def delete(self, tag: str) -> None:
        """See `BazarClient.delete`."""
        delete_page(self._connection, tag)

    def rights(self, tag: str, owner: str | None) -> Rights:
        """See `BazarClient.rights`."""
        return page_rights(self._connection, tag, owner)

    def set_rights(
        self,
        tag: str,
        *,
        read: str | None,
        write: str | None,
        comment: str | None,
        owner: str | None,
        now: Rights | None,
    ) -> None:
        """See `BazarClient.set_rights`."""
        set_page_rights(
            self._connection, tag, read=read, write=write, comment=comment, owner=owner, now=now
        )

    def revisions(self, tag: str) -> tuple[Revision, ...]:
        """See `BazarClient.revisions`."""
        return page_revisions(self._connection, tag)

    def file_size(self, name: str) -> int | None:
        """See `BazarClient.file_size`."""
        return file_size(self._connection, name)

    def download(self, name: str, target: BinaryIO, if_none_match: str) -> Download:
        """See `BazarClient.download`."""
        return download_file(self._connection, name, target, if_none_match)
