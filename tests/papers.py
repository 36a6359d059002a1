"""The project's papers, read for tests: pages, blocks, headings, tables."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PACKAGING = ROOT / "packaging"

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [
        textwrap.dedent(body) for _, named, body in FENCE.findall(read(page)) if named == language
    ]


def prose(page: Path) -> str:
    return FENCE.sub("", read(page))


def headings(page: Path) -> list[tuple[int, str]]:
    found = re.findall(r"^(#+) (.+)$", prose(page), re.MULTILINE)
    return [(len(signs), title) for signs, title in found]


def slug(title: str) -> str:
    kept = [
        letter
        for letter in title.lower()
        if letter in "-_ " or unicodedata.category(letter)[0] in "LN"
    ]
    return "".join(kept).replace(" ", "-")


def tables(page: Path) -> dict[str, list[list[str]]]:
    """The rows of each table by the title of its section, heads left out."""
    found: dict[str, list[list[str]]] = {}
    title = ""
    for line in prose(page).splitlines():
        if line.startswith("#"):
            title = line.lstrip("# ")
        elif line.startswith(("| ", "|-")):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
            found.setdefault(title, []).append(cells)
    return {name: [row for row in rows[1:] if set(row[0]) - {"-"}] for name, rows in found.items()}


def page_id(page: Path) -> str:
    """How a page is called in the names of tests."""
    return str(page.relative_to(ROOT))
