"""Errors of bazar_forms as errors of ours: none of them leaves this package untranslated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bazar_forms import errors as bazar
from bazar_forms.client.transport import LONGEST_WAIT
from oscartes_sync import errors
from oscartes_sync.adapters import certificates

_KINDS: tuple[tuple[type[bazar.BazarError], type[errors.OscartesError], str], ...] = (
    (bazar.CertificateRefused, errors.Unreachable, "wiki-certificate"),
    (bazar.Unreachable, errors.Unreachable, "wiki-unreachable"),
    (bazar.DatabaseDown, errors.Unavailable, "wiki-database-down"),
    (bazar.Hibernated, errors.Unavailable, "wiki-hibernated"),
    (bazar.TooManyRequests, errors.Unavailable, "wiki-busy"),
    (bazar.WikiUnavailable, errors.Unavailable, "wiki-unavailable"),
    (bazar.NotAWiki, errors.Unexpected, "not-a-wiki"),
    (bazar.InsecureAddress, errors.ConfigurationError, "wiki-insecure"),
    (bazar.WikiFailed, errors.Unexpected, "wiki-failed"),
    (bazar.UnexpectedAnswer, errors.Unexpected, "wiki-answer-unexpected"),
    (bazar.KeyRefused, errors.CredentialsRefused, "wiki-key-refused"),
    (bazar.CaptchaInTheWay, errors.Forbidden, "wiki-captcha"),
    (bazar.SessionLost, errors.NotKept, "wiki-session-lost"),
    (bazar.Forbidden, errors.Forbidden, "wiki-forbidden"),
    (bazar.AccessRefused, errors.Forbidden, "wiki-forbidden"),
    (bazar.NotFound, errors.Missing, "wiki-missing"),
    (bazar.TagTaken, errors.Taken, "tag-taken"),
    (bazar.TitleRefused, errors.Invalid, "title-refused"),
    (bazar.EditRefused, errors.Invalid, "edit-refused"),
    (bazar.UploadRefused, errors.Invalid, "upload-refused"),
    (bazar.WriteRefused, errors.Invalid, "write-refused"),
    (bazar.WriteNotKept, errors.NotKept, "not-kept"),
    (bazar.WriteDoubtful, errors.OutcomeUnknown, "wiki-outcome-unknown"),
    (bazar.FormMalformed, errors.Unexpected, "form-unreadable"),
    (bazar.FieldMalformed, errors.Invalid, "value-not-storable"),
    (bazar.Malformed, errors.Unexpected, "wiki-answer-malformed"),
    (bazar.BazarError, errors.Unexpected, "wiki-answer-unexpected"),
)
"""The first kind that fits counts, so the narrower ones come first."""


def translate(error: bazar.BazarError, wiki: str, **params: str) -> errors.OscartesError:
    """The same, said in our words; `params` tell what it is about (tag, form)."""
    found = dict(params, wiki=wiki)
    if isinstance(error, bazar.Forbidden) and error.owner:
        found["owner"] = error.owner
    if isinstance(error, bazar.WriteNotKept):
        found["properties"] = ", ".join(error.properties)
    if isinstance(error, bazar.CertificateRefused):
        found["reason"] = certificates.fault(error)
    kind, code = next((kind, code) for one, kind, code in _KINDS if isinstance(error, one))
    if isinstance(error, bazar.TooManyRequests) and (error.retry_after or 0) <= LONGEST_WAIT:
        kind = errors.Overloaded
    return kind(code, **found)


@contextmanager
def translated(wiki: str, **params: str) -> Iterator[None]:
    """Translate what leaves this block.

    Raises:
        OscartesError: in place of any BazarError.
    """
    try:
        yield
    except bazar.BazarError as error:
        raise translate(error, wiki, **params) from error
