"""A stand-in for a YesWiki, for `oscartes demo`, tests and benchmarks only.

It is a real HTTP server, on the loopback interface only, that answers Bazar's API and the pages
around it as two observed servers did (YesWiki 4.4.4 and the 4.5 line), bugs included: the route
cut at a trailing ``=``, wrong keys served as anonymous, creations overwriting any page, maps
wiped by edits, recurrences re-created at every edit. It is no YesWiki: no wiki rendering beyond
the plain, and nothing that keeps secrets well. Never put it on a network.

    with WikiStandIn(version="4.5") as wiki:
        seed_network(wiki)
        requests.get(f"{wiki.url}/?api/forms/6/entries", timeout=5)
"""

from oscartes_sync.sandbox.wiki.faults import Faults
from oscartes_sync.sandbox.wiki.request_log import RequestLine
from oscartes_sync.sandbox.wiki.seed import NetworkKeys, seed_network
from oscartes_sync.sandbox.wiki.seeding import SeededEntry
from oscartes_sync.sandbox.wiki.stand_in import WikiStandIn

__all__ = ["Faults", "NetworkKeys", "RequestLine", "SeededEntry", "WikiStandIn", "seed_network"]
