from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from importer.cli.summary import summary
from importer.records import Fate, Stop
from importer.stages.reporting import Caution, Reason, RunReport

BAD = Reason("not-email", "E-mail", 1204, "u.csv", 7, 9, "'asha(at)home'", "an address like a@b.cd")
FULL = Reason("connection", "", 1, "u.csv", 3, 4, "no route to host", "check the network")

WARNED = Caution("looks-null", "City", 24, "u.csv", 5, 6, found="NULL")

REPORT = RunReport(
    run="20260131-120000-ab12",
    sources=("u.csv",),
    target="ABC123",
    rows=12_345,
    fates=dict.fromkeys(Fate, 0)
    | {Fate.DELIVERED: 11_140, Fate.INVALID: 1204, Fate.UNDELIVERED: 1},
    sent=True,
    seconds=61.24,
    exit=1,
    next="moengage-import run dead_letter.csv",
    requests=11_146,
    retries=5,
    reasons=(BAD, FULL),
    dead_letter=Path("/s/dead_letter.csv"),
    folder=Path("/s"),
)


def test_the_fates_stand_above_their_sum() -> None:
    lines = summary(REPORT, show_values=False).splitlines()
    assert lines[:5] == [
        "delivered     11,140",
        "invalid        1,204",
        "undelivered        1",
        "              ------",
        "rows          12,345   in 61.2 s, 11,146 requests (5 retries)",
    ]


def test_a_reason_has_its_count_its_place_and_what_was_expected() -> None:
    text = summary(REPORT, show_values=True)
    assert "Why 1,205 rows did not make it:" in text
    assert '  1,204  u.csv row 7 (line 9) column "E-mail"\n' in text
    assert "found 'asha(at)home', expected an address like a@b.cd [not-email]\n" in text


def test_no_cell_is_shown_where_it_may_end_in_a_log() -> None:
    text = summary(REPORT, show_values=False)
    assert "asha" not in text
    assert "expected an address like a@b.cd" in text
    # What the network said is no person's data, and needed to mend things.
    assert "no route to host -> check the network" in text


def test_five_reasons_are_enough_for_one_screen() -> None:
    reasons = tuple(replace(BAD, column=f"column-{n}") for n in range(7))
    text = summary(replace(REPORT, reasons=reasons), show_values=False)
    assert text.count("[not-email]") == 5
    assert "(the 5 commonest reasons; 2 more in the dead letter)" in text


def test_a_stop_comes_first_with_what_to_do() -> None:
    stop = Stop("credentials", "the API answered 401", "check MOENGAGE_API_KEY", 3)
    lines = summary(replace(REPORT, stop=stop), show_values=False).splitlines()
    assert lines[:3] == [
        "Stopped (credentials): the API answered 401",
        "  -> check MOENGAGE_API_KEY",
        "",
    ]


def test_warnings_and_notes_are_told() -> None:
    text = summary(
        replace(REPORT, warnings=(WARNED,), notes=("a note",)),
        show_values=False,
    )
    assert "Warning: 24 times " in text
    assert '[looks-null]\n         first: u.csv row 5 (line 6) column "City": NULL\n' in text
    assert "Note: a note" in text


def test_the_file_of_warnings_stands_under_those_whose_rows_it_lists() -> None:
    left = [replace(WARNED, code="left-out", column=column, found="") for column in ("A", "B")]
    warnings = (replace(WARNED, code="id-case"), *left, WARNED)
    found = replace(REPORT, warnings=warnings, warnings_file=Path("/s/w"))
    lines = summary(found, show_values=False).splitlines()
    places = [place for place, line in enumerate(lines) if line == "         listed in /s/w"]
    assert [lines[place - 1][-11:] for place in places] == [' column "A"', ' column "B"']


def test_a_note_is_told_without_a_warning_too() -> None:
    assert "\nNote: a note\n" in summary(replace(REPORT, notes=("a note",)), show_values=False)


def test_the_end_says_where_things_are_and_what_to_do_next() -> None:
    assert summary(REPORT, show_values=False).splitlines()[-3:] == [
        "Dead letter: /s/dead_letter.csv",
        "Run folder:  /s",
        "Next:        moengage-import run dead_letter.csv",
    ]
    lines = summary(replace(REPORT, dead_letter=None, folder=None), show_values=False).splitlines()
    assert lines[-2:] == ["", "Next:        moengage-import run dead_letter.csv"]
