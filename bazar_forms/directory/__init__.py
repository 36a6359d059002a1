"""A directory of Bazar entries, in memory: facets, words, places and links between forms.

    directory = Directory.of((form, client.entries(form.id).entries))
    found = directory.search("vélo", {"Thématiques": "Mobilités"}, near=directory.town("Sète"))

Reference section 3. Nothing here reads a network, a file or a clock.
"""

from __future__ import annotations

from bazar_forms.directory.actor import Actor, Cause, FieldWords, Source, Unindexed
from bazar_forms.directory.catalogue import Order, Where
from bazar_forms.directory.directory import Directory
from bazar_forms.directory.facet import Facet, FacetKind, FacetUnknown
from bazar_forms.directory.facet_index import Count
from bazar_forms.directory.hit import Hit, Hits, LabelsMet, Near, Reason, Results, WordsMet
from bazar_forms.directory.links import Link, LinkState
from bazar_forms.directory.place import Box, distance

__all__ = [
    "Actor",
    "Box",
    "Cause",
    "Count",
    "Directory",
    "Facet",
    "FacetKind",
    "FacetUnknown",
    "FieldWords",
    "Hit",
    "Hits",
    "LabelsMet",
    "Link",
    "LinkState",
    "Near",
    "Order",
    "Reason",
    "Results",
    "Source",
    "Unindexed",
    "Where",
    "WordsMet",
    "distance",
]
