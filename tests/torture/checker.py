"""Checks what an import left behind, with nothing of the importer's: only files and the sandbox."""

from __future__ import annotations

import csv
import json
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Expected:
    """What a table's rows must come to: profiles by user, and rows by their fate."""

    profiles: dict[str, dict[str, Any]]
    bad: set[int]
    filtered: set[int]
    good: int


def expected(path: Path) -> Expected:
    """Read the table and apply its good rows in their order."""
    profiles: dict[str, dict[str, Any]] = {}
    bad, filtered, good = set(), set(), 0
    with path.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 1):
            if row["keep"] != "y":
                filtered.add(number)
            elif not row["id"] or not row["seq"].isdigit() or _day(row["born"]) is None:
                bad.add(number)
            else:
                good += 1
                profile = profiles.setdefault(row["id"], {})
                profile.update(seq=int(row["seq"]), name=row["name"], born=_day(row["born"]))
                profile.update({"city": row["city"]} if row["city"] else {})
    return Expected(profiles, bad, filtered, good)


def _day(text: str) -> str | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y").strftime("%Y-%m-%d")  # noqa: DTZ007 - a day
    except ValueError:
        return None


def ask(base_url: str, path: str) -> Any:
    """Fetch one of the sandbox's own pages."""
    with urllib.request.urlopen(f"{base_url}/_sandbox/{path}", timeout=30) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def profiles_of(base_url: str) -> dict[str, dict[str, Any]]:
    """Fetch every profile, page by page."""
    found: dict[str, dict[str, Any]] = {}
    after = ""
    while page := ask(base_url, f"profiles?limit=1000&after={after}")["profiles"]:
        found.update({entry["customer_id"]: entry["attributes"] for entry in page})
        after = page[-1]["customer_id"]
    return found


def complaints(
    table: Path,
    base_url: str,
    report: dict[str, Any],
    resends_allowed: int,
) -> list[str]:
    """Say everything that is not as promised; nothing, if all is well."""
    truth, stats = expected(table), ask(base_url, "stats")
    return [
        *_about_profiles(truth, profiles_of(base_url)),
        *_about_fates(truth, report),
        *_about_the_dead_letter(truth, report),
        *([f"{count} order violations"] if (count := stats["order_violations"]) else []),
        *_about_resends(truth, stats, resends_allowed),
    ]


def resends(truth: Expected, stats: dict[str, Any]) -> int:
    """Count updates beyond one a row, and beyond those whose answer the sandbox itself lost."""
    lost = stats["faults_injected"].get("reset_after", 0)
    return int(stats["updates"]) - truth.good - int(lost)


def _about_profiles(truth: Expected, found: dict[str, dict[str, Any]]) -> list[str]:
    wrong = [user for user in truth.profiles if found.get(user) != truth.profiles[user]]
    odd = sorted(set(found) - set(truth.profiles))
    return [f"user {user}: {found.get(user)}, not {truth.profiles[user]}" for user in wrong[:3]] + [
        f"user {user} is nobody's" for user in odd[:3]
    ]


def _about_fates(truth: Expected, report: dict[str, Any]) -> list[str]:
    wanted = {
        "delivered": truth.good,
        "invalid": len(truth.bad),
        "filtered": len(truth.filtered),
    }
    found = {fate: rows for fate, rows in report["fates"].items() if rows}
    rows = sum(wanted.values())
    wrong = [] if found == wanted else [f"fates {found}, not {wanted}"]
    return wrong + ([] if report["rows"] == rows else [f"{report['rows']} rows, not {rows}"])


def _about_the_dead_letter(truth: Expected, report: dict[str, Any]) -> list[str]:
    if report["dead_letter"] is None:
        return ["there is no dead letter"]
    with open(report["dead_letter"], encoding="utf-8-sig", newline="") as stream:
        rows = Counter(int(row["_row"]) for row in csv.DictReader(stream))
    twice = [row for row, times in rows.items() if times > 1]
    found = [f"row {row} stands {rows[row]} times in the dead letter" for row in twice[:3]]
    if set(rows) != truth.bad:
        found.append(f"the dead letter has {len(rows)} rows, not the {len(truth.bad)} bad ones")
    return found


def _about_resends(truth: Expected, stats: dict[str, Any], allowed: int) -> list[str]:
    times = resends(truth, stats)
    return [f"{times} rows were sent again, more than {allowed}"] if times > allowed else []
