"""Reading forms, choice lists, entries and pages.

Sources: reference sections 1, 3, 5 and 8; recordings 100-136, 152-179, 702.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bazar_forms.choice_list import ChoiceList
from bazar_forms.client.address import quoted
from bazar_forms.client.connection import Connection
from bazar_forms.client.decode import (
    RAW_OUTPUT,
    api_json,
    parse_json,
    printed_beside,
    unexpected,
)
from bazar_forms.entry import Entry, entries_from_json
from bazar_forms.errors import (
    BazarError,
    EntryMalformed,
    NotFound,
    UnexpectedAnswer,
)
from bazar_forms.form import Form, forms_from_json

TAGS_IN_ONE_URL = 200
_LONGEST_URL = 7000
"""Characters: 7 kB pass and 300 tags are refused with 414 (reference section 8)."""

_DATABASE_TIME = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list of entries gave.

    `entries` by tag, in the wiki's order; empty where single fields were asked for: then `rows`
    holds those, by tag, as text (a structure as JSON). `problems` are the rows that are no
    entries of the form, and a note where PHP printed beside the answer.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problems: tuple[BazarError, ...] = ()


@dataclass(frozen=True, slots=True)
class PageRow:
    """One revision of a page, as the database holds it.

    `id` grows with each revision over the whole wiki; `time` is `YYYY-MM-DD hh:mm:ss` of the
    database's clock; `user` wrote it; `body` is the stored text, JSON for an entry.
    """

    id: int
    tag: str
    time: str
    owner: str
    user: str
    latest: bool = True
    body: str = field(default="", repr=False)

    def entry(self) -> Entry | None:
        """The entry that the body holds, None where the page is no entry."""
        try:
            stored = parse_json(self.body)
            if not isinstance(stored, Mapping):
                return None
            return Entry.from_json({**stored, "owner": self.owner, "user": self.user})
        except (ValueError, EntryMalformed):
            return None


@dataclass(frozen=True, slots=True)
class Hidden:
    """A page that we may not read: its tag is not free. It is not gone either.

    Where the wiki closes all pages by default, a free tag answers so as well.
    """

    tag: str


def read_forms(connection: Connection, *, anonymous: bool) -> tuple[Form, ...]:
    """All forms that can be read, in the wiki's order. Raises FormMalformed if none can be."""
    content = connection.get_json("api/forms", anonymous=anonymous, what="list of forms")
    forms, problems = forms_from_json(content)
    if problems and not forms:
        raise problems[0]
    return tuple(forms.values())


def read_form(connection: Connection, form_id: str, *, anonymous: bool) -> Form:
    """One form. Raises NotFound, FormMalformed."""
    route = f"api/forms/{quoted(form_id)}"
    form = Form.from_json(connection.get_json(route, anonymous=anonymous, what=f"form {form_id}"))
    if form.id != form_id:
        raise UnexpectedAnswer(f"The wiki answered with form {form.id}, not {form_id}.")
    return form


def read_choice_lists(connection: Connection) -> Mapping[str, object]:
    """The JSON of all choice lists by id, in either of the two shapes."""
    content = connection.get_json(
        "BazaR/json", [("demand", "lists")], anonymous=True, what="choice lists"
    )
    if content == []:
        return {}
    if not isinstance(content, Mapping) or "error" in content:
        raise UnexpectedAnswer("The wiki's choice lists are not a JSON object.")
    return {str(key): one for key, one in content.items() if key != RAW_OUTPUT}


def read_choice_list(connection: Connection, list_id: str) -> ChoiceList:
    """One choice list. Raises NotFound, ListMalformed."""
    content = connection.get_json(
        "BazaR/json",
        [("demand", "lists"), ("list", list_id)],
        anonymous=True,
        what=f"choice list {list_id}",
    )
    if not content or (isinstance(content, Mapping) and "error" in content):
        raise NotFound(f"The wiki has no choice list {list_id}.")
    return ChoiceList.from_json(content, list_id)


def read_entries(
    connection: Connection,
    form_id: str,
    *,
    query: str = "",
    fields: Sequence[str] = (),
    since: datetime | str | None = None,
    tags: Sequence[str] = (),
    anonymous: bool = True,
) -> Listing:
    """The entries of a form; see `BazarClient.entries`."""
    parameters = [
        *([("query", query)] if query else []),
        *([("dateMin", _database_time(since))] if since is not None else []),
        *([("fields", ",".join(fields))] if fields else []),
    ]
    route = f"api/forms/{quoted(form_id)}/entries"
    entries: dict[str, Entry] = {}
    rows: dict[str, Mapping[str, str]] = {}
    problems: list[BazarError] = []
    for end in _selections(connection, route, parameters, tags):
        content = connection.get_json(
            route + end, parameters, anonymous=anonymous, what=f"entries of form {form_id}"
        )
        if printed_beside(content):
            problems.append(UnexpectedAnswer(f"The wiki printed beside its answer: {route}."))
        if fields:
            told, bad = _rows(content)
            rows.update(told)
            problems += bad
            continue
        found, bad = entries_from_json(content)
        problems += bad
        for tag, entry in found.items():
            if entry.form == form_id:
                entries[tag] = entry
            else:
                problems.append(EntryMalformed(f"{tag} is not an entry of form {form_id}."))
    return Listing(entries, rows, tuple(problems))


def read_page(
    connection: Connection, tag: str, *, time: str | None, anonymous: bool
) -> PageRow | Hidden | None:
    """One page, or its revision of `time`; see `BazarClient.page`."""
    route = f"api/pages/{quoted(tag)}"
    parameters = [("time", _database_time(time))] if time is not None else []
    answer = connection.get(route, parameters, anonymous=anonymous)
    content = api_json(answer, keyed=not anonymous)
    if answer.status == 404 and _without_output(content) == {}:
        return None
    if answer.status == 403 and content is None:
        return Hidden(tag)
    if answer.status != 200 or not isinstance(content, Mapping):
        raise unexpected(answer)
    try:
        return PageRow(
            id=int(str(content["id"])),
            tag=str(content["tag"]),
            time=str(content["time"]),
            owner=str(content.get("owner") or ""),
            user=str(content.get("user") or ""),
            latest=content.get("latest") != "N",
            body=str(content.get("body") or ""),
        )
    except (KeyError, ValueError) as missing:
        raise UnexpectedAnswer(f"The row of page {tag} is not whole.") from missing


def _without_output(content: object) -> object:
    if isinstance(content, Mapping):
        return {key: value for key, value in content.items() if key != RAW_OUTPUT}
    return content


def _rows(content: object) -> tuple[dict[str, Mapping[str, str]], list[EntryMalformed]]:
    """The rows by tag; what is no row is set apart, as `entries_from_json` does."""
    if content == []:
        return {}, []
    if not isinstance(content, Mapping):
        raise EntryMalformed("The list of entries is not a JSON object.")
    rows: dict[str, Mapping[str, str]] = {}
    problems: list[EntryMalformed] = []
    for tag, row in content.items():
        if isinstance(row, Mapping):
            rows[str(tag)] = {str(key): _text(value) for key, value in row.items()}
        elif tag != RAW_OUTPUT:
            problems.append(EntryMalformed("Something in the answer is no entry of a form."))
    return rows, problems


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _selections(
    connection: Connection,
    route: str,
    parameters: Sequence[tuple[str, str]],
    tags: Sequence[str],
) -> Iterator[str]:
    """What has to follow the route, once for all entries or once for each batch of tags."""
    if not tags:
        yield ""
        return
    room = _LONGEST_URL - len(connection.address.api(route + "/json/", parameters))
    batch: list[str] = []
    length = 0
    for tag in dict.fromkeys(tags):
        written = quoted(tag)
        if batch and (len(batch) == TAGS_IN_ONE_URL or length + len(written) + 1 > room):
            yield "/json/" + ",".join(batch)
            batch, length = [], 0
        batch.append(written)
        length += len(written) + 1
    yield "/json/" + ",".join(batch)


def _database_time(time: datetime | str) -> str:
    """A time as the wiki compares it. An invalid one would be ignored, and give everything."""
    text = time.strftime("%Y-%m-%d %H:%M:%S") if isinstance(time, datetime) else time
    if not _DATABASE_TIME.fullmatch(text):
        raise ValueError("a time of the wiki is written YYYY-MM-DD hh:mm:ss")
    return text
