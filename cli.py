"""The command `oscartes`."""

from __future__ import annotations

import gc
import signal
import sys

from oscartes_sync.commands.boundary import run

_YOUNG = 50_000
"""So many new objects before the collector looks at them; Python's own figure is 700."""


def main() -> int:
    """Run the command line; its exit code. A timer that gives up is met like Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # What loading modules allocates stays until the end. Looking for garbage in it while it grows,
    # and once more at the exit, is a seventh of a run in which nothing happened.
    gc.set_threshold(_YOUNG)
    try:
        return run(sys.argv[1:])
    finally:
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
