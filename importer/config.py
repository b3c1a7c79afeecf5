"""Holds everything a run can be told: RunConfig and Target, frozen, secrets hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from importer.amounts import Allowance, Rate
from importer.errors import TargetError, UsageError
from importer.moengage import access
from importer.records import SourceOptions

STATE_DIR = Path(".moengage-import")

# Beyond these a number is a slip of the hand; the first is how many rows an order has room for.
_MOST_ROWS = 2**40
_MOST_IN_FLIGHT = 100_000
_MOST_RETRIES = 1_000_000
_MOST_WORKERS = 1_024


@dataclass(frozen=True)
class Secret:
    """A text that shows itself only to whoever asks for it by `reveal()`."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._text)


@dataclass(frozen=True)
class Target:
    """The workspace that is written to.

    app_id: the dashboard calls it "Workspace ID".
    api_key: the key of the "Data" tile in the dashboard's API settings.
    base_url: `https://api-03.moengage.com`; plain http only to this machine (loopback).

    Raises TargetError where one of them cannot be right.
    """

    app_id: str
    api_key: Secret
    base_url: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_\-]+", self.app_id):
            raise TargetError(
                "MOENGAGE_APP_ID",
                "a Workspace ID that is empty or has characters other than letters, digits, _ and -",
                "the Workspace ID of the dashboard",
                "copy it from Settings > Account > APIs in the dashboard",
            )
        if not self.api_key:
            raise TargetError(
                "MOENGAGE_API_KEY",
                "no API key",
                "the key of the Data tile",
                "export MOENGAGE_API_KEY, or MOENGAGE_API_KEY_FILE with the path of a file",
            )
        if not re.fullmatch(r"[\x21-\x7e]+", self.api_key.reveal()):
            raise TargetError(
                "MOENGAGE_API_KEY",
                "an API key with blanks or unusual characters",
                "the key of the Data tile",
                "copy it again, without quotes and blanks",
            )
        _require_safe_url(self.base_url)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def is_local(self) -> bool:
        """Tell whether the target is this machine (a sandbox), not a real workspace."""
        return _is_loopback(urlsplit(self.base_url).hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _require_safe_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        hostname, _ = parts.hostname, parts.port
    except ValueError:
        parts, hostname = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not hostname:
        raise TargetError(
            "MOENGAGE_BASE_URL",
            f"{_without_secrets(url)!r}, which is not an address",
            "https://api-0X.moengage.com",
            "set MOENGAGE_DATA_CENTER to the number in your dashboard's address instead",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise TargetError(
            "MOENGAGE_BASE_URL",
            "an address with credentials or parameters in it",
            "https://api-0X.moengage.com",
            "keep the key in MOENGAGE_API_KEY",
        )
    if parts.scheme == "http" and not _is_loopback(hostname):
        raise TargetError(
            "MOENGAGE_BASE_URL",
            f"plain http to {hostname}",
            "https (plain http only to this machine)",
            "write https://, so that the key does not travel in the open",
        )


def _without_secrets(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//***@", url)


def base_url_for(data_center: str) -> str:
    """Give the API's address for "3", "03", "101" or a dashboard's URL; TargetError for others."""
    center = access.data_center(data_center)
    if center is None:
        raise TargetError(
            "MOENGAGE_DATA_CENTER",
            repr(data_center),
            f"one of {', '.join(access.DATA_CENTERS)}, or the dashboard's URL",
            "look at your dashboard's address: dashboard-03.moengage.com is data centre 03",
        )
    return access.base_url(center)


@dataclass(frozen=True)
class SendingConfig:
    """How requests are sent.

    concurrency: requests in flight at the most.
    retries: further tries of a request after the first, at the most.
    timeout_seconds: for one try, from its first byte to the answer's last.
    grace_seconds: how long requests in flight may go on when the run is stopped.
    """

    rate: Rate = field(default_factory=Rate)
    concurrency: int = 256
    retries: int = 5
    timeout_seconds: float = 60.0
    retry_404: bool = False
    grace_seconds: float = 30.0

    def __post_init__(self) -> None:
        _require(
            1 <= self.concurrency <= _MOST_IN_FLIGHT,
            "--concurrency",
            self.concurrency,
            f"1 to {_MOST_IN_FLIGHT:,}",
        )
        _require(
            0 <= self.retries <= _MOST_RETRIES, "--retries", self.retries, f"0 to {_MOST_RETRIES:,}"
        )
        _require(self.timeout_seconds > 0, "--timeout", self.timeout_seconds, "seconds above 0")


@dataclass(frozen=True)
class RunConfig:
    """Everything a run can be told, apart from its sources, its mapping and its target.

    limit: take the source as if it had only so many rows; None takes all.
    only: send these customer ids and leave all other rows out; None sends all.
    update_existing_only: never create a user; None leaves it to the mapping.
    allow_failures: how many dead letters still give exit code 0.
    workers: processes that prepare; 0 prepares in this process; None chooses by size.
    source: how delimited files are written; it wins over the mapping's `source:`.
    fixes: mended problems of the source; their rows are read instead of its own.
    accept_cells: take their cells as they are, whatever a spreadsheet made of them.
    block_bytes: about how much of the source is prepared at once; None chooses by its rows.
    state_dir: where runs keep their folders.
    dead_letter, report: further paths to write them to.
    receipt: where to list every delivered row; it holds customer ids.  None lists none.
    if_unfinished: what becomes of an unfinished run of the same source: "resume" goes on with it
        (an error if it is not the same any more), "new" closes it and begins anew, "refuse" is an
        error, "auto" goes on with it if it is the same, and begins anew if not.
    only_changed: leave users out who were already sent exactly this.
    first_time: whether that may find an empty memory, and so send everybody.
    refresh_after_seconds: send them all the same when that is so long ago; None never.
    plan: a plan that the run must be the same as (see planned.py).
    override_guards: send although the mapping's guards say that something is unusual.
    force: send also rows that are older than what their user was last sent.
    wait_seconds: how long to queue for a state folder that another process writes to.
    again: flags that the report's `next` command repeats because they stand in no other setting.
    max_time_seconds, finish_by: when to stop (exit 4); finish_by needs a time zone.
    """

    sending: SendingConfig = field(default_factory=SendingConfig)
    limit: int | None = None
    only: frozenset[str] | None = None
    update_existing_only: bool | None = None
    allow_failures: Allowance = field(default_factory=Allowance)
    workers: int | None = None
    source: SourceOptions = field(default_factory=SourceOptions)
    fixes: tuple[Path, ...] = ()
    accept_cells: bool = False
    block_bytes: int | None = None
    state_dir: Path = STATE_DIR
    dead_letter: Path | None = None
    report: Path | None = None
    receipt: Path | None = None
    max_time_seconds: float | None = None
    finish_by: datetime | None = None
    if_unfinished: Literal["refuse", "resume", "new", "auto"] = "auto"
    only_changed: bool = False
    first_time: bool = False
    refresh_after_seconds: float | None = None
    plan: Path | None = None
    override_guards: bool = False
    force: bool = False
    wait_seconds: float = 0.0
    again: tuple[str, ...] = ()

    @property
    def takes_whole_source(self) -> bool:
        """Tell whether neither `limit` nor `only` leaves rows out."""
        return self.limit is None and self.only is None

    def __post_init__(self) -> None:
        _require(
            self.limit is None or 0 <= self.limit <= _MOST_ROWS,
            "--limit",
            self.limit,
            f"0 to {_MOST_ROWS:,} rows",
        )
        _require(
            self.workers is None or 0 <= self.workers <= _MOST_WORKERS,
            "--workers",
            self.workers,
            f"0 to {_MOST_WORKERS}",
        )
        _require(
            self.max_time_seconds is None or self.max_time_seconds > 0,
            "--max-time",
            self.max_time_seconds,
            "a duration above 0",
        )
        _require(
            self.refresh_after_seconds is None or self.only_changed,
            "--refresh-after",
            "--refresh-after without --only-changed",
            "--only-changed beside it",
        )
        _require(
            not self.first_time or self.only_changed,
            "--first-time",
            "--first-time without --only-changed",
            "--only-changed beside it",
        )
        _require(
            self.finish_by is None or self.finish_by.tzinfo is not None,
            "--finish-by",
            self.finish_by,
            "a time with its zone",
        )


def _require(holds: bool, option: str, found: object, expected: str) -> None:
    if not holds:
        raise UsageError(option, str(found), expected, f"leave {option} away for its default")


def time_limits(config: RunConfig) -> list[tuple[float, str]]:
    """Give the seconds after which a run that begins now is to stop, each with the reason."""
    limits = []
    if config.max_time_seconds is not None:
        limits.append((config.max_time_seconds, "--max-time is over"))
    if config.finish_by is not None:
        left = (config.finish_by - datetime.now(UTC)).total_seconds()
        limits.append((max(left, 0.0), "the time of --finish-by has come"))
    return limits
