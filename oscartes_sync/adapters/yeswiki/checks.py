"""The checks of one binding on its wiki, for `doctor`."""

from __future__ import annotations

from collections.abc import Iterator

from bazar_forms.client import BazarClient
from bazar_forms.entry import Entry
from bazar_forms.errors import BazarError, CaptchaInTheWay, NotFound
from bazar_forms.field import FieldType, allows_everybody
from oscartes_sync.adapters.yeswiki.bound import Bound, bind
from oscartes_sync.adapters.yeswiki.translate import translate
from oscartes_sync.errors import ConfigurationError, OscartesError
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports import Check, CheckStatus
from oscartes_sync.records.problem import Side


def check_binding(client: BazarClient, wiki: str, binding: Binding) -> Iterator[Check]:
    """Form, mapping, and the traps of writing there; nothing is written."""
    try:
        form = client.form(binding.form)
    except NotFound:
        yield _check(binding, "form", "fail", "form-missing", form=binding.form, wiki=wiki)
        return
    except BazarError as error:
        yield _failed(binding, "form", translate(error, wiki, form=binding.form))
        return
    yield _check(binding, "form", "ok", "form-found", form=form.id, label=form.label)
    try:
        bound = bind(client, binding, form, user=client.user)
    except ConfigurationError as error:
        yield _failed(binding, "mapping", error)
        return
    mapping = ", ".join(f"{name} = {held}" for name, held in bound.recipe.mapping().items())
    yield _check(binding, "mapping", "ok", "mapping-found", form=form.id, mapping=mapping)
    for problem in bound.recipe.problems:
        yield _check(binding, "mapping", "warn", problem.code, **dict(problem.params))
    try:
        listing = client.entries(form.id, query=binding.selection, anonymous=bound.anonymous)
        entries = listing.entries
        yield from _of_reading(client, bound, entries)
        yield from _of_lists(client, bound)
        if binding.direction.writes(Side.WIKI):
            yield from _of_writing(client, bound, list(entries.values()))
    except BazarError as error:
        yield _failed(binding, "entries", translate(error, wiki, form=form.id))


def _of_reading(client: BazarClient, bound: Bound, entries: object) -> Iterator[Check]:
    """Whether everybody sees the entries, or our key: only those are mirrored."""
    binding = bound.binding
    if entries:
        code = "entries-public" if bound.anonymous else "entries-readable"
        yield _check(binding, "entries", "ok", code, form=bound.form.id)
        return
    ours = client.entries(bound.form.id, fields=("id_fiche",), anonymous=False).rows
    if ours:
        yield _check(binding, "entries", "warn", "entries-hidden", form=bound.form.id)
    else:
        yield _check(binding, "entries", "warn", "form-empty", form=bound.form.id)


def _of_lists(client: BazarClient, bound: Bound) -> Iterator[Check]:
    """Whether our key reads whom the lists name: a field that it may not read looks empty."""
    if not bound.binding.groups:
        return
    from oscartes_sync.adapters.yeswiki.members import naming_entries  # noqa: PLC0415

    for group in bound.binding.groups:
        count = naming_entries(client, bound, group)
        told = {"name": group.name, "property": group.members, "count": str(count)}
        if count:
            yield _check(bound.binding, "members", "ok", "members-named", **told)
        else:
            yield _check(bound.binding, "members", "warn", "members-none-named", **told)


def _of_writing(client: BazarClient, bound: Bound, entries: list[Entry]) -> Iterator[Check]:
    binding, form = bound.binding, bound.form
    if bound.anonymous and not allows_everybody(form.entry_read_acl):
        yield _check(binding, "rights", "fail", "form-hides-entries", form=form.id)
    missing = _never_filled(bound)
    if missing:
        yield _check(
            binding, "required", "warn", "required-without-default", properties=", ".join(missing)
        )
    if bound.recipe.fixed:
        fixed = ", ".join(sorted(bound.recipe.fixed))
        yield _check(binding, "rights", "warn", "fields-not-ours", properties=fixed)
    if form.sends_mail:
        yield _check(binding, "mail", "warn", "form-mails", form=form.id)
    if form.one_entry_per_user:
        yield _check(binding, "rights", "warn", "one-entry-per-user", form=form.id)
    if any(entry.status not in ("", "1") for entry in entries):
        yield _check(binding, "moderation", "warn", "form-moderated", form=form.id)
    if entries:
        yield from _captcha(client, binding, entries[0].tag)


def _captcha(client: BazarClient, binding: Binding, tag: str) -> Iterator[Check]:
    """Whether a captcha stands before the edit page, as one entry shows it."""
    try:
        client.may_edit(tag)
    except CaptchaInTheWay:
        yield _check(binding, "captcha", "fail", "wiki-captcha", tag=tag, wiki=binding.wiki)
    except NotFound:
        return
    else:
        yield _check(binding, "captcha", "ok", "no-captcha")


def _never_filled(bound: Bound) -> list[str]:
    """Required properties that no event fills and for which there is no default."""
    recipe = bound.recipe
    fed = {one.property for name in recipe.writes for one in recipe.fields_of(name)}
    return [
        one.property
        for one in recipe.required
        if one.property not in fed
        and not bound.binding.defaults.get(one.property)
        and one.type is not FieldType.TITLE
    ]


def _check(binding: Binding, id_: str, status: CheckStatus, code: str, /, **params: str) -> Check:
    return Check(
        id=f"{binding.name}-{id_}",
        target=f"binding {binding.name}",
        status=status,
        code=code,
        params=params,
    )


def _failed(binding: Binding, id_: str, error: OscartesError) -> Check:
    return _check(binding, id_, "fail", error.code, **error.params)
