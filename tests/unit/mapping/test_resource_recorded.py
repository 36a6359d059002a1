"""What real Nextclouds stored, read and patched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oscartes_sync.mapping.resource_reading import read_resource
from oscartes_sync.mapping.resource_writing import patch_resource, validate

ZONE = "Europe/Paris"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings" / "nextcloud"


def changed(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """Physical lines that went and that came, stamps aside; what stays keeps its order."""
    stamps = re.compile(rb"SEQUENCE|DTSTAMP|LAST-MODIFIED")
    old, new = (
        [line for line in body.splitlines(keepends=True) if not stamps.match(line)]
        for body in (before, after)
    )
    gone = [line for line in old if line not in new]
    came = [line for line in new if line not in old]
    assert [line for line in old if line in new] == [line for line in new if line in old]
    return [line.decode().strip() for line in gone], [line.decode().strip() for line in came]


def bodies() -> Iterator[bytes]:
    for path in sorted(RECORDINGS.glob("02[2-6]-put-*.json")):
        for exchange in json.loads(path.read_text())["exchanges"]:
            response = exchange["response"]
            if exchange["request"]["method"] == "GET" and response["status"] == 200:
                yield response["body"].encode()


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")
def test_what_nextcloud_really_stored_is_read_and_patched_in_one_line() -> None:
    seen = 0
    for body in bodies():
        reading = read_resource(body, zone=ZONE, language="fr")
        if reading.record is None:
            assert reading.problems
            continue
        seen += 1
        changes = {"title": "Un autre titre"}
        patched = patch_resource(
            body, changes, reading.record, uid=reading.uid, zone=ZONE, language="fr", now=NOW
        )
        validate(patched, body)
        gone, came = changed(body, patched)
        assert len(came) == 1
        assert came[0].endswith(":Un autre titre")
        assert len(gone) <= 1 or all(line.startswith((" ", "SUMMARY")) for line in gone[1:])
    assert seen > 30
