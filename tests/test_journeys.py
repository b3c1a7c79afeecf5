"""Promises of a whole run, kept against a sandbox."""

from __future__ import annotations

import errno
import gzip
import json
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pytest

from importer import (
    Allowance,
    Fate,
    Rate,
    RunConfig,
    Secret,
    SendingConfig,
    Stop,
    StopSignal,
    Target,
    check_source,
    run_import,
)
from importer.pipeline import Preparer
from importer.prepared import Prepared
from importer.records import Block
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.reading import Source
from importer.stages.recording import Journal
from importer.stages.recording.private_files import refused
from importer.stages.sending import Sender
from tests.journeys import (
    FAST,
    dead_letter,
    fates,
    profiles,
    run,
    target_of,
    write_csv,
)

MAPPING = (
    "mapping: 1\ncustomer_id: id\nattributes: {seq: {column: seq, type: integer}, name: name}\n"
)


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(
        SandboxConfig(rate_limit_per_minute=None, order_by="seq", seed=7)
    ) as running:
        yield running


def users(path: Path, rows: int, distinct: int | None = None) -> Path:
    """Write rows of users whose `seq` grows; `distinct` users take turns."""
    lines = [(f"user-{n % (distinct or rows):05}", n, f"Näme {n}") for n in range(rows)]
    return write_csv(path, ["id", "seq", "name"], lines)


# --- P1: every row has one fate ------------------------------------------------------------------


def test_the_samples_rows_end_exactly_as_its_table_says(
    sandbox: SandboxThread, root: Path, tmp_path: Path
) -> None:
    expected = json.loads((root / "sample_data/expected.json").read_text())["crm_users.csv"]
    bad = {row: kind["code"] for kind in expected["invalid"].values() for row in kind["rows"]}
    report = run(
        sandbox,
        root / "sample_data/crm_users.csv",
        (root / "mappings/crm_users.yaml").read_text(),
        tmp_path,
        allow_failures=Allowance.parse("5%"),
    )
    filtered = len(expected["filtered"])
    assert fates(report) == {
        "delivered": expected["rows"] - len(bad) - filtered,
        "filtered": filtered,
        "invalid": len(bad),
    }
    assert report.exit == 0
    assert {int(row["_row"]): row["_code"] for row in dead_letter(report)} == bad
    assert sandbox.stats()["requests"] == report.requests == report.fates[Fate.DELIVERED]


def test_a_row_that_preparing_loses_is_a_defect_and_not_a_success(
    sandbox: SandboxThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(self: Preparer, block: Block) -> Prepared:
        prepared = original(self, block)
        return replace(
            prepared,
            index=prepared.index[1:],
            customer_ids=prepared.customer_ids[1:],
            bodies=prepared.bodies[1:],
        )

    original = Preparer.prepare
    monkeypatch.setattr(Preparer, "prepare", lossy)
    report = run(sandbox, users(tmp_path / "u.csv", 10), MAPPING, tmp_path / "state")
    assert report.exit == 70
    assert report.stop is not None
    assert report.stop.code == "defect"


def test_a_row_that_sending_loses_is_a_defect_and_not_a_success(
    sandbox: SandboxThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(self: Sender, outcome: Any) -> None:
        if outcome.ordinal == 3:
            del self._open[3]
        else:
            original(self, outcome)

    original = Sender._close
    monkeypatch.setattr(Sender, "_close", forgetful)
    report = run(sandbox, users(tmp_path / "u.csv", 10), MAPPING, tmp_path / "state")
    assert report.exit == 70


def test_a_limit_makes_the_source_that_long(sandbox: SandboxThread, tmp_path: Path) -> None:
    source = users(tmp_path / "u.csv", 100)
    report = run(sandbox, source, MAPPING, tmp_path / "state", limit=7)
    assert fates(report) == {"delivered": 7}
    assert run(sandbox, source, MAPPING, tmp_path / "state", limit=0).rows == 0


def test_only_the_asked_users_are_sent(sandbox: SandboxThread, tmp_path: Path) -> None:
    source = users(tmp_path / "u.csv", 100, distinct=50)
    report = run(sandbox, source, MAPPING, tmp_path / "s", only=frozenset({"user-00003", "none"}))
    assert fates(report) == {"delivered": 2, "filtered": 98}
    assert set(profiles(sandbox)) == {"user-00003"}


# --- P2: order, retries, stops -------------------------------------------------------------------


def test_a_users_rows_are_sent_in_the_files_order(sandbox: SandboxThread, tmp_path: Path) -> None:
    sandbox.set_faults({"latency_ms": 1, "jitter_ms": 3})
    report = run(sandbox, users(tmp_path / "u.csv", 600, distinct=20), MAPPING, tmp_path / "state")
    assert fates(report) == {"delivered": 600}
    assert sandbox.stats()["order_violations"] == 0
    assert sandbox.stats()["max_in_flight_per_user"] == 1
    assert {profile["seq"] for profile in profiles(sandbox).values()} == set(range(580, 600))


def test_order_holds_through_retries(
    sandbox: SandboxThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.stages.sending.retrying.BACKOFF_BASE_SECONDS", 0.001)
    sandbox.set_faults({"error_rate": 0.2, "error_status": 503, "html_502_rate": 0.1})
    sending = SendingConfig(rate=Rate(None), concurrency=16, retries=50)
    source = users(tmp_path / "u.csv", 300, distinct=10)
    report = run(sandbox, source, MAPPING, tmp_path / "state", sending)
    assert fates(report) == {"delivered": 300}
    assert report.retries > 0
    assert report.requests == 300 + report.retries
    assert sandbox.stats()["order_violations"] == 0
    assert {profile["seq"] for profile in profiles(sandbox).values()} == set(range(290, 300))


def test_rows_whose_retries_are_used_up_are_undelivered(
    sandbox: SandboxThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.stages.sending.retrying.BACKOFF_BASE_SECONDS", 0.001)
    sandbox.set_faults({"error_rate": 1.0, "error_status": 500})
    sending = SendingConfig(rate=Rate(None), concurrency=4, retries=2)
    report = run(sandbox, users(tmp_path / "u.csv", 5), MAPPING, tmp_path / "state", sending)
    assert fates(report) == {"undelivered": 5}
    assert report.requests == 15
    assert report.exit == 1
    for row in dead_letter(report):
        assert (row["_code"], row["_http_status"], row["_attempts"]) == ("http-error", "500", "3")


def test_rows_that_the_api_refuses_are_rejected_with_its_words(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    sandbox.set_faults({"fail_200_rate": 0.3})
    report = run(sandbox, users(tmp_path / "u.csv", 100), MAPPING, tmp_path / "state")
    rejected = report.fates[Fate.REJECTED]
    assert fates(report) == {"delivered": 100 - rejected, "rejected": rejected}
    assert rejected == len(dead_letter(report)) > 0
    assert {row["_stage"] for row in dead_letter(report)} == {"sending"}
    delivered = {f"user-{n:05}" for n in range(100)} - {row["id"] for row in dead_letter(report)}
    assert set(profiles(sandbox)) == delivered


def test_a_wrong_key_ends_the_run_and_leaves_every_row_pending(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    target = Target(sandbox.app_id, Secret("wrong-key"), sandbox.base_url)
    config = RunConfig(sending=FAST, state_dir=tmp_path / "state")
    mapping = tmp_path / "m.yaml"
    mapping.write_text(MAPPING)
    report = run_import(users(tmp_path / "u.csv", 5_000), mapping, target, config)
    assert fates(report) == {"pending": 5_000}
    assert report.exit == 3
    assert report.stop is not None
    assert report.stop.code == "credentials"
    assert report.requests <= FAST.concurrency
    assert report.dead_letter is None


def test_a_target_that_never_answers_ends_the_run_and_leaves_every_row_pending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.stages.sending.retrying.BACKOFF_BASE_SECONDS", 0.001)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        config = RunConfig(sending=FAST, state_dir=tmp_path / "state")
        mapping = tmp_path / "m.yaml"
        mapping.write_text(MAPPING)
        source = users(tmp_path / "u.csv", 2_000)
        report = run_import(source, mapping, Target("APP", Secret("key"), url), config)
    assert fates(report) == {"pending": 2_000}
    assert report.exit == 3
    assert report.stop is not None
    assert report.stop.code == "target"
    assert report.dead_letter is None


def test_a_stop_leaves_the_rest_pending_and_finishes_what_is_in_flight(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    stop = StopSignal()

    class StopsAtFifty:
        seen = 0

        def began(self, headline: str, rows: int | None) -> None: ...

        def progressed(self, fate: Fate, rows: int) -> None:
            self.seen += rows
            if self.seen >= 50:
                stop.request(Stop("interrupted", "SIGINT", "", 130))

        def read(self, bytes_read: int, bytes_total: int) -> None: ...

        def paused(self, seconds: float, why: str) -> None: ...

    mapping = tmp_path / "m.yaml"
    mapping.write_text(MAPPING)
    config = RunConfig(sending=FAST, state_dir=tmp_path / "state")
    report = run_import(
        users(tmp_path / "u.csv", 5_000),
        mapping,
        target_of(sandbox),
        config,
        observer=StopsAtFifty(),
        stop=stop,
    )
    assert report.exit == 130
    delivered = report.fates[Fate.DELIVERED]
    assert 50 <= delivered < 5_000
    assert fates(report) == {"delivered": delivered, "pending": 5_000 - delivered}
    assert len(profiles(sandbox)) == delivered


def test_time_is_up_when_max_time_says_so(sandbox: SandboxThread, tmp_path: Path) -> None:
    sandbox.set_faults({"latency_ms": 20})
    sending = SendingConfig(rate=Rate(None), concurrency=1)
    source = users(tmp_path / "u.csv", 5_000)
    report = run(sandbox, source, MAPPING, tmp_path / "s", sending, max_time_seconds=0.1)
    assert report.exit == 4
    assert report.fates[Fate.PENDING] > 0
    assert sum(report.fates.values()) == 5_000


def test_a_429_pauses_everyone_and_loses_nobody(
    sandbox: SandboxThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.stages.sending.retrying.LIMITED_BASE_SECONDS", 0.001)
    sandbox.set_faults({"error_rate": 0.3, "error_status": 429})
    sending = SendingConfig(rate=Rate(None), concurrency=8, retries=50)
    report = run(sandbox, users(tmp_path / "u.csv", 60), MAPPING, tmp_path / "state", sending)
    assert fates(report) == {"delivered": 60}
    assert report.paused_seconds > 0


# --- the quota -----------------------------------------------------------------------------------


def test_an_even_pace_never_meets_the_limit(tmp_path: Path) -> None:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=600)) as sandbox:
        sending = SendingConfig(rate=Rate.parse("600/min"), concurrency=64)
        report = run(sandbox, users(tmp_path / "u.csv", 12), MAPPING, tmp_path / "s", sending)
        assert fates(report) == {"delivered": 12}
        assert report.retries == 0
        times = sorted(request.time for request in sandbox.requests())
        # No burst: twelve requests, eleven gaps of a tenth of a second.
        assert times[-1] - times[0] > 1.0


# --- nothing depends on how the work is cut ------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"block_bytes": 200, "limit": 300},
        {"block_bytes": 4096},
        {"workers": 1, "block_bytes": 20_000},
        {"sending": SendingConfig(rate=Rate(None), concurrency=1)},
        {"sending": SendingConfig(rate=Rate(None), concurrency=256)},
    ],
    ids=str,
)
def test_blocks_workers_and_concurrency_change_nothing(
    root: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    mapping = (root / "mappings/crm_users.yaml").read_text()
    found = []
    for index, chosen in enumerate([{"limit": settings.get("limit")}, settings]):
        with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as sandbox:
            state = tmp_path / str(index)
            report = run(sandbox, root / "sample_data/crm_users.csv", mapping, state, **chosen)
            letter = [{**row, "_run": ""} for row in dead_letter(report)]
            found.append((fates(report), report.warnings, letter, profiles(sandbox)))
    assert found[0] == found[1]


def test_gzip_changes_nothing(sandbox: SandboxThread, tmp_path: Path) -> None:
    plain = users(tmp_path / "u.csv", 50)
    packed = tmp_path / "u.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert fates(run(sandbox, packed, MAPPING, tmp_path / "state")) == {"delivered": 50}
    assert profiles(sandbox)["user-00049"]["name"] == "Näme 49"


def test_a_parquet_made_from_a_csv_leaves_the_same_profiles(tmp_path: Path) -> None:
    source = users(tmp_path / "u.csv", 200, distinct=150)
    parquet.write_table(arrow_csv.read_csv(source), tmp_path / "u.parquet")
    left = []
    for path in (source, tmp_path / "u.parquet"):
        with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as sandbox:
            run(sandbox, path, MAPPING, tmp_path / "state")
            left.append(profiles(sandbox))
    assert left[0] == left[1]


def test_several_files_are_one_run(sandbox: SandboxThread, tmp_path: Path) -> None:
    one, two = users(tmp_path / "one.csv", 5), tmp_path / "two.csv"
    write_csv(two, ["id", "seq", "name"], [("x1", "bad", "n"), ("x2", 9, "n")])
    report = run(sandbox, [one, two], MAPPING, tmp_path / "state")
    assert fates(report) == {"delivered": 6, "invalid": 1}
    (row,) = dead_letter(report)
    assert (row["_file"], row["_row"], row["_line"], row["id"]) == (str(two), "1", "2", "x1")


# --- the dead letter -----------------------------------------------------------------------------


def test_a_mended_dead_letter_can_be_imported_with_the_same_mapping(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    source = tmp_path / "u.csv"
    source.write_bytes('id;seq;name\r\nu1;1;Zoë\r\nu2;two;"Ann; B"\r\n'.encode("cp1252"))
    mapping = MAPPING + 'source: {delimiter: ";", encoding: cp1252}\nunmapped: error\n'
    mapping = mapping.replace("seq: {", "id2: id, seq: {")
    report = run(sandbox, source, mapping, tmp_path / "state")
    assert fates(report) == {"delivered": 1, "invalid": 1}
    assert report.dead_letter is not None
    text = report.dead_letter.read_text(encoding="utf-8-sig")
    assert "Ann; B" in text
    report.dead_letter.write_text(text.replace("two", "2", 1), encoding="utf-8-sig")
    again = run(sandbox, report.dead_letter, mapping, tmp_path / "state")
    assert fates(again) == {"delivered": 1}
    assert profiles(sandbox)["u2"] == {"id2": "u2", "seq": 2, "name": "Ann; B"}


def test_the_dead_letter_has_the_whole_record_of_a_row_that_could_not_be_read(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    source = tmp_path / "u.csv"
    source.write_bytes(b"id,seq,name\nu1,1,a\nu2,2,b,too\\much\nu3,3,\xff\nu4,4,d\n")
    mapping = MAPPING + "source: {encoding: utf-8}\n"
    report = run(sandbox, source, mapping, tmp_path / "state")
    assert fates(report) == {"delivered": 2, "invalid": 2}
    rows = dead_letter(report)
    assert [(row["_row"], row["_line"], row["_code"], row["_raw"]) for row in rows] == [
        ("2", "3", "ragged-row", "u2,2,b,too\\\\much"),
        ("3", "4", "undecodable", "u3,3,\\xff"),
    ]
    assert all(row["id"] == "" for row in rows)


def test_a_dead_letter_that_nobody_mended_loses_no_row(
    sandbox: SandboxThread, root: Path, tmp_path: Path
) -> None:
    mapping = (root / "mappings/crm_users.yaml").read_text()
    first = run(sandbox, root / "sample_data/crm_users.csv", mapping, tmp_path / "state")
    assert first.dead_letter is not None
    again = run(sandbox, first.dead_letter, mapping, tmp_path / "state")
    assert fates(again) == {"invalid": 90}
    raws = [[row["_raw"] for row in dead_letter(report)] for report in (first, again)]
    assert raws[0] == raws[1]


def test_a_row_with_several_faults_stands_once_with_all_of_them(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    source = write_csv(
        tmp_path / "u.csv", ["id", "seq", "name"], [("null", "x", "n"), ("u2", 2, "n")]
    )
    (row,) = dead_letter(run(sandbox, source, MAPPING, tmp_path / "state"))
    assert row["_code"] == "not-integer; id-banned"
    assert row["_column"] == "seq; id"
    assert row["_stage"] == "coercing; enforcing"


def test_a_dead_letter_that_a_person_changed_is_not_overwritten(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    source = write_csv(tmp_path / "u.csv", ["id", "seq", "name"], [("u1", "x", "n")])
    asked = tmp_path / "failed.csv"
    first = run(sandbox, source, MAPPING, tmp_path / "state", dead_letter=asked)
    second = run(sandbox, source, MAPPING, tmp_path / "state", dead_letter=asked)
    assert first.dead_letter == second.dead_letter == asked
    asked.write_text("my repairs", encoding="utf-8")
    third = run(sandbox, source, MAPPING, tmp_path / "state", dead_letter=asked)
    assert asked.read_text(encoding="utf-8") == "my repairs"
    assert third.dead_letter == tmp_path / f"failed-{third.run}.csv"


def test_a_dead_letter_that_no_workbook_can_hold_is_told_and_kept_as_csv(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    long = "x" * 40_000
    source = write_csv(
        tmp_path / "u.csv", ["id", "seq", "name"], [("u1", 1, "a"), ("u2", "-", long)]
    )
    report = run(sandbox, source, MAPPING, tmp_path, dead_letter=tmp_path / "d.xlsx")
    assert report.exit == 3
    assert report.stop is not None
    assert "no workbook can hold" in report.stop.message
    assert fates(report) == {"delivered": 1, "invalid": 1}
    assert [row["name"] for row in dead_letter(report)] == [long]
    assert not (tmp_path / "d.xlsx").exists()
    assert report.next.startswith(f"moengage-import retry {report.run}")


def test_an_asked_dead_letter_is_there_even_when_every_row_made_it(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    source = users(tmp_path / "u.csv", 3)
    report = run(sandbox, source, MAPPING, tmp_path / "s", dead_letter=tmp_path / "failed.csv")
    assert report.dead_letter is None
    header = (tmp_path / "failed.csv").read_text(encoding="utf-8-sig")
    assert header.startswith("id,seq,name,_run,")
    assert header.count("\n") == 1


# --- trouble here at home ------------------------------------------------------------------------


def test_a_full_disk_ends_the_run_with_every_row_accounted_for(
    sandbox: SandboxThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Journal, row: object) -> None:
        raise refused(self.path, OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(Journal, "write", full)
    sandbox.set_faults({"fail_200_rate": 0.2})
    report = run(sandbox, users(tmp_path / "u.csv", 500), MAPPING, tmp_path / "state")
    assert report.exit == 3
    assert report.stop is not None
    assert "No space left on device" in report.stop.message
    assert sum(report.fates.values()) == 500


def test_a_source_that_grows_meanwhile_is_noticed(
    sandbox: SandboxThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Source, "count_rows", lambda self, limit=None: 9)
    report = run(sandbox, users(tmp_path / "u.csv", 10), MAPPING, tmp_path / "state")
    assert report.exit == 3
    assert report.stop is not None
    assert report.stop.code == "source-changed"


# --- P6 and the library --------------------------------------------------------------------------


def test_the_key_is_in_no_file_and_in_no_repr(sandbox: SandboxThread, tmp_path: Path) -> None:
    report = run(sandbox, users(tmp_path / "u.csv", 5), MAPPING, tmp_path / "state")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    for path in files:
        assert sandbox.api_key.encode() not in path.read_bytes()
    assert sandbox.api_key not in repr(report) + repr(target_of(sandbox)) + str(report.as_dict())


def test_what_a_run_leaves_is_for_its_owner_alone(sandbox: SandboxThread, tmp_path: Path) -> None:
    source = write_csv(
        tmp_path / "u.csv", ["id", "seq", "name"], [("u1", "x", "n"), ("u2", 1, "n")]
    )
    report = run(sandbox, source, MAPPING, tmp_path / "state")
    left = list((tmp_path / "state").rglob("*"))
    names = {path.name for path in left if path.is_file()}
    assert names >= {"dead_letter.csv", "report.json", "journal.jsonl", "options.json"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in left)
    assert report.folder is not None
    assert json.loads((report.folder / "report.json").read_text())["fates"]["invalid"] == 1


def test_the_library_prints_nothing_and_leaves_signals_alone(
    sandbox: SandboxThread, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    run(sandbox, users(tmp_path / "u.csv", 5), MAPPING, tmp_path / "state")
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert capfd.readouterr() == ("", "")


async def test_the_library_works_where_a_loop_is_running(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    report = run(sandbox, users(tmp_path / "u.csv", 5), MAPPING, tmp_path / "state")
    assert fates(report) == {"delivered": 5}


def test_a_check_sends_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    source = write_csv(
        tmp_path / "u.csv", ["id", "seq", "name"], [("u1", "x", "n"), ("u2", 1, "n")]
    )
    (tmp_path / "m.yaml").write_text(MAPPING)
    before = set(tmp_path.iterdir())
    report = check_source(source, tmp_path / "m.yaml", RunConfig(state_dir=tmp_path / "state"))
    assert fates(report) == {"invalid": 1, "pending": 1}
    assert (report.sent, report.exit) == (False, 1)
    assert set(tmp_path.iterdir()) == before
