"""Addresses: the route is never cut, and the key never goes in the clear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazar_forms.client.address import Address, tag_in
from bazar_forms.errors import InsecureAddress, NotAWiki


@pytest.mark.parametrize(
    ("given_url", "base"),
    [
        ("https://wiki.example", "https://wiki.example"),
        ("https://wiki.example/", "https://wiki.example"),
        (" https://Wiki.example/?PagePrincipale ", "https://wiki.example"),
        ("https://ferme.example/noe/?Agenda&x=1", "https://ferme.example/noe"),
        ("https://wiki.example/index.php", "https://wiki.example"),
        ("https://wiki.example/wakka.php?wiki=PagePrincipale", "https://wiki.example"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/noe", "http://[::1]:8080/noe"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_what_a_browser_shows_gives_the_base(given_url: str, base: str) -> None:
    assert Address.parse(given_url).base == base


@pytest.mark.parametrize(
    "url", ["", "wiki.example", "ftp://wiki.example", "https://a:b@c/", "https://x:y/"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(NotAWiki):
        Address.parse(url)


def test_plain_http_needs_to_be_allowed() -> None:
    with pytest.raises(InsecureAddress):
        Address.parse("http://wiki.example")
    assert Address.parse("http://wiki.example", insecure=True).base == "http://wiki.example"


def test_the_route_stands_first_and_without_an_equals_sign() -> None:
    url = Address("https://wiki.example/noe").api(
        "api/forms/6/entries", [("query", "bf_titre=A & B|x!=é"), ("fields", "id_fiche,owner")]
    )
    assert url == (
        "https://wiki.example/noe/?api/forms/6/entries"
        "&query=bf_titre%3DA%20%26%20B%7Cx%21%3D%C3%A9&fields=id_fiche%2Cowner"
    )


@given(st.text(min_size=1), st.text())
def test_no_tag_and_no_value_ever_ends_the_route_or_a_parameter(tag: str, value: str) -> None:
    tag = tag.encode("utf-8", "ignore").decode()
    value = value.encode("utf-8", "ignore").decode()
    address = Address("https://wiki.example")
    query = address.api("api/forms/6/entries", [("query", value)]).partition("?")[2]
    assert query.count("&") == 1
    assert query.count("=") == 1
    assert not set(address.page(tag).partition("?")[2]) & set("&=?#/")


@pytest.mark.parametrize(
    ("url", "tag"),
    [
        ("https://wiki.example/?NuageFiche42", "NuageFiche42"),
        ("https://wiki.example/noe/?NuageFiche42&message=ajout_ok", "NuageFiche42"),
        ("https://wiki.example/NuageFiche42", "NuageFiche42"),
        ("https://wiki.example/?wiki=NuageFiche42", "NuageFiche42"),
        ("https://wiki.example/NuageFiche42?vue=consulter", "NuageFiche42"),
        ("https://wiki.example/?Caf%C3%A9", "Café"),
    ],
)
def test_the_tag_is_read_with_and_without_rewriting(url: str, tag: str) -> None:
    assert tag_in(url) == tag
