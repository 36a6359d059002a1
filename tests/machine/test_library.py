"""A short walk through random histories of documents; `make soak` takes the long one."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.machine.library_histories import LibraryHistories

LibraryHistories.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLibraryHistories = LibraryHistories.TestCase
