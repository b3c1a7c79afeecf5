from __future__ import annotations

import pytest

from importer.mapping_file.currencies import currencies_of, currency_of


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("EUR", "EUR"),
        (" eur ", "EUR"),
        ("€", "EUR"),
        ("US$", "USD"),
        ("zł", "PLN"),
        ("₹", "INR"),
        ("$", None),
        ("kr", None),
        ("Rs.", None),
        ("XYZ", None),
        ("", None),
        (".", None),
    ],
)
def test_a_currency_is_known_by_its_code_or_a_sign_that_only_it_has(
    text: str, currency: str | None
) -> None:
    assert currency_of(text) == currency


def test_a_sign_of_several_currencies_may_be_any_of_them() -> None:
    assert {"USD", "CAD", "MXN"} < currencies_of("$")
    assert {"INR", "PKR"} < currencies_of("Rs.")
    assert currencies_of("€") == {"EUR"}
    assert currencies_of("doubloons") == frozenset()
