from __future__ import annotations

from pathlib import Path

import pytest

from importer.stages.recording import Ledger, forgetting
from importer.stages.recording import memory as remembering

STATEMENTS = {
    "forget": forgetting._FORGET,
    "payloads": remembering._PAYLOADS,
    "put back": forgetting._PUT_BACK,
    "unchanged": remembering._DIFFERENT,
    "look up": remembering._FOUND,
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_users_are_found_by_their_key_however_many_are_remembered(
    tmp_path: Path, name: str
) -> None:
    """A walk through ten million users for each block would take longer than the sending."""
    asked = dict.fromkeys(
        ("rows", "scope", "users", "slots", "width", "payloads", "sent", "since", "before"), 1
    )
    with Ledger(tmp_path) as ledger:
        steps = ledger.do(
            lambda c: c.execute(f"EXPLAIN QUERY PLAN {STATEMENTS[name]}", asked).fetchall()
        )
    ways = [row[3] for row in steps if " m " in row[3] or " memory " in row[3]]
    assert [way.split()[0] for way in ways] == ["SEARCH"]
    assert "(scope=? AND user=?)" in ways[0]
