"""The four saved queries: the founding questions of the network, written down as values.

Directories differ from network to network in their lists, so a query names no property and no key
of a list. It names clues: notions, each with the words that tell of it and with a weight from 1
(it may be a sign) to 5 (it is what was asked for). `scoring` says what a clue is worth where it is
met. Whoever wants other answers changes these words, and runs the labelled set of
`tests/questions` again.

Words are written as people write them; case, accents and plurals do not count. What holds a blank
is a phrase: its words must stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from oscartes_sync.errors import UsageError


@dataclass(frozen=True, slots=True)
class Clue:
    """One notion: whoever meets any of its words meets it, once."""

    weight: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A saved query.

    `text` is the question as a person asks it, by language; `reach` what each public way to reach
    an actor (telephone, e-mail, site) adds to the score of one that is an answer anyway. `dates`
    is whether whoever asks it wants to know when to come.
    """

    name: str
    text: Mapping[str, str]
    clues: tuple[Clue, ...]
    reach: int = 0
    dates: bool = False


def _clue(weight: int, words: str) -> Clue:
    """A clue from words that are separated by commas."""
    return Clue(weight, tuple(word.strip() for word in words.split(",")))


PRODUCT: Final = Question(
    name="product",
    text=MappingProxyType(
        {
            "fr": "Où trouver un produit ou un service conforme à mon éthique\u202f?",
            "en": "Where do I find a product or service that meets my ethics?",
        }
    ),
    clues=(
        _clue(5, "commerce, commerçant, boutique, magasin, shop, point de vente"),
        _clue(5, "producteur, productrice, producer, maraîcher, maraîchère, ferme, éleveur"),
        _clue(5, "épicerie, grocery, boulangerie, boulanger, librairie, brasserie, fromagerie"),
        _clue(5, "artisan, artisane, artisanat, craft"),
        _clue(4, "entreprise, entreprises, scop, indépendant, company, business"),
        _clue(4, "coopérative, coop, cooperative, scic, biocoop"),
        _clue(4, "amap, circuit court, vente directe, panier"),
        _clue(4, "ressourcerie, recyclerie, friperie, occasion, seconde main"),
        _clue(3, "réparation, réparateur, réparer, repair, couture, cordonnerie"),
        _clue(3, "vente, vendre, achat, acheter, location, louer, prêt"),
        _clue(3, "restaurant, café, traiteur, cantine, hébergement, hébergeur, gîte"),
        _clue(3, "service, prestation, prestataire, services, livraison"),
        _clue(2, "produit, bio, biologique, local, équitable, vrac, artisanal"),
    ),
    reach=1,
)

POLICY: Final = Question(
    name="policy",
    text=MappingProxyType(
        {
            "fr": "Sur qui une politique publique locale peut-elle s’appuyer\u202f?",
            "en": "Whom can a local policy lean on?",
        }
    ),
    clues=(
        _clue(5, "collectivité, commune, mairie, municipalité, town hall, local authority"),
        _clue(5, "agglomération, communauté de communes, intercommunalité, département, région"),
        _clue(5, "service public, établissement public, parc naturel régional, syndicat mixte"),
        _clue(4, "expertise, expert, bureau d'études, conseil, consultant, ingénierie"),
        _clue(4, "réseau, fédération, pôle, network, tête de réseau"),
        _clue(4, "politique publique, concertation, conseil de développement, pcaet"),
        _clue(3, "médiathèque, bibliothèque, ccas, office de tourisme, maison de services"),
        _clue(3, "recherche, université, école, observatoire, laboratoire, diagnostic"),
        _clue(3, "accompagnement, accompagner, accompagne, animation territoriale, étude"),
        _clue(2, "formation, former, sensibilisation, éducation, médiation"),
        _clue(2, "partenariat, partenaire, convention, territoire, intérêt général"),
        _clue(1, "association, coopérative, scic, collectif"),
    ),
    reach=1,
)

PARTNER: Final = Question(
    name="partner",
    text=MappingProxyType(
        {
            "fr": "Qui pourrait être mon partenaire\u202f?",
            "en": "Who could be my partner?",
        }
    ),
    clues=(
        _clue(5, "association, asso, associatif"),
        _clue(5, "collectif, collective, groupe citoyen"),
        _clue(4, "coopérative, coop, scic, scop, cooperative"),
        _clue(4, "partenariat, partenaire, partenaires, partner, partnership"),
        _clue(4, "mutualisation, mutualiser, mutualise, coopération, coopérer, entraide"),
        _clue(4, "tiers lieu, réseau, fédération, network, lieu partagé"),
        _clue(3, "collaboration, collaborer, collaboratif, collectivement, projet commun"),
        _clue(2, "projet, communs, prêt de salle, mise à disposition, échange"),
        _clue(1, "collectivité, entreprise, structure, établissement"),
    ),
    reach=2,
)

JOIN: Final = Question(
    name="join",
    text=MappingProxyType(
        {
            "fr": "Comment m’engager\u202f?",
            "en": "How do I get involved?",
        }
    ),
    clues=(
        _clue(5, "bénévole, bénévolat, volunteer, volunteering, volontaire"),
        _clue(5, "adhérer, adhésion, adhérent, adhérente, membership"),
        _clue(5, "rejoindre, rejoignez, nous rejoindre, join us, s'engager, engagement"),
        _clue(4, "participer, participez, participatif, participative, citoyen, citoyenne"),
        _clue(4, "accueille du public, accueil du public, ouvert au public"),
        _clue(4, "ouvert à tous, ouvert à toutes, ouverte à toutes, ouverte à tous"),
        _clue(4, "atelier, chantier, stage, initiation, workshop"),
        _clue(3, "permanence, rencontre, réunion, soirée, sortie, animation, événement"),
        _clue(3, "association, asso, collectif, amap, jardin partagé"),
        _clue(2, "repair café, café, sociétaire, coopérateur, grainothèque, collecte"),
    ),
    reach=3,
    dates=True,
)

QUESTIONS: Final[Mapping[str, Question]] = MappingProxyType(
    {one.name: one for one in (PRODUCT, POLICY, PARTNER, JOIN)}
)
"""Name → query, in the order in which they are told."""

FAMILIES: Final[tuple[tuple[str, ...], ...]] = (
    ("réparation", "réparer", "réparateur", "répare", "autoréparation", "repair"),
    ("vélo", "vélos", "cyclable", "cycle", "cycliste", "bicyclette"),
    ("bénévole", "bénévolat"),
    ("adhérer", "adhésion", "adhérent"),
    ("compost", "compostage", "composteur"),
    ("jardin", "jardinage", "jardiner", "potager"),
    ("légume", "maraîchage", "maraîcher", "maraîchère"),
    ("énergie", "énergétique"),
    ("rénovation", "rénover", "rénove"),
    ("recyclage", "recycler", "recyclerie"),
    ("réemploi", "ressourcerie", "occasion"),
    ("biodiversité", "naturaliste"),
    ("numérique", "informatique", "ordinateur"),
    ("aliment", "alimentation", "alimentaire"),
    ("boulangerie", "boulanger", "pain"),
    ("mobilité", "mobile"),
    ("hébergement", "hébergeur", "héberger"),
    ("couture", "coudre"),
)
"""Words that stand for each other where one of them is asked for."""

_SILENT: Final = """
mon ma mes ton ta tes notre nos votre vos je tu nous vous on moi est sont suis peut puis pourrait
veux voudrais cherche chercher trouver trouve quel quelle quels quelles où comment quoi chez près
autour besoin faire ne pas plus quelqu'un quelque chose
the an of for in on at my our your and or to is are who where how find with near i we
"""

SILENT: Final = frozenset(_SILENT.split())
"""Words of a question that ask for nothing, beside those that `bazar_forms.directory` knows."""


def question_named(name: str) -> Question:
    """The saved query of this name.

    Raises:
        UsageError: `ask-unknown-question`.
    """
    if name not in QUESTIONS:
        raise UsageError("ask-unknown-question", name=name, known=", ".join(QUESTIONS))
    return QUESTIONS[name]
