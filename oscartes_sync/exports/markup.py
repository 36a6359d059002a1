"""XML for the two kinds of feeds, the same bytes for the same content."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

LANGUAGE = "xml:lang"


def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A new element; empty attributes are left out. Prefixes are declared by the root."""
    kept = {key: value for key, value in attributes.items() if value}
    element = SubElement(parent, name, kept)
    element.text = text or None
    return element


def written(root: Element) -> bytes:
    """The document in UTF-8, one element a line; texts keep their own lines."""
    indent(root, " ")
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"
