"""The floor: four bare threads that PUT a folder of .ics files into a calendar.

python tools/bench_puts.py FOLDER COLLECTION_URL USER PASSWORD
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

import requests


def main(folder: str, url: str, user: str, password: str) -> None:
    """PUT every file once; stop at the first that is not created."""
    here = local()

    def put(path: Path) -> None:
        if not hasattr(here, "session"):
            here.session = requests.Session()
            here.session.auth = (user, password)
            here.session.trust_env = False
        here.session.cookies.clear()
        answer = here.session.put(
            f"{url}{path.name}",
            data=path.read_bytes(),
            headers={"Content-Type": "text/calendar; charset=utf-8", "If-None-Match": "*"},
            timeout=60,
        )
        answer.raise_for_status()

    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(put, sorted(Path(folder).glob("*.ics"))):
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
