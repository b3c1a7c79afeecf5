from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from importer.sandbox import Sandbox

Start = Callable[..., Awaitable[Sandbox]]
Post = Callable[..., Awaitable[tuple[int, Any]]]
Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def ask(session: aiohttp.ClientSession) -> Ask:
    async def ask(
        sandbox: Sandbox, path: str, method: str = "GET", **options: Any
    ) -> tuple[int, Any]:
        url = f"{sandbox.base_url}/_sandbox/{path}"
        async with session.request(method, url, **options) as answer:
            return answer.status, await answer.json()

    return ask


def user(customer_id: str, **attributes: object) -> dict[str, object]:
    return {"type": "customer", "customer_id": customer_id, "attributes": attributes}


async def test_faults_are_put_and_got_and_cleared(start: Start, post: Post, ask: Ask) -> None:
    sandbox = await start()

    assert await ask(sandbox, "faults", "PUT", json={"error_rate": 1}) == (200, {"error_rate": 1})
    assert (await post(sandbox, user("ann")))[0] == 500
    assert await ask(sandbox, "faults", "PUT", json={"latency_ms": 1}) == (200, {"latency_ms": 1})
    assert (await post(sandbox, user("ann")))[0] == 200
    assert await ask(sandbox, "faults", "PUT", json={}) == (200, {})
    assert await ask(sandbox, "faults") == (200, {})


@pytest.mark.parametrize("body", [b'{"latency": 1}', b'{"error_rate": "1"}', b"[]", b"{", b""])
async def test_wrong_faults_change_nothing_and_are_named(
    start: Start, ask: Ask, body: bytes
) -> None:
    sandbox = await start(faults={"latency_ms": 1})

    status, answer = await ask(sandbox, "faults", "PUT", data=body)

    assert (status, await ask(sandbox, "faults")) == (400, (200, {"latency_ms": 1}))
    assert answer["error"]["place"].startswith("faults")
    assert answer["error"]["expected"]


async def test_a_rate_limit_can_be_changed_and_restored(start: Start, post: Post, ask: Ask) -> None:
    sandbox = await start(rate_limit_per_minute=None)
    await ask(sandbox, "faults", "PUT", json={"rate_limit_per_minute": 0})
    assert (await post(sandbox, user("ann")))[0] == 429
    await ask(sandbox, "faults", "PUT", json={})
    assert (await post(sandbox, user("ann")))[0] == 200


async def test_stats_are_those_of_the_api_alone(start: Start, post: Post, ask: Ask) -> None:
    sandbox = await start()
    await post(sandbox, user("ann"))
    await post(sandbox, {"type": "customer"})
    await ask(sandbox, "stats")

    status, stats = await ask(sandbox, "stats")

    assert status == 200
    assert (stats["requests"], stats["by_status"]) == (2, {"200": 1, "400": 1})
    assert (stats["users"], stats["max_in_flight"], stats["max_in_flight_per_user"]) == (1, 1, 1)
    assert stats["order_violations"] == 0


async def test_profiles_are_paged_by_id(start: Start, post: Post, ask: Ask) -> None:
    sandbox = await start()
    for name in ("eve", "ann", "é&x", "bob"):
        await post(sandbox, user(name, n=1))
    seen: list[str] = []
    while page := (
        await ask(sandbox, "profiles", params={"after": seen[-1] if seen else "", "limit": 2})
    )[1]["profiles"]:
        assert all(one["attributes"] == {"n": 1} for one in page)
        seen += [one["customer_id"] for one in page]

    assert seen == ["ann", "bob", "eve", "é&x"]
    assert (await ask(sandbox, "profiles", params={"limit": 0}))[1] == {"profiles": []}
    assert len((await ask(sandbox, "profiles"))[1]["profiles"]) == 4


async def test_requests_tell_who_when_and_how(start: Start, post: Post, ask: Ask) -> None:
    sandbox = await start()
    for name in ("ann", "bob", "ann"):
        await post(sandbox, user(name))

    _, body = await ask(sandbox, "requests", params={"customer_id": "ann", "after": 1})

    (one,) = body["requests"]
    assert one.pop("time") > 1_600_000_000
    assert one.pop("bytes") > 20
    assert one == {
        "id": 3,
        "path": "/v1/customer/SANDBOX",
        "customer_id": "ann",
        "status": 200,
        "in_flight": 1,
        "dropped": "",
    }


@pytest.mark.parametrize("limit", ["-1", "x", "1.5", "²", "9" * 30])
async def test_a_page_size_that_is_no_number_is_refused(start: Start, ask: Ask, limit: str) -> None:
    status, body = await ask(await start(), "profiles", params={"limit": limit})

    assert (status, body["error"]["place"]) == (400, "limit")


async def test_reset_forgets_everything_but_the_faults(start: Start, post: Post, ask: Ask) -> None:
    sandbox = await start(rate_limit_per_minute=1, faults={"latency_ms": 1})
    assert (await post(sandbox, user("ann", a=1)))[0] == 200
    assert (await ask(sandbox, "reset", "POST"))[0] == 200

    assert (sandbox.profiles(), sandbox.requests(), sandbox.stats()["requests"]) == ({}, [], 0)
    assert (await post(sandbox, user("ann", a=1)))[0] == 200
    assert (await ask(sandbox, "faults"))[1] == {"latency_ms": 1}


@pytest.mark.parametrize(("path", "method", "status"), [("x", "GET", 404), ("stats", "PUT", 405)])
async def test_what_does_not_exist_is_said_to_be_so(
    start: Start, ask: Ask, path: str, method: str, status: int
) -> None:
    assert (await ask(await start(), path, method))[0] == status


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}]
)
async def test_web_pages_of_others_can_neither_read_nor_wipe(
    start: Start, ask: Ask, headers: dict[str, str]
) -> None:
    sandbox = await start()

    assert (await ask(sandbox, "profiles", headers=headers))[0] == 403
    assert (await ask(sandbox, "reset", "POST", headers=headers))[0] == 403


async def test_its_own_page_may_ask(start: Start, ask: Ask) -> None:
    sandbox = await start()

    assert (await ask(sandbox, "stats", headers={"Origin": sandbox.base_url}))[0] == 200
