"""Validates typed columns with a pandera schema that is built from the mapping.

pandera sees values, never cells: a blank or badly written cell is null here and passes, so that
it gets no second reason.  Its cost is per call, so it is called once per block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from threading import Lock
from typing import Any

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc

from importer.errors import MappingError, Problem
from importer.mapping_file import Attribute, Check, Mapping
from importer.mapping_file.types import CHECK_TWINS
from importer.records import Rejection
from importer.typed import Typed

_EXAMPLES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "email": pa.string(),
    "phone": pa.string(),
    "integer": pa.int64(),
    "number": pa.decimal128(38, 18),
    "money": pa.decimal128(38, 18),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", "UTC"),
}
"""Types that can be checked, with an Arrow type of their values to try each check on."""

_TEXTS = ("string", "email", "phone")
_EQUALITIES = ("eq", "ne", "isin", "notin")
_ORDERS = ("gt", "ge", "lt", "le", "in_range")


class RowSchema:
    """The mapping's checks as one pandera schema, built once per run and process.

    Raises MappingError for arguments that do not fit their column's type.
    """

    def __init__(self, mapping: Mapping) -> None:
        problems: list[Problem] = []
        self._checked = [_checks(attribute, problems) for attribute in mapping.attributes]
        if problems:
            raise MappingError.of(tuple(problems))
        self._schema = pandera.DataFrameSchema(
            {
                attribute.name: pandera.Column(nullable=True, required=True, checks=checks)
                for attribute, checks in zip(mapping.attributes, self._checked, strict=True)
            }
        )
        self._attributes = {attribute.name: attribute for attribute in mapping.attributes}
        self._one_at_a_time = Lock()
        self._try_on_nothing(mapping)

    def validate(self, typed: Typed) -> tuple[Rejection, ...]:
        """Give one Rejection per failed check and row, in pandera's order."""
        try:
            # pandera keeps global state while it validates.
            with self._one_at_a_time:
                self._schema.validate(_frame(typed), lazy=True)
        except pandera.errors.SchemaErrors as errors:
            return tuple(
                self._rejection(failure, typed)
                for failure in errors.failure_cases.to_dict("records")
            )
        return ()

    def _rejection(self, failure: dict[str, Any], typed: Typed) -> Rejection:
        attribute = self._attributes.get(str(failure["column"]))
        if attribute is None or pd.isna(failure["index"]) or pd.isna(failure["check_number"]):
            raise _misfit(attribute, f"the check {failure['check']}")
        check = attribute.check[int(failure["check_number"])]
        said = check.message or f"the mapping's `{check.name}:` for {attribute.name}"
        return Rejection(
            index=int(typed.batch.index[int(failure["index"])]),
            stage="validating",
            code="check-failed",
            column=attribute.label,
            found=_shown(failure["failure_case"]),
            expected=f"{_wanted(check)} ({said})",
        )

    def _try_on_nothing(self, mapping: Mapping) -> None:
        """Run every check on empty columns, so that a misfit is known before the first row."""
        for attribute, checks in zip(mapping.attributes, self._checked, strict=True):
            empty = _series(pa.array([], _EXAMPLES.get(attribute.type, pa.string())))
            for check in checks:
                try:
                    check(empty)
                except (TypeError, ValueError, NotImplementedError, pa.ArrowException):
                    raise _misfit(attribute, "a check") from None


def _misfit(attribute: Attribute | None, found: str) -> MappingError:
    return MappingError(
        attribute.place if attribute else "check",
        f"{found} that cannot be held against the column's values",
        "checks that fit the attribute's type",
        "correct or remove the `check:`",
    )


def _frame(typed: Typed) -> pd.DataFrame:
    columns = {column.attribute.name: _series(column.values) for column in typed.attributes}
    return pd.DataFrame(columns, index=pd.RangeIndex(typed.batch.rows))


def _series(values: pa.Array) -> pd.Series[Any]:
    return pd.Series(pd.arrays.ArrowExtensionArray(values))


# --- arguments ---------------------------------------------------------------------------------


def _checks(attribute: Attribute, problems: list[Problem]) -> list[Any]:
    checks = []
    for check in attribute.check:
        name, argument = CHECK_TWINS.get(check.name, check.name), check.argument
        try:
            checks.append(_check(name, argument, attribute.type))
        except (ValueError, InvalidOperation, pa.ArrowInvalid) as error:
            problems.append(
                Problem(
                    check.place or attribute.place,
                    f"`{check.name}: {_written(argument)}` for `{attribute.name}` ({_reason(error)})",
                    f"an argument that fits the type {attribute.type}",
                    "correct the `check:`",
                )
            )
    return checks


def _reason(error: Exception) -> str:
    return "not a number" if isinstance(error, InvalidOperation) else str(error).split(": ")[-1]


def _check(name: str, argument: Any, kind: str) -> Any:
    if kind not in _EXAMPLES:
        raise ValueError(f"values of type {kind} cannot be checked")
    cast = _CASTS[kind]
    if kind == "integer" and name in _EQUALITIES:
        cast = _equal_to_integer
    if name in ("isin", "notin"):
        return getattr(pandera.Check, name)([cast(item) for item in _listed(argument)])
    if name in _EQUALITIES or (name in _ORDERS and name != "in_range"):
        if name in _ORDERS and kind in (*_TEXTS, "boolean"):
            raise ValueError(f"{kind} values have no order")
        return getattr(pandera.Check, name)(cast(argument))
    if name == "in_range":
        low, high = _pair(argument, cast)
        return pandera.Check.in_range(low, high)
    if kind not in _TEXTS:
        raise ValueError(f"only texts can be checked by {name}")
    return _text_check(name, argument)


def _text_check(name: str, argument: Any) -> Any:
    if name == "str_length":
        if isinstance(argument, str):
            return pandera.Check.str_length(exact_value=int(argument))
        low, high = _pair(argument, int)
        return pandera.Check.str_length(low, high)
    text = _text(argument)
    if name in ("str_matches", "str_contains"):
        # RE2 runs in linear time; a pattern that it cannot read is refused here.
        pc.match_substring_regex(pa.array([""]), text)
    if name == "str_matches":
        # pandas puts ^ before the pattern, which binds closer than an alternative.
        text = f"(?:{text})"
    return getattr(pandera.Check, name)(text)


def _pair(argument: Any, cast: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Read `[lowest, highest]`, or `{min_value: ..., max_value: ...}` as pandera calls them."""
    if isinstance(argument, dict) and argument.keys() == {"min_value", "max_value"}:
        argument = [argument["min_value"], argument["max_value"]]
    items = _listed(argument)
    if len(items) != 2:
        raise ValueError("expected two values, [lowest, highest]")
    return cast(items[0]), cast(items[1])


def _listed(argument: Any) -> Sequence[Any]:
    if not isinstance(argument, list) or not argument:
        raise ValueError("expected a list, such as [a, b]")
    return argument


def _text(argument: Any) -> str:
    if not isinstance(argument, str):
        raise ValueError("expected one value")
    return str(argument)


def _number(argument: Any) -> Decimal:
    number = Decimal(_text(argument))
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _integer(argument: Any) -> int | Decimal:
    number = _number(argument)
    return int(number) if number == number.to_integral_value() else number


def _equal_to_integer(argument: Any) -> int:
    number = _integer(argument)
    if not isinstance(number, int):
        raise ValueError(f"{number} is not a whole number")
    return number


def _boolean(argument: Any) -> bool:
    text = _text(argument).lower()
    if text not in ("true", "false"):
        raise ValueError("expected true or false")
    return text == "true"


def _datetime(argument: Any) -> pd.Timestamp:
    moment = datetime.fromisoformat(_text(argument))
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return pd.Timestamp(zoned).tz_convert("UTC")


_CASTS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "email": _text,
    "phone": _text,
    "integer": _integer,
    "number": _number,
    "money": _number,
    "boolean": _boolean,
    "date": lambda argument: date.fromisoformat(_text(argument)),
    "datetime": _datetime,
}


_WANTED = {
    "eq": "{}",
    "ne": "anything but {}",
    "gt": "more than {}",
    "ge": "at least {}",
    "lt": "less than {}",
    "le": "at most {}",
    "in_range": "{} to {}",
    "isin": "one of {}",
    "notin": "none of {}",
    "str_length": "{}",
    "str_matches": "a text that begins as the pattern {} says",
    "str_startswith": "a text that begins with {}",
    "str_endswith": "a text that ends with {}",
    "str_contains": "a text with {} in it",
}


def _wanted(check: Check) -> str:
    """Say in words what a check wants."""
    name, argument = CHECK_TWINS.get(check.name, check.name), check.argument
    if isinstance(argument, dict):
        argument = list(argument.values())
    items = [str(item) for item in argument] if isinstance(argument, list) else [str(argument)]
    if name in ("isin", "notin"):
        items = [", ".join(items)]
    elif name == "str_length":
        items = [" to ".join(items) + (" character" if items == ["1"] else " characters")]
    return _WANTED[name].format(*items)


def _written(argument: Any) -> str:
    if isinstance(argument, list):
        return f"[{', '.join(str(item) for item in argument)}]"
    if isinstance(argument, dict):
        return f"{{{', '.join(f'{key}: {value}' for key, value in argument.items())}}}"
    return str(argument)


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        # The column's scale is not the cell's: 5.000000000000000000 was written 5.
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, pd.Timestamp):
        return value.isoformat().replace("+00:00", "Z")
    return repr(value) if isinstance(value, str) else str(value)
