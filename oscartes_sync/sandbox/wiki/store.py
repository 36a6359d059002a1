"""What the wiki keeps: pages and their revisions, rights, triples, users, forms and files.

Everything lives in SQLite. The newest revision of each page is held in memory beside it, so
that a list of ten thousand entries is read without ten thousand parses.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

TYPE_PROPERTY = "http://outils-reseaux.org/_vocabulary/type"
SOURCE_PROPERTY = "http://outils-reseaux.org/_vocabulary/sourceUrl"
TAG_PROPERTY = "http://outils-reseaux.org/_vocabulary/tag"
ENTRY_TYPE = "fiche_bazar"
LIST_TYPE = "liste"
PRIVILEGES = ("read", "write", "comment")
LONGEST_TAG = 191

_SCHEMA = """
create table if not exists pages (
  id integer primary key autoincrement, tag text not null, fold text not null,
  time text not null, body text not null, owner text not null, user text not null,
  latest text not null);
create index if not exists pages_fold on pages (fold, latest, time);
create table if not exists acls (
  fold text not null, privilege text not null, list text not null,
  primary key (fold, privilege));
create table if not exists triples (
  id integer primary key autoincrement, resource text not null, fold text not null,
  property text not null, value text not null);
create index if not exists triples_fold on triples (fold, property);
create index if not exists triples_value on triples (property, value);
create table if not exists users (
  name text primary key, email text not null, password text not null, signuptime text not null,
  admin integer not null);
create table if not exists forms (id text primary key, record text not null);
create table if not exists files (
  name text primary key, content blob not null, mtime real not null);
"""


@lru_cache(maxsize=65536)
def fold(tag: str) -> str:
    """Fold a tag as the database's collation compares it: case, accents, trailing blanks."""
    decomposed = unicodedata.normalize("NFKD", tag)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.casefold().rstrip(" ")


@dataclass(slots=True)
class Page:
    """One revision of a page; `properties` is the decoded body where it is a JSON object."""

    id: int
    tag: str
    time: str
    body: str
    owner: str
    user: str
    latest: str = "Y"
    properties: dict[str, Any] = field(default_factory=dict)
    html_attributes: dict[frozenset[str], str] = field(default_factory=dict)

    @property
    def form_id(self) -> str:
        """`id_typeannonce` of an entry."""
        return str(self.properties.get("id_typeannonce", ""))


@dataclass(frozen=True)
class User:
    """An account."""

    name: str
    email: str
    password: str
    signuptime: str
    admin: bool


class Store:
    """The database and its mirror in memory. Not locked here: the server handles one request
    at a time."""

    def __init__(self, database: str) -> None:
        self._db = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = off")
        self._db.executescript(_SCHEMA)
        self._latest: dict[str, Page] = {}
        self._by_form: dict[str, dict[str, Page]] = {}
        self._entries: dict[str, None] = {}
        self._acls: dict[str, dict[str, str]] = {}
        self.forms: dict[str, dict[str, Any]] = {}
        self.users: dict[str, User] = {}
        self._load()

    def _load(self) -> None:
        for fold_tag, privilege, acl in self._db.execute("select fold, privilege, list from acls"):
            self._acls.setdefault(fold_tag, {})[privilege] = acl
        rows = self._db.execute(
            "select fold from triples where property = ? and value = ?", (TYPE_PROPERTY, ENTRY_TYPE)
        )
        self._entries = {row[0]: None for row in rows}
        for row in self._db.execute(
            "select id, tag, time, body, owner, user, latest from pages "
            "where latest = 'Y' order by id"
        ):
            self._remember(_page(row))
        for form_id, record in self._db.execute("select id, record from forms"):
            self.forms[form_id] = json.loads(record)
        for name, email, password, signup, admin in self._db.execute("select * from users"):
            self.users[name] = User(name, email, password, signup, bool(admin))

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Group writes, for bulk seeding."""
        self._db.execute("begin")
        try:
            yield
        finally:
            self._db.execute("commit")

    # pages

    def page(self, tag: str) -> Page | None:
        """Newest revision of the page so named, whatever the spelling."""
        return self._latest.get(fold(tag))

    def page_at(self, tag: str, time: str) -> Page | None:
        """Revision of that second with the lowest number; others of that second are hidden."""
        row = self._db.execute(
            "select id, tag, time, body, owner, user, latest from pages "
            "where fold = ? and time = ? order by id limit 1",
            (fold(tag), time),
        ).fetchone()
        return _page(row) if row else None

    def revisions(self, tag: str, limit: int = -1) -> list[Page]:
        """Revisions, newest first."""
        rows = self._db.execute(
            "select id, tag, time, body, owner, user, latest from pages where fold = ? "
            "order by time desc, id desc limit ?",
            (fold(tag), limit),
        )
        return [_page(row) for row in rows]

    def revision(self, number: int) -> Page | None:
        """A revision by its wiki-wide number."""
        row = self._db.execute(
            "select id, tag, time, body, owner, user, latest from pages where id = ?", (number,)
        ).fetchone()
        return _page(row) if row else None

    def first_time(self, tag: str) -> str | None:
        """Database time of the oldest revision."""
        row = self._db.execute("select min(time) from pages where fold = ?", (fold(tag),))
        found: str | None = row.fetchone()[0]
        return found

    def add_revision(self, tag: str, body: str, *, time: str, owner: str, user: str) -> Page:
        """Add a revision and make it the newest; all spellings of the tag count as one page."""
        key = fold(tag)
        if key in self._latest:
            self._db.execute(
                "update pages set latest = 'N' where fold = ? and latest = 'Y'", (key,)
            )
        cursor = self._db.execute(
            "insert into pages (tag, fold, time, body, owner, user, latest) "
            "values (?, ?, ?, ?, ?, ?, 'Y')",
            (tag, key, time, body, owner, user),
        )
        page = _page((cursor.lastrowid, tag, time, body, owner, user, "Y"))
        self._remember(page)
        return page

    def set_owner(self, tag: str, owner: str) -> None:
        """Hand the newest revision to another owner."""
        page = self._latest.get(fold(tag))
        if page is not None:
            self._db.execute("update pages set owner = ? where id = ?", (owner, page.id))
            page.owner = owner
            page.html_attributes.clear()

    def keep_newest(self, tag: str, count: int) -> None:
        """Drop all but the newest `count` revisions."""
        self._db.execute(
            "delete from pages where fold = ? and id not in "
            "(select id from pages where fold = ? order by id desc limit ?)",
            (fold(tag), fold(tag), count),
        )

    def delete_page(self, tag: str) -> None:
        """Delete all revisions, the rights and the triples of type and keywords."""
        key = fold(tag)
        page = self._latest.pop(key, None)
        if page is not None:
            self._by_form.get(page.form_id, {}).pop(key, None)
        self._entries.pop(key, None)
        self._acls.pop(key, None)
        self._db.execute("delete from pages where fold = ?", (key,))
        self._db.execute("delete from acls where fold = ?", (key,))
        self._db.execute(
            "delete from triples where fold = ? and property in (?, ?, ?)",
            (key, TYPE_PROPERTY, SOURCE_PROPERTY, TAG_PROPERTY),
        )

    def _remember(self, page: Page) -> None:
        key = fold(page.tag)
        old = self._latest.pop(key, None)
        if old is not None:
            self._by_form.get(old.form_id, {}).pop(key, None)
        self._latest[key] = page
        if page.properties:
            self._by_form.setdefault(page.form_id, {})[key] = page

    def is_entry(self, tag: str) -> bool:
        """Tell whether the page carries the triple of an entry."""
        return fold(tag) in self._entries

    def entries(self, form_id: str | None = None) -> list[Page]:
        """Newest revisions of the entries (of a form), in the order of their last write."""
        pages = self._latest if form_id is None else self._by_form.get(form_id, {})
        return [page for key, page in pages.items() if key in self._entries]

    def pages(self) -> list[Page]:
        """Newest revisions of all pages."""
        return list(self._latest.values())

    # rights

    def acl(self, tag: str, privilege: str) -> str | None:
        """The stored list of a right, None where none was stored."""
        return self._acls.get(fold(tag), {}).get(privilege)

    def set_acl(self, tag: str, privilege: str, acl: str) -> None:
        """Store the list of a right; commas part lines."""
        lines = "\n".join(part.strip() for part in acl.replace("\r", "").split(",")).strip()
        key = fold(tag)
        self._acls.setdefault(key, {})[privilege] = lines
        self._db.execute("insert or replace into acls values (?, ?, ?)", (key, privilege, lines))

    # triples

    def add_triple(self, resource: str, prop: str, value: str) -> None:
        """Add a triple unless it is there."""
        key = fold(resource)
        known = self._db.execute(
            "select 1 from triples where fold = ? and property = ? and value = ?",
            (key, prop, value),
        ).fetchone()
        if known:
            return
        self._db.execute(
            "insert into triples (resource, fold, property, value) values (?, ?, ?, ?)",
            (resource, key, prop, value),
        )
        if prop == TYPE_PROPERTY and value == ENTRY_TYPE:
            self._entries[key] = None

    def delete_triples(self, resource: str, prop: str) -> None:
        """Delete the triples of a resource with this property."""
        self._db.execute(
            "delete from triples where fold = ? and property = ?", (fold(resource), prop)
        )

    def triples(
        self, resource: str | None = None, prop: str | None = None, value: str | None = None
    ) -> list[dict[str, str]]:
        """Matching triples as the wiki lists them; a value may hold LIKE's percent signs."""
        clauses, values = ["1"], []
        if resource is not None:
            clauses.append("fold = ?")
            values.append(fold(resource))
        if prop is not None:
            clauses.append("property = ?")
            values.append(prop)
        if value is not None:
            clauses.append("value like ?" if "%" in value else "value = ?")
            values.append(value)
        rows = self._db.execute(
            "select id, resource, property, value from triples where "
            f"{' and '.join(clauses)} order by id",
            values,
        )
        return [
            dict(zip(("id", "resource", "property", "value"), map(str, row), strict=True))
            for row in rows
        ]

    # accounts, forms, files

    def add_user(self, user: User) -> None:
        """Add or replace an account."""
        self.users[user.name] = user
        self._db.execute(
            "insert or replace into users values (?, ?, ?, ?, ?)",
            (user.name, user.email, user.password, user.signuptime, int(user.admin)),
        )

    def add_form(self, record: dict[str, Any]) -> None:
        """Add or replace a form (row of the table `nature`)."""
        self.forms[record["bn_id_nature"]] = record
        self._db.execute(
            "insert or replace into forms values (?, ?)",
            (record["bn_id_nature"], json.dumps(record)),
        )

    def drop_form(self, form_id: str) -> None:
        """Drop a form; its entries stay in the table of pages."""
        self.forms.pop(form_id, None)
        self._db.execute("delete from forms where id = ?", (form_id,))

    def save_file(self, name: str, content: bytes, mtime: float) -> None:
        """Write a file of the folder `files/`."""
        self._db.execute("insert or replace into files values (?, ?, ?)", (name, content, mtime))

    def file(self, name: str) -> tuple[bytes, float] | None:
        """Content and modification time (seconds since 1970) of a file, None where absent."""
        row = self._db.execute("select content, mtime from files where name = ?", (name,))
        found: tuple[bytes, float] | None = row.fetchone()
        return found

    def has_file(self, name: str) -> bool:
        """Tell whether a file of that name is kept."""
        row = self._db.execute("select 1 from files where name = ?", (name,)).fetchone()
        return row is not None

    def file_names(self) -> Iterable[str]:
        """Names of all files."""
        return [row[0] for row in self._db.execute("select name from files order by name")]


def _page(row: tuple[Any, ...]) -> Page:
    page = Page(*row)
    if page.body.startswith("{"):
        try:
            decoded = json.loads(page.body)
        except ValueError:
            decoded = {}
        page.properties = decoded if isinstance(decoded, dict) else {}
    return page
