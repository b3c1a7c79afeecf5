"""Finds the quotes and brackets of a YAML text that may be broken, as a person would see them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Spot = tuple[int, int]
"""A line and a column, both from 0."""

_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    | (?P<comment>\#[^\r\n]*)
    | (?P<quoted>"(?:\\.|[^"\\])*"|'(?:''|[^'])*')
    | (?P<unclosed>["'].*)
    | (?P<open>[\[{])
    | (?P<close>[\]}])
    | (?P<mark>,|[-?:](?=\s|\Z))
    | (?P<plain>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"(?:(?!:(?:\s|\Z)|\s\#)[^\r\n])+")
_PLAIN_INSIDE = re.compile(r"(?:(?!:(?:\s|\Z)|\s\#)[^\r\n,\[\]{}])+")
_COMMENT = re.compile(r"(?:^|\s)\#.*")


@dataclass(frozen=True)
class YamlText:
    """A text with its lines, its quoted texts and its brackets; offsets count characters."""

    text: str

    @cached_property
    def lines(self) -> list[str]:
        return _LINE_END.split(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    def offset(self, spot: Spot) -> int:
        return self._starts[min(spot[0], len(self._starts) - 1)] + spot[1]

    def spot(self, offset: int) -> Spot:
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]

    def line(self, number: int) -> str:
        """Give a line without its comment; "" behind the last."""
        return _COMMENT.sub("", self.lines[number]).rstrip() if number < len(self.lines) else ""

    def comment(self, number: int) -> str:
        """Give a line's comment with its `#`; "" if there is none."""
        return self.lines[number][len(self.line(number)) :].strip()

    def filled_before(self, number: int) -> int | None:
        """Give the last line above this one that is more than a comment."""
        return next((above for above in range(number - 1, -1, -1) if self.line(above)), None)

    def rest(self, spot: Spot) -> str:
        """Give what stands from here to the line's end, or to the comment."""
        return self.line(spot[0])[spot[1] :]

    @cached_property
    def _tokens(self) -> list[tuple[str, int, int]]:
        return list(_tokens(self.text))

    @property
    def quoted(self) -> list[tuple[int, int]]:
        """Where each quoted text begins and ends, with its quotes."""
        return [(start, end) for kind, start, end in self._tokens if kind == "quoted"]

    def is_closed(self, bracket: int) -> bool:
        """Tell whether the bracket at this offset is closed anywhere."""
        depth = 0
        for kind, start, _ in self._tokens:
            if start >= bracket:
                depth += {"open": 1, "close": -1}.get(kind, 0)
            if start >= bracket and not depth:
                return True
        return False

    def last_open(self, spot: Spot) -> Spot | None:
        """Give the last bracket before this place that is not closed before it."""
        opened: list[int] = []
        for kind, start, _ in self._tokens:
            if start >= self.offset(spot):
                break
            if kind == "open":
                opened.append(start)
            elif kind == "close" and opened:
                opened.pop()
        return self.spot(opened[-1]) if opened else None

    def is_inside(self, spot: Spot) -> bool:
        """Tell whether a place is between brackets."""
        return self.last_open(spot) is not None

    def entry(self, spot: Spot) -> str:
        """Give the text that a person began to write here, up to where it must end."""
        rest = self.rest(spot)
        if self.is_inside(spot):
            return re.split(r"[,\]}]", rest, maxsplit=1)[0].strip()
        if not self.lines[spot[0]][: spot[1]].strip(" -"):
            return re.split(r":(?:\s|$)", rest, maxsplit=1)[0].strip()
        return rest.strip()


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    at = depth = 0
    while found := _TOKEN.match(text, at):
        kind = str(found.lastgroup)
        if kind == "plain":
            plain = (_PLAIN_INSIDE if depth else _PLAIN).match(text, at)
            end = plain.end() if plain else at + 1
        else:
            end = found.end()
        depth = max(depth + {"open": 1, "close": -1}.get(kind, 0), 0)
        yield kind, at, end
        at = end


@dataclass(frozen=True)
class Complaint:
    """What the YAML parser says: `problem` at `at`, in the midst of what began at `begun`."""

    problem: str
    at: Spot
    context: str = ""
    begun: Spot | None = None


@dataclass(frozen=True)
class Mistake:
    """What the writer did: where it begins, what stands there, what should, and how to mend it."""

    spot: Spot
    found: str
    expected: str
    remedy: str


def in_quotes(text: str) -> str:
    """Write a text in quotes between which it means itself."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


IN_QUOTES = "quotes around the whole text"
