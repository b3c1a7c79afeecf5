"""Turns what pydantic says of a mapping file into problems that a person can act on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from importer.errors import Problem
from importer.mapping_file.field_types import Unknown
from importer.mapping_file.findings import part_of
from importer.mapping_file.forms import Form, column_form, form_of
from importer.mapping_file.grammar import (
    AttributeModel,
    CustomerIdModel,
    DuplicatesModel,
    ExpectModel,
    MappingModel,
    OriginModel,
    PlatformModel,
    SourceModel,
    TargetModel,
    TestModel,
    UnsetModel,
)
from importer.mapping_file.naming import near_standard, nearest
from importer.mapping_file.yaml_tree import Located, Path
from importer.moengage.attributes import BY_KEY

_GROUPS: dict[tuple[str, ...], type[BaseModel]] = {
    (): MappingModel,
    ("source",): SourceModel,
    ("target",): TargetModel,
    ("customer_id",): CustomerIdModel,
    ("attributes", "*"): AttributeModel,
    ("platforms", "*"): PlatformModel,
    ("platforms", "*", "active"): AttributeModel,
    ("unset", "*"): UnsetModel,
    ("duplicates",): DuplicatesModel,
    ("duplicates", "by"): AttributeModel,
    ("tests", "*"): TestModel,
    ("tests", "*", "expect"): ExpectModel,
}
"""Which model speaks for which place of the file; * is any name or number."""

_VERSION = "mapping: 1"
_CORRECT = "correct the value"


def problems_of(
    error: ValidationError, document: Located, told: Collection[Path] = ()
) -> tuple[Problem, ...]:
    """Give one problem for each thing that pydantic found, in the file's order.

    told: parts of the file of which something else is told already, from which these may follow.
    """
    return in_file_order(
        _problem(entry, document)
        for entry in error.errors(include_url=False)
        if part_of(_path(entry)) not in told
    )


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by their lines and columns."""
    return tuple(sorted(problems, key=lambda problem: _order(problem.place)))


def _order(place: str) -> tuple[int, ...]:
    return tuple(int(part) for part in place.split(":") if part.isdigit())


def _path(entry: Any) -> Path:
    return tuple(part for part in entry["loc"] if part != "[key]")


def _problem(entry: Any, document: Located) -> Problem:
    kind, path = entry["type"], _path(entry)
    cause = entry.get("ctx", {}).get("error")
    if kind == "extra_forbidden":
        return _unknown_key(path, document)
    if kind == "missing":
        return Problem(
            document.place(path[:-1]),
            f"no `{path[-1]}:`{_inside(path[:-1])}",
            f"`{path[-1]}:`",
            f"write `{_VERSION}`" if path == ("mapping",) else f"add a line `{path[-1]}: ...`",
        )
    if isinstance(cause, Unknown):
        return _unknown_word(cause, path, document, of_key=entry["loc"][-1] == "[key]")
    form = _form(path, entry.get("input"))
    if form is not None:
        return Problem(document.place(path), form.found, form.expected, form.remedy)
    found, _, expected = str(cause or entry["msg"]).partition(", expected ")
    given, remedy = entry.get("input"), ""
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        found = "a list" if isinstance(given, list) else "a text"
        expected = "a group of `key: value` lines"
    elif kind == "list_type":
        found, expected = "something that is no list", "a list such as [a, b]"
    keys = [part for part in path if isinstance(part, str)]
    key = f"`{keys[-1]}:`" if keys else "`the file:`"
    if given is None:
        found, remedy = "nothing", f"write it behind {key}, or remove {key}"
    return Problem(
        document.place(path),
        f"{key} holds {found}",
        expected or "what docs/mapping.md shows for it",
        remedy or _with_colon(given) or _CORRECT,
    )


def _form(path: Path, found: Any) -> Form | None:
    """Give the usual form of what should stand here; None where that is not known to help."""
    if not path or _lacks_colon(path, found):
        return None
    if path[-1] == "column" and issubclass(_model_at(path[:-1]), OriginModel):
        return column_form(found)
    return form_of(path, found, is_value=issubclass(_model_at(path), OriginModel))


def _lacks_colon(path: Path, found: Any) -> bool:
    """Tell whether a text is a group whose colon is missing; a list's entry begins with its key."""
    if path[0] == "where" or not _with_colon(found):
        return False
    is_listed = path[0] in ("unset", "platforms")
    return not is_listed or found.split()[0].rstrip(":") in _model_at((path[0], "*")).model_fields


def _with_colon(found: Any) -> str:
    """Say how to write a line that lacks its colon, or the blank behind it; "" for anything else."""
    words = (
        re.fullmatch(r"([A-Za-z_]+)(?:\s*:|\s+)(\S.*)", found) if isinstance(found, str) else None
    )
    return "" if words is None else f"if a group is meant, write `{words[1]}: {words[2]}`"


def _unknown_key(path: Path, document: Located) -> Problem:
    name = str(path[-1])
    known = tuple(_model_at(path[:-1]).model_fields)
    word, colon, value = name.partition(":")
    if colon and value and word in known:
        found, remedy = f"a colon without a blank behind it: {name}", f"write `{word}: {value}`"
        place = document.place(path, of_key=True)
        return Problem(place, found, "a blank behind the colon", remedy)
    remedy = _moved(name) if len(path) == 1 and name.lower() not in known else ""
    guess = nearest(name, known)
    remedy = remedy or (f"did you mean `{guess}`?" if guess else "")
    if not remedy and len(path) == 1:
        remedy = "put it under `attributes:` if it is an attribute, or else remove it"
    return Problem(
        document.place(path, of_key=True),
        f"unknown key `{name}`{_inside(path[:-1])}",
        ", ".join(known),
        remedy or "remove it",
    )


def _moved(name: str) -> str:
    """Say where a key that stands at the top belongs; "" for one that is known nowhere."""
    if name in BY_KEY or near_standard(name):
        return "put it under `attributes:`"
    if name in SourceModel.model_fields:
        return "put it under `source:`"
    if name in AttributeModel.model_fields:
        return f"put it into the value that it is for, as in {{column: ..., {name}: ...}}"
    return ""


def _unknown_word(cause: Unknown, path: Path, document: Located, *, of_key: bool) -> Problem:
    key = path[-2] if of_key or isinstance(path[-1], int) else path[-1]
    found = cause.found if isinstance(cause.found, str) else "something that is no word"
    guess = nearest(str(found), cause.allowed)
    if path == ("mapping",):
        remedy = f"write `{_VERSION}`"
    elif guess:
        remedy = f"did you mean `{guess}`?"
    else:
        remedy = f"choose one of {', '.join(cause.allowed)}"
    return Problem(
        document.place(path, of_key=of_key),
        f"unknown {_noun(str(key))} `{found}`",
        f"one of {', '.join(cause.allowed)}",
        remedy,
    )


def _noun(key: str) -> str:
    return {"type": "type", "mapping": "grammar version", "match": "operator"}.get(
        key, f"word for `{key}:`"
    )


def _inside(path: Path) -> str:
    return f" in `{'.'.join(str(part) for part in path)}`" if path else ""


def _model_at(path: Path) -> type[BaseModel]:
    if "object" in path[:-1]:
        # A part of an object is written as an attribute is.
        return AttributeModel
    for pattern, model in _GROUPS.items():
        if len(pattern) == len(path) and all(
            wanted in ("*", part) for wanted, part in zip(pattern, path, strict=True)
        ):
            return model
    return MappingModel
