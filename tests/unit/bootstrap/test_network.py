"""What of this machine's network settings counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from oscartes_sync.bootstrap.network import authorities, proxy

PROXY = "http://proxy.example:3128"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_proxy_for_https(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, PROXY)
    assert proxy("https://wiki.example/farm") == PROXY


@pytest.mark.parametrize(
    "url",
    [
        "http://wiki.example",
        "http://127.0.0.1:8080",
        "https://localhost:8443",
        "https://127.0.0.1",
        "https://[::1]:8443/nc",
    ],
)
def test_where_none_is_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(variable, PROXY)
    assert proxy(url) == ""


def test_no_proxy_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", PROXY)
    monkeypatch.setenv("no_proxy", "interne.example,.asso.example")
    assert proxy("https://interne.example") == ""
    assert proxy("https://nuage.asso.example:8443") == ""
    assert proxy("https://ailleurs.example") == PROXY


def test_the_configured_authorities_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", __file__)
    assert authorities("/etc/oscartes/ca.pem") == "/etc/oscartes/ca.pem"
    assert authorities("") == __file__


def test_a_system_without_authorities_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert authorities("") == ""
    (tmp_path / "abcdef01.0").touch()
    assert authorities("") == str(tmp_path)
