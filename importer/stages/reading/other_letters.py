"""Tells in which encoding bytes are Cyrillic, Greek, Hebrew or Arabic, by how common their letters are.

Every byte is a letter in most of these encodings, and a guess that is wrong reads as words: the
Greek `Λεωνιδας` is `Лещнйдбт` in cp1251.  But its letters are not those that Russians use most.
"""

from __future__ import annotations

import re
import unicodedata

_CYRILLIC = "оеаинтсрвлкмдпугяызбйьчхжцшюфэщіїєъґё"
_COMMON = (
    (("cp1251", "koi8-r", "iso8859-5", "cp866", "koi8-u", "mac-cyrillic"), _CYRILLIC),
    (("cp1253", "iso8859-7", "mac-greek"), "ατοιενρσκηπςυμλίόάγέδήωχθύφβξζώψϊ"),
    (("cp1255",), "יוהלרבתמאשנעםדקחפסכגטצןזךףץ"),
    (("cp1256", "iso8859-6"), "اليمونرتبةعدسفهكقأحجشطصىخإغثزءذئضظؤآ"),
)
"""Encodings of one byte a letter, and the letters of their languages, the commonest first."""

_WEIGHTS = ((10, 1.0), (18, 0.6), (26, 0.25), (99, 0.1))
"""What the first ten letters of a language count, the next eight, and so on."""

_MARGIN = 0.05
"""So much likelier than the next reading the best one must be."""

_ENOUGH = 0.5


def likely_encoding(data: bytes) -> str:
    """Name the encoding by which these bytes are words, and by none other as likely; else ""."""
    scores = sorted(
        (_likeness(data.decode(name, "replace"), letters), -place, name)
        for place, (name, letters) in enumerate(
            (name, letters) for names, letters in _COMMON for name in names
        )
    )
    best_score, _, best = scores[-1]
    text = data.decode(best, "replace")
    rivals = [score for score, _, name in scores[:-1] if data.decode(name, "replace") != text]
    return best if best_score >= max(_ENOUGH, max(rivals, default=0) + _MARGIN) else ""


def _likeness(text: str, letters: str) -> float:
    """Tell how common the letters beyond ASCII are, 0 to 1; 0 if they do not make words."""
    if "\ufffd" in text or not are_words(text):
        return 0.0
    found = [one.lower() for one in text if one > "\x7f" and not one.isspace()]
    weights = {letter: _weight(place) for place, letter in enumerate(letters)}
    return sum(weights.get(one, 0.0) for one in found) / max(len(found), 1)


def _weight(place: int) -> float:
    return next(weight for limit, weight in _WEIGHTS if place < limit)


def are_words(text: str) -> bool:
    """Tell whether what is beyond ASCII is letters that are not Latin, as words are written."""
    beyond = [one for one in text if one > "\x7f" and unicodedata.category(one)[0] not in "ZP"]
    letters = [one for one in beyond if one.isalpha()]
    latin = sum("LATIN" in unicodedata.name(one, "LATIN") for one in letters)
    inner = re.findall(
        r"(?<=[^\W\d_])[^\W\d_]", "".join(one for one in text if one > "\x7f" or one.isspace())
    )
    upper = sum(one.isupper() for one in inner)
    is_written_so = 3 * upper < max(len(inner), 1)
    mixed = len(re.findall(r"[A-Za-z](?=[^\W\d_\x00-\x7f])|(?<=[^\W\d_\x00-\x7f])[A-Za-z]", text))
    if 5 * mixed > len(letters):
        return False
    return is_written_so and len(letters) > 0.8 * len(beyond) and latin < 0.1 * len(letters)
