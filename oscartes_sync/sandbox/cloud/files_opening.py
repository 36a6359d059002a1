"""Opens the rooms for address books, files, shares and administration beside the calendars."""

from __future__ import annotations

from collections.abc import Callable

from oscartes_sync.sandbox.cloud.cards_room import CardRoom
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_bulk import BulkRoom
from oscartes_sync.sandbox.cloud.files_locks import Locks
from oscartes_sync.sandbox.cloud.files_mounts import Mounts
from oscartes_sync.sandbox.cloud.files_nodes import FileStore
from oscartes_sync.sandbox.cloud.files_properties import FileProperties
from oscartes_sync.sandbox.cloud.files_public import PublicFiles
from oscartes_sync.sandbox.cloud.files_room import FileParts, FileRoom
from oscartes_sync.sandbox.cloud.files_search import FileSearch
from oscartes_sync.sandbox.cloud.files_tags import TagRoom, TagStore
from oscartes_sync.sandbox.cloud.files_teamfolders import TeamFolderRoom
from oscartes_sync.sandbox.cloud.files_trash import FileTrash
from oscartes_sync.sandbox.cloud.files_uploads import UploadRoom
from oscartes_sync.sandbox.cloud.files_versions import VersionRoom
from oscartes_sync.sandbox.cloud.files_writing import FileWriting
from oscartes_sync.sandbox.cloud.messages import Reply, Request
from oscartes_sync.sandbox.cloud.ocs import Ocs
from oscartes_sync.sandbox.cloud.ocs_provisioning import Provisioning
from oscartes_sync.sandbox.cloud.ocs_shares import ShareApi
from oscartes_sync.sandbox.cloud.router import Router
from oscartes_sync.sandbox.cloud.teams import TeamApi
from oscartes_sync.sandbox.cloud.throttles import Throttles

DAV = "/remote.php/dav"
GROUPFOLDERS = "apps/groupfolders/folders"


class FurtherRooms:
    """The rooms beside the calendars, for tests to reach into.

    `cards` the address books, `store` and `mounts` the files and who sees them, `shares` the
    share API, `team_folders`, `teams`, `provisioning`.
    """

    def __init__(self, core: Core, ocs: Ocs, throttles: Throttles) -> None:
        self.cards = CardRoom(core, throttles)
        self.store = FileStore(core.clock)
        self.mounts = Mounts(core, self.store)
        self.trash = FileTrash(self.store, self.mounts)
        self.tags = TagStore()
        locks = Locks(core, self.store, self.mounts)
        properties = FileProperties(core, self.store, self.mounts, locks, self.tags)
        self.writing = FileWriting(core, self.store, self.mounts, self.trash)
        parts = FileParts(core, self.store, self.mounts, locks, properties, self.writing)
        self.search = FileSearch(self.mounts, properties)
        self.files = FileRoom(parts, self.search)
        self.uploads = UploadRoom(self.files)
        self.shares = ShareApi(core, ocs, self.mounts)
        self.team_folders = TeamFolderRoom(core, ocs, self.store, self.mounts)
        self.teams = TeamApi(core, ocs)
        self.provisioning = Provisioning(core, ocs, self.store)

    def open(self, router: Router) -> None:
        """Put the rooms' paths into a router that has the DAV root's room already."""
        tags = TagRoom(self.store, self.tags)
        public = PublicFiles(self.files)
        rooms: dict[str, Callable[[Request], Reply]] = {
            f"{DAV}/addressbooks": self.cards.answer,
            f"{DAV}/files": self.files.answer,
            "/remote.php/webdav": self.files.old,
            f"{DAV}/trashbin": self.trash.answer,
            f"{DAV}/versions": VersionRoom(self.store, self.mounts).answer,
            f"{DAV}/uploads": self.uploads.answer,
            f"{DAV}/bulk": BulkRoom(self.files).answer,
            f"{DAV}/systemtags": tags.answer,
            f"{DAV}/systemtags-relations": tags.relations,
            f"{DAV}/groupfolders": self.team_folders.dav,
            f"/index.php/{GROUPFOLDERS}": self.team_folders.answer,
            f"/{GROUPFOLDERS}": self.team_folders.answer,
            DAV: self._searching(router),
        }
        for prefix, room in rooms.items():
            router.add(prefix, room)
        for prefix in ("/s", "/index.php/s"):
            router.add(prefix, public.page, public=True)
        router.add("/public.php/dav", public.answer, public=True)
        router.add("/public.php/webdav", public.old, public=True)

    @property
    def wings(self) -> dict[str, Callable[[Request], Reply]]:
        """The OCS rooms by the first two parts of their routes."""
        return {
            "apps/files_sharing": self.shares.answer,
            "apps/circles": self.teams.answer,
            "cloud/users": self.provisioning.users,
            "cloud/groups": self.provisioning.groups,
        }

    def _searching(self, router: Router) -> Callable[[Request], Reply]:
        """The DAV root's room, with SEARCH beside."""
        found = router.find(("remote.php", "dav"))

        def room(request: Request) -> Reply:
            if request.method == "SEARCH" or found is None:
                return self.search.search(request)
            return found[0](request)

        return room
