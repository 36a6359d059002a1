"""The stand-in itself: started, seeded, edited as members do, asked what it holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Self

from oscartes_sync.sandbox.wiki.api import answer_api
from oscartes_sync.sandbox.wiki.clock import utc_now
from oscartes_sync.sandbox.wiki.context import Call, Parts
from oscartes_sync.sandbox.wiki.core import Core, Settings, Version, Visitor
from oscartes_sync.sandbox.wiki.faults import Faults, PlannedFailure
from oscartes_sync.sandbox.wiki.files import server_not_found, static_file
from oscartes_sync.sandbox.wiki.messages import Request, Response, html_response, redirect
from oscartes_sync.sandbox.wiki.pages import answer_page
from oscartes_sync.sandbox.wiki.pages_admin import form_record
from oscartes_sync.sandbox.wiki.pages_html import HOME
from oscartes_sync.sandbox.wiki.php import json_encode
from oscartes_sync.sandbox.wiki.recurrence import Repetitions
from oscartes_sync.sandbox.wiki.request_log import RequestLine, RequestLog
from oscartes_sync.sandbox.wiki.routing import read_route
from oscartes_sync.sandbox.wiki.seeding import Nodes, SeededEntry, list_body, seed_entry
from oscartes_sync.sandbox.wiki.server import WikiServer, wait
from oscartes_sync.sandbox.wiki.store import (
    LIST_TYPE,
    TYPE_PROPERTY,
    Store,
    User,
)

DATABASE_DOWN = (
    "Le contenu de ce wiki n'est pas disponible pour le moment : "
    "la base de données n'a pas pu être jointe."
)
_MAINTENANCE = (
    '<!doctype html><html lang="fr"><head><title>Maintenance</title></head>'
    "<body><h1>Site en maintenance</h1><p>Revenez dans quelques instants.</p></body></html>"
)


class WikiStandIn:
    """A wiki on loopback. A context manager: the server runs inside the `with` block.

    version: "4.4" or "4.5". database: a file or ":memory:". clock: the aware moment.
    keys: API keys by account name; the accounts are made where they do not exist.
    base_url: the address written into answers, where it is not the one it is reached by.
    """

    def __init__(
        self,
        *,
        version: Version = "4.5",
        database: str = ":memory:",
        clock: Callable[[], datetime] = utc_now,
        port: int = 0,
        keys: Mapping[str, str] | None = None,
        public_key: bool = False,
        default_read_acl: str = "*",
        default_write_acl: str = "*",
        groups: Mapping[str, list[str]] | None = None,
        revisions_count: int = 30,
        wiki_name: str = "Réseau de démonstration",
        base_url: str | None = None,
    ) -> None:
        self.faults = Faults()
        self.requests = RequestLog()
        self.settings = Settings(
            version=version,
            keys=dict(keys or {}),
            public_key=public_key,
            default_read_acl=default_read_acl,
            default_write_acl=default_write_acl,
            groups=dict(groups or {}),
            revisions_count=revisions_count,
            wiki_name=wiki_name,
        )
        self._store = Store(database)
        self._core = Core(self._store, self.settings, self.faults, clock)
        self._parts = Parts(self._core)
        self._lock = threading.RLock()
        self._server = WikiServer(port, self._answer)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._core.base_url = base_url or self.url
        self._thread: threading.Thread | None = None
        for name in self.settings.keys:
            if name not in self._store.users:
                self.add_user(name)

    # running

    def start(self) -> None:
        """Serve, in a thread of its own."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, hang up, close the database."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.close_connections()
        self._server.server_close()
        self._store.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # answering

    def _answer(self, request: Request) -> Response | None:
        request.post_max = self.settings.post_max
        request.upload_max = self.settings.upload_max
        wait(self.faults.latency)
        failure = self.faults.take_failure(request.method, request.target)
        if failure is not None and not failure.after_executing:
            return self._failed(request, failure)
        for one in self.faults.take_interposed(request.method, request.target, after=False):
            one.action()
        with self._lock:
            answer = self._carry_out(request)
        for one in self.faults.take_interposed(request.method, request.target, after=True):
            one.action()
        if failure is not None:
            return self._failed(request, failure, answer)
        self._note(request, answer.status, answer.user)
        return answer

    def _failed(
        self, request: Request, failure: PlannedFailure, true: Response | None = None
    ) -> Response | None:
        if failure.change is not None:
            answer = failure.change(true or Response())
            self._note(request, answer.status, answer.user)
            return answer
        self._note(request, 0 if failure.cut else failure.status, "")
        if failure.cut:
            return None
        answer = html_response(f"<h1>Erreur {failure.status}</h1>", failure.status)
        if failure.retry_after is not None:
            answer.headers.append(("Retry-After", str(failure.retry_after)))
        return answer

    def _note(self, request: Request, status: int, user: str) -> None:
        self.requests.append(RequestLine(request.method, request.target, status, user))

    def _carry_out(self, request: Request) -> Response:
        if self.faults.maintenance:
            return html_response(_MAINTENANCE, 503)
        if request.path.startswith("/files/"):
            return static_file(self._core, request, request.path.removeprefix("/files/"))
        if request.path not in {"/", "/index.php", "/wakka.php"}:
            return server_not_found()
        if self.faults.database_down:
            return Response(body=DATABASE_DOWN.encode())
        login = self._parts.sessions.recognise(request)
        call = Call(self._parts, request, login)
        answer = self._route(call)
        answer.cookies = login.cookies()
        answer.user = login.visitor.name
        return answer

    def _route(self, call: Call) -> Response:
        route = read_route(call.request)
        if route.invalid:
            return html_response("<p>Le nom de la page est incorrect.</p>")
        if route.api_path is not None:
            return answer_api(call, route.api_path)
        if not route.tag:
            return redirect(self._core.href(HOME))
        return answer_page(call, route.tag, route.handler)

    # seeding

    def add_user(
        self,
        name: str,
        *,
        admin: bool = False,
        email: str | None = None,
        key: str | None = None,
        password: str | None = None,
    ) -> None:
        """Add an account; `key` is an API key, `password` lets it log in on pages."""
        with self._lock:
            signup = self._core.clock.php()
            mail = email or f"{name.lower()}@example.org"
            self._store.add_user(User(name, mail, password or "", signup, admin))
            if key is not None:
                self.settings.keys[name] = key
            self._parts.forms.forget_rights()

    def add_form(
        self,
        form_id: int | str,
        label: str,
        template: str,
        *,
        description: str = "",
        semantic: tuple[str, str] = ("", ""),
        only_one_entry: bool = False,
    ) -> None:
        """Add a form by its lines; `semantic` is the context and the type."""
        known = {
            "bn_label_nature": label,
            "bn_description": description,
            "bn_template": template,
            "bn_sem_context": semantic[0],
            "bn_sem_type": semantic[1],
            "bn_only_one_entry": "Y" if only_one_entry else "N",
        }
        with self._lock:
            self._store.add_form(form_record(str(form_id), known))

    def remove_form(self, form_id: int | str) -> None:
        """Delete a form's definition; its entries stay behind."""
        with self._lock:
            self._store.drop_form(str(form_id))

    def add_list(self, list_id: str, title: str, nodes_or_labels: Nodes) -> None:
        """Add a list: labels by key, or nodes `{id, label, children}` (4.5 only)."""
        body = list_body(self.settings.version == "4.4", title, nodes_or_labels)
        with self._lock:
            self._parts.entries.save_page(list_id, json_encode(body), Visitor())
            self._store.add_triple(list_id, TYPE_PROPERTY, LIST_TYPE)

    def add_page(self, tag: str, body: str, *, owner: str = "") -> None:
        """Add a wiki page that is no entry."""
        with self._lock:
            self._parts.entries.save_page(tag, body, Visitor(owner))

    def add_file(self, name: str, content: bytes) -> None:
        """Put a file into the folder `files/` under its stored name."""
        with self._lock:
            self._store.save_file(name, content, self._core.clock.now().timestamp())

    def add_entry(
        self,
        form_id: int | str,
        tag: str,
        properties: Mapping[str, Any],
        *,
        owner: str = "",
        user: str = "",
        created: datetime | None = None,
        updated: datetime | None = None,
        read_acl: str = "*",
        write_acl: str = "*",
    ) -> None:
        """Put an entry as it stands, nothing purified; a second revision where it was updated."""
        one = SeededEntry(tag, properties, owner, user, created, updated, read_acl, write_acl)
        self.add_entries(form_id, [one])

    def add_entries(self, form_id: int | str, entries: Iterable[SeededEntry]) -> None:
        """Put many entries in one transaction."""
        with self._lock, self._store.transaction():
            form = self._parts.forms.get(str(form_id))
            for entry in entries:
                seed_entry(self._core, str(form_id), form, entry)

    # what members do

    def edit(self, tag: str, changes: Mapping[str, Any], *, user: str) -> None:
        """Edit as a member does in a browser: the whole form is sent back, dates move.

        The map and the recurrence structure are sent again, as the web form does.
        """
        with self._lock:
            page = self._store.page(tag)
            if page is None:
                raise KeyError(tag)
            kept: dict[str, Any] = {
                key: page.properties[key]
                for key in ("bf_latitude", "bf_longitude", "bf_date_fin_evenement_data", "bf_titre")
                if key in page.properties
            }
            visitor = Visitor(user if user in self._store.users else "")
            sent = {**kept, **changes, "antispam": "1"}
            entry, saving = self._parts.entries.update(tag, sent, visitor)
            if self.settings.version == "4.5" and entry["id_fiche"] in saving.followed:
                repetitions: Repetitions = self._parts.repetitions
                repetitions.follow_write(entry, visitor, once=saving.form.only_one_entry)

    def remove(self, tag: str) -> None:
        """Delete an entry or a page, as an admin; repetitions go with their parent."""
        with self._lock:
            page = self._store.page(tag)
            if page is None:
                raise KeyError(tag)
            self._parts.entries.delete(page.tag, Visitor())
            if self.settings.version == "4.5" and page.properties:
                gone = {"id_fiche": page.tag, **page.properties}
                self._parts.repetitions.delete_children(gone, Visitor())

    def set_acl(self, tag: str, *, read: str | None = None, write: str | None = None) -> None:
        """Set the rights of a page; dates do not move."""
        with self._lock:
            for privilege, rules in (("read", read), ("write", write)):
                if rules is not None:
                    self._store.set_acl(tag, privilege, rules)

    def set_owner(self, tag: str, owner: str) -> None:
        """Hand a page to another owner."""
        with self._lock:
            self._store.set_owner(tag, owner)

    # what it holds

    def entry(self, tag: str) -> dict[str, Any] | None:
        """The stored JSON of an entry, None where there is none."""
        with self._lock:
            page = self._store.page(tag)
            if page is None or not self._store.is_entry(tag):
                return None
            return dict(page.properties)

    def entries(self, form_id: int | str) -> dict[str, dict[str, Any]]:
        """Stored JSON of a form's entries by tag."""
        with self._lock:
            return {page.tag: dict(page.properties) for page in self._store.entries(str(form_id))}

    def revisions(self, tag: str) -> list[dict[str, str]]:
        """Revisions, newest first: id, time (database zone), user, owner, body."""
        with self._lock:
            return [
                {
                    "id": str(page.id),
                    "time": page.time,
                    "user": page.user,
                    "owner": page.owner,
                    "body": page.body,
                }
                for page in self._store.revisions(tag)
            ]

    def files(self) -> list[str]:
        """Names of the files kept."""
        with self._lock:
            return list(self._store.file_names())
