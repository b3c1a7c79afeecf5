from __future__ import annotations

import pytest

from importer.stages.reading.unmended import unmended

ROUNDED = "found the number 1234567890123457000, expected at most 15 digits, or text [cell-rounded]"


def found(
    id_: str | None, score: str | None, code: str, column: str, message: str = ""
) -> list[str]:
    cells = {"id": id_, "score": score, "_code": code, "_column": column, "_message": message}
    return [one.column or one.code for one in unmended(cells)]


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("1234567890123457000", True),
        (" 1234567890123457000 ", True),
        ("1234567890123460000", True),
        ("1234567890123450000", True),
        ("1.23457E+18", True),
        ("1,23457E+18", True),
        ("1.234.567.890.123.457.000", True),
        ("1 234 567 890 123 457 000", True),
        ("1234567890123456789", False),
        ("1234567890123457001", False),
        ("user-1", False),
        ("", False),
        ("NaN", False),
        (None, False),
    ],
)
def test_a_rounded_number_is_refused_however_a_spreadsheet_writes_it(
    text: str | None, is_refused: bool
) -> None:
    assert found(text, "1", "cell-rounded", "id", ROUNDED) == (["id"] if is_refused else [])


@pytest.mark.parametrize(
    ("code", "column", "message", "expected"),
    [
        ("cell-not-computed", "score", "", ["score"]),
        ("not-email; cell-not-computed", "email; score", "", ["score"]),
        ("cell-not-computed; cell-rounded", "score; id", ROUNDED, ["score", "id"]),
        ("cell-rounded", "id", "", ["cell-rounded"]),
        ("cell-rounded", "gone", ROUNDED, ["cell-rounded"]),
        ("cell-not-computed", "", "", ["cell-not-computed"]),
        ("not-email; cell-not-computed", "score", "", ["cell-not-computed"]),
        ("not-email", "id", "", []),
        ("header-repeated", "", "", []),
        ("", "", "", []),
    ],
)
def test_what_the_own_columns_cannot_tell_is_refused_as_a_row(
    code: str, column: str, message: str, expected: list[str]
) -> None:
    assert found("1234567890123457000", " ", code, column, message) == expected


def test_a_header_is_refused_as_long_as_it_is_one() -> None:
    assert found("id", "score", "header-repeated", "") == ["header-repeated"]
    assert found("id", "3", "header-repeated", "") == []
