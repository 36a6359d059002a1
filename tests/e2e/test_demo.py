"""The README's first command, as a person sees it."""

from __future__ import annotations

import json
import threading

import pytest

from oscartes_sync.bootstrap import demo
from oscartes_sync.commands.boundary import run
from oscartes_sync.commands.doors import Doors


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_demonstration_goes_well(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--lang", language], Doors({})) == 0
    shown = capsys.readouterr()
    told = {
        "en": ("A stand-in wiki", "10 creations", "2 updates", "max_delete", "Nothing was to be"),
        "fr": ("Un wiki de démonstration", "10 créations", "2 modifications", "max_delete"),
    }[language]
    for words in told:
        assert words in shown.out, shown.out
    assert "Traceback" not in shown.out + shown.err


def test_the_demonstration_is_one_document_with_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--json"], Doors({})) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["exit"] == 0
    runs = [step["bindings"][0] for step in document["steps"] if "bindings" in step]
    assert [binding["summary"]["created"] for binding in runs] == [
        10,
        10,
        1,
        0,
        0,
        0,
        5,
        0,
        2,
        0,
        0,
    ]
    assert runs[-1]["operations"] == []


def test_the_servers_stay_until_they_are_interrupted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted:
        def wait(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(demo, "Signal", Interrupted)
    assert run(["demo", "--keep", "--lang", "en"], Doors({})) == 0
    assert "Ctrl+C" in capsys.readouterr().out
    assert all("serve" not in thread.name for thread in threading.enumerate())
