"""The command `oscartes`."""

from __future__ import annotations

import sys

from oscartes_sync.commands.boundary import run


def main() -> int:
    """Run the command line; its exit code."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
