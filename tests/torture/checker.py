"""Checks what an import left behind, with nothing of the importer's: only files and the sandbox."""

from __future__ import annotations

import csv
import json
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

Profiles = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Expected:
    """What a table's rows must come to.

    profiles: by user.  payloads: of each user, what his rows say, one after the other.
    bad: numbers of rows.  fates: rows by their fate.  updates: requests that change something.
    """

    profiles: Profiles
    payloads: dict[str, list[dict[str, Any]]]
    bad: set[int]
    fates: dict[str, int]
    updates: int


@dataclass
class Before:
    """What an earlier import of the same users left: their profiles and payloads, and updates."""

    profiles: Profiles = field(default_factory=dict)
    payloads: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    updates: int = 0
    lost: int = 0


def expected(path: Path, duplicates: str = "each", before: Before | None = None) -> Expected:
    """Read the table and apply its good rows in their order.

    before: an import whose unchanged users are not sent again; None if all are sent.
    """
    bad: set[int] = set()
    payloads: dict[str, list[dict[str, Any]]] = {}
    filtered = 0
    for number, row in _rows(path):
        payload = _payload(row)
        if row["keep"] != "y":
            filtered += 1
        elif payload is None:
            bad.add(number)
        else:
            payloads.setdefault(row["id"], []).append(payload)
    good = sum(map(len, payloads.values()))
    if duplicates != "each":
        payloads = {user: [_one(some, duplicates)] for user, some in payloads.items()}
    sent = payloads
    if before is not None:
        sent = {user: some for user, some in payloads.items() if before.payloads.get(user) != some}
    profiles = {user: dict(profile) for user, profile in (before or Before()).profiles.items()}
    for user, some in sent.items():
        for payload in some:
            profiles.setdefault(user, {}).update(payload)
    updates, kept = sum(map(len, sent.values())), sum(map(len, payloads.values()))
    fates = {
        "delivered": updates,
        "unchanged": kept - updates,
        "superseded": good - kept,
        "invalid": len(bad),
        "filtered": filtered,
    }
    return Expected(
        profiles, payloads, bad, {f: rows for f, rows in fates.items() if rows}, updates
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from enumerate(csv.DictReader(stream), 1)


def _payload(row: Mapping[str, str]) -> dict[str, Any] | None:
    if not row["id"] or not row["seq"].isdigit() or _day(row["born"]) is None:
        return None
    payload = {"seq": int(row["seq"]), "name": row["name"], "born": _day(row["born"])}
    return {**payload, "city": row["city"]} if row["city"] else payload


def _one(payloads: list[dict[str, Any]], duplicates: str) -> dict[str, Any]:
    if duplicates == "last":
        return payloads[-1]
    return {name: value for payload in payloads for name, value in payload.items()}


def _day(text: str) -> str | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y").strftime("%Y-%m-%d")  # noqa: DTZ007 - a day
    except ValueError:
        return None


def ask(base_url: str, path: str) -> Any:
    """Fetch one of the sandbox's own pages."""
    with urllib.request.urlopen(f"{base_url}/_sandbox/{path}", timeout=30) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def profiles_of(base_url: str) -> Profiles:
    """Fetch every profile, page by page."""
    found: Profiles = {}
    after = ""
    while page := ask(base_url, f"profiles?limit=1000&after={after}")["profiles"]:
        found.update({entry["customer_id"]: entry["attributes"] for entry in page})
        after = page[-1]["customer_id"]
    return found


def left_by(base_url: str, truth: Expected) -> Before:
    """Take down what an import left, for the next one."""
    stats = ask(base_url, "stats")
    return Before(truth.profiles, truth.payloads, int(stats["updates"]), _lost(stats))


def complaints(
    truth: Expected,
    base_url: str,
    report: dict[str, Any],
    resends_allowed: int,
    before: Before | None = None,
) -> list[str]:
    """Say everything that is not as promised; nothing, if all is well."""
    stats = ask(base_url, "stats")
    return [
        *_about_profiles(truth, profiles_of(base_url)),
        *_about_fates(truth, report),
        *_about_the_dead_letter(truth, report),
        *([f"{count} order violations"] if (count := stats["order_violations"]) else []),
        *_about_resends(truth, stats, resends_allowed, before or Before()),
    ]


def resends(truth: Expected, stats: dict[str, Any], before: Before) -> int:
    """Count updates beyond one a row, and beyond those whose answer the sandbox itself lost."""
    lost = _lost(stats) - before.lost
    return int(stats["updates"]) - before.updates - truth.updates - lost


def _lost(stats: dict[str, Any]) -> int:
    return int(stats["faults_injected"].get("reset_after", 0))


def _about_profiles(truth: Expected, found: Profiles) -> list[str]:
    wrong = [user for user in truth.profiles if found.get(user) != truth.profiles[user]]
    odd = sorted(set(found) - set(truth.profiles))
    return [f"user {user}: {found.get(user)}, not {truth.profiles[user]}" for user in wrong[:3]] + [
        f"user {user} is nobody's" for user in odd[:3]
    ]


def _about_fates(truth: Expected, report: dict[str, Any]) -> list[str]:
    found = {fate: rows for fate, rows in report["fates"].items() if rows}
    rows = sum(truth.fates.values())
    wrong = [] if found == truth.fates else [f"fates {found}, not {truth.fates}"]
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


def _about_resends(
    truth: Expected, stats: dict[str, Any], allowed: int, before: Before
) -> list[str]:
    times = resends(truth, stats, before)
    return [f"{times} rows were sent again, more than {allowed}"] if times > allowed else []
