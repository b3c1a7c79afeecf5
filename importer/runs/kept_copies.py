"""Reads what a run copied into its folder when it began, and believes only what it was given."""

from __future__ import annotations

import json
from pathlib import Path

from importer.errors import StateError
from importer.runs.run_options import file_hash, ids_hash, mapping_hash
from importer.stages.recording import RunFolder, RunRecord

_ANEW = (
    "restore it from a backup, or import the source anew with `moengage-import run`: a user who "
    "is sent twice is only updated twice"
)


def kept_mapping(record: RunRecord, folder: RunFolder, remedy: str = _ANEW) -> str:
    """Give the text of the run's mapping; StateError if its copy is gone, or is not that text."""
    path, expected = folder.mapping, "the mapping as the run was given it"
    try:
        # As bytes: a line end that is read as another one would make another text.
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise StateError(str(path), _trouble(error), expected, remedy) from None
    if mapping_hash(text) != record.mapping_hash:
        raise StateError(str(path), "a mapping that was changed since", expected, remedy)
    return text


def kept_fixes(record: RunRecord, folder: RunFolder) -> tuple[Path, ...]:
    """Give the copies of the run's fixes, in their order; StateError if one is not as it was."""
    # A retry has its rows in its folder as they were mended.
    given = () if record.kind == "retry" else record.options.get("fixes") or ()
    return tuple(_fixes(folder, number, one) for number, one in enumerate(given, 1))


def _fixes(folder: RunFolder, number: int, given: dict[str, str]) -> Path:
    path = folder.fixes_copy(number, Path(given["file"]).suffix)
    expected = f"the mended rows of {given['file']} as the run was given them"
    try:
        found = file_hash(path)
    except OSError as error:
        raise StateError(str(path), _trouble(error), expected, _ANEW) from None
    if found != given["hash"]:
        raise StateError(str(path), "mended rows that were changed since", expected, _ANEW)
    return path


def kept_only(record: RunRecord, folder: RunFolder) -> frozenset[str] | None:
    """Give the ids of `--only`, None if it was not given; StateError if they are not as they were."""
    if record.options["only"] is None:
        return None
    expected = "the ids of --only as the run was given them"
    try:
        ids = frozenset(map(str, json.loads(folder.only.read_bytes())["ids"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateError(str(folder.only), _trouble(error), expected, _ANEW) from None
    if ids_hash(ids) != record.options["only"]:
        raise StateError(str(folder.only), "ids that were changed since", expected, _ANEW)
    return ids


def _trouble(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, OSError):
        return f"a file that cannot be read ({error.strerror or error})"
    return f"a file that is not what was written ({error})"
