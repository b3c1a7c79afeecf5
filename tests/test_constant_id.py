from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from importer.check import check_source
from importer.config import RunConfig, Secret, SendingConfig, Target
from importer.constant_id import require_several_users
from importer.errors import MappingError
from importer.job import open_job
from importer.run import run_import
from importer.sandbox import SandboxThread

MAPPING = "mapping: 1\ncustomer_id: id\nattributes: {city: city}\n"


def require(
    folder: Path, rows: Iterable[tuple[str, str]], more: str = "", **settings: object
) -> None:
    (folder / "m.yaml").write_text(MAPPING + more)
    lines = "".join(f"{user},{city}\n" for user, city in rows)
    (folder / "u.csv").write_text("id,city\n" + lines)
    config = replace(RunConfig(), **settings)  # type: ignore[arg-type]
    require_several_users(open_job(folder / "u.csv", folder / "m.yaml", config), config)


SAME = [("user-1", "Pune")]


@pytest.mark.parametrize("count", [10, 99, 100, 101, 1000])
def test_a_source_of_one_user_is_refused_whatever_its_length(tmp_path: Path, count: int) -> None:
    with pytest.raises(MappingError, match=f"all of the first {count:,} rows") as caught:
        require(tmp_path, SAME * count)
    assert "m.yaml:2:" in caught.value.problem.place
    assert "[id-constant]" in str(caught.value)
    assert "user-1" not in str(caught.value)


@pytest.mark.parametrize(
    "rows",
    [
        SAME * 9,
        [*SAME * 10, ("user-2", "Pune")],
        [*SAME * 5000, ("user-2", "Pune")],
        [("", "Pune")] * 20,
        [(f"user-{n}", "Pune") for n in range(200)],
    ],
    ids=["few rows", "a second user", "a second user far below", "no ids", "many users"],
)
def test_other_sources_pass(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    require(tmp_path, rows)


def test_rows_that_are_left_out_do_not_count(tmp_path: Path) -> None:
    rows = [*SAME * 50, *((f"user-{n}", "Goa") for n in range(60))]
    require(tmp_path, rows)
    with pytest.raises(MappingError, match="first 50 rows"):
        require(tmp_path, rows, "where: {city: [Pune]}\n")
    late = [*SAME * 50, *[("x", "Goa")] * 100, ("user-2", "Pune")]
    require(tmp_path, late, "where: {city: [Pune]}\n")
    with pytest.raises(MappingError, match="first 50 rows"):
        require(tmp_path, rows, limit=50)
    require(tmp_path, rows, limit=9)


def test_whoever_asks_for_one_user_gets_one(tmp_path: Path) -> None:
    require(tmp_path, SAME * 20, only=frozenset({"user-1"}))


def test_the_rule_can_be_switched_off(tmp_path: Path) -> None:
    require(tmp_path, SAME * 20, "rules: {id-constant: off}\n")


def test_neither_a_check_nor_a_run_goes_on(tmp_path: Path) -> None:
    with pytest.raises(MappingError):
        require(tmp_path, SAME * 20)
    with pytest.raises(MappingError, match="id-constant"):
        check_source(tmp_path / "u.csv", tmp_path / "m.yaml")
    with SandboxThread() as sandbox:
        target = Target(sandbox.app_id, Secret(sandbox.api_key), sandbox.base_url)
        config = RunConfig(state_dir=tmp_path / "state", sending=SendingConfig())
        with pytest.raises(MappingError, match="id-constant"):
            run_import(tmp_path / "u.csv", tmp_path / "m.yaml", target, config)
        assert sandbox.requests() == []
    assert not (tmp_path / "state").exists()
