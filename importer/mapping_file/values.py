"""Resolves one value of a mapping: where it comes from, its type, its options."""

from __future__ import annotations

import re
from typing import Any, cast

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
from importer.mapping_file.type_options import TypeOptions
from importer.mapping_file.types import same_family
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
            whole=model.whole,
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
        return Attribute(
            name=name,
            origin=self._origin(model, path),
            type=kind,
            place=self._findings.document.place(path, of_key=True),
            blank=cast(Blank, model.blank or self._model.blank),
            bad_value=cast(BadValue, model.bad_value or self._model.bad_value),
            invert=bool(model.invert),
            check=dict(model.check),
            **TypeOptions(kind, model, path, self._findings).fields(),
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
