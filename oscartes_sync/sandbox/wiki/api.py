"""The routes under `?api/…`.

Order of events as on the server: the path is matched first (404, 405), then the key is looked
at, then the right of the route (401), then the route runs. Read in the server's
includes/services/ApiService.php and the two ApiController.php.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from oscartes_sync.sandbox.wiki.api_entries import (
    all_entries,
    bazarlist,
    create_entry,
    create_semantic_entry,
    entry_by_source,
    every_form,
    form_entries,
    one_form,
)
from oscartes_sync.sandbox.wiki.api_pages import (
    archives,
    auth,
    comments,
    create_user,
    delete_page,
    delete_page_by_post,
    documentation,
    every_page,
    groups,
    one_page,
    one_user,
    post_comment,
    reactions,
    triples,
    users,
)
from oscartes_sync.sandbox.wiki.context import Call
from oscartes_sync.sandbox.wiki.core import WikiFailure
from oscartes_sync.sandbox.wiki.messages import Response, empty_response, json_response

RouteAnswer = Callable[[Call, Mapping[str, str]], Response]
_READ = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class ApiRoute:
    """A path, its methods and its right: `public`, `+` (login), `@admins`, or a key (None)."""

    pattern: re.Pattern[str]
    methods: frozenset[str] | None
    right: str | None
    answer: RouteAnswer


def _route(
    path: str, methods: frozenset[str] | None, right: str | None, answer: RouteAnswer
) -> ApiRoute:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    return ApiRoute(re.compile(f"^{pattern}$"), methods, right, answer)


_POST = frozenset({"POST"})
_DELETE = frozenset({"DELETE"})
_ROUTES = (
    _route("api", None, "public", documentation),
    _route("api/entries/bazarlist", _READ, "public", bazarlist),
    _route("api/forms/?", _READ, "public", every_form),
    _route("api/forms/{form}/?", _READ, "public", one_form),
    _route("api/forms/{form}/entries(?:/{output}(?:/{tags})?)?", _READ, "public", form_entries),
    _route("api/entries(?:/{output}(?:/{tags})?)?", _READ, "public", all_entries),
    _route("api/entries/{form}", _POST, None, create_entry),
    _route("api/entries/{form}/json-ld", _POST, None, create_semantic_entry),
    _route("api/entry/url/{url}", None, None, entry_by_source),
    _route("api/pages", None, "public", every_page),
    _route("api/pages/{tag}", _READ, "public", one_page),
    _route("api/pages/{tag}", _DELETE, "+", delete_page),
    _route("api/pages/{tag}/delete", _POST, "+", delete_page_by_post),
    _route("api/users", _READ, "public", users),
    _route("api/users", _POST, "@admins", create_user),
    _route("api/users/{name}", _READ, None, one_user),
    _route("api/groups", None, "public", groups),
    _route("api/triples", _READ, "+", triples),
    _route("api/triples/{resource}", _READ, "+", triples),
    _route("api/comments(?:/{tag})?", _READ, "public", comments),
    _route("api/comments", _POST, "+", post_comment),
    _route("api/reactions(?:/{tag})?", _READ, "public", reactions),
    _route("api/archives/?", _READ, "@admins", archives),
    _route("api/auth/{name}", None, None, auth),
)


def answer_api(call: Call, path: str) -> Response:
    """Answer an API call; the login of the call is renewed where a key was accepted."""
    candidates = [(route, found) for route in _ROUTES if (found := route.pattern.match(path))]
    if not candidates:
        return empty_response(404)
    for route, found in candidates:
        if route.methods is None or call.request.method in route.methods:
            return _run(
                call, route, {key: value for key, value in found.groupdict().items() if value}
            )
    return empty_response(405)


def _run(call: Call, route: ApiRoute, arguments: Mapping[str, str]) -> Response:
    named = call.parts.sessions.named_by_key(call.request)
    if named:
        call.login.log_in(named)
    if not _is_authorised(call, route, named):
        return empty_response(401)
    wrong = call.core.faults.wrong_body
    if wrong is not None and call.request.method in _READ:
        return Response(body=wrong.encode())
    try:
        answer = route.answer(call, arguments)
    except WikiFailure as failure:
        answer = json_response({"exceptionMessage": failure.text()}, 500)
    return _with_raw_output(call, answer)


def _is_authorised(call: Call, route: ApiRoute, named: str) -> bool:
    if route.right is None:
        return bool(named) or call.core.settings.public_key
    return route.right == "public" or call.core.matches(route.right, call.visitor)


def _with_raw_output(call: Call, answer: Response) -> Response:
    raw = "".join(call.printed) + call.core.faults.raw_output
    if raw and answer.json_value is not None:
        value = answer.json_value
        if isinstance(value, list):
            value = {str(index): one for index, one in enumerate(value)}
        answer.json_value = {"rawOutput": raw, **value}
    return answer
