from __future__ import annotations

from pathlib import Path

import pytest

from tests.proposal.tables import evidence_of, proposed, sendable, table, value_of

MANY = [f"{day:02}/0{1 + day % 9}/19{50 + day}" for day in range(1, 29)]


def test_days_that_cannot_be_months_tell_the_order(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"Birthday": MANY})
    assert value_of(found, "u_bd") == "{column: Birthday, format: DD/MM/YYYY}"
    assert evidence_of(found, "u_bd") == (
        "all 28 match DD/MM/YYYY; 16 of them cannot be month first."
    )
    assert found.choices == ()


def test_an_order_that_no_cell_tells_is_left_open(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"Birthday": ["03/04/1990", "05/06/1991"]})
    assert value_of(found, "u_bd") == (
        "{column: Birthday, format: {decide: [DD/MM/YYYY, MM/DD/YYYY]}}"
    )
    assert evidence_of(found, "u_bd").endswith("all 2 match MM/DD/YYYY as well: which is it?")
    assert len(found.choices) == 1


def test_an_order_in_which_most_cells_fail_is_no_choice(tmp_path: Path) -> None:
    cells = ["03/04/1990"] * 90 + ["25/12/1990"] * 10
    assert "decide" not in value_of(proposed(tmp_path, {"born": cells}), "u_bd")


def test_cells_of_both_orders_are_no_dates(tmp_path: Path) -> None:
    cells = ["25/12/1990", "12/25/1990"] * 20
    assert value_of(proposed(tmp_path, {"when": cells}), "when") == "when"


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["2024-01-31", "2023-02-01"], "{column: x, type: date}"),
        (["31.01.2024", "1.2.2023"], "{column: x, type: date, format: DD.MM.YYYY}"),
        (["1/31/2024", "12/1/2023"], "{column: x, type: date, format: MM/DD/YYYY}"),
        (["31-Jan-2024", "1-Feb-2023"], "{column: x, type: date, format: DD-MMM-YYYY}"),
        (["Jan 31, 2024", "Feb 1, 2023"], '{column: x, type: date, format: "MMM DD, YYYY"}'),
        (["2024/01/31", "2023/02/01"], "{column: x, type: date, format: YYYY/MM/DD}"),
        (["2024-01-31T10:00:00Z"] * 2, "{column: x, type: datetime}"),
        (["2024-01-31 10:00:00+05:30"] * 2, "{column: x, type: datetime}"),
        (["2024-01-31 00:00:00.000"] * 2, '{column: x, type: date, split: " ", take: 1}'),
        (["2024-01-31", "31/12/2023"], "{column: x, type: date, format: [YYYY-MM-DD, DD/MM/YYYY]}"),
        (["20240131", "20231201"], "{column: x, type: integer}"),
        (["soon", "2024-01-31"], "x"),
    ],
)
def test_dates_are_read_as_they_are_written(tmp_path: Path, cells: list[str], value: str) -> None:
    assert value_of(proposed(tmp_path, {"x": cells}), "x") == value


@pytest.mark.parametrize(
    ("name", "cells", "value"),
    [
        ("created_at", ["1558410455", "1558410456"], "format: epoch_seconds"),
        ("created_at", ["1558410455123", "1558410456000"], "format: epoch_milliseconds"),
        ("created date", ["20240131", "20231201"], "type: date, format: YYYYMMDD"),
    ],
)
def test_counts_are_times_where_the_name_says_so(
    tmp_path: Path, name: str, cells: list[str], value: str
) -> None:
    found = proposed(tmp_path, {name: cells})
    assert value_of(found, "created_time") == f"{{column: {name}, {value}}}"


def test_times_without_a_zone_ask_for_it_unless_it_is_said(tmp_path: Path) -> None:
    cells = ["2024-01-31 10:00:00", "2024-02-01 11:30:00"]
    open_ = proposed(tmp_path, {"created at": cells})
    assert "timezone: {decide: [UTC, Asia/Kolkata, " in value_of(open_, "created_time")
    said = proposed(tmp_path, {"created at": cells}, timezone="Europe/Berlin")
    assert value_of(said, "created_time") == "{column: created at, timezone: Europe/Berlin}"
    named = proposed(tmp_path, {"created at utc": cells})
    assert "timezone: UTC" in value_of(named, "created_at_utc")


def test_years_of_two_digits_ask_for_their_century(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"dob": ["31/12/85", "13/01/99"]})
    assert "years_from: {decide: [1930, 1970, ...]}" in value_of(found, "u_bd")


def test_days_with_a_midnight_are_sent_as_days(tmp_path: Path) -> None:
    columns = {"born": ["1980-01-31T00:00:00", "1981-12-01T00:00:00"]}
    found = proposed(tmp_path, columns)
    assert value_of(found, "u_bd") == '{column: born, split: "T", take: 1}'
    assert sendable(found, table(tmp_path, columns)) == 2


def test_what_is_no_date_is_counted_with_its_first_row(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"born": [*MANY, "31/02/1990", *MANY]})
    assert "1 cell is no such date; the first is the 29th row's." in evidence_of(found, "u_bd")
