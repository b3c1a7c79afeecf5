"""Judges tables of users as the documentation words it, with no code of the importer's."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from importer import RunConfig
from importer.check import check_source
from importer.mapping_file import parse_mapping
from tests.journeys import write_csv

HEADER = ("id", "name", "at", "mail", "keep", "points")


@dataclass(frozen=True)
class User:
    """One row; `points` that are no number make it invalid, `keep` other than y filters it."""

    id: str
    name: str = "n"
    at: str = ""
    mail: str = ""
    keep: str = "y"
    points: str = "1"

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.id, self.name, self.at, self.mail, self.keep, self.points)

    @property
    def competes(self) -> bool:
        return self.keep == "y" and self.points.isdigit()


def mapping(duplicates: str, mail: str = "mail") -> str:
    """Give a mapping of such rows."""
    return (
        "mapping: 1\nname: t\ncustomer_id: id\nwhere: {keep: [y]}\n"
        f"attributes: {{name: name, mail: {mail}, points: {{column: points, type: integer}}}}\n"
        f"duplicates: {duplicates}\n"
    )


def judged(
    rows: Sequence[User], keep: str, *, by: bool = False, unique: bool = False
) -> dict[int, str]:
    """Give each row's fate; rows are numbered from 1."""
    fates = {
        number: "filtered" if row.keep != "y" else "pending" if row.competes else "invalid"
        for number, row in enumerate(rows, 1)
    }
    users: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows, 1):
        if row.competes:
            users[row.id].append(number)
    for numbers in users.values():
        if keep == "invalid" and len(numbers) > 1:
            fates.update(dict.fromkeys(numbers, "invalid"))
        elif keep in ("last", "first", "merge"):
            winner = _winner(rows, numbers, keep, by=by)
            fates.update({n: "superseded" for n in numbers if n != winner})
    if unique:
        mails = {n: rows[n - 1].mail for n, fate in fates.items() if fate == "pending"}
        if keep == "merge":
            for n in mails:
                his = [rows[m - 1].mail for m in users[rows[n - 1].id]]
                mails[n] = next((mail for mail in reversed(his) if mail), "")
        counts = Counter(mails.values())
        fates.update({n: "invalid" for n, mail in mails.items() if mail and counts[mail] > 1})
    return fates


def _winner(rows: Sequence[User], numbers: Sequence[int], keep: str, *, by: bool) -> int:
    told = [n for n in numbers if rows[n - 1].at] if by else list(numbers)
    best = told or list(numbers)
    if by and told:
        ends = max if keep == "last" else min
        best = [n for n in told if rows[n - 1].at == ends(rows[m - 1].at for m in told)]
    return min(best) if keep == "first" else max(best)


def checked(
    rows: Sequence[User], text: str, folder: Path, **settings: object
) -> tuple[dict[str, int], dict[int, bytes], dict[int, str]]:
    """Check the rows: the fates' counts, the payload and the dead letter's message by row."""
    source = write_csv(folder / "t.csv", HEADER, [row.cells for row in rows])
    config = RunConfig(**settings)  # type: ignore[arg-type]
    problems, payloads = folder / "p.csv", folder / "p.jsonl"
    report = check_source(
        source, parse_mapping(text, "m.yaml"), config, problems=problems, payloads=payloads
    )
    with problems.open(encoding="utf-8-sig", newline="") as stream:
        dead = {int(row["_row"]): row["_message"] for row in csv.DictReader(stream)}
    lines = map(orjson.loads, payloads.read_bytes().splitlines())
    sent = {line["row"]: orjson.dumps(line["payload"]) for line in lines}
    counts = {str(fate): rows for fate, rows in report.fates.items() if rows}
    return counts, sent, dead
