"""The wired house: every use case of one configuration, ready to be called by a shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from oscartes_sync.bootstrap.clock import SystemClock
from oscartes_sync.bootstrap.wiring import (
    probe_cloud,
    probe_wiki,
)
from oscartes_sync.bootstrap.worlds import make_worlds
from oscartes_sync.config import Settings
from oscartes_sync.errors import UsageError
from oscartes_sync.planning.binding import Binding, MaxDelete
from oscartes_sync.ports import BindingState, Check, Clock, FormView, Journalled
from oscartes_sync.records.fingerprint import digest
from oscartes_sync.usecases.report import RunReport
from oscartes_sync.usecases.run import SavedPlan, plan_run, sync_run
from oscartes_sync.usecases.world import Options, Progress, World

if TYPE_CHECKING:
    from oscartes_sync.adapters.state.store import SqlStateStore
    from oscartes_sync.planning.rules import Decision
    from oscartes_sync.usecases.asking.answer import Answers, Asked
    from oscartes_sync.usecases.export_view import ExportReport
    from oscartes_sync.usecases.show_history import KnownConflict, RunHistory
    from oscartes_sync.usecases.spaces.report import KnownSpace, SpacesReport

Notice = Callable[[str, Mapping[str, str]], None]
"""Told of something worth a line on stderr: its code and params."""


class House:
    """All that a shell can ask for."""

    def __init__(
        self, settings: Settings, *, clock: Clock, notice: Notice, wait: float = 0.0
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._notice = notice
        self._wait = wait

    def plan(
        self,
        names: Sequence[str] = (),
        *,
        full: bool = False,
        max_delete: MaxDelete | None = None,
        allow_empty: bool = False,
        out: Path | None = None,
    ) -> RunReport:
        """What `sync` would do; writes nothing but `out`, the plan to be applied later."""
        bindings = self._named(names)
        options = Options(full=full, max_delete=max_delete, allow_empty=allow_empty)
        with self._store(read_only=True) as store:
            self._claim(store)
            report, plans = plan_run(self._worlds(bindings, store), options, self._clock)
        if out is not None:
            from oscartes_sync.bootstrap import plan_file  # noqa: PLC0415

            plan_file.save(out, plans)
        return report

    def sync(
        self,
        names: Sequence[str] = (),
        *,
        full: bool = False,
        max_delete: MaxDelete | None = None,
        allow_empty: bool = False,
        progress: Progress | None = None,
    ) -> RunReport:
        """Plan, safety, apply."""
        options = Options(full=full, max_delete=max_delete, allow_empty=allow_empty)
        return self._run(self._named(names), options, "sync", progress=progress)

    def apply(self, path: Path, *, progress: Progress | None = None) -> RunReport:
        """Exactly a saved plan; what moved since is refused, the rest is done."""
        from oscartes_sync.bootstrap import plan_file  # noqa: PLC0415

        saved = plan_file.load(path)
        bindings = self._named(tuple(saved)) if saved else ()
        # What a person has reviewed is not measured against max_delete again.
        reviewed = Options(max_delete=MaxDelete(100), allow_empty=True)
        return self._run(bindings, reviewed, "apply", progress=progress, only=saved)

    def status(self, names: Sequence[str] = ()) -> Sequence[BindingState]:
        """Last run, links, pending and conflicts of each binding."""
        bindings = self._named(names)
        with self._store(read_only=True) as store:
            return store.status([binding.name for binding in bindings])

    def conflicts(self, names: Sequence[str] = ()) -> Sequence[KnownConflict]:
        """What waits for a person, and what was merged of late."""
        from oscartes_sync.usecases.show_history import show_conflicts  # noqa: PLC0415

        bindings = self._named(names)
        with self._store(read_only=True) as store:
            return show_conflicts(store, [binding.name for binding in bindings])

    def resolve(self, conflict: str, decision: Decision) -> RunReport:
        """Apply a person's decision to one conflict."""
        from oscartes_sync.usecases.resolve_conflict import resolve_conflict  # noqa: PLC0415

        return self._written(
            lambda worlds, store: resolve_conflict(
                worlds, conflict, decision, state=store, clock=self._clock
            )
        )

    def history(self, run: str = "") -> Sequence[RunHistory]:
        """What runs wrote, newest first."""
        from oscartes_sync.usecases.show_history import show_history  # noqa: PLC0415

        with self._store(read_only=True) as store:
            return show_history(store, run)

    def undo(self, run: str) -> RunReport:
        """Put back what a run wrote."""
        from oscartes_sync.usecases.undo_run import undo_run  # noqa: PLC0415

        def earlier(store: SqlStateStore) -> Callable[[str, Sequence[Journalled]], World | None]:
            from oscartes_sync.bootstrap.importing import world_named  # noqa: PLC0415

            return lambda name, written: world_named(
                self._settings, store, self._clock, name, written
            )

        return self._written(
            lambda worlds, store: undo_run(
                worlds, run, state=store, clock=self._clock, others=earlier(store)
            )
        )

    def forget(self, thing: str) -> RunReport:
        """Erase one thing from the state and its copy, and keep it out."""
        from oscartes_sync.usecases.forget_thing import forget_thing  # noqa: PLC0415

        return self._written(
            lambda worlds, store: forget_thing(worlds, thing, state=store, clock=self._clock)
        )

    def rename_wiki(self, old: str, new: str) -> Sequence[str]:
        """The wiki at `old` is at `new` now; the ids of the wikis that this is about."""
        with self._store() as store, store.lock(self._wait):
            return store.rename_wiki(old, new)

    def doctor(self) -> Sequence[Check]:
        """Check both servers and every binding."""
        from oscartes_sync.config.secrecy import kept_secrets  # noqa: PLC0415
        from oscartes_sync.usecases.doctor import doctor  # noqa: PLC0415

        wikis = {name: probe_wiki(each, self._clock) for name, each in self._settings.wikis.items()}
        with self._store(read_only=True) as store:
            state = store.identity(str)
        clouds = {
            name: probe_cloud(each, self._clock, state)
            for name, each in self._settings.clouds.items()
        }
        checks = doctor(wikis, clouds, self._bindings(), secrets=kept_secrets(self._settings))
        if not self._settings.spaces:
            return checks
        from oscartes_sync.bootstrap.spaces import space_checks  # noqa: PLC0415

        with self._store(read_only=True) as store:
            return (*checks, *space_checks(self._settings, store, self._clock))

    def forms(self) -> Sequence[FormView]:
        """The forms of every wiki, and the mapping found."""
        from oscartes_sync.usecases.doctor import list_forms  # noqa: PLC0415

        wikis = {name: probe_wiki(each, self._clock) for name, each in self._settings.wikis.items()}
        return list_forms(wikis, self._settings.bindings)

    def ask(self, asked: Asked) -> Answers:
        """A founding question, asked of the directories of all wikis."""
        from oscartes_sync.bootstrap.asking import ask_all  # noqa: PLC0415

        return ask_all(self._settings, self._clock, asked)

    def export(
        self,
        name: str,
        formats: Sequence[str],
        *,
        out: Path | None = None,
        allow_empty: bool = False,
    ) -> ExportReport:
        """Publish a view in these formats, in the file or folder `out`; or only show it."""
        from oscartes_sync.bootstrap.exporting import export  # noqa: PLC0415

        return export(self._settings, self._clock, name, formats, out=out, allow_empty=allow_empty)

    def import_table(
        self,
        path: Path,
        form: str,
        *,
        wiki: str | None = None,
        view: str | None = None,
        write: bool = False,
        max_delete: MaxDelete | None = None,
        progress: Progress | None = None,
    ) -> RunReport:
        """Bring a table back into a form; without `write` only what that would do."""
        from oscartes_sync.bootstrap.importing import prepare, target  # noqa: PLC0415
        from oscartes_sync.usecases.importing.import_table import (  # noqa: PLC0415
            import_table,
            plan_table,
        )

        aim = target(self._settings, wiki, form, view)
        options = Options(max_delete=max_delete)
        if not write:
            with self._store(read_only=True) as store:
                one = prepare(self._settings, store, self._clock, path, aim)
                return plan_table(one, options)
        return self._written(
            lambda _worlds, store: import_table(
                prepare(self._settings, store, self._clock, path, aim),
                options,
                state=store,
                clock=self._clock,
                progress=progress,
            ),
            (),
        )

    def _run(
        self,
        bindings: Sequence[Binding],
        options: Options,
        command: str,
        *,
        progress: Progress | None = None,
        only: SavedPlan | None = None,
    ) -> RunReport:
        return self._written(
            lambda worlds, store: sync_run(
                worlds,
                options,
                command=command,
                state=store,
                clock=self._clock,
                progress=progress,
                only=only,
            ),
            bindings,
        )

    def _written(
        self,
        work: Callable[[Sequence[World], SqlStateStore], RunReport],
        bindings: Sequence[Binding] | None = None,
    ) -> RunReport:
        """A run that may write, alone on its state; of all bindings where none are given."""
        chosen = self._bindings() if bindings is None else bindings
        with self._store() as store, store.lock(self._wait):
            self._claim(store)
            report = work(self._worlds(chosen, store), store)
            store.purge(self._clock.now() - timedelta(days=self._settings.keep_days))
        return report

    def _claim(self, store: SqlStateStore) -> None:
        """Refuse a state whose links belong to another configuration."""
        store.claim(
            {name: wiki.url for name, wiki in self._settings.wikis.items()},
            {each.name: _identity(each) for each in self._settings.bindings}
            | self._derived_identities(),
        )

    def _named(self, names: Sequence[str]) -> tuple[Binding, ...]:
        """The bindings asked for, in the configuration's order; all of them by default."""
        bindings = self._bindings()
        known = [binding.name for binding in bindings]
        for name in names:
            if name not in known:
                raise UsageError("unknown-binding", name=name, known=", ".join(known))
        wanted = set(names or known)
        return tuple(each for each in bindings if each.name in wanted)

    def _bindings(self) -> tuple[Binding, ...]:
        """Those of the configuration, and those that spaces give by themselves."""
        return (*self._settings.bindings, *(each for each, _ in self._derived()))

    def _derived(self) -> Sequence[tuple[Binding, list[str]]]:
        """The bindings of spaces, each with what it hangs on."""
        if not self._settings.spaces:
            return ()
        from oscartes_sync.bootstrap.spaces import derived  # noqa: PLC0415

        with self._store(read_only=True) as store:
            return derived(self._settings, store)

    def _derived_identities(self) -> dict[str, str]:
        return {each.name: digest(place) for each, place in self._derived()}

    def plan_spaces(
        self,
        names: Sequence[str] = (),
        *,
        allow_empty: bool = False,
        max_delete: MaxDelete | None = None,
    ) -> SpacesReport:
        """What `apply_spaces` would do; writes nothing anywhere."""
        from oscartes_sync.bootstrap.spaces import make_space_worlds  # noqa: PLC0415
        from oscartes_sync.usecases.spaces.run import plan_spaces  # noqa: PLC0415

        with self._store(read_only=True) as store:
            self._claim(store)
            worlds, options = make_space_worlds(self._settings, names, store, self._clock)
            chosen = replace(options, allow_empty=allow_empty, max_delete=max_delete)
            return plan_spaces(worlds, chosen)

    def apply_spaces(
        self,
        names: Sequence[str] = (),
        *,
        allow_empty: bool = False,
        max_delete: MaxDelete | None = None,
    ) -> SpacesReport:
        """Bring the spaces of these kinds, or of these entries, to what their entries say."""
        from oscartes_sync.bootstrap.spaces import make_space_worlds  # noqa: PLC0415
        from oscartes_sync.usecases.spaces.run import apply_spaces  # noqa: PLC0415

        with self._store() as store, store.lock(self._wait):
            self._claim(store)
            worlds, options = make_space_worlds(self._settings, names, store, self._clock)
            chosen = replace(options, allow_empty=allow_empty, max_delete=max_delete)
            return apply_spaces(worlds, chosen)

    def archive_space(self, name: str, *, write: bool) -> SpacesReport:
        """Archive one space, by its entry's tag or its title; or only show what that would do."""
        from oscartes_sync.bootstrap.spaces import make_space_worlds  # noqa: PLC0415
        from oscartes_sync.usecases.spaces.run import archive_named  # noqa: PLC0415

        if not write:
            with self._store(read_only=True) as store:
                self._claim(store)
                worlds, _ = make_space_worlds(self._settings, (), store, self._clock)
                return archive_named(worlds, name, write=False)
        with self._store() as store, store.lock(self._wait):
            self._claim(store)
            worlds, _ = make_space_worlds(self._settings, (), store, self._clock)
            return archive_named(worlds, name, write=True)

    def list_spaces(self) -> Sequence[KnownSpace]:
        """Every space that was made, from memory alone."""
        from oscartes_sync.usecases.spaces.listing import list_spaces  # noqa: PLC0415

        bindings = {each.name: each for each in self._settings.bindings}
        with self._store(read_only=True) as store:
            return list_spaces(self._settings.spaces, store, bindings)

    @contextmanager
    def _store(self, *, read_only: bool = False) -> Iterator[SqlStateStore]:
        from oscartes_sync.adapters.state.store import SqlStateStore  # noqa: PLC0415

        url = self._settings.state_url
        with SqlStateStore(url, notice=self._notice, read_only=read_only) as store:
            yield store

    def _worlds(self, bindings: Sequence[Binding], store: SqlStateStore) -> list[World]:
        return make_worlds(self._settings, bindings, store, self._clock)


def _identity(binding: Binding) -> str:
    """What a binding's links hang on: with another form or collection they mean nothing."""
    return digest([binding.kind, binding.wiki, binding.cloud, binding.form, binding.collection])


@contextmanager
def open_house(
    settings: Settings, *, notice: Notice, wait: float = 0.0, clock: Clock | None = None
) -> Iterator[House]:
    """The house of one configuration."""
    yield House(settings, clock=clock or SystemClock(), notice=notice, wait=wait)
