"""Is the vocabulary of cells: words for yes and no, for men and women, for nothing at all."""

from __future__ import annotations

YES_AND_NO = (
    ("true", "false"),
    ("yes", "no"),
    ("y", "n"),
    ("t", "f"),
    ("on", "off"),
    ("1", "0"),
    ("ja", "nein"),
    ("j", "n"),
    ("wahr", "falsch"),
    ("oui", "non"),
    ("o", "n"),
    ("vrai", "faux"),
    ("si", "no"),
    ("sí", "no"),
    ("s", "n"),
    ("verdadero", "falso"),
    ("sim", "não"),
    ("sim", "nao"),
    ("verdadeiro", "falso"),
    ("vero", "falso"),
    ("ya", "tidak"),
    ("benar", "salah"),
    ("haan", "nahin"),
    ("han", "nahi"),
    ("ha", "na"),
    ("हाँ", "नहीं"),
    ("ja", "nee"),
    ("tak", "nie"),
    ("ja", "nej"),
    ("evet", "hayır"),
    ("active", "inactive"),
    ("enabled", "disabled"),
    ("checked", "unchecked"),
    ("x", ""),
)
"""Pairs of words for yes and no, by language."""

PLAIN_WORDS = frozenset("true false yes no y n t f 1 0 on off".split())  # noqa: SIM905 - easier to edit
"""Those that a boolean reads without being told."""

CONSENT_WORDS = (
    ("subscribed", "unsubscribed"),
    ("opted in", "opted out"),
    ("opted_in", "opted_out"),
    ("opt-in", "opt-out"),
    ("opt in", "opt out"),
    ("optin", "optout"),
    ("abonniert", "abgemeldet"),
    ("abonné", "désabonné"),
    ("suscrito", "no suscrito"),
    ("inscrito", "descadastrado"),
    ("iscritto", "disiscritto"),
)
"""Words of consent: wants messages, wants none."""

NO_CONSENT_EITHER = frozenset(
    {"cleaned", "not subscribed", "never subscribed", "bounced", "pending"}
)
"""Words of consent that say neither; users with them are left as they are."""

GENDERS = (
    ({"male": "male", "female": "female"}, ""),
    ({"m": "male", "f": "female"}, ""),
    ({"man": "male", "woman": "female"}, ""),
    ({"m": "male", "w": "female"}, "German"),
    ({"männlich": "male", "weiblich": "female"}, "German"),
    ({"mann": "male", "frau": "female"}, "German"),
    ({"herr": "male", "frau": "female"}, "German"),
    ({"homme": "male", "femme": "female"}, "French"),
    ({"h": "male", "f": "female"}, "French"),
    ({"masculin": "male", "féminin": "female"}, "French"),
    ({"hombre": "male", "mujer": "female"}, "Spanish"),
    ({"h": "male", "m": "female"}, "Spanish"),
    ({"masculino": "male", "femenino": "female"}, "Spanish"),
    ({"masculino": "male", "feminino": "female"}, "Portuguese"),
    ({"homem": "male", "mulher": "female"}, "Portuguese"),
    ({"uomo": "male", "donna": "female"}, "Italian"),
    ({"maschio": "male", "femmina": "female"}, "Italian"),
    ({"laki-laki": "male", "perempuan": "female"}, "Indonesian"),
    ({"pria": "male", "wanita": "female"}, "Indonesian"),
    ({"l": "male", "p": "female"}, "Indonesian"),
    ({"purush": "male", "mahila": "female"}, "Hindi"),
    ({"पुरुष": "male", "महिला": "female"}, "Hindi"),
    ({"man": "male", "vrouw": "female"}, "Dutch"),
    ({"mężczyzna": "male", "kobieta": "female"}, "Polish"),
)
"""Pairs of words, what they mean, and the language."""

CERTAIN_NULLS = frozenset(
    {"null", "(null)", "<null>", "[null]", "\\n", "nan", "#n/a", "n/a", "#null!", "nat", "<na>"}
)
"""Texts, in small letters, that programs write for an empty cell."""

LIKELY_NULLS = frozenset(
    {
        "na",
        "none",
        "nil",
        "-",
        "--",
        "---",
        "?",
        ".",
        "n.a.",
        "k.a.",
        "s/o",
        "undefined",
        "unknown",
        "not available",
    }
)
"""Texts that people write for an empty cell, and that may mean something elsewhere."""
