"""XML that would read files, ask other servers or grow without end is refused before it does."""

from __future__ import annotations

import pytest

from oscartes_sync.adapters.nextcloud import dav_xml
from tests.fakes.fronts import listener
from tests.hostile.telling import bounded_memory

ROOT = "<d:multistatus xmlns:d='DAV:'>{}</d:multistatus>"
LAUGHS = '<!ENTITY a0 "ha ha ha ha">' + "".join(
    f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10)
)
LAUGHING = "<a b='&a9;'/>"
DOCUMENTS = {
    "internal entity": f"<!DOCTYPE x [<!ENTITY e 'boom'>]>{ROOT.format('&e;')}",
    "entity never used": f"<!DOCTYPE x [<!ENTITY e 'boom'>]>{ROOT.format('')}",
    "no entity at all": f"<!DOCTYPE x>{ROOT.format('')}",
    "laughs in text": f"<!DOCTYPE x [{LAUGHS}]>{ROOT.format('&a9;')}",
    "laughs in an attribute": f"<!DOCTYPE x [{LAUGHS}]>{ROOT.format(LAUGHING)}",
    "laughs by default": f"<!DOCTYPE x [{LAUGHS}<!ATTLIST a b CDATA '&a9;'>]>{ROOT.format('<a/>')}",
    "behind a comment": f"<?xml version='1.0'?><!-- <a> -->\n<!DOCTYPE x>{ROOT.format('')}",
    "behind instructions": f"{'<?a <b>?>' * 10_000}<!DOCTYPE x>{ROOT.format('')}",
    "entity of nobody": ROOT.format("&e;"),
    "figure of nothing": ROOT.format("&#0;"),
    "never a root": "<?a?>" * 100_000,
    "comment without end": "<!--" * 100_000,
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_document_with_a_type_or_entities_is_refused(name: str, encoding: str) -> None:
    with bounded_memory():
        for read in (dav_xml.parse, dav_xml.multistatus, dav_xml.failed):
            with pytest.raises(dav_xml.NotXml):
                read(DOCUMENTS[name].encode(encoding))


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE x SYSTEM '{url}'>",
        "<!DOCTYPE x PUBLIC '-//x//y' '{url}'>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM '{url}'>]>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM '{url}'>%p;]>",
    ],
)
def test_nobody_is_asked_for_what_a_document_refers_to(declared: str) -> None:
    with listener() as elsewhere:
        body = declared.format(url=f"{elsewhere.url}/x.dtd") + ROOT.format("&e;")
        with pytest.raises(dav_xml.NotXml):
            dav_xml.multistatus(body.encode())
        include = f"<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='{elsewhere.url}'/>"
        dav_xml.multistatus(ROOT.format(include).encode())
        assert elsewhere.heard == []


def test_a_file_of_this_machine_is_not_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("x") / "secret"
    secret.write_text("mot-de-passe", "utf-8")
    body = f"<!DOCTYPE x [<!ENTITY e SYSTEM '{secret.as_uri()}'>]>{ROOT.format('&e;')}"
    with pytest.raises(dav_xml.NotXml) as refused:
        dav_xml.multistatus(body.encode())
    assert "mot-de-passe" not in str(refused.value)


def test_what_looks_like_a_type_inside_of_a_text_is_a_text() -> None:
    inside = "<d:response><d:href>&lt;!DOCTYPE x&gt;</d:href></d:response>"
    found = dav_xml.multistatus(f"<?xml version='1.0'?><!-- a -->\n{ROOT.format(inside)}".encode())
    assert found.responses[0].href == "<!DOCTYPE x>"


def test_a_status_of_no_protocol_is_none() -> None:
    for status in ("HTTP/1.1 " + "9" * 5_000, "HTTP/1.1", "200", "HTTP/1.1 ² OK"):
        inside = f"<d:response><d:status>{status}</d:status></d:response>"
        assert dav_xml.multistatus(ROOT.format(inside).encode()).responses[0].status == 0
