"""Fills a mapping's defaults in and refuses what no single key can know to be wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from importer.errors import MappingError, Problem
from importer.mapping_file import date_formats
from importer.mapping_file.grammar import AttributeModel, MappingModel, OriginModel
from importer.mapping_file.mapping import (
    Attribute,
    BadValue,
    Blank,
    FromColumns,
    FromConstant,
    FromCoordinates,
    FromTemplate,
    Mapping,
    MappingTest,
    Otherwise,
    Platform,
    Switch,
    UnsetRule,
    ValueOrigin,
)
from importer.mapping_file.naming import broken_rules, nearest
from importer.mapping_file.types import SPECIAL_OPTIONS, TYPE_OPTIONS, same_family
from importer.mapping_file.yaml_tree import Located, Path, Scalar
from importer.moengage import attributes as standard
from importer.moengage import limits, names
from importer.records import SourceOptions
from importer.rules import RULES, SWITCHABLE

_CONSTANT_TYPES = {"int": "integer", "float": "number", "bool": "boolean"}
_ORIGINS = ("column", "first_valid", "template", "constant")


def resolve(model: MappingModel, document: Located, text: str) -> Mapping:
    """Build the Mapping; MappingError carries every problem at once."""
    return _Resolver(model, document).mapping(text)


@dataclass
class _Resolver:
    model: MappingModel
    document: Located

    def __post_init__(self) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def mapping(self, text: str) -> Mapping:
        model = self.model
        result = Mapping(
            file=self.document.file,
            name=model.name or FilePath(self.document.file).stem,
            customer_id=self._customer_id(),
            attributes=tuple(self._attribute(name) for name in model.attributes),
            target_app_id=model.target.app_id if model.target else None,
            source=self._source(),
            nulls=frozenset(model.source.nulls),
            platforms=tuple(self._platform(index) for index in range(len(model.platforms))),
            unset=tuple(
                UnsetRule(rule.attr, rule.match, rule.case_sensitive) for rule in model.unset
            ),
            where={column: frozenset(cells) for column, cells in model.where.items()},
            blank=cast(Blank, model.blank),
            bad_value=cast(BadValue, model.bad_value),
            unmapped=cast(Any, model.unmapped),
            update_existing_only=model.update_existing_only,
            switches=cast(dict[str, Switch], model.rules),
            tests=tuple(
                MappingTest(test.given, test.expect, self.document.place(("tests", index)))
                for index, test in enumerate(model.tests)
            ),
            places=self._column_places(),
            text=text,
        )
        self._check_whole(result)
        if self.problems:
            raise MappingError.of(tuple(self.problems))
        return replace(result, warnings=tuple(self.warnings))

    def _problem(
        self, path: Path, found: str, expected: str, remedy: str, *, of_key: bool = False
    ) -> None:
        place = self.document.place(path, of_key=of_key)
        self.problems.append(Problem(place, found, expected, remedy))

    # --- one value -------------------------------------------------------------------------

    def _customer_id(self) -> Attribute:
        model, path = self.model.customer_id, ("customer_id",)
        if model.unique:
            self._problem(
                (*path, "unique"),
                "`unique: true`, which is not available in this version",
                "`unique: false`",
                "remove it; ids that stand in several rows are sent in the file's order",
            )
        return Attribute(
            name="customer_id",
            origin=self._origin(model, path),
            type="string",
            place=self.document.place(path),
            blank="invalid",
            **self._cleaning(model, path),
        )

    def _attribute(self, name: str) -> Attribute:
        path = ("attributes", name)
        self._check_name(name, path)
        return self._typed(name, self.model.attributes[name], path)

    def _platform(self, index: int) -> Platform:
        entry, path = self.model.platforms[index], ("platforms", index)
        spelling = names.platform_name(entry.platform)
        if spelling is None:
            self._problem(
                (*path, "platform"),
                f"unknown platform `{entry.platform}`",
                f"one of {', '.join(names.PLATFORMS)}",
                "correct the platform",
            )
        if entry.active.type not in (None, "boolean"):
            self._problem(
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
            place=self.document.place(path, of_key=True),
            blank=cast(Blank, model.blank or self.model.blank),
            bad_value=cast(BadValue, model.bad_value or self.model.bad_value),
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
            self._problem(
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
            self._problem(path, "only one of `lat:` and `lon:`", "both", "add the other one")
        return FromCoordinates(lat or "", lon or "")

    def _template(self, text: str, path: Path) -> FromTemplate:
        pieces = re.split(r"\{([^{}]*)\}", text)
        literals, columns = tuple(pieces[::2]), tuple(pieces[1::2])
        if not columns or any("{" in part or "}" in part for part in literals) or "" in columns:
            self._problem(
                path,
                f"the template {text!r}",
                "text with columns in braces, such as {First Name} ({City})",
                "write each column's name between { and }; use `constant:` for mere text",
            )
        return FromTemplate(literals, columns)

    def _cleaning(self, model: OriginModel, path: Path) -> dict[str, Any]:
        otherwise, value = _otherwise(model)
        if model.otherwise is not None and model.values is None:
            self._problem(
                (*path, "otherwise"),
                "`otherwise:` without `values:`",
                "`otherwise:` says what happens to cells that `values:` does not list",
                "add `values:`, or remove `otherwise:`",
                of_key=True,
            )
        nulls = self.model.source.nulls if model.nulls is None else model.nulls
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
            self._problem(
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
            self._problem(
                (*path, option),
                f"`{option}:` on an attribute of type {kind}",
                f"`{option}:` only with type {' or '.join(fitting)}",
                f"add `type: {fitting[0]}`, or remove `{option}:`",
                of_key=True,
            )
        for option, longest in (("decimal", 1), ("thousands", 1)):
            text = getattr(model, option)
            if text is not None and (len(text) > longest or text.isdigit() or text == "-"):
                self._problem((*path, option), f"{text!r}", "one character", "write one character")
        if model.separator == "":
            self._problem((*path, "separator"), "an empty text", "a separator", "write one")
        if (model.decimal or ".") == (model.thousands or "") and kind == "number":
            self._problem(
                path,
                "the same character for `decimal:` and `thousands:`",
                "two different characters",
                "correct one of them",
            )

    def _formats(self, kind: str, model: AttributeModel, path: Path) -> tuple[str, ...]:
        patterns = []
        for text in model.format or ():
            pattern = date_formats.directives(text)
            fits = pattern is not None and date_formats.is_full_date(pattern)
            if not fits or pattern is None or (kind == "date" and date_formats.has_time(pattern)):
                self._problem(
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
            self._problem(
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
            self._problem(
                (*path, "region"),
                f"`{model.region}`",
                "a country's two letters, such as IN or DE",
                "write the two letters",
            )
        return model.region.upper()

    # --- the whole -------------------------------------------------------------------------

    def _source(self) -> SourceOptions:
        source = self.model.source
        for option in ("delimiter", "quote"):
            text = getattr(source, option)
            if text is not None and len(text) != 1:
                self._problem(
                    ("source", option),
                    f"{text!r}",
                    'one character, such as ";" or "\\t"',
                    "write one character",
                )
        return SourceOptions(source.encoding, source.delimiter, source.quote)

    def _check_name(self, name: str, path: Path) -> None:
        for code in broken_rules(name):
            rule = RULES[code]
            switch = self.model.rules.get(code, "error")
            if rule.severity == "warning" or switch == "warn":
                note = standard.BY_KEY[name].disputed if name in standard.BY_KEY else rule.why
                self.warnings.append(f"attribute `{name}`: {note} [{code}]")
            elif switch == "error":
                self._problem(
                    path,
                    f"the attribute name `{name}`, which MoEngage does not take: {rule.why}",
                    "a name that is free [" + code + "]",
                    rule.fix,
                    of_key=True,
                )

    def _check_whole(self, mapping: Mapping) -> None:
        if self.model.duplicates != "each":
            self._problem(
                ("duplicates",),
                f"`duplicates: {_shown(self.model.duplicates)}`, which is not available in this "
                "version",
                "`duplicates: each` (every row is sent, in the file's order)",
                "write `duplicates: each`, or leave the line away",
            )
        if len(mapping.attributes) > limits.ATTRIBUTES_PER_WORKSPACE and (
            mapping.switch("attributes-many") == "error"
        ):
            rule = RULES["attributes-many"]
            self._problem(
                ("attributes",),
                f"{len(mapping.attributes)} attributes",
                f"at most {limits.ATTRIBUTES_PER_WORKSPACE} [attributes-many]",
                rule.fix,
            )
        for code in mapping.switches:
            if code not in SWITCHABLE:
                guess = nearest(code, sorted(SWITCHABLE))
                self._problem(
                    ("rules", code),
                    f"`{code}`, which is no rule that can be switched",
                    ", ".join(sorted(SWITCHABLE)),
                    f"did you mean `{guess}`?" if guess else "remove it",
                    of_key=True,
                )
        self._check_unset(mapping)

    def _check_unset(self, mapping: Mapping) -> None:
        for index, rule in enumerate(mapping.unset):
            if rule.attr.strip() == "":
                self._problem(("unset", index, "attr"), "no name", "an attribute", "write it")
                continue
            hit = [entry.name for entry in mapping.attributes if unsets(rule, entry.name)]
            if hit:
                self._problem(
                    ("unset", index),
                    f"a rule that also unsets the mapped attribute `{hit[0]}`",
                    "rules for attributes that this mapping does not send (unset wins)",
                    "make the rule narrower, or remove the attribute",
                )

    def _column_places(self) -> dict[str, str]:
        """Give, for each text in the file, the first place where it stands (for messages)."""
        places: dict[str, str] = {}
        for path, (line, column) in self.document.values.items():
            text = _value_at(self.document.root, path)
            if isinstance(text, str) and path[0] in ("customer_id", "attributes", "platforms"):
                places.setdefault(text, f"{self.document.file}:{line}:{column}")
        for name in self.model.where:
            places.setdefault(name, self.document.place(("where", name), of_key=True))
        return places


def unsets(rule: UnsetRule, name: str) -> bool:
    """Tell whether an unset rule matches an attribute's name (four operators of the API)."""
    one, other = (name, rule.attr) if rule.case_sensitive else (name.lower(), rule.attr.lower())
    return {
        "equals": one == other,
        "prefix": one.startswith(other),
        "suffix": one.endswith(other),
        "contains": other in one,
    }[rule.match]


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


def _shown(value: object) -> str:
    return value if isinstance(value, str) else str(value).replace("'", "")


def _value_at(root: Any, path: Path) -> Any:
    for part in path:
        root = root[part]
    return root
