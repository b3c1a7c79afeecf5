"""Finds the choices that a mapping leaves open: `{decide: [DD/MM/YYYY, MM/DD/YYYY]}`.

`init` writes one wherever the table itself does not tell; nothing is checked, sent or guessed until
a person has put one of the choices, or a value of his own, in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from importer.errors import Problem
from importer.mapping_file.findings import part_of
from importer.mapping_file.yaml_tree import Located, Path, Scalar

Places = dict[Path, tuple[int, int]]

KEY = "decide"
OTHERS = "..."
"""The last entry of a list of choices that are examples only."""

# Here a key is a name of the user's own: a column, an attribute, a rule.
_NAMES = {("attributes",), ("where",), ("rules",)}


def settled(document: Located) -> Located:
    """Give the document with the first choice of each, and one more problem for each open choice.

    The rest of the file can so be checked, too, and everything be told at once.
    """
    taken: dict[Path, Path] = {}
    problems: list[Problem] = []
    for path, choices in _choices(document.root, ()):
        problems.append(_problem(choices, path, document))
        first = next((at for at, choice in enumerate(choices) if choice != OTHERS), len(choices))
        taken[path] = (*path, KEY, first)
    if not taken:
        return document
    blank = {part_of(path) for path, choice in taken.items() if not _has(document, choice)}
    return replace(
        document,
        root=_settled(document.root, (), taken),
        keys=_moved(document.keys, taken),
        values=_moved(document.values, taken),
        problems=(*document.problems, *problems),
        # What only follows from a choice without a single proposal is not told.
        faulty=document.faulty | blank,
    )


def _has(document: Located, path: Path) -> bool:
    return path in document.values


def _choices(node: Any, path: Path) -> Iterator[tuple[Path, list[Any]]]:
    """Give each open choice with its place; a choice of a choice is not looked into."""
    if path[:1] == ("tests",):
        return
    if isinstance(node, list):
        for at, item in enumerate(node):
            yield from _choices(item, (*path, at))
    elif isinstance(node, dict):
        if path and path not in _NAMES and set(node) == {KEY} and isinstance(node[KEY], list):
            yield path, node[KEY]
            return
        for key, value in node.items():
            yield from _choices(value, (*path, key))


def _settled(node: Any, path: Path, taken: dict[Path, Path]) -> Any:
    if path in taken:
        choices, at = node[KEY], taken[path][-1]
        return choices[at] if isinstance(at, int) and at < len(choices) else Scalar.of("-", "str")
    if isinstance(node, list):
        return [_settled(item, (*path, at), taken) for at, item in enumerate(node)]
    if isinstance(node, dict):
        return {key: _settled(value, (*path, key), taken) for key, value in node.items()}
    return node


def _moved(places: Places, taken: dict[Path, Path]) -> Places:
    """Give the places of the settled document: those of the choices that were taken, and no others."""
    found: Places = {}
    for path, spot in places.items():
        within = next((own for own in taken if path[: len(own)] == own), None)
        if within is None or path == within:
            found[path] = spot
        elif path[: len(taken[within])] == taken[within]:
            found[(*within, *path[len(taken[within]) :])] = spot
    return found


def _problem(choices: list[Any], path: Path, document: Located) -> Problem:
    shown = [_shown(choice) for choice in choices if choice != OTHERS]
    is_closed = OTHERS not in choices and shown
    expected = f"one of {', '.join(shown)}" if shown else "a value of your own"
    if shown and not is_closed:
        expected += ", or another that fits"
    name = ".".join(map(str, path))
    return Problem(
        document.place(path),
        f"`{name}` is not decided yet",
        expected,
        "look at the comment above it, and put one of them in place of `{decide: [...]}`"
        if shown
        else "look at the comment above it, and put it in place of `{decide: []}`",
    )


def _shown(choice: Any) -> str:
    return "`" + "".join(_written(choice)) + "`"


def _written(value: Any) -> Iterator[str]:
    """Write a choice as it may stand in the file, on one line."""
    if isinstance(value, dict):
        pairs = (f"{key}: {''.join(_written(entry))}" for key, entry in value.items())
        yield "{" + ", ".join(pairs) + "}"
    elif isinstance(value, list):
        yield "[" + ", ".join("".join(_written(entry)) for entry in value) + "]"
    else:
        yield "" if value is None else str(value)
