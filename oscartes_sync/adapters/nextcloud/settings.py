"""What one cloud's connection needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudSettings:
    """One `[clouds.<id>]` of the configuration with its secret.

    `url` is what the browser shows before `/apps/…` or `/index.php`, a sub-folder included;
    `user` the login name, which need not be the account's uid. `ca` is the path of a file or a
    folder of certificates, "" for those that requests brings; `proxy` the address of one, for https
    alone. `timeout` is in seconds, for the connection and
    for each silence while an answer is read. `parallel` bounds the writes that run at once.
    """

    id: str
    url: str
    user: str
    password: str = field(default="", repr=False)
    ca: str = ""
    proxy: str = ""
    insecure: bool = False
    timeout: float = 60.0
    parallel: int = 4
