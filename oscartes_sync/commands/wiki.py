"""`oscartes wiki rename`."""

from __future__ import annotations

import click

from oscartes_sync.commands.group import subcommand
from oscartes_sync.commands.runs import wait_option
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg


@subcommand(
    help=msg(
        "With “rename OLD NEW”: the wiki's address moved from OLD to NEW. Links follow at the next "
        "sync, UIDs stay."
    )
)
@click.argument("verb", type=click.Choice(["rename"]), metavar="rename")
@click.argument("old", metavar=msg("OLD"))
@click.argument("new", metavar=msg("NEW"))
@wait_option()
def command(session: Session, *, verb: str, old: str, new: str, wait: float) -> int:  # noqa: ARG001
    """Words to calls."""
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=wait) as house:
        names = house.rename_wiki(old, new)
    if session.as_json:
        session.show_json({"wikis": list(names), "url": new})
    elif not session.quiet:
        session.notice("wiki-renamed", {"names": ", ".join(names), "url": new})
    for name, wiki in settings.wikis.items():
        if name in names and wiki.url != new.rstrip("/"):
            session.notice("wiki-renamed-configure", {"name": name, "url": new})
    return 0
