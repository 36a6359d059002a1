"""Run a stand-in as a process of its own: prints its address as one JSON line, then serves."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from typing import Literal

from oscartes_sync.sandbox.cloud.seed import seed_network
from oscartes_sync.sandbox.cloud.stand_in import CloudStandIn


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted or terminated."""
    options = _options(arguments)
    version: Literal[32, 34] = 32 if options.version == 32 else 34
    conflict: Literal[400, 409] = 409 if options.uid_conflict == 409 else 400
    cloud = CloudStandIn(
        version=version, port=options.port, latency=options.latency, uid_conflict=conflict
    )
    users = dict(pair.split(":", 1) for pair in options.user)
    if options.seed:
        users = {**seed_network(cloud), **users}
    for uid, password in users.items():
        if uid not in cloud.core.directory.accounts:
            cloud.add_user(uid, password)
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    with cloud:
        line = {"url": cloud.url, "version": options.version, "users": users}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m oscartes_sync.sandbox.cloud", description=__doc__
    )
    parser.add_argument(
        "--port", type=int, default=0, help="port on 127.0.0.1; 0 chooses a free one"
    )
    parser.add_argument("--version", type=int, choices=(32, 34), default=34)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds each answer takes")
    parser.add_argument("--uid-conflict", type=int, choices=(400, 409), default=400)
    parser.add_argument("--user", action="append", default=[], metavar="NAME:PASSWORD")
    parser.add_argument("--seed", action="store_true", help="fill it with the demo network")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
