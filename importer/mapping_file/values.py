"""Resolves one value of a mapping: where it comes from, its type, its options."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from importer.mapping_file.checks import checks_of
from importer.mapping_file.cleaning import boolean_words, check_blank, cleaning
from importer.mapping_file.findings import Findings
from importer.mapping_file.grammar import AttributeModel, MappingModel, OriginModel
from importer.mapping_file.mapping import (
    Attribute,
    BadValue,
    Blank,
    Check,
    FromParts,
    Platform,
    ValueOrigin,
)
from importer.mapping_file.origins import check_constant, check_parts, origin_of
from importer.mapping_file.type_options import TypeOptions
from importer.mapping_file.types import same_family
from importer.mapping_file.yaml_tree import Path, Scalar
from importer.moengage import attributes as standard
from importer.moengage import names

_CONSTANT_TYPES = {"int": "integer", "float": "number", "bool": "boolean"}


class Values:
    """Builds the Attributes of a mapping file, and notes what is wrong with them."""

    def __init__(self, model: MappingModel, findings: Findings) -> None:
        self._model = model
        self._findings = findings

    def customer_id(self) -> Attribute:
        model, path = self._model.customer_id, ("customer_id",)
        check_constant(model, "string", path, self._findings)
        return Attribute(
            name="customer_id",
            unique=model.unique,
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

    def ranking(self, kind: str) -> Attribute:
        """Give what `duplicates: {by: ...}` compares, as values of this type."""
        model = self._model.duplicates.by or AttributeModel()
        path = ("duplicates", "by")
        return self._attribute("duplicates.by", model, path, kind, "skip", "invalid")

    def _typed(self, name: str, model: AttributeModel, path: Path) -> Attribute:
        kind = self._type(name, model, path)
        blank = cast(Blank, model.blank or self._model.blank)
        bad_value = cast(BadValue, model.bad_value or self._model.bad_value)
        entry = self._attribute(name, model, path, kind, blank, bad_value)
        is_consent = name in standard.BY_KEY and standard.BY_KEY[name].consent
        protect = is_consent if model.protect is None else model.protect
        if protect and model.blank is None and entry.blank == "unset":
            # It stands for all attributes; one that is protected is never unset.
            entry = replace(entry, blank="skip")
        if model.protect and model.blank == "unset":
            self._refuse_unset(path)
        return replace(entry, protect=protect)

    def _refuse_unset(self, path: Path) -> None:
        self._findings.add(
            (*path, "blank"),
            "`blank: unset` for a protected attribute, which is never unset",
            "`blank: skip`",
            "write `blank: skip`; or `protect: false`, if an empty cell is to undo what the user "
            "chose",
        )

    def _attribute(
        self,
        name: str,
        model: AttributeModel,
        path: Path,
        kind: str,
        blank: Blank,
        bad_value: BadValue,
    ) -> Attribute:
        check_blank(model, path, self._findings)
        check_constant(model, kind, path, self._findings)
        origin = self._origin(model, path)
        parts = self._parts(model, path, bad_value) if model.object is not None else None
        return Attribute(
            name=name,
            origin=parts or origin,
            type=kind,
            place=self._findings.document.place(path, of_key=True),
            blank="invalid" if model.required else blank,
            bad_value=bad_value,
            required=bool(model.required),
            unique=model.unique,
            **boolean_words(model, path, self._findings),
            invert=bool(model.invert),
            check=self._checks(model, path),
            **TypeOptions(kind, model, path, self._findings).fields(),
            **self._cleaning(model, path),
        )

    def _origin(self, model: OriginModel, path: Path) -> ValueOrigin:
        return origin_of(model, path, self._findings)

    def _parts(self, model: AttributeModel, path: Path, bad_value: BadValue) -> FromParts:
        """Read `object:`; a part has the attribute's `bad_value` where it says none itself."""
        parts = model.object or {}
        check_parts(parts, (*path, "object"), self._findings)
        given = {name: (*path, "object", name) for name in parts}
        return FromParts(
            tuple(
                self._attribute(
                    name,
                    parts[name],
                    spot,
                    parts[name].type or _implied_type(parts[name]),
                    cast(Blank, parts[name].blank or "skip"),
                    cast(BadValue, parts[name].bad_value or bad_value),
                )
                for name, spot in given.items()
            )
        )

    def _checks(self, model: AttributeModel, path: Path) -> tuple[Check, ...]:
        if "check" not in model.model_fields_set:
            return ()
        return checks_of(model.check, (*path, "check"), self._findings)

    def _cleaning(self, model: OriginModel, path: Path) -> dict[str, Any]:
        return cleaning(model, path, self._model.source.nulls, self._findings)

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


def _implied_type(model: AttributeModel) -> str:
    if model.lat or model.lon:
        return "geo"
    if model.object is not None:
        return "json"
    if isinstance(model.constant, list | dict):
        return "list" if isinstance(model.constant, list) else "json"
    if isinstance(model.constant, Scalar):
        return _CONSTANT_TYPES.get(model.constant.tag, "string")
    return "string"
