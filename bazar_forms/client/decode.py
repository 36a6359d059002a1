"""From an HTTP answer to JSON, or to the error that it stands for.

A YesWiki says most of its failures with status 200 and a page, and says 500 for mistakes of ours;
here is what each of them means. Messages never repeat the server's own words: they hold paths,
SQL and what members typed. Sources: reference sections 2, 4 and 8; recordings 310-314, 410-414,
515-517, 530; YesWiki's lang/*.php and tools/security/lang/*.php for the sentences.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping

from bazar_forms.client.answer import Answer
from bazar_forms.errors import (
    DatabaseDown,
    Forbidden,
    Hibernated,
    KeyRefused,
    NotAWiki,
    NotFound,
    UnexpectedAnswer,
    WikiFailed,
    WikiUnavailable,
)

RAW_OUTPUT = "rawOutput"
"""The key under which PHP's stray output stands beside the keys of an answer."""

_HIBERNATION = re.compile(
    r"ce wiki est en lecture seule|this wiki is read alone|este wiki es leído solo"
    r"|aquest wiki es llegeix sol|deze wiki alleen leest|esta wiki é lida sozinho|ce wiki est என்",
    re.IGNORECASE,
)
_DATABASE = re.compile(
    r"bases? de (?:donn|datos|dades|dados)|database|(?:temporairement|temporally|temporalmente"
    r"|temporalment|tijdelijk|temporariamente) (?:in|un|onb)",
    re.IGNORECASE,
)
_WHOLE_PAGE = re.compile(r"<(?:html|body|head)\b", re.IGNORECASE)
_MAINTENANCE = re.compile(r"<title>[^<]*maintenance[^<]*</title>", re.IGNORECASE)
_SHORT = 2000
_DEEPEST = 512
"""What PHP's json_encode and json_decode go down to."""

_KEY_STATUSES = frozenset({200, 201, 401, 403, 404})


def says_hibernation(text: str) -> bool:
    """Whether a text holds the wiki's sentence about hibernation, in any of its languages."""
    return _HIBERNATION.search(html.unescape(text)) is not None


def refuse_outage(answer: Answer) -> None:
    """Raises DatabaseDown or WikiUnavailable where a page stands in place of any answer."""
    if answer.is_json or not answer.body or answer.status != 200:
        return
    text = answer.text
    if len(answer.body) <= _SHORT and not _WHOLE_PAGE.search(text):
        if _DATABASE.search(html.unescape(text)):
            raise DatabaseDown(f"The wiki has lost its database: {answer.route}.")
    elif _MAINTENANCE.search(text[:_SHORT]):
        raise WikiUnavailable(f"The wiki shows a maintenance page: {answer.route}.")


def api_json(answer: Answer, *, keyed: bool) -> object:
    """The JSON of an answer of the API; None where the body is empty.

    Whatever the status: what 401, 403, 404 and 500 mean is for the caller to say. With `keyed`
    the answer must show that the key was accepted, since a wrong one is served as anonymous.
    Raises DatabaseDown, WikiUnavailable, NotAWiki, UnexpectedAnswer, KeyRefused.
    """
    if 300 <= answer.status < 400 and answer.status != 304:
        raise UnexpectedAnswer(
            f"The wiki sends us elsewhere: {answer.route}.",
            "Give the address that the browser shows before the question mark.",
        )
    refuse_outage(answer)
    if answer.body and not answer.is_json:
        raise _page_for_json(answer)
    if keyed and answer.status in _KEY_STATUSES and not answer.user:
        raise KeyRefused("The wiki does not accept the API key.")
    if not answer.body:
        return None
    try:
        return parse_json(answer.body)
    except ValueError as broken:
        raise UnexpectedAnswer(f"The wiki's answer is no whole JSON: {answer.route}.") from broken


def parse_json(text: bytes | str) -> object:
    """JSON no deeper than PHP writes it, so that whoever gets it may go down into it.

    Raises ValueError for anything else.
    """
    try:
        content: object = json.loads(text)
    except RecursionError as deep:
        raise ValueError("nested too deeply") from deep
    level = [content]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return content
    raise ValueError("nested too deeply")


def read_json(answer: Answer, *, keyed: bool, what: str) -> object:
    """The JSON of a reading that must succeed; `what` names it, as in `form 6`.

    Raises what `api_json` does, NotFound, Forbidden, and UnexpectedAnswer for any other status.
    """
    content = api_json(answer, keyed=keyed)
    if answer.status == 200 and content is not None:
        return content
    if answer.status == 404:
        raise NotFound(f"The wiki has no {what}.")
    if answer.status in (401, 403):
        raise Forbidden(f"The wiki does not let us read {what}.")
    if "regex" in server_failure(content)[0].lower():
        raise UnexpectedAnswer(
            f"The wiki cannot read the query for the {what}.",
            "Escape what has a meaning in regular expressions.",
        )
    if answer.status == 500 and server_failure(content)[0]:
        raise WikiFailed(f"The wiki failed at giving the {what}.")
    raise unexpected(answer)


def unexpected(answer: Answer) -> UnexpectedAnswer:
    """The error for a status that nothing explains."""
    return UnexpectedAnswer(f"The wiki answered {answer.status}: {answer.route}.")


def server_failure(content: object) -> tuple[str, str]:
    """The sentence and the stack trace of a 500, both unescaped, to look into; never to show."""
    if not isinstance(content, Mapping):
        return "", ""
    said = content.get("exceptionMessage") or content.get("error") or ""
    sentence, _, trace = html.unescape(str(said)).partition("\n")
    return sentence, trace


def refuse_hibernation(answer: Answer, content: object) -> None:
    """Raises Hibernated where a 500 says so."""
    sentence, _ = server_failure(content)
    if answer.status >= 500 and says_hibernation(sentence):
        raise Hibernated("The wiki is in hibernation and takes no writes.")


def printed_beside(content: object) -> bool:
    """Whether PHP printed something beside the keys of an answer (recordings 179, 410)."""
    return isinstance(content, Mapping) and isinstance(content.get(RAW_OUTPUT), str)


def _page_for_json(answer: Answer) -> UnexpectedAnswer | NotAWiki:
    if answer.status in (200, 404):
        if "wiki" not in answer.text.lower() and "<" in answer.text:
            return NotAWiki(f"The address does not answer as a YesWiki: {answer.route}.")
        return UnexpectedAnswer(f"The wiki answered a page where JSON is due: {answer.route}.")
    return UnexpectedAnswer(f"The web server answered {answer.status} and a page: {answer.route}.")
