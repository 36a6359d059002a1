"""The scenes of the directory and its address book, where who is not wanted there is in no card.

Members write their cards with clients of their own, of both versions of vCard.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from fault_scene import BOT, KEYS, Scene, made_of

from oscartes_sync.sandbox.cloud import CloudStandIn
from oscartes_sync.sandbox.wiki import WikiStandIn
from oscartes_sync.sandbox.wiki.templates import directory_template, line, list_name

BOOK, FORM = "annuaire", 5
_LOGO = "Rucher_imagebf_image_logo_20261102101500_20261102101500.png"
_OTHER_LOGO = "Grange_imagebf_image_logo_20261103101500_20261103101500.png"
_PIXELS = {
    _LOGO: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgaGgAAAGEAQFWjyAjAAAA"
    "AElFTkSuQmCC",
    _OTHER_LOGO: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4v5QBAARLAaU/Dnq2AAAA"
    "AElFTkSuQmCC",
}


def card(uid: str, name: str, *lines: str, version: str = "3.0") -> bytes:
    """A card as a member's own client writes it."""
    whole = (
        "BEGIN:VCARD",
        f"VERSION:{version}",
        "PRODID:-//Un autre client//FR",
        f"UID:{uid}@autre-client",
        f"FN:{name}",
        "N:;;;;",
        *lines,
        "END:VCARD",
        "",
    )
    return "\r\n".join(whole).encode()


def put(cloud: CloudStandIn, name: str, body: bytes) -> None:
    """A member puts a card into the address book."""
    with cloud.core.lock:
        cards = cloud.further.cards
        book = cards.store.find(BOT, BOOK) or cards.make(BOT, BOOK, "Annuaire")
        cards.writing.put(book, f"{name}.vcf", body)


def rewrite(cloud: CloudStandIn, name: str, before: str, after: str) -> None:
    """A member changes a card with their own client."""
    body = cloud.cards(BOT, BOOK)[f"{name}.vcf"].decode().replace("\r\n ", "")
    if before not in body:
        raise LookupError(f"{name} does not hold {before}")
    put(cloud, name, body.replace(before, after, 1).encode())


def delete(cloud: CloudStandIn, name: str) -> None:
    """A member deletes a card."""
    with cloud.core.lock:
        cards = cloud.further.cards
        book = cards.store.find(BOT, BOOK)
        if book is None:
            raise LookupError(BOOK)
        cards.writing.delete(book, f"{name}.vcf")


def add_actor(wiki: WikiStandIn, tag: str, title: str, **more: object) -> None:
    """A member adds an actor who agrees to be in the book."""
    properties = {
        "bf_titre": title,
        "bf_type_structure": "asso",
        "bf_mail": "prive@acteur.example",
        "bf_accord": "oui",
        **more,
    }
    wiki.add_entry(FORM, tag, properties, owner=KEYS.robot, user=KEYS.member)


def edit(wiki: WikiStandIn, tag: str, **changes: object) -> None:
    """A member edits an actor."""
    wiki.edit(tag, changes, user=KEYS.member)


def _not_required(text: str) -> str:
    cells = text.split("***")
    asked = cells[1] in ("bf_mail", list_name("4.5", "TypeDeStructure"))
    return "***".join((*cells[:8], "0", *cells[9:])) if asked else text


# A first run, which makes the address book and the state


def _agreeing(wiki: WikiStandIn, _cloud: CloudStandIn) -> None:
    """The directory as it is seeded, with a field for consent, and logos.

    What else it asks for may be left empty: no default then shows in an entry, nor in a card.
    """
    lines = directory_template(wiki.settings.version).split("\r\n")
    accord = line("texte", "bf_accord", "Accord de publication", subtype="text")
    free = [_not_required(each) for each in lines]
    wiki.add_form(FORM, "Annuaire des acteurs", "\r\n".join((*free, accord)))
    for name, pixels in _PIXELS.items():
        wiki.add_file(name, base64.b64decode(pixels))
    for tag in wiki.entries(FORM):
        edit(wiki, tag, bf_accord="oui")


def _a_few(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    _agreeing(wiki, cloud)
    for tag in ("CollectifVeloHurepoix", "EnergieDesCoteaux", "MediathequeDesSources"):
        wiki.remove(tag)
    edit(wiki, "LaGrangeAuxOutils", imagebf_image=_LOGO)
    edit(wiki, "LePanierDeLYvette", bf_accord="")


# A run of all kinds of operations


def _linked_from_the_wiki(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    _agreeing(wiki, cloud)
    edit(wiki, "EnergieDesCoteaux", imagebf_image=_LOGO, bf_telephone="01 60 00 00 44")
    edit(wiki, "LePanierDeLYvette", bf_telephone="01 60 00 00 33")
    add_actor(wiki, "Dispute", "Disputé", bf_telephone="01 60 00 01 01", bf_ville="Orsay")
    add_actor(wiki, "SansAccord", "Sans accord", bf_accord="")


def _linked_from_the_cloud(_wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    for name, title in (("efface", "À effacer"), ("retire", "À retirer")):
        put(cloud, name, card(name, title, f"EMAIL;TYPE=WORK:{name}@acteur.example"))


def _wiki_changes(wiki: WikiStandIn) -> None:
    place = {"bf_latitude": "48.6989", "bf_longitude": "2.1875"}
    spot = {"bf_ville": "Limours", "geolocation": place, **place}
    add_actor(wiki, "LeRucher", "Le Rucher", imagebf_image=_OTHER_LOGO, **spot)
    edit(wiki, "LaGrangeAuxOutils", bf_telephone="01 60 00 00 12", bf_mail_public="")
    edit(wiki, "EnergieDesCoteaux", imagebf_image=_OTHER_LOGO)
    # Who is withdrawn: without consent any more, or closed. Who is erased.
    edit(wiki, "LePanierDeLYvette", bf_accord="")
    wiki.set_acl("MediathequeDesSources", read="+")
    wiki.remove("CollectifVeloHurepoix")


def _cloud_changes(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    uri = "TEL;VALUE=uri;TYPE=cell:tel:+33-6-00-00-00-33"
    put(cloud, "nouveau", card("nouveau", "Un nouveau", uri, "KIND:org", version="4.0"))
    # Somebody typed into the cards of who is erased and of who is withdrawn.
    rewrite(cloud, "CollectifVeloHurepoix.noe", "END:VCARD", "TEL:06 00 00 00 66\r\nEND:VCARD")
    rewrite(cloud, "LePanierDeLYvette.noe", "END:VCARD", "TEL:06 00 00 00 77\r\nEND:VCARD")
    rewrite(cloud, "retire", "FN:", "CLASS:PRIVATE\r\nFN:")
    for title in ("À effacer", "À retirer"):
        wiki.set_owner(made_of(wiki, title, FORM), KEYS.robot)
    delete(cloud, "efface")


def _changes_on_both(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    """Different fields of one actor, the same field of another."""
    rewrite(cloud, "LaGrangeAuxOutils.noe", "NOTE:Répar", "NOTE:Atelier de répar")
    edit(wiki, "Dispute", bf_telephone="01 60 00 02 01")
    rewrite(cloud, "Dispute.noe", "01 60 00 01 01", "01 60 00 02 02")


def _all_changes(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    _cloud_changes(wiki, cloud)
    _wiki_changes(wiki)
    _changes_on_both(wiki, cloud)


_HEAD = f"""name = "annuaire"
kind = "contacts"
form = {FORM}
collection = "{BOOK}"
"""
_BOTH = """direction = "both"
consent = "bf_accord=oui"
title = "Annuaire du réseau"
max_delete = "100%"
share = [{ group = "gt-outils", access = "write" }]
defaults = { bf_accord = "oui" }
"""
_GONE = {
    "cloud": (
        "Hurepoix",
        "06 00 00 00 66",
        "Panier",
        "01 60 00 00 33",
        "06 00 00 00 77",
        "Sources",
        "Sans accord",
    ),
    "wiki": ("efface@acteur.example", "retire@acteur.example"),
}
DIRECTORY: Mapping[str, Scene] = {
    "contacts": Scene(
        (_linked_from_the_wiki, _linked_from_the_cloud, _all_changes),
        (_BOTH, _BOTH, _BOTH),
        gone=_GONE,
        head=_HEAD,
    ),
    # Its state is made as any other, which the scene "first" breaks.
    "book": Scene(
        (_a_few,), (_BOTH,), gone={"cloud": ("Panier",)}, head=_HEAD, requests_alone=True
    ),
}
