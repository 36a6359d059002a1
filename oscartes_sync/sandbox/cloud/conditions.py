"""Conditional requests, as Sabre decides them (recordings 020, 021)."""

from __future__ import annotations

from oscartes_sync.sandbox.cloud.messages import Reply, Request, precondition_failed

NO_MATCH = "An If-Match header was specified, but none of the specified ETags matched."
ABSENT = "An If-Match header was specified and the resource did not exist"
MATCHED = "An If-None-Match header was specified, but the ETag matched (or * was specified)."


def check_conditions(request: Request, etag: str | None) -> Reply | None:
    """Compare with the ETag of what is there (None: nothing is).

    Tags are compared as text: unquoted and weak ones never match. Returns the 304 of a GET.
    Raises Refusal 412, with the current ETag for If-Match alone.
    """
    wanted = request.headers.get("if-match")
    if wanted is not None:
        if etag is None:
            raise precondition_failed(ABSENT, "If-Match", None)
        if wanted != "*" and etag not in _tags(wanted):
            raise precondition_failed(NO_MATCH, "If-Match", etag)
    unwanted = request.headers.get("if-none-match")
    if unwanted is not None and etag is not None and (unwanted == "*" or etag in _tags(unwanted)):
        if request.method == "GET":
            return Reply(304, headers=[("ETag", etag)])
        raise precondition_failed(MATCHED, "If-None-Match", None)
    return None


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")]
