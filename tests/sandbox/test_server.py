"""Tries the sandbox over the wire, faults and all."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from importer.errors import StateError, UsageError
from importer.moengage import access
from importer.sandbox import Sandbox, SandboxConfig
from importer.sandbox.profiles import ProfileStore

Start = Callable[..., Awaitable[Sandbox]]
Post = Callable[..., Awaitable[tuple[int, Any]]]


def user(customer_id: str = "ann", **attributes: object) -> dict[str, object]:
    return {"type": "customer", "customer_id": customer_id, "attributes": attributes}


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_true():  # noqa: ASYNC110 - the sandbox has no event for everything
            await asyncio.sleep(0.005)


async def test_numbers_keep_every_digit(start: Start, post: Post) -> None:
    sandbox = await start()
    await post(sandbox, user(id_=12345678901234567890123, price=1234.5, zero=0, yes=True))

    kept = sandbox.profiles()["ann"]
    assert kept == {"id_": 12345678901234567890123, "price": 1234.5, "zero": 0, "yes": True}
    assert kept["yes"] is True


async def test_one_connection_carries_many_requests(start: Start) -> None:
    sandbox = await start()
    made = 0

    async def count(*_: object) -> None:
        nonlocal made
        made += 1

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(count)
    headers = access.headers(sandbox.app_id, sandbox.api_key)
    async with aiohttp.ClientSession(headers=headers, trace_configs=[trace]) as session:
        for number in range(20):
            url = f"{sandbox.base_url}/v1/customer/SANDBOX"
            async with session.post(url, json=user(n=number)) as answer:
                assert answer.status == 200

    assert made == 1
    assert sandbox.profiles() == {"ann": {"n": 19}}


async def test_the_limit_answers_429_with_headers_on_every_answer(
    start: Start, session: aiohttp.ClientSession
) -> None:
    sandbox = await start(rate_limit_per_minute=2)
    headers = access.headers(sandbox.app_id, sandbox.api_key)
    seen = []
    for body in (user(), {"type": "nonsense"}, user(), user()):
        url = f"{sandbox.base_url}/v1/customer/SANDBOX"
        async with session.post(url, json=body, headers=headers) as answer:
            assert answer.headers["x-ratelimit-limit"] == "2"
            assert 1 <= int(answer.headers["x-ratelimit-reset"]) <= 60
            seen.append((answer.status, answer.headers["x-ratelimit-remaining"]))

    assert seen == [(200, "1"), (400, "0"), (429, "0"), (429, "0")]


async def test_two_requests_of_one_user_at_once_are_noticed(start: Start, post: Post) -> None:
    sandbox = await start(faults={"latency_ms": 30})
    await asyncio.gather(post(sandbox, user(a=1)), post(sandbox, user(a=2)))
    await asyncio.gather(post(sandbox, user("bob")), post(sandbox, user("eve")))

    stats = sandbox.stats()
    assert (stats["order_violations"], stats["max_in_flight_per_user"]) == (1, 2)
    assert (stats["max_in_flight"], stats["users"], stats["requests"]) == (2, 3, 4)


async def test_a_request_after_one_given_up_is_no_order_violation(start: Start, post: Post) -> None:
    sandbox = await start(faults={"latency_ms": 400})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(post(sandbox, user(a=1)), 0.1)
    sandbox.set_faults({})
    await post(sandbox, user(a=2))

    assert sandbox.profiles() == {"ann": {"a": 2}}
    await until(lambda: sandbox.stats()["in_flight"] == 0)
    assert sandbox.stats()["order_violations"] == 0
    assert sandbox.profiles() == {"ann": {"a": 1}}, "the one given up was applied after all"


def connect(sandbox: Sandbox) -> socket.socket:
    """Open a connection that writes and closes at once, without a turn of the event loop."""
    return socket.create_connection(("127.0.0.1", int(sandbox.base_url.rpartition(":")[2])))


def raw(sandbox: Sandbox) -> bytes:
    """Give the bytes of one request for the user "ann"."""
    body = json.dumps(user()).encode()
    lines = [f"POST /v1/customer/SANDBOX HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}"]
    headers = access.headers(sandbox.app_id, sandbox.api_key)
    lines += [f"{name}: {text}" for name, text in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_requests_that_arrive_together_are_in_flight_together(start: Start) -> None:
    sandbox = await start()
    with connect(sandbox) as one, connect(sandbox) as other:
        await asyncio.sleep(0.05)
        one.send(raw(sandbox))
        other.send(raw(sandbox))
        await until(lambda: sandbox.stats()["by_status"] == {"200": 2})

    assert sandbox.stats()["max_in_flight_per_user"] == 2
    assert sandbox.stats()["order_violations"] == 1


async def test_a_client_that_leaves_at_the_same_moment_has_left(start: Start) -> None:
    sandbox = await start(faults={"latency_ms": 50})
    with connect(sandbox) as other:
        with connect(sandbox) as one:
            one.send(raw(sandbox))
            await until(lambda: sandbox.stats()["in_flight"] == 1)
            other.send(raw(sandbox))
        await until(lambda: sandbox.stats()["by_status"] == {"200": 2})

    assert sandbox.stats()["order_violations"] == 0


@pytest.mark.parametrize(("first", "second", "violations"), [(1, 2, 0), (2, 2, 0), (2, 1, 1)])
async def test_order_by_counts_values_that_get_smaller(
    start: Start, post: Post, first: int, second: int, violations: int
) -> None:
    for kind in (int, str, float):
        sandbox = await start(order_by="version")
        await post(sandbox, user(version=kind(first)))
        await post(sandbox, user(version=kind(second)))
        assert sandbox.stats()["order_violations"] == violations


async def test_latency_delays_every_answer(start: Start, post: Post) -> None:
    sandbox = await start(faults={"latency_ms": 60})
    began = asyncio.get_running_loop().time()
    await post(sandbox, user())

    assert asyncio.get_running_loop().time() - began >= 0.06


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, "ServerError"), (429, "RateLimitError"), (503, "Server Error"), (418, "Client Error")],
)
async def test_errors_on_demand_apply_nothing(
    start: Start, post: Post, status: int, kind: str
) -> None:
    sandbox = await start(faults={"error_rate": 1, "error_status": status})

    got, body = await post(sandbox, user())

    assert (got, body["status"], body["error"]["type"]) == (status, "fail", kind)
    assert sandbox.profiles() == {}
    assert sandbox.stats()["faults_injected"] == {"error": 1}


async def test_a_200_that_says_fail_applies_nothing(start: Start, post: Post) -> None:
    sandbox = await start(faults={"fail_200_rate": 1})

    status, body = await post(sandbox, user())

    assert (status, body["status"], sandbox.profiles()) == (200, "fail", {})


async def test_a_gateway_answers_in_html(start: Start, session: aiohttp.ClientSession) -> None:
    sandbox = await start(faults={"html_502_rate": 1})

    async with session.post(f"{sandbox.base_url}/v1/customer/SANDBOX") as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
        assert "<h1>502 Bad Gateway</h1>" in await answer.text()


async def test_half_of_the_resets_come_after_the_request_was_applied(
    start: Start, post: Post
) -> None:
    sandbox = await start(faults={"reset_rate": 1})
    for number in range(60):
        with pytest.raises(aiohttp.ClientConnectionError):
            await post(sandbox, user(f"user{number}"))

    injected = sandbox.stats()["faults_injected"]
    assert len(sandbox.profiles()) == injected["reset_after"]
    assert 15 <= injected["reset_after"] <= 45
    assert sandbox.stats()["by_status"] == {"0": 60}


async def test_a_reset_is_a_reset_and_not_a_polite_goodbye(start: Start) -> None:
    sandbox = await start(faults={"reset_rate": 1})
    port = int(sandbox.base_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /v1/customer/X HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()


async def test_a_truncated_answer_belongs_to_a_request_that_was_applied(
    start: Start, post: Post
) -> None:
    sandbox = await start(faults={"truncate_rate": 1})
    with pytest.raises(aiohttp.ClientPayloadError):
        await post(sandbox, user(a=1))

    assert sandbox.profiles() == {"ann": {"a": 1}}
    assert sandbox.stats()["by_status"] == {"200": 1}


async def test_a_request_that_hangs_is_applied_when_the_client_has_given_up(
    start: Start, post: Post
) -> None:
    sandbox = await start(faults={"hang_rate": 1})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(post(sandbox, user(a=1)), 0.15)

    await until(lambda: sandbox.profiles() == {"ann": {"a": 1}})
    assert sandbox.stats()["by_status"] == {"0": 1}


async def test_a_request_that_hangs_is_applied_at_the_end_and_does_not_hold_it_up(
    tmp_path: Path, start: Start, post: Post
) -> None:
    config = SandboxConfig(db=tmp_path / "s.db", faults={"hang_rate": 1})
    async with Sandbox(config) as sandbox:
        waiting = asyncio.ensure_future(post(sandbox, user(a=1)))
        await until(lambda: sandbox.stats()["in_flight"] == 1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await waiting

    again = await start(db=tmp_path / "s.db")
    assert again.profiles() == {"ann": {"a": 1}}


async def test_an_outage_answers_503_until_it_is_over(start: Start, post: Post) -> None:
    sandbox = await start(faults={"outage_seconds": 0.2})

    assert (await post(sandbox, user()))[0] == 503
    assert (await post(sandbox, {}, "/v9"))[0] == 503
    async with asyncio.timeout(5):
        while (await post(sandbox, user()))[0] != 200:
            pass
    assert sandbox.stats()["by_status"].keys() == {"503", "200"}


async def test_faults_are_repeatable_by_seed(start: Start, post: Post) -> None:
    async def statuses(seed: int) -> list[int]:
        sandbox = await start(seed=seed, faults={"error_rate": 0.5})
        return [(await post(sandbox, user()))[0] for _ in range(30)]

    assert await statuses(5) == await statuses(5)
    assert await statuses(5) != await statuses(6)


async def test_silent_losses_are_counted_and_logged(start: Start, post: Post) -> None:
    sandbox = await start()
    await post(sandbox, user(status="x", city="y" * 600))
    await post(sandbox, user("null"))

    losses = {"blacklisted id": 1, "reserved name": 1, "string cut": 1}
    assert sandbox.stats()["silently_dropped"] == losses
    first, second = sandbox.requests()
    assert (first.customer_id, first.status, first.dropped) == (
        "ann",
        200,
        "reserved name; string cut",
    )
    assert second.dropped == "blacklisted id"


async def test_a_user_with_too_many_updates_is_silently_blocked(start: Start, post: Post) -> None:
    sandbox = await start()
    elements = [user("constant", n=number) for number in range(1_001)]
    for _ in range(5):
        body = {"type": "transition", "elements": elements}
        assert (await post(sandbox, body, "/v1/transition/SANDBOX"))[0] == 200

    assert sandbox.stats()["silently_dropped"] == {"user blocked for too many updates": 5}


async def test_profiles_stay_in_the_file_for_the_next_sandbox(
    tmp_path: Path, start: Start, post: Post
) -> None:
    async with Sandbox(SandboxConfig(db=tmp_path / "s.db")) as sandbox:
        await post(sandbox, user(a=1, source="web"))

    again = await start(db=tmp_path / "s.db")
    await post(again, user(b=2, source="shop"))
    assert again.profiles() == {"ann": {"a": 1, "b": 2, "source": "web"}}
    assert again.stats()["users"] == 1


async def test_what_was_accepted_is_soon_on_the_disk(
    tmp_path: Path, start: Start, post: Post
) -> None:
    sandbox = await start(db=tmp_path / "s.db")
    await post(sandbox, user(a=1))

    def copied() -> dict[str, Any]:
        """Read a copy, as a kill at this moment would leave the file."""
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for file in tmp_path.glob("s.db*"):
            shutil.copy(file, copy)
        store = ProfileStore(copy / "s.db")
        pages = store.page()
        store.close()
        return dict(pages)

    await until(lambda: copied() == {"ann": '{"a": 1}'})


async def test_a_port_in_use_is_refused_in_words(start: Start) -> None:
    first = await start()
    port = int(first.base_url.rpartition(":")[2])

    with pytest.raises(UsageError, match="cannot be listened on"):
        await start(port=port)


@pytest.mark.parametrize("settings", [{"port": 70_000}, {"port": -1}, {"host": "192.0.2.1"}])
async def test_an_address_that_cannot_be_is_refused(start: Start, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        await start(**settings)


async def test_a_database_that_stops_writing_ends_the_sandbox(start: Start, post: Post) -> None:
    sandbox = await start()
    sandbox._workspace.profiles._connection.execute("DROP TABLE profiles")

    status, _ = await post(sandbox, user())

    assert status == 500
    assert sandbox.ended.is_set()
    assert isinstance(sandbox.failure, StateError)


async def test_a_body_that_cannot_be_unpacked_is_malformed(
    start: Start, session: aiohttp.ClientSession
) -> None:
    sandbox = await start()
    headers = {"Content-Encoding": "gzip"}

    async with session.post(sandbox.base_url + "/v1/customer", data=b"x", headers=headers) as got:
        assert got.status == 400


async def test_the_key_is_in_no_repr(start: Start) -> None:
    sandbox = await start(api_key="hush")

    assert "hush" not in repr(sandbox.config)
    assert json.dumps(sandbox.stats()).find("hush") == -1
