"""A recurrence rule in words, without its end (RFC 5545, 3.3.10)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from oscartes_sync.mapping.speech import Speech
from oscartes_sync.records.rules import Rule, Weekday

_EVERY: Final = {
    "fr": {
        "YEARLY": ("tous les ans", "tous les {} ans"),
        "MONTHLY": ("tous les mois", "tous les {} mois"),
        "WEEKLY": ("toutes les semaines", "toutes les {} semaines"),
        "DAILY": ("tous les jours", "tous les {} jours"),
        "HOURLY": ("toutes les heures", "toutes les {} heures"),
        "MINUTELY": ("toutes les minutes", "toutes les {} minutes"),
        "SECONDLY": ("toutes les secondes", "toutes les {} secondes"),
    },
    "en": {
        "YEARLY": ("every year", "every {} years"),
        "MONTHLY": ("every month", "every {} months"),
        "WEEKLY": ("every week", "every {} weeks"),
        "DAILY": ("every day", "every {} days"),
        "HOURLY": ("every hour", "every {} hours"),
        "MINUTELY": ("every minute", "every {} minutes"),
        "SECONDLY": ("every second", "every {} seconds"),
    },
}
_WORKDAYS: Final = tuple(Weekday(day) for day in range(5))
_MOST_TIMES: Final = 12


def rule_words(rule: Rule, first: datetime, speech: Speech) -> str:
    """When the rule repeats; `first` is the series' first date on the clock it counts by.

    "" where no words fit, so that the rule itself has to be shown.
    """
    if rule.by("BYSETPOS"):
        return _nth_of_set(rule, first, speech)
    if rule.by("BYSECOND") or rule.by("BYMINUTE") or len(rule.by("BYHOUR")) > _MOST_TIMES:
        return ""
    said = {"WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}.get(rule.frequency, _other)(
        rule, first, speech
    )
    return said + _hours(rule, first, speech) if said else ""


def _every(rule: Rule, speech: Speech) -> str:
    one, many = _EVERY[speech.language][rule.frequency]
    return many.format(rule.interval) if rule.interval > 1 else one


def _hours(rule: Rule, first: datetime, speech: Speech) -> str:
    hours = rule.by("BYHOUR")
    if not hours:
        return ""
    clocks = [speech.clock(hour, first.minute) for hour in hours]
    return f", {'à' if speech.french else 'at'} {speech.list(clocks)}"


def _weekly(rule: Rule, first: datetime, speech: Speech) -> str:
    days = rule.weekdays or (Weekday(first.weekday()),)
    if _has_more(rule, "BYMONTH", "BYHOUR"):
        return ""
    months = _in_months(rule, speech)
    if rule.interval > 1:
        named = speech.list([_the_day(speech, each.day) for each in days])
        return f"{_every(rule, speech)}, {named}{months}"
    return _every_weekday(days, speech) + months


def _every_weekday(days: tuple[Weekday, ...], speech: Speech) -> str:
    if days == _WORKDAYS:
        return "du lundi au vendredi" if speech.french else "Monday to Friday"
    if len(days) == 7:
        return "tous les jours" if speech.french else "every day"
    names = [speech.weekday(each.day) for each in days]
    if speech.french:
        return f"tous les {speech.list([f'{name}s' for name in names])}"
    return f"every {speech.list(names)}"


def _the_day(speech: Speech, weekday: int) -> str:
    name = speech.weekday(weekday)
    return f"le {name}" if speech.french else f"on {name}"


def _monthly(rule: Rule, first: datetime, speech: Speech) -> str:
    if _has_more(rule, "BYMONTH", "BYMONTHDAY", "BYHOUR"):
        return ""
    days = _days_of_month(rule, first, speech)
    if not days:
        return ""
    months = rule.by("BYMONTH")
    if rule.interval > 1:
        return f"{_every(rule, speech)}, {days}{_in_months(rule, speech)}"
    if months:
        return f"{days} {_of_months(months, speech)}"
    return f"{days} de chaque mois" if speech.french else f"{days} of every month"


def _yearly(rule: Rule, first: datetime, speech: Speech) -> str:
    every = _every(rule, speech)
    months = rule.by("BYMONTH")
    year_days, weeks = rule.by("BYYEARDAY"), rule.by("BYWEEKNO")
    if year_days or weeks:
        return _by_number(rule, first, speech)
    plain = not rule.by("BYMONTHDAY") and not rule.weekdays
    if plain and len(months) < 2:
        day = f"{speech.day_number(first.day)} {speech.month((*months, first.month)[0])}"
        return f"{every}, {speech.on(day)}"
    days = _days_of_month(rule, first, speech)
    if not days:
        return ""
    if months:
        return f"{every}, {days} {_of_months(months, speech)}"
    if any(each.nth for each in rule.weekdays):
        return f"{every}, {days} {'de l’année' if speech.french else 'of the year'}"
    return f"{every}, {days} {'de chaque mois' if speech.french else 'of every month'}"


def _by_number(rule: Rule, first: datetime, speech: Speech) -> str:
    """Days of the year, or days of numbered weeks."""
    every, year_days, weeks = _every(rule, speech), rule.by("BYYEARDAY"), rule.by("BYWEEKNO")
    if _has_more(rule, "BYYEARDAY", "BYWEEKNO", "BYHOUR") or (year_days and weeks):
        return ""
    if any(number < 0 for number in (*year_days, *weeks)):
        return ""
    if weeks:
        days = rule.weekdays or (Weekday(first.weekday()),)
        if any(each.nth for each in days):
            return ""
        named = speech.list([_the_day(speech, each.day) for each in days])
        numbers = speech.list([str(number) for number in weeks])
        return f"{every}, {named} {_weeks(len(weeks), speech)} {numbers}"
    if rule.weekdays:
        return ""
    numbers = speech.list([_the(speech, speech.ordinal(number)) for number in year_days])
    return f"{every}, {numbers} {'jour de l’année' if speech.french else 'day of the year'}"


def _weeks(count: int, speech: Speech) -> str:
    if speech.french:
        return "de la semaine" if count == 1 else "des semaines"
    return "of week" if count == 1 else "of weeks"


def _other(rule: Rule, _first: datetime, speech: Speech) -> str:
    """Daily and below: the pace, then what narrows it."""
    if _has_more(rule, "BYMONTH", "BYMONTHDAY", "BYHOUR"):
        return ""
    said = _every(rule, speech)
    if rule.weekdays:
        if rule.frequency == "DAILY" and rule.interval == 1 and not rule.by("BYMONTHDAY"):
            return _every_weekday(rule.weekdays, speech) + _in_months(rule, speech)
        names = [speech.weekday(each.day) for each in rule.weekdays]
        said += f", {'seulement' if speech.french else 'only'} {_only(names, speech)}"
    if rule.by("BYMONTHDAY"):
        days = _numbered_days(rule.by("BYMONTHDAY"), speech)
        said += f", {days} {'du mois' if speech.french else 'of the month'}"
    return said + _in_months(rule, speech)


def _only(names: list[str], speech: Speech) -> str:
    if speech.french:
        return speech.list([f"le {name}" for name in names])
    return f"on {speech.list(names)}"


def _days_of_month(rule: Rule, first: datetime, speech: Speech) -> str:
    """The second Tuesday; the 1st and the 15th; "" where both are asked at once."""
    numbers = rule.by("BYMONTHDAY")
    if rule.weekdays and numbers:
        return _weekday_on_number(rule, speech)
    if rule.weekdays:
        return speech.list([_nth_weekday(each, speech) for each in rule.weekdays])
    return _numbered_days(numbers or (first.day,), speech)


def _weekday_on_number(rule: Rule, speech: Speech) -> str:
    """Friday the 13th."""
    if len(rule.weekdays) > 1 or rule.weekdays[0].nth or rule.by("BYMONTHDAY")[0] < 0:
        return ""
    name = speech.weekday(rule.weekdays[0].day)
    numbers = [speech.day_number(each) for each in rule.by("BYMONTHDAY")]
    joint = " ou " if speech.french else " or "
    return (
        f"le {name} {joint.join(numbers)}" if speech.french else f"{name} the {joint.join(numbers)}"
    )


def _numbered_days(numbers: tuple[int, ...], speech: Speech) -> str:
    ahead = [each for each in numbers if each > 0]
    behind = sorted((each for each in numbers if each < 0), reverse=True)
    unit = "jour" if speech.french else "day"
    words = [
        *(_the(speech, speech.numbered(number)) for number in ahead),
        *(_the(speech, f"{speech.ordinal(number)} {unit}") for number in behind),
    ]
    return speech.list(words)


def _nth_weekday(weekday: Weekday, speech: Speech) -> str:
    name = speech.weekday(weekday.day)
    if not weekday.nth:
        return f"chaque {name}" if speech.french else f"every {name}"
    return _the(speech, f"{speech.ordinal(weekday.nth)} {name}")


def _nth_of_set(rule: Rule, first: datetime, speech: Speech) -> str:
    """BYSETPOS where it is another way to say "the second Tuesday" or "the last working day"."""
    positions, days = rule.by("BYSETPOS"), rule.weekdays
    plain = {name for name, _ in rule.numbers} <= {"BYSETPOS", "BYMONTH"}
    monthly = rule.frequency == "MONTHLY" or (
        rule.frequency == "YEARLY" and len(rule.by("BYMONTH")) == 1
    )
    if not (plain and monthly and days) or any(each.nth for each in days):
        return ""
    if len(days) == 1:
        named = _replaced(rule, tuple(Weekday(days[0].day, nth) for nth in positions))
        return rule_words(named, first, speech)
    kind = _kind_of_day(days, speech)
    if not kind:
        return ""
    said = speech.list([_the(speech, f"{speech.ordinal(nth)} {kind}") for nth in positions])
    if rule.frequency == "YEARLY" or rule.interval > 1:
        return f"{_every(rule, speech)}, {said}{_in_months(rule, speech)}"
    if rule.by("BYMONTH"):
        return f"{said} {_of_months(rule.by('BYMONTH'), speech)}"
    return f"{said} de chaque mois" if speech.french else f"{said} of every month"


def _kind_of_day(days: tuple[Weekday, ...], speech: Speech) -> str:
    if days == _WORKDAYS:
        return "jour ouvré" if speech.french else "working day"
    if len(days) == 7:
        return "jour" if speech.french else "day"
    if [each.day for each in days] == [5, 6]:
        return "jour de fin de semaine" if speech.french else "weekend day"
    return ""


def _replaced(rule: Rule, weekdays: tuple[Weekday, ...]) -> Rule:
    return Rule(
        frequency=rule.frequency,
        interval=rule.interval,
        weekdays=weekdays,
        numbers=tuple(pair for pair in rule.numbers if pair[0] != "BYSETPOS"),
    )


def _has_more(rule: Rule, *names: str) -> bool:
    """Whether there are BY parts besides these."""
    return any(name not in names for name, _ in rule.numbers)


def _in_months(rule: Rule, speech: Speech) -> str:
    months = [speech.month(each) for each in rule.by("BYMONTH")]
    if not months:
        return ""
    return f", {'en' if speech.french else 'in'} {speech.list(months)}"


def _of_months(months: tuple[int, ...], speech: Speech) -> str:
    names = [speech.month(each) for each in months]
    if not speech.french:
        return f"of {speech.list(names)}"
    return speech.list([f"d'{name}" if name[0] in "ao" else f"de {name}" for name in names])


def _the(speech: Speech, words: str) -> str:
    return f"le {words}" if speech.french else f"the {words}"
