"""What goes over the wire, what is sent again, and what every failure becomes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import responses
from responses.registries import OrderedRegistry
from urllib3.exceptions import MaxRetryError, NewConnectionError

from oscartes_sync.adapters.nextcloud.transport import Ask
from oscartes_sync.errors import (
    ConfigurationError,
    CredentialsRefused,
    OutcomeUnknown,
    Overloaded,
    SideError,
    Unavailable,
    Unexpected,
    Unreachable,
)
from tests.fakes.exchanges import SETTINGS, Exchanges, dav_error

READ = Ask("PROPFIND", "/remote.php/dav/", b"<x/>", {"Depth": "0"})
WRITE = Ask("PUT", "/remote.php/dav/calendars/a/b/c.ics", b"BEGIN:VCALENDAR")
MAINTENANCE = dav_error("OCA\\DAV\\Exception\\ServerMaintenanceMode", "System is in maintenance")
DISABLED = dav_error(
    "Sabre\\DAV\\Exception\\ServiceUnavailable", "OC\\User\\DisabledUserException: Account disabled"
)


@pytest.fixture
def exchanges() -> Iterator[Exchanges]:
    with responses.RequestsMock(registry=OrderedRegistry) as mock:
        yield Exchanges(mock)


def never_connected() -> requests.ConnectionError:
    reason = NewConnectionError(None, "refused")  # type: ignore[arg-type]
    return requests.ConnectionError(MaxRetryError(None, "/?secret", reason))  # type: ignore[arg-type]


def answer(exchanges: Exchanges, ask: Ask, body: str | Exception = "", status: int = 207) -> None:
    exchanges.on(ask.method, ask.path, body, status)


def test_a_request_bears_our_account_and_an_honest_name(exchanges: Exchanges) -> None:
    answer(exchanges, READ)
    exchanges.transport().send(READ)
    headers = exchanges.calls[0].headers
    assert headers["Authorization"] == "Basic Ym90QGV4YW1wbGUub3JnOnMzY3JldA=="
    assert headers["User-Agent"] == "oscartes-test"
    assert headers["Depth"] == "0"
    assert headers["Content-Length"] == "4"


def test_cookies_are_neither_kept_nor_sent(exchanges: Exchanges) -> None:
    exchanges.on(
        READ.method, READ.path, headers={"Set-Cookie": "nc_session_id=other; Path=/; HttpOnly"}
    )
    answer(exchanges, READ)
    transport = exchanges.transport()
    transport.send(READ)
    transport.send(READ)
    assert "Cookie" not in exchanges.calls[1].headers


def test_a_read_is_sent_again_with_growing_pauses(exchanges: Exchanges) -> None:
    for failure in (requests.ReadTimeout(), never_connected()):
        answer(exchanges, READ, failure)
    answer(exchanges, READ, status=502)
    answer(exchanges, READ, "<ok/>")
    transport, before = exchanges.transport(), exchanges.clock.time
    assert transport.send(READ).body == b"<ok/>"
    assert exchanges.clock.time - before == timedelta(seconds=1 + 2 + 4)
    assert transport.traffic().requests == 4


def test_a_read_that_never_succeeds_is_unreachable(exchanges: Exchanges) -> None:
    for _ in range(5):
        answer(exchanges, READ, never_connected())
    with pytest.raises(Unreachable) as caught:
        exchanges.transport().send(READ)
    assert caught.value.params == {"cloud": "noe", "reason": "refused"}


def test_a_write_whose_answer_is_lost_is_sent_once(exchanges: Exchanges) -> None:
    answer(exchanges, WRITE, requests.ReadTimeout())
    with pytest.raises(OutcomeUnknown) as caught:
        exchanges.transport().send(WRITE)
    assert caught.value.params["href"] == WRITE.path


def test_a_write_that_never_left_is_sent_again(exchanges: Exchanges) -> None:
    answer(exchanges, WRITE, never_connected())
    answer(exchanges, WRITE, status=201)
    assert exchanges.transport().send(WRITE).status == 201


def test_a_gateway_s_silence_leaves_a_write_unknown(exchanges: Exchanges) -> None:
    answer(exchanges, WRITE, "<html>", status=504)
    with pytest.raises(OutcomeUnknown):
        exchanges.transport().send(WRITE)


@pytest.mark.parametrize(
    ("status", "body", "code", "times"),
    [
        (503, MAINTENANCE, "cloud-maintenance", 5),
        (503, "<html>", "cloud-unavailable", 5),
        (429, dav_error("OCA\\DAV\\TooManyRequests"), "cloud-too-many-requests", 9),
    ],
)
def test_a_write_refused_before_execution_is_sent_again_and_then_given_up(
    exchanges: Exchanges, status: int, body: str, code: str, times: int
) -> None:
    for _ in range(times):
        answer(exchanges, WRITE, body, status)
    before = exchanges.clock.time
    with pytest.raises(Unavailable) as caught:
        exchanges.transport().send(WRITE)
    assert caught.value.code == code
    assert exchanges.clock.time - before < timedelta(seconds=61)


def test_all_waits_together_are_bounded(exchanges: Exchanges) -> None:
    transport = exchanges.transport()
    for _ in range(60):
        exchanges.on(READ.method, READ.path, status=429, headers={"Retry-After": "60"})
        answer(exchanges, READ)
        transport.send(READ)
    exchanges.on(READ.method, READ.path, status=429, headers={"Retry-After": "60"})
    before = exchanges.clock.time
    with pytest.raises(Overloaded):
        transport.send(READ)
    assert exchanges.clock.time == before


def test_a_connection_that_breaks_off_in_cipher_leaves_a_write_unknown(
    exchanges: Exchanges,
) -> None:
    answer(exchanges, WRITE, requests.exceptions.SSLError("EOF occurred in violation of protocol"))
    with pytest.raises(OutcomeUnknown):
        exchanges.transport().send(WRITE)


def test_maintenance_is_known_by_the_header_too(exchanges: Exchanges) -> None:
    exchanges.on(READ.method, READ.path, "{}", 503, headers={"X-Nextcloud-Maintenance-Mode": "1"})
    with pytest.raises(Unavailable) as caught:
        exchanges.transport().send(replace(READ, patience=0))
    assert caught.value.code == "cloud-maintenance"


def test_retry_after_is_honoured_in_seconds_and_as_a_date(exchanges: Exchanges) -> None:
    dated = {
        "Retry-After": "Tue, 24 Nov 2026 09:00:20 GMT",
        "Date": "Tue, 24 Nov 2026 09:00:13 GMT",
    }
    exchanges.on(READ.method, READ.path, status=429, headers={"Retry-After": "5"})
    exchanges.on(READ.method, READ.path, status=429, headers=dated)
    answer(exchanges, READ)
    before = exchanges.clock.time
    exchanges.transport().send(READ)
    assert timedelta(seconds=12) <= exchanges.clock.time - before < timedelta(seconds=12.1)


def test_a_server_that_asks_for_more_than_our_patience_is_left(exchanges: Exchanges) -> None:
    exchanges.on(READ.method, READ.path, status=429, headers={"Retry-After": "3600"})
    with pytest.raises(Unavailable):
        exchanges.transport().send(READ)


def test_after_one_refused_password_nothing_more_is_asked(exchanges: Exchanges) -> None:
    answer(exchanges, READ, status=401)
    transport = exchanges.transport()
    for _ in range(3):
        with pytest.raises(CredentialsRefused) as caught:
            transport.send(READ)
        assert caught.value.code == "cloud-password-refused"
    assert len(exchanges.calls) == 1


def test_a_disabled_account_is_no_outage(exchanges: Exchanges) -> None:
    answer(exchanges, READ, DISABLED, 503)
    with pytest.raises(CredentialsRefused) as caught:
        exchanges.transport().send(READ)
    assert caught.value.code == "cloud-account-disabled"


def test_a_redirect_is_never_followed(exchanges: Exchanges) -> None:
    target = "https://elsewhere.example/remote.php/dav/"
    exchanges.on(READ.method, READ.path, status=302, headers={"Location": f"{target}?token=x"})
    with pytest.raises(Unexpected) as caught:
        exchanges.transport().send(READ)
    assert caught.value.params == {"cloud": "noe", "target": target}
    assert len(exchanges.calls) == 1


def test_a_server_that_breaks_over_a_question_is_asked_twice(exchanges: Exchanges) -> None:
    for _ in range(2):
        answer(exchanges, READ, dav_error("TypeError"), 500)
    with pytest.raises(Unreachable) as caught:
        exchanges.transport().send(READ)
    assert caught.value.code == "cloud-broken"


def test_a_write_s_500_is_for_the_caller_to_read(exchanges: Exchanges) -> None:
    answer(exchanges, WRITE, dav_error("OC\\DB\\Exceptions\\DbalException"), 500)
    assert exchanges.transport().send(WRITE).status == 500


def test_counters_add_up_over_threads(exchanges: Exchanges) -> None:
    for _ in range(8):
        answer(exchanges, WRITE, status=201)
    transport = exchanges.transport()
    threads = [threading.Thread(target=transport.send, args=(WRITE,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transport.close()
    assert transport.traffic().requests == 8
    assert transport.traffic().bytes == 8 * len(WRITE.body)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://cloud.example", "insecure-url"),
        ("cloud.example", "cloud-url"),
        ("https://user:word@cloud.example", "cloud-url"),
        ("https://cloud.example:x/", "cloud-url"),
    ],
)
def test_an_address_that_would_show_or_lose_the_password_is_refused(
    exchanges: Exchanges, url: str, code: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        exchanges.transport(replace(SETTINGS, url=url))
    assert caught.value.code == code


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost/nc", "http://[::1]:1"])
def test_plain_http_on_this_machine_is_fine(exchanges: Exchanges, url: str) -> None:
    assert exchanges.transport(replace(SETTINGS, url=url)).address.origin.startswith("http://")


def test_plain_http_elsewhere_needs_a_word(exchanges: Exchanges) -> None:
    settings = replace(SETTINGS, url="http://cloud.example/nc/", insecure=True)
    assert exchanges.transport(settings).address.path("/status.php") == "/nc/status.php"


def test_a_missing_file_of_certificates_is_told(exchanges: Exchanges, tmp_path: Path) -> None:
    missing = replace(SETTINGS, ca=str(tmp_path / "ca.pem"))
    with pytest.raises(ConfigurationError) as caught:
        exchanges.transport(missing)
    assert caught.value.code == "cloud-ca"


def test_no_error_shows_the_password(exchanges: Exchanges) -> None:
    answer(exchanges, READ, requests.ConnectionError("https://bot:s3cret@cloud.example"))
    with pytest.raises(SideError) as caught:
        exchanges.transport().send(replace(READ, patience=0))
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(SETTINGS)
