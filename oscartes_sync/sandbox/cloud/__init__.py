"""A stand-in for a Nextcloud, for `oscartes demo`, tests and benchmarks only.

It is a real HTTP server, on the loopback interface only, that answers CalDAV, CardDAV, WebDAV, OCS
and the login flow as two observed servers did (32.0.2 and 34.0.1), with what makes them hard to
live with:
bins that block UIDs, change rows that report 404 for what exists, cookies that beat the
Authorization header, refusals that come as 500. It keeps everything in memory and nothing
secret. Never put it on a network.

    with CloudStandIn(version=34) as cloud:
        seed_network(cloud)
        requests.request("PROPFIND", f"{cloud.url}/remote.php/dav/", timeout=5)

Calendars are at home in this package, address books (`cards_…`) and files (`files_…`) are rooms
beside them: a room is added by path prefix, ``cloud.router.add(prefix, room)``, takes a
`messages.Request` and gives a `messages.Reply` or raises `messages.Refusal`. What was never
recorded it does not know: mail, push, previews, a database under load.
"""

from oscartes_sync.sandbox.cloud.core import Settings
from oscartes_sync.sandbox.cloud.faults import Faults
from oscartes_sync.sandbox.cloud.front import RequestLine
from oscartes_sync.sandbox.cloud.messages import Refusal, Reply, Request
from oscartes_sync.sandbox.cloud.seed import seed_members_events, seed_network
from oscartes_sync.sandbox.cloud.stand_in import CloudStandIn

__all__ = [
    "CloudStandIn",
    "Faults",
    "Refusal",
    "Reply",
    "Request",
    "RequestLine",
    "Settings",
    "seed_members_events",
    "seed_network",
]
