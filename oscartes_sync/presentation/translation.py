"""The reader's language: sentences by gettext, numbers and dates by Babel (loaded when needed)."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("fr", "en")
DOMAIN: Final = "oscartes"
FOLDER: Final = Path(__file__).parent.parent / "locale"


def msg(message: str) -> str:
    """Mark a sentence for the catalogues; it is translated where it is shown."""
    return message


def language_from(option: str | None, environ: Mapping[str, str]) -> str:
    """The language: what `--lang` says, else the first of gettext's variables, else French."""
    if option in LANGUAGES:
        return option
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "").partition(":")[0]
        if value:
            language = value[:2].lower()
            return language if language in LANGUAGES and value[2:3] in {"", "_", ".", "@"} else "fr"
    return "fr"


class _Blanks(dict[str, str]):
    """A sentence keeps its sense where one of its blanks is unknown."""

    def __missing__(self, key: str) -> str:
        return "…"


class Translator:
    """Everything that depends on the language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = gettext.translation(DOMAIN, FOLDER, [language], fallback=True)

    def gettext(self, message: str, **blanks: object) -> str:
        """The sentence in the reader's language, its blanks filled."""
        return _filled(self._catalogue.gettext(message), blanks)

    def ngettext(self, one: str, many: str, number: int, **blanks: object) -> str:
        """The same for a number of things, which fills the blank `number` in figures."""
        sentence = self._catalogue.ngettext(one, many, number)
        return _filled(sentence, {"number": self.number(number), **blanks})

    def number(self, number: float) -> str:
        """Figures as the language groups and points them."""
        if isinstance(number, int) and -1000 < number < 1000:
            return str(number)
        from babel.numbers import format_decimal  # noqa: PLC0415 - most figures are small

        return format_decimal(number, format="#,##0.#", locale=self.language)

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """A date and a time, on the clocks of `zone`."""
        from babel.dates import format_datetime  # noqa: PLC0415

        return format_datetime(moment, "medium", tzinfo=zone, locale=self.language)

    def age(self, span: timedelta) -> str:
        """How long ago."""
        from babel.dates import format_timedelta  # noqa: PLC0415

        # Nothing is "in 0 seconds", nor ahead of us because two clocks differ a little.
        past = max(span, timedelta(seconds=1))
        return format_timedelta(-past, add_direction=True, locale=self.language)


def _filled(sentence: str, blanks: Mapping[str, object]) -> str:
    return sentence.format_map(_Blanks({name: str(value) for name, value in blanks.items()}))


@cache
def translator(language: str) -> Translator:
    """The translator of one of LANGUAGES."""
    return Translator(language)
