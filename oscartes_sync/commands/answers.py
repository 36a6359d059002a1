"""What `init` needs to know, from options, from the environment, or from a person."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from oscartes_sync.commands.session import Session
from oscartes_sync.errors import CredentialsRefused, UsageError
from oscartes_sync.presentation.translation import msg

if TYPE_CHECKING:
    from oscartes_sync.config import Settings
    from oscartes_sync.ports import FormView, Granted

POLL_SECONDS: Final = 2
LOGIN_SECONDS: Final = 20 * 60
"""Nextcloud keeps a login flow open for twenty minutes."""

_QUESTIONS: Final = {
    "wiki_url": msg("Address of the wiki (what the browser shows before the “?”)"),
    "wiki_user": msg("User of the wiki's API key"),
    "wiki_key": msg("API key of the wiki"),
    "cloud_url": msg("Address of Nextcloud"),
    "cloud_user": msg("The bot's account on Nextcloud"),
    "cloud_password": msg("App password (leave empty to log in with the browser)"),
    "form": msg("Number of the form"),
    "collection": msg("Name of the calendar in its address"),
    "title": msg("Title of the calendar"),
    "name": msg("Name of the network"),
}


class Answers:
    """Collects the answers; `asks` says whether a person may be asked."""

    def __init__(
        self,
        session: Session,
        path: Path,
        given: Mapping[str, str | None],
        *,
        insecure: bool,
        asks: bool,
    ) -> None:
        self.asks = asks and sys.stdin.isatty()
        self._session = session
        self._path = path
        self._insecure = insecure
        self._known = {name: value.strip() for name, value in given.items() if value}

    def collect(self, *, login: bool) -> None:
        """Ask for all that is missing, trying each server as soon as it is known.

        Raises:
            UsageError: `usage-needs-answers`, `usage-no-form`.
            ConfigurationError: what was given makes no configuration.
            SideError: a server does not answer as it should.
        """
        if not self.asks:
            self._require(login=login)
        self._take("name", "")
        self._take("wiki_url")
        self._known.setdefault("wiki_id", _identifier(self._known["wiki_url"]))
        self._take("wiki_user")
        self._take("wiki_key", secret=self._wiki_variable())
        form = self._form()
        self._take("cloud_url")
        self._known.setdefault("cloud_id", _identifier(self._known["cloud_url"]))
        self._log_in(login=login)
        self._take("title", form.label)
        self._take("collection", _slug(self._known["title"]) or "agenda")
        self._known.setdefault("binding", _slug(form.label) or "agenda")

    def table(self) -> dict[str, Any]:
        """What goes into oscartes.toml."""
        known = self._known
        binding = {
            "name": known["binding"],
            "kind": "events",
            "form": int(known["form"]) if known["form"].isdigit() else known["form"],
            "collection": known["collection"],
            "title": known["title"],
        }
        return {**self._servers(), "bindings": [binding]}

    def _servers(self) -> dict[str, Any]:
        known = self._known
        return {
            "network": {"name": known["name"], "language": self._session.language},
            "wikis": {known["wiki_id"]: self._server("wiki")},
            "clouds": {known.get("cloud_id", "cloud"): self._server("cloud")},
        }

    def secrets(self) -> dict[str, str]:
        """What goes into .env."""
        return {
            self._wiki_variable(): self._known["wiki_key"],
            self._cloud_variable(): self._known["cloud_password"],
        }

    def settings(self) -> Settings:
        """What the configuration will mean."""
        from oscartes_sync.config.writing import preview  # noqa: PLC0415

        return preview(self._path, self.table(), self.secrets())

    def _require(self, *, login: bool) -> None:
        environ = self._session.doors.environ
        needed = ["wiki_url", "wiki_user", "cloud_url"]
        needed += [] if login else ["cloud_user"]
        missing = [name for name in needed if not self._known.get(name)]
        if not missing:
            self._known.setdefault("wiki_id", _identifier(self._known["wiki_url"]))
            self._known.setdefault("cloud_id", _identifier(self._known["cloud_url"]))
            if not (self._known.get("wiki_key") or environ.get(self._wiki_variable())):
                missing.append("wiki_key")
            password = self._known.get("cloud_password") or environ.get(self._cloud_variable())
            if not (password or login):
                missing.append("cloud_password")
        if missing:
            options = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
            raise UsageError("usage-needs-answers", options=options)

    def _take(self, name: str, default: str | None = None, *, secret: str = "") -> None:
        """Know the answer to `name`; `secret` is the variable that may hold it."""
        if name in self._known:
            return
        if secret and self._session.doors.environ.get(secret):
            self._known[name] = self._session.doors.environ[secret]
        elif self.asks:
            question = self._session.translator.gettext(_QUESTIONS[name])
            self._known[name] = self._session.doors.prompt(
                question, default=default, hidden=bool(secret)
            )
        else:
            self._known[name] = default or ""

    def _server(self, side: str) -> dict[str, Any]:
        server: dict[str, Any] = {
            "url": self._known.get(f"{side}_url", "https://localhost"),
            "user": self._known.get(f"{side}_user", "?"),
        }
        return server | ({"insecure": True} if self._insecure else {})

    def _wiki_variable(self) -> str:
        from oscartes_sync import config  # noqa: PLC0415

        return config.wiki_variable(self._known["wiki_id"])

    def _cloud_variable(self) -> str:
        from oscartes_sync import config  # noqa: PLC0415

        return config.cloud_variable(self._known.get("cloud_id", "cloud"))

    def _partial(self) -> Settings:
        """The settings as far as they are known, so that one server can be tried."""
        from oscartes_sync.config.writing import preview  # noqa: PLC0415

        secrets = {
            self._wiki_variable(): self._known.get("wiki_key") or "?",
            self._cloud_variable(): self._known.get("cloud_password") or "?",
        }
        return preview(self._path, self._servers(), secrets)

    def _form(self) -> FormView:
        """The form to mirror, from what the wiki has."""
        wiki = self._partial().wikis[self._known["wiki_id"]]
        probe = self._session.doors.probe_wiki(wiki)
        fitting = [form for form in probe.forms(()) if "events" in form.kinds]
        if "form" not in self._known:
            if self.asks:
                self._show_forms(fitting)
                default = fitting[0].id if len(fitting) == 1 else None
                self._take("form", default)
            elif len(fitting) == 1:
                self._known["form"] = fitting[0].id
        wanted = self._known.get("form", "")
        for form in fitting:
            if form.id == wanted:
                return form
        known = ", ".join(f"{form.id} ({form.label})" for form in fitting) or "–"
        raise UsageError("usage-no-form", form=wanted, known=known)

    def _show_forms(self, forms: Sequence[FormView]) -> None:
        from oscartes_sync.presentation.views import form_lines  # noqa: PLC0415

        for line in form_lines(self._session.translator, forms):
            click.echo(line.text, err=True)

    def _log_in(self, *, login: bool) -> None:
        """User and app password of the cloud, by the browser where none is given."""
        variable = self._cloud_variable()
        if not login:
            self._take("cloud_user")
            self._take("cloud_password", "", secret=variable)
        if self._known.get("cloud_password"):
            return
        granted = self._granted()
        self._known["cloud_user"] = granted.user
        self._known["cloud_password"] = granted.password

    def _granted(self) -> Granted:
        doors = self._session.doors
        cloud = self._partial().clouds[self._known["cloud_id"]]
        probe = doors.probe_cloud(cloud)
        login = probe.start_login()
        told = self._session.translator.gettext(
            msg("Open this address in a browser and grant the access: {url}"), url=login.url
        )
        click.echo(told, err=True)
        for _ in range(LOGIN_SECONDS // POLL_SECONDS):
            granted = probe.poll_login(login)
            if granted is not None:
                return granted
            doors.sleep(POLL_SECONDS)
        raise CredentialsRefused("init-no-answer")


def _identifier(url: str) -> str:
    """An identifier from an address: its host and path without what all addresses have."""
    parsed = urlsplit(url if "://" in url else f"https://{url}")
    parts = [part for part in (parsed.hostname or "").split(".") if part != "www"]
    return _slug("-".join([*parts[:2], *parsed.path.split("/")])) or "wiki"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
