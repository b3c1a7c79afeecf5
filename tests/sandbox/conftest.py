"""Starts sandboxes in the test's own event loop, and calls them as a client would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from importer.moengage import access
from importer.sandbox import Sandbox, SandboxConfig


@pytest.fixture
async def start() -> AsyncIterator[Callable[..., Awaitable[Sandbox]]]:
    """Start a sandbox with the settings of SandboxConfig; it is stopped after the test."""
    async with AsyncExitStack() as stack:

        async def start_one(**settings: Any) -> Sandbox:
            config = SandboxConfig(**{"seed": 1, **settings})
            return await stack.enter_async_context(Sandbox(config))

        yield start_one


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def post(
    session: aiohttp.ClientSession,
) -> Callable[..., Awaitable[tuple[int, Any]]]:
    """Post a body to the API with the right credentials; give status and JSON."""

    async def post_one(
        sandbox: Sandbox, body: object, path: str = f"{access.CUSTOMER_PATH}/SANDBOX"
    ) -> tuple[int, Any]:
        headers = access.headers(sandbox.app_id, sandbox.api_key)
        async with session.post(sandbox.base_url + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    return post_one
