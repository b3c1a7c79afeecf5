"""Finds whether a column holds numbers, how they are written, and when digits are a code instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.currencies import currencies_of, is_written_with_dot
from importer.proposal.profile import Fit, Profile, fit
from importer.proposal.verdict import Verdict, about_bad, cells, fits, share
from importer.proposal.vocabulary import CODE_WORDS, LAST_CODE_WORDS

_LEAST = 0.99

# How the world writes numbers, the plainest first.
_STYLES: tuple[dict[str, Any], ...] = (
    {},
    {"thousands": ","},
    {"decimal": ","},
    {"decimal": ",", "thousands": "."},
    {"decimal": ",", "thousands": " "},
    {"thousands": "'"},
    {"thousands": ",", "grouping": "indian"},
)

_DIGITS = r"[+-]?[0-9]+"
_CODE_DIGITS = 5
_MOST_DIGITS = 15
_NUMERIC = r"[-+(]?[\p{Sc}\p{L}. ]{0,5}[-+]?[0-9][0-9., '\x{a0}\x{202f}\x{2019}]*[ \x{a0}]?[%)\p{Sc}\p{L}.]{0,5}"


def numbers(profile: Profile, mark: str, *, all_seen: bool) -> Verdict | None:
    """Give how a column's numbers are to be read; None where it holds none, or codes.

    mark: the decimal mark of the file's other columns, where they have one.
    all_seen: no row is beyond the sample, so that whole numbers are whole everywhere.
    """
    if not fits(profile, profile.matching(_NUMERIC), _LEAST) or code_reason(profile):
        return None
    plain = _plain(profile, mark, all_seen=all_seen)
    if plain is not None and not plain.bad:
        return plain
    return _percent(profile) or _money(profile) or plain


def code_reason(profile: Profile) -> str:
    """Say why digits are taken for a code, and so stay text; "" where they are not digits."""
    if not profile.filled or not fits(profile, profile.matching(_DIGITS), _LEAST):
        return ""
    zeros = profile.weight(profile.matching(r"0[0-9]+"))
    if zeros:
        return f"Digits that begin with 0 ({cells(zeros)}), which a number would lose: text."
    if _is_named_code(profile):
        return "Digits, and the name speaks of a code: text."
    return "Digits, as codes have them: text." if _looks_like_codes(profile) else ""


def _is_named_code(profile: Profile) -> bool:
    words = profile.words
    if CODE_WORDS & set(words):
        return True
    return len(words) > 1 and words[-1] in LAST_CODE_WORDS


def _looks_like_codes(profile: Profile) -> bool:
    """Tell digits that are all of one length and nearly all different, or too many for a number."""
    lengths = pc.unique(pc.utf8_length(profile.texts)).to_pylist()
    if max(lengths) > _MOST_DIGITS:
        return True
    is_one_length = len(lengths) == 1 and lengths[0] >= _CODE_DIGITS
    return is_one_length and profile.filled >= 20 and profile.distinct >= 0.9 * profile.filled


def _plain(profile: Profile, mark: str, *, all_seen: bool) -> Verdict | None:
    likely = _likely(profile)
    style, chosen = likely[0]
    if not fits(profile, chosen.ok, _LEAST):
        return None
    rivals = [pair for pair in likely[1:] if pair[1].differs(chosen).any()]
    evidence = [f"{share(profile.weight(chosen.ok), profile.filled)} are numbers{_how(style)}."]
    if rivals and mark:
        style, chosen = next(
            (one for one in (likely[0], *rivals) if _has_mark(one[0], mark)), likely[0]
        )
        evidence = [f"{evidence[0]} Other columns write their decimals with `{mark}`."]
    elif rivals:
        evidence.append(
            "The mark may be the decimal point or stand between thousands: each cell has three "
            "digits behind it. Which is it?"
        )
        either = tuple({"type": "number", **one} for one in (style, rivals[0][0]))
        return Verdict("number", {}, tuple(evidence), either=either)
    is_whole = all_seen and not _has_fraction(chosen)
    evidence += _about_flags(profile)
    evidence += about_bad(profile, chosen.ok, "number")
    kind = "integer" if is_whole else "number"
    return Verdict(kind, dict(style), tuple(evidence), profile.weight(~chosen.ok))


def _likely(profile: Profile) -> list[tuple[dict[str, Any], Fit]]:
    """Give the styles that read the most cells, the plainest first."""
    more = {"parentheses": True} if profile.matching(r"\([^()]+\)").any() else {}
    found = [({**style, **more}, _fit(profile.texts, {**style, **more})) for style in _STYLES]
    best = max(profile.weight(read.ok) for _, read in found)
    return [(style, read) for style, read in found if profile.weight(read.ok) == best]


def decimal_mark(profile: Profile) -> str:
    """Give the decimal mark where a column's numbers leave no doubt about it; else ""."""
    if not fits(profile, profile.matching(_NUMERIC), _LEAST) or profile.matching(_DIGITS).all():
        return ""
    (style, chosen), *others = _likely(profile)
    if not fits(profile, chosen.ok, _LEAST) or any(one.differs(chosen).any() for _, one in others):
        return ""
    return str(style.get("decimal", ".")) if _has_fraction(chosen) else ""


def _has_fraction(read: Fit) -> bool:
    """Tell whether a number has a fraction, if only of zeros."""
    return bool(pc.any(pc.match_substring(read.core, ".")).as_py())


def _has_mark(style: Mapping[str, Any], mark: str) -> bool:
    return bool(style.get("decimal", ".") == mark)


def _fit(texts: pa.Array, style: Mapping[str, Any]) -> Fit:
    options = {key: value for key, value in style.items() if key != "grouping"}
    return fit(texts, "number", indian="grouping" in style, **options)


def _how(style: Mapping[str, Any]) -> str:
    parts = []
    if "decimal" in style:
        parts.append("a decimal comma")
    if "thousands" in style:
        parts.append(f"`{style['thousands']}` between thousands")
    return f" with {' and '.join(parts)}" if parts else ""


def _about_flags(profile: Profile) -> tuple[str, ...]:
    if profile.distinct == 2 and profile.matching("[01]").all():
        return ("They are 0 and 1 only: say `type: boolean` if they mean no and yes.",)
    return ()


def _percent(profile: Profile) -> Verdict | None:
    if not profile.matching(r".*%").all():
        return None
    for style in ({}, {"decimal": ","}):
        if fit(profile.texts, "number", percent="points", **style).ok.all():
            text = f"{share(profile.filled, profile.filled)} are percents; 12 % is sent as 12."
            return Verdict("number", {**style, "percent": "points"}, (text,))
    return None


_SIGN = r"\A[-+(]?[ ]?(?P<before>(?:[^-+0-9., ()]*\p{L}\.|[^-+0-9., ()]*))[ \x{a0}]?[-+]?[.,]?[0-9][0-9., '\x{a0}\x{202f}]*?[ \x{a0}]?(?P<after>[^-+0-9., ()]*\.?)\)?\z"


def _money(profile: Profile) -> Verdict | None:
    """Read amounts that name their currency, all of them or some."""
    found = pc.extract_regex(profile.texts, _SIGN)
    if found.null_count:
        return None
    signs = pc.binary_join_element_wise(found.field(0), found.field(1), "")
    names = [name for name in pc.unique(signs).to_pylist() if name]
    if len(names) != 1:
        return None
    sign = str(names[0])
    signed = np.asarray(pc.equal(signs, sign).to_numpy(zero_copy_only=False), dtype=bool)
    currencies = currencies_of(sign)
    if not currencies or (sign.endswith(".") and not is_written_with_dot(sign)):
        return None
    text = f"{share(profile.weight(signed), profile.filled)} name a currency, by `{sign}`"
    if len(currencies) == 1 and signed.all():
        (currency,) = currencies
        if fit(profile.texts, "money", currency=currency, decimal="").ok.all():
            return Verdict("money", {"currency": currency}, (f"{text}.",))
    return _without_sign(profile, sign, text)


def _without_sign(profile: Profile, sign: str, text: str) -> Verdict | None:
    bare = pc.utf8_trim_whitespace(pc.replace_substring(profile.texts, sign, ""))
    found = _plain(replace(profile, texts=bare), "", all_seen=False)
    if found is None or found.bad:
        return None
    cut: list[Any] = [{"replace": {sign: ""}}, "strip"]
    evidence = (f"{text}, which is taken away; only the number is sent.", *found.evidence)
    either = tuple({**option, "transform": cut} for option in found.either)
    return replace(
        found, options={**found.options, "transform": cut}, evidence=evidence, either=either
    )
