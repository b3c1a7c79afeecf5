"""Tortures imports one after the other and prints what came of them: `make torture`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.torture.torturer import torture


def main() -> int:
    """Give 1 if anything was not as promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--concurrency", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    kills = terms = resends = broken = 0
    for seed in range(asked.seed, asked.seed + asked.runs):
        with tempfile.TemporaryDirectory(prefix="torture-") as folder:
            result = torture(Path(folder), seed, asked.rows, asked.concurrency)
        kills, terms = kills + result.kills, terms + result.terms
        resends, broken = resends + result.resends, broken + bool(result.complaints)
        verdict = "; ".join(result.complaints) or "as promised"
        print(  # noqa: T201 - a program
            f"{seed}: {result.kills} kills, {result.terms} SIGTERM, {result.resends} sent again "
            f"(at most {result.allowed}): {verdict}",
            flush=True,
        )
    print(  # noqa: T201 - a program
        f"{asked.runs} imports of {asked.rows} rows, {kills} kills, {terms} SIGTERM, "
        f"{resends} rows sent again, {broken} imports not as promised"
    )
    return int(broken > 0)


if __name__ == "__main__":
    raise SystemExit(main())
