"""Holds a mapping as the stages see it: every default filled in, every name resolved."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any, Literal

from importer.mapping_file.decided_by import DecidedBy
from importer.mapping_file.guards import Guards
from importer.mapping_file.transforming import Transform
from importer.records import SourceOptions
from importer.rules import RULES, Switch

Keep = Literal["each", "last", "first", "merge", "invalid"]
Blank = Literal["skip", "unset", "invalid"]
BadValue = Literal["invalid", "leave_out"]
Otherwise = Literal["keep", "invalid", "blank", "value"]
NoMatch = Literal["invalid", "blank", "keep"]
ListUpdate = Literal["replace", "add", "remove"]
ClockChange = Literal["earlier", "later", "invalid"]

UNKNOWN_REGION = "ZZ"
"""Stands for a country that is not known (Unicode CLDR): numbers need their country code then."""

UNKNOWN_ZONE = ""
"""Stands for a time zone that is not known: times need their offset then."""


@dataclass(frozen=True)
class FromColumns:
    """The value stands in one column, or in the first of several that has one.

    first: whether several are passed over until one is valid, or only until one is not blank.
    """

    columns: tuple[str, ...]
    first: Literal["valid", "filled"] = "valid"


@dataclass(frozen=True)
class FromTemplate:
    """The value is literal text with columns between: literals[0] columns[0] literals[1] ..."""

    literals: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class FromConstant:
    """The value is the same for every row."""

    text: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class FromCoordinates:
    """The value is a latitude and a longitude in two columns."""

    lat: str
    lon: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.lat, self.lon)


@dataclass(frozen=True)
class FromParts:
    """The value is an object; each part is named by its key and has an origin and a type."""

    parts: tuple[Attribute, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for part in self.parts for column in part.origin.columns)


ValueOrigin = FromColumns | FromTemplate | FromConstant | FromCoordinates | FromParts


@dataclass(frozen=True)
class Check:
    """One check of a value: its name and argument as written, and the user's own words if any."""

    name: str
    argument: Any
    message: str = ""
    place: str = ""


@dataclass(frozen=True)
class Attribute:
    """One attribute of the payload: where its value comes from, and what becomes of it.

    A cell's order: cell, split, extract, transforms, values, type, check, rules; what is one of
    `nulls` anywhere before `values` is blank.

    place: where it stands in the mapping file, `file:line:column`.
    formats: strptime directives, or words of date_formats.WORDS; empty means ISO 8601.
    years_from: the first of the hundred years that two digits may mean; None where none may.
    repeated_hour, skipped_hour: which of two instants is meant when clocks were changed.
    region: two letters; UNKNOWN_REGION where a row's country is not known.
    thousands, decimal: what stands between digits in the source; thousands "" is nothing.  Both
        "" for money: each cell's own marks tell.
    indian: whether digits may be grouped as in 1,23,456.
    percent: what `12 %` becomes: 12 (points), 0.12 (fraction), or nothing ("").
    decided: options that another column decides; decided rows have none of them left.
    separator: between a list's items; None is a JSON list.
    items: what a list may hold; "" is either.
    update: what a list does to the one that the user has.
    true_words, false_words: of a boolean, in lower case; both empty for the usual words.
    split, take: the text between parts, and which is taken, from 1 or from the end with -1.
    extract: a RE2 pattern with one group at most; no_match: for cells that it does not find.
    transforms: words of types.TRANSFORMS, and transforms with arguments.
    values: cell -> value before typing; None where no table is given.
    otherwise, otherwise_value: for cells that `values` does not have.
    required: whether the mapping says so itself; `blank` is "invalid" then.
    protect: whether only a change in the source is sent, so that users' own choices stay.
    unique: whether no two rows may have the same value.
    """

    name: str
    origin: ValueOrigin
    type: str
    place: str
    split: str | None = None
    take: int = 1
    extract: str | None = None
    no_match: NoMatch = "invalid"
    transforms: tuple[Transform, ...] = ()
    nulls: frozenset[str] = frozenset({""})
    values: Dict[str, str] | None = None
    otherwise: Otherwise = "keep"
    otherwise_value: str = ""
    blank: Blank = "skip"
    bad_value: BadValue = "invalid"
    formats: tuple[str, ...] = ()
    years_from: int | None = None
    timezone: str | None = None
    repeated_hour: ClockChange = "invalid"
    skipped_hour: ClockChange = "invalid"
    region: str | None = None
    style: Literal["digits", "e164"] = "digits"
    separator: str | None = None
    items: Literal["", "strings", "numbers"] = ""
    update: ListUpdate = "replace"
    true_words: tuple[str, ...] = ()
    false_words: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    indian: bool = False
    percent: Literal["", "points", "fraction"] = ""
    exponent: bool = False
    parentheses: bool = False
    whole: bool = False
    currency: str | None = None
    decided: tuple[DecidedBy, ...] = ()
    invert: bool = False
    check: tuple[Check, ...] = ()
    required: bool = False
    protect: bool = False
    unique: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Give every source column that the value needs: those it stands in, and those that decide."""
        return (*self.origin.columns, *self.deciding)

    @property
    def deciding(self) -> tuple[str, ...]:
        """Give the columns that only say how the value, or a part of it, is read."""
        parts = self.origin.parts if isinstance(self.origin, FromParts) else ()
        own = (entry.column for entry in self.decided)
        return (*own, *(column for part in parts for column in part.deciding))

    @property
    def label(self) -> str:
        """Give the name under which a person knows the value: its columns, else the attribute."""
        return ", ".join(dict.fromkeys(self.origin.columns)) or self.name


@dataclass(frozen=True)
class Platform:
    """One entry of `platforms`; `active` is a boolean attribute."""

    platform: str
    active: Attribute


@dataclass(frozen=True)
class UnsetRule:
    """One entry of `unset_attributes`, sent with every row."""

    attr: str
    match: str
    case_sensitive: bool


@dataclass(frozen=True)
class Duplicates:
    """What becomes of a user who stands in several rows.

    keep: each row is sent, or only the last, only the first, all of them merged into one, none.
    by: which value says what is first and last; None is the file's order.  Blank ones lose.
    """

    keep: Keep = "each"
    by: Attribute | None = None


@dataclass(frozen=True)
class MappingTest:
    """One of the mapping's own tests: cells in, and what is expected of the row.

    payload: parts of the payload, as YAML has them.  absent: attributes that it shall not have.
    invalid: codes for which the row shall be refused.  warnings: codes of which it shall warn.
    filtered: whether `where:` shall leave it out.
    places: path inside the test, such as ("given", "City") -> `file:line:column`; () is all of it.
    """

    name: str
    given: Dict[str, str]
    payload: Dict[str, Any]
    absent: tuple[str, ...]
    warnings: tuple[str, ...]
    invalid: tuple[str, ...]
    filtered: bool
    places: Dict[tuple[str | int, ...], str]

    def place(self, *path: str | int) -> str:
        """Give the place of a part, or of its nearest parent."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return ""


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file.

    where: column -> the cells that let a row through.
    send: whether a body has all values, or those alone that were not accepted yet.
    unmapped: what happens to columns that no attribute takes.
    switches: rule code -> how the mapping softens it.
    warnings: what is allowed and yet worth saying, each a whole sentence.
    text: the file as it was, for the run's copy.
    """

    file: str
    name: str
    customer_id: Attribute
    attributes: tuple[Attribute, ...]
    target_app_id: str | None = None
    source: SourceOptions = field(default_factory=SourceOptions)
    nulls: frozenset[str] = frozenset({""})
    platforms: tuple[Platform, ...] = ()
    unset: tuple[UnsetRule, ...] = ()
    where: Dict[str, frozenset[str]] = field(default_factory=dict)
    blank: Blank = "skip"
    bad_value: BadValue = "invalid"
    duplicates: Duplicates = field(default_factory=Duplicates)
    guards: Guards = field(default_factory=Guards)
    unmapped: Literal["ignore", "error", "pass"] = "ignore"
    update_existing_only: bool = False
    send: Literal["full", "changed"] = "full"
    switches: Dict[str, Switch] = field(default_factory=dict)
    tests: tuple[MappingTest, ...] = ()
    warnings: tuple[str, ...] = ()
    places: Dict[str, str] = field(default_factory=dict)
    text: str = ""

    def switch(self, code: str) -> Switch:
        """Tell how a rule is to be taken: as the mapping says, else as its severity says."""
        return self.switches.get(code, "error" if RULES[code].severity == "error" else "warn")

    @property
    def fields(self) -> tuple[Attribute, ...]:
        """Give all that is read from a row: the id, the attributes, the platforms' switches.

        Behind them stands what ranks a user's rows, if the mapping says so.
        """
        switches = (entry.active for entry in self.platforms)
        ranking = () if self.duplicates.by is None else (self.duplicates.by,)
        return (self.customer_id, *self.attributes, *switches, *ranking)

    @property
    def unique(self) -> tuple[Attribute, ...]:
        """Give the attributes of which no two rows may have the same value, the id apart."""
        return tuple(entry for entry in self.attributes if entry.unique)

    @property
    def columns(self) -> tuple[str, ...]:
        """Give every source column that the mapping uses, once each, in the file's order."""
        used = [column for entry in self.fields for column in entry.columns]
        return tuple(dict.fromkeys([*used, *self.where]))
