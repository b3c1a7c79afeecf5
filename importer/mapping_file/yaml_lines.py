"""Says what is wrong with the lines of a broken YAML file: their colons, and the blanks before them."""

from __future__ import annotations

import re

from importer.mapping_file.yaml_marks import (
    IN_QUOTES,
    Complaint,
    Mistake,
    Spot,
    YamlText,
    in_quotes,
)
from importer.plurals import counted


def colon(written: YamlText, said: Complaint) -> Mistake | None:
    """Tell a line that is no `name: value`; or one with two colons; or one that stands too deep."""
    if said.problem == "could not find expected ':'" and said.begun:
        return _no_colon(written, said.begun)
    if said.problem != "mapping values are not allowed here":
        return None
    number = said.at[0]
    line = written.line(number)
    key = re.match(r"(\s*(?:-\s+)*[^\s].*?:)\s+", line[: said.at[1]])
    if key:
        value = line[key.end() :].strip()
        return Mistake(
            (number, key.end()),
            f"a colon inside a text: {value}",
            IN_QUOTES,
            f"write {key[1].strip()} {in_quotes(value)}",
        )
    above = written.filled_before(number)
    if above is None:
        return None
    if not _KEY.match(written.line(above)):
        return _no_colon(written, (above, _indent(written.line(above))))
    return _too_deep(written, above, number)


_KEY = re.compile(r"\s*(?:-\s+)*\S.*?:(?:\s|$)")


def _no_colon(written: YamlText, spot: Spot) -> Mistake:
    line = written.line(spot[0]).strip()
    if re.match(r"-[^\s-]", line):
        found, expected = f"a `-` without a blank behind it: {line}", "a blank behind the `-`"
        return Mistake(spot, found, expected, f"write - {line[1:]}")
    tight = re.match(r"([^\s:]+):(\S.*)", line)
    if tight:
        found, expected = f"a colon without a blank behind it: {line}", "a blank behind the colon"
        colon = (spot[0], spot[1] + len(tight[1]))
        return Mistake(colon, found, expected, f"write {tight[1]}: {tight[2]}")
    name, _, value = line.partition(" ")
    return Mistake(
        spot,
        f"a line without a colon: {line}",
        "a name, a colon, a blank, and what it stands for",
        f"write {f'{name}: {value.strip()}'.rstrip()}; or, if it belongs to the text above it, put "
        "that text into quotes",
    )


def _too_deep(written: YamlText, above: int, number: int) -> Mistake:
    own, other = (_indent(written.line(one)) for one in (number, above))
    name, upper = _name(written.line(number)), _name(written.line(above))
    return Mistake(
        (number, own),
        f"`{name}` with {counted(own, 'blank')} before it, under `{upper}`, which has {other} and "
        "a value of its own",
        "as many blanks before each name as before those beside it",
        f"begin `{name}` right under `{upper}`; or, if it is a part of it, leave nothing behind "
        f"`{upper}:`",
    )


def indentation(written: YamlText, said: Complaint) -> Mistake | None:
    """Find a name that stands under none of those above it, or a `-` beside names."""
    if not said.problem.startswith("expected <block end>"):
        return None
    number, own = said.at
    if said.problem.endswith("'-'"):
        return Mistake(
            said.at,
            "a `-` beside names",
            "either names or `-`, and not both beside each other",
            "put more blanks before the `-` than before the name to which its list belongs, or "
            "remove the `-`",
        )
    if _indent(written.line(number)) != own:
        return None
    above = [line for line in map(written.line, range(number)) if _KEY.match(line)]
    near = [next((line for line in reversed(above) if _indent(line) > own), "")]
    near.append(next((line for line in reversed(above) if _indent(line) < own), ""))
    places = [f"{_indent(line)} as before `{_name(line)}`" for line in near if line]
    name = _name(written.line(number))
    return Mistake(
        said.at,
        f"`{name}` with {counted(own, 'blank')} before it, as no name has that it could belong to",
        "as many blanks before each name as before those beside it",
        f"write so many blanks before it: {', or '.join(places)}" if places else "remove them",
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _name(line: str) -> str:
    return line.strip().removeprefix("- ").partition(":")[0].strip()
