"""What a refusal means where files are concerned; all else is as in `refusals`."""

from __future__ import annotations

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.refusals import Reply, dav_error
from oscartes_sync.errors import Full, Invalid, Moved, SideError, Taken

_NAMES = ("InvalidPath", "ForbiddenException", "FileNameTooLongException")


def refused(dav: Dav, reply: Reply) -> SideError:
    """The error of a write on a file that was not taken.

    A name that Nextcloud refuses is 400, `.htaccess` 500 (105); 413 is a file larger than the
    quota leaves room for (110), or larger than what stands before the server lets through; 409 a
    folder where a file was to be (102).
    """
    said = dav_error(reply)
    if reply.status == 413:
        if said.exception == "EntityTooLarge":
            return Full("cloud-full", href=reply.path)
        return Invalid("file-too-large", href=reply.path)
    if reply.status == 412 and said.conditions.get(dav_xml.name("s:header")) == "Overwrite":
        return Taken("cloud-exists", href=reply.path)
    if reply.status in (400, 500) and said.exception in _NAMES:
        return Invalid("file-name-refused", href=reply.path)
    error = dav.refusal(reply, wrote=True)
    if isinstance(error, Invalid) and error.code == "cloud-content-refused":
        return Invalid("file-refused", href=reply.path, exception=said.exception)
    return error


def not_free(dav: Dav, reply: Reply) -> SideError:
    """As `refused`, where nothing was to be at the place: what is there is not ours."""
    error = refused(dav, reply)
    if isinstance(error, Moved) or reply.status == 409:
        return Taken("cloud-exists", href=reply.path)
    return error
