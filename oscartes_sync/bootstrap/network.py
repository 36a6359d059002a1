"""What is taken of this machine's own network settings; nothing else of them reaches a request.

The libraries below would read more by themselves: a password out of a .netrc, a proxy for plain
http that is shown the key on the way, other authorities for one server than for the other.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass


def authorities(given: str) -> str:
    """The file or folder of authorities: the configured one, else this system's, "" for none.

    Those that requests brings lack an association's own authority, installed on the machine. They
    are right where the system has none. OpenSSL heeds SSL_CERT_FILE and SSL_CERT_DIR.
    """
    if given:
        return given
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return paths.cafile
    folder = Path(paths.capath) if paths.capath else None
    return str(folder) if folder is not None and any(folder.iterdir()) else ""


def proxy(url: str) -> str:
    """The proxy that the environment names for this address, "" for the straight way.

    For https alone, where it sees no more than the host's name: it would read the key of a request
    over plain http. NO_PROXY is heeded, and this machine asks itself without one.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or host in {"localhost", "::1"} or host.startswith("127."):
        return ""
    known = getproxies_environment()
    if proxy_bypass(parts.netloc):
        return ""
    return known.get("https") or known.get("all", "")
