from __future__ import annotations

from pathlib import Path

import pytest

from importer.check import check_source
from importer.mapping_file import parse_mapping
from tests.proposal.tables import evidence_of, proposed, table, value_of


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["yes", "No", "YES"], "{column: x, type: boolean}"),
        (["true", "true"], "{column: x, type: boolean}"),
        (["Y", "N"], "{column: x, type: boolean}"),
        (["N", "N"], "x"),
        (["ja", "nein"], "{column: x, type: boolean, true_words: [ja], false_words: [nein]}"),
        (["sim", "não"], '{column: x, type: boolean, true_words: [sim], false_words: ["não"]}'),
        (["ya", "tidak"], "{column: x, type: boolean, true_words: [ya], false_words: [tidak]}"),
        (["Yes", "No", "No phone service"], "x"),
        (["1", "0"], "{column: x, type: integer}"),
    ],
)
def test_words_for_yes_and_no_are_known(tmp_path: Path, cells: list[str], value: str) -> None:
    assert value_of(proposed(tmp_path, {"x": cells}), "x") == value


def test_one_and_zero_are_yes_and_no_where_the_name_says_so(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"is_vip": ["1", "0"]})
    assert value_of(found, "is_vip") == "{column: is_vip, type: boolean}"


@pytest.mark.parametrize(
    ("name", "cells", "value"),
    [
        ("Newsletter", ["yes", "no"], "{column: Newsletter, invert: true}"),
        ("Email Opt Out", ["0", "1"], "Email Opt Out"),
        ("Unsubscribed", ["false", "true"], "Unsubscribed"),
        (
            "Subscription status",
            ["subscribed", "unsubscribed", "cleaned"],
            '{column: Subscription status, values: {subscribed: "false", unsubscribed: "true", '
            'cleaned: ""}}',
        ),
    ],
)
def test_consent_is_turned_the_right_way_round(
    tmp_path: Path, name: str, cells: list[str], value: str
) -> None:
    columns = {name: cells}
    found = proposed(tmp_path, columns)
    assert value_of(found, "moe_unsubscribe") == value
    out = tmp_path / "payloads.jsonl"
    check_source(table(tmp_path, columns), parse_mapping(found.text), payloads=out)
    first, second = out.read_text().splitlines()[:2]
    assert '"moe_unsubscribe":false' in first
    assert '"moe_unsubscribe":true' in second


def test_consent_in_unknown_words_is_sent_as_the_text_it_is(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"Newsletter": ["weekly", "monthly"] * 15})
    assert value_of(found, "newsletter") == "Newsletter"
    assert "moe_unsubscribe:" not in found.text


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["M", "F"], '{M: male, "F": female}'),
        (["Male", "Female"], "{Male: male, Female: female}"),
        (["H", "M"], "{H: male, M: female}"),
        (["m", "w"], "{m: male, w: female}"),
        (["L", "P"], "{L: male, P: female}"),
        (["M", "F", "X"], '{M: male, "F": female}'),
    ],
)
def test_codes_of_gender_become_words(tmp_path: Path, cells: list[str], values: str) -> None:
    found = proposed(tmp_path, {"sex": cells * 10})
    assert value_of(found, "gender") == f"{{column: sex, values: {values}}}"


@pytest.mark.parametrize("cells", [["M", "M"], ["1", "2"], ["Mr", "Ms"], ["male", "female"]])
def test_genders_that_need_no_table_or_tell_nothing_are_sent_as_they_are(
    tmp_path: Path, cells: list[str]
) -> None:
    assert value_of(proposed(tmp_path, {"Gender": cells}), "gender") == "Gender"


def test_words_that_mean_nothing_are_found_where_the_others_have_a_type(tmp_path: Path) -> None:
    found = proposed(
        tmp_path,
        {
            "points": [str(row) for row in range(40)] + ["-", "NULL"],
            "note": ["x - y"] * 41 + ["fine"],
        },
    )
    assert 'source: {nulls: ["", "-", "NULL"]}' in found.text
    assert '"-" stands in 1 cell, of column "points".' in found.text
    assert value_of(found, "points") == "{column: points, type: integer}"


def test_a_word_that_may_mean_something_elsewhere_is_empty_in_its_column_only(
    tmp_path: Path,
) -> None:
    found = proposed(tmp_path, {"age": ["31", "NA"] * 2, "country": ["NA", "DE", "IN", "US"]})
    assert "source:" not in found.text
    assert value_of(found, "age") == '{column: age, nulls: ["", NA]}'
    assert "in other columns it may mean something" in evidence_of(found, "age")


def test_several_words_that_mean_nothing_leave_a_column_its_type(tmp_path: Path) -> None:
    """`-` may be a city, so that the list of `points` stands in place of the source's."""
    numbers = [str(row) for row in range(40)]
    empty = ["-", "NULL", "N/A"] * 4
    found = proposed(
        tmp_path,
        {
            "points": [*numbers, *empty],
            "amount": [*empty, *(f"{number}.50" for number in numbers)],
            "city": ["Pune", "Bonn", "Oslo", "-"] * 13,
        },
    )
    assert 'source: {nulls: ["", "NULL", N/A]}' in found.text
    own = 'nulls: ["", "NULL", N/A, "-"]'
    assert value_of(found, "points") == f"{{column: points, type: integer, {own}}}"
    assert value_of(found, "amount") == f"{{column: amount, type: number, {own}}}"
    assert value_of(found, "city") == "city"
