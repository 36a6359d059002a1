"""What `init` writes: oscartes.toml and .env, each whole or not at all, both private."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oscartes_sync.config.loading import SECRETS_NAME, build
from oscartes_sync.config.settings import Settings
from oscartes_sync.errors import ConfigurationError


class TomlSettingsStore:
    """`ports.SettingsStore` for the file at `path`; an existing one is kept unless `overwrite`."""

    def __init__(self, path: Path, *, overwrite: bool = False) -> None:
        self._path = path.absolute()
        self._overwrite = overwrite

    def exists(self) -> bool:
        """Whether there is one already."""
        return self._path.exists()

    def write(self, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> Sequence[str]:
        """Write both; other lines of a .env that is there stay. The paths written.

        Raises:
            ConfigurationError: `config-exists`, `config-unwritable`.
        """
        if self.exists() and not self._overwrite:
            raise ConfigurationError("config-exists", path=self._path)
        secrets_file = self._path.parent / SECRETS_NAME
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Secrets first: a configuration without them would be the worse half.
            _replace(secrets_file, _with_secrets(_old_text(secrets_file), secrets))
            _replace(self._path, to_toml(settings))
        except OSError as error:
            raise ConfigurationError("config-unwritable", path=self._path.parent) from error
        return [str(self._path), str(secrets_file)]


def preview(path: Path, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> Settings:
    """What `load` will make of these once they are written.

    Raises:
        ConfigurationError: as `load`.
    """
    return build(path.absolute(), to_toml(settings), secrets)


def to_toml(settings: Mapping[str, Any]) -> str:
    """Nested mappings as TOML: tables, arrays of tables, and inline values elsewhere."""
    return "\n".join(_tables((), settings)).strip() + "\n"


def _tables(place: tuple[str, ...], table: Mapping[str, Any]) -> list[str]:
    lines = [f"{_name(key)} = {_inline(value)}" for key, value in table.items() if _plain(value)]
    for key, value in table.items():
        inner = (*place, key)
        dotted = ".".join(map(_name, inner))
        if isinstance(value, Mapping):
            body = _tables(inner, value)
            bare = body and body[0] == ""  # a table of tables alone needs no header
            lines += body if bare else ["", f"[{dotted}]", *body]
        elif not _plain(value):
            for each in value:
                lines += ["", f"[[{dotted}]]", *_tables(inner, each)]
    return lines


def _plain(value: object) -> bool:
    if isinstance(value, Mapping):
        return False
    if isinstance(value, list | tuple):
        return not (value and all(isinstance(each, Mapping) for each in value))
    return True


def _name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _string(name)


def _inline(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(map(_inline, value))}]"
    return _string(str(value))


def _string(text: str) -> str:
    """JSON's strings are TOML's basic strings, except for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _with_secrets(old: str, secrets: Mapping[str, str]) -> str:
    kept = [
        line
        for line in old.splitlines()
        if line.partition("=")[0].removeprefix("export ").strip() not in secrets
    ]
    return "\n".join([*kept, *(f"{name}={_quoted(secrets[name])}" for name in secrets)]) + "\n"


def _quoted(secret: str) -> str:
    escaped = secret.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _old_text(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""


def _replace(file: Path, text: str) -> None:
    """Put `text` in the place of the file at once; `mkstemp` makes it 0600 from birth."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
