"""Holds what a sandbox can be told before it starts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from importer.moengage.limits import USERS_PER_MINUTE

Account = Literal["good", "blacklisted", "blocked", "suspended", "unpaid"]
ResetDialect = Literal["seconds", "epoch"]


@dataclass(frozen=True)
class SandboxConfig:
    """Everything a sandbox can be told.

    port: 0 takes a free one.
    db: the SQLite file that keeps the profiles; None keeps them in memory.
    api_key: "" is a workspace whose key was never set, as the API has it (409).
    rate_limit_per_minute: users a minute on /v1/customer; None has no limits, on any endpoint.
    faults: as `PUT /_sandbox/faults` takes them.
    order_by: the attribute that must never get smaller for a user.
    reset_dialect: what `x-ratelimit-reset` holds, seconds left or a UTC epoch second; the
        documentation says both.
    seed: makes the faults and request ids repeatable.
    account: what the workspace's owner owes or did (403, 400).
    allowed_ips: addresses that may call; None allows all.
    strict_types: refuse a `type` other than customer; False accepts it and stores nothing.
    request_ids: put a request id into the answers, as only some of the documentation does.
    """

    host: str = "127.0.0.1"
    port: int = 0
    db: Path | None = None
    app_id: str = "SANDBOX"
    api_key: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    rate_limit_per_minute: int | None = USERS_PER_MINUTE
    faults: Mapping[str, object] | None = None
    order_by: str | None = None
    reset_dialect: ResetDialect = "seconds"
    seed: int | None = None
    account: Account = "good"
    allowed_ips: frozenset[str] | None = None
    strict_types: bool = True
    request_ids: bool = True

    @property
    def known_app_ids(self) -> tuple[str, str]:
        """Give the workspace's id and that of its test twin, which no key opens here."""
        return self.app_id, f"{self.app_id}_DEBUG"
