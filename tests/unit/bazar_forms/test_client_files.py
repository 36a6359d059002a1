"""Stored files are public: no key goes with them, and a page is no file."""

from __future__ import annotations

import io
from typing import Any

import pytest

from bazar_forms.client import BazarClient, Download
from bazar_forms.errors import NotFound, UnexpectedAnswer, Unreachable

NAME = "Guide_fichierbf_document_Guide_d039t_1_1.pdf_"
STORED = {
    "Content-Type": "application/octet-stream",
    "ETag": '"205-66"',
    "Last-Modified": "Mon, 23 Nov 2026 20:27:34 GMT",
}


def test_a_file_is_written_to_its_target(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    """Recording 401."""
    fake_wiki.on("GET", f"files/{NAME}", reply(content=b"%PDF-1.4", headers=STORED))
    target = io.BytesIO()
    found = client.download(NAME, target)
    assert target.getvalue() == b"%PDF-1.4"
    assert found == Download(True, STORED["ETag"], STORED["Last-Modified"])
    assert "Authorization" not in fake_wiki.sent[0].headers


def test_a_file_of_which_nobody_tells_the_end_is_not_taken_for_whole(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    """Of an answer whose head was cut, nothing tells that its body is missing."""
    cut = reply(content=b"", headers={**STORED, "Content-Length": ""})
    fake_wiki.on("GET", f"files/{NAME}", cut)
    with pytest.raises(Unreachable):
        client.download(NAME, io.BytesIO())
    whole = reply(content=b"%PDF-1.4", headers=STORED)
    fake_wiki.on("GET", f"files/{NAME}", cut, whole)
    target = io.BytesIO()
    client.download(NAME, target)
    assert target.getvalue() == b"%PDF-1.4"


def test_a_file_that_did_not_change_is_not_sent_again(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    """Recording 403."""
    fake_wiki.on("GET", f"files/{NAME}", reply(304, headers=STORED))
    target = io.BytesIO()
    assert not client.download(NAME, target, '"205-66"').modified
    assert fake_wiki.sent[0].headers["If-None-Match"] == '"205-66"'
    assert target.getvalue() == b""


@pytest.mark.parametrize("name", ["", "../wakka.config.php", "a/b", "a\\b", ".htaccess"])
def test_what_is_no_stored_name_is_never_asked(
    client: BazarClient, fake_wiki: Any, name: str
) -> None:
    with pytest.raises(NotFound):
        client.download(name, io.BytesIO())
    assert fake_wiki.sent == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((404, "<html>Not Found</html>"), NotFound),
        ((200, "<html>Home</html>"), UnexpectedAnswer),
        ((500, None), UnexpectedAnswer),
    ],
)
def test_a_file_that_is_not_there_leaves_its_target_alone(
    client: BazarClient,
    fake_wiki: Any,
    reply: Any,
    answer: tuple[int, object],
    error: type[Exception],
) -> None:
    """Recording 406; a wiki that rewrites addresses answers a page instead."""
    fake_wiki.on("GET", "files/", reply(*answer))
    target = io.BytesIO()
    with pytest.raises(error):
        client.download(NAME, target)
    assert target.getvalue() == b""
