"""What is sent again, what is waited for, what is never sent."""

from __future__ import annotations

import io
import threading
from ssl import SSLCertVerificationError
from typing import Any

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from bazar_forms.client import BazarClient
from bazar_forms.errors import (
    CertificateRefused,
    TagTaken,
    TooManyRequests,
    UnexpectedAnswer,
    UnknownOutcome,
    Unreachable,
    WikiUnavailable,
)

VALUES = {"bf_titre": "Café citoyen"}


def never_connected() -> requests.ConnectionError:
    reason = NewConnectionError(None, "refused")  # type: ignore[arg-type]
    return requests.ConnectionError(MaxRetryError(None, "/?secret", reason))  # type: ignore[arg-type]


def certificate_refused() -> requests.exceptions.SSLError:
    # The address holds a word that must not be taken for the reason of another failure.
    refused = SSLError(SSLCertVerificationError(1, "certificate verify failed"))
    return requests.exceptions.SSLError(MaxRetryError(None, "/?Certificates", refused))  # type: ignore[arg-type]


def test_a_certificate_is_not_looked_at_twice(
    client: BazarClient, fake_wiki: Any, time: Any
) -> None:
    fake_wiki.on("GET", "api/forms", certificate_refused())
    with pytest.raises(CertificateRefused):
        client.forms()
    assert len(fake_wiki.sent) == 1
    assert time.slept == []


def test_a_reading_is_tried_again_with_growing_pauses(
    client: BazarClient, fake_wiki: Any, reply: Any, time: Any
) -> None:
    fake_wiki.on(
        "GET", "api/forms", requests.ReadTimeout(), never_connected(), reply(503), reply(content={})
    )
    assert client.forms() == ()
    assert time.slept == [1.0, 2.0, 4.0]
    assert client.counters.requests == 4


def test_a_reading_ends_after_four_attempts(client: BazarClient, fake_wiki: Any) -> None:
    fake_wiki.on("GET", "api/forms", requests.ConnectionError("https://wiki.example/?secret"))
    with pytest.raises(Unreachable) as caught:
        client.forms()
    assert len(fake_wiki.sent) == 4
    assert "secret" not in str(caught.value)


def test_retry_after_is_honoured_as_seconds_and_as_a_date(
    client: BazarClient, fake_wiki: Any, reply: Any, time: Any
) -> None:
    dated = {
        "Date": "Tue, 24 Nov 2026 10:00:00 GMT",
        "Retry-After": "Tue, 24 Nov 2026 10:00:09 GMT",
    }
    fake_wiki.on(
        "GET",
        "api/forms",
        reply(429, headers={"Retry-After": "7"}),
        reply(503, headers=dated),
        reply(content={}),
    )
    client.forms()
    assert time.slept == [7.0, 9.0]


def test_a_long_retry_after_is_left_to_the_next_run(
    client: BazarClient, fake_wiki: Any, reply: Any, time: Any
) -> None:
    fake_wiki.on("GET", "api/forms", reply(503, headers={"Retry-After": "3600"}))
    with pytest.raises(TooManyRequests) as caught:
        client.forms()
    assert caught.value.retry_after == 3600
    assert time.slept == []


def test_a_write_that_was_refused_before_execution_is_sent_again(
    client: BazarClient, fake_wiki: Any, reply: Any, time: Any
) -> None:
    done = reply(201, {"success": "https://wiki.example/?Nuage42"}, "RobotNuage")
    fake_wiki.on("POST", "api/entries/6", reply(429), reply(503), done)
    assert client.create("6", "Nuage42", VALUES) == "Nuage42"
    assert time.slept == [1.0, 2.0]
    looks_and_posts = [line for line in fake_wiki.lines() if "forms" not in line]
    assert looks_and_posts == ["GET api/pages/Nuage42", "POST api/entries/6"] * 3


def test_a_creation_is_not_sent_again_over_a_page_that_came_in_between(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    row = {"id": "1", "tag": "Nuage42", "time": "2026-11-23 22:06:24"}
    free, taken = reply(404, {}, "RobotNuage"), reply(200, row, "RobotNuage")
    fake_wiki.on("GET", "api/pages/", free, taken)
    fake_wiki.on("POST", "api/entries/6", reply(503))
    with pytest.raises(TagTaken):
        client.create("6", "Nuage42", VALUES)
    assert fake_wiki.lines().count("POST api/entries/6") == 1


def test_a_write_refused_by_maintenance_for_ever_is_given_up(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("POST", "api/entries/6", reply(503))
    with pytest.raises(WikiUnavailable):
        client.create("6", "Nuage42", VALUES)
    assert fake_wiki.lines().count("POST api/entries/6") == 4


@pytest.mark.parametrize(
    "failure",
    [
        requests.ReadTimeout(),
        requests.ConnectionError("reset"),
        requests.exceptions.ChunkedEncodingError(),
        requests.exceptions.SSLError("/?Certificat: EOF occurred in violation of protocol"),
    ],
)
def test_a_write_whose_answer_is_lost_is_never_sent_again(
    client: BazarClient, fake_wiki: Any, failure: Exception
) -> None:
    fake_wiki.on("POST", "api/entries/6", failure)
    with pytest.raises(UnknownOutcome):
        client.create("6", "Nuage42", VALUES)
    assert fake_wiki.lines().count("POST api/entries/6") == 1


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_that_gives_up_on_a_write_leaves_its_outcome_open(
    client: BazarClient, fake_wiki: Any, reply: Any, status: int
) -> None:
    fake_wiki.on("POST", "api/entries/6", reply(status))
    with pytest.raises(UnknownOutcome):
        client.create("6", "Nuage42", VALUES)
    assert fake_wiki.lines().count("POST api/entries/6") == 1


@pytest.mark.parametrize(
    "failure",
    [
        never_connected(),
        requests.ConnectTimeout(),
        certificate_refused(),
    ],
)
def test_a_write_that_never_left_is_known_not_to_be_done(
    client: BazarClient, fake_wiki: Any, failure: Exception
) -> None:
    fake_wiki.on("POST", "api/entries/6", failure)
    with pytest.raises(Unreachable):
        client.create("6", "Nuage42", VALUES)


def test_an_answer_shorter_than_announced_is_a_lost_one(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    cut = reply(content={}, headers={"Content-Length": "5000"})
    fake_wiki.on("GET", "api/forms", cut, reply(content={}))
    assert client.forms() == ()
    assert len(fake_wiki.sent) == 2


def test_an_answer_over_the_limit_is_an_error_and_not_kept(
    make_client: Any, fake_wiki: Any, reply: Any
) -> None:
    client = make_client()
    client._transport._largest = 1024 * 1024
    fake_wiki.on("GET", "api/forms", reply(content=b"x" * (1024 * 1024 + 1)))
    with pytest.raises(UnexpectedAnswer, match="larger than 1 MB"):
        client.forms()


def test_a_server_that_trickles_is_given_up(
    make_client: Any, fake_wiki: Any, reply: Any, time: Any
) -> None:
    client = make_client(timeout=1, monotonic=iter(range(0, 10_000, 11)).__next__)
    fake_wiki.on("GET", "api/forms", reply(content={}))
    with pytest.raises(Unreachable, match="slowly"):
        client.forms()


def test_a_redirect_is_not_followed_and_takes_no_key_elsewhere(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("GET", "api/pages/", reply(302, headers={"Location": "https://evil.example/"}))
    with pytest.raises(UnexpectedAnswer, match="elsewhere"):
        client.page("Nuage42")
    assert len(fake_wiki.sent) == 1


def test_every_call_has_time_limits_and_an_honest_user_agent(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    client.form("6")
    assert fake_wiki.options[0]["timeout"] == (10.0, 60)
    assert fake_wiki.sent[0].headers["User-Agent"] == "oscartes/0.1 (+https://example.org)"


def test_authorities_of_the_configuration_are_used(make_client: Any, fake_wiki: Any) -> None:
    make_client(ca="/etc/oscartes/ca.pem").form("6")
    assert fake_wiki.options[0]["verify"] == "/etc/oscartes/ca.pem"


def test_no_cookie_of_an_answer_is_ever_sent_back_to_the_api(
    client: BazarClient, fake_wiki: Any
) -> None:
    client.check_key()
    client.page("Nuage42")
    client.form("6")
    assert [one.headers.get("Cookie") for one in fake_wiki.sent] == [None, None, None]
    assert "Authorization" not in fake_wiki.sent[2].headers


def test_a_netrc_file_never_replaces_our_identity(
    client: BazarClient, fake_wiki: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests.sessions.get_netrc_auth", lambda _url: ("somebody", "else"))
    client.form("6")
    client.page("Nuage42")
    assert "Authorization" not in fake_wiki.sent[0].headers
    assert fake_wiki.sent[1].headers["Authorization"] == "Bearer KEY-BOT"


def test_bytes_are_counted_both_ways(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    fake_wiki.on("GET", "api/forms", reply(content={}))
    client.forms()
    assert client.counters.bytes == 2


def test_calls_at_once_have_a_session_each_and_later_ones_take_what_is_free(
    make_client: Any, fake_wiki: Any
) -> None:
    opened: list[requests.Session] = []
    meeting = threading.Barrier(3, timeout=30)

    def opener() -> requests.Session:
        opened.append(fake_wiki.opener())
        meeting.wait()
        return opened[-1]

    def ask_thrice() -> None:
        threads = [threading.Thread(target=client.form, args=("6",)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    client = make_client(opener=opener)
    ask_thrice()
    assert len(opened) == 3
    client.form("6")
    assert len(opened) == 3
    client.close()
    ask_thrice()
    assert len(opened) == 6


def test_all_waits_together_are_bounded(
    client: BazarClient, fake_wiki: Any, reply: Any, time: Any
) -> None:
    wait = reply(429, headers={"Retry-After": "100"})
    fake_wiki.on("GET", "api/forms", *[wait, reply(content={})] * 36, wait)
    for _ in range(36):
        client.forms()
    with pytest.raises(TooManyRequests):
        client.forms()
    assert sum(time.slept) == 3600


def test_the_key_is_in_no_repr(client: BazarClient) -> None:
    assert repr(client) == "BazarClient('https://wiki.example', key=…)"
    assert "KEY-BOT" not in repr(vars(client))


def test_a_download_tried_again_starts_where_it_began(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    etag = {"ETag": '"1"', "Content-Type": "application/pdf"}
    cut = reply(content=b"%PDF", headers={**etag, "Content-Length": "9"})
    fake_wiki.on("GET", "files/a.pdf_", cut, reply(content=b"%PDF-1.4", headers=etag))
    target = io.BytesIO(b"head")
    target.seek(4)
    assert client.download("a.pdf_", target).etag == '"1"'
    assert target.getvalue() == b"head%PDF-1.4"
