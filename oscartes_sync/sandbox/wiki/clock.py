"""The wiki's two clocks (database and PHP, usually in different zones) and PHP's date reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_SECONDS = "%Y-%m-%d %H:%M:%S"
_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?$"
)


def utc_now() -> datetime:
    """The moment, aware."""
    return datetime.now(UTC)


class WikiClock:
    """One moment read in the database's zone and in PHP's.

    `date_creation_fiche` and `date_maj_fiche` are written in PHP's zone; `pages.time`, `dateMin`
    and the recomputed creation date come from the database (reference section 3).
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        php_zone: str = "Europe/Paris",
        database_zone: str = "UTC",
    ) -> None:
        self._now = now
        self.php_zone = ZoneInfo(php_zone)
        self.database_zone = ZoneInfo(database_zone)

    def now(self) -> datetime:
        """The aware moment, in PHP's zone."""
        return self._now().astimezone(self.php_zone)

    def php(self, moment: datetime | None = None) -> str:
        """`Y-m-d H:i:s` in PHP's zone."""
        return (moment or self._now()).astimezone(self.php_zone).strftime(_SECONDS)

    def database(self, moment: datetime | None = None) -> str:
        """`Y-m-d H:i:s` in the database's zone."""
        return (moment or self._now()).astimezone(self.database_zone).strftime(_SECONDS)

    def compact(self) -> str:
        """`YmdHis` in PHP's zone, as in the names of files."""
        return self.now().strftime("%Y%m%d%H%M%S")

    def parse(self, text: str) -> datetime:
        """Read a date as PHP's DateTime does, in PHP's zone; ValueError where it throws."""
        found = _DATE.match(text.strip())
        if found is None:
            raise ValueError(
                f"Failed to parse time string ({text}) at position 0 ({text[:1]}): "
                "The timezone could not be found in the database"
            )
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 25 and minute < 60):
            raise ValueError(f"Failed to parse time string ({text}) at position 0: Unexpected")
        zone = _offset(found[7]) or self.php_zone
        start = datetime(year, month, 1, tzinfo=zone)
        moment = start + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
        return moment.astimezone(self.php_zone)

    def parse_corrected(self, text: str) -> datetime:
        """Read an event's date; a text ending in ``+00:00`` is taken for a mistake and shifted.

        Read in the server's includes/services/DateService.php; seen in recordings 336 and 721.
        """
        moment = self.parse(text)
        if text.endswith("+00:00"):
            offset = moment.utcoffset() or timedelta()
            return (moment.astimezone(UTC) - offset).astimezone(self.php_zone)
        return moment


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def iso_local(moment: datetime) -> str:
    """PHP's ``c`` format."""
    return moment.isoformat(timespec="seconds")
