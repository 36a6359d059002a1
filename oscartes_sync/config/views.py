"""The views of oscartes.toml as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from oscartes_sync.config.toml_lines import Place
from oscartes_sync.exports.licence import Licence, find_licence
from oscartes_sync.exports.view import View

if TYPE_CHECKING:
    from oscartes_sync.config.shape import FileShape
    from oscartes_sync.config.view_shape import ViewShape

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""A view's name begins the names of its files."""


class Fail(Protocol):
    """Refuses what stands at a place of the file."""

    def __call__(self, code: str, place: Place, **params: object) -> NoReturn:
        """Raise the ConfigurationError."""


def build_views(shape: FileShape, fail: Fail) -> tuple[View, ...]:
    """All views, in the order of the file.

    Raises:
        ConfigurationError: `config-bad-id`, `config-view-wiki`, `config-unknown-wiki`.
    """
    for name in shape.views:
        if not _NAME.fullmatch(name):
            fail("config-bad-id", ("views", name), id=name)
    return tuple(_view(name, given, shape, fail) for name, given in shape.views.items())


def _view(name: str, given: ViewShape, shape: FileShape, fail: Fail) -> View:
    return View(
        name=name,
        wiki=_wiki(given.wiki, shape.wikis, ("views", name, "wiki"), fail),
        form=given.form,
        kind=given.kind.kind if given.kind else None,
        title=given.title.strip(),
        where=given.where,
        consent=given.consent,
        fields=tuple(given.fields),
        licence=_licence(given.licence),
        url=given.url or "",
        columns=given.columns,
        publisher=shape.network.name,
        zone=shape.network.timezone,
        language=shape.network.language,
    )


def _wiki(named: str | None, wikis: Mapping[str, object], place: Place, fail: Fail) -> str:
    if named is None:
        if len(wikis) == 1:
            return next(iter(wikis))
        fail("config-view-wiki", place, known=", ".join(wikis))
    if named not in wikis:
        fail("config-unknown-wiki", place, name=named, known=", ".join(wikis))
    return named


def _licence(written: str) -> Licence:
    """The shape has let none pass that means nothing."""
    return find_licence(written) or Licence(written, written)
