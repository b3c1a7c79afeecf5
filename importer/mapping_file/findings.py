"""Collects everything that is wrong with a mapping file, each with its place."""

from __future__ import annotations

from collections.abc import Collection

from importer.errors import Problem
from importer.mapping_file.yaml_tree import Located, Path

_LISTED = ("attributes", "platforms", "unset", "tests", "source", "rules", "where")


def part_of(path: Path) -> Path:
    """Give the part of the file that a path belongs to: one attribute, one test, one option."""
    return path[:2] if path[:1] and path[0] in _LISTED else path[:1]


class Findings:
    """Problems and warnings of one document.

    faulty: the parts of which something is wrong.  Those it begins with are told already, and
        whatever else is found in them may only follow from that: it is not noted.
    """

    def __init__(self, document: Located, faulty: Collection[Path] = ()) -> None:
        self.document = document
        self.warnings: list[str] = [*document.warnings]
        self.problems: list[Problem] = []
        self._told = set(faulty)
        self.faulty = set(faulty)

    def add(
        self, path: Path, found: str, expected: str, remedy: str, *, of_key: bool = False
    ) -> None:
        """Note a problem with what stands at `path` (with its key, if `of_key`)."""
        part = part_of(path)
        if part in self._told:
            return
        self.faulty.add(part)
        place = self.document.place(path, of_key=of_key)
        self.problems.append(Problem(place, found, expected, remedy))

    def hide(self, path: Path) -> None:
        """Note nothing more of the part that this path belongs to: it would only follow."""
        self._told.add(part_of(path))

    def warn(self, path: Path, sentence: str, *, of_key: bool = False) -> None:
        """Note what is allowed and yet worth saying."""
        if part_of(path) not in self._told:
            self.warnings.append(f"{self.document.place(path, of_key=of_key)}: {sentence}")
