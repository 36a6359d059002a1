"""The command `oscartes`."""

from __future__ import annotations

import signal
import sys

from oscartes_sync.commands.boundary import run


def main() -> int:
    """Run the command line; its exit code. A timer that gives up is met like Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
