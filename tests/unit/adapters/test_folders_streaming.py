"""What the transport streams: counted, tried again only before it begins, cut in words of ours."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import requests
import responses
from responses.registries import OrderedRegistry

from oscartes_sync.adapters.nextcloud.transport import Ask
from oscartes_sync.errors import CredentialsRefused, Unavailable, Unexpected
from tests.fakes.exchanges import Exchanges, dav_error

READ = Ask("GET", "/remote.php/dav/files/a/b.bin")


@pytest.fixture
def exchanges() -> Iterator[Exchanges]:
    with responses.RequestsMock(registry=OrderedRegistry) as mock:
        yield Exchanges(mock)


def test_a_body_is_left_to_come_and_counted_as_it_comes(exchanges: Exchanges) -> None:
    exchanges.on(READ.method, READ.path, b"x" * 200_000, 200)
    transport = exchanges.transport()
    streamed = transport.stream(READ)
    assert (streamed.status, streamed.body) == (200, b"")
    assert transport.traffic().bytes == 0
    with streamed.held:
        assert max(map(len, streamed.pieces)) <= 64 * 1024
    assert transport.traffic().bytes == 200_000
    assert transport.traffic().requests == 1


def test_a_stream_that_does_not_begin_is_tried_again(exchanges: Exchanges) -> None:
    exchanges.on(READ.method, READ.path, requests.ReadTimeout())
    exchanges.on(READ.method, READ.path, status=502)
    exchanges.on(READ.method, READ.path, b"bonjour", 206)
    streamed = exchanges.transport().stream(READ)
    with streamed.held:
        assert b"".join(streamed.pieces) == b"bonjour"


def test_any_other_answer_comes_whole(exchanges: Exchanges) -> None:
    exchanges.on(READ.method, READ.path, dav_error("Sabre\\DAV\\Exception\\NotFound"), 404)
    streamed = exchanges.transport().stream(READ)
    assert b"NotFound" in streamed.body
    assert list(streamed.pieces) == []


@pytest.mark.parametrize(
    ("status", "times", "kind"),
    [(401, 1, CredentialsRefused), (503, 5, Unavailable), (302, 1, Unexpected)],
)
def test_what_is_no_answer_is_raised_as_ever(
    exchanges: Exchanges, status: int, times: int, kind: type[Exception]
) -> None:
    for _ in range(times):
        exchanges.on(READ.method, READ.path, "<html>", status)
    with pytest.raises(kind):
        exchanges.transport().stream(READ)


def test_a_long_body_goes_out_block_by_block(exchanges: Exchanges) -> None:
    """A socket's time limit holds for all that one call sends: 10 MB on a slow line break it."""
    write = Ask("PUT", READ.path, b"x" * 100_000)
    prepared = exchanges.transport()._prepared(write)
    assert isinstance(prepared.body, io.BytesIO)
    assert prepared.body.getvalue() == write.body
    assert prepared.headers["Content-Length"] == "100000"
