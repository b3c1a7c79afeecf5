"""Resolves the options of one value that belong to its type: formats, regions, digits, currencies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from importer.mapping_file import date_formats
from importer.mapping_file.by_column import ByColumn
from importer.mapping_file.country_names import region_of
from importer.mapping_file.currencies import currency_of
from importer.mapping_file.decided_by import DecidedBy, case_key, timezone_of
from importer.mapping_file.findings import Findings
from importer.mapping_file.grammar import AttributeModel
from importer.mapping_file.types import SPECIAL_OPTIONS, TYPE_OPTIONS, same_family
from importer.mapping_file.yaml_tree import Path
from importer.mapping_file.zone_names import ZONE_NAMES, zone_remedy
from importer.moengage.attributes import BY_KEY

_EARLIEST_YEAR, _LATEST_YEAR = 1, 9900

# option -> the Attribute's field
_DECIDABLE = {
    "format": "formats",
    "timezone": "timezone",
    "region": "region",
    "currency": "currency",
}

_NUMERIC = ("integer", "number", "money")


class TypeOptions:
    """Reads the options of one value, and notes what is wrong with them."""

    def __init__(self, kind: str, model: AttributeModel, path: Path, findings: Findings) -> None:
        self._kind = kind
        self._model = model
        self._path = path
        self._findings = findings

    def fields(self) -> dict[str, Any]:
        """Give the fields of the Attribute."""
        model = self._model
        self._hold_fitting()
        self._hold_digits()
        money = self._kind == "money" and model.decimal is None
        return {
            "formats": self._plain("format", self._formats) or (),
            "timezone": self._plain("timezone", self._timezone),
            "region": self._plain("region", self._region),
            "currency": self._plain("currency", self._currency),
            "decided": self._decided(),
            "years_from": self._years_from(),
            "repeated_hour": model.repeated_hour or "invalid",
            "skipped_hour": model.skipped_hour or "invalid",
            "style": model.style or "digits",
            "separator": model.separator,
            "items": model.items or "",
            "update": model.update or "replace",
            "decimal": "" if money else model.decimal or ".",
            "thousands": model.thousands or "",
            "indian": model.grouping == "indian",
            "percent": model.percent or "",
            "exponent": bool(model.exponent),
            "parentheses": bool(model.parentheses),
            "whole": bool(model.whole),
        }

    # --- what stands in the file, and what another column decides -------------------------------

    def _plain(self, option: str, resolve: Callable[[Any, Path], Any]) -> Any:
        value = self._given(option)
        if value is None or isinstance(value, ByColumn):
            return None
        return resolve(value, (*self._path, option))

    def _decided(self) -> tuple[DecidedBy, ...]:
        return tuple(
            self._decided_by(option, value)
            for option in _DECIDABLE
            if isinstance(value := self._given(option), ByColumn)
        )

    def _given(self, option: str) -> Any:
        """Give what the file says; nothing of what the type has no use for, which is told."""
        return getattr(self._model, option) if option in TYPE_OPTIONS[self._kind] else None

    def _decided_by(self, option: str, value: ByColumn) -> DecidedBy:
        path = (*self._path, option)
        resolve = getattr(self, f"_{_DECIDABLE[option]}")
        if value.cases is None and option == "format":
            self._add(
                path,
                "a column that holds the format itself",
                "`{by: Country, US: MM/DD/YYYY, otherwise: DD/MM/YYYY}`",
                "list the formats by what stands in the column",
            )
        otherwise = None
        if value.otherwise is not None:
            otherwise = resolve(value.otherwise, (*path, "otherwise"))
        if value.cases is None:
            return DecidedBy(_field(option), value.column, None, otherwise)
        by_country = all(region_of(cell) for cell in value.cases)
        cases: dict[str, Any] = {}
        for cell, given in value.cases.items():
            key = case_key(cell, by_country=by_country)
            if key in cases:
                self._add((*path, cell), f"`{cell}` a second time", "each case once", "remove one")
            cases[key] = resolve(given, (*path, cell))
        return DecidedBy(_field(option), value.column, cases, otherwise, by_country)

    # --- single options -------------------------------------------------------------------------

    def _formats(self, texts: list[str], path: Path) -> tuple[str, ...]:
        found = [self._format(text, path) for text in texts]
        return tuple(pattern for pattern in found if pattern is not None)

    def _format(self, text: str, path: Path) -> str | None:
        pattern = date_formats.directives(text)
        if pattern is None or not date_formats.fits(pattern, self._kind):
            date = self._kind == "date"
            guess = date_formats.meant(text, self._kind)
            self._add(
                path,
                f"the format {text!r}",
                f"a format with year, month and day{' and no time' if date else ''}, such as "
                f"DD/MM/YYYY{'' if date else ' hh:mm'} or %d/%m/%Y, or one of "
                f"{', '.join(date_formats.WORDS[self._kind])}",
                f"did you mean `{guess}`?"
                if guess
                else "use YYYY YY MM MMM DD hh mm ss AM TZD, or strptime directives",
            )
            return None
        if "%y" in pattern and self._model.years_from is None:
            self._add(
                path,
                f"the format {text!r}, whose years have two digits",
                "the century said by `years_from:`, the first of the hundred years they may mean",
                "add `years_from: 1930` (30 is 1930 then, and 29 is 2029), or another first year",
            )
        return pattern

    def _years_from(self) -> int | None:
        text = self._model.years_from
        if text is None:
            return None
        year = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
        if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
            self._add(
                (*self._path, "years_from"),
                f"`years_from: {text}`",
                f"a year of {_EARLIEST_YEAR} to {_LATEST_YEAR}, such as 1930",
                "write the first of the hundred years that two digits may mean",
            )
        return year

    def _timezone(self, text: str, path: Path) -> str | None:
        zone = timezone_of(text)
        if zone is None:
            self._add(path, f"unknown time zone `{text}`", ZONE_NAMES, zone_remedy(text))
        return zone

    def _region(self, text: str, path: Path) -> str | None:
        region = region_of(text)
        if region is None:
            self._add(
                path,
                f"`{text}`",
                "a country, by its two letters (IN, DE) or its name",
                "correct it; `{column: Country}` takes the country from a column",
            )
        return region

    def _currency(self, text: str, path: Path) -> str | None:
        currency = currency_of(text)
        if currency is None:
            self._add(
                path,
                f"`{text}`",
                "a currency, by its three letters (EUR, INR) or a sign that only it has",
                "correct it; `{column: Currency}` takes the currency from a column",
            )
        return currency

    # --- options together -----------------------------------------------------------------------

    def _hold_fitting(self) -> None:
        model, kind = self._model, self._kind
        for option in sorted(SPECIAL_OPTIONS & model.model_fields_set):
            if option in TYPE_OPTIONS[kind] or getattr(model, option) is None:
                continue
            fitting = [name for name, options in TYPE_OPTIONS.items() if option in options]
            self._add(
                (*self._path, option),
                f"`{option}:` on an attribute of type {kind}",
                f"`{option}:` only with type {_either(fitting)}",
                self._without(option, fitting),
                of_key=True,
            )
        if model.separator == "":
            self._add((*self._path, "separator"), "an empty text", "a separator", "write one")
        if kind == "money" and model.currency is None:
            self._add(
                self._path,
                "`type: money` without `currency:`",
                "the currency of all cells, since only the number is sent",
                "add `currency: EUR`, or `currency: {column: Currency}`",
            )

    def _without(self, option: str, fitting: list[str]) -> str:
        """Say how to mend an option that the type does not have."""
        standard = BY_KEY.get(str(self._path[-1])) if len(self._path) == 2 else None
        if standard is not None:
            fitting = [name for name in fitting if same_family(name, standard.type)]
        if not fitting or self._path[0] == "platforms":
            return f"remove `{option}:`"
        verb = "write" if self._model.type else "add"
        return f"{verb} `type: {fitting[0]}`, or remove `{option}:`"

    def _hold_digits(self) -> None:
        model, kind = self._model, self._kind
        for option in ("decimal", "thousands"):
            text = getattr(model, option)
            if text is not None and (len(text) != 1 or text.isalnum() or text in "+-%()"):
                self._add((*self._path, option), f"{text!r}", "one character", "write one mark")
        decimal = model.decimal or ("" if kind == "money" else ".")
        # A whole number without a fraction needs no decimal mark, so points may group it.
        bare = kind == "integer" and not (model.decimal or model.whole or model.exponent)
        clash = decimal == (model.thousands or "")
        if clash and decimal and kind in _NUMERIC and not bare:
            self._add(
                self._path,
                "the same character for `decimal:` and `thousands:`",
                "two different characters",
                "correct one of them",
            )

    def _add(
        self, path: Path, found: str, expected: str, remedy: str, *, of_key: bool = False
    ) -> None:
        self._findings.add(path, found, expected, remedy, of_key=of_key)


def _either(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _field(option: str) -> Any:
    return _DECIDABLE[option]
