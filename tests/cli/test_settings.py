from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from importer.amounts import Allowance, Rate
from importer.cli.settings import changed, ids, moment, of_rows, seconds
from importer.config import RunConfig, SendingConfig
from importer.errors import UsageError
from importer.records import SourceOptions

INDIA = timezone(timedelta(hours=5, minutes=30))
NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=INDIA)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, None), ("90s", 90), ("45m", 2700), ("45min", 2700), ("2h", 7200), ("1.5 D", 129600)],
)
def test_a_duration_is_understood(text: str | None, expected: float | None) -> None:
    assert seconds(text, "--max-time") == expected


@pytest.mark.parametrize("text", ["", "90", "soon", "-1s", "1w", "1h30m", "inf s"])
def test_a_duration_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--max-time"):
        seconds(text, "--max-time")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13:00", datetime(2026, 1, 31, 13, 0, tzinfo=INDIA)),
        ("06:30", datetime(2026, 2, 1, 6, 30, tzinfo=INDIA)),
        ("6:30", datetime(2026, 2, 1, 6, 30, tzinfo=INDIA)),
        ("12:00", datetime(2026, 2, 1, 12, 0, tzinfo=INDIA)),
        ("2026-03-01T06:30", datetime(2026, 3, 1, 6, 30, tzinfo=INDIA)),
        ("2026-03-01T06:30Z", datetime(2026, 3, 1, 12, 0, tzinfo=INDIA)),
        (None, None),
    ],
)
def test_a_moment_is_the_next_such_time_of_day_or_a_date_time(
    text: str | None, expected: datetime | None
) -> None:
    assert moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "24:00", "12:60", "tomorrow", "6.30"])
def test_a_moment_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--finish-by"):
        moment(text, NOW)


def test_users_are_named_or_stand_in_a_file(folder: Path) -> None:
    (folder / "ids.txt").write_bytes("\ufeffu2\r\nZoë\n\n 00042 \n".encode())
    assert ids(None) is None
    assert ids([]) == frozenset()
    assert ids(["u1", "@ids.txt"]) == frozenset({"u1", "u2", "Zoë", " 00042 "})


@pytest.mark.parametrize("content", [b"", b"\n\r\n", b"\xef\xbb\xbf"])
def test_no_id_at_all_is_refused(folder: Path, content: bytes) -> None:
    (folder / "ids.txt").write_bytes(content)
    with pytest.raises(UsageError, match=r"--only @ids\.txt: a file without an id"):
        ids(["u1", "@ids.txt"])
    with pytest.raises(UsageError, match="--only '': no id"):
        ids(["u1", ""])


@pytest.mark.parametrize("content", [None, b"\xff\xfeu\x001\x00"])
def test_a_file_of_users_that_cannot_be_read_is_refused(
    folder: Path, content: bytes | None
) -> None:
    if content is not None:
        (folder / "ids.txt").write_bytes(content)
    with pytest.raises(UsageError, match=r"--only @ids\.txt"):
        ids(["@ids.txt"])


def test_what_commands_say_of_rows_are_settings_of_a_run() -> None:
    reading, fixes = SourceOptions(delimiter=";"), [Path("a.csv"), Path("b.csv")]
    assert RunConfig(**of_rows("0", None, None, None, None, None, False, SourceOptions())) == (
        RunConfig()
    )
    assert RunConfig(**of_rows("5%", 9, ["u1"], True, 2, fixes, True, reading)) == RunConfig(
        allow_failures=Allowance.parse("5%"),
        limit=9,
        only=frozenset({"u1"}),
        update_existing_only=True,
        workers=2,
        fixes=tuple(fixes),
        accept_cells=True,
        source=reading,
    )


THEN = RunConfig(
    sending=SendingConfig(Rate.parse("80%"), concurrency=7, retries=2),
    allow_failures=Allowance.parse("3"),
    workers=1,
    limit=4,
)


@pytest.mark.parametrize(
    ("given", "now"),
    [
        ((None, None, None, None), {}),
        (("none", None, None, None), {"sending": replace(THEN.sending, rate=Rate(None))}),
        ((None, 9, None, None), {"sending": replace(THEN.sending, concurrency=9)}),
        ((None, None, "5%", None), {"allow_failures": Allowance.parse("5%")}),
        ((None, None, None, 0), {"workers": 0}),
    ],
)
def test_a_run_that_goes_on_changes_only_what_is_given_again(
    given: tuple[str | None, int | None, str | None, int | None], now: dict[str, Any]
) -> None:
    assert changed(THEN, *given) == replace(THEN, **now)
