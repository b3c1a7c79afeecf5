"""Resolves one value of a mapping: where it comes from, its type, its options."""

from __future__ import annotations

import re
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from importer.mapping_file import date_formats
from importer.mapping_file.findings import Findings
from importer.mapping_file.grammar import AttributeModel, MappingModel, OriginModel
from importer.mapping_file.mapping import (
    Attribute,
    BadValue,
    Blank,
    FromColumns,
    FromConstant,
    FromCoordinates,
    FromTemplate,
    Otherwise,
    Platform,
    ValueOrigin,
)
from importer.mapping_file.types import SPECIAL_OPTIONS, TYPE_OPTIONS, same_family
from importer.mapping_file.yaml_tree import Path, Scalar
from importer.moengage import attributes as standard
from importer.moengage import names

_CONSTANT_TYPES = {"int": "integer", "float": "number", "bool": "boolean"}
_ORIGINS = ("column", "first_valid", "template", "constant")


class Values:
    """Builds the Attributes of a mapping file, and notes what is wrong with them."""

    def __init__(self, model: MappingModel, findings: Findings) -> None:
        self._model = model
        self._findings = findings

    def customer_id(self) -> Attribute:
        model, path = self._model.customer_id, ("customer_id",)
        if model.unique:
            self._findings.add(
                (*path, "unique"),
                "`unique: true`, which is not available in this version",
                "`unique: false`",
                "remove it; ids that stand in several rows are sent in the file's order",
            )
        return Attribute(
            name="customer_id",
            origin=self._origin(model, path),
            type="string",
            place=self._findings.document.place(path),
            blank="invalid",
            **self._cleaning(model, path),
        )

    def attribute(self, name: str) -> Attribute:
        path = ("attributes", name)
        return self._typed(name, self._model.attributes[name], path)

    def platform(self, index: int) -> Platform:
        entry, path = self._model.platforms[index], ("platforms", index)
        spelling = names.platform_name(entry.platform)
        if spelling is None:
            self._findings.add(
                (*path, "platform"),
                f"unknown platform `{entry.platform}`",
                f"one of {', '.join(names.PLATFORMS)} [platform-unknown]",
                "correct the platform",
            )
        if entry.active.type not in (None, "boolean"):
            self._findings.add(
                (*path, "active", "type"),
                f"`type: {entry.active.type}`",
                "a boolean",
                "leave `type:` away",
            )
        active = entry.active.model_copy(update={"type": "boolean"})
        name = f"platforms.{spelling}"
        return Platform(spelling or "", self._typed(name, active, (*path, "active")))

    def _typed(self, name: str, model: AttributeModel, path: Path) -> Attribute:
        kind = self._type(name, model, path)
        self._check_options(kind, model, path)
        return Attribute(
            name=name,
            origin=self._origin(model, path),
            type=kind,
            place=self._findings.document.place(path, of_key=True),
            blank=cast(Blank, model.blank or self._model.blank),
            bad_value=cast(BadValue, model.bad_value or self._model.bad_value),
            formats=self._formats(kind, model, path),
            timezone=self._timezone(model, path),
            region=self._region(model, path),
            separator=model.separator,
            decimal=model.decimal or ".",
            thousands=model.thousands or "",
            invert=bool(model.invert),
            check=dict(model.check),
            **self._cleaning(model, path),
        )

    def _origin(self, model: OriginModel, path: Path) -> ValueOrigin:
        lat, lon = getattr(model, "lat", None), getattr(model, "lon", None)
        given = [key for key in _ORIGINS if getattr(model, key) is not None]
        given += ["lat and lon"] if lat or lon else []
        if len(given) != 1:
            self._findings.add(
                path,
                f"`{path[-1]}` takes its value from {' and '.join(given) or 'nowhere'}",
                "exactly one of column, first_valid, template, constant, or lat with lon",
                "keep one of them" if given else "add `column: <a column of the file>`",
            )
        if model.column is not None:
            return FromColumns((model.column,))
        if model.first_valid is not None:
            return FromColumns(tuple(model.first_valid))
        if model.template is not None:
            return self._template(model.template, (*path, "template"))
        if lat or lon:
            return self._coordinates(lat, lon, path)
        return FromConstant(str(model.constant or ""))

    def _coordinates(self, lat: str | None, lon: str | None, path: Path) -> ValueOrigin:
        if not (lat and lon):
            self._findings.add(path, "only one of `lat:` and `lon:`", "both", "add the other one")
        return FromCoordinates(lat or "", lon or "")

    def _template(self, text: str, path: Path) -> FromTemplate:
        pieces = re.split(r"\{([^{}]*)\}", text)
        literals, columns = tuple(pieces[::2]), tuple(pieces[1::2])
        if not columns or any("{" in part or "}" in part for part in literals) or "" in columns:
            self._findings.add(
                path,
                f"the template {text!r}",
                "text with columns in braces, such as {First Name} ({City})",
                "write each column's name between { and }; use `constant:` for mere text",
            )
        return FromTemplate(literals, columns)

    def _cleaning(self, model: OriginModel, path: Path) -> dict[str, Any]:
        otherwise, value = _otherwise(model)
        if model.otherwise is not None and model.values is None:
            self._findings.add(
                (*path, "otherwise"),
                "`otherwise:` without `values:`",
                "`otherwise:` says what happens to cells that `values:` does not list",
                "add `values:`, or remove `otherwise:`",
                of_key=True,
            )
        nulls = self._model.source.nulls if model.nulls is None else model.nulls
        return {
            "transforms": tuple(model.transform),
            "nulls": frozenset(nulls),
            "values": model.values,
            "otherwise": otherwise,
            "otherwise_value": value,
        }

    # --- types and their options -----------------------------------------------------------

    def _type(self, name: str, model: AttributeModel, path: Path) -> str:
        default = standard.BY_KEY.get(name)
        if default is None:
            return model.type or _implied_type(model)
        if name == "moe_geo_location" and model.type is None:
            return "geo"
        if model.type is not None and not same_family(model.type, default.type):
            self._findings.add(
                (*path, "type"),
                f"`type: {model.type}` for the standard attribute `{name}`",
                f"`{default.type}`",
                f"leave `type:` away, or give the attribute a name of its own (not `{name}`)",
            )
        return model.type or default.type

    def _check_options(self, kind: str, model: AttributeModel, path: Path) -> None:
        for option in sorted(SPECIAL_OPTIONS & model.model_fields_set):
            if option in TYPE_OPTIONS[kind] or getattr(model, option) is None:
                continue
            fitting = [name for name, options in TYPE_OPTIONS.items() if option in options]
            self._findings.add(
                (*path, option),
                f"`{option}:` on an attribute of type {kind}",
                f"`{option}:` only with type {' or '.join(fitting)}",
                f"add `type: {fitting[0]}`, or remove `{option}:`",
                of_key=True,
            )
        for option, longest in (("decimal", 1), ("thousands", 1)):
            text = getattr(model, option)
            if text is not None and (len(text) > longest or text.isdigit() or text == "-"):
                self._findings.add(
                    (*path, option), f"{text!r}", "one character", "write one character"
                )
        if model.separator == "":
            self._findings.add((*path, "separator"), "an empty text", "a separator", "write one")
        if (model.decimal or ".") == (model.thousands or "") and kind == "number":
            self._findings.add(
                path,
                "the same character for `decimal:` and `thousands:`",
                "two different characters",
                "correct one of them",
            )

    def _formats(self, kind: str, model: AttributeModel, path: Path) -> tuple[str, ...]:
        patterns = []
        for text in model.format or ():
            pattern = date_formats.directives(text)
            fits = (
                pattern is not None
                and date_formats.is_full_date(pattern)
                and date_formats.has_whole_clock(pattern)
            )
            if not fits or pattern is None or (kind == "date" and date_formats.has_time(pattern)):
                self._findings.add(
                    (*path, "format"),
                    f"the format {text!r}",
                    "a format with year, month and day"
                    + (" and no time" if kind == "date" else "")
                    + ", such as DD/MM/YYYY"
                    + ("" if kind == "date" else " hh:mm")
                    + " or %d/%m/%Y",
                    "use YYYY YY MM MMM DD hh mm ss TZD, or strptime directives",
                )
                continue
            patterns.append(pattern)
        return tuple(patterns)

    def _timezone(self, model: AttributeModel, path: Path) -> str | None:
        if model.timezone is None:
            return None
        try:
            ZoneInfo(model.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._findings.add(
                (*path, "timezone"),
                f"unknown time zone `{model.timezone}`",
                "a name of the IANA table, such as Asia/Kolkata, Europe/Berlin or UTC",
                "correct the name",
            )
        return model.timezone

    def _region(self, model: AttributeModel, path: Path) -> str | None:
        if model.region is None:
            return None
        if not re.fullmatch(r"[A-Za-z]{2}", model.region):
            self._findings.add(
                (*path, "region"),
                f"`{model.region}`",
                "a country's two letters, such as IN or DE",
                "write the two letters",
            )
        return model.region.upper()


def _otherwise(model: OriginModel) -> tuple[Otherwise, str]:
    if model.otherwise is None:
        return "keep", ""
    if model.otherwise in ("keep", "invalid", "blank"):
        return cast(Otherwise, model.otherwise), ""
    return "value", model.otherwise


def _implied_type(model: AttributeModel) -> str:
    if model.lat or model.lon:
        return "geo"
    if isinstance(model.constant, Scalar):
        return _CONSTANT_TYPES.get(model.constant.tag, "string")
    return "string"
