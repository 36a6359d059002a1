"""All scenes, by name."""

from __future__ import annotations

from collections.abc import Mapping

from fault_contacts import DIRECTORY
from fault_documents import DOCUMENTS
from fault_scene import AGENDA, Scene

SCENES: Mapping[str, Scene] = {**AGENDA, **DIRECTORY, **DOCUMENTS}
