"""Reads YAML into plain dicts, lists and texts that remember where each of them stands.

Scalars stay the text that was typed (`0042`, `no`, `NULL`): what a text means is the grammar's
decision, field by field.  Nothing is constructed, so a mapping file cannot run code.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from importer.errors import MappingError, Problem
from importer.mapping_file.yaml_marks import Complaint
from importer.mapping_file.yaml_mistakes import meant_as_text, mistake

Path = tuple[str | int, ...]

# An alias may repeat its anchor's whole tree; a short file must not become a huge one.
_MOST_NODES = 100_000
_DEEPEST = 20

# To YAML 02134 and +4930901820 are numbers, and as such they would lose zero and plus: postcodes,
# ids and phone numbers look so.
_CODE = re.compile("[-+]?0[0-9]+|\\+[0-9]{7,}")


class Scalar(str):
    """A text as typed in the file, with YAML's opinion of it: str, int, float, bool or null.

    Digits behind a leading zero are a str, and so are many behind a plus.
    """

    __slots__ = ("tag",)
    tag: str

    @classmethod
    def of(cls, text: str, tag: str) -> Scalar:
        scalar = cls(text)
        scalar.tag = tag
        return scalar


@dataclass(frozen=True)
class Located:
    """A YAML document and the (line, column) of each of its parts, both counted from 1.

    `keys` has the places of the keys, `values` of what stands behind them.
    `problems` has what is wrong with the document itself, and `faulty` the parts that it hit;
    `warnings` has what is allowed and yet worth saying.
    """

    file: str
    root: Any
    keys: dict[Path, tuple[int, int]]
    values: dict[Path, tuple[int, int]]
    problems: tuple[Problem, ...] = ()
    faulty: frozenset[Path] = frozenset()
    warnings: tuple[str, ...] = ()

    def place(self, path: Path, *, of_key: bool = False) -> str:
        """Give `file:line:column` of a part, or of its nearest parent that has a place."""
        first, second = (self.keys, self.values) if of_key else (self.values, self.keys)
        for length in range(len(path), -1, -1):
            spot = first.get(path[:length]) or second.get(path[:length])
            if spot:
                return f"{self.file}:{spot[0]}:{spot[1]}"
        return self.file


def read_yaml(text: str, file: str) -> Located:
    """Read one YAML document; MappingError says where it is broken.

    Of a key that stands twice the first is taken, and the second is one of its `problems`.
    """
    try:
        node = YAML(pure=True).compose(text)
    except MarkedYAMLError as error:
        raise _broken(text, file, error) from None
    except (YAMLError, ValueError) as error:
        raise _not_yaml(file, str(error).splitlines()[0]) from None
    except RecursionError:
        raise _not_yaml(file, "it is nested far too deep") from None
    reader = _Reader(file)
    root = reader.read(node, ()) if node is not None else None
    reader.note_marked_texts(text)
    return Located(
        file,
        root,
        reader.keys,
        reader.values,
        problems=tuple(reader.problems),
        faulty=frozenset(reader.faulty),
    )


def _broken(text: str, file: str, error: MarkedYAMLError) -> MappingError:
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    said = str(error.problem or error.context)
    if mark is None:
        return _not_yaml(file, said)
    complaint = Complaint(
        problem=said,
        at=(mark.line, mark.column),
        context=str(error.context or ""),
        begun=(begun.line, begun.column) if begun else None,
    )
    known = mistake(text, file, complaint)
    if known is not None:
        return MappingError(known.place, known.found, known.expected, known.remedy)
    return _not_yaml(f"{file}:{mark.line + 1}:{mark.column + 1}", said)


def _not_yaml(place: str, found: str) -> MappingError:
    return MappingError(
        place,
        f"text that is not YAML ({found})",
        "a YAML mapping file",
        "check indentation, colons and quotes near this place",
    )


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[Path, tuple[int, int]] = {}
        self.values: dict[Path, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.faulty: set[Path] = set()
        self._marked: list[tuple[ScalarNode, Path]] = []

    def read(self, node: Node, path: Path) -> Any:
        self.values[path] = _spot(node)
        if len(self.values) > _MOST_NODES or len(path) > _DEEPEST:
            raise MappingError(
                self.file,
                "a file that is far too large or too deep",
                "a mapping file",
                "remove repeated aliases (&name, *name)",
            )
        self._look_at(node, path)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _look_at(self, node: Node, path: Path) -> None:
        """Look at a text, or at the keys of a group: what they are, and how they are marked."""
        is_group = isinstance(node, MappingNode)
        for part in [key for key, _ in node.value] if is_group else [node]:
            self._join_surrogates(part)
            if isinstance(part, ScalarNode) and (part.anchor or str(part.tag).startswith("!")):
                self._marked.append((part, (*path, str(part.value)) if is_group else path))

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                raise _not_yaml(f"{self.file}:{_colon(key_node)}", "a key that is not a text")
            key = str(key_node.value)
            if key in result:
                self._note_second(key, path, key_node)
                continue
            self.keys[(*path, key)] = _spot(key_node)
            result[key] = self.read(value_node, (*path, key))
            if result[key] is None:
                # YAML sees nothing behind a key where the next thing begins.
                self.values[(*path, key)] = _spot(key_node)
        return result

    def _note_second(self, key: str, path: Path, node: Node) -> None:
        earlier = self.keys[(*path, key)]
        self.problems.append(
            Problem(
                f"{self.file}:{_colon(node)}",
                f"{key!r} for the second time (the first is on line {earlier[0]})",
                "each name once",
                "remove one of the two, or give it another name",
            )
        )

    def note_marked_texts(self, text: str) -> None:
        """Refuse `&name` that no `*name` asks for, and `!name`: they were meant as texts."""
        times = Counter(id(node) for node, _ in self._marked)
        for node, path in self._marked:
            if node.anchor and times[id(node)] > 1:
                continue
            self.faulty.add(path)
            problem = meant_as_text(text, (node.start_mark.line, node.start_mark.column))
            self.problems.append(replace(problem, place=f"{self.file}:{_colon(node)}"))

    def _join_surrogates(self, node: Node) -> None:
        """Make one character of two escapes, as JSON writes those beyond 16 bits."""
        if not isinstance(node, ScalarNode):
            return
        try:
            node.value = node.value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            place = f"{self.file}:{_colon(node)}"
            raise _not_yaml(place, "half of a character that takes two escapes") from None


def _scalar(node: Node) -> Scalar | None:
    tag = str(node.tag).rpartition(":")[2]
    if tag == "int" and _CODE.fullmatch(node.value):
        tag = "str"
    if tag == "null" and node.value == "":
        return None
    return Scalar.of(str(node.value), tag)


def _spot(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _colon(node: Node) -> str:
    line, column = _spot(node)
    return f"{line}:{column}"
