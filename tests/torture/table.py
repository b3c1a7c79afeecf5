"""Makes a table with repeated users and bad rows, and knows what must become of each row."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

HEADER = ("id", "seq", "name", "city", "born", "keep")
MAPPING = """\
mapping: 1
name: torture
customer_id: id
attributes:
  seq: {column: seq, type: integer}
  name: name
  city: city
  born: {column: born, type: date, format: DD/MM/YYYY}
where: {keep: [y]}
duplicates: %s
"""
MODES = ("each", "last", "merge")
_ROWS_A_USER = 5
_CHANGED = 0.3


@dataclass(frozen=True)
class Table:
    """A CSV file and the truth about it, which the checker reads from the file again."""

    path: Path
    mapping: Path
    rows: int
    duplicates: str = "each"

    def requests_at_least(self, *, changed: bool) -> int:
        """Estimate from below how many requests an import takes, whole or of what changed."""
        some = 0.8 * (_CHANGED if changed else 1.0)
        return int(some * self.rows / (1 if self.duplicates == "each" else _ROWS_A_USER))

    def change(self, chance: random.Random) -> None:
        """Give some rows another name; nothing else changes."""
        with self.path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        for row in rows[1:]:
            if chance.random() < _CHANGED:
                row[HEADER.index("name")] += " too"
        with self.path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)


def make_table(folder: Path, rows: int, chance: random.Random, duplicates: str = "each") -> Table:
    """Write `rows` rows of a fifth as many users; some are bad, some are to be left out.

    duplicates: what the mapping says of users in several rows, one of MODES.
    """
    path, mapping = folder / "users.csv", folder / "mapping.yaml"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for row in range(1, rows + 1):
            writer.writerow(_row(row, rows // _ROWS_A_USER, chance))
    mapping.write_text(MAPPING % duplicates, encoding="utf-8")
    return Table(path, mapping, rows, duplicates)


def _row(row: int, users: int, chance: random.Random) -> list[object]:
    user = f"user-{chance.randrange(users):05}"
    seq: object = row
    born = f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/19{chance.randint(40, 99)}"
    kind = chance.random()
    if kind < 0.01:
        seq = "many"
    elif kind < 0.02:
        born = "31/02/1980"
    elif kind < 0.025:
        user = ""
    # A blank cell changes nothing, so that a profile shows more than its last row.
    city = chance.choice(["", "Nice", "Pune", "Zürich", 'a "quoted", one', "two\nlines"])
    return [user, seq, f"Näme {row}", city, born, "n" if chance.random() < 0.03 else "y"]
