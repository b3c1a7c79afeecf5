"""Reads amounts as people write them: how many users a minute, how many failures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from importer.errors import UsageError
from importer.moengage.limits import USERS_PER_MINUTE

_PACE = Decimal("0.995")
"""The share of a stated rate that is used: clocks differ, and a 429 costs more than 0.5%."""

_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}


@dataclass(frozen=True)
class Rate:
    """How many users a minute may be sent; None is no limit of our own."""

    users_per_minute: Decimal | None = Decimal(USERS_PER_MINUTE)

    @classmethod
    def parse(cls, text: str, option: str = "--rate") -> Rate:
        """Read `10000/min`, `150/s`, `80%` (of MoEngage's 10,000 a minute) or `none`.

        Raises UsageError, which names the option.
        """
        stripped = text.strip().lower()
        if stripped == "none":
            return cls(None)
        found = re.fullmatch(r"([\d_]+(?:\.\d+)?)\s*(?:(%)|/\s*([a-z]+))", stripped)
        unit = _UNITS.get(found.group(3)) if found and found.group(3) else 60
        if not found or unit is None or Decimal(found.group(1)) == 0:
            raise UsageError(
                option,
                repr(text),
                "a number above 0 with its unit, such as 10000/min or 80%, or none",
                f"leave {option} away for MoEngage's own limit of 10000/min",
            )
        amount = Decimal(found.group(1))
        if found.group(2):
            return cls(Decimal(USERS_PER_MINUTE) * amount / 100)
        return cls(amount * 60 / unit)

    @property
    def interval_seconds(self) -> float:
        """Seconds between two requests when they are paced evenly; 0.0 without a limit."""
        if self.users_per_minute is None:
            return 0.0
        return float(60 / (self.users_per_minute * _PACE))

    def __str__(self) -> str:
        if self.users_per_minute is None:
            return "none"
        return f"{self.users_per_minute.normalize():f}/min"


@dataclass(frozen=True)
class Allowance:
    """How many dead letters still make a run a success: `12` rows, or `5%` of them."""

    amount: Decimal = Decimal(0)
    percent: bool = False

    @classmethod
    def parse(cls, text: str) -> Allowance:
        """Read `0`, `12` or `5%`."""
        try:
            amount = Decimal(text.strip().removesuffix("%"))
        except InvalidOperation:
            amount = Decimal(-1)
        percent = text.strip().endswith("%")
        whole = percent or amount == amount.to_integral_value()
        if not (amount.is_finite() and amount >= 0 and whole and (not percent or amount <= 100)):
            raise UsageError(
                "--allow-failures",
                repr(text),
                "a number of rows such as 12, or a share such as 5%",
                "leave it away to allow none",
            )
        return cls(amount, percent)

    def allows(self, failures: int, rows: int) -> bool:
        """Tell whether so many failures among so many rows are within the allowance."""
        limit = self.amount * rows / 100 if self.percent else self.amount
        return failures <= limit

    def __str__(self) -> str:
        return f"{self.amount}%" if self.percent else str(self.amount)
