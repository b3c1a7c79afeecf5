"""Judges whether bytes are a Western text in cp1252, by what stands beside its accented letters.

Most bytes beyond ASCII are letters in cp1252 and in every encoding that is mistaken for it, so
only the words tell: `Dvoøák`, `Gergõ`, `Gra¿yna`, `JosŽ` and `K”ln` are words of no language.
"""

from __future__ import annotations

import re

_MARKS = frozenset("’‘“”„–—…€£§©®°ªº«»·•´`¨²³½¼¾×±µ¡¿\u00a0\u00ad\u200b")
_LOWER = "a-zß-öø-ÿœšž"
_UPPER = "A-ZÀ-ÖØ-ÞŒŠŽŸ"
_LETTER = _LOWER + _UPPER

_BROKEN = re.compile(
    # A sign within a word, or before the rest of one.
    rf"(?<=[{_LETTER}])[^\x00-\x7f’‘´­·{_LETTER}](?=[{_LOWER}])|[³¹²£¥¢¤¦](?=[{_LOWER}])"
    # A capital after a small letter; a capital that stands for none.
    rf"|(?<=[{_LOWER}])[À-ÖØ-ÞŒŠŽŸ](?![A-Z])|(?<=[{_UPPER}])[À-ÖØ-ÞŒŠŽŸ](?=[{_LOWER}])"
    rf"|[ªº](?=[{_LETTER}])|(?<=[{_LETTER}])[¹³¢£¥¤¦¬Ÿ]"
)
"""What stands in words of no Western language, whatever encoding it was read by."""

_RARE = re.compile(
    # Only the languages of the North have these, and each of the others has many of them.
    r"[ðÐþÞýÝ]"
    # Portuguese has it before e; French has û before a consonant; Italian ends words with ì and ò.
    rf"|[õÕ](?![eE])|û(?![tlmrc])|[ìò](?=[{_LOWER}])|(?<=[{_LETTER}][nN])[ìò]|ù(?=[{_LOWER}])"
    # Danish has ø before consonants, French È before v or z; neither has them beside accents.
    rf"|[øØ](?=[à-öø-ÿaoiu])|(?<=[à-öø-ÿ])[øè]|[ÈÌÒÙ](?=[{_LOWER}])(?!v|z|b|r)|[šžŠŽ]"
    r"|(?<=[a-z])ï(?![a-zé])|æ(?=[à-öø-ÿ])|ã(?=[b-df-mp-rt-z])"
)
_FEW = 0.3
_TELLING = frozenset(
    bytes([byte]).decode("cp1252", "replace")
    for byte in range(0x80, 0x100)
    if bytes([byte]).decode("cp1250", "replace") != bytes([byte]).decode("cp1252", "replace")
) | frozenset("ðÐþÞýÝ")
"""The letters that Western and Eastern encodings differ in: `ä`, `é` and `ö` tell nothing."""


def western_doubt(data: bytes) -> float:
    """Give the share of the telling characters that speak against cp1252, from 0.

    Runs of three and more count too, as whole words of Greek or Japanese make them.
    """
    text = data.decode("cp1252", "replace")
    telling = sum(one in _TELLING and (one not in _MARKS) for one in text)
    runs = sum(len(run) for run in re.findall(r"[\x80-\U0010ffff]{3,}", text) if not _is_mark(run))
    broken = len(_BROKEN.findall(text))
    doubt = (runs + broken + len(_RARE.findall(text))) / max(telling, broken, runs, 1)
    # A byte that cp1252 does not have spoils its own row, unless many do.
    beyond = sum(one > "\x7f" for one in text)
    return max(doubt, text.count("\ufffd") / max(beyond, 1))


def latin_rivals(data: bytes) -> list[str]:
    """Name the other Latin encodings under which few words are broken, the likeliest first."""
    beyond = sum(byte > 0x7F for byte in data)
    # Only those of DOS and the old Mac have letters where the others have signs.
    is_old = 2 * sum(0x80 <= byte < 0xA0 for byte in data) > beyond
    names = (*_OLD, *_NEW) if is_old else (*_NEW, *_OLD)
    broken = {name: len(_BROKEN_ANY.findall(data.decode(name, "replace"))) for name in names}
    kept = [name for name in names if broken[name] <= _FEW * beyond]
    return sorted(kept, key=lambda name: broken[name])


_NEW = ("cp1250", "cp1254", "iso8859-2", "cp1257")
_OLD = ("mac-roman", "cp850")
_BROKEN_ANY = re.compile(
    r"(?<=[^\W\d_])[^\w\s\x00-\x7f’‘´­·](?=[^\W\d_])|[^\W\d_][\u2500-\u25ff]|\ufffd|[\x80-\x9f]"
    r"|(?<=[a-zà-öø-ÿ])[À-ÖØ-ÞŁĄĘĆŃŚŹŻŘŠČŽŐŰŞĞ](?![A-Z])"
)


def _is_mark(run: str) -> bool:
    return set(run) <= _MARKS
