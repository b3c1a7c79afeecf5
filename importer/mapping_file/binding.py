"""Holds a mapping against the columns that a source really has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from importer.errors import MappingError, Problem
from importer.mapping_file.api_rules import breaches
from importer.mapping_file.lookalikes import (
    bare_place,
    cut_by_comment,
    difference,
    lookalike,
    visible,
)
from importer.mapping_file.mapping import Attribute, FromColumns, FromParts, FromTemplate, Mapping
from importer.mapping_file.naming import broken_rules, nearest
from importer.mapping_file.tables import SWAPPED
from importer.mapping_file.yaml_marks import in_quotes
from importer.moengage.attributes import BY_KEY
from importer.rules import RULES


def bind(mapping: Mapping, columns: Sequence[str], source: str) -> Mapping:
    """Check that every column exists, and settle what becomes of the unmapped ones.

    With `unmapped: pass`, the result has one more attribute per column that none takes.
    Raises MappingError with all problems; `source` is the name that messages use.
    """
    missing = [column for column in mapping.columns if column not in columns]
    if missing and re.match(r"mapping\s*:", columns[0] if columns else ""):
        raise MappingError(source, "a file that looks like a mapping", "a table of users", SWAPPED)
    problems = [_missing(mapping, column, columns, source) for column in missing]
    problems += _cut(mapping, columns, source)
    left = [column for column in columns if column not in _taken(mapping)]
    if mapping.unmapped == "error":
        # What a misspelt name was meant for is not left over.
        meant = {nearest(column, list(columns)) for column in missing}
        used = meant | set(mapping.columns)
        problems += _left_over(mapping, [column for column in left if column not in used])
    if problems:
        raise MappingError.of(tuple(problems))
    if mapping.unmapped == "pass":
        return _with_passed(mapping, left, source)
    return mapping


def _left_over(mapping: Mapping, columns: Sequence[str]) -> list[Problem]:
    if not columns:
        return []
    return [
        Problem(
            mapping.file,
            f"columns that the mapping does not use: {', '.join(columns)}",
            "every column of the source used (`unmapped: error`)",
            "map them, or write `unmapped: ignore`",
        )
    ]


def _taken(mapping: Mapping) -> set[str]:
    """Give the columns that attributes take; templates, `where:` and the id do not take."""
    fields = [*mapping.attributes, *(entry.active for entry in mapping.platforms)]
    return {column for entry in fields for column in _taken_by(entry)}


def _taken_by(entry: Attribute) -> tuple[str, ...]:
    match entry.origin:
        case FromTemplate():
            return ()
        case FromParts(parts=parts):
            return tuple(column for part in parts for column in _taken_by(part))
        case origin:
            return origin.columns


def _missing(mapping: Mapping, column: str, columns: Sequence[str], source: str) -> Problem:
    shown = ", ".join(columns[:20]) + (", ..." if len(columns) > 20 else "")
    return Problem(
        mapping.places.get(column, mapping.file),
        f'column "{column}", which {source} does not have',
        f"one of its columns: {shown}",
        _remedy(column, columns),
    )


def _remedy(column: str, columns: Sequence[str]) -> str:
    """Say which column may be meant by a name that none has."""
    if longer := cut_by_comment(column, columns):
        return f"` #` begins a comment in YAML: write {in_quotes(longer)}, with the quotes"
    if alike := lookalike(column, columns):
        return f"{difference(column, alike)}; write {visible(alike)}, with the quotes"
    guess = nearest(column, list(columns))
    return f'did you mean "{guess}"?' if guess else "correct the column's name"


def _cut(mapping: Mapping, columns: Sequence[str], source: str) -> list[Problem]:
    """Refuse a name whose end YAML took for a comment, where the source has what is left, too."""
    problems = []
    for column in mapping.columns:
        longer = cut_by_comment(column, columns) if column in columns else None
        spot = bare_place(longer, mapping.text) if longer else None
        if longer and spot:
            remedy = f"write {in_quotes(longer)} or {in_quotes(column)}, with the quotes"
            problems.append(
                Problem(
                    f"{mapping.file}:{spot[0]}:{spot[1]}",
                    f'column "{column}", behind which ` #` begins a comment in YAML, though {source} '
                    f'has a column "{longer}", too',
                    "the name that is meant in quotes",
                    remedy,
                )
            )
    return problems


def _with_passed(mapping: Mapping, left: Sequence[str], source: str) -> Mapping:
    mapped = {entry.name for entry in mapping.attributes}
    problems, passed, warnings = [], [], list(mapping.warnings)
    hidden = [column for column in left if _is_only_id(mapping, column)]
    warnings += [_about_id(column) for column in hidden]
    for column in left:
        if column in hidden:
            continue
        if column in mapped:
            problems.append(_impassable(source, column, "it is mapped"))
        passed.append(
            Attribute(
                name=column,
                origin=FromColumns((column,)),
                type=BY_KEY[column].type if column in BY_KEY else "string",
                place=mapping.file,
                nulls=mapping.nulls,
                blank=mapping.blank,
                bad_value=mapping.bad_value,
            )
        )
    bound = replace(mapping, attributes=(*mapping.attributes, *passed))
    # Those of the mapping itself were told when it was read.
    known = set(breaches(mapping))
    for breach in [breach for breach in breaches(bound) if breach not in known]:
        if mapping.switch(breach.code) == "warn":
            warnings.append(f"{breach.found} [{breach.code}]")
        elif breach.attribute:
            problems.append(_impassable(source, breach.attribute, breach.found, breach.code))
        else:
            place, fix = mapping.file, RULES[breach.code].fix
            expected = f"{breach.expected} [{breach.code}]"
            found = f"{breach.found}, when each column is passed (`unmapped: pass`)"
            problems.append(Problem(place, found, expected, fix))
    if problems:
        raise MappingError.of(tuple(problems))
    return replace(bound, warnings=tuple(warnings))


def _is_only_id(mapping: Mapping, column: str) -> bool:
    """Tell the id's own column, if no attribute may have its name."""
    is_id = mapping.customer_id.origin == FromColumns((column,))
    return is_id and any(mapping.switch(code) == "error" for code in broken_rules(column))


def _about_id(column: str) -> str:
    return (
        f'column "{column}" is sent as the customer id only, not as an attribute too '
        f"(`unmapped: pass`): MoEngage takes none called `{column}`"
    )


def _impassable(source: str, column: str, reason: str, code: str = "") -> Problem:
    return Problem(
        f'{source} column "{column}"',
        f"a column that cannot be passed under its own name: {reason}",
        "a free name (`unmapped: pass`)" + (f" [{code}]" if code else ""),
        "map the column to an attribute of another name",
    )
