"""Reads a mapping file, or says everything that is wrong with it at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from importer.errors import MappingError
from importer.mapping_file.examining import Examined, examine
from importer.mapping_file.manifest import is_manifest, translated
from importer.mapping_file.mapping import Mapping
from importer.mapping_file.open_choices import settled
from importer.mapping_file.tables import SWAPPED, is_table
from importer.mapping_file.yaml_tree import Located, read_yaml

_MOST_BYTES = 1_048_576


def load_mapping(path: str | Path) -> Mapping:
    """Read the mapping file at `path`; MappingError names file, line and column of each problem."""
    return parse_mapping(_read(Path(path)), str(path))


def parse_mapping(text: str, file: str = "mapping") -> Mapping:
    """Read a mapping from its text; `file` is the name that messages use."""
    examined = examine(_document(text, file), text)
    if examined.problems:
        raise MappingError.of(examined.problems)
    return examined.mapping


def examine_mapping(path: str | Path) -> Examined:
    """Read the mapping file at `path` as far as it can be, with all that is wrong with it.

    Raises MappingError for a file that cannot be read at all.
    """
    text = _read(Path(path))
    return examine(_document(text, str(path)), text)


def read_document(path: str | Path) -> Located:
    """Read a file's tree with its places, whatever it is a mapping of."""
    return _tree(_read(Path(path)), str(path))


def _document(text: str, file: str) -> Located:
    """Read a mapping of ours, or MoEngage's own as if it were one."""
    document = _tree(text, file)
    return translated(document) if is_manifest(document.root) else settled(document)


def parse_provisionally(text: str, file: str = "mapping") -> Mapping:
    """Read a mapping as if a person had taken the first of each open choice."""
    examined = examine(replace(_document(text, file), problems=()), text)
    if examined.problems:
        raise MappingError.of(examined.problems)
    return examined.mapping


def _tree(text: str, file: str) -> Located:
    if not file.lower().endswith(".json"):
        return read_yaml(text, file)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise MappingError(
            f"{file}:{error.lineno}:{error.colno}",
            f"text that is not JSON ({error.msg})",
            "a JSON file",
            "check commas, quotes and brackets near this place",
        ) from None
    except RecursionError:
        raise MappingError(file, "a file that is far too deep", "a JSON file", "check it") from None
    # JSON may be indented by tabs, which YAML does not take; there are none in JSON's texts.
    return read_yaml(text.replace("\t", " "), file)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise MappingError(
            str(path), "no such file", "a mapping file", "check the path given to --mapping"
        ) from None
    except OSError as error:
        raise MappingError(
            str(path),
            f"a file that cannot be read ({error.strerror})",
            "a mapping file",
            "check the path and its permissions",
        ) from None
    if is_table(path, data):
        # What YAML says of it would quote a person's row.
        raise MappingError(
            str(path),
            "a file that looks like a table",
            "a mapping file",
            SWAPPED,
        )
    if len(data) > _MOST_BYTES:
        raise MappingError(
            str(path), "more than 1 MiB", "a mapping file", "did you give the source's path?"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MappingError(
            f"{path}:{line}", "bytes that are not UTF-8", "a UTF-8 text", "save it as UTF-8"
        ) from None
