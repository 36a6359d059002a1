"""The main job shown on the embedded stand-ins: nothing but this machine is needed.

Everything goes the way an admin's own runs go: a configuration file and its `.env`, the house, the
real adapters over HTTP. Only the two servers are stand-ins.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event as Signal
from typing import TYPE_CHECKING, Protocol

from oscartes_sync.bootstrap.demo_spaces import show_spaces
from oscartes_sync.bootstrap.house import House, open_house
from oscartes_sync.config import load
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.ports import Check
from oscartes_sync.usecases.report import Exit, RunReport

if TYPE_CHECKING:
    from oscartes_sync.sandbox.cloud import CloudStandIn
    from oscartes_sync.sandbox.wiki import WikiStandIn

_FORM = "6"
_DIRECTORY = "5"
_BOOK = "annuaire"
_WITHDRAWN = "CollectifVeloHurepoix"
_BOT = "oscartes-bot"
_PASSWORD = "demonstration"  # noqa: S105 - of a server that lives for a minute, on loopback
_CALENDAR = "agenda-reseau"
_GROUP_EVENT = "reunion-gt-outils.ics"
_LINKED_ENOUGH = 8
_DOCUMENTS = "7"
_FOLDER = "GT Outils/Publié"
_GUIDE = "Guide du jardin partagé.pdf"
_MINUTES, _RENAMED = "Compte rendu de mars.odt", "Compte rendu du 10 mars.odt"


class Stage(Protocol):
    """Where the demonstration shows itself."""

    def tell(self, code: str, blanks: Mapping[str, str]) -> None:
        """Say one sentence."""

    def checks(self, checks: Sequence[Check]) -> None:
        """Show what `doctor` found."""

    def report(self, report: RunReport, *, planned: bool) -> None:
        """Show a plan or a run."""


def run_demo(stage: Stage, *, keep: bool, language: str) -> int:
    """Show the main job from beginning to end; 0 where all went as it should."""
    with ExitStack() as stack:
        wiki, key, cloud = stack.enter_context(_servers())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oscartes-demo-")))
        path = _configure(folder, wiki, key, cloud, language)
        house = stack.enter_context(open_house(load(path, {}), notice=stage.tell))
        stage.tell("demo-begins", {"wiki": wiki.url, "cloud": cloud.url})
        ok = _Scenario(stage, house, wiki, cloud, folder / "public").play()
        ok = show_spaces(stage, wiki, cloud, path) and ok
        stage.tell("demo-went-well" if ok else "demo-went-wrong", {})
        if keep:
            stage.tell("demo-kept", {"wiki": wiki.url, "cloud": cloud.url, "config": str(path)})
            _until_interrupted()
    return int(Exit.DONE if ok else Exit.FAILED)


def _until_interrupted() -> None:
    try:
        Signal().wait()
    except KeyboardInterrupt:
        return


@contextmanager
def _servers() -> Iterator[tuple[WikiStandIn, str, CloudStandIn]]:
    from oscartes_sync.sandbox.cloud import CloudStandIn  # noqa: PLC0415
    from oscartes_sync.sandbox.wiki import WikiStandIn, seed_network  # noqa: PLC0415

    with WikiStandIn() as wiki, CloudStandIn() as cloud:
        keys = seed_network(wiki)
        cloud.add_group("gt-outils")
        cloud.add_user(_BOT, _PASSWORD)
        cloud.add_user("alice", "alice", groups=("gt-outils",))
        yield wiki, keys.robot_key, cloud


def _configure(
    folder: Path, wiki: WikiStandIn, key: str, cloud: CloudStandIn, language: str
) -> Path:
    path = folder / "oscartes.toml"
    path.write_text(
        f"""[network]
name = "Réseau de démonstration"
language = "{language}"

[wikis.demo]
url = "{wiki.url}"
user = "RobotNuage"

[clouds.demo]
url = "{cloud.url}"
user = "{_BOT}"

[[bindings]]
name = "agenda"
kind = "events"
form = {_FORM}
collection = "{_CALENDAR}"
color = "#2e7d32"
deletions = "propagate"
share = [{{ group = "gt-outils", access = "write" }}]

[[bindings]]
name = "annuaire"
kind = "contacts"
form = {_DIRECTORY}
collection = "{_BOOK}"
share = [{{ group = "gt-outils" }}]

[[bindings]]
name = "documents"
kind = "documents"
form = {_DOCUMENTS}
collection = "{_FOLDER}"

[views.acteurs]
form = {_DIRECTORY}
licence = "CC-BY-SA-4.0"
""",
        encoding="utf-8",
    )
    secrets = folder / ".env"
    secrets.touch(mode=0o600)
    secrets.write_text(
        f"OSCARTES_WIKI_DEMO_KEY={key}\nOSCARTES_CLOUD_DEMO_PASSWORD={_PASSWORD}\n",
        encoding="utf-8",
    )
    return path


class _Scenario:
    """One scene after the other; each says whether what should happen happened."""

    def __init__(
        self, stage: Stage, house: House, wiki: WikiStandIn, cloud: CloudStandIn, public: Path
    ) -> None:
        self._public = public
        self._stage = stage
        self._house = house
        self._wiki = wiki
        self._cloud = cloud

    def play(self) -> bool:
        """All scenes, to the end even where one goes wrong."""
        scenes = (
            self._look,
            self._first,
            self._group,
            self._both_edit,
            self._vanish,
            self._directory,
            self._publish,
            self._documents,
            self._rest,
        )
        went_well = [scene() for scene in scenes]
        return all(went_well)

    def _sync(self, name: str = "agenda") -> RunReport:
        report = self._house.sync((name,))
        self._stage.report(report, planned=False)
        return report

    def _look(self) -> bool:
        self._stage.tell("demo-doctor", {})
        checks = self._house.doctor()
        self._stage.checks(checks)
        self._stage.tell("demo-plan", {})
        self._stage.report(self._house.plan(), planned=True)
        return all(check.status != "fail" for check in checks) and not self._events()

    def _first(self) -> bool:
        """The wiki's agenda crosses; the one entry that makes no sense is told and stays out."""
        self._stage.tell("demo-first-sync", {})
        report = self._sync()
        (binding,) = report.bindings
        told = [problem.code for problem in binding.problems]
        return binding.summary.created == len(self._events()) > _LINKED_ENOUGH and bool(told)

    def _group(self) -> bool:
        """The working group puts an event into the calendar, and it is on the wiki."""
        self._stage.tell("demo-group-event", {})
        self._cloud.put(_BOT, _CALENDAR, _GROUP_EVENT, _GROUP_MEETING)
        before = len(self._wiki.entries(_FORM))
        self._sync()
        return len(self._wiki.entries(_FORM)) == before + 1

    def _both_edit(self) -> bool:
        """A member edits the entry, the group edits its event: both edits are kept."""
        tag = next(iter(sorted(self._wiki.entries(_FORM))))
        href = next(name for name in self._events() if name.startswith(f"{tag}."))
        self._stage.tell("demo-both-edit", {"tag": tag})
        self._wiki.edit(tag, {"bf_lieu": "Maison Tati"}, user="MarieDupont")
        body = self._events()[href]
        start = body.index(b"SUMMARY:")
        end = body.index(b"\r\n", start)
        self._cloud.put(
            _BOT, _CALENDAR, href, body[:start] + b"SUMMARY:Un titre du groupe" + body[end:]
        )
        self._sync()
        entry = self._wiki.entry(tag) or {}
        merged = self._events()[href]
        return (
            entry.get("bf_titre") == "Un titre du groupe"
            and entry.get("bf_lieu") == "Maison Tati"
            and b"Maison Tati" in merged
            and b"Un titre du groupe" in merged
        )

    def _vanish(self) -> bool:
        """Most of the form is deleted by mistake: the calendar keeps everything."""
        self._stage.tell("demo-mass-deletion", {})
        kept = {tag: dict(found) for tag, found in self._wiki.entries(_FORM).items()}
        events = len(self._events())
        for tag in sorted(kept)[:_LINKED_ENOUGH]:
            self._wiki.remove(tag)
        report = self._sync()
        refused = report.exit is Exit.HELD_BACK and len(self._events()) == events
        self._stage.tell("demo-restored", {})
        for tag in sorted(kept)[:_LINKED_ENOUGH]:
            self._wiki.add_entry(_FORM, tag, kept[tag], owner="RobotNuage")
        self._sync()
        return refused and len(self._wiki.entries(_FORM)) == len(kept)

    def _directory(self) -> bool:
        """The actors are in everybody's phone; one who hides their entry is in none any more."""
        self._stage.tell("demo-directory", {})
        (binding,) = self._sync("annuaire").bindings
        crossed = (
            binding.summary.created == len(self._cards()) == len(self._wiki.entries(_DIRECTORY))
        )
        self._stage.tell("demo-withdrawn", {"tag": _WITHDRAWN})
        self._wiki.set_acl(_WITHDRAWN, read="@admins")
        self._sync("annuaire")
        return crossed and not any(name.startswith(_WITHDRAWN) for name in self._cards())

    def _publish(self) -> bool:
        """The same directory as files for everybody; who withdrew is in none of them."""
        self._public.mkdir()
        report = self._house.export("acteurs", ("geojson", "csv"), out=self._public)
        files = {path.name: path.read_bytes() for path in sorted(self._public.iterdir())}
        self._stage.tell("demo-exported", {"count": str(report.entries), "files": ", ".join(files)})
        hidden = any(_WITHDRAWN.encode() in content for content in files.values())
        return report.entries == len(self._cards()) and len(files) > 1 and not hidden

    def _documents(self) -> bool:
        """What the group puts into its folder is on the wiki, and the wiki's file in the folder;
        what it renames stays the same."""
        self._stage.tell("demo-document", {"name": _MINUTES, "folder": _FOLDER, "file": _GUIDE})
        self._cloud.put_file(_BOT, f"{_FOLDER}/{_MINUTES}", b"Pr\xc3\xa9sents : huit structures.")
        (crossed,) = self._sync("documents").bindings
        self._stage.tell("demo-document-renamed", {"name": _RENAMED})
        self._cloud.move_file(_BOT, f"{_FOLDER}/{_MINUTES}", f"{_FOLDER}/{_RENAMED}")
        (followed,) = self._sync("documents").bindings
        files = self._cloud.file_names(_BOT, _FOLDER)
        titles = {str(entry["bf_titre"]) for entry in self._wiki.entries(_DOCUMENTS).values()}
        counts = (crossed.summary.created, followed.summary.created, followed.summary.updated)
        both_there = _RENAMED.removesuffix(".odt") in titles and files == {_RENAMED, _GUIDE}
        return counts == (2, 0, 1) and both_there

    def _rest(self) -> bool:
        """Nothing happened since: nothing is written."""
        self._stage.tell("demo-last-run", {})
        report = self._house.sync()
        self._stage.report(report, planned=False)
        operations = [op for binding in report.bindings for op in binding.operations]
        writes = [op for op in operations if op.action is not Action.RELINK]
        return not [op for op in writes if op.state is State.DONE]

    def _cards(self) -> Mapping[str, bytes]:
        return self._cloud.cards(_BOT, _BOOK)

    def _events(self) -> Mapping[str, bytes]:
        if _CALENDAR not in self._cloud.calendars(_BOT):
            return {}
        return self._cloud.resources(_BOT, _CALENDAR)


_GROUP_MEETING = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Agenda du téléphone//FR
BEGIN:VEVENT
UID:reunion-gt-outils@telephone
DTSTAMP:20261120T090000Z
DTSTART;VALUE=DATE:20270116
DTEND;VALUE=DATE:20270117
SUMMARY:Réunion du groupe outils
LOCATION:Maison des associations\\, 91400 Orsay
DESCRIPTION:Ordre du jour : l'agenda partagé.
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Rappel
TRIGGER:-PT2H
END:VALARM
X-COULEUR-PERSO:turquoise
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()
