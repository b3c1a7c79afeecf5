"""Measures what the ledger and its memory cost: while rows are sent, and where nothing is to be sent.

    python benchmarks/bench_ledger.py                     # both parts
    python benchmarks/bench_ledger.py --only sending --rows 200000 --rounds 5
    python benchmarks/bench_ledger.py --only unchanged --known 1000000 10000000

sending: whole imports to a server that answers at once, in turn with ledger and memory and
without.  unchanged: imports with --only-changed of a file whose users are all known, among more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, cast

import make_data
import numpy as np

import importer.run
from importer import Rate, RunConfig, Secret, SendingConfig, Target
from importer.job import open_job
from importer.memory.value_hashes import payload_hashes, slots_of
from importer.pipeline import Preparer
from importer.runs.accounts import Accounts
from importer.runs.checkpoints import Checkpoints
from importer.stages.recording import Accepted, Ledger, Scope, note_accepted, open_scope, run_number
from importer.stages.sending import run_in_loop

MAPPING = Path(__file__).parent / "users.yaml"
MOST_OVERHEAD = 1.15
ROWS_A_SECOND = {1_000_000: 100_000, 10_000_000: 50_000}
_ANSWER = (
    b'{"status":"success","message":"Your request has been accepted and will be processed soon."}'
)
_REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(_ANSWER),
    _ANSWER,
)
_FILLED_TOGETHER = 500_000


class _AtOnce(asyncio.Protocol):
    """Answers every request as soon as its last byte is there; it does no more than it must."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._waiting = b""

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (head := self._waiting.find(b"\r\n\r\n")) >= 0:
            mark = self._waiting.lower().find(b"content-length:", 0, head)
            size = (
                int(self._waiting[mark + 15 : self._waiting.find(b"\r\n", mark)]) if mark > 0 else 0
            )
            if len(self._waiting) < head + 4 + size:
                return
            self._waiting = self._waiting[head + 4 + size :]
            self._transport.write(_REPLY)


def _serve(ports: Any) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_AtOnce, "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    run_in_loop(serve())


@contextmanager
def server() -> Iterator[Target]:
    """Run the server in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ports = context.Queue()
    process = context.Process(target=_serve, args=(ports,), daemon=True)
    process.start()
    try:
        yield Target("BENCH", Secret("key"), f"http://127.0.0.1:{ports.get()}")
    finally:
        process.kill()
        process.join()


def one_run(arguments: dict[str, Any], results: Any) -> None:
    """Import once, in a process of its own; gives seconds, CPU seconds and the fates."""
    if not arguments.pop("ledger"):
        _do_without_ledger()
    target = Target("BENCH", Secret("key"), arguments.pop("url"))
    source, state = arguments.pop("source"), Path(arguments.pop("state"))
    config = RunConfig(
        sending=SendingConfig(rate=Rate(None), concurrency=32), state_dir=state, **arguments
    )
    began, cpu = time.perf_counter(), _cpu_seconds()
    report = importer.run.run_import(source, MAPPING, target, config)
    fates = {str(fate): rows for fate, rows in report.fates.items() if rows}
    seconds, used = time.perf_counter() - began, _cpu_seconds() - cpu
    results.put({"seconds": seconds, "cpu": used, "fates": fates, "exit": report.exit})


def _cpu_seconds() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _do_without_ledger() -> None:
    """Take out what the ledger and the memory do for each row, and leave all else."""

    async def no_commit(*_: Any) -> None:
        return None

    usual = Accounts.__init__

    def without_log(self: Accounts, losses: Any, observer: Any, _log: Any, *more: Any) -> None:
        usual(self, losses, observer, None, *more)

    exchanged: tuple[tuple[Any, str, Any], ...] = (
        (Checkpoints, "commit", no_commit),
        (Accounts, "__init__", without_log),
        (importer.run, "Preparer", lambda mapping, only, _secret: Preparer(mapping, only)),
        (importer.run, "run_memory", lambda *_: nullcontext(None)),
    )
    for owner, name, instead in exchanged:
        setattr(owner, name, instead)


def measured(target: Target, source: Path, state: Path, **arguments: Any) -> dict[str, Any]:
    """Give what `one_run` gives."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    asked = {"url": target.base_url, "source": str(source), "state": str(state), **arguments}
    process = context.Process(target=one_run, args=(asked, results))
    process.start()
    found: dict[str, Any] = results.get()
    process.join()
    return found


def sending(rows: int, rounds: int, folder: Path) -> bool:
    """Compare imports with and without ledger and memory, in turn."""
    source = make_data.make(rows)["csv"]
    found: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    with server() as target:
        for turn in range(rounds):
            for with_ledger in (True, False) if turn % 2 else (False, True):
                state = folder / f"sending-{turn}-{with_ledger}"
                one = measured(target, source, state, ledger=with_ledger, workers=1)
                if one["fates"].get("pending"):
                    sys.exit(f"the run stopped: {one}")
                found[with_ledger].append(one)
                shutil.rmtree(state)
                print(json.dumps({"ledger": with_ledger, **one}), flush=True)
    # Of the two runs of one turn: from turn to turn a machine may become faster or slower.
    ratios = {
        key: statistics.median(
            one[key] / other[key] for one, other in zip(found[True], found[False], strict=True)
        )
        for key in ("seconds", "cpu")
    }
    print(
        f"sending {rows:,} users: {ratios['seconds']:.2f} times the seconds, "
        f"{ratios['cpu']:.2f} times the CPU without ledger and memory (wanted: {MOST_OVERHEAD})"
    )
    return bool(ratios["seconds"] <= MOST_OVERHEAD)


def unchanged(rows: int, known: list[int], rounds: int, folder: Path) -> bool:
    """Import a file whose users are all known, among so many."""
    source, fast_enough = make_data.make(rows)["csv"], True
    state = folder / "unchanged"
    with server() as target:
        filled = 0
        for count in sorted(known):
            filled = _fill(state, source, filled, count)
            runs = [
                measured(target, source, state, ledger=True, only_changed=True)
                for _ in range(rounds)
            ]
            best = min(one["seconds"] for one in runs)
            wanted = ROWS_A_SECOND.get(count, 0)
            print(json.dumps({"known": count, **runs[0]}))
            print(
                f"{rows:,} rows found unchanged among {count:,} known users: {rows / best:,.0f} "
                f"rows a second (wanted: {wanted:,}), CPU {runs[0]['cpu']:.1f} s, ledger "
                f"{(state / 'ledger.sqlite').stat().st_size / 1e6:,.0f} MB",
                flush=True,
            )
            fast_enough &= rows / best >= wanted and "delivered" not in runs[0]["fates"]
    return fast_enough


def _fill(state: Path, source: Path, filled: int, count: int) -> int:
    """Write the file's users, and others, into the memory as if they had been accepted."""
    config = RunConfig(state_dir=state)
    job = open_job(str(source), str(MAPPING), config)
    with Ledger(state) as ledger:
        scope = ledger.do(
            lambda c: open_scope(c, "BENCH", job.mapping.name, slots_of(job.mapping), "filled")
        )
        number = ledger.do(lambda c: run_number(c, "filled"))
        if not filled:
            preparer = Preparer(job.mapping, None, ledger.secret)
            for block in job.source.blocks():
                prepared = preparer.prepare(block)
                assert prepared.keys is not None
                assert prepared.values is not None
                filled += _accept(
                    ledger, scope, number, prepared.keys[prepared.index], prepared.values
                )
        chance = np.random.default_rng(7)
        users = chance.integers(1, 2**63, (max(count - filled, 0), 2), dtype=np.uint64)
        users = users[np.argsort(users[:, 0].byteswap())]
        for begin in range(0, len(users), _FILLED_TOGETHER):
            some = users[begin : begin + _FILLED_TOGETHER]
            values = chance.integers(1, 2**62, (len(some), len(scope.slots)), dtype=np.uint64) * 2
            filled += _accept(ledger, scope, number, some, values)
    return filled


def _accept(ledger: Ledger, scope: Scope, number: int, users: Any, values: Any) -> int:
    rows = Accepted(
        users=users,
        orders=np.full(len(users), number << 40, np.int64),
        payloads=payload_hashes(values),
        slots=values,
        carried=values != 0,
        last=np.ones(len(users), bool),
        at=np.full(len(users), int(time.time())),
        names=[b""] * len(users),
    )
    ledger.do(lambda connection: note_accepted(connection, scope, rows))
    return len(users)


def main() -> int:
    """Measure what was asked for; 1 if anything is slower than wanted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", choices=["sending", "unchanged"])
    parser.add_argument("--rows", type=int)
    parser.add_argument("--rounds", type=int, help="of each part; 5 of sending, 3 of unchanged")
    parser.add_argument("--known", type=int, nargs="+", default=list(ROWS_A_SECOND))
    asked = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(
        prefix="bench-ledger-", dir=os.environ.get("TMPDIR")
    ) as folder:
        if asked.only != "unchanged":
            good &= sending(asked.rows or 200_000, asked.rounds or 5, Path(folder))
        if asked.only != "sending":
            good &= unchanged(asked.rows or 1_000_000, asked.known, asked.rounds or 3, Path(folder))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
