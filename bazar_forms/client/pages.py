"""The few facts we take from the wiki's HTML pages.

Regular expressions on single tags: the pages are built from templates, and what we look for are
attributes that the wiki's own scripts depend on. Sources: recordings 700, 702, 704; YesWiki's
tools/bazar/templates/entries/form.twig, tools/tags/handlers/page/edit__.php,
tools/security/templates/captcha-field.twig, templates/handlers/revisions.twig,
handlers/page/acls.php.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bazar_forms.client.decode import parse_json

_ANTISPAM = re.compile(r"<input\b[^>]*\bname=[\"']antispam[\"'][^>]*>", re.IGNORECASE)
_OF_PAGE_EDITOR = re.compile(r"\bclass=[\"'][^\"']*\bantispam\b", re.IGNORECASE)
_CAPTCHA = re.compile(r"<input\b[^>]*\bname=[\"']captcha(?:_hash)?[\"']", re.IGNORECASE)
_RECURRENCE = re.compile(r"name=[\"'][^\"']+_data\[isRecurrent\][\"']")
_REVISIONS = re.compile(r"\bdata-revisions=(?:\"([^\"]*)\"|'([^']*)')")
_BASE_URL = re.compile(r"\"baseUrl\":\"((?:[^\"\\]|\\.)*)\"")
_RIGHT = re.compile(
    r"<(?:textarea|input)\b[^>]*\bname=[\"'](read|write|comment)_acl[\"'][^>]*>([^<]*)",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\bvalue=(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(frozen=True, slots=True)
class EditPage:
    """What a page of the edit route shows.

    `entry_form` is the form of an entry, which is shown only to whoever may write it;
    `page_editor` the editor of a plain page, which an unknown tag gives to everybody; a page with
    neither is a refusal. `recurrence` is whether the form knows recurring events.
    """

    entry_form: bool
    page_editor: bool
    captcha: bool
    recurrence: bool


def read_edit_page(text: str) -> EditPage:
    """Reads the page of `?Tag/edit`, asked or shown again after a refused post."""
    marks = _ANTISPAM.findall(text)
    editor = [mark for mark in marks if _OF_PAGE_EDITOR.search(mark)]
    return EditPage(
        entry_form=len(marks) > len(editor),
        page_editor=bool(editor),
        captcha=_CAPTCHA.search(text) is not None,
        recurrence=_RECURRENCE.search(text) is not None,
    )


def read_revisions(text: str) -> object | None:
    """The JSON in `data-revisions` of `?Tag/revisions`; None where the page has none."""
    found = _REVISIONS.search(text)
    if found is None:
        return None
    try:
        return parse_json(html.unescape(found[1] or found[2] or ""))
    except ValueError:
        return None


def read_rights(text: str) -> Mapping[str, str]:
    """The rights in the form of `?Tag/acls`, by `read`, `write`, `comment`; empty if it is hidden.

    A right is the wiki's own text: one word a line, such as `*`, `+`, `%`, `@group`, `!name`.
    """
    rights: dict[str, str] = {}
    for found in _RIGHT.finditer(text):
        value = _VALUE.search(found[0]) if found[0].lower().startswith("<input") else None
        shown = (value[1] or value[2] or "") if value else found[2]
        rights[found[1].lower()] = html.unescape(shown).strip()
    return rights


def read_base_url(text: str) -> str:
    """The wiki's own base address, as its pages give it to their scripts; empty if unseen.

    It ends with `?` where addresses are not rewritten (source: YesWiki's page header).
    """
    found = _BASE_URL.search(text)
    return found[1].replace("\\/", "/") if found else ""
