"""The floor of an export: the entries of a form, fetched and written down as they come.

    python tools/bench_dump.py WIKI_URL FORM FILE

Nothing but the standard library, nothing read of what the entries mean.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path


def main(url: str, form: str, file: str) -> None:
    """One request, one file."""
    with urllib.request.urlopen(f"{url}/?api/forms/{form}/entries", timeout=300) as answer:
        entries = json.load(answer)
    with Path(file).open("w", encoding="utf-8") as out:
        json.dump(list(entries.values()), out, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
