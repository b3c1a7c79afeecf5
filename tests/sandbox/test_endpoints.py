from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.moengage import access
from importer.sandbox import Sandbox, SandboxConfig
from importer.sandbox.calls import ROUTES, Call
from importer.sandbox.checking import first_refusal
from importer.sandbox.endpoints import carry_out
from importer.sandbox.workspace import Workspace

Start = Callable[..., Awaitable[Sandbox]]
Post = Callable[..., Awaitable[tuple[int, Any]]]

EXPORT = "/v1/customers/export?app_id=SANDBOX"
MERGE = "/v1/customer/merge?app_id=SANDBOX"
DELETE = "/v1/customer/delete?app_id=SANDBOX"


@pytest.fixture
async def sandbox(start: Start, post: Post) -> Sandbox:
    sandbox = await start()
    for name, attributes in (("ann", {"name": "Ann", "n": 1}), ("bob", {"n": 2, "city": "Pune"})):
        body = {"type": "customer", "customer_id": name, "attributes": attributes}
        assert (await post(sandbox, body))[0] == 200
    return sandbox


def asked(*ids: str, **more: object) -> dict[str, object]:
    identifiers = [{"identifier_type": "customer_id", "identifier": one} for one in ids]
    return {"data": {"identifiers": identifiers, **more}}


async def test_users_can_be_read_back(sandbox: Sandbox, post: Post) -> None:
    status, body = await post(sandbox, asked("ann", "ghost"), EXPORT)

    assert (status, body["status"], body["type"]) == (200, "success", "export_users")
    (ann,) = body["data"]["users"]
    assert ann["user_attributes"].pop("id")
    assert ann["user_attributes"] == {"name": "Ann", "n": 1, "customer_id": "ann"}
    assert [one["identifier"] for one in body["data"]["users_not_found"]] == ["ghost"]


async def test_single_fields_can_be_read_back_by_either_name(sandbox: Sandbox, post: Post) -> None:
    fields = ["u_n", "n", "missing", 7]

    _, body = await post(sandbox, asked("ann", user_fields_to_export=fields), EXPORT)

    assert body["data"]["users"] == [{"user_attributes": {"u_n": "Ann", "n": 1}}]


async def test_merging_keeps_the_retained_users_values(sandbox: Sandbox, post: Post) -> None:
    pairs = [
        {"merged_user": "bob", "retained_user": "ann"},
        {"merged_user": "ghost", "retained_user": "ann"},
        {"merged_user": "ann", "retained_user": "ann"},
        "nonsense",
    ]
    status, body = await post(sandbox, {"merge_data": pairs}, MERGE)

    assert (status, body) == (200, {"status": "success", "operation": "created"})
    assert sandbox.profiles() == {"ann": {"name": "Ann", "n": 1, "city": "Pune"}}
    assert sandbox.stats()["users"] == 1


async def test_deleting_removes_a_user_once(sandbox: Sandbox, post: Post) -> None:
    body = {"identity_type": "customer_id", "identity_value": "bob"}

    assert (await post(sandbox, body, DELETE))[0] == 200
    assert (await post(sandbox, body, DELETE))[0] == 400
    assert sandbox.profiles().keys() == {"ann"}


async def test_a_bulk_request_updates_each_of_its_users_in_order(
    sandbox: Sandbox, post: Post
) -> None:
    elements = [
        {"type": "customer", "customer_id": "eve", "attributes": {"n": number}} for number in (1, 2)
    ]
    body = {"type": "transition", "elements": [*elements, {"type": "event"}]}

    assert (await post(sandbox, body, "/v1/transition/SANDBOX"))[0] == 200
    assert sandbox.profiles()["eve"] == {"n": 2}
    assert sandbox.stats()["updates"] == 4
    assert sandbox.stats()["order_violations"] == 0


KEYS = """type customer_id attributes platforms unset_attributes update_existing_only elements data
identifiers identifier_type identifier merge_data merged_user retained_user identity_type attr
identity_value app_secret case_sensitive addValueToArrayField removeValueFromArrayField tags
user_fields_to_export"""
keys = st.sampled_from(KEYS.split())
texts = st.sampled_from(["customer", "transition", "equals", "customer_id", "ann", "", "tags"])
leaves = texts | st.none() | st.booleans() | st.integers(0, 3)
bodies = st.dictionaries(
    keys,
    st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4)
    ),
)


@settings(max_examples=150)
@given(route=st.sampled_from(ROUTES), body=bodies, more=bodies)
def test_no_body_whatever_makes_the_sandbox_fail(
    route: Any, body: dict[str, Any], more: dict[str, Any]
) -> None:
    workspace = Workspace(SandboxConfig(api_key="k", rate_limit_per_minute=None, order_by="tags"))
    likely = {"customer": {"type": "customer", "customer_id": "ann"}}.get(route.name, {})
    for payload in ({**body, **likely}, {**likely, **more}, {"elements": [{**body, **likely}]}):
        headers = access.headers("SANDBOX", "k")
        call = Call("POST", route, ("SANDBOX",), headers, "127.0.0.1", 2, b"{}", payload)
        reply = first_refusal(workspace, call) or carry_out(workspace, call)
        assert reply.status in (200, 400, 401)
    workspace.profiles.close()
