"""Several at once, within bounds: `abreast`, and the digest that is computed beside a transfer."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from oscartes_sync.adapters.nextcloud.folders.abreast import abreast
from oscartes_sync.adapters.nextcloud.folders.passing import Passing


def test_results_come_in_their_order_whichever_ends_first() -> None:
    later = threading.Event()

    def first() -> str:
        assert later.wait(10)
        return "a"

    def second() -> str:
        later.set()
        return "b"

    assert list(abreast((first, second), 2)) == ["a", "b"]


def test_no_task_is_taken_before_there_is_room_for_it() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[Callable[[], int]]:
        for number in range(6):
            taken.append(number)
            yield partial(int, number)

    found = abreast(tasks(), 2)
    assert next(found) == 0
    assert taken == [0, 1]
    assert list(found) == [1, 2, 3, 4, 5]
    ahead = abreast(tasks(), 1, ahead=3)
    taken.clear()
    assert next(ahead) == 0
    assert taken == [0, 1, 2, 3]


def test_after_an_error_nothing_more_begins() -> None:
    begun: list[int] = []

    def task(number: int) -> int:
        begun.append(number)
        return 1 // (number - 1)

    with pytest.raises(ZeroDivisionError):
        list(abreast((partial(task, number) for number in range(9)), 1, ahead=2))
    assert set(begun) <= {0, 1, 2}
    assert threading.active_count() == 1


@pytest.mark.parametrize("length", [1, 1000, 65536, 3_000_000])
def test_the_digest_is_that_of_all_pieces_in_their_order(length: int) -> None:
    content = bytes(range(251)) * 40_000
    passing = Passing()
    for start in range(0, len(content) if length > 1 else 500, length):
        passing.add(content[start : start + length])
        if start == 0:
            assert passing.hexdigest() == hashlib.sha256(content[:length]).hexdigest()
    passing.close()
    whole = content if length > 1 else content[:500]
    assert passing.hexdigest() == hashlib.sha256(whole).hexdigest()
    assert threading.active_count() == 1
