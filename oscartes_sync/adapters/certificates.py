"""What is wrong with a certificate, told from the error that refused it."""

from __future__ import annotations

from ssl import SSLCertVerificationError
from typing import Final

_EXPIRED: Final = frozenset({9, 10})
_OTHER_NAME: Final = frozenset({62, 64})
"""OpenSSL's codes X509_V_ERR_…: not yet valid, expired; another host name, another address."""


def fault(failure: BaseException) -> str:
    """The word for it in a sentence's blank `reason`; "" where no certificate was refused."""
    error = _refusal(failure)
    if error is None:
        return ""
    code = getattr(error, "verify_code", 0)
    if code in _EXPIRED:
        return "certificate-expired"
    return "certificate-of-another" if code in _OTHER_NAME else "certificate-unknown"


def _refusal(failure: BaseException) -> SSLCertVerificationError | None:
    """The error of `ssl` wrapped in this one; requests and urllib3 keep it in `args`, `reason`."""
    if isinstance(failure, SSLCertVerificationError):
        return failure
    inner = [failure.__cause__, getattr(failure, "reason", None), *failure.args]
    wrapped = (_refusal(one) for one in inner if isinstance(one, BaseException))
    return next((one for one in wrapped if one is not None), None)
