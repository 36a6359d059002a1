"""Check both servers and every binding, without writing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports import Check, CloudProbe, FormView, WikiProbe


def doctor(
    wikis: Mapping[str, WikiProbe],
    clouds: Mapping[str, CloudProbe],
    bindings: Sequence[Binding],
    *,
    secrets: Mapping[str, bool],
) -> tuple[Check, ...]:
    """All checks: our own files, each wiki with its bindings, then each cloud with its own, by id.

    `secrets` are the files that hold secrets, and whether nobody else may read them.
    """
    checks = [_kept(path, private=private) for path, private in sorted(secrets.items())]
    for wiki_id in sorted(wikis):
        mine = [binding for binding in bindings if binding.wiki == wiki_id]
        checks.extend(wikis[wiki_id].check(mine))
    for cloud_id in sorted(clouds):
        mine = [binding for binding in bindings if binding.cloud == cloud_id]
        checks.extend(clouds[cloud_id].check(mine))
    return tuple(checks)


def _kept(path: str, *, private: bool) -> Check:
    if private:
        return Check(id="secrets", target=path, status="ok", code="secrets-private")
    params = {"path": path}
    return Check(id="secrets", target=path, status="warn", code="secrets-readable", params=params)


def list_forms(wikis: Mapping[str, WikiProbe], bindings: Sequence[Binding]) -> tuple[FormView, ...]:
    """The forms of every wiki, what each could be bound to, and the mapping found."""
    found: list[FormView] = []
    for wiki_id in sorted(wikis):
        mine = [binding for binding in bindings if binding.wiki == wiki_id]
        found.extend(wikis[wiki_id].forms(mine))
    return tuple(found)
