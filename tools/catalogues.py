"""The translation catalogues: extract, update, compile, check.

    python tools/catalogues.py update     # sources → oscartes.pot → both .po → both .mo
    python tools/catalogues.py compile    # both .po → both .mo
    python tools/catalogues.py check      # complete, clean, up to date? (part of `make check`)

English is the language of the sources, so its catalogue fills itself.
"""

from __future__ import annotations

import io
import string
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parent.parent
LOCALE: Final = ROOT / "oscartes_sync" / "locale"
TEMPLATE: Final = LOCALE / "oscartes.pot"
SOURCE: Final = "en"
LANGUAGES: Final = ("fr", SOURCE)
UNKEPT: Final = tuple(
    f'"{name}'
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid-Bugs-To",
        "Project-Id-Version",
        "Generated-By",
    )
)
"""Headers that say nothing, or change with every run."""
KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {
    "msg": None,
    "gettext": None,
    "ngettext": (1, 2),
}


def extract() -> Catalog:
    """All marked sentences of the sources."""
    catalogue = Catalog(project="OSCARTES", version="1", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        ROOT / "oscartes_sync",
        method_map=[("**.py", "python")],
        keywords=KEYWORDS,
        strip_comment_tags=True,
    )
    for name, _line, message, _comments, _context in sorted(found, key=lambda each: each[:2]):
        # Line numbers would change the files at every edit of the sources.
        catalogue.add(message, locations=[(f"oscartes_sync/{name}", 0)])
    for each in catalogue:
        each.flags.discard("python-format")
        each.locations = [(file, None) for file, _ in each.locations]  # type: ignore[misc]
    return catalogue


def po_path(language: str) -> Path:
    """Where one language's sentences are."""
    return LOCALE / language / "LC_MESSAGES" / "oscartes.po"


def read(language: str) -> Catalog:
    """One language's catalogue, empty where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, project="OSCARTES", charset="utf-8", fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def update() -> None:
    """Bring template and catalogues in line with the sources."""
    template = extract()
    _write(TEMPLATE, template)
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        for message in _messages(catalogue):
            if language == SOURCE:
                message.string = message.id
        _write(po_path(language), catalogue)
    compile_all()


def compile_all() -> None:
    """Write the .mo files."""
    for language in LANGUAGES:
        po_path(language).with_suffix(".mo").write_bytes(_compiled(read(language)))


def check() -> list[str]:
    """What is wrong, one line each."""
    template = extract()
    wanted = {_key(message.id) for message in _messages(template)}
    found = list(_compare_template(wanted))
    for language in LANGUAGES:
        catalogue = read(language)
        found += [f"{language}: {told}" for told in _faults(catalogue, wanted)]
        compiled = po_path(language).with_suffix(".mo")
        if not compiled.exists() or not _same(compiled, catalogue):
            found.append(f"{language}: oscartes.mo is not that of oscartes.po")
    return found


def _compare_template(wanted: set[str]) -> Iterator[str]:
    if not TEMPLATE.exists():
        yield "oscartes.pot is missing"
        return
    with TEMPLATE.open("rb") as stream:
        known = {_key(message.id) for message in _messages(read_po(stream))}
    if known != wanted:
        yield "oscartes.pot is not that of the sources"


def _faults(catalogue: Catalog, wanted: set[str]) -> Iterator[str]:
    known = {_key(message.id) for message in _messages(catalogue)}
    yield from (f"missing: {each!r}" for each in sorted(wanted - known))
    yield from (f"not in the sources: {each!r}" for each in sorted(known - wanted))
    yield from (f"obsolete: {each.id!r}" for each in catalogue.obsolete.values())
    for message in _messages(catalogue):
        if message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        if not all(_strings(message.string)):
            yield f"not translated: {message.id!r}"
        elif not _same_blanks(message):
            yield f"other blanks: {message.id!r}"


def _same_blanks(message: Message) -> bool:
    wanted = set().union(*map(_blanks, _strings(message.id)))
    return all(_blanks(text) <= wanted for text in _strings(message.string)) and (
        message.pluralizable or _blanks(str(message.string)) == wanted
    )


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _strings(text: object) -> Sequence[str]:
    return [str(each) for each in text] if isinstance(text, list | tuple) else [str(text or "")]


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _compiled(catalogue: Catalog) -> bytes:
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def _same(compiled: Path, catalogue: Catalog) -> bool:
    with compiled.open("rb") as stream:
        known = _texts(read_mo(stream))
    return known == _texts(catalogue)


def _texts(catalogue: Catalog) -> dict[str, list[str]]:
    return {_key(each.id): list(_strings(each.string)) for each in _messages(catalogue)}


def _key(identity: object) -> str:
    return _strings(identity)[0]


def _write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.header_comment = "# OSCARTES, AGPL-3.0-or-later."
    stream = io.BytesIO()
    write_po(stream, catalogue, width=0, sort_output=True, omit_header=False)
    kept = [line for line in stream.getvalue().decode().splitlines() if not line.startswith(UNKEPT)]
    path.write_text("\n".join(kept) + "\n", "utf-8")


def main(words: Sequence[str]) -> int:
    """Run one of the three; 1 where the check finds something."""
    match list(words):
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["check"]:
            found = check()
            print("\n".join(found) or "catalogues: complete and up to date")
            return int(bool(found))
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
