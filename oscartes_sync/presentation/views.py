"""What `doctor`, `forms` and `status` show, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Final

from oscartes_sync.ports import BindingState, Check, FormView
from oscartes_sync.presentation.texts import explain, field_names
from oscartes_sync.presentation.to_text import Line
from oscartes_sync.presentation.translation import Translator, msg

_STATUS: Final = {"ok": msg("ok"), "warn": msg("careful"), "fail": msg("failed")}
_SIGN: Final = {"ok": "", "warn": "~", "fail": "!"}
_KINDS: Final = {
    "events": msg("events"),
    "contacts": msg("contacts"),
    "documents": msg("documents"),
}
_TARGETS: Final = {"wiki": msg("wiki"), "cloud": msg("cloud"), "binding": msg("binding")}


def check_lines(translator: Translator, checks: Sequence[Check]) -> list[Line]:
    """One line a check, the remedy below where something is wrong, one summary line last."""
    words = {status: translator.gettext(word) for status, word in _STATUS.items()}
    width = max(map(len, words.values()))
    lines: list[Line] = []
    for check in checks:
        told = explain(translator, check.code, check.params)
        head = f"{words[check.status].ljust(width)}  {_target(translator, check.target)}"
        said = translator.gettext(msg("{place}: "), place=head) + told.message
        lines.append(Line(said, _SIGN[check.status]))
        if told.remedy and check.status != "ok":
            lines.append(Line(f"{' ' * width}  → {told.remedy}"))
    return [*lines, Line(_check_summary(translator, checks))]


def _target(translator: Translator, target: str) -> str:
    """What was checked: its kind in the reader's language, then its name."""
    kind, space, name = target.partition(" ")
    return translator.gettext(_TARGETS[kind]) + space + name if kind in _TARGETS else target


def _check_summary(translator: Translator, checks: Sequence[Check]) -> str:
    found = [check.status for check in checks]
    failed, warned = found.count("fail"), found.count("warn")
    ngettext = translator.ngettext
    said = [ngettext("{number} check", "{number} checks", len(found))]
    if failed:
        said.append(ngettext("{number} failed", "{number} failed", failed))
    if warned:
        said.append(ngettext("{number} warning", "{number} warnings", warned))
    if not failed and not warned:
        said.append(translator.gettext(msg("all is well")))
    return translator.gettext(msg("{what}."), what=", ".join(said))


def form_lines(translator: Translator, forms: Sequence[FormView]) -> list[Line]:
    """Each form with what it could be bound to and the fields found."""
    lines: list[Line] = []
    for form in forms:
        entries = translator.ngettext("{number} entry", "{number} entries", form.entries)
        kinds = [translator.gettext(_KINDS.get(kind, kind)) for kind in form.kinds]
        bound = ", ".join(kinds) or translator.gettext(msg("nothing that OSCARTES mirrors"))
        head = translator.gettext(
            msg("{wiki}, form {id}, “{label}” ({entries}): {kinds}"),
            wiki=form.wiki,
            id=form.id,
            label=form.label,
            entries=entries,
            kinds=bound,
        )
        lines += [Line(head), *_mapping(translator, form)]
    count = translator.ngettext("{number} form", "{number} forms", len(forms))
    return [*lines, Line(translator.gettext(msg("{what}."), what=count))]


def _mapping(translator: Translator, form: FormView) -> Iterator[Line]:
    named = {field_names(translator, [name]): held for name, held in form.mapping.items()}
    width = max(map(len, named), default=0)
    for name, held in named.items():
        yield Line(f"    {name.ljust(width)}  {held}")


def status_lines(
    translator: Translator, states: Sequence[BindingState], *, now: datetime, zone: tzinfo
) -> list[Line]:
    """One line a binding, and one summary line last."""
    lines = [Line(_state(translator, each, now, zone), _state_sign(each)) for each in states]
    ngettext = translator.ngettext
    waiting = sum(each.conflicts + each.pending_deletions for each in states)
    links = sum(each.links for each in states)
    said = [
        ngettext("{number} link", "{number} links", links),
        ngettext("{number} decision to take", "{number} decisions to take", waiting)
        if waiting
        else translator.gettext(msg("nothing waits for you")),
    ]
    return [*lines, Line(translator.gettext(msg("{what}."), what=", ".join(said)))]


def _state_sign(state: BindingState) -> str:
    return "!" if state.conflicts or state.pending_deletions else ""


def _state(translator: Translator, state: BindingState, now: datetime, zone: tzinfo) -> str:
    ngettext = translator.ngettext
    said = [
        ngettext("{number} link", "{number} links", state.links),
        ngettext("{number} conflict", "{number} conflicts", state.conflicts),
        ngettext(
            "{number} deletion to decide on",
            "{number} deletions to decide on",
            state.pending_deletions,
        ),
    ]
    if state.last_run is None:
        said.append(translator.gettext(msg("never run")))
    else:
        said.append(_when(translator, msg("last run {age} ({moment})"), state.last_run, now, zone))
        if state.last_success is None:
            said.append(translator.gettext(msg("never succeeded")))
        elif state.last_success != state.last_run:
            text = msg("last success {age} ({moment})")
            said.append(_when(translator, text, state.last_success, now, zone))
    return translator.gettext(msg("{place}: "), place=state.name) + ", ".join(said)


def _when(translator: Translator, text: str, moment: datetime, now: datetime, zone: tzinfo) -> str:
    return translator.gettext(
        text, age=translator.age(now - moment), moment=translator.moment(moment, zone)
    )
