"""The demonstration's scene of a working group: a space out of an entry, and its archive."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from oscartes_sync.bootstrap.house import open_house
from oscartes_sync.config import load
from oscartes_sync.planning.operation import State
from oscartes_sync.usecases.report import Exit

if TYPE_CHECKING:
    from oscartes_sync.bootstrap.house import House
    from oscartes_sync.sandbox.cloud import CloudStandIn
    from oscartes_sync.sandbox.wiki import WikiStandIn

_NAME: Final = "groupes"
_NOTES: Final = "Comptes rendus/Semis de mars.md"


class Teller(Protocol):
    """Where the scene shows itself."""

    def tell(self, code: str, blanks: Mapping[str, str]) -> None:
        """Say one sentence."""


def show_spaces(stage: Teller, wiki: WikiStandIn, cloud: CloudStandIn, path: Path) -> bool:
    """Make a space from an entry, then archive it; whether all went as it should.

    `path` is the demonstration's configuration; this scene has one of its own, with its own state.
    """
    from oscartes_sync.sandbox.wiki.seed_groups import GARDENS, GROUPS, seed_groups  # noqa: PLC0415

    seed_groups(wiki)
    own = path.parent / "groups"
    own.mkdir()
    text = path.read_text("utf-8")
    (own / path.name).write_text(
        f'{text}\n[[spaces]]\nname = "{_NAME}"\nform = {GROUPS}\n', encoding="utf-8"
    )
    shutil.copy(path.parent / ".env", own / ".env")
    with open_house(load(own / path.name, {}), notice=stage.tell) as house:
        return _made(stage, house, wiki, GARDENS) and _archived(stage, house, cloud, GARDENS)


def _made(stage: Teller, house: House, wiki: WikiStandIn, tag: str) -> bool:
    report = house.apply_spaces()
    (space,) = report.kinds[0].spaces
    (known,) = house.list_spaces()
    blanks = {
        "tag": tag,
        "title": space.title,
        "folder": known.folder,
        "calendar": known.calendar,
        "members": str(known.members),
    }
    stage.tell("demo-space-made", blanks)
    entry = wiki.entry(tag) or {}
    linked = all(entry[f"bf_{name}"] for name in ("equipe", "dossier", "calendrier"))
    done = all(step.state is State.DONE for step in space.steps)
    again = house.apply_spaces().kinds[0].pending
    return report.exit is Exit.DONE and done and linked and not again


def _archived(stage: Teller, house: House, cloud: CloudStandIn, tag: str) -> bool:
    (known,) = house.list_spaces()
    cloud.put_file("oscartes-bot", f"{known.folder}/{_NOTES}", b"Semis : mi-mars.")
    report = house.archive_space(tag, write=True)
    (known,) = house.list_spaces()
    stage.tell("demo-space-archived", {"title": known.title, "archive": known.archive})
    return report.exit is Exit.DONE and bool(known.archived)
