"""What the OCS rooms share: forms, refusals, and how version 1 hides statuses (133, 140, 142)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import Reply, Request
from oscartes_sync.sandbox.cloud.ocs import JSON, Ocs, OcsRefusal

COMMON_PASSWORDS = ("abc", "123456", "password", "motdepasse", "azerty", "qwerty")
FEWEST_CHARACTERS = 10
Form = dict[str, str]


def form_of(request: Request) -> Form:
    """The fields of a request: from its query, then its body, form or JSON."""
    fields = {
        name: values[-1] for name, values in parse_qs(request.query, keep_blank_values=True).items()
    }
    if "json" in request.headers.get("content-type", ""):
        try:
            said = json.loads(request.body or b"{}")
        except ValueError:
            return fields
        if isinstance(said, dict):
            fields |= {name: _plain(value) for name, value in said.items()}
        return fields
    text = request.body.decode("utf-8", "replace")
    fields |= {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
    return fields


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def refusal(status: int, message: str, code: int | None = None) -> OcsRefusal:
    """An error; its code is the status unless it has its own."""
    return OcsRefusal(status, status if code is None else code, message, [])


def answered(ocs: Ocs, request: Request, handler: Callable[[Request], Reply]) -> Reply:
    """Run a handler; version 1 answers 200 for every refusal but a missing sign-in."""
    try:
        if request.account is None:
            raise refusal(401, "Current user is not logged in", 997)
        return handler(request)
    except OcsRefusal as refused:
        reply = ocs.failed(request, refused.status, refused.code, refused.message)
        if request.segments[1:2] == ("v1.php",) and refused.status != 401:
            reply.status = 200
        return reply


def no_such_method() -> Reply:
    """405: the path is known, the method is not."""
    return Reply(405, b"", JSON)


def confirm_password(core: Core, request: Request) -> None:
    """Raise 403 where 34 wants the account's own password and an app password came."""
    if core.version == 34 and request.app_password is not None:
        raise refusal(403, "Password confirmation is required")


def weak_password(password: str) -> str:
    """What the password policy says against a password; "" for nothing."""
    said = []
    if password.lower() in COMMON_PASSWORDS:
        said.append("Password is among the 1,000,000 most common ones. Please make it unique.")
    if len(password) < FEWEST_CHARACTERS:
        said.append(f"Password needs to be at least {FEWEST_CHARACTERS} characters long.")
    return " ".join(said)
