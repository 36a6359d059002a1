"""What is told of a certificate that was refused."""

from __future__ import annotations

from ssl import SSLCertVerificationError

import pytest
import requests
from urllib3.exceptions import MaxRetryError, SSLError

from oscartes_sync.adapters.certificates import fault


def refused(code: int) -> requests.exceptions.SSLError:
    """As requests hands it on, three wrappings deep."""
    found = SSLCertVerificationError(1, "certificate verify failed")
    found.verify_code = code
    return requests.exceptions.SSLError(MaxRetryError(None, "/", SSLError(found)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (10, "certificate-expired"),
        (9, "certificate-expired"),
        (62, "certificate-of-another"),
        (64, "certificate-of-another"),
        (18, "certificate-unknown"),
        (20, "certificate-unknown"),
    ],
)
def test_the_fault_is_named(code: int, word: str) -> None:
    assert fault(refused(code)) == word


def test_another_failure_is_no_fault_of_the_certificate() -> None:
    assert fault(requests.exceptions.SSLError("EOF, /?Certificate")) == ""
    assert fault(requests.ConnectionError(MaxRetryError(None, "/", None))) == ""  # type: ignore[arg-type]
