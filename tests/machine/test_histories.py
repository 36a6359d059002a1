"""A short walk through random histories, the same at each run; `make soak` takes the long one."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.machine.histories import Histories

Histories.TestCase.settings = settings(
    max_examples=250,
    stateful_step_count=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestHistories = Histories.TestCase
