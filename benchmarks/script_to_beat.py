"""Does by hand what benchmarks/users.yaml says: the honest script that people write.

It reads with pandas, goes through the rows one by one and makes each user's payload:

    python benchmarks/script_to_beat.py users.csv [--payloads payloads.jsonl]

Without --payloads it makes the same payloads and only counts their bytes.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd


def email(text: str) -> str:
    name, _, domain = text.partition("@")
    if not name or "." not in domain or "@" in domain or " " in text:
        raise ValueError(f"not an e-mail address: {text}")
    return text


def instant(text: str) -> str:
    moment = datetime.strptime(text, "%d/%m/%Y %H:%M:%S").replace(tzinfo=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def points(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(f"negative points: {text}")
    return number


def payload(user: Any) -> dict[str, Any]:
    """Make one user's payload; ValueError if a cell is bad."""
    if not user.id:
        raise ValueError("no id")
    attributes: dict[str, Any] = {}
    if user.first_name:
        attributes["first_name"] = user.first_name
    if user.last_name:
        attributes["last_name"] = user.last_name
    if user.email:
        attributes["email"] = email(user.email)
    if user.phone:
        attributes["phone_number"] = user.phone
    if user.country:
        attributes["country"] = user.country
    if user.city:
        attributes["city"] = user.city
    if user.signed_up:
        attributes["created_time"] = instant(user.signed_up)
    if user.birthday:
        attributes["u_bd"] = date.fromisoformat(user.birthday).isoformat()
    if user.points:
        attributes["points"] = points(user.points)
    if user.balance:
        attributes["balance"] = float(user.balance)
    if user.opted_out:
        attributes["moe_unsubscribe"] = {"true": True, "false": False}[user.opted_out]
    return {"type": "customer", "customer_id": user.id, "attributes": attributes}


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def run(source: Path, payloads: Path | None) -> dict[str, int]:
    """Go through all users; give how many there were, how many were bad, and the bodies' bytes."""
    users = pd.read_csv(source, dtype=str, keep_default_na=False)
    good = bad = body_bytes = 0
    out = payloads.open("w", encoding="utf-8") if payloads else None
    for row, user in enumerate(users.itertuples(index=False), start=1):
        try:
            body = payload(user)
        except (ValueError, KeyError):
            bad += 1
            continue
        good += 1
        if out:
            line = to_json({"row": row, "payload": body})
            body_bytes += len(line.encode())
            out.write(line + "\n")
        else:
            body_bytes += len(to_json(body).encode())
    if out:
        out.close()
    return {"rows": len(users), "good": good, "bad": bad, "bytes": body_bytes}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--payloads", type=Path)
    given = parser.parse_args()
    print(json.dumps(run(given.source, given.payloads)))


if __name__ == "__main__":
    main()
