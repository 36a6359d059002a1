"""The spaces of oscartes.toml as values, and who keeps Team folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from oscartes_sync.config.toml_lines import Place
from oscartes_sync.config.views import Fail
from oscartes_sync.planning.binding import Binding, admin_variables
from oscartes_sync.planning.spaces.values import SpaceKind

if TYPE_CHECKING:
    from oscartes_sync.config.shape import FileShape
    from oscartes_sync.config.space_shape import SpaceShape

FOLDERS: Final[Mapping[str, str]] = {"fr": "Espaces", "en": "Spaces"}
TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "fr": ("Comptes rendus", "Documents de travail", "Publié"),
    "en": ("Minutes", "Working documents", "Published"),
}
"""The sub-folders of a space where the configuration names none; the last one is published."""


def build_spaces(
    shape: FileShape, bindings: Sequence[Binding], fail: Fail
) -> tuple[SpaceKind, ...]:
    """All kinds of spaces, in the order of the file.

    Raises:
        ConfigurationError: `config-same-name`, `config-same-spaces`, `config-unknown-binding`,
            `config-binding-of-kind`, `config-published-missing`, `config-archive-inside`, and as
            for bindings where a server is not named.
    """
    built: list[SpaceKind] = []
    for index, given in enumerate(shape.spaces):
        one = _kind(given, index, shape, bindings, fail)
        for other in built:
            if other.name == one.name:
                fail("config-same-name", ("spaces", index, "name"), name=one.name)
            if (other.wiki, other.form, other.cloud) == (one.wiki, one.form, one.cloud):
                place = ("spaces", index, "form")
                fail("config-same-spaces", place, name=one.name, other=other.name)
        built.append(one)
    return tuple(built)


def admin_of(
    cloud: str, shape: FileShape, secrets: Mapping[str, str], file: Path, fail: Fail
) -> tuple[str, str]:
    """An administrator's account and password, where Team folders of this cloud want them.

    Raises:
        ConfigurationError: `config-missing-admin`.
    """
    variables = admin_variables(cloud)
    values = [secrets.get(name, "").strip() for name in variables]
    for index, given in enumerate(shape.spaces):
        of_cloud = given.cloud == cloud or (given.cloud is None and len(shape.clouds) == 1)
        if given.team_folders and of_cloud and not all(values):
            place = ("spaces", index, "team_folders")
            fail("config-missing-admin", place, variables=", ".join(variables), file=file)
    return values[0], values[1]


def _kind(
    given: SpaceShape, index: int, shape: FileShape, bindings: Sequence[Binding], fail: Fail
) -> SpaceKind:
    place: Place = ("spaces", index)
    language = shape.network.language
    template = tuple(given.template) if given.template is not None else TEMPLATES[language]
    folder = str(given.folder or FOLDERS[language])
    cloud = _server(given.cloud, shape.clouds, (*place, "cloud"), "cloud", fail)
    wiki = _server(given.wiki, shape.wikis, (*place, "wiki"), "wiki", fail)
    if f"{given.archive}/".startswith(f"{folder}/"):
        fail("config-archive-inside", (*place, "archive"), folder=folder)
    for key, wanted in (("documents", "documents"), ("agenda", "events")):
        _bound(getattr(given, key), wanted, bindings, (*place, key), fail)
    kind = SpaceKind(
        name=given.name,
        wiki=wiki,
        cloud=cloud,
        form=given.form,
        where=given.where,
        folder=folder,
        template=tuple(str(each) for each in template),
        published=_published(given, template, (*place, "published"), fail),
        archive=str(given.archive),
        team_folders=given.team_folders,
        after_archive=given.after_archive,
        max_delete=given.max_delete.max_delete(),
        documents=given.documents,
        agenda=given.agenda,
        fields=given.fields,
        zone=shape.network.timezone,
        language=language,
    )
    if kind.after_archive == "none" and kind.publishes_in_team_folders:
        fail("config-links-closed", (*place, "after_archive"))
    return kind


def _published(given: SpaceShape, template: Sequence[str], place: Place, fail: Fail) -> str:
    """The sub-folder whose documents are shown: the one that is named, else the last by default.

    A template of one's own publishes nothing by itself: nobody shows by accident what they keep.
    """
    if given.published is None:
        if given.template is None:
            return template[-1]
        return next((each for each in template if each in ("Publié", "Published")), "")
    if given.published and given.published not in template:
        fail("config-published-missing", place, template=", ".join(template))
    return given.published


def _bound(named: str, kind: str, bindings: Sequence[Binding], place: Place, fail: Fail) -> None:
    known = {each.name: each.kind for each in bindings}
    if not named:
        return
    if named not in known:
        fail("config-unknown-binding", place, name=named, known=", ".join(known) or "–")
    if known[named] != kind:
        fail("config-binding-of-kind", place, name=named, kind=kind)


def _server(
    named: str | None, servers: Mapping[str, object], place: Place, noun: str, fail: Fail
) -> str:
    if named is None:
        if len(servers) == 1:
            return next(iter(servers))
        fail(f"config-which-{noun}", place, known=", ".join(servers))
    if named not in servers:
        fail(f"config-unknown-{noun}", place, name=named, known=", ".join(servers))
    return named
