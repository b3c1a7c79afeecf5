"""Asks the target whether it is there and takes the credentials; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass

from importer.config import SendingConfig, Target
from importer.stages.sending import Client, NoAnswer, Reply, run_in_loop


@dataclass(frozen=True)
class Ping:
    """What the target said; ok means that it takes these credentials."""

    ok: bool
    http_status: int
    message: str


def ping_target(target: Target, config: SendingConfig | None = None) -> Ping:
    """Test the connection and the credentials (Data API docs, "Test connection")."""
    try:
        reply = run_in_loop(_ask(target, config or SendingConfig(timeout_seconds=15)))
    except NoAnswer as error:
        return Ping(False, 0, str(error))
    return Ping(reply.status == 200, reply.status, reply.text)


async def _ask(target: Target, config: SendingConfig) -> Reply:
    async with Client(target, config) as client:
        return await client.test_connection()
