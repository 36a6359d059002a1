"""A saved plan as a file: what was reviewed, by digest, so that `apply` does exactly that."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from oscartes_sync.errors import UsageError
from oscartes_sync.planning.codec import ReviewedStep, review
from oscartes_sync.planning.plan import Plan
from oscartes_sync.usecases.run import SavedPlan

_FORMAT = "oscartes-plan/1"


def save(path: Path, plans: Mapping[str, Plan]) -> None:
    """Write the reviewed steps, whole or not at all, readable by its owner alone.

    Raises:
        UsageError: `plan-file-unwritable`.
    """
    content = {
        "format": _FORMAT,
        "bindings": {
            name: [
                {"uid": s.uid, "digest": s.digest, "entry": s.entry, "href": s.href}
                for s in review(plan)
            ]
            for name, plan in sorted(plans.items())
        },
    }
    temporary = ""
    try:
        # Private from birth: a plan names entries that not everybody may know of.
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, ensure_ascii=False, indent=1)
            stream.write("\n")
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise UsageError("plan-file-unwritable", path=path, reason=error.strerror) from error


def load(path: Path) -> SavedPlan:
    """Read it back.

    Raises:
        UsageError: `plan-file-unreadable` where it is missing, or is no plan of ours.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise UsageError("plan-file-unreadable", path=path)
        return {
            name: tuple(
                ReviewedStep(each["uid"], each["digest"], each["entry"], each["href"])
                for each in steps
            )
            for name, steps in content["bindings"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError("plan-file-unreadable", path=path) from error
