"""What the wiki's web server takes for the present, to compare with our own clock."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests


def read_server_time(
    base_url: str, *, timeout: float = 20, ca: str = "", proxy: str = ""
) -> datetime | None:
    """The `Date` of an answer (RFC 9110, 6.6.1), None where there is none or no answer.

    `base_url` is the wiki's address without end slash; `timeout` in seconds; `ca` and `proxy` as
    for the wiki's client. Asked as nobody, and so without what a .netrc may say.
    """
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.head(
                f"{base_url}/?api/forms/0",
                timeout=timeout,
                verify=ca or True,
                proxies={"https": proxy} if proxy else {},
                allow_redirects=False,
            )
        return parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
    except (requests.RequestException, ValueError, TypeError):
        return None
