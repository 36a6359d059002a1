"""From the file to the settings; each error names the file, the line or key, and the remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from oscartes_sync.config.settings import (
    CloudSettings,
    NetworkSettings,
    Settings,
    WikiSettings,
)
from oscartes_sync.config.spaces import admin_of, build_spaces
from oscartes_sync.config.toml_lines import Place, line_of
from oscartes_sync.config.views import build_views
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.planning.binding import Binding, cloud_variable, wiki_variable

if TYPE_CHECKING:
    from oscartes_sync.config.shape import BindingShape, FileShape, ServerShape

FILE_NAME: Final = "oscartes.toml"
SECRETS_NAME: Final = ".env"
VARIABLE: Final = "OSCARTES_CONFIG"


def places(environ: Mapping[str, str], folder: Path) -> Sequence[Path]:
    """Where the file is looked for, in this order, when no option names it."""
    named = environ.get(VARIABLE)
    if named:
        return [folder / named]
    from platformdirs import user_config_path  # noqa: PLC0415 - only when nobody names the file

    return [
        folder / FILE_NAME,
        user_config_path("oscartes") / FILE_NAME,
        Path("/etc/oscartes") / FILE_NAME,
    ]


def find(explicit: Path | None, environ: Mapping[str, str], folder: Path) -> Path:
    """The configuration file; `explicit` is what `--config` says, `folder` the current one.

    Raises:
        ConfigurationError: `config-not-found`.
    """
    candidates = [folder / explicit] if explicit else places(environ, folder)
    for candidate in candidates:
        if candidate.is_file():
            return candidate.absolute()
    raise ConfigurationError("config-not-found", places=", ".join(map(str, candidates)))


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read `path` and the `.env` beside it; what `environ` says comes before `.env`.

    Raises:
        ConfigurationError: the first thing that is wrong, from the top of the file.
    """
    return build(path, _read(path), environ)


def build(path: Path, text: str, environ: Mapping[str, str]) -> Settings:
    """The settings that `text` means where it stands at `path`; see `load`."""
    source = _Source(path, text)
    shape = source.shape()
    secrets = _secrets(path, environ)
    # In the order of the file, so that its first mistake is the one that is told.
    wikis, clouds = _wikis(shape, source, secrets), _clouds(shape, source, secrets)
    state_url, bindings = _state_url(shape.state.url, source), _bindings(shape, source)
    return Settings(
        path=path,
        network=NetworkSettings(
            name=shape.network.name,
            timezone=shape.network.timezone,
            language=shape.network.language,
        ),
        wikis=wikis,
        clouds=clouds,
        state_url=state_url,
        keep_days=shape.state.keep_days,
        bindings=bindings,
        views=build_views(shape, source.fail),
        spaces=build_spaces(shape, bindings, source.fail),
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """The file's text, to tell where something stands in it."""

    path: Path
    text: str

    def fail(self, code: str, place: Place, **params: object) -> NoReturn:
        key = ".".join(f"{name}" if isinstance(name, str) else f"{name + 1}" for name in place)
        line = line_of(self.text, place)
        raise ConfigurationError(code, path=self.path, line=line, key=key, **params)

    def shape(self) -> FileShape:
        from msgspec import ValidationError  # noqa: PLC0415 - only when a file is read

        from oscartes_sync.config.shape import FileShape, read  # noqa: PLC0415

        parsed = self._parsed()
        try:
            return read(parsed, FileShape)
        except ValidationError:
            self._refuse(parsed)

    def _parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            line = _line_in(str(error)) or len(self.text.splitlines())
            raise ConfigurationError("config-not-toml", path=self.path, line=line) from None

    def _refuse(self, parsed: dict[str, Any]) -> NoReturn:
        from oscartes_sync.config.complaints import (  # noqa: PLC0415 - only where one is wrong
            MISSING,
            UNKNOWN,
            complaints,
            known_keys,
        )
        from oscartes_sync.config.shape import FileShape  # noqa: PLC0415

        # A misspelt key is missing under its right name too: what is there is told first.
        first = min(
            complaints(parsed, FileShape),
            key=lambda each: (each.code == MISSING, line_of(self.text, each.place)),
        )
        if first.code == UNKNOWN:
            self._unknown_key(first.place, known_keys(FileShape, first.place[:-1]))
        self.fail(first.code, first.place, **first.params)

    def _unknown_key(self, place: Place, known: list[str]) -> NoReturn:
        import difflib  # noqa: PLC0415

        near = difflib.get_close_matches(str(place[-1]), known, n=1)
        if near:
            self.fail("config-misspelt-key", place, guess=near[0])
        self.fail("config-unknown-key", place, known=", ".join(known))


def _line_in(message: str) -> int | None:
    """The line `tomllib` names, None where it means the end of the file."""
    _, _, rest = message.partition("at line ")
    digits = rest.partition(",")[0]
    return int(digits) if digits.isdigit() else None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError("config-not-utf8", path=path) from None
    except OSError as error:
        raise ConfigurationError("config-unreadable", path=path) from error


def _secrets(path: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    file = path.parent / SECRETS_NAME
    if not file.is_file():
        return environ
    from dotenv import dotenv_values  # noqa: PLC0415

    try:
        # A password may hold "$": nothing is put in its place.
        kept = dotenv_values(file, interpolate=False, encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError("config-not-utf8", path=file) from None
    except OSError as error:
        raise ConfigurationError("config-unreadable", path=file) from error
    filled = {name: value for name, value in environ.items() if value}
    return {name: value for name, value in kept.items() if value} | filled


def _wikis(
    shape: FileShape, source: _Source, secrets: Mapping[str, str]
) -> dict[str, WikiSettings]:
    _distinct_variables(shape.wikis, "wikis", source)
    return {
        name: WikiSettings(
            id=name,
            url=server.url,
            user=server.user,
            key=_secret(wiki_variable(name), ("wikis", name), source, secrets),
            ca=_authorities(server, ("wikis", name, "ca"), source),
            insecure=server.insecure,
        )
        for name, server in shape.wikis.items()
    }


def _clouds(
    shape: FileShape, source: _Source, secrets: Mapping[str, str]
) -> dict[str, CloudSettings]:
    _distinct_variables(shape.clouds, "clouds", source)
    file = source.path.parent / SECRETS_NAME
    admins = {name: admin_of(name, shape, secrets, file, source.fail) for name in shape.clouds}
    return {
        name: CloudSettings(
            id=name,
            url=server.url,
            user=server.user,
            password=_secret(cloud_variable(name), ("clouds", name), source, secrets),
            ca=_authorities(server, ("clouds", name, "ca"), source),
            insecure=server.insecure,
            admin=admins[name][0],
            admin_password=admins[name][1],
        )
        for name, server in shape.clouds.items()
    }


def _distinct_variables(servers: Mapping[str, object], table: str, source: _Source) -> None:
    seen: dict[str, str] = {}
    for name in servers:
        variable = wiki_variable(name) if table == "wikis" else cloud_variable(name)
        if variable in seen:
            source.fail("config-same-variable", (table, name), other=seen[variable])
        seen[variable] = name


def _secret(variable: str, place: Place, source: _Source, secrets: Mapping[str, str]) -> str:
    value = secrets.get(variable, "").strip()
    if not value:
        file = source.path.parent / SECRETS_NAME
        code = "config-missing-key-of-wiki" if place[0] == "wikis" else "config-missing-password"
        source.fail(code, place, variable=variable, file=file, id=place[1])
    return value


def _authorities(server: ServerShape, place: Place, source: _Source) -> str:
    if not server.ca:
        return ""
    file = source.path.parent / server.ca
    if not file.exists():
        source.fail("config-ca-missing", place, file=file)
    if not _holds_authorities(file):
        source.fail("config-ca-unreadable", place, file=file)
    return str(file)


def _holds_authorities(file: Path) -> bool:
    """A folder is read name by name when a server is asked, so it is believed."""
    if file.is_dir():
        return True
    import ssl  # noqa: PLC0415 - only where one is named

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except OSError:
        return False
    return True


def _state_url(url: str, source: _Source) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.partition("+")[0] not in {"sqlite", "postgresql"}:
        source.fail("config-bad-state-url", ("state", "url"))
    if not scheme.startswith("sqlite"):
        return url
    file = rest.removeprefix("/")
    if not rest.startswith("/") or file in {"", ":memory:"}:
        source.fail("config-bad-state-url", ("state", "url"))
    return f"{scheme}:///{source.path.parent / file}"


def _bindings(shape: FileShape, source: _Source) -> tuple[Binding, ...]:
    built: list[Binding] = []
    for index, given in enumerate(shape.bindings):
        binding = _binding(given, shape, index, source)
        for other in built:
            if other.name == binding.name:
                source.fail("config-same-name", ("bindings", index, "name"), name=binding.name)
            if _pair(other) == _pair(binding):
                place = ("bindings", index, "form")
                source.fail("config-same-pair", place, name=binding.name, other=other.name)
            if _calendar(other) == _calendar(binding) and (other.private or binding.private):
                place = ("bindings", index, "collection")
                source.fail("config-private-shared", place, name=binding.name, other=other.name)
        built.append(binding)
    _each_group_once(built, source)
    return tuple(built)


def _each_group_once(built: Sequence[Binding], source: _Source) -> None:
    """Two lists of one group would take each other's members away."""
    seen: dict[tuple[str, str], str] = {}
    for index, binding in enumerate(built):
        for number, group in enumerate(binding.groups):
            place = (binding.cloud, group.path.casefold())
            if place in seen:
                where: Place = ("bindings", index, "groups", number)
                source.fail("config-same-group", where, name=group.name, other=seen[place])
            seen[place] = binding.name


def _pair(binding: Binding) -> tuple[str, ...]:
    return (binding.kind, binding.wiki, binding.form, binding.cloud, binding.collection)


def _calendar(binding: Binding) -> tuple[str, ...]:
    return (binding.kind, binding.cloud, binding.collection)


def _binding(given: BindingShape, shape: FileShape, index: int, source: _Source) -> Binding:
    place: Place = ("bindings", index)
    return Binding(
        name=given.name,
        kind=given.kind.kind,
        wiki=_server(given.wiki, shape.wikis, (*place, "wiki"), source),
        cloud=_server(given.cloud, shape.clouds, (*place, "cloud"), source),
        form=given.form,
        collection=given.collection,
        title=given.title,
        color=given.color,
        direction=given.way,
        on_conflict=given.on_conflict,
        deletions=given.policy,
        max_delete=given.max_delete.max_delete(),
        private=given.private,
        read_acl=given.read_acl.strip(),
        since=given.since,
        where=given.where,
        consent=given.consent,
        publish=given.publish,
        owner=given.owner,
        subfolders=given.subfolders,
        mode=given.mode,
        keep_metadata=given.keep_metadata,
        links_expire=given.links_expire or None,
        max_size=given.max_size,
        types=tuple(dict.fromkeys(given.types)),
        share=None
        if given.share is None
        else tuple(dict.fromkeys(share.share() for share in given.share)),
        groups=tuple(group.group_kept() for group in given.groups),
        fields=given.fields,
        defaults=given.defaults,
        zone=shape.network.timezone,
        language=shape.network.language,
    )


def _server(named: str | None, servers: Mapping[str, object], place: Place, source: _Source) -> str:
    if named is None:
        if len(servers) == 1:
            return next(iter(servers))
        source.fail(f"config-which-{place[-1]}", place, known=", ".join(servers))
    if named not in servers:
        source.fail(f"config-unknown-{place[-1]}", place, name=named, known=", ".join(servers))
    return named
