from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from importer.errors import Defect
from importer.observer import Silence
from importer.prepared import Prepared
from importer.records import ArrowBlock, Fate, Outcome, Rejection
from importer.runs import accounts as rooms
from importer.runs.accounts import Accounts
from importer.runs.losses import Losses
from importer.stages.recording import Journal


def block_of(rows: int, number: int = 0) -> ArrowBlock:
    table = pa.table({"id": [f"u{n}" for n in range(rows)]})
    return ArrowBlock(number, "u.parquet", 1, ("id",), table)


def prepared_of(
    rows: int, *, invalid: tuple[int, ...] = (), filtered: tuple[int, ...] = ()
) -> Prepared:
    index = [n for n in range(rows) if n not in (*invalid, *filtered)]
    return Prepared(
        number=0,
        rows=rows,
        index=np.array(index, np.int64),
        customer_ids=pa.array([f"u{n}" for n in index], pa.string()),
        bodies=pa.array([b"{}"] * len(index), pa.large_binary()),
        filtered=np.array(filtered, np.int64),
        rejections=tuple(Rejection(n, "enforcing", "id-short", "id", "x", "y") for n in invalid),
    )


@pytest.fixture
def accounts() -> Accounts:
    return Accounts(Losses(("id",), None, None), Silence())


def test_a_block_settles_what_needs_no_sending_when_it_is_opened(accounts: Accounts) -> None:
    assert accounts.open(block_of(5), prepared_of(5, invalid=(1,), filtered=(3,)), 0).tolist() == [
        0,
        1,
        2,
    ]
    assert accounts.open(block_of(2), prepared_of(2), 5).tolist() == [0, 1]
    assert accounts.tally.fates[Fate.INVALID] == accounts.tally.fates[Fate.FILTERED] == 1
    assert accounts.rows_opened == 7


def test_rows_that_were_never_drawn_or_read_are_pending(accounts: Accounts) -> None:
    accounts.open(block_of(5), prepared_of(5, invalid=(0,)), 0)
    accounts.draw()
    accounts.settle(Outcome(1, Fate.DELIVERED))
    accounts.settle_unseen(100)
    assert accounts.tally.fates[Fate.PENDING] == 98
    accounts.tally.require_sum(100)


def test_a_drawn_row_without_a_fate_breaks_the_sum(accounts: Accounts) -> None:
    accounts.open(block_of(5), prepared_of(5), 0)
    for _ in range(5):
        accounts.draw()
    for ordinal in range(4):
        accounts.settle(Outcome(ordinal, Fate.DELIVERED))
    accounts.settle_unseen(5)
    with pytest.raises(Defect):
        accounts.tally.require_sum(5)


def test_a_row_cannot_have_two_fates(accounts: Accounts) -> None:
    accounts.open(block_of(3), prepared_of(3), 0)
    accounts.settle(Outcome(1, Fate.DELIVERED))
    with pytest.raises(Defect):
        accounts.settle(Outcome(1, Fate.UNDELIVERED, code="timeout"))


async def test_reading_waits_for_the_oldest_open_row(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "ROWS_AHEAD", 2)
    accounts.open(block_of(5), prepared_of(5), 0)
    await asyncio.wait_for(accounts.room_for(2), 1)
    waiting = asyncio.create_task(accounts.room_for(3))
    accounts.settle(Outcome(1, Fate.DELIVERED))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    accounts.settle(Outcome(0, Fate.DELIVERED))
    await asyncio.wait_for(waiting, 1)


def test_a_refused_row_goes_to_the_journal_with_its_own_cells(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    accounts = Accounts(Losses(("id",), journal, None), Silence())
    accounts.open(block_of(3), prepared_of(3, invalid=(0,)), 0)
    accounts.open(block_of(2), prepared_of(2), 3)
    refusal = Outcome(4, Fate.REJECTED, 1, 400, "http-rejected", "no such user", "abc")
    accounts.settle(refusal)
    journal.close()
    rows = [(row.ordinal, row.row, row.cells, row.codes) for row in journal.in_row_order()]
    assert rows == [(0, 1, ("u0",), ("id-short",)), (4, 2, ("u1",), ("http-rejected",))]
