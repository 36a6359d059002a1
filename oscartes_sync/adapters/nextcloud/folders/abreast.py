"""Several requests at once, within bounds: latency is what a transfer mostly waits for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 4
"""As many as the engine writes at once; servers of few workers bear them."""

_T = TypeVar("_T")


def abreast(
    tasks: Iterable[Callable[[], _T]], at_once: int = AT_ONCE, *, ahead: int = 0
) -> Iterator[_T]:
    """What the tasks give, in their order, `at_once` of them running.

    No task is taken before there is room for it, so that what it holds is not in memory earlier;
    `ahead` more may wait or be done while an earlier one is under way. What one raises is raised
    in its turn; those that run then are waited for, and no other begins.
    """
    under_way: deque[Future[_T]] = deque()
    coming = iter(tasks)
    ended = threading.Event()

    def begun(task: Callable[[], _T]) -> _T:
        # A worker is quicker at the next task than its reader at noticing that one failed.
        if ended.is_set():
            raise CancelledError
        try:
            return task()
        except BaseException:
            ended.set()
            raise

    with ThreadPoolExecutor(at_once) as pool:
        try:
            while True:
                while len(under_way) < at_once + ahead:
                    task = next(coming, None)
                    if task is None:
                        break
                    under_way.append(pool.submit(begun, task))
                if not under_way:
                    return
                yield under_way.popleft().result()
        finally:
            ended.set()
