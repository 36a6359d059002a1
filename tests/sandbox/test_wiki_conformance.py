"""Replays the recorded exchanges of two real wikis on the stand-in.

State is seeded from the recordings' own answers; requests are sent in their order; statuses and
JSON bodies are compared after moments, revision numbers and addresses are made alike. Skipped
where the recordings are absent. wiki_fixtures/replay.json says what is not replayed, or only
loosely, and why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import requests

from oscartes_sync.sandbox.wiki import WikiStandIn
from oscartes_sync.sandbox.wiki.core import Version

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings" / "yeswiki"
pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")

Json = Any
KEYS = {"WikiAdmin": "KEY-ADMIN", "RobotNuage": "KEY-BOT", "MarieDupont": "KEY-MEMBER"}
PARIS = ZoneInfo("Europe/Paris")

TABLE = json.loads((Path(__file__).parent / "wiki_fixtures" / "replay.json").read_text())
NOT_REPLAYED: dict[str, str] = TABLE["not_replayed"]
LOOSELY: dict[str, str] = TABLE["loosely"]
GROUPS: dict[str, list[str]] = TABLE["groups"]
UNKNOWN_TYPE = "108-form-unknown-field-type"
DISPLAYED = {"user", "owner", "html_data", "url"}
OPAQUE = {"html", "code", "html_output", "metadatas"}

COOKIE_USERS = {
    "015": "MarieDupont", "020": "WikiAdmin", "021": "WikiAdmin", "302": "RobotNuage",
}  # fmt: skip


def recorded(name: str) -> dict[str, Json]:
    found: dict[str, Json] = json.loads((RECORDINGS / f"{name}.json").read_text())
    return found


def names(*patterns: str) -> list[str]:
    found = {path.stem for pattern in patterns for path in RECORDINGS.glob(f"{pattern}.json")}
    return sorted(found - NOT_REPLAYED.keys() - {"INDEX"})


def body_of(name: str) -> Json:
    return recorded(name)["response"]["body"]


class Moment:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 20, 32, 43, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def template_of(form: dict[str, Json]) -> str:
    """The lines as stored: the 4.5 line shows them one cell longer where there is an image."""
    template: str = form["bn_template"]
    longer = len(template.split("\r\n", maxsplit=1)[0].split("***")) > len(form["template"][0])
    return re.sub(r"\*\*\*(?=\r\n|$)", "", template) if longer else template


def as_old(template: str, lists: dict[str, str]) -> str:
    """Write a 4.5 form as 4.4 does: suffixes instead of property names."""
    lines = []
    for line in template.split("\r\n"):
        cells = line.split("***")
        cells[1] = lists.get(cells[1].lower(), cells[1])
        if cells[0] in {"liste", "radio", "checkbox", "listefiche", "checkboxfiche"}:
            prefix = re.escape(cells[0] + cells[1])
            suffix = re.sub(f"^{prefix}", "", cells[6], flags=re.IGNORECASE)
            cells[6] = "" if suffix == cells[6] else suffix
        lines.append("***".join(cells))
    return "\r\n".join(lines)


def seed_forms(wiki: WikiStandIn, version: Version) -> None:
    forms = dict(body_of("100-forms"))
    old_lists = {}
    if version == "4.4":
        forms["5"], forms["6"] = body_of("v444-00-form-5"), body_of("v444-01-form-6")
        lists = body_of("v444-02-lists")
        old_lists = {re.sub("^liste", "list", name.lower()): name for name in lists}
        for name, one in lists.items():
            wiki.add_list(name, one["titre_liste"], one["label"])
    else:
        for name, one in body_of("103-lists-json-handler").items():
            wiki.add_list(name, one["title"], one["nodes"])
    for number, form in forms.items():
        template = template_of(form)
        if version == "4.4" and number not in {"5", "6"}:
            template = as_old(template, old_lists)
        wiki.add_form(
            number,
            form["bn_label_nature"],
            template,
            description=form["bn_description"],
            semantic=(form["bn_sem_context"], form["bn_sem_type"]),
        )


def rights_of(template: str) -> tuple[str, str]:
    for line in template.split("\r\n"):
        cells = [cell.strip() for cell in line.split("***")]
        if cells[0] == "acls":
            return cells[1] or "*", cells[2] or "%"
    return "*", "*"


def seed_entries(wiki: WikiStandIn, name: str) -> None:
    for tag, entry in body_of(name).items():
        own = {key: entry[key] for key in entry if key not in DISPLAYED}
        updated = datetime.fromisoformat(entry["date_maj_fiche"]).replace(tzinfo=PARIS)
        form = entry["id_typeannonce"]
        read, write = rights_of(template_text(form))
        wiki.add_entry(
            form, tag, own, owner=entry["owner"], user=entry["user"],
            updated=updated, read_acl=read, write_acl=write,
        )  # fmt: skip
        for key, value in own.items():
            if re.match("fichier|imagebf", key) and value:
                wiki.add_file(value, b"%PDF-1.4 " + b"x" * 508)


def template_text(form: str) -> str:
    forms = body_of("100-forms")
    return template_of(forms[form]) if form in forms else ""


@contextmanager
def real_wiki(version: Version, entries: list[str]) -> Iterator[tuple[WikiStandIn, Moment]]:
    moment = Moment()
    base = f"https://wiki{'44' if version == '4.4' else ''}.example"
    with WikiStandIn(version=version, keys=KEYS, clock=moment, base_url=base) as wiki:
        wiki.add_user("WikiAdmin", admin=True, email="admin@example.org")
        wiki.add_user("RobotNuage", email="robot@example.org")
        wiki.add_user("MarieDupont", email="marie@example.org", password="PASSWORD-MEMBER")
        wiki.add_user("JeanMartin", email="jean@example.org")
        seed_forms(wiki, version)
        for name in entries:
            seed_entries(wiki, name)
        yield wiki, moment


ALL = [
    "114-entries-form-5-service-account", "111-entries-form-6", "112-entries-form-7",
    "113-entries-form-8", "117-entries-form-9-private-admin", "119-entries-form-10-logged",
]  # fmt: skip


def cookies_for(wiki: WikiStandIn, name: str, header: str) -> dict[str, str]:
    if "session of nobody" in header or ("name=" not in header and "session of" not in header):
        return {}
    found = re.search(r"session of (KEY-\w+)", header)
    key = found[1] if found else KEYS[COOKIE_USERS.get(name[:3], "RobotNuage")]
    answer = requests.get(
        f"{wiki.url}/?api/triples/X", headers={"Authorization": f"Bearer {key}"}, timeout=5
    )
    return {one.name: str(one.value) for one in answer.cookies}


def payload(body: Json, headers: dict[str, str]) -> dict[str, Any]:
    kind = headers.get("Content-Type", "")
    if not body:
        return {}
    if "json" in kind:
        return {"data": json.dumps(body).encode()}
    if "multipart" in kind:
        files = {
            name: (one["filename"], b"x" * one["bytes"], one["type"])
            for name, one in body["files"].items()
        }
        return {"data": body["fields"], "files": files}
    pairs = [
        (key, one)
        for key, value in body.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return {"data": urlencode(pairs).encode()}


def send(wiki: WikiStandIn, name: str, exchange: dict[str, Json]) -> requests.Response:
    method, target, *_ = exchange["request"]["line"].split(" ")
    headers = {
        key: value
        for key, value in (exchange["request"].get("headers") or {}).items()
        if key not in {"Host", "Cookie", "User-Agent", "Content-Length", "Connection"}
    }
    parts = payload(exchange["request"].get("body"), headers)
    if "files" in parts:
        headers = {key: value for key, value in headers.items() if key != "Content-Type"}
    elif "data" in parts:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    cookie = (exchange["request"].get("headers") or {}).get("Cookie", "")
    request = requests.Request(
        method, wiki.url, headers=headers, cookies=cookies_for(wiki, name, cookie), **parts
    ).prepare()
    request.url = wiki.url + target
    with requests.Session() as session:
        return session.send(request, allow_redirects=False, timeout=20)


def alike(text: str) -> str:
    text = re.sub(r"https?://(?:wiki(?:44)?\.example|127\.0\.0\.1:\d+)", "WIKI", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "MOMENT", text)
    text = re.sub(r"\d{14}", "STAMP", text)
    return re.sub(r" in /var/www/.*", "", text, flags=re.DOTALL)


def simplified(value: Json, key: str = "") -> Json:
    """Blank what cannot be alike; keep the types."""
    if key in OPAQUE:
        return type(value).__name__
    if key == "id" and isinstance(value, str) and value.isdigit():
        return "number"
    if isinstance(value, dict):
        return {name: simplified(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [simplified(one) for one in value]
    if key == "body" and isinstance(value, str) and value.startswith("{"):
        return simplified(json.loads(value))
    return alike(value) if isinstance(value, str) else value


def check(name: str, exchange: dict[str, Json], answer: requests.Response) -> None:
    expected = exchange["response"]
    assert answer.status_code == expected["status"], (name, answer.text[:300])
    assert int(answer.headers.get("Content-Length", "-1")) >= 0 or answer.status_code == 304
    wanted = expected["body"]
    kind = (expected.get("headers") or {}).get("Content-Type", "").split(";")[0]
    assert not kind or answer.headers["Content-Type"].startswith(kind), name
    location = (expected.get("headers") or {}).get("Location")
    if location:
        assert alike(answer.headers["Location"]) == alike(location), name
    check_cookies(name, expected, answer)
    if kind == "text/Calendar":
        assert as_calendar(answer.content.decode()) == as_calendar(wanted), name
    if not isinstance(wanted, dict | list) or answer.request.method == "HEAD":
        return
    if name in LOOSELY or "_head" in wanted:
        assert isinstance(answer.json(), type(wanted)), name
        return
    found = simplified(answer.json())
    assert found == simplified(wanted), name
    assert list(found) == list(simplified(wanted)), f"{name}: order of keys"


def as_calendar(text: str) -> list[str]:
    """Unfolded lines without blanks: the recorded addresses were shortened after the folding."""
    lines = re.sub(r"\r?\n ", "", text).splitlines()
    kept = (line for line in lines if not line.startswith(("DTSTAMP", "PRODID")))
    return [re.sub(r"\s", "", line) for line in kept]


def check_cookies(name: str, expected: dict[str, Json], answer: requests.Response) -> None:
    shown = (expected.get("headers") or {}).get("Set-Cookie", "")
    if shown.startswith("names: "):
        logged_in = "token" in shown
        given = {one.name for one in answer.cookies}
        assert ("token" in given) is logged_in, f"{name}: {shown} / {given}"


def replay(
    wiki: WikiStandIn, chosen: list[str], before: Callable[[str], None] | None = None
) -> int:
    count = 0
    for name in chosen:
        one = recorded(name)
        for exchange in one.get("exchanges", [one]):
            if before is not None:
                before(name)
            check(name, exchange, send(wiki, name, exchange))
            count += 1
    return count


def test_every_recording_is_replayed_or_excused() -> None:
    replayed = {name for patterns in GROUPS.values() for name in names(*patterns)}
    assert replayed | NOT_REPLAYED.keys() == set(names("*")) | NOT_REPLAYED.keys()
    assert len(replayed) > 280
    assert LOOSELY.keys() <= replayed


@pytest.mark.parametrize(
    ("group", "entries", "exchanges"),
    [
        ("reading", ALL, 96),
        ("accounts", [], 10),
        ("first creations", [], 7),
        ("writing", ALL[4:], 70),
        ("rights", ALL, 30),
        ("recurrence", ALL, 49),
    ],
)
def test_group_as_recorded(group: str, entries: list[str], exchanges: int) -> None:
    with real_wiki("4.5", entries) as (wiki, _):
        chosen = names(*GROUPS[group])
        if group == "reading":
            chosen.remove(UNKNOWN_TYPE)
        assert replay(wiki, chosen) == exchanges


def test_form_with_an_unknown_field_type_as_recorded() -> None:
    with real_wiki("4.5", []) as (wiki, _):
        form = body_of(UNKNOWN_TYPE)
        wiki.add_form(11, form["bn_label_nature"], form["bn_template"])
        assert replay(wiki, [UNKNOWN_TYPE]) == 1


def test_files_as_recorded() -> None:
    with real_wiki("4.5", [ALL[0], *ALL[2:]]) as (wiki, moment):
        wiki.remove("ProposeParUnAnonyme")

        def before(name: str) -> None:
            second = {"417": (34, 2), "418": (34, 3), "440": (34, 4)}.get(name[:3])
            if second:
                moment.now = datetime(2026, 11, 23, 20, *second, tzinfo=UTC)

        assert replay(wiki, names(*GROUPS["files"]), before) == 28


def test_edits_as_recorded() -> None:
    with real_wiki("4.5", ALL) as (wiki, moment):
        seed_cycle(wiki, moment)

        def before(name: str) -> None:
            second = 49 if name >= "464" else 48
            moment.now = datetime(2026, 11, 23, 20, 37, second, tzinfo=UTC)

        assert replay(wiki, names(*GROUPS["edits"]), before) == 16


def seed_cycle(wiki: WikiStandIn, moment: Moment) -> None:
    """The entry of recordings 460-471 before its first edit."""
    moment.now = datetime(2026, 11, 23, 20, 37, 47, tzinfo=UTC)
    after = next(iter(body_of("461-after-edit-partial").values()))
    own = {key: after[key] for key in after if key not in DISPLAYED}
    wiki.add_entry(7, after["id_fiche"], {**own, "bf_auteur": "Avant"}, owner="RobotNuage")
    for key in ("fichierbf_document", "imagebf_image"):
        wiki.add_file(after[key], b"%PDF-1.4")


def test_settings_as_recorded() -> None:
    with real_wiki("4.5", ALL) as (wiki, _):

        def before(name: str) -> None:
            number = int(name[:3])
            closed = 505 <= number <= 509
            wiki.settings.public_key = number <= 503
            wiki.settings.keys = {} if number <= 503 else {key: KEYS[key] for key in KEYS}
            wiki.settings.default_read_acl = "+" if closed else "*"
            wiki.settings.default_write_acl = "+" if closed else "*"
            wiki.faults.captcha = number in {511, 512}
            wiki.faults.hibernate = 515 <= number <= 517
            wiki.faults.database_down = number == 530

        assert replay(wiki, names(*GROUPS["settings"]), before) == 20


def test_traps_of_partial_updates_as_recorded() -> None:
    with real_wiki("4.5", ALL) as (wiki, _):

        def before(name: str) -> None:
            if name.startswith("610"):
                wiki.remove("PermanenceDuMardi")
                answer = send(wiki, "440", recorded("440-web-create-recurrent"))
                assert answer.status_code == 302

        assert replay(wiki, names(*GROUPS["traps"]), before) == 11


def test_version_4_4_as_recorded() -> None:
    lists = ["v444-03-entries-5", "v444-04-entries-6", "v444-05-entries-7"]
    with real_wiki("4.4", lists) as (wiki, _):
        public = body_of("v444-27-public-page-accept-json")
        known = wiki.entry(public["id_fiche"])
        assert known is not None
        wiki.add_entry(
            5, public["id_fiche"], {**known, "bf_mail": public["bf_mail"]}, owner="RobotNuage"
        )
        found = body_of("v444-26-html-stored")["RenovationEnergetiquePartagee"]
        wiki.add_entry(8, found["id_fiche"], found)
        others = [name for name in names(*GROUPS["old version"]) if name != lists[0]]
        assert replay(wiki, others) == 28
    with real_wiki("4.4", lists[:1]) as (wiki, _):
        assert replay(wiki, lists[:1]) == 1
