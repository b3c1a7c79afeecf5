"""Resolves where a value of a mapping comes from."""

from __future__ import annotations

import re

from importer.mapping_file.findings import Findings
from importer.mapping_file.grammar import AttributeModel, OriginModel
from importer.mapping_file.mapping import (
    FromColumns,
    FromConstant,
    FromCoordinates,
    FromTemplate,
    ValueOrigin,
)
from importer.mapping_file.yaml_tree import Path

_ORIGINS = ("column", "first_filled", "first_valid", "template", "constant", "object")


def origin_of(model: OriginModel, path: Path, findings: Findings) -> ValueOrigin:
    """Give the origin of a value that is no object; note it if there is none, or more than one."""
    lat, lon = getattr(model, "lat", None), getattr(model, "lon", None)
    given = [key for key in _ORIGINS if getattr(model, key, None) is not None]
    given += ["lat and lon"] if lat or lon else []
    if len(given) != 1:
        findings.add(
            path,
            f"`{path[-1]}` takes its value from {' and '.join(given) or 'nowhere'}",
            "exactly one of column, first_filled, first_valid, template, constant, object, or lat "
            "with lon",
            "keep one of them" if given else "add `column: <a column of the file>`",
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
    return FromConstant(str(model.constant or ""))


def _coordinates(
    lat: str | None, lon: str | None, path: Path, findings: Findings
) -> FromCoordinates:
    if not (lat and lon):
        findings.add(path, "only one of `lat:` and `lon:`", "both", "add the other one")
    return FromCoordinates(lat or "", lon or "")


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
