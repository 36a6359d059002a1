"""status.php, OCS and the login flow (recordings 001, 160, 161, 166)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from oscartes_sync.sandbox.cloud.accounts import Account
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import Reply, Request

JSON = "application/json; charset=utf-8"
V1_HTTP_200 = (404, 429, 998)
TOKEN_LENGTH = 128
APP_PASSWORD_LENGTH = 72
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def random_text(length: int) -> str:
    """A random word of letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def as_json(content: Any) -> bytes:
    """JSON as PHP writes it: ASCII, slashes escaped."""
    return json.dumps(content, separators=(",", ":")).replace("/", "\\/").encode()


@dataclass(slots=True)
class OcsRefusal(Exception):
    """An OCS answer that is an error."""

    status: int
    code: int
    message: str
    headers: list[tuple[str, str]]


class Ocs:
    """Wraps answers in OCS's envelope and knows the routes."""

    def __init__(self, core: Core, revoke: Callable[[Account, str], None]) -> None:
        self.core = core
        self.revoke = revoke
        self.routes: dict[tuple[str, str], Callable[[Request], Reply]] = {
            ("GET", "cloud/capabilities"): self._capabilities,
            ("GET", "cloud/user"): self._user,
            ("GET", "config"): self._config,
            ("GET", "core/getapppassword"): self._get_app_password,
            ("DELETE", "core/apppassword"): self._delete_app_password,
        }
        self.wings: dict[str, Callable[[Request], Reply]] = {}

    def answer(self, request: Request) -> Reply:
        """Answer ``/ocs/v1.php/…`` and ``/ocs/v2.php/…``."""
        if "ocs-apirequest" not in request.headers:
            return Reply(412, as_json({"message": "CSRF check failed"}), JSON)
        route = self.routes.get((request.method, "/".join(request.segments[2:])))
        route = route or self.wings.get("/".join(request.segments[2:4]))
        if route is None:
            return self.failed(request, 404, 998, NO_ROUTE)
        try:
            return route(request)
        except OcsRefusal as refusal:
            return self.failed(
                request, refusal.status, refusal.code, refusal.message, refusal.headers
            )

    def well(self, request: Request, content: Any) -> Reply:
        """An answer in its envelope: 100 in v1, 200 in v2."""
        code = 100 if _is_v1(request) else 200
        meta = {"status": "ok", "statuscode": code, "message": "OK"}
        return self._enveloped(request, 200, meta, content)

    def failed(
        self,
        request: Request,
        status: int,
        code: int,
        message: str,
        headers: list[tuple[str, str]] | None = None,
    ) -> Reply:
        """An error: v1 hides some statuses behind 200 (168)."""
        if _is_v1(request) and code in V1_HTTP_200:
            status = 200
        meta = {"status": "failure", "statuscode": code, "message": message}
        reply = self._enveloped(request, status, meta, [])
        reply.headers += headers or []
        return reply

    def _enveloped(
        self, request: Request, status: int, meta: dict[str, Any], content: Any
    ) -> Reply:
        if _is_v1(request):
            meta = meta | {"totalitems": "", "itemsperpage": ""}
        wants_json = "json" in request.headers.get("accept", "") or "format=json" in request.query
        if wants_json:
            return Reply(status, as_json({"ocs": {"meta": meta, "data": content}}), JSON)
        inner = _xml("meta", meta, 1) + _xml("data", content, 1)
        text = f'<?xml version="1.0"?>\n<ocs>\n{inner}</ocs>\n'
        return Reply(status, text.encode(), "application/xml; charset=utf-8")

    def _capabilities(self, request: Request) -> Reply:
        content = capabilities(self.core, signed_in=request.account is not None)
        reply = self.well(request, content)
        tag = f'"{hashlib.md5(reply.body, usedforsecurity=False).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return Reply(304, headers=[("ETag", tag)])
        reply.headers.append(("ETag", tag))
        return reply

    def _user(self, request: Request) -> Reply:
        if request.account is None:
            raise OcsRefusal(401, 997, "Current user is not logged in", [])
        return self.well(request, user_record(request.account))

    def _config(self, request: Request) -> Reply:
        host = self.core.url.partition("://")[2]
        return self.well(
            request,
            {"version": "1.7", "website": "Nextcloud", "host": host, "contact": "", "ssl": "false"},
        )

    def _get_app_password(self, request: Request) -> Reply:
        account = self._signed_in(request)
        if request.app_password is not None:
            words = (
                "Password confirmation is required"
                if self.core.version == 34
                else "You cannot request an new apppassword with an apppassword"
            )
            raise OcsRefusal(403, 403, words, [])
        password = random_text(APP_PASSWORD_LENGTH)
        account.app_passwords.add(password)
        return self.well(request, {"apppassword": password})

    def _delete_app_password(self, request: Request) -> Reply:
        account = self._signed_in(request)
        used = request.app_password
        if used is None:
            raise OcsRefusal(403, 403, "no app password in use", [])
        self.revoke(account, used)
        return self.well(request, [])

    def _signed_in(self, request: Request) -> Account:
        if request.account is None:
            raise OcsRefusal(401, 997, "Current user is not logged in", [])
        return request.account


NO_ROUTE = (
    "Invalid query, please check the syntax. API specifications are here: "
    "http://www.freedesktop.org/wiki/Specifications/open-collaboration-services.\n"
)


def _is_v1(request: Request) -> bool:
    return request.segments[1:2] == ("v1.php",)


def _xml(name: str, content: Any, depth: int) -> str:
    pad = " " * depth
    if isinstance(content, dict) and content:
        inner = "".join(_xml(key, value, depth + 1) for key, value in content.items())
        return f"{pad}<{name}>\n{inner}{pad}</{name}>\n"
    if isinstance(content, list) and content:
        inner = "".join(_xml("element", value, depth + 1) for value in content)
        return f"{pad}<{name}>\n{inner}{pad}</{name}>\n"
    if content is None or content in ([], {}):
        return f"{pad}<{name}/>\n"
    text = str(int(content)) if isinstance(content, bool) else escape(str(content))
    return f"{pad}<{name}>{text}</{name}>\n"


def status_page(core: Core, *, maintenance: bool) -> Reply:
    """status.php: 200 even under maintenance (166)."""
    content = {
        "installed": True,
        "maintenance": maintenance,
        "needsDbUpgrade": False,
        "version": f"{core.number}.{2 if core.version == 34 else 1}",
        "versionstring": core.number,
        "edition": "",
        "productname": "Nextcloud",
        "extendedSupport": False,
    }
    headers = [("Access-Control-Allow-Origin", "*")]
    return Reply(200, as_json(content), "application/json", headers)


def capabilities(core: Core, *, signed_in: bool) -> dict[str, Any]:
    """What capabilities say of calendars, files and the version."""
    major, minor, micro = (int(part) for part in core.number.split("."))
    known: dict[str, Any] = {
        "bruteforce": {"delay": 0, "allow-listed": False},
        "calendar": {"webui": True},
        "theming": {"name": "Nextcloud", "productName": "Nextcloud", "url": core.url},
    }
    if signed_in:
        known |= {
            "core": {
                "pollinterval": 60,
                "webdav-root": "remote.php/webdav",
            },
            "dav": {
                "chunking": "1.0",
                "public_shares_chunking": True,
                "bulkupload": "1.0",
                "absence-supported": True,
                "absence-replacement": True,
            },
            "files": {"bigfilechunking": True, "undelete": True, "versioning": True},
            "files_sharing": {
                "api_enabled": True,
                "public": {
                    "enabled": True,
                    "password": {"enforced": False, "askForOptionalPassword": False},
                    "expire_date": {"enabled": False},
                    "multiple_links": True,
                    "upload": True,
                },
                "resharing": True,
                "group_sharing": True,
            },
        }
        if core.version == 34:
            known["core"]["can-create-app-token"] = True
    version = {
        "major": major,
        "minor": minor,
        "micro": micro,
        "string": core.number,
        "edition": "",
        "extendedSupport": False,
    }
    return {"version": version, "capabilities": known}


SCOPED = (
    "phone", "address", "website", "twitter", "bluesky", "fediverse", "organisation", "role",
    "headline", "biography",
)  # fmt: skip


def user_record(account: Account) -> dict[str, Any]:
    """What cloud/user says; `id` is the uid that DAV paths take, whatever the login was."""
    name = account.name or account.uid
    record: dict[str, Any] = {
        "enabled": account.enabled,
        "id": account.uid,
        "firstLoginTimestamp": account.first_seen,
        "lastLoginTimestamp": account.last_seen,
        "lastLogin": account.last_seen * 1000,
        "backend": "Database",
        "subadmin": [],
        "quota": {"free": -3, "used": 0, "total": -3, "relative": 0, "quota": -3},
        "manager": "",
        "avatarScope": "v2-federated",
        "email": account.email or None,
        "emailScope": "v2-federated",
        "additional_mail": [],
        "additional_mailScope": [],
        "displayname": name,
        "display-name": name,
        "displaynameScope": "v2-federated",
    }
    for field in SCOPED:
        record[field] = ""
        record[f"{field}Scope"] = "v2-local"
    record |= {
        "profile_enabled": "1",
        "profile_enabledScope": "v2-local",
        "pronouns": "",
        "pronounsScope": "v2-federated",
        "groups": sorted(account.groups),
        "language": "en",
        "locale": "",
        "timezone": "",
        "notify_email": None,
        "backendCapabilities": {"setDisplayName": True, "setPassword": True},
    }
    return record


class LoginFlow:
    """Login flow v2: a token polled until somebody grants it in their browser (161)."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.waiting: dict[str, dict[str, str] | None] = {}

    def start(self, _request: Request) -> Reply:
        """``POST /index.php/login/v2``."""
        token = random_text(TOKEN_LENGTH)
        self.waiting[token] = None
        content = {
            "poll": {"token": token, "endpoint": f"{self.core.url}/login/v2/poll"},
            "login": f"{self.core.url}/login/v2/flow/{random_text(TOKEN_LENGTH)}",
        }
        return Reply(200, as_json(content), JSON)

    def poll(self, request: Request) -> Reply:
        """``POST /login/v2/poll``: 404 while waiting, the app password once."""
        token = parse_qs(request.body.decode("utf-8", "replace")).get("token", [""])[0]
        granted = self.waiting.get(token)
        if granted is None:
            return Reply(404, b"[]", JSON)
        del self.waiting[token]
        return Reply(200, as_json(granted), JSON)

    def grant(self, account: Account) -> str:
        """Grant every waiting flow to an account; the app password made for it."""
        password = random_text(APP_PASSWORD_LENGTH)
        account.app_passwords.add(password)
        for token, granted in self.waiting.items():
            if granted is None:
                self.waiting[token] = {
                    "server": self.core.url,
                    "loginName": account.login,
                    "appPassword": password,
                }
        return password
