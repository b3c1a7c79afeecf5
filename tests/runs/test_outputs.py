from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importer import RunConfig, check_source
from importer.errors import UsageError
from importer.job import open_job
from importer.mapping_file import parse_mapping
from importer.plan.plan import plan_import
from importer.runs.outputs import require_harmless
from importer.sandbox import SandboxConfig, SandboxThread
from tests.journeys import run

MAPPING = "mapping: 1\ncustomer_id: id\nattributes: {name: name}\n"
NO_FOLDER = "a file"
"""What stands where a folder would have to be; even an administrator can write nothing there."""


@pytest.fixture
def users(tmp_path: Path) -> Path:
    (tmp_path / NO_FOLDER).write_text("", encoding="utf-8")
    path = tmp_path / "users.csv"
    path.write_text("id,name\nu1,Asha\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("option", ["dead_letter", "report", "receipt"])
@pytest.mark.parametrize("name", [f"{NO_FOLDER}/out.csv", f"{NO_FOLDER}/new/out.csv", "n" * 300])
def test_a_run_that_cannot_write_what_it_is_asked_for_sends_nothing(
    users: Path, option: str, name: str
) -> None:
    asked: dict[str, Any] = {option: users.parent / name}
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as sandbox:
        with pytest.raises(UsageError, match="where nothing can be written") as refused:
            run(sandbox, users, MAPPING, users.parent / "state", **asked)
        assert sandbox.stats()["requests"] == 0
    problem = refused.value.problem
    assert problem.place == "--" + option.replace("_", "-")
    assert problem.remedy == "name another path"


@pytest.mark.parametrize("option", ["problems", "payloads", "gone", "out"])
def test_a_check_or_a_plan_that_cannot_write_what_it_is_asked_for_does_not_begin(
    users: Path, option: str
) -> None:
    asked: dict[str, Any] = {option: users.parent / NO_FOLDER / "out.csv"}
    mapping = parse_mapping(MAPPING, "m.yaml")
    where = ("APP",) if option in ("gone", "out") else ()
    act: Callable[..., object] = plan_import if where else check_source
    with pytest.raises(UsageError, match=f"--{option}: .* where nothing can be written"):
        act(users, mapping, *where, **asked)


def test_trying_a_path_leaves_nothing_behind(users: Path) -> None:
    before = sorted(users.parent.rglob("*"))
    payloads = users.with_name("p.jsonl")
    job = open_job([str(users)], parse_mapping(MAPPING, "m.yaml"), RunConfig())
    for path in (payloads, users.parent / "new" / "folder" / "out.csv"):
        require_harmless({"--payloads": path}, job, RunConfig())
        assert sorted(users.parent.rglob("*")) == before
    payloads.write_text("kept", encoding="utf-8")
    require_harmless({"--payloads": payloads}, job, RunConfig())
    assert payloads.read_text(encoding="utf-8") == "kept"
    assert sorted(users.parent.rglob("*")) == sorted([*before, payloads])


def test_a_path_that_a_resume_cannot_name_again_stops_it_not(users: Path) -> None:
    job = open_job([str(users)], parse_mapping(MAPPING, "m.yaml"), RunConfig())
    asked = {"--report": users.parent / NO_FOLDER / "report.json"}
    require_harmless(asked, job, RunConfig(), settled=("--report",))
    with pytest.raises(UsageError, match="--report"):
        require_harmless(asked, job, RunConfig())


@pytest.mark.parametrize(
    "path",
    ["ledger.key", "ledger.sqlite", "ledger.sqlite-wal", "runs/r1/journal.jsonl", "../state/lock"],
)
def test_nothing_is_written_where_the_program_keeps_its_own(users: Path, path: str) -> None:
    job = open_job([str(users)], parse_mapping(MAPPING, "m.yaml"), RunConfig())
    state = users.parent / "state"
    with pytest.raises(UsageError, match="which is the program's own"):
        require_harmless({"--report": state / path}, job, RunConfig(state_dir=state))
    for harmless in (users.parent / "report.json", state / "report.json"):
        require_harmless({"--report": harmless}, job, RunConfig(state_dir=state))


def test_two_outputs_do_not_go_to_one_path(users: Path) -> None:
    job = open_job([str(users)], parse_mapping(MAPPING, "m.yaml"), RunConfig())
    asked = {
        "--dead-letter": users.parent / "x.csv",
        "--receipt": users.parent / "new" / ".." / "x.csv",
    }
    with pytest.raises(UsageError, match=r"--dead-letter: .*x\.csv, which --receipt names too"):
        require_harmless(asked, job, RunConfig())
    require_harmless({**asked, "--receipt": users.parent / "y.csv"}, job, RunConfig())
