"""What a link becomes once a write of an earlier run was undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.planning.baseline import Link
from oscartes_sync.planning.operation import Action, FieldChange, Operation, Reason
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.planning.undoing import link_after
from oscartes_sync.records.problem import Side
from tests.unit.planning.meetings import HREF, TAG, UID, link_of, single

OPEN = {"title": ("a", "b"), "place": ("c", "d")}
LINK = link_of(single(), single(), unsettled=OPEN, dropped=Side.WIKI)
SEEN = Seen("ailleurs", "x9", single("Avant"))


def done(action: Action, side: Side, **more: object) -> Operation:
    base = Operation(
        action=action,
        side=side,
        uid=UID,
        entry=TAG,
        href=HREF,
        title="Permanence",
        changes=(FieldChange("title", "old", "new"),),
    )
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("side", list(Side))
def test_a_copy_that_was_taken_back_is_not_made_again(side: Side) -> None:
    undone = done(Action.CREATE, side)
    assert link_after(LINK, undone, None, None) == replace(LINK, dropped=side)
    assert link_after(None, undone, None, SEEN) is None


@pytest.mark.parametrize("action", [Action.UPDATE, Action.DELETE])
def test_without_a_look_at_what_is_there_now_nothing_changes(action: Action) -> None:
    assert link_after(LINK, done(action, Side.CLOUD), single(), None) is None
    assert link_after(None, done(action, Side.CLOUD), single(), None) is None


def test_an_update_that_was_put_back_is_as_if_agreed_on_its_side() -> None:
    on_wiki = replace(
        LINK,
        tag="ailleurs",
        wiki_token="x9",
        wiki=SEEN.record,
        unsettled={"place": ("c", "d")},
    )
    assert link_after(LINK, done(Action.UPDATE, Side.WIKI), single(), SEEN) == on_wiki
    on_cloud = replace(
        LINK,
        href="ailleurs",
        cloud_token="x9",
        cloud=SEEN.record,
        unsettled={"place": ("c", "d")},
    )
    assert link_after(LINK, done(Action.UPDATE, Side.CLOUD), single(), SEEN) == on_cloud
    assert link_after(None, done(Action.UPDATE, Side.CLOUD), single(), SEEN) is None


def test_a_copy_that_is_back_while_its_link_is_there_is_dropped_no_more() -> None:
    back = link_after(LINK, done(Action.DELETE, Side.WIKI), single(), SEEN)
    assert back == replace(
        LINK,
        tag="ailleurs",
        wiki_token="x9",
        wiki=SEEN.record,
        unsettled={"place": ("c", "d")},
        dropped=None,
    )


def lone(side: Side, **more: object) -> Link:
    """A copy that is back on `side`, of something that is gone."""
    cloud = side is Side.CLOUD
    link = Link(
        uid=UID,
        origin=Side.WIKI,
        tag=TAG if cloud else "ailleurs",
        href="ailleurs" if cloud else HREF,
        wiki_token="" if cloud else "x9",
        cloud_token="x9" if cloud else "",
        wiki=single("Source") if cloud else SEEN.record,
        cloud=SEEN.record if cloud else single("Source"),
        dropped=side.other,
    )
    return replace(link, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("side", list(Side))
def test_a_copy_that_is_back_after_its_source_was_deleted_is_not_removed_again(side: Side) -> None:
    undone = done(Action.DELETE, side, reason=Reason.DELETED)
    assert link_after(None, undone, single("Source"), SEEN) == lone(side)


def test_a_copy_that_had_been_withdrawn_is_removed_again_if_its_source_says_so() -> None:
    undone = done(Action.DELETE, Side.CLOUD, reason=Reason.WITHDRAWN)
    expected = lone(Side.CLOUD, dropped=None)
    assert link_after(None, undone, single("Source"), SEEN) == expected


def test_the_uid_says_where_it_was_born() -> None:
    undone = done(Action.DELETE, Side.CLOUD, uid="abc@phone")
    expected = lone(Side.CLOUD, uid="abc@phone", origin=Side.CLOUD)
    assert link_after(None, undone, single("Source"), SEEN) == expected


@pytest.mark.parametrize("missing", ["entry", "href"])
def test_without_both_keys_or_the_old_record_no_link_is_made(missing: str) -> None:
    undone = done(Action.DELETE, Side.CLOUD, **{missing: None})
    assert link_after(None, undone, single("Source"), SEEN) is None
    assert link_after(None, done(Action.DELETE, Side.CLOUD), None, SEEN) is None
