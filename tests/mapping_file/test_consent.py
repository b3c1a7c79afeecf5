from __future__ import annotations

import pytest

from importer.mapping_file.consent import sense_of


@pytest.mark.parametrize(
    "name",
    [
        "Newsletter",
        "Email Opt-in",
        "OptIn",
        "opted_in",
        "Subscribed",
        "Accepts Email Marketing",
        "GDPR Consent",
        "Einwilligung E-Mail",
        "Newsletter abonniert",
        "Abonné",
        "Inscrit à la newsletter",
        "Suscrito",
        "Iscritto",
        "Inscrito",
        "Aangemeld",
        "Zgoda marketingowa",
        "Подписка",
    ],
)
def test_a_name_that_says_who_wants_messages_is_known(name: str) -> None:
    assert sense_of(name) == "in"


@pytest.mark.parametrize(
    "name",
    [
        "Unsubscribed",
        "HasOptedOutOfEmail",
        "hs_email_optout",
        "Opt out",
        "Do Not Call",
        "DoNotEmail",
        "Unsubscribed from all newsletters",
        "No newsletter",
        "Abgemeldet",
        "Newsletter abbestellt",
        "Kein Newsletter",
        "Désabonné",
        "Désinscrit de la newsletter",
        "Dado de baja",
        "Disiscritto",
        "Descadastrado",
        "Uitgeschreven",
        "Wypisany",
        "Отписался",
    ],
)
def test_a_name_that_says_who_wants_none_is_known(name: str) -> None:
    assert sense_of(name) == "out"


@pytest.mark.parametrize("name", ["", "City", "Points", "E-mail", "Description", "Notes", "Option"])
def test_other_names_say_nothing(name: str) -> None:
    assert sense_of(name) == ""
