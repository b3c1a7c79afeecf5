"""Collects everything that is wrong with a mapping file, each with its place."""

from __future__ import annotations

from importer.errors import MappingError, Problem
from importer.mapping_file.yaml_tree import Located, Path


class Findings:
    """Problems and warnings of one document."""

    def __init__(self, document: Located) -> None:
        self.document = document
        self.warnings: list[str] = []
        self._problems: list[Problem] = []

    def add(
        self, path: Path, found: str, expected: str, remedy: str, *, of_key: bool = False
    ) -> None:
        """Note a problem with what stands at `path` (with its key, if `of_key`)."""
        place = self.document.place(path, of_key=of_key)
        self._problems.append(Problem(place, found, expected, remedy))

    def raise_if_any(self) -> None:
        """Raise MappingError with every problem at once."""
        if self._problems:
            raise MappingError.of(tuple(self._problems))
