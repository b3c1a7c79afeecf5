"""Says in plain words what the writer of a broken YAML file most likely did, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable

from importer.errors import Problem
from importer.mapping_file.yaml_lines import colon, indentation
from importer.mapping_file.yaml_marks import (
    IN_QUOTES,
    Complaint,
    Mistake,
    Spot,
    YamlText,
    in_quotes,
)

_Decider = Callable[[YamlText, Complaint], Mistake | None]


def mistake(text: str, file: str, complaint: Complaint) -> Problem | None:
    """Explain the parser's complaint about a text; None for what is not one of the usual mistakes."""
    written = YamlText(text)
    for decide in _DECIDERS:
        if found := decide(written, complaint):
            place = f"{file}:{found.spot[0] + 1}:{found.spot[1] + 1}"
            return Problem(place, found.found, found.expected, found.remedy)
    return None


def meant_as_text(text: str, spot: Spot) -> Problem:
    """Say of what begins here with a mark of YAML's that it is a text; its place is the caller's."""
    found = _begins_with(YamlText(text), spot)
    return Problem("", found.found, found.expected, found.remedy)


def _tab(written: YamlText, said: Complaint) -> Mistake | None:
    if not said.problem.startswith("found character '\\t'"):
        return None
    if written.lines[said.at[0]][: said.at[1]].strip():
        return Mistake(said.at, "a tab", "a blank", "write a blank instead of the tab")
    return Mistake(
        said.at,
        "a tab at the beginning of a line",
        "blanks: YAML takes no tabs there",
        "write two blanks for each tab in all lines; most editors can do that (`tabs to spaces`)",
    )


def _unclosed_quote(written: YamlText, said: Complaint) -> Mistake | None:
    if said.begun is None or said.context != "while scanning a quoted scalar":
        return None
    return _not_closed(written, said.begun)


def _not_closed(written: YamlText, spot: Spot) -> Mistake:
    quote = written.rest(spot)[:1]
    return Mistake(
        spot,
        f"a text that begins with the quote {quote} and has none at its end",
        f"a {quote} at both ends",
        f"write the second {quote} behind the text; or, if the quote belongs to the text, "
        f"{in_quotes(written.entry(spot))}",
    )


def _goes_on(written: YamlText, said: Complaint) -> Mistake | None:
    """Find a quoted text behind which more stands, in the line of the complaint."""
    limit = written.offset(said.at)
    for start, end in written.quoted:
        line, column = written.spot(end)
        behind = written.rest((line, column)).lstrip()
        if line != said.at[0] or end > limit or not behind or behind[0] in ":,]}":
            continue
        begin = written.spot(start)
        if begin[0] != line:
            return _not_closed(written, begin)
        whole, quote = written.entry(begin), written.text[start]
        is_inner = whole.count(quote) % 2 and whole.endswith(quote)
        return Mistake(
            begin,
            f"text behind a closing quote: {whole}",
            IN_QUOTES,
            f"write {in_quotes(whole[1:-1] if is_inner else whole)}",
        )
    return None


_BEGINNINGS = re.compile(
    "found character '[@%`]'|found undefined alias|expected the node content, but found '[],}]'"
)
_SCANNED = ("an alias", "an anchor", "a tag", "a block scalar", "a directive")


def _beginning(written: YamlText, said: Complaint) -> Mistake | None:
    """Find a text that begins with a character that means something to YAML."""
    spot = said.at if _BEGINNINGS.match(said.problem) else None
    if said.begun and said.context.removeprefix("while scanning ") in _SCANNED:
        spot = said.begun
    if said.problem.startswith("expected '<document start>'"):
        directives = (number for number, line in enumerate(written.lines) if line[:1] == "%")
        spot = next(((number, 0) for number in directives), None)
    return None if spot is None else _begins_with(written, spot)


def _begins_with(written: YamlText, spot: Spot) -> Mistake:
    whole = written.entry(spot)
    return Mistake(
        spot,
        f'a text that begins with "{whole[:1]}", which means something else in YAML: {whole}',
        IN_QUOTES,
        f"write {in_quotes(whole)}",
    )


def _bracket(written: YamlText, said: Complaint) -> Mistake | None:
    begun = said.begun
    if said.context == "while parsing a flow node":
        begun = written.last_open(said.at)
    if begun is None or not said.context.startswith("while parsing a flow"):
        return None
    mark = written.rest(begun)[:1]
    due = {"{": "}", "[": "]"}[mark]
    got = written.rest(said.at)[:1]
    if got in ("}", "]") and got != due:
        return Mistake(
            said.at,
            f"a `{got}` where the `{mark}` of line {begun[0] + 1} is not closed yet",
            f"`{due}`",
            f"write `{due}` before it, or instead of it",
        )
    if written.is_closed(written.offset(begun)):
        return _two_in_one(written, said)
    behind = written.comment(begun[0])
    if due in behind:
        found = f"a `{mark}` whose `{due}` stands in a comment, which ` #` begins: {behind}"
        remedy = f"write the text that has the # in quotes, or the `{due}` before the comment"
        return Mistake(begun, found, f"a `{due}` before the comment", remedy)
    return Mistake(
        begun,
        f"a `{mark}` that is not closed",
        f"a `{due}` where it ends",
        f"write the `{due}`; or, if the text itself begins with `{mark}`, write it in quotes",
    )


def _two_in_one(written: YamlText, said: Complaint) -> Mistake | None:
    """Find two colons in one entry between brackets: a comma or quotes are missing."""
    if not said.problem.endswith("but got ':'"):
        return None
    before = written.text[: written.offset(said.at)]
    entry = max(before.rfind(mark) for mark in ",{[") + 1
    key, _, value = before[entry:].partition(": ")
    first, _, last = value.rstrip().rpartition("\n" if "\n" in value else " ")
    spot = written.spot(entry + len(key) - len(key.lstrip()))
    found = f"a second colon in one entry: {' '.join(before[entry:].split())}:"
    if said.context.endswith("sequence"):
        key, value = "", f"{key}: {value}"
    elif first and re.fullmatch(r"\s*[a-z_]+", last):
        remedy = f"write {key.strip()}: {first.strip()}, {last.strip()}: ..."
        return Mistake(spot, found, "a comma between two entries", remedy)
    whole = in_quotes(f"{value}{written.entry(said.at)}".strip())
    return Mistake(spot, found, IN_QUOTES, f"write {f'{key.strip()}: ' if key else ''}{whole}")


def _behind_bracket(written: YamlText, said: Complaint) -> Mistake | None:
    if not said.problem.startswith("expected <block end>"):
        return None
    before = written.lines[said.at[0]][: said.at[1]] if said.at[0] < len(written.lines) else ""
    mark = written.rest(said.at)[:1]
    if mark in ("}", "]"):
        open_mark = "{" if mark == "}" else "["
        remedy = f"remove it, or write the `{open_mark}` to which it belongs"
        return Mistake(said.at, f"a `{mark}` too many", f"a `{open_mark}` before it", remedy)
    value = re.match(r"(?:.*?:\s+|\s*-\s+)(?=[\[{])", before)
    if not value or not before.rstrip().endswith(("}", "]")):
        return None
    return _begins_with(written, (said.at[0], value.end()))


def _escape(written: YamlText, said: Complaint) -> Mistake | None:
    if said.begun is None or said.context != "while scanning a double-quoted scalar":
        return None
    shown = written.rest((said.at[0], max(said.at[1] - 1, 0)))[:2]
    closed = re.match(r'"([^"]*)"', written.rest(said.begun))
    remedy = f"write {in_quotes(closed[1])}" if closed else "write it in single quotes"
    found = f"`{shown}` between double quotes, where a backslash means something else"
    return Mistake(said.begun, found, "single quotes around a text with backslashes", remedy)


_DECIDERS: tuple[_Decider, ...] = (
    _tab,
    _unclosed_quote,
    _goes_on,
    _beginning,
    _escape,
    _bracket,
    _behind_bracket,
    colon,
    indentation,
)
