"""GeoJSON (RFC 7946)."""

from __future__ import annotations

from oscartes_sync.exports.plain import Json, as_json, encoded, when
from oscartes_sync.exports.view import Publication, Row


def render(publication: Publication) -> bytes:
    """A FeatureCollection; title, licence and source are foreign members of it (6.1).

    An entry without a position is a Feature whose geometry is null (3.2): left out, it would look
    erased. No `crs` and no `bbox`: the one is gone from the standard, the other follows.
    """
    view = publication.view
    return encoded(
        {
            "type": "FeatureCollection",
            "title": publication.title,
            "license": view.licence.url,
            "source": publication.source,
            "features": [_feature(row, publication) for row in publication.rows],
        }
    )


def _feature(row: Row, publication: Publication) -> Json:
    here = row.record.position
    # Longitude first, as numbers (3.1.1).
    point = {"type": "Point", "coordinates": [here.longitude, here.latitude]} if here else None
    return {
        "type": "Feature",
        "id": row.uid,
        "geometry": point,
        "properties": _properties(row, publication),
    }


def _properties(row: Row, publication: Publication) -> Json:
    names = [name for name in publication.fields if name != "position"]
    return {
        "id_fiche": row.tag,
        **{name: as_json(getattr(row.record, name)) for name in names},
        "url": row.record.page,
        "updated": when(row.updated),
    }
