"""Ugly entries: what a wiki gives that people, programs and their enemies wrote into it.

`VALUES` are values that may stand in any property, `TEXTS` long texts of markup, `ENTRIES` whole
rows of `api/forms/{form}/entries`, by the key they stand under.
"""

from __future__ import annotations

from typing import Any, Final

LONG: Final = 10 * 1024 * 1024
RECURRENCE: Final = "bf_date_fin_evenement_data"

VALUES: Final[dict[str, Any]] = {
    "nothing": None,
    "true": True,
    "false": False,
    "nought": 0,
    "number": 42,
    "negative": -1,
    "fraction": 1.5,
    "infinite": float("inf"),
    "no number": float("nan"),
    "huge": 10**400,
    "empty": "",
    "blanks": " \t\n\u00a0",
    "text": "n'importe quoi",
    "list": ["a", 1, None, {"b": []}],
    "empty list": [],
    "object": {"a": {"b": ["c"]}, "0": 1},
    "empty object": {},
    "nested": [[[[[[[["x"]]]]]]]],
    "zero date": "0000-00-00",
    "zero time": "0000-00-00T00:00:00+00:00",
    "30 February": "2027-02-30",
    "month 13": "2027-13-01",
    "hour 25": "2027-03-02T25:00:00+01:00",
    "year 1": "0001-01-01",
    "year 1 in the east": "0001-01-01T00:00:00+14:00",
    "year 9999": "9999-12-31",
    "year 9999 in the west": "9999-12-31T23:59:59-12:00",
    "year 10000": "10000-01-01",
    "timestamp": 1_800_000_000,
    "timestamp as text": "1800000000",
    "date of words": "demain à 8 h",
    "date with more": "2027-03-02; DROP TABLE",
    "offset of a week": "2027-03-02T10:00:00+99:99",
    "date in other figures": "２０２７-０３-０２",
    "controls": "a\x00b\x07c\x1b[31m\x7f\x9f",
    "half a character": "\ud800",
    "lines": "un\r\ndeux\rtrois\n\n\nquatre\u2028cinq",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "at": "@SUM(1)",
    "script": "<script>alert(1)</script>",
    "handler": "<img src=x onerror=alert(1)>",
    "tags alone": "<b></b><br>",
    "entities of entities": "&amp;amp;lt;b&amp;gt;",
    "entities of nothing": "&#0;&#x110000;&#xd800;&nbsp&bogus;",
    "script address": "javascript:alert(1)",
    "inline image": "data:image/png;base64,QUJD",
    "calendar": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "wiki actions": '{{include page="X"}} ""<b>"" [[x]] %%y%% {# z #}',
    "path": "../../wakka.config.php",
    "commas": ",,,a,,b,",
    "unknown keys": "zzz,yyy",
    "marker of ours": "— Ajouté par OSCARTES, ne pas modifier —\n\n" * 10,
    "long": "mot " * (LONG // 4),
    "long word": "x" * LONG,
}

_ATTRIBUTE: Final = "x" * 1_000_000

TEXTS: Final[dict[str, str]] = {
    "nested": "<div>" * 30_000 + "fond" + "</div>" * 30_000,
    "nested, never closed": "<b>" * 30_000 + "fond",
    "nested lists": "<ul><li>" * 15_000,
    "nested links": '<a href="https://x.example/">' * 15_000 + "là",
    "nested tables": "<table><tr><td>" * 5_000,
    "closed only": "</div>" * 30_000,
    "attribute of 1 MB": f'<p title="{_ATTRIBUTE}">Ah</p>',
    "attributes by the thousand": f"<p {' '.join(f'a{n}=1' for n in range(20_000))}>Ah</p>",
    "quote never closed": f'<a href="{_ATTRIBUTE}',
    "tag never closed": "<p" * 30_000,
    "comment never closed": f"Ah<!-- {'x' * 1_000_000}",
    "comments": "<!--" * 30_000,
    "cdata": f"<![CDATA[{'<script>' * 1_000}]]>Ah",
    "processing": "<?php system('id'); ?>Ah",
    "doctype of entities": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><p>&b;</p>',
    "script": "<p>Ah</p><script>alert(1)</script>",
    "script never closed": "<p>Ah</p><script>alert(1)",
    "script in capitals": "<ScRiPt SrC=//x.example/x.js></ScRiPt>Ah",
    "script in a script": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "style": "<style>*{background:url(javascript:x)}</style>Ah",
    "handlers": "<p onclick=\"x()\" ONLOAD=x() onmouseover='x()'>Ah</p>",
    "handler without a blank": '<img/src="x"/onerror=x()>Ah',
    "script address": '<a href="javascript:x()">Ah</a>',
    "script address in disguise": (
        '<a href=" java\tscript&#58;x()">Ah</a><a href="JaVaScRiPt:x">B</a>'
    ),
    "data image": '<img src="data:image/svg+xml;base64,PHN2Zz4=">Ah',
    "vector image": "<svg onload=x()><script>x()</script></svg>Ah",
    "formula": "<math><mtext><style><img src=x onerror=x()></style></mtext></math>Ah",
    "frame": '<iframe src="https://x.example/" srcdoc="<script>x()</script>"></iframe>Ah',
    "form": '<form action="https://x.example/"><input name=a><button>Va</button></form>',
    "base and meta": '<base href="//x.example/"><meta http-equiv=refresh content="0;url=x">Ah',
    "style that draws": '<p style="background:url(javascript:x());position:fixed">Ah</p>',
    "template": "<template><script>x()</script></template><noscript><p>Ah</noscript>",
    "title that ends": "</title></textarea></style><script>x()</script>Ah",
    "controls": "<p>\x00A\x0bh\x1f</p>",
    "halves of characters": "<p>\ud83d</p>",
    "entities": "&lt;script&gt;x()&lt;/script&gt; &#60;b&#62; &amp;lt;",
    "table": "<table><tr><td>a<td>b<tr><th>c</table>",
    "no end of breaks": "<br>" * 30_000,
    "no end of blanks": "&nbsp;" * 60_000,
    "marks of the wiki": '""' * 15_000 + "{{" * 15_000 + "[[" * 15_000 + "%%" * 15_001,
    "openings of links": "[a](" * 15_000 + "![" * 15_000,
    "stars": "**//__##@@" * 20_000,
    "10 MB": "mot " * (LONG // 4),
    "10 MB of one word": "x" * LONG,
    "10 MB of less-than": "<" * LONG,
    "10 MB of ampersands": "&" * LONG,
    "10 MB of paragraphs": "<p>a</p>" * (LONG // 8),
}

_GOOD: Final = {
    "id_typeannonce": "6",
    "bf_titre": "Café",
    "bf_date_debut_evenement": "2027-03-02",
    "bf_date_fin_evenement": "2027-03-03",
    "date_maj_fiche": "2026-11-01 10:00:00",
}
_STRUCTURE: Final = {
    "isRecurrent": "1",
    "repetition": "w",
    "step": "1",
    "nbmax": "3",
    "limitdate": "",
    "days": ["tue"],
    "except": [],
}


def row(tag: str, **more: Any) -> dict[str, Any]:
    """One entry as the API gives it."""
    return {"id_fiche": tag, **_GOOD, **more}


def _deep(levels: int) -> Any:
    """Lists in lists."""
    found: Any = "x"
    for _ in range(levels):
        found = [found]
    return found


def recurring(tag: str, **more: Any) -> dict[str, Any]:
    """A parent with a structure of which something is odd."""
    return row(tag, **{RECURRENCE: {**_STRUCTURE, **more}})


def repetition(tag: str, parent: object) -> dict[str, Any]:
    """A repetition of another entry."""
    return row(tag, **{RECURRENCE: f'{{"recurrentParentId":"{parent}"}}'})


TAGS: Final = (
    "__construct", "this", "latest", "__proto__", "constructor", "null", "0", "-1", "1e3", "true",
    "rawOutput2", "avec blanc", "a/b", "../x", "100%", "%2e%2e", "a?b", "a#b", 'a"b', "a'b", "a<b>",
    "a&b=c", "a;b", "a,b", "a:b", "a\\b", "é", "🎉", "\u202eabc", "a\nb", "a\x00b", "a\tb", " a ",
    "T" * 255, "T" * 10_000, "BEGIN:VCALENDAR", "a@b", "a.noe@oscartes", ".", "..", "~", "$this",
)  # fmt: skip
"""Names of entries, of which the wiki itself would make few."""

ENTRIES: Final[dict[str, Any]] = {
    **{tag: row(tag) for tag in TAGS},
    "EmptyTag": row(""),
    "OtherTag": row("NotItsOwnTag"),
    "NumberForTag": row("x", id_fiche=42),
    "ListForTag": row("x", id_fiche=["x"]),
    "NoTag": dict(_GOOD),
    "NoForm": row("NoForm", id_typeannonce=None),
    "OtherForm": row("OtherForm", id_typeannonce="7"),
    "ListForForm": row("ListForForm", id_typeannonce=["6"]),
    "NoEntry": "not an entry",
    "NullEntry": None,
    "ListEntry": ["a", "b"],
    "NumberEntry": 7,
    "EmptyEntry": {},
    "EmptyListEntry": [],
    "rawOutput": "<b>Warning</b>: Undefined array key",
    "7": row("7"),
    "NoTitle": row("NoTitle", bf_titre=""),
    "TitleOfTags": row("TitleOfTags", bf_titre="<b></b><i> </i>"),
    "TitleOfEntities": row("TitleOfEntities", bf_titre="&nbsp;&#8203;"),
    "TitleOf100Kb": row("TitleOf100Kb", bf_titre="Long " * 20_000),
    "NoDates": row("NoDates", bf_date_debut_evenement="", bf_date_fin_evenement=""),
    "EndFirst": row("EndFirst", bf_date_fin_evenement="2027-03-01"),
    "DayAndTime": row("DayAndTime", bf_date_fin_evenement="2027-03-03T10:00:00+01:00"),
    "TimeAndDay": row("TimeAndDay", bf_date_debut_evenement="2027-03-02T10:00:00+01:00"),
    "TimeToTheLastDay": row(
        "TimeToTheLastDay",
        bf_date_debut_evenement="2027-03-02T10:00:00+01:00",
        bf_date_fin_evenement="9999-12-31",
    ),
    "LastDay": row(
        "LastDay", bf_date_debut_evenement="9999-12-31", bf_date_fin_evenement="9999-12-31"
    ),
    "FirstDay": row(
        "FirstDay", bf_date_debut_evenement="0001-01-01", bf_date_fin_evenement="0001-01-01"
    ),
    "AgesLong": row(
        "AgesLong", bf_date_debut_evenement="1000-01-01", bf_date_fin_evenement="9000-12-31"
    ),
    "PlaceOffEarth": row("PlaceOffEarth", bf_latitude="91", bf_longitude="181"),
    "PlaceNowhere": row("PlaceNowhere", bf_latitude="NaN", bf_longitude="NaN"),
    "PlaceInfinite": row("PlaceInfinite", bf_latitude="1e400", bf_longitude="-1e400"),
    "PlaceOfWords": row("PlaceOfWords", geolocation={"bf_latitude": "ici", "bf_longitude": []}),
    "PlaceOfList": row("PlaceOfList", geolocation=["48.7", "2.2"]),
    "PlaceOld": row("PlaceOld", carte_google="48.7|2.2|9|x"),
    "PlaceOldOdd": row("PlaceOldOdd", carte_google="|||||"),
    "RecursHuge": recurring("RecursHuge", nbmax="99999999", repetition="d"),
    "RecursNever": recurring("RecursNever", nbmax="0"),
    "RecursStill": recurring("RecursStill", step="0"),
    "RecursBack": recurring("RecursBack", step="-1"),
    "RecursFar": recurring(
        "RecursFar", step="999999999", repetition="y", whenInMonth="nthOfMonth", nth="31"
    ),
    "RecursInfinite": recurring("RecursInfinite", step=float("inf"), nbmax=float("nan")),
    "RecursHugeNumber": recurring("RecursHugeNumber", step=10**400, nbmax=10**400),
    "RecursSomehow": recurring("RecursSomehow", repetition="sometimes"),
    "RecursMonthly": recurring("RecursMonthly", repetition="m"),
    "RecursOn32": recurring("RecursOn32", repetition="m", whenInMonth="nthOfMonth", nth="32"),
    "RecursExcept": recurring("RecursExcept", **{"except": ["x", 1, None, [], "2027-02-30"]}),
    "RecursExceptText": recurring("RecursExceptText", **{"except": "2027-03-09"}),
    "RecursDays": recurring("RecursDays", days={"a": ["b"], "0": 7}),
    "RecursLimit": recurring("RecursLimit", limitdate="never"),
    "RecursLimitList": recurring("RecursLimitList", limitdate=["2027-01-01"]),
    "RecursPastLimit": recurring("RecursPastLimit", limitdate="0001-01-01"),
    "RecursText": row("RecursText", **{RECURRENCE: "{not json"}),
    "RecursDeep": row("RecursDeep", **{RECURRENCE: "[" * 100_000}),
    "RecursNumber": row("RecursNumber", **{RECURRENCE: 5}),
    "RecursList": row("RecursList", **{RECURRENCE: [1, 2]}),
    "OwnParent": repetition("OwnParent", "OwnParent"),
    "LoopA": repetition("LoopA", "LoopB"),
    "LoopB": repetition("LoopB", "LoopA"),
    "Orphan": repetition("Orphan", "NobodyAtAll"),
    "OrphanOfList": row("OrphanOfList", **{RECURRENCE: '{"recurrentParentId":["x"]}'}),
    "ChildOfChild": repetition("ChildOfChild", "Orphan"),
    "RecursHuge20270309": repetition("RecursHuge20270309", "RecursHuge"),
    "RecursDays20279999": repetition("RecursDays20279999", "RecursDays"),
    "LinkOfScript": row("LinkOfScript", bf_site_internet=" java\tscript:alert(1)"),
    "LinkOfEntities": row("LinkOfEntities", bf_site_internet="java&#115;cript&colon;alert(1)"),
    "LinkOfData": row("LinkOfData", bf_site_internet="DATA:text/html,<script>alert(1)</script>"),
    "TitleOfFormula": row("TitleOfFormula", bf_titre="=HYPERLINK(&quot;http://x.example&quot;)"),
    "Deep": row("Deep", bf_description=_deep(400), bf_lieu=_deep(100)),
    "TwiceTheLimit": row(
        "TwiceTheLimit", bf_description="x" * (LONG // 2), bf_lieu="y" * (LONG // 2)
    ),
    "KeysOfNumbers": row("KeysOfNumbers", **{"0": "a", "1": ["b"], "": "c"}),
    "KeysOfPhp": row("KeysOfPhp", __construct="a", this="b", latest="Y", rawOutput="c"),
    "KeysByTheThousand": row("KeysByTheThousand", **{f"k{n}": "v" for n in range(20_000)}),
}  # fmt: skip
