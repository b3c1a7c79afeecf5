from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from importer.errors import StateError
from importer.stages.recording import database, open_for_reading
from importer.stages.recording.database import open_for_writing
from importer.stages.recording.schema import MIGRATIONS


@pytest.mark.parametrize("steps", range(len(MIGRATIONS)))
def test_a_ledger_is_brought_up_to_date_in_all_steps_or_in_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """A step that fails stands for a disk that is full by then."""
    with monkeypatch.context() as broken:
        broken.setattr(database, "MIGRATIONS", (*MIGRATIONS[:steps], "no such step"))
        with pytest.raises(StateError):
            open_for_writing(tmp_path)
    assert open_for_reading(tmp_path) is None
    open_for_writing(tmp_path).close()
    connection = open_for_reading(tmp_path)
    assert connection is not None
    with closing(connection):
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_ledger_keeps_its_runs_when_it_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    with monkeypatch.context() as older:
        older.setattr(database, "MIGRATIONS", MIGRATIONS[:version])
        with closing(open_for_writing(tmp_path)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    with pytest.raises(StateError, match=f"a ledger of version {version}"):
        open_for_reading(tmp_path)
    with closing(open_for_writing(tmp_path)) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
