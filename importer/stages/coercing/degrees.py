"""Reads coordinates with degrees, minutes, seconds and points of the compass, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

# Finer than a micrometre; most fractions of sixty have no end.
_FINEST = Decimal("1e-12")
_EXACT = Context(prec=60)

# Longer than any spelling, and short enough that trying every cut costs little.
_LONGEST = 100

_SOUTH_WEST = frozenset("SW")

_HALF_SEPARATOR = re.compile(
    r"[;,]|\s+|(?<=[NSEWnsew])(?=[-+0-9])|(?<=[0-9])(?=[NSEWnsew]\s*[0-9])"
)

_SIDE = r"(?P<{0}>[NSEW]|NORTH|SOUTH|EAST|WEST)?"
_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
_UPTO60 = r"[0-9]{1,2}(?:[.,][0-9]+)?"
_DEGREE, _MINUTE, _SECOND = (
    r"(?:[°º˚]|D|DEG)",
    r"(?:['’′´`]|M|MIN)",
    r"(?:[\"”″]|['’′´`]{2}|SEC|S(?=\s*[NSEW]))",
)

# Each spelling of one coordinate: its parts are degrees, minutes, seconds.
_SPELLINGS = (
    rf"(?P<d>{_NUMBER})\s*{_DEGREE}?",
    rf"(?P<d>[0-9]+)\s*{_DEGREE}\s*(?P<m>{_UPTO60})\s*{_MINUTE}?",
    rf"(?P<d>[0-9]+)\s*{_DEGREE}\s*(?P<m>[0-9]{{1,2}})\s*(?:{_MINUTE}\s*|\s)(?P<s>{_UPTO60})(?:\s*{_SECOND}|(?P<bare>))",
    rf"(?P<d>[0-9]+)(?P<mark>[:. ])(?P<m>[0-9]{{1,2}})(?P=mark)(?P<s>{_UPTO60})",
    rf"(?P<d>[0-9]+)(?P<needs_side>[: ])(?P<m>{_UPTO60})",
)
_PATTERNS = tuple(
    re.compile(rf"{_SIDE.format('before')}\s*(?P<sign>[-+]?){body}\s*{_SIDE.format('behind')}")
    for body in _SPELLINGS
)


@dataclass(frozen=True)
class Coordinate:
    """One coordinate as a decimal text; side: the point of the compass it states, or "".

    parts: how many of degrees, minutes and seconds it has; comma: whether one is its decimal mark.
    doubtful: whether its S may mean seconds as well as south (50d4m17S).
    """

    text: str
    side: str
    parts: int
    comma: bool
    doubtful: bool

    @property
    def axis(self) -> str:
        """Tell "lat" from "lon" by the side; "" where none is stated."""
        return {"N": "lat", "S": "lat", "E": "lon", "W": "lon"}.get(self.side, "")


def coordinate(text: str) -> Coordinate | None:
    """Read one coordinate (`40° 7' 22.8" N`, `-74.123`); None if it is none, or more than one."""
    if len(text) > _LONGEST:
        return None
    folded = text.strip().upper().replace("\u2212", "-")
    found = {read for pattern in _PATTERNS if (read := _read(pattern.fullmatch(folded)))}
    return found.pop() if len(found) == 1 else None


def pair(text: str) -> tuple[str, str] | None:
    """Read latitude and longitude from one text, cut at any place where both halves are right.

    None where there is no such place, or where two places make different coordinates.
    """
    found = set(_pairs(text.strip())) if len(text) <= _LONGEST else set()
    return found.pop() if len(found) == 1 else None


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for cut in _HALF_SEPARATOR.finditer(text):
        first, second = text[: cut.start()], text[cut.end() :]
        one, other = coordinate(first), coordinate(second)
        if one and other and _agree(one, other, cut.group()):
            swapped = one.axis == "lon" or other.axis == "lat"
            yield (other.text, one.text) if swapped else (one.text, other.text)


def _agree(one: Coordinate, other: Coordinate, between: str) -> bool:
    """Tell whether two halves are written alike, and are a latitude and a longitude."""
    sides = one.axis != other.axis if one.axis and other.axis else not (one.axis or other.axis)
    # A comma cannot both stand in numbers and part them.
    commas = one.comma == other.comma and not (one.comma and between == ",")
    return sides and commas and (one.parts == other.parts or bool(one.axis))


def _read(found: re.Match[str] | None) -> Coordinate | None:
    if found is None:
        return None
    groups = found.groupdict()
    side = (groups["before"] or groups["behind"] or "")[:1]
    texts = [groups["d"], *(groups[name] for name in "ms" if groups.get(name) is not None)]
    parts = [Decimal(text.replace(",", ".")) for text in texts]
    contradicts = side and (groups["sign"] or (groups["before"] and groups["behind"]))
    if contradicts or any(part >= 60 for part in parts[1:]):
        return None
    if groups.get("needs_side") and not side:
        return None
    minus = "-" if groups["sign"] == "-" or side in _SOUTH_WEST else ""
    comma = any("," in text for text in texts)
    doubtful = groups["behind"] == "S" and groups.get("bare") is not None
    return Coordinate(minus + _decimal(texts, parts), side, len(parts), comma, doubtful)


def _decimal(texts: list[str], parts: list[Decimal]) -> str:
    """Give degrees with all their digits; minutes and seconds to twelve decimals at most."""
    if len(parts) == 1:
        return texts[0].replace(",", ".")
    seconds = sum((part * 60 ** (2 - place) for place, part in enumerate(parts)), start=Decimal(0))
    degrees = _EXACT.divide(seconds, Decimal(3600)).quantize(_FINEST, ROUND_HALF_EVEN, _EXACT)
    plain = f"{degrees:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
