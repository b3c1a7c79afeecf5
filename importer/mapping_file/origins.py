"""Resolves where a value of a mapping comes from."""

from __future__ import annotations

import json
import re
from typing import Any

from importer.mapping_file.findings import Findings
from importer.mapping_file.grammar import AttributeModel, OriginModel
from importer.mapping_file.mapping import (
    FromColumns,
    FromConstant,
    FromCoordinates,
    FromTemplate,
    ValueOrigin,
)
from importer.mapping_file.yaml_tree import Path, Scalar

# What JSON and YAML write alike; 007 and 0x10 stay texts.
_JSON_WORD = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|true|false|null")

_CONSTANTS = "a text, a number, true, false or a list"
_ORIGINS = ("column", "first_filled", "first_valid", "template", "constant", "object")


def origin_of(model: OriginModel, path: Path, findings: Findings) -> ValueOrigin:
    """Give the origin of a value that is no object; note it if there is none, or more than one."""
    lat, lon = getattr(model, "lat", None), getattr(model, "lon", None)
    given = [key for key in _ORIGINS if getattr(model, key, None) is not None]
    given += ["lat and lon"] if lat or lon else []
    if not given:
        _refuse_nothing(model, path, findings)
    elif len(given) > 1:
        findings.add(
            path, f"`{path[-1]}` takes its value from {' and '.join(given)}", _ONE, "keep one"
        )
    for key in ("first_filled", "first_valid"):
        if getattr(model, key) == []:
            findings.add((*path, key), "no column", "a list of columns", "write them")
    if model.column is not None:
        return FromColumns((model.column,))
    if model.first_filled is not None:
        return FromColumns(tuple(model.first_filled), "filled")
    if model.first_valid is not None:
        return FromColumns(tuple(model.first_valid))
    if model.template is not None:
        return _template(model.template, (*path, "template"), findings)
    if lat or lon:
        return _coordinates(lat, lon, path, findings)
    return FromConstant(_constant(model.constant))


_ONE = (
    "exactly one of column, first_filled, first_valid, template, constant, object, or lat with lon"
)
_FILLINGS = {"constant": _CONSTANTS, "object": "its parts, such as {city: City}"}


def _refuse_nothing(model: OriginModel, path: Path, findings: Findings) -> None:
    """Note a value that is taken from nowhere, and the key that a person left empty."""
    empty = next((key for key in _ORIGINS if key in model.model_fields_set), None)
    may_go = path[0] == "attributes"
    if empty is None:
        remedy = "add `column: <a column of the source>`"
        findings.add(path, f"`{path[-1]}` takes its value from nowhere", _ONE, remedy)
    elif (*path, empty) in findings.document.keys:
        expected = _FILLINGS.get(empty, "the name of a column of the source")
        findings.add(
            (*path, empty),
            f"`{empty}:` with nothing behind it",
            expected,
            f"write it behind `{empty}:`" + f", or remove `{path[-1]}`" * may_go,
            of_key=True,
        )
    else:
        findings.add(
            path,
            f"`{path[-1]}:` with nothing behind it",
            "the name of a column of the source, or a group {column: <column>, ...}",
            f"write it behind `{path[-1]}:`" + ", or remove the line" * may_go,
            of_key=True,
        )
    findings.hide(path)


def check_constant(model: OriginModel, kind: str, path: Path, findings: Findings) -> None:
    """Note a constant of nothing, and one of many that the type would take for a mere text."""
    if isinstance(model.constant, Scalar):
        _hold_filled(model.constant, path, findings)
    if not isinstance(model.constant, list | dict):
        return
    fits = ("list", "json") if isinstance(model.constant, list) else ("json",)
    separated = getattr(model, "separator", None) is not None
    if kind not in fits or separated:
        findings.add(
            (*path, "constant"),
            f"a {'list' if isinstance(model.constant, list) else 'group of keys'} for a constant "
            f"of type {kind}{' with `separator:`' * separated}",
            "one text, or `type: list` without `separator:`",
            f"leave `{'separator' if separated else 'type'}:` away, or write one text",
        )


def _hold_filled(constant: Scalar, path: Path, findings: Findings) -> None:
    if constant.tag == "null":
        findings.add(
            (*path, "constant"),
            f"`{constant}` for a constant",
            _CONSTANTS,
            f'write "{constant}" in quotes if the text is meant; remove the attribute if nothing is',
        )
    elif not constant.strip():
        findings.add(
            (*path, "constant"),
            "a constant of nothing, which no row would be sent with",
            _CONSTANTS,
            "write it, or remove the attribute",
        )


def _constant(value: Any) -> str:
    """Give a constant's text: as it was typed, or as JSON where it is a list or has keys."""
    return _json(value) if isinstance(value, list | dict) else str(value or "")


def _json(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_quoted(key)}: {_json(entry)}' for key, entry in value.items())}}}"
    if value is None:
        return "null"
    plain = getattr(value, "tag", "str") in ("int", "float", "bool", "null")
    return value if plain and _JSON_WORD.fullmatch(value) else _quoted(str(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _coordinates(
    lat: str | None, lon: str | None, path: Path, findings: Findings
) -> FromCoordinates:
    if not (lat and lon):
        findings.add(path, "only one of `lat:` and `lon:`", "both", "add the other one")
    # A column called "" would be missed once more.
    return FromCoordinates(lat or lon or "", lon or lat or "")


def _template(text: str, path: Path, findings: Findings) -> FromTemplate:
    pieces = re.split(r"\{([^{}]*)\}", text)
    literals, columns = tuple(pieces[::2]), tuple(pieces[1::2])
    if not columns or any("{" in part or "}" in part for part in literals) or "" in columns:
        findings.add(
            path,
            f"the template {text!r}",
            "text with columns in braces, such as {First Name} ({City})",
            "write each column's name between { and }; use `constant:` for mere text",
        )
    return FromTemplate(literals, columns)


_NOT_FOR_PARTS = ("check", "protect", "unique", "update")


def check_parts(parts: dict[str, AttributeModel], path: Path, findings: Findings) -> None:
    """Note an object of nothing, and options that only a whole attribute has."""
    if not parts:
        findings.add(path, "an object without parts", "such as {city: City}", "write them")
    for name, part in parts.items():
        if name == "":
            findings.add((*path, name), "a part without a name", "a name", "write it", of_key=True)
        for option in _NOT_FOR_PARTS:
            if getattr(part, option):
                findings.add(
                    (*path, name, option),
                    f"`{option}:` for a part of an object",
                    f"`{option}:` for whole attributes only",
                    "remove it, or map the column to an attribute of its own",
                    of_key=True,
                )
        if part.blank == "unset":
            findings.add(
                (*path, name, "blank"),
                "`blank: unset` for a part of an object",
                "`skip` or `invalid`: MoEngage unsets whole attributes only",
                "remove it; an object is sent whole, without its blank parts",
            )
