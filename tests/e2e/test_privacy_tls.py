"""Whom we talk to is proved before anything is said, on both sides alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from oscartes_sync.bootstrap.clock import SystemClock
from tests.e2e.conftest import BOT, PASSWORD, Pair
from tests.fakes.fronts import Answer, front, listener, tls, tunnel

SIDES = pytest.mark.parametrize("side", ["wiki", "cloud"])


@pytest.fixture(params=["4.5"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Réseau d'essai")


@dataclass(frozen=True)
class Https:
    """Puts servers of the pair behind certificates of one authority, whose file is `ca`."""

    pair: Pair
    authority: trustme.CA
    ca: Path
    stack: ExitStack

    def serve(self, side: str, certificate: trustme.LeafCert, *, known: bool = False) -> None:
        """Only https from now on; `known` names the authority in the configuration."""
        url = self.stack.enter_context(tls(getattr(self.pair, side).url, certificate))
        address(self.pair, side, url, *([f'ca = "{self.ca.name}"'] if known else []))

    def usual(self, side: str, *, known: bool = False) -> None:
        """With a certificate in which nothing is wrong."""
        self.serve(side, self.authority.issue_cert("localhost"), known=known)


@pytest.fixture
def https(pair: Pair, authority: trustme.CA) -> Iterator[Https]:
    path = pair.folder / "ca.pem"
    authority.cert_pem.write_to_path(path)
    with ExitStack() as stack:
        yield Https(pair, authority, path, stack)


def address(pair: Pair, side: str, url: str, *more: str) -> None:
    """Write another address, and more lines, into one server's table."""
    path = pair.folder / "oscartes.toml"
    text = path.read_text("utf-8")
    old = f'url = "{getattr(pair, side).url}"'
    assert old in text
    path.write_text(text.replace(old, "\n".join([f'url = "{url}"', *more])), "utf-8")


def asked(pair: Pair, side: str) -> int:
    return len(getattr(pair, side).requests)


def refused(pair: Pair, side: str, reason: str) -> None:
    """A sync that ends at once: one sentence, one remedy, and the server was told nothing."""
    before = asked(pair, side)
    code, out, err = pair.call("sync")
    assert code == 1
    assert "Traceback" not in err
    (said,) = [
        line for line in (out + err).splitlines() if "certificate" in line and reason in line
    ]
    assert "“noe”" in said
    assert f"ca under [{side}s.noe]" in out + err
    assert asked(pair, side) == before
    assert PASSWORD not in out + err
    assert pair.keys.robot_key not in out + err


@SIDES
def test_a_server_of_an_unknown_authority_is_refused(pair: Pair, https: Https, side: str) -> None:
    https.usual(side)
    refused(pair, side, "no authority that is known here")


@SIDES
def test_a_server_of_another_name_is_refused(pair: Pair, https: Https, side: str) -> None:
    https.serve(side, https.authority.issue_cert("autre.example"), known=True)
    refused(pair, side, "another name")


@SIDES
def test_an_expired_certificate_is_refused(pair: Pair, https: Https, side: str) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    https.serve(side, https.authority.issue_cert("localhost", not_after=past), known=True)
    refused(pair, side, "expired")


@SIDES
def test_a_refused_certificate_is_not_tried_again(
    pair: Pair, https: Https, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, seconds: slept.append(seconds))
    https.usual(side)
    assert pair.call("sync")[0] == 1
    assert slept == []


def test_an_authority_of_one_s_own_is_trusted_where_it_is_named(pair: Pair, https: Https) -> None:
    https.usual("wiki", known=True)
    https.usual("cloud", known=True)
    assert pair.call("doctor")[0] == 0
    _, report = pair.sync()
    assert report["summary"]["created"] == len(pair.events()) > 5
    assert pair.sync()[1]["summary"]["updated"] == 0


@SIDES
def test_an_authority_of_this_system_is_trusted_without_a_word(
    pair: Pair, https: Https, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE is where OpenSSL looks: the same place for both sides."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(https.ca))
    https.usual(side)
    assert pair.call("sync")[0] in {0, 4}
    assert asked(pair, side) > 0


@SIDES
def test_other_programs_authorities_do_not_open_the_door(
    pair: Pair, https: Https, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(https.ca))
    https.usual(side)
    refused(pair, side, "no authority that is known here")


@SIDES
def test_what_is_no_certificate_is_told_before_anybody_is_asked(pair: Pair, side: str) -> None:
    (pair.folder / "ca.pem").write_text("pas un certificat", "utf-8")
    address(pair, side, "https://localhost:1", 'ca = "ca.pem"')
    code, _, err = pair.call("sync")
    assert code == 2
    assert "ca.pem" in err
    assert "PEM" in err


# Plain http


@SIDES
def test_plain_http_to_another_machine_is_refused_everywhere(pair: Pair, side: str) -> None:
    address(pair, side, "http://ailleurs.example")
    for command in ("sync", "plan", "doctor", "forms", "status", "history"):
        code, _, err = pair.call(command)
        assert code == 2, command
        assert "http" in err
        assert "insecure" in err


@SIDES
def test_plain_http_is_taken_where_somebody_said_so(pair: Pair, side: str) -> None:
    address(pair, side, "http://ailleurs.invalid", "insecure = true")
    assert pair.call("sync")[0] == 1  # asked, and not there


@SIDES
def test_a_redirect_to_plain_http_is_not_followed(pair: Pair, https: Https, side: str) -> None:
    def onward(_method: str, _target: str, _body: bytes) -> Answer:
        return 302, [("Location", elsewhere.url)], b""

    with listener() as elsewhere, listener(onward) as asked_first:
        certificate = https.authority.issue_cert("localhost")
        with tls(asked_first.url, certificate) as url:
            address(pair, side, url, f'ca = "{https.ca.name}"')
            code, _, err = pair.call("sync")
        assert code == 1
        assert asked_first.heard
        assert elsewhere.heard == []
    assert PASSWORD not in err


HOME_ELSEWHERE = (
    '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:cal="urn:ietf:params:xml:ns:caldav">'
    "<d:response><d:href>/</d:href><d:propstat><d:prop>"
    "<d:current-user-principal><d:href>{0}</d:href></d:current-user-principal>"
    "<cal:calendar-home-set><d:href>{0}</d:href></cal:calendar-home-set>"
    "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"
)


def test_a_home_on_another_host_is_asked_for_on_ours(pair: Pair) -> None:
    """Whatever host discovery names, the password goes to the configured one alone."""
    principal = f"/remote.php/dav/principals/users/{BOT}/"

    def found(_method: str, _target: str, _body: bytes) -> Answer:
        body = HOME_ELSEWHERE.format(elsewhere.url + principal).encode()
        return 207, [("Content-Type", "application/xml; charset=utf-8")], body

    with listener() as elsewhere, listener(found) as cloud:
        address(pair, "cloud", cloud.url)
        pair.call("sync")
        assert cloud.heard[1].split("\n")[0] == f"PROPFIND {principal}"
        assert elsewhere.heard == []


def test_a_login_granted_elsewhere_is_waited_for_here(pair: Pair) -> None:
    def flow(_method: str, _target: str, _body: bytes) -> Answer:
        poll = {"token": "jeton-de-connexion", "endpoint": f"{elsewhere.url}/login/v2/poll"}
        body = json.dumps({"poll": poll, "login": elsewhere.url}).encode()
        return 200, [("Content-Type", "application/json")], body

    with listener() as elsewhere, listener(flow) as cloud:
        words = ("--wiki-url", pair.wiki.url, "--wiki-user", "RobotNuage", "--form", "6")
        here = ("--cloud-url", cloud.url, "--login", "--non-interactive", "--overwrite")
        code, _, err = pair.call("init", *words, *here, "--wiki-key", pair.keys.robot_key)
        assert code == 1
        assert any("jeton-de-connexion" in one for one in cloud.heard)
        assert elsewhere.heard == []
        assert "jeton-de-connexion" not in err


# The environment's own settings


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.usefixtures("no_proxies")
def test_a_proxy_for_plain_http_never_sees_the_key(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listener() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert pair.call("doctor")[0] == 0
        pair.call("sync")
        assert proxy.heard == []
    assert len(pair.events()) > 5


@SIDES
@pytest.mark.usefixtures("no_proxies")
def test_a_proxy_for_https_is_used_and_sees_the_host_s_name_alone(
    pair: Pair, https: Https, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = https.authority.issue_cert("service.invalid")
    with tls(getattr(pair, side).url, certificate) as behind, tunnel(behind) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        address(pair, side, "https://service.invalid", f'ca = "{https.ca.name}"')
        assert pair.call("sync")[0] in {0, 4}
        assert proxy.seen.startswith(b"CONNECT service.invalid:443 HTTP/1.")
        for secret in (pair.keys.robot_key, PASSWORD, "Authorization"):
            assert secret.encode() not in proxy.seen
    assert len(pair.events()) > 5


@SIDES
@pytest.mark.usefixtures("no_proxies")
def test_no_proxy_is_heeded(pair: Pair, side: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with tunnel("http://127.0.0.1:1") as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", ".invalid")
        address(pair, side, "https://service.invalid")
        assert pair.call("sync")[0] == 1
        assert not proxy.seen


@pytest.mark.usefixtures("no_proxies")
def test_a_netrc_is_not_read(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1\nlogin quelquun\npassword mot-du-netrc\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with front(pair.wiki.url) as wiki, front(pair.cloud.url) as cloud:
        address(pair, "wiki", f"http://127.0.0.1:{wiki.port}")
        address(pair, "cloud", f"http://127.0.0.1:{cloud.port}")
        assert pair.call("doctor")[0] == 0
        pair.call("sync")
        ours = {b"Bearer " + pair.keys.robot_key.encode()}
        assert credentials(bytes(wiki.seen)) == ours
        assert len(credentials(bytes(cloud.seen))) == 1


def credentials(seen: bytes) -> set[bytes]:
    """Every Authorization that was sent."""
    lines = seen.split(b"\r\n")
    heads = [line for line in lines if line.lower().startswith(b"authorization:")]
    assert heads
    return {line.split(b":", 1)[1].strip() for line in heads}
