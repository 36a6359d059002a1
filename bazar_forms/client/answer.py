"""One HTTP answer, whole and in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

_CHARSET = re.compile(r"charset=[\"']?([\w.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to one request.

    `headers` bear lower-case names. `cookies` are those that the answer sets; ones that it
    deletes are not among them. `route` names the request in messages, without its parameters.
    """

    route: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cookies: Mapping[str, str] = field(default_factory=dict)

    @property
    def media_type(self) -> str:
        """The media type in lower case, without its parameters; empty where none is given."""
        return self.headers.get("content-type", "").split(";", 1)[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the answer says that it is JSON."""
        return self.media_type.endswith(("/json", "+json"))

    @property
    def text(self) -> str:
        """The body as text, never failing: unreadable bytes are replaced."""
        found = _CHARSET.search(self.headers.get("content-type", ""))
        try:
            return self.body.decode(found[1] if found else "utf-8", errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")

    @property
    def user(self) -> str:
        """Who the wiki takes us for: the name of the account, empty for an anonymous visitor.

        `name` and `token` are set by the answer to any call with an accepted key, and again by
        every page seen with that session; otherwise the session cookie comes alone (reference
        section 8, recordings 211, 371b, 376).
        """
        if not self.cookies.get("token"):
            return ""
        return unquote(self.cookies.get("name", ""))
