"""The founding questions: who answers, in which order, why, and what a silent wiki changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from bazar_forms import Entry, Form
from bazar_forms.client import Listing
from bazar_forms.errors import DatabaseDown, EntryMalformed
from oscartes_sync.adapters.yeswiki.actors import YesWikiActors
from oscartes_sync.errors import Unavailable, Unreachable, UsageError
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports.actors import ActorForms
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.asking.answer import Answers, Asked, Kind, Reason
from oscartes_sync.usecases.asking.ask import ask
from oscartes_sync.usecases.asking.questions import (
    FAMILIES,
    JOIN,
    PARTNER,
    PRODUCT,
    QUESTIONS,
    Question,
    question_named,
)
from oscartes_sync.usecases.asking.scoring import asked_words
from oscartes_sync.usecases.report import Exit
from tests.fakes.things import FakeClock
from tests.questions.region import actor_form, entry, form, region


class Village:
    """A wiki with a few actors, or one that raises; remembers what it was asked with."""

    def __init__(
        self,
        *entries: Entry,
        wiki: str = "noe",
        error: Exception | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        self.entries = entries
        self.wiki = wiki
        self.error = error
        self.problems = tuple(problems)
        self.asked: list[Sequence[Binding]] = []

    def read(self, bindings: Sequence[Binding]) -> ActorForms:
        self.asked.append(bindings)
        if self.error is not None:
            raise self.error
        forms = (actor_form(self.wiki, self.entries),) if self.entries else ()
        return ActorForms(forms=forms, problems=self.problems)


def actor(tag: str, **values: object) -> Entry:
    return entry({"tag": tag, "title": tag, **values})


def answers_to(
    question: Question,
    *villages: Village,
    words: str = "",
    near: str = "",
    within: float | None = None,
    limit: int = 10,
    licences: Mapping[tuple[str, str], str] | None = None,
) -> Answers:
    asked = Asked(question=question, words=words, near=near, within=within, limit=limit)
    return ask(
        asked,
        {each.wiki: each for each in villages},
        (),
        licences or {},
        clock=FakeClock(),
    )


def tags(answers: Answers) -> list[str]:
    return [each.entry for each in answers.answers]


# The saved queries


def test_there_are_four_questions_in_two_languages_with_words_that_say_something() -> None:
    assert list(QUESTIONS) == ["product", "policy", "partner", "join"]
    for name, question in QUESTIONS.items():
        assert question.name == name
        assert set(question.text) == {"fr", "en"}
        words = [word for clue in question.clues for word in clue.words]
        assert all(asked_words(word) for word in words)
        assert all(1 <= clue.weight <= 5 for clue in question.clues)


def test_no_word_is_told_twice_in_one_question_nor_in_two_families() -> None:
    for question in QUESTIONS.values():
        for clue in question.clues:
            assert len(set(clue.words)) == len(clue.words)
    words = [word for family in FAMILIES for word in family]
    assert len(set(words)) == len(words)


def test_another_question_is_refused_with_the_four() -> None:
    with pytest.raises(UsageError) as told:
        question_named("why")
    assert told.value.code == "ask-unknown-question"
    assert told.value.params["known"] == "product, policy, partner, join"


def test_words_that_ask_for_nothing_are_left_out() -> None:
    assert asked_words("où trouver du pain près de chez moi ?") == ["pain"]
    assert asked_words("où ?") == []
    assert asked_words('un « jardin partagé » et "deux mots"') == [
        '"jardin partage"',
        '"deux mots"',
    ]


# Scores and reasons


def test_a_label_a_title_and_a_text_are_worth_what_they_should_be() -> None:
    village = Village(
        actor("Etiquette", type="coop"),
        actor("Titre", title="La Coopérative"),
        actor("Texte", text="Une coopérative."),
    )
    answers = answers_to(PRODUCT, village)
    label, title, text = answers.answers
    assert [label.score, title.score, text.score] == [32, 32, 8]
    assert label.reasons == (
        Reason(kind=Kind.LABELS, points=32, field="Type de structure", words=("Coopérative",)),
    )
    assert title.reasons == (
        Reason(kind=Kind.WORDS, points=32, field="Nom de la structure", words=("Coopérative",)),
    )
    assert text.reasons == (
        Reason(kind=Kind.WORDS, points=8, field="Description", words=("coopérative",)),
    )


def test_a_yes_says_what_its_question_asks_and_a_no_says_nothing() -> None:
    village = Village(actor("Ouvert", public="oui"), actor("Ferme", public="non"))
    answers = answers_to(JOIN, village)
    assert tags(answers) == ["Ouvert"]
    (reason,) = answers.answers[0].reasons
    assert (reason.kind, reason.field) == (Kind.LABELS, "Accueille du public ?")
    assert reason.words == ("Oui",)


def test_whoever_gives_no_reason_is_no_answer() -> None:
    answers = answers_to(PARTNER, Village(actor("Muet", phone="01 60 00 00 11")))
    assert (answers.answers, answers.found, answers.actors) == ((), 0, 1)


def test_with_words_only_those_who_meet_one_answer_and_those_who_meet_more_come_first() -> None:
    village = Village(
        actor("Deux", text="Réparation de vélos."),
        actor("Un", type="asso", text="Vélo, collectif, partenariat, réseau, mutualisation."),
        actor("Aucun", type="asso"),
    )
    assert tags(answers_to(PARTNER, village, words="réparer mon vélo")) == ["Deux", "Un"]
    (first, *_) = answers_to(PARTNER, village, words="réparer mon vélo").answers
    assert [(each.kind, each.words) for each in first.reasons] == [
        (Kind.ASKED, ("Réparation",)),
        (Kind.ASKED, ("vélos",)),
    ]


def test_a_word_asked_that_is_met_in_no_clue_is_reason_enough() -> None:
    village = Village(actor("Theatre", text="Spectacles de rue."))
    assert tags(answers_to(PRODUCT, village, words="spectacle")) == ["Theatre"]


def test_ways_to_reach_an_actor_count_and_may_change_the_order() -> None:
    village = Village(
        actor("A", type="asso"),
        actor("B", type="asso", phone="01 60 00 00 11", mail="b@b.example"),
    )
    answers = answers_to(JOIN, village, limit=1)
    assert tags(answers) == ["B"]
    assert answers.found == 2
    reached = answers.answers[0].reasons[-1]
    assert reached == Reason(kind=Kind.REACH, points=6, words=("phones", "emails"))


def test_equal_actors_stand_in_the_order_of_their_titles() -> None:
    village = Village(*(actor(tag, type="asso") for tag in ("Éole", "Zoé", "abc")))
    assert tags(answers_to(PARTNER, village)) == ["abc", "Éole", "Zoé"]


# Places

ORSAY, MASSY = [48.699, 2.187], [48.731, 2.271]


def places() -> Village:
    return Village(
        actor("Ici", type="asso", town="Orsay", place=ORSAY),
        actor("SansCarte", type="asso", town="ORSAY"),
        actor("Loin", type="asso", town="Massy", place=MASSY),
        actor("NullePart", type="asso"),
    )


def test_the_nearest_come_first_and_a_town_stands_for_a_position() -> None:
    answers = answers_to(PARTNER, places(), near="orsay")
    assert tags(answers) == ["Ici", "SansCarte", "Loin", "NullePart"]
    near = [each.reasons[-1] for each in answers.answers[:3]]
    assert [each.points for each in near] == [30, 30, 23]
    assert [each.roughly for each in near] == [False, True, False]
    assert [round(each.distance or 0) for each in answers.answers[:3]] == [0, 0, 7]
    assert answers.answers[3].distance is None


def test_those_too_far_or_nowhere_are_left_out_within_a_circle() -> None:
    assert tags(answers_to(PARTNER, places(), near="Orsay", within=5)) == ["Ici", "SansCarte"]


def test_a_place_alone_is_no_reason() -> None:
    village = Village(actor("Ici", town="Orsay", place=ORSAY))
    assert answers_to(PARTNER, village, near="Orsay").answers == ()


def test_an_unknown_town_is_refused_with_the_names_most_like_it() -> None:
    with pytest.raises(UsageError) as told:
        answers_to(PARTNER, places(), near="Orsai")
    assert told.value.code == "ask-unknown-town"
    assert told.value.params == {"name": "Orsai", "known": "Orsay"}
    with pytest.raises(UsageError) as told:
        answers_to(PARTNER, Village(actor("A")), near="Orsay")
    assert told.value.params["known"] == "–"


# What an answer tells


def test_an_answer_tells_its_source_licence_date_and_how_to_reach_it() -> None:
    village = Village(
        actor(
            "LaGrange",
            title="La Grange",
            type="asso",
            town="Orsay",
            phone="01 60 00 00 11",
            mail="bonjour@grange.example",
            site="https://grange.example",
        )
    )
    licences = {("noe", "5"): "CC-BY-SA-4.0", ("tel", "5"): "other"}
    (answer,) = answers_to(PARTNER, village, licences=licences).answers
    assert (answer.title, answer.wiki, answer.form, answer.entry) == (
        "La Grange",
        "noe",
        "5",
        "LaGrange",
    )
    assert answer.url == "https://noe.example/?LaGrange"
    assert (answer.town, answer.distance) == ("Orsay", None)
    assert answer.licence == "CC-BY-SA-4.0"
    assert answer.confirmed == date(2026, 11, 2)
    assert answer.phones == ("01 60 00 00 11",)
    assert answer.emails == ("bonjour@grange.example",)
    assert [each.rstrip("/") for each in answer.sites] == ["https://grange.example"]


def test_a_date_that_is_none_and_a_licence_that_nobody_states_are_not_made_up() -> None:
    undated = Entry("A", "5", {"bf_titre": "A", "bf_type": "asso"}, updated="0000-00-00 00:00:00")
    (answer,) = answers_to(PARTNER, Village(undated)).answers
    assert (answer.confirmed, answer.licence) == (None, "")


# Several wikis


def test_actors_of_all_wikis_answer_together() -> None:
    answers = answers_to(
        PARTNER,
        Village(actor("Meme", type="asso")),
        Village(actor("Meme", category=["asso"]), wiki="tel"),
    )
    assert [(each.wiki, each.entry) for each in answers.answers] == [
        ("noe", "Meme"),
        ("tel", "Meme"),
    ]
    assert (answers.exit, answers.problems) == (Exit.DONE, ())


def test_a_wiki_that_is_silent_is_a_problem_beside_the_answers_of_the_others() -> None:
    lost = Unreachable("wiki-unreachable", wiki="tel", reason="timeout")
    answers = answers_to(PARTNER, Village(actor("A", type="asso")), Village(wiki="tel", error=lost))
    assert tags(answers) == ["A"]
    assert answers.exit is Exit.PART
    assert [(each.code, each.side) for each in answers.problems] == [
        ("wiki-unreachable", Side.WIKI)
    ]


def test_where_no_wiki_answers_the_first_says_why() -> None:
    with pytest.raises(Unavailable) as told:
        answers_to(
            PARTNER,
            Village(error=Unavailable("wiki-busy", wiki="noe")),
            Village(wiki="tel", error=Unreachable("wiki-unreachable", wiki="tel")),
        )
    assert told.value.code == "wiki-busy"


def test_a_warning_changes_no_exit_code_and_a_wiki_without_a_directory_gives_no_answer() -> None:
    warning = Problem.warning("ask-no-directory", Side.WIKI, wiki="noe")
    answers = answers_to(PARTNER, Village(problems=[warning]))
    assert (answers.answers, answers.actors) == ((), 0)
    assert (answers.problems, answers.exit) == ((warning,), Exit.DONE)


def test_the_bindings_of_the_configuration_reach_every_wiki() -> None:
    binding = Binding(
        name="annuaire", kind="contacts", wiki="noe", cloud="c", form="5", collection="annuaire"
    )
    village = Village(actor("A", type="asso"))
    ask(Asked(question=PARTNER), {"noe": village}, (binding,), {}, clock=FakeClock())
    assert village.asked == [(binding,)]


def test_the_same_question_has_the_same_answers() -> None:
    asked = Asked(question=PRODUCT, words="vélo", near="Orsay")
    first, second = (ask(asked, region(), (), {}, clock=FakeClock()) for _ in range(2))
    assert first == second


def test_the_name_of_the_form_tells_what_its_actors_are() -> None:
    shops = form("tel")
    named = type(shops)(id="5", label="Annuaire des commerces", fields=shops.fields)

    class Shops:
        def read(self, bindings: Sequence[Binding]) -> ActorForms:
            return ActorForms(forms=(actor_form("tel", [actor("A")], named),))

    (answer,) = ask(Asked(question=PRODUCT), {"tel": Shops()}, (), {}, clock=FakeClock()).answers
    assert answer.reasons[0].words == ("Annuaire des commerces",)


# The port to a YesWiki


class Client:
    """What the port asks of a client: all forms, and the entries that a query selects."""

    base_url = "https://noe.example"
    user = "RobotNuage"

    def __init__(self, *forms: Form, broken: bool = False, down: bool = False) -> None:
        self._forms = forms
        self._broken = broken
        self._down = down
        self.asked: list[tuple[str, str, bool]] = []

    def page_url(self, tag: str) -> str:
        return f"{self.base_url}/?{tag}"

    def forms(self, *, anonymous: bool) -> Sequence[Form]:
        if self._down:
            raise DatabaseDown("no database")
        assert anonymous
        return self._forms

    def entries(self, form_id: str, *, query: str, anonymous: bool) -> Listing:
        self.asked.append((form_id, query, anonymous))
        problems = (EntryMalformed("no entry"),) if self._broken else ()
        return Listing({"A": actor("A", type="asso")}, problems=problems)


def read(client: Client, *bindings: Binding) -> ActorForms:
    return YesWikiActors(client, "noe").read(bindings)  # type: ignore[arg-type]


def bound(number: str = "5", name: str = "annuaire", **more: str) -> Binding:
    return Binding(
        name=name,
        kind="contacts",
        wiki="noe",
        cloud="c",
        form=number,
        collection=name,
        **more,  # type: ignore[arg-type]
    )


def test_entries_are_those_that_the_binding_selects_and_that_anybody_reads() -> None:
    client = Client(form("noe"))
    twice = [bound(consent="bf_public=oui"), bound(name="autre", consent="bf_public=oui")]
    found = read(client, *twice)
    assert client.asked == [("5", "bf_public=oui", True)]
    assert (len(found.forms), found.problems) == (1, ())
    assert found.forms[0].source.town == "bf_ville"
    assert found.forms[0].setting.file_url("a b.png") == "https://noe.example/files/a%20b.png"


def test_a_binding_that_does_not_fit_its_form_is_a_problem_and_reads_nothing() -> None:
    client = Client(form("noe"))
    found = read(client, bound(consent="bf_accord=oui"), bound("9"))
    assert [each.code for each in found.problems] == ["where-property-unknown", "form-missing"]
    assert (found.forms, client.asked) == ((), [])


def test_a_binding_of_another_wiki_or_of_events_binds_no_directory() -> None:
    elsewhere = Binding(name="b", wiki="tel", kind="contacts", cloud="c", form="9", collection="b")
    agenda = Binding(name="a", wiki="noe", cloud="c", form="9", collection="a")
    assert len(read(Client(form("noe")), elsewhere, agenda).forms) == 1


def test_a_wiki_without_a_directory_and_unreadable_entries_are_told() -> None:
    assert [each.code for each in read(Client()).problems] == ["ask-no-directory"]
    found = read(Client(form("noe"), broken=True))
    assert [each.code for each in found.problems] == ["ask-entries-unreadable"]
    assert len(found.forms) == 1


def test_the_errors_of_the_wiki_are_ours() -> None:
    with pytest.raises(Unavailable) as told:
        read(Client(down=True))
    assert told.value.code == "wiki-database-down"
