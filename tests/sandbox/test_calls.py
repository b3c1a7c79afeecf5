from __future__ import annotations

import pytest

from importer.sandbox.calls import find_route, parse


@pytest.mark.parametrize(
    ("path", "name", "app_id"),
    [
        ("/v1/customer/ABC", "customer", "ABC"),
        ("/v1/customer", "customer", ""),
        ("/v1/customer/", "customer", ""),
        ("/v1/customer/A%2FB", "customer", "A/B"),
        ("/v1/customer/merge", "merge", ""),
        ("/v1/customer/delete", "delete", ""),
        ("/v1/customers/export", "export", ""),
        ("/v1/transition/ABC", "transition", "ABC"),
        ("/v1/integrations/authentication", "authentication", ""),
        ("/v1/customers", None, ""),
        ("/v1/customer/A/B", None, ""),
        ("/v1/customers/export/ABC", None, ""),
        ("/", None, ""),
    ],
)
def test_a_path_leads_to_its_endpoint(path: str, name: str | None, app_id: str) -> None:
    route, found = find_route(path)

    assert (route.name if route else None, found) == (name, app_id)


@pytest.mark.parametrize("number", [2**63, -(2**80), 10**40])
def test_whole_numbers_of_any_length_stay_exact(number: int) -> None:
    assert parse(b"[%d]" % number) == [number]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"NaN",
        b"[Infinity]",
        b"1e999",
        b'"\\ud800"',
        b'"\xff"',
        b"[" * 5_000,
        b"1" * 5_000,
    ],
)
def test_what_is_not_json_is_nothing(body: bytes) -> None:
    assert parse(body) is None
