"""What `doctor`, `forms` and `init` ask of a wiki; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from types import MappingProxyType

from bazar_forms.client import BazarClient, Hidden
from bazar_forms.errors import BazarError
from bazar_forms.field import FieldType
from bazar_forms.form import Form
from oscartes_sync.adapters.yeswiki.checks import check_binding
from oscartes_sync.adapters.yeswiki.translate import translate, translated
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.guesses import folded, guess
from oscartes_sync.mapping.recipe import find_recipe
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports import Check, CheckStatus, Clock, FormView

_MOST_DRIFT = 120
"""Seconds; more of them make "the present" two different things."""

_UNUSED_TAG = "OscartesPageQuiNExistePas"
_TELEPHONE = ("tel", "telephone", "phone", "portable", "mobile")


class YesWikiProbe:
    """One wiki, looked at. `server_time` reads the web server's clock, None where it cannot."""

    def __init__(
        self,
        client: BazarClient,
        wiki: str,
        clock: Clock,
        server_time: Callable[[], datetime | None],
    ) -> None:
        self._client = client
        self._wiki = wiki
        self._clock = clock
        self._server_time = server_time

    def check(self, bindings: Sequence[Binding]) -> Sequence[Check]:
        """Reachable, key, clock, default rights; then each binding of this wiki."""
        return tuple(self._checks([each for each in bindings if each.wiki == self._wiki]))

    def forms(self, bindings: Sequence[Binding]) -> Sequence[FormView]:
        """All forms, and what each could be bound to."""
        own = {each.form: each for each in bindings if each.wiki == self._wiki}
        with translated(self._wiki):
            return tuple(self._view(form, own.get(form.id)) for form in self._client.forms())

    def _checks(self, bindings: Sequence[Binding]) -> Iterator[Check]:
        try:
            self._client.forms()
        except BazarError as error:
            yield self._failed("wiki-reachable", error)
            return
        yield self._check("wiki-reachable", "ok", "wiki-answers", url=self._client.base_url)
        try:
            told = self._client.user
            user = self._client.check_key()
        except BazarError as error:
            yield self._failed("wiki-key", error)
            return
        if told and told != user:
            yield self._check("wiki-key", "warn", "key-of-another", user=user, told=told)
        else:
            yield self._check("wiki-key", "ok", "key-accepted", user=user)
        yield self._clock_check()
        try:
            page = self._client.page(_UNUSED_TAG, anonymous=True)
        except BazarError as error:
            yield self._failed("wiki-rights", error)
        else:
            closed = isinstance(page, Hidden)
            code = "default-rights-hide" if closed else "default-rights-open"
            yield self._check("wiki-rights", "warn" if closed else "ok", code)
        for binding in bindings:
            yield from check_binding(self._client, self._wiki, binding)

    def _clock_check(self) -> Check:
        there = self._server_time()
        if there is None:
            return self._check("wiki-clock", "warn", "clock-unknown")
        drift = round(abs((self._clock.now() - there).total_seconds()))
        if drift > _MOST_DRIFT:
            return self._check("wiki-clock", "warn", "clock-differs", seconds=str(drift))
        return self._check("wiki-clock", "ok", "clock-agrees")

    def _check(self, id_: str, status: CheckStatus, code: str, **params: str) -> Check:
        target = f"wiki {self._wiki}"
        return Check(
            id=id_, target=target, status=status, code=code, params=dict(params, wiki=self._wiki)
        )

    def _failed(self, id_: str, error: BazarError) -> Check:
        said = translate(error, self._wiki)
        return Check(
            id=id_, target=f"wiki {self._wiki}", status="fail", code=said.code, params=said.params
        )

    def _view(self, form: Form, binding: Binding | None) -> FormView:
        listing = self._client.entries(form.id, fields=("id_fiche",))
        kinds, mapping = self._found(form, binding)
        if form.of_type(FieldType.FILE) and "documents" not in kinds:
            kinds.append("documents")
        return FormView(
            wiki=self._wiki,
            id=form.id,
            label=form.label,
            entries=len(listing.rows),
            kinds=tuple(kinds),
            mapping=MappingProxyType(mapping),
        )

    def _found(self, form: Form, binding: Binding | None) -> tuple[list[str], dict[str, str]]:
        """What the form could be bound to, and the fields found for the first of it."""
        fields = binding.fields if binding else {}
        user = self._client.user
        bound_to = binding.kind if binding else ""
        if bound_to == "documents":
            from oscartes_sync.mapping.documents.recipe import (  # noqa: PLC0415
                find_document_recipe,
            )

            try:
                return ["documents"], find_document_recipe(form, fields, user=user).mapping()
            except ConfigurationError:
                return [], _plain_mapping(form)
        if bound_to != "contacts":
            try:
                return ["events"], find_recipe(form, fields, user=user).mapping()
            except ConfigurationError:
                pass
        if bound_to == "contacts" or is_directory(form):
            from oscartes_sync.mapping.contacts.recipe import (  # noqa: PLC0415
                find_contact_recipe,
            )

            try:
                return ["contacts"], find_contact_recipe(form, fields, user=user).mapping()
            except ConfigurationError:
                pass
        return [], _plain_mapping(form)


def _plain_mapping(form: Form) -> dict[str, str]:
    """What can be told of a form that holds no events."""
    guesses = guess(form)
    shown = {
        name: found.field.property
        for name, found in guesses.single.items()
        if name in ("title", "description", "position", "link", "image")
    }
    if guesses.places:
        parts = ("place", "address", "postcode", "town")
        shown["location"] = ",".join(
            guesses.places[part].field.property for part in parts if part in guesses.places
        )
    for name, fields in (("categories", guesses.categories), ("files", guesses.files)):
        if fields:
            shown[name] = ",".join(field.property for field in fields)
    return shown


def is_directory(form: Form) -> bool:
    """A title, and a way to reach somebody."""
    if not (form.field("bf_titre") or form.title_template):
        return False
    reachable = form.of_type(FieldType.EMAIL) or any(
        one.subtype in ("email", "tel") or any(word in folded(one.label) for word in _TELEPHONE)
        for one in form.of_type(FieldType.TEXT)
    )
    return bool(reachable) or "address" in guess(form).places
