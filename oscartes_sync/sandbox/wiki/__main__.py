"""Run a stand-in as a process of its own: prints its address as one JSON line, then serves."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading

from oscartes_sync.sandbox.wiki.seed import DIRECTORY, NetworkKeys, seed_network
from oscartes_sync.sandbox.wiki.stand_in import WikiStandIn


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted or terminated."""
    options = _options(arguments)
    keys = dict(pair.split("=", 1) for pair in options.key)
    if options.seed:
        network = NetworkKeys()
        keys = {network.admin: network.admin_key, network.robot: network.robot_key, **keys}
    wiki = WikiStandIn(
        version=options.version, database=options.database, port=options.port, keys=keys
    )
    if options.seed and not wiki.entries(DIRECTORY):
        seed_network(wiki)
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    with wiki:
        sys.stdout.write(
            json.dumps({"url": wiki.url, "version": options.version, "keys": keys}) + "\n"
        )
        sys.stdout.flush()
        stopped.wait()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m oscartes_sync.sandbox.wiki", description=__doc__
    )
    parser.add_argument(
        "--port", type=int, default=0, help="port on 127.0.0.1; 0 chooses a free one"
    )
    parser.add_argument("--version", choices=("4.4", "4.5"), default="4.5")
    parser.add_argument("--database", default=":memory:", help="SQLite file, in memory by default")
    parser.add_argument("--key", action="append", default=[], metavar="ACCOUNT=KEY")
    parser.add_argument("--seed", action="store_true", help="fill it with the demo network")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
