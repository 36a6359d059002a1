"""`doctor`, `forms`, `status`, `demo` and help: whole outputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from oscartes_sync.ports import BindingState, Check, FormView
from oscartes_sync.usecases.report import BindingReport, RunReport, Summary
from tests.fakes.doors import NOW, FakeHouse

Call = Callable[..., Any]
CHECKS = (
    Check(
        id="wiki-key",
        target="wiki noe",
        status="ok",
        code="key-accepted",
        params={"user": "RobotNuage", "wiki": "noe"},
    ),
    Check(id="cloud-email", target="cloud noe", status="warn", code="cloud-email-set", params={}),
    Check(
        id="agenda-form",
        target="binding agenda",
        status="fail",
        code="form-missing",
        params={"form": "9", "wiki": "noe"},
    ),
)
STATES = (
    BindingState(
        name="agenda",
        links=1234,
        conflicts=1,
        pending_deletions=2,
        last_run=NOW - timedelta(hours=2),
        last_success=NOW - timedelta(days=3),
    ),
    BindingState(name="ateliers"),
    BindingState(name="bals", links=1, last_run=NOW, last_success=NOW),
    BindingState(name="ratés", last_run=NOW - timedelta(minutes=5)),
)
FORMS = (
    FormView(
        wiki="noe",
        id="6",
        label="Agenda",
        entries=12,
        kinds=("events",),
        mapping={"title": "bf_titre", "start": "bf_debut", "location": "bf_lieu,bf_ville"},
    ),
    FormView(wiki="noe", id="1", label="Annuaire", entries=1, kinds=(), mapping={}),
)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_doctor_in_english(call: Call, house: FakeHouse) -> None:
    house.checks = CHECKS
    ended = call("doctor")
    assert ended.code == 1
    assert ended.out == (
        "ok       wiki noe: The API key is accepted (account RobotNuage).\n"
        "careful  cloud noe: The bot's account has an e-mail address: Nextcloud would send "
        "invitations in its name.\n"
        "         → Remove the address from the account.\n"
        "failed   binding agenda: The wiki “noe” has no form 9.\n"
        "         → Correct form in the binding; “oscartes forms” lists them.\n"
        "3 checks, 1 failed, 1 warning.\n"
    )


def test_doctor_in_french(call: Call, house: FakeHouse) -> None:
    house.checks = CHECKS
    ended = call("doctor", "--lang", "fr")
    assert plain(ended.out) == (
        "ok         wiki noe : La clé d’API est acceptée (compte RobotNuage).\n"
        "attention  nuage noe : Le compte du robot a une adresse électronique : Nextcloud "
        "enverrait des invitations en son nom.\n"
        "           → Retirez l’adresse du compte.\n"
        "échec      liaison agenda : Le wiki « noe » n’a pas de formulaire 9.\n"
        "           → Corrigez form dans la liaison ; « oscartes forms » les liste.\n"
        "3 vérifications, 1 échec, 1 avertissement.\n"
    )


def test_doctor_without_a_failure_ends_well_and_may_be_quiet(call: Call, house: FakeHouse) -> None:
    house.checks = CHECKS[:1]
    assert call("doctor").out.splitlines()[-1] == "1 check, all is well."
    assert call("doctor", "-q") == call("doctor", "-q").__class__(0, "", "")


def test_doctor_as_json(call: Call, house: FakeHouse) -> None:
    house.checks = CHECKS
    document = json.loads(call("doctor", "--json").out)
    assert document["checks"][0] == {
        "id": "wiki-key",
        "target": "wiki noe",
        "status": "ok",
        "message": "The API key is accepted (account RobotNuage).",
        "remedy": "",
    }
    assert document["checks"][2]["remedy"].startswith("Correct form")


def test_status_in_english(call: Call, house: FakeHouse) -> None:
    house.states = STATES
    assert plain(call("status").out) == (
        "agenda: 1,234 links, 1 conflict, 2 deletions to decide on, last run 2 hours ago "
        "(Nov 24, 2026, 9:00:00 AM), last success 3 days ago (Nov 21, 2026, 11:00:00 AM)\n"
        "ateliers: 0 links, 0 conflicts, 0 deletions to decide on, never run\n"
        "bals: 1 link, 0 conflicts, 0 deletions to decide on, last run 1 second ago "
        "(Nov 24, 2026, 11:00:00 AM)\n"
        "ratés: 0 links, 0 conflicts, 0 deletions to decide on, last run 5 minutes ago "
        "(Nov 24, 2026, 10:55:00 AM), never succeeded\n"
        "1,235 links, 3 decisions to take.\n"
    )


def test_status_in_french(call: Call, house: FakeHouse) -> None:
    house.states = STATES[:2]
    assert plain(call("status", "--lang", "fr").out) == (
        "agenda : 1 234 liens, 1 conflit, 2 suppressions à décider, dernier passage il y a 2 "
        "heures (24 nov. 2026, 09:00:00), dernier succès il y a 3 jours (21 nov. 2026, 11:00:00)\n"
        "ateliers : 0 lien, 0 conflit, 0 suppression à décider, jamais lancé\n"
        "1 234 liens, 3 décisions à prendre.\n"
    )


def test_status_as_json(call: Call, house: FakeHouse) -> None:
    house.states = STATES[:2]
    assert json.loads(call("status", "--json").out) == {
        "bindings": [
            {
                "name": "agenda",
                "links": 1234,
                "conflicts": 1,
                "pending_deletions": 2,
                "last_run": "2026-11-24T08:00:00+00:00",
                "last_success": "2026-11-21T10:00:00+00:00",
            },
            {
                "name": "ateliers",
                "links": 0,
                "conflicts": 0,
                "pending_deletions": 0,
                "last_run": None,
                "last_success": None,
            },
        ]
    }


def test_forms_in_both_languages(call: Call, house: FakeHouse) -> None:
    house.views = FORMS
    assert call("forms").out == (
        "noe, form 6, “Agenda” (12 entries): events\n"
        "    title  bf_titre\n"
        "    start  bf_debut\n"
        "    place  bf_lieu,bf_ville\n"
        "noe, form 1, “Annuaire” (1 entry): nothing that OSCARTES mirrors\n"
        "2 forms.\n"
    )
    assert plain(call("forms", "--lang", "fr").out) == (
        "noe, formulaire 6, « Agenda » (12 fiches) : événements\n"
        "    titre  bf_titre\n"
        "    début  bf_debut\n"
        "    lieu   bf_lieu,bf_ville\n"
        "noe, formulaire 1, « Annuaire » (1 fiche) : rien qu’OSCARTES sache reprendre\n"
        "2 formulaires.\n"
    )


def test_forms_as_json(call: Call, house: FakeHouse) -> None:
    house.views = FORMS[:1]
    assert json.loads(call("forms", "--json").out) == {
        "forms": [
            {
                "wiki": "noe",
                "id": "6",
                "label": "Agenda",
                "entries": 12,
                "kinds": ["events"],
                "mapping": {
                    "title": "bf_titre",
                    "start": "bf_debut",
                    "location": "bf_lieu,bf_ville",
                },
            }
        ]
    }


def test_the_demonstration_shows_its_scenes(call: Call, house: FakeHouse) -> None:
    house.checks = CHECKS[:1]
    house.report = RunReport(
        run="r", bindings=(BindingReport(name="agenda", summary=Summary(created=2)),)
    )
    ended = call("demo")
    assert ended.code == 0
    assert ended.out == (
        "\nA stand-in wiki answers at http://127.0.0.1:1, a stand-in Nextcloud at "
        "http://127.0.0.1:2.\n"
        "ok       wiki noe: The API key is accepted (account RobotNuage).\n"
        "1 check, all is well.\n"
        "To do: 2 creations.\n"
        "\nEverything went as it should.\n"
    )


def test_the_demonstration_can_be_one_document(call: Call, house: FakeHouse) -> None:
    house.checks = CHECKS[:1]
    ended = call("demo", "--json", "--keep", "--lang", "fr")
    document = json.loads(ended.out)
    assert (ended.code, document["exit"]) == (1, 1)
    assert [sorted(step)[0] for step in document["steps"]] == ["code", "checks", "bindings", "code"]


HELP = {
    "en": """\
Usage: oscartes [OPTIONS] COMMAND …

  Keeps a YesWiki's agenda and a Nextcloud calendar the same, both ways,
  losing nothing.

Options:
  --lang [fr|en]  Language of all that is shown.
  --version       Show the version and stop.
  --help          Show this help and stop.

Commands:
  demo       Show it all on stand-in servers of this machine.
  init       Ask, try, and write oscartes.toml and .env.
  doctor     Check both servers, the keys, the rights and the forms.
  forms      List the wiki's forms and the fields found in them.
  ask        Ask the directories one of the four founding questions.
  plan       Show what sync would do; write nothing.
  sync       Bring both sides to agreement.
  apply      Do exactly what a saved plan says.
  status     Tell how each binding is doing.
  conflicts  List what both sides changed, and what waits for you.
  resolve    Settle one conflict.
  history    Show what runs wrote, with before and after.
  undo       Put back what a run wrote.
  forget     Erase one entry's data, and keep it out.
  wiki       Tell that the wiki has another address.
  spaces     Make, follow and archive the spaces of groups and projects.
  export     Publish a view of the wiki as files for everybody.
  import     Bring an edited table back into a form of the wiki.
""",
    "fr": """\
Utilisation : oscartes [OPTIONS] COMMANDE …

  Garde identiques l’agenda d’un YesWiki et un calendrier Nextcloud, dans les
  deux sens, sans rien perdre.

Options :
  --lang [fr|en]  Langue de tout ce qui est affiché.
  --version       Afficher la version et s’arrêter.
  --help          Afficher cette aide et s’arrêter.

Commandes :
  demo       Tout montrer sur des serveurs de démonstration de cette machine.
  init       Demander, essayer, et écrire oscartes.toml et .env.
  doctor     Vérifier les deux serveurs, les clés, les droits et les
             formulaires.
  forms      Lister les formulaires du wiki et les champs reconnus.
  ask        Poser aux annuaires l’une des quatre questions fondatrices.
  plan       Montrer ce que sync ferait, sans rien écrire.
  sync       Mettre les deux côtés d’accord.
  apply      Faire exactement ce que dit un plan enregistré.
  status     Dire comment va chaque liaison.
  conflicts  Lister ce que les deux côtés ont changé, et ce qui vous attend.
  resolve    Régler un conflit.
  history    Montrer ce que les passages ont écrit, avant et après.
  undo       Remettre ce qu’un passage a écrit.
  forget     Effacer ce qui est gardé d’une fiche, et la laisser dehors.
  wiki       Dire que le wiki a une autre adresse.
  spaces     Créer, suivre et archiver les espaces des groupes et des projets.
  export     Publier une vue du wiki en fichiers pour tout le monde.
  import     Faire revenir un tableau modifié dans un formulaire du wiki.
""",
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_help_is_in_the_reader_s_language(call: Call, language: str) -> None:
    for words in (["--lang", language, "--help"], ["--help", f"--lang={language}"]):
        ended = call(*words)
        assert (ended.code, plain(ended.out)) == (0, HELP[language])


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "name", ["demo", "init", "doctor", "forms", "plan", "sync", "apply", "status"]
)
def test_every_command_has_the_common_options_and_help(
    call: Call, name: str, language: str
) -> None:
    ended = call(name, "--help", "--lang", language)
    assert ended.code == 0
    for option in ("--json", "--config", "--quiet", "--verbose", "--lang", "--help"):
        assert f"  {option}" in ended.out or f", {option}" in ended.out
    assert "\n\n  " in ended.out


def test_the_version_is_that_of_the_package(call: Call) -> None:
    assert call("--version").out.startswith("oscartes ")
