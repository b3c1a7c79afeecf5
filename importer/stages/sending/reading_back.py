"""Reads users back as the API keeps them, at the pace that it allows for that."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Protocol

from importer.config import SendingConfig, Target
from importer.errors import TargetRefused
from importer.moengage import limits
from importer.moengage.replies import RETRY_STATUSES
from importer.plurals import counted
from importer.stages.sending.answers import NoAnswer, Reply
from importer.stages.sending.client import Client
from importer.stages.sending.quota import Pacer
from importer.stages.sending.retrying import backoff_seconds, limited_seconds, retry_after_seconds

Profile = dict[str, Any]
"""A user's attributes by name; numbers are int or Decimal, so that no digit is lost."""

_USED_SHARE = 0.995


class Exporter(Protocol):
    """Whatever asks for some users and gives the reply; raises NoAnswer if none came."""

    async def export(self, customer_ids: Sequence[str]) -> Reply: ...


async def read_back(
    target: Target,
    customer_ids: Sequence[str],
    config: SendingConfig,
    users_per_minute: float = limits.EXPORT_USERS_PER_MINUTE,
) -> dict[str, Profile]:
    """Give the users that there are, by customer id; those that are missing are not in it.

    Raises TargetRefused when the API does not answer, or does not let anyone read.
    """
    async with Client(target, config) as client:
        reader = _Reader(client, target, config, users_per_minute)
        found: dict[str, Profile] = {}
        most = limits.EXPORT_USERS_PER_REQUEST
        for first in range(0, len(customer_ids), most):
            found |= await reader.read(customer_ids[first : first + most])
    return found


class _Reader:
    def __init__(
        self,
        client: Exporter,
        target: Target,
        config: SendingConfig,
        users_per_minute: float,
        chance: Callable[[], float] = random.random,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._place = f"reading back from workspace {target.app_id} at {target.base_url}"
        self._retries = config.retries
        self._chance = chance
        self._wall_clock = wall_clock
        each = 60.0 / (users_per_minute * _USED_SHARE)
        self._pacer = Pacer(each * limits.EXPORT_USERS_PER_REQUEST)

    async def read(self, customer_ids: Sequence[str]) -> dict[str, Profile]:
        """Read some users, trying again where the trouble may pass."""
        for attempt in range(1, self._retries + 2):
            await self._turn()
            trouble, told = "", None
            try:
                reply = await self._client.export(customer_ids)
            except NoAnswer as failure:
                if failure.kind == "target":
                    raise self._refused(failure.message, _CHECK) from None
                trouble = failure.message
            else:
                if reply.status not in RETRY_STATUSES and reply.status < 500:
                    return self._profiles(reply)
                trouble = _said(reply)
                told = retry_after_seconds(reply.status, reply.headers, self._wall_clock())
                if reply.status == 429:
                    told = limited_seconds(attempt, told)
            if attempt <= self._retries:
                await asyncio.sleep(told or backoff_seconds(attempt, self._chance()))
        raise self._refused(f"{trouble}, {counted(self._retries + 1, 'time')}", "try again later")

    async def _turn(self) -> None:
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(self._pacer.reserve(now) - now, 0.0))

    def _profiles(self, reply: Reply) -> dict[str, Profile]:
        if reply.status != 200:
            raise self._refused(_said(reply), _REMEDIES.get(reply.status, _CHECK))
        try:
            answer = json.loads(reply.text, parse_float=Decimal)
            users = [user["user_attributes"] for user in answer["data"]["users"]]
            return {str(user["customer_id"]): user for user in users}
        except (ValueError, KeyError, TypeError):
            raise self._refused(
                f"an answer that is not the API's ({_said(reply)})", _CHECK
            ) from None

    def _refused(self, found: str, remedy: str) -> TargetRefused:
        return TargetRefused(self._place, found, "the users that were asked for", remedy)


def _said(reply: Reply) -> str:
    return f"HTTP {reply.status}: {reply.message}" if reply.message else f"HTTP {reply.status}"


_CHECK = "check MOENGAGE_DATA_CENTER (or MOENGAGE_BASE_URL) with `moengage-import ping`"
_ENABLE = (
    "reading users back (Get User) must be enabled by MoEngage's support: ask them for it; what "
    "was delivered is not affected"
)
_KEY = "check MOENGAGE_APP_ID, MOENGAGE_API_KEY and MOENGAGE_DATA_CENTER"
_REMEDIES = {401: _KEY, 403: _ENABLE, 404: _ENABLE, 409: _KEY}
