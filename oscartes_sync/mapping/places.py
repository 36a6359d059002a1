"""A place: the wiki's parts joined into one text, and split back where they are recognised.

A text that was split joins to the same text again, so nothing is lost whichever way it went.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_POSTCODE_AND_TOWN = re.compile(r"(?:(?P<head>.*), )?(?P<postcode>\d{5})(?: (?P<town>[^,\n]+))?")
_STREET = re.compile(
    r"\d|(?:rue|avenue|av\.?|bd|boulevard|place|chemin|route|quai|impasse|allée|cours|square"
    r"|street|road|lane)\b",
    re.IGNORECASE,
)

_VENUE = re.compile(
    r"(?:salle|chez|maison|ferme|café|bar|parc|jardin|gymnase|école|collège|lycée|mairie|église"
    r"|médiathèque|bibliothèque|théâtre|cinéma|centre|espace|foyer|local|grange|halle|marché"
    r"|musée|château|gare|stade|tiers-lieu|atelier|visio|en ligne|online|room|house)\b",
    re.IGNORECASE,
)
"""What a venue begins with, and a town never does."""


def join_place(parts: Mapping[str, str]) -> str:
    """Place, address, then postcode and town: ", " between, a blank before the town."""
    city = " ".join(filter(None, (parts.get("postcode", ""), parts.get("town", ""))))
    return ", ".join(filter(None, (parts.get("place", ""), parts.get("address", ""), city)))


def split_place(
    text: str, known: Collection[str], current: Mapping[str, str]
) -> dict[str, str] | None:
    """The parts of `text`, one for each of `known`; None where they are not recognised.

    `known` are the parts the form has, `current` what they hold now.
    """
    text = text.strip()
    if not text:
        return dict.fromkeys(known, "")
    if len(known) == 1:
        return dict.fromkeys(known, text)
    held = [part for part in known if current.get(part)]
    if len(held) == 1 and _fits(held[0], text):
        return {part: text if part in held else "" for part in known}
    for head, city in _cities(text, known, current):
        for front in _fronts(head, known, current):
            found = {part: {**city, **front}.get(part, "") for part in known}
            bare = all(each == each.strip() for each in found.values())
            if bare and join_place(found) == text:
                return found
    return None


def _fits(part: str, text: str) -> bool:
    """Whether a text of one piece may replace the only part that is filled."""
    if ", " in text or _POSTCODE_AND_TOWN.fullmatch(text):
        return False
    if part == "postcode":
        return text.isdigit()
    return part != "town" or not (_STREET.search(text) or _VENUE.match(text))


def whole_place(text: str, known: Collection[str], current: Mapping[str, str]) -> dict[str, str]:
    """The whole text in the first part, the others as they are."""
    first = "place" if "place" in known else next(iter(known))
    return {part: text.strip() if part == first else current.get(part, "") for part in known}


def _cities(
    text: str, known: Collection[str], current: Mapping[str, str]
) -> list[tuple[str, dict[str, str]]]:
    """What may be the town at the end, the likeliest first, each with what stands before it."""
    found: list[tuple[str, dict[str, str]]] = []
    now = {part: current.get(part, "") for part in ("postcode", "town") if part in known}
    ending = join_place(now)
    if ending and (text == ending or text.endswith(f", {ending}")):
        found.append((text.removesuffix(ending).removesuffix(", "), now))
    match = _POSTCODE_AND_TOWN.fullmatch(text)
    if match and "postcode" in known and ("town" in known or not match["town"]):
        city = {"postcode": match["postcode"], "town": match["town"] or ""}
        found.append((match["head"] or "", city))
    front = {part: current.get(part, "") for part in ("place", "address")}
    if not any(now.values()) or text in (*front.values(), join_place(front)):
        # Of a text that is new, nobody knows whether the town it lacks still holds.
        found.append((text, {}))
    if "town" in known and "postcode" not in known and ", " in text:
        head, town = text.rsplit(", ", 1)
        if not re.search(r"\d", town):
            found.insert(0, (head, {"town": town}))
    return found


def _fronts(head: str, known: Collection[str], current: Mapping[str, str]) -> list[dict[str, str]]:
    """What place and address may be in the rest, the likeliest first."""
    if not head:
        return [{}]
    if "place" not in known or "address" not in known:
        return [{"place" if "place" in known else "address": head}]
    place, address = current.get("place", ""), current.get("address", "")
    found: list[dict[str, str]] = []
    if address and head.endswith(f", {address}"):
        found.append({"place": head.removesuffix(f", {address}"), "address": address})
    if place and head.startswith(f"{place}, "):
        found.append({"place": place, "address": head.removeprefix(f"{place}, ")})
    if head == address or (not place and address):
        found.append({"address": head})
    if head == place or (place and not address and ", " not in head):
        found.append({"place": head})
    segments = head.split(", ")
    if len(segments) == 2:
        found.append({"place": segments[0], "address": segments[1]})
    elif len(segments) == 1 and not (place and address):
        found.append({"address" if _STREET.match(head) else "place": head})
    return found
