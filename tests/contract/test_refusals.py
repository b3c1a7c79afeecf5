"""Holds the sandbox to the documented answers, row by row of the table in the facts' section 8."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from importer.moengage import access
from importer.sandbox import Sandbox, SandboxConfig

KEY = "the-key"
CUSTOMER = "/v1/customer/SANDBOX"
BULK = "/v1/transition/SANDBOX"
GOOD = {"type": "customer", "customer_id": "ann@example.com", "attributes": {"name": "Ann"}}


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(skip_auto_headers=["Content-Type"]) as session:
        yield session


async def ask(
    session: aiohttp.ClientSession,
    config: SandboxConfig,
    path: str = CUSTOMER,
    body: object = GOOD,
    method: str = "POST",
    **headers: str | None,
) -> tuple[int, Any, int]:
    """Send one request; a header that is None is left out.  Give status, JSON, stored profiles."""
    sent = {**access.headers("SANDBOX", KEY)}
    sent |= {name.replace("_", "-"): text for name, text in headers.items() if text is not None}
    for name in (name for name, text in headers.items() if text is None):
        sent.pop(name.replace("_", "-"))
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    async with (
        Sandbox(config) as sandbox,
        session.request(method, sandbox.base_url + path, data=data, headers=sent) as answer,
    ):
        return answer.status, await answer.json(), len(sandbox.profiles())


MISMATCH = "App key mismatch in params and authentication"
JSON_NEEDED = "A valid JSON document is required."
MALFORMED = "Could not decode the request body. The JSON was incorrect or not encoded as UTF-8."
AUTH = "Authentication required"
MISSING = "MissingAttributeError"
STRING = "is expected to be String or Unicode String."
ADD, REMOVE = "addValueToArrayField", "removeValueFromArrayField"


def customer(**keys: object) -> dict[str, object]:
    return {"path": CUSTOMER, "body": {**GOOD, **keys}}


def bulk(*elements: object) -> dict[str, object]:
    return {"path": BULK, "body": {"type": "transition", "elements": list(elements)}}


# fmt: off
REFUSALS: list[tuple[int, str, str, dict[str, Any]]] = [
    # row 4
    (400, "ParamsRequired", "app_id is required in path/query params.", {"path": "/v1/customer"}),
    (400, "ParamsRequired", "app_id is required in path/query params.", {"path": "/v1/customer/"}),
    (400, "ParamsRequired", "app_id is required in path/query params.", {"path": "/v1/customer/merge"}),
    (400, "ParamsRequired", "app_id is required in path/query params.", {"path": "/v1/customers/export"}),
    # row 5
    (401, AUTH, "Authentication Header Required", {"Authorization": None}),
    (401, AUTH, "No identity information found", {"Authorization": ""}),
    (401, AUTH, "No identity information found", {"Authorization": "Basic"}),
    (401, AUTH, "Invalid identity information found", {"Authorization": "Basic ***"}),
    (401, AUTH, "Invalid identity information found", {"Authorization": "Basic /////w=="}),
    (401, AUTH, "Invalid identity information found", {"Authorization": "Bearer QTpC"}),
    (401, AUTH, "APP_KEY missing in the authentication header", {"Authorization": basic("", KEY)}),
    (401, AUTH, "APP_SECRET missing in the authentication header", {"Authorization": basic("SANDBOX", "")}),
    (401, AUTH, "Invalid APP_ID used in Authentication Header", {"Authorization": basic("OTHER", KEY)}),
    (401, AUTH, "App Secret key mismatch. Please login to the dashboard to verify key", {"Authorization": basic("SANDBOX", "wrong")}),
    # row 6
    (400, "InvalidParams", "Given app_id is invalid.", {"path": "/v1/customer/OTHER"}),
    (400, "InvalidParams", "Given app_id is invalid.", {"path": "/v1/customer?app_id=OTHER"}),
    (409, "Authentication Mismatch", MISMATCH, {"path": "/v1/customer/SANDBOX_DEBUG"}),
    (409, "Authentication Mismatch", MISMATCH, {"path": "/v1/customer/SANDBOX?app_id=SANDBOX_DEBUG"}),
    # row 8
    (400, "Missing header value", "The Content-Type Header is required", {"Content_Type": None}),
    (415, "MediaTypeError", "Unsupported Media Type", {"Content_Type": "text/csv"}),
    # row 9
    (413, "PayloadTooLarge", "Payload size exceeds 128 KB", {"body": b" " * 131_073}),
    (413, "PayloadTooLarge", "Payload size exceeds 128 KB", {"body": b" " * 3_000_000}),
    (413, "PayloadTooLarge", "Payload size exceeds 100 KB", {"path": BULK, "body": b" " * 102_401}),
    # row 10
    (400, "Empty request body", JSON_NEEDED, {"body": b""}),
    (400, "Malformed JSON", MALFORMED, {"body": b"{"}),
    (400, "Malformed JSON", MALFORMED, {"body": json.dumps(GOOD).encode("utf-16")}),
    (400, "Malformed JSON", MALFORMED, {"body": b'{"type":"customer","customer_id":"\xff\xfe"}'}),
    (400, "Malformed JSON", MALFORMED, {"body": b'{"type":"customer","customer_id":"a\\ud800b"}'}),
    (400, "Malformed JSON", MALFORMED, {"body": b'{"type":"customer","customer_id":"ab","attributes":{"x":NaN}}'}),
    (400, "Malformed JSON", MALFORMED, {"body": b'{"type":"customer","customer_id":"ab","attributes":{"x":1e999}}'}),
    (400, "Malformed JSON", MALFORMED, {"body": b"[" * 100_000}),
    (400, "Body type is not JSON", JSON_NEEDED, {"body": b'"text"'}),
    (400, "Body type is not JSON", JSON_NEEDED, {"body": b"[]"}),
    (400, "Body type is not JSON", JSON_NEEDED, {"body": b"null"}),
    # row 12
    (400, MISSING, "type is not found in the payload", {"body": {"customer_id": "ab"}}),
    (400, MISSING, f"type {STRING}", customer(type=1)),
    (400, "AttributeError", "type should be customer", customer(type="Customer")),
    # row 13
    (400, MISSING, "customer_id is not found in the payload", {"body": {"type": "customer"}}),
    (400, MISSING, f"customer_id {STRING}", customer(customer_id=42)),
    (400, MISSING, f"customer_id {STRING}", customer(customer_id=None)),
    (400, MISSING, "customer_id can not be empty Unicode String", customer(customer_id="")),
    # row 14
    (400, MISSING, "attributes is expected to be Dictionary.", customer(attributes=[])),
    (400, MISSING, "attributes is expected to be Dictionary.", customer(attributes=None)),
    (400, MISSING, "platforms is expected to be List.", customer(platforms={})),
    (400, MISSING, "unset_attributes is expected to be List.", customer(unset_attributes={})),
    (400, MISSING, "unset_attributes is expected to be List of type (equals, prefix, suffix, contains), attr, case_sensitive.", customer(unset_attributes=[{"type": "is", "attr": "x"}])),
    (400, MISSING, "update_existing_only is expected to be Boolean.", customer(update_existing_only="false")),
    (400, MISSING, f"{ADD} is expected to be Dictionary of Lists.", customer(attributes={ADD: {"tags": "a"}})),
    # row 15
    (400, "ArrayFieldError", "Cannot add and remove 'tags' at the same time", customer(attributes={ADD: {"tags": ["a"]}, REMOVE: {"tags": ["b"]}})),
    (400, "ArrayFieldError", "Cannot add and set 'tags' at the same time", customer(attributes={ADD: {"tags": ["a"]}, "tags": ["b"]})),
    # row 18
    (400, MISSING, "elements is not found in the payload", {"path": BULK, "body": {"type": "transition"}}),
    (400, MISSING, "elements cannot be empty array", bulk()),
    (400, "AttributeError", "type in elements should be customer/event/device", bulk(GOOD, {"type": "user"})),
    (400, MISSING, "customer_id is not found in the payload", bulk(GOOD, {"type": "customer"})),
    # the neighbours
    (400, "LimitBreached", "max limit allowed is 20", {"path": "/v1/customers/export?app_id=SANDBOX", "body": {"data": {"identifiers": [{}] * 21}}}),
    (400, MISSING, "data is not found in the payload", {"path": "/v1/customers/export?app_id=SANDBOX", "body": {}}),
    (400, MISSING, "identifiers is not found in the payload", {"path": "/v1/customers/export?app_id=SANDBOX", "body": {"data": {}}}),
    (400, "LimitBreached", "max limit allowed is 50", {"path": "/v1/customer/merge?app_id=SANDBOX", "body": {"merge_data": [{}] * 51}}),
    (400, "Not Found", "User doesn't exists with customer id ghost", {"path": "/v1/customer/delete?app_id=SANDBOX", "body": {"identity_type": "customer_id", "identity_value": "ghost"}}),
    (401, AUTH, "App Secret key mismatch. Please login to the dashboard to verify key", {"path": "/v1/integrations/authentication", "body": {"app_secret": "wrong"}}),
]
# fmt: on


@pytest.mark.parametrize(("status", "kind", "message", "request_"), REFUSALS)
async def test_each_documented_refusal_has_its_status_and_words(
    session: aiohttp.ClientSession, status: int, kind: str, message: str, request_: dict[str, Any]
) -> None:
    got, body, stored = await ask(session, SandboxConfig(api_key=KEY), **request_)

    assert (got, body["error"]["type"], body["error"]["message"]) == (status, kind, message)
    assert body["status"] == "fail"
    assert len(body["error"]["request_id"]) == 8
    assert stored == 0


@pytest.mark.parametrize(
    ("status", "kind", "settings"),
    [
        (409, AUTH, {"api_key": ""}),
        (400, "Blacklisted", {"account": "blacklisted"}),
        (403, "BlockedClient", {"account": "blocked"}),
        (403, "Account Suspended", {"account": "suspended"}),
        (403, "Account Temporarily Suspended", {"account": "unpaid"}),
        (429, "RateLimitError", {"rate_limit_per_minute": 0}),
    ],
)
async def test_a_workspace_in_trouble_refuses_everyone(
    session: aiohttp.ClientSession, status: int, kind: str, settings: dict[str, Any]
) -> None:
    got, body, stored = await ask(session, SandboxConfig(**{"api_key": KEY, **settings}))

    assert (got, body["error"]["type"], stored) == (status, kind, 0)


@pytest.mark.parametrize(
    ("status", "body", "request_"),
    [
        (404, {"status": "fail", "message": "Resource not found"}, {"path": "/v2/customer/X"}),
        (404, {"status": "fail", "message": "Resource not found"}, {"path": "/v1/customer/X/Y"}),
        (405, {"status": "fail", "message": "Method not allowed"}, {"method": "GET"}),
        (405, {"status": "fail", "message": "Method not allowed"}, {"method": "PUT"}),
        (
            403,
            {
                "error": "IP Validation Required",
                "message": "IP Validation Failed. Please check your IP!!",
            },
            {"X_Forwarded_For": "198.51.100.7"},
        ),
    ],
)
async def test_refusals_in_other_shapes_have_theirs(
    session: aiohttp.ClientSession, status: int, body: object, request_: dict[str, Any]
) -> None:
    config = SandboxConfig(api_key=KEY, allowed_ips=frozenset({"127.0.0.1"}))

    assert await ask(session, config, **request_) == (status, body, 0)


async def test_an_address_that_is_allowed_passes(session: aiohttp.ClientSession) -> None:
    config = SandboxConfig(api_key=KEY, allowed_ips=frozenset({"198.51.100.7"}))

    status, _, stored = await ask(session, config, X_Forwarded_For="198.51.100.7, 10.0.0.1")

    assert (status, stored) == (200, 1)


# Each request has all the faults of the rows from here on, so each check must come before the next.
ORDER: list[tuple[int, str, dict[str, Any]]] = [
    (404, "", {"path": "/v9"}),
    (405, "", {"path": "/v1/customer", "method": "GET"}),
    (400, "ParamsRequired", {"path": "/v1/customer"}),
    (401, AUTH, {"path": "/v1/customer/OTHER", "Authorization": None}),
    (400, "InvalidParams", {"path": "/v1/customer/OTHER"}),
    (400, "Missing header value", {"Content_Type": None}),
    (413, "PayloadTooLarge", {"body": b" " * 131_073}),
    (400, "Malformed JSON", {"body": b"{"}),
    (429, "RateLimitError", {"body": {}}),
]


@pytest.mark.parametrize(("status", "kind", "request_"), ORDER)
async def test_the_checks_come_in_the_documented_order(
    session: aiohttp.ClientSession, status: int, kind: str, request_: dict[str, Any]
) -> None:
    request_ = {"body": b"{" * 131_073, **request_}
    config = SandboxConfig(api_key=KEY, rate_limit_per_minute=0)

    got, body, _ = await ask(session, config, **request_)

    assert (got, body.get("error", {}).get("type", "")) == (status, kind)


async def test_later_checks_are_in_order_too(session: aiohttp.ClientSession) -> None:
    config = SandboxConfig(api_key=KEY)
    wrong: dict[str, object] = {
        "type": "user",
        "customer_id": 1,
        "attributes": {ADD: {"x": []}, REMOVE: {"x": []}, "y": 1},
        "update_existing_only": 1,
    }
    seen = []
    for key, right in (("", 0), ("type", "customer"), ("customer_id", "ab")):
        wrong |= {key: right} if key else {}
        seen.append((await ask(session, config, body=wrong))[1]["error"]["attribute"])
    wrong["update_existing_only"] = True
    seen.append((await ask(session, config, body=wrong))[1]["error"]["type"])

    assert seen == ["type", "customer_id", "update_existing_only", "ArrayFieldError"]


ACCEPTED: list[dict[str, Any]] = [
    {},
    {"path": "/v1/customer?app_id=SANDBOX"},
    {"path": "/v1/customer/SANDBOX?app_id=SANDBOX"},
    {"Content_Type": "application/json; charset=utf-8"},
    {"MOE_APPKEY": None},
    customer(platforms=[{"platform": "web", "active": "true"}]),
    customer(unset_attributes=[{"type": "equals", "attr": "x", "case_sensitive": False}]),
    bulk(GOOD, {"type": "event"}),
]


@pytest.mark.parametrize("request_", ACCEPTED)
async def test_every_documented_form_is_accepted_and_stored(
    session: aiohttp.ClientSession, request_: dict[str, Any]
) -> None:
    status, body, stored = await ask(session, SandboxConfig(api_key=KEY), **request_)

    assert (status, body["status"], stored) == (200, "success", 1)
    assert body["message"] == "Your request has been accepted and will be processed soon."
    assert len(body["request_id"]) == 8


async def test_request_ids_can_be_left_out_as_some_pages_do(session: aiohttp.ClientSession) -> None:
    _, body, _ = await ask(session, SandboxConfig(api_key=KEY, request_ids=False))

    assert body.keys() == {"status", "message"}


async def test_a_lenient_sandbox_accepts_a_wrong_type_and_stores_nothing(
    session: aiohttp.ClientSession,
) -> None:
    config = SandboxConfig(api_key=KEY, strict_types=False)

    status, _, stored = await ask(session, config, body={**GOOD, "type": "Customer"})

    assert (status, stored) == (200, 0)


async def test_the_test_connection_names_the_workspace(session: aiohttp.ClientSession) -> None:
    body = {"app_id": "SANDBOX", "app_secret": KEY, "source": "importer", "region": "01"}

    got = await ask(session, SandboxConfig(api_key=KEY), access.TEST_PATH, body)

    assert got == (200, {"status": "success", "app_name": "SANDBOX"}, 0)
