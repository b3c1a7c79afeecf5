from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]


@pytest.mark.parametrize(
    ("cell", "currency", "result"),
    [
        ("1.234,50 €", "EUR", "1234.50"),
        ("€1.234,50", "EUR", "1234.50"),
        ("€ -5", "EUR", "-5"),
        ("-€5", "EUR", "-5"),
        ("-5 €", "EUR", "-5"),
        ("--5 €", "EUR", "not-money"),
        ("-€-5", "EUR", "not-money"),
        ("+5 EUR", "EUR", "5"),
        ("5EUR", "EUR", "5"),
        ("eur 5", "EUR", "5"),
        ("1 234,50\u00a0€", "EUR", "1234.50"),
        ("1\u202f234,50 €", "EUR", "1234.50"),
        ("1’234.50", "CHF", "1234.50"),
        ("Fr. 5", "CHF", "5"),
        ("$ 1,234.50", "USD", "1234.50"),
        ("US$12", "USD", "12"),
        ("US$12", "CAD", "currency-other"),
        ("$12", "CAD", "12"),
        ("$12", "EUR", "currency-other"),
        ("€ 12 EUR", "EUR", "12"),
        ("€ 12 USD", "EUR", "currency-other"),
        ("Rs. 1,200", "INR", "1200"),
        ("₹1,23,456.78", "INR", "123456.78"),
        ("Rs 1.200", "INR", "1.200"),
        ("1,200", "USD", "money-ambiguous"),
        ("1.200", "USD", "money-ambiguous"),
        ("1.200.000", "USD", "1200000"),
        ("1234.567", "USD", "1234.567"),
        ("0.123", "USD", "0.123"),
        ("12,5", "USD", "12.5"),
        ("-0.00", "USD", "0.00"),
        ("1.2.3", "USD", "not-money"),
        ("1,23.456", "USD", "not-money"),
        ("1 2 3", "USD", "not-money"),
        ("12 bitcoins", "EUR", "currency-other"),
        ("€", "EUR", "not-money"),
        ("5 - 7", "EUR", "not-money"),
        ("5%", "EUR", "not-money"),
        ("1e3", "EUR", "not-money"),
        ("٣ €", "EUR", "not-money"),
        ("(5)", "EUR", "not-money"),
        ("NaN", "EUR", "not-money"),
        (".25", "USD", "0.25"),
        ("-.5", "USD", "-0.5"),
        ("$.50", "USD", "0.50"),
        ("-$.75", "USD", "-0.75"),
        ("$-.75", "USD", "-0.75"),
        ("$ .50", "USD", "0.50"),
        ("US$.50", "USD", "0.50"),
        ("₹.50", "INR", "0.50"),
        ("₹,50", "INR", "not-money"),
        ("€,50", "EUR", "0.50"),
        (",50 €", "EUR", "0.50"),
        ("$..50", "USD", "not-money"),
        ("$. 50", "USD", "not-money"),
        ("50 $.", "USD", "currency-other"),
        ("Rs.50", "INR", "50"),
        ("Rs.1,200.50", "INR", "1200.50"),
        ("Rs.0.50", "INR", "0.50"),
        ("Rs..50", "INR", "0.50"),
        ("kr.50", "SEK", "50"),
        ("50 kr.", "SEK", "50"),
        ("RM. 50", "MYR", "50"),
        ("RM.50", "MYR", "money-ambiguous"),
        ("R.50", "ZAR", "money-ambiguous"),
        ("USD.50", "USD", "money-ambiguous"),
        ("USD .50", "USD", "0.50"),
        ("د.إ5", "AED", "5"),
    ],
)
def test_an_amount_is_read_in_its_currency_or_refused(
    cell: str, currency: str, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("money", currency=currency)) == [result]


@pytest.mark.parametrize(
    ("cell", "options", "result"),
    [
        ("1,200", {"thousands": ","}, "1200"),
        ("1,200", {"decimal": "."}, "1200"),
        ("1,200", {"decimal": ","}, "1.200"),
        ("1.200", {"decimal": ".", "thousands": ","}, "1.200"),
        ("1.200,5", {"decimal": "."}, "not-money"),
        ("(1,200.50) $", {"decimal": ".", "parentheses": True}, "not-money"),
        ("($ 1,200.50)", {"decimal": ".", "parentheses": True}, "-1200.50"),
        ("($.50)", {"parentheses": True}, "-0.50"),
        ("$.50", {"decimal": ","}, "not-money"),
        ("$,50", {"decimal": ","}, "0.50"),
    ],
)
def test_the_mappings_marks_settle_what_is_meant(
    cell: str, options: dict[str, object], result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("money", currency="USD", **options)) == [result]


@given(
    amounts=st.lists(
        st.decimals(places=2, min_value=-(10**12), max_value=10**12, allow_nan=False), max_size=6
    ),
    form=st.sampled_from(["{} €", "EUR {}", "€{}", "{}"]),
    german=st.booleans(),
)
def test_a_written_amount_reads_back_to_the_same_amount(
    amounts: list[Decimal], form: str, german: bool, attribute: Make, outcomes: Outcomes
) -> None:
    texts = [f"{amount:,}" for amount in amounts]
    if german:
        texts = [text.translate(str.maketrans(",.", ".,")) for text in texts]
    found = outcomes([form.format(text) for text in texts], attribute("money", currency="EUR"))
    assert [Decimal(str(text)) for text in found] == amounts


@given(cells=st.lists(st.text("0123456789.,' -+()€$EURUSD", min_size=1, max_size=10), max_size=5))
def test_an_amount_is_read_alike_beside_any_other(
    cells: list[str], attribute: Make, outcomes: Outcomes
) -> None:
    column = attribute("money", currency="EUR")
    assert outcomes(cells, column) == [outcomes([cell], column)[0] for cell in cells]
