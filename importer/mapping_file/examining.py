"""Finds everything that is wrong with a mapping file at once: its grammar, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from importer.errors import MappingError, Problem
from importer.mapping_file.findings import Findings, part_of
from importer.mapping_file.grammar import MappingModel
from importer.mapping_file.mapping import Mapping
from importer.mapping_file.problems import in_file_order, problems_of
from importer.mapping_file.resolving import resolve
from importer.mapping_file.yaml_tree import Located, Path, Scalar

_MOST_ROUNDS = 50


@dataclass(frozen=True)
class Examined:
    """A mapping file with everything that is wrong with it.

    mapping: what could be read of it; all of it if there are no problems.
    faulty: the parts of the file that have a problem, such as ("attributes", "email").
    """

    mapping: Mapping
    problems: tuple[Problem, ...]
    faulty: frozenset[Path]

    def is_sound(self, *path: str | int) -> bool:
        """Tell whether a part has no problem."""
        return path not in self.faulty


def examine(document: Located, text: str) -> Examined:
    """Hold a document against the grammar, and what is right of it against its meaning.

    What a mistake of grammar has hit is left out, and what follows from it is not told.
    Raises MappingError where nothing can be read at all.
    """
    if not isinstance(document.root, dict):
        raise MappingError(
            document.file,
            "an empty file" if document.root is None else "a file without keys",
            "a mapping that begins with `mapping: 1`",
            "start from mappings/minimal.yaml",
        )
    model, problems, faulty = _by_grammar(document)
    findings = Findings(document, faulty | _broken(document))
    mapping = resolve(model, findings, text)
    found = (*document.problems, *problems, *findings.problems)
    return Examined(mapping, in_file_order(found), frozenset(findings.faulty))


def _broken(document: Located) -> frozenset[Path]:
    """Give the parts that something wrong with the document itself has hit."""
    return frozenset(map(part_of, document.faulty))


def _by_grammar(document: Located) -> tuple[MappingModel, tuple[Problem, ...], frozenset[Path]]:
    """Give the model of what is right, what is wrong with the rest, and which parts that is."""
    root = _copied(document.root)
    problems: tuple[Problem, ...] = ()
    faulty: set[Path] = set()
    for number in range(_MOST_ROUNDS):
        try:
            return MappingModel.model_validate(root), problems, frozenset(faulty)
        except ValidationError as error:
            # What is found later only follows from what was taken out before.
            if number == 0:
                problems = problems_of(error, document, told=_broken(document))
            wrong = [_wrong_part(entry) for entry in error.errors(include_url=False)]
            faulty.update(part_of(path) for path in wrong)
            _take_out(root, wrong)
    raise MappingError.of((*document.problems, *problems))


def _wrong_part(entry: Any) -> Path:
    """Give the path that a file without the mistake would not have."""
    path: Path = tuple(part for part in entry["loc"] if part != "[key]")
    if entry["type"] == "missing" and len(path) > 1:
        path = path[:-1]
    # An entry cannot be taken out of a list: the others would get other numbers.
    numbers = [place for place, part in enumerate(path) if isinstance(part, int)]
    return path[: numbers[0]] if numbers else path


# What stands in for a part without which there is no mapping; it names no column.
_STAND_INS = {
    "mapping": Scalar.of("1", "int"),
    "customer_id": {"constant": Scalar.of("-", "str")},
}


def _take_out(root: dict[str, Any], paths: Iterable[Path]) -> None:
    for path in paths:
        *way, last = path
        part: Any = root
        for place, key in enumerate(way):
            if not isinstance(part, dict) or not isinstance(part.get(key), dict):
                way, last = way[:place], key
                break
            part = part[key]
        if isinstance(part, dict):
            part.pop(last, None)
        if not way and last in _STAND_INS:
            root[str(last)] = _STAND_INS[str(last)]


def _copied(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _copied(value) for key, value in part.items()}
    return [_copied(value) for value in part] if isinstance(part, list) else part
