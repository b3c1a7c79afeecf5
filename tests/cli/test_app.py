"""Every command: its help, its one JSON object, its one clear message."""

from __future__ import annotations

import importlib.metadata
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from importer.cli import app
from importer.sandbox import SandboxThread
from tests.cli.conftest import Call

# typer makes its own Command classes; what matters here are their names and parameters.
TOP: dict[str, Any] = dict(typer.main.get_command(app.app).commands)  # type: ignore[attr-defined] # a group
COMMANDS = {
    name if command is entry else f"{name} {command.name}": command
    for name, entry in TOP.items()
    for command in getattr(entry, "commands", {name: entry}).values()
}

# The names that scripts rely on (README); they are not to disappear.
FLAGS = {
    "run": "--mapping --sandbox --rate --concurrency --retries --timeout --allow-failures --limit "
    "--only --update-existing-only --max-time --finish-by --workers --state-dir --dead-letter "
    "--report --problems --payloads --dry-run --if-unfinished --wait --yes --json --quiet "
    "--only-changed --first-time --refresh-after --force --plan --receipt --fixes --accept-cells",
    "resume": "--source --rate --concurrency --allow-failures --max-time --finish-by --workers "
    "--state-dir --wait --yes --json --quiet",
    "check": "--mapping --problems --payloads --allow-failures --limit --only --workers --json "
    "--update-existing-only --quiet",
    "preview": "--mapping --rows --row --json",
    "plan": "--mapping --sandbox --only-changed --refresh-after --gone --out --rate --state-dir "
    "--json --quiet",
    "init": "--out --overwrite --rows --timezone --region --delimiter --json",
    "memory show": "--state-dir --json",
    "memory clear": "--workspace --mapping --yes --wait --state-dir --json",
    "retry": "--only --accept-cells --force --allow-failures --state-dir --yes --json --quiet",
    "verify": "--sample --show-values --state-dir --json",
    "runs show": "--state-dir --json",
    "runs prune": "--older-than --dry-run --yes --state-dir --json",
    "why": "--run --row --file --all --show-values --state-dir --json",
    "mapping check": "--delimiter --json",
    "mapping test": "--json",
    "mapping schema": "--out --json",
    "mapping convert": "--out --id-column --timezone --list --json",
    "ping": "--json",
    "attributes": "--types --json",
    "rules": "--json",
    "sandbox": "--host --port --db --rate-limit --faults --order-by --app-id --api-key-file --json",
}


def test_every_command_is_listed_in_the_help(call: Call) -> None:
    for words in ([], ["--help"], ["-h"]):
        said = call(*words)
        assert said.exit == 0
        assert all(f" {name} " in said.out for name in TOP)
    assert set(COMMANDS) == set(FLAGS)


@pytest.mark.parametrize("name", FLAGS)
def test_the_help_of_a_command_names_every_flag(call: Call, name: str) -> None:
    said = call(*name.split(), "--help")
    assert said.exit == 0
    shown = [param for param in COMMANDS[name].params if not getattr(param, "hidden", False)]
    flags = {flag for param in shown for flag in param.opts if flag.startswith("--")}
    assert flags >= set(FLAGS[name].split())
    assert [flag for flag in flags if flag not in said.out] == []
    assert all(param.help for param in shown)
    # What stands in brackets would be taken for markup, and not be shown.
    assert [param.help for param in shown if re.search(r"(?<!\\)\[", param.help)] == []


def test_the_version_is_that_of_the_package(call: Call) -> None:
    assert call("--version").out == (
        f"moengage-import {importlib.metadata.version('moengage-importer')}\n"
    )


def test_the_help_does_not_load_what_a_run_needs() -> None:
    code = (
        "import sys; from importer.cli import app; app._run(['run', '--help']);"
        "print([m for m in ('pandas', 'pyarrow', 'pandera', 'aiohttp') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# --- one JSON object ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "exit_code", "keys"),
    [
        ("check u.csv -m m.yaml --json", 1, {"fates", "rows", "next", "exit"}),
        ("run u.csv -m m.yaml --json", 1, {"run", "fates", "next", "exit"}),
        ("run u.csv -m m.yaml --allow-failures 1 --json", 0, {"run", "fates", "next", "exit"}),
        ("run u.csv -m m.yaml --dry-run --json", 1, {"fates", "sent", "next", "exit"}),
        ("preview u.csv -m m.yaml --json", 0, {"rows", "next", "exit"}),
        ("ping --json", 0, {"ok", "next", "exit"}),
        ("attributes --json", 0, {"attributes", "next", "exit"}),
        ("attributes --types --json", 0, {"types", "next", "exit"}),
        ("rules --json", 0, {"rules", "next", "exit"}),
        ("rules id-blank --json", 0, {"rules", "next", "exit"}),
        ("check nofile.csv -m m.yaml --json", 2, {"error", "exit"}),
        ("run nofile.csv -m m.yaml --json", 2, {"error", "exit"}),
        ("preview nofile.csv -m m.yaml --json", 2, {"error", "exit"}),
        ("rules no-such --json", 2, {"error", "exit"}),
        ("sandbox --faults nofile.json --json", 2, {"error", "exit"}),
        ("sandbox --host nowhere.invalid --json", 2, {"error", "exit"}),
        ("nonsense --json", 2, {"error", "exit"}),
        ("run --json", 2, {"error", "exit"}),
        ("attributes --no-such-flag --json", 2, {"error", "exit"}),
    ],
)
def test_every_command_prints_exactly_one_json_object(
    call: Call, users: str, target: SandboxThread, line: str, exit_code: int, keys: set[str]
) -> None:
    said = call(*line.split())
    assert said.exit == said.json["exit"] == exit_code
    assert said.json.keys() >= keys
    if "next" in keys:
        assert said.json["next"].startswith("moengage-import ")
    if "error" in keys:
        assert said.json["error"].keys() == {"place", "found", "expected", "remedy"}
        assert all(said.json["error"].values())


@pytest.mark.parametrize(
    "line", ["check u.csv -m m.yaml", "run u.csv -m m.yaml", "preview u.csv -m m.yaml", "ping"]
)
def test_every_command_ends_with_the_one_likely_next_command(
    call: Call, users: str, target: SandboxThread, line: str
) -> None:
    last = call(*line.split()).out.rstrip().splitlines()[-1]
    assert last.startswith("Next: ")
    assert "moengage-import " in last


def test_the_next_command_can_be_called_as_it_stands(call: Call, users: str) -> None:
    following = shlex.split(call("check", users, "-m", "m.yaml", "--json").json["next"])
    said = call(*following[1:], "--json")
    assert said.json["dead_letter"] == "problems.csv"
    # The mended rows stand in the source's place for their own, so all are read again.
    assert "--fixes problems.csv" in said.json["next"]
    assert call(*shlex.split(said.json["next"])[1:], "--json").json["rows"] == 3


# --- bad input ---------------------------------------------------------------------------------

MAP = "mapping: 1\ncustomer_id: id\n"
SEQ = MAP + "attributes: {seq: seq}\n"
RUN = "run u.csv --mapping m.yaml"

# what is wrong: (files beside u.csv, the call, environment) -> place, found, expected, remedy
BAD: dict[str, tuple[dict[str, str], str, dict[str, str], tuple[str, str, str, str]]] = {
    "no such file": (
        {},
        "run nofile.csv --mapping m.yaml",
        {},
        ("nofile.csv", "no such file", "a file", "check the spelling"),
    ),
    "an HTML page named .parquet": (
        {"page.parquet": "<!DOCTYPE html><html><body>Log in</body></html>"},
        "run page.parquet --mapping m.yaml",
        {},
        ("page.parquet", "an HTML page, which is not a Parquet file", "Parquet", "export"),
    ),
    "an empty file": (
        {"empty.csv": ""},
        "run empty.csv --mapping m.yaml",
        {},
        ("empty.csv", "an empty file", "a header and rows", "export the table again"),
    ),
    "a header alone": (
        {"header.csv": "id,seq,name\n"},
        "run header.csv --mapping m.yaml",
        {},
        ("header.csv", "a header and no rows", "at least one row", "export"),
    ),
    "a folder without tables": (
        {"inner/readme.txt": "x"},
        "run inner --mapping m.yaml",
        {},
        ("inner", "a folder without tables", "a", "name"),
    ),
    "a missing column": (
        {"m.yaml": MAP + "attributes:\n  seq: seqq\n"},
        RUN,
        {},
        ("m.yaml:4:8", 'column "seqq", which u.csv does not have', "id, seq", 'mean "seq"?'),
    ),
    "an unknown key": (
        {"m.yaml": MAP + "atributes: {seq: seq}\n"},
        RUN,
        {},
        ("m.yaml:3:1", "unknown key `atributes`", "attributes", "did you mean `attributes`?"),
    ),
    "an unknown key of an attribute": (
        {"m.yaml": MAP + "attributes:\n  seq: {column: seq, tipe: integer}\n"},
        RUN,
        {},
        ("m.yaml:4:22", "unknown key `tipe` in `attributes.seq`", "type", "mean `type`?"),
    ),
    "an unknown type": (
        {"m.yaml": MAP + "attributes:\n  seq: {column: seq, type: integre}\n"},
        RUN,
        {},
        ("m.yaml:4:28", "unknown type `integre`", "integer", "did you mean `integer`?"),
    ),
    "two attributes of one name": (
        {"m.yaml": MAP + "attributes:\n  seq: seq\n  seq: name\n"},
        RUN,
        {},
        ("m.yaml:5:3", "'seq' for the second time (the first is on line 4)", "once", "remove"),
    ),
    **{
        f"the blocked name {name!r}": (
            {"m.yaml": MAP + f"attributes:\n  '{name}': seq\n"},
            RUN,
            {},
            ("m.yaml:4:3", f"the attribute name `{name}`", "[name-blocked]", "another name"),
        )
        for name in ("id", "_id", "")
    },
    "a word that `duplicates:` does not know": (
        {"m.yaml": SEQ + "duplicates: latest\n"},
        RUN,
        {},
        ("m.yaml:4:13", "`latest`", "each, last, first, merge, invalid", "did you mean `last`?"),
    ),
    "a mapping of another workspace": (
        {"m.yaml": SEQ + "target: {app_id: OTHER}\n"},
        RUN,
        {},
        ("m.yaml", "the workspace OTHER, but MOENGAGE_APP_ID is SANDBOX", "`target:`", "set MOEN"),
    ),
    "a mapping that is a folder": (
        {"inner/readme.txt": "x"},
        "run u.csv --mapping inner",
        {},
        ("inner", "cannot be read (Is a directory)", "a mapping file", "check the path"),
    ),
    "no such mapping": (
        {},
        "run u.csv --mapping nomap.yaml",
        {},
        ("nomap.yaml", "no such file", "a mapping file", "--mapping"),
    ),
    "an empty mapping": (
        {"m.yaml": ""},
        RUN,
        {},
        ("m.yaml", "an empty file", "`mapping: 1`", "mappings/minimal.yaml"),
    ),
    "no credentials": (
        {},
        RUN,
        {"MOENGAGE_APP_ID": "", "MOENGAGE_API_KEY": "", "MOENGAGE_BASE_URL": ""},
        (
            "the target",
            "MOENGAGE_APP_ID, MOENGAGE_API_KEY, MOENGAGE_DATA_CENTER not set",
            "MOENGAGE_API_KEY_FILE",
            "--sandbox",
        ),
    ),
    "a key file that is not there": (
        {},
        RUN,
        {"MOENGAGE_API_KEY": "", "MOENGAGE_API_KEY_FILE": "nokey"},
        ("MOENGAGE_API_KEY_FILE", "nokey, which cannot be read", "the API key", "check the path"),
    ),
    "plain http to another machine": (
        {},
        RUN,
        {"MOENGAGE_BASE_URL": "http://api-03.moengage.com"},
        ("MOENGAGE_BASE_URL", "plain http to api-03.moengage.com", "https", "write https://"),
    ),
    "an unknown data centre": (
        {},
        RUN,
        {"MOENGAGE_BASE_URL": "", "MOENGAGE_DATA_CENTER": "77"},
        ("MOENGAGE_DATA_CENTER", "'77'", "the dashboard's URL", "dashboard-03"),
    ),
    "an unknown command": (
        {},
        "nonsense",
        {},
        ("moengage-import", "No such command 'nonsense'", "COMMAND", "--help"),
    ),
    "a command that is nearly right": (
        {},
        "chek u.csv --mapping m.yaml",
        {},
        ("moengage-import", "'chek'. Did you mean 'check'?", "COMMAND", "--help"),
    ),
    "a missing argument": (
        {},
        "run --mapping m.yaml",
        {},
        ("moengage-import run", "Missing argument 'SOURCE'", "SOURCE", "run --help"),
    ),
    "a missing mapping": (
        {},
        "run u.csv",
        {},
        ("moengage-import run", "Missing option '--mapping'", "SOURCE", "run --help"),
    ),
    "an unknown flag": (
        {},
        f"{RUN} --no-such-flag",
        {},
        ("moengage-import run", "--no-such-flag", "[OPTIONS]", "run --help"),
    ),
    "a number that is none": (
        {},
        f"{RUN} --limit x",
        {},
        ("moengage-import run", "'--limit'", "[OPTIONS]", "run --help"),
    ),
    "no users a minute": (
        {},
        f"{RUN} --rate 0/min",
        {},
        ("--rate", "'0/min'", "a number above 0", "leave --rate away"),
    ),
    "a rate without a unit": (
        {},
        f"{RUN} --rate 100",
        {},
        ("--rate", "'100'", "with its unit", "leave --rate away"),
    ),
    "no requests in flight": (
        {},
        f"{RUN} --concurrency 0",
        {},
        ("--concurrency", "0", "1 to 100,000", "leave --concurrency away"),
    ),
    "more rows than there can be": (
        {},
        f"{RUN} --limit 99999999999999999999",
        {},
        ("--limit", "99999999999999999999", "0 to 1,099,511,627,776 rows", "leave --limit away"),
    ),
    "more tries than anybody means": (
        {},
        f"{RUN} --retries 99999999999999999999",
        {},
        ("--retries", "99999999999999999999", "0 to 1,000,000", "leave --retries away"),
    ),
    "a time that is none": (
        {},
        f"{RUN} --max-time soon",
        {},
        ("--max-time", "'soon'", "90s, 45m or 2h", "correct it"),
    ),
    "an hour that is none": (
        {},
        f"{RUN} --finish-by 25:00",
        {},
        ("--finish-by", "'25:00'", "06:30", "correct it"),
    ),
    "a list of users that is not there": (
        {},
        f"{RUN} --only @nofile",
        {},
        ("--only @nofile", "cannot be read (No such file", "one id a line", "check the path"),
    ),
    "a sandbox's pace that is none": (
        {},
        "sandbox --rate-limit abc",
        {},
        ("--rate-limit", "'abc'", "its unit", "leave --rate-limit away"),
    ),
    "source and mapping swapped": (
        {},
        "check m.yaml --mapping u.csv",
        {},
        ("u.csv", "looks like a table", "a mapping file", "swapped"),
    ),
    "problems of a run that sends": (
        {},
        f"{RUN} --problems p.csv",
        {},
        ("--problems", "on a run that sends", "--dry-run", "moengage-import check"),
    ),
    "a pattern that cannot run": (
        {"m.yaml": MAP + "attributes:\n  seq: {column: seq, check: {str_matches: '(?=x)'}}\n"},
        RUN,
        {},
        ("m.yaml:4:43", "str_matches", "an argument that fits", "correct the `check:`"),
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_gets_one_clear_message_and_nothing_is_sent(
    call: Call,
    users: str,
    target: SandboxThread,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    files, line, environment, parts = BAD[what]
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    before = target.stats()["requests"]

    said = call(*shlex.split(line), "--json")

    assert said.exit == said.json["exit"] == 2
    error = said.json["error"]
    assert error["place"] == parts[0]
    for key, part in zip(("found", "expected", "remedy"), parts[1:], strict=True):
        assert part in error[key], key
    assert "errors" not in said.json
    assert said.err.count("error: ") == 1
    assert "Traceback" not in said.err
    assert target.stats()["requests"] == before
    assert not (folder / ".moengage-import").exists()


@pytest.mark.parametrize(
    ("unreadable", "found"),
    [("u.csv", "no permission to read it"), ("m.yaml", "cannot be read (Permission denied)")],
)
def test_a_file_that_may_not_be_read_is_said_to_be_so(
    call: Call,
    users: str,
    target: SandboxThread,
    monkeypatch: pytest.MonkeyPatch,
    unreadable: str,
    found: str,
) -> None:
    # Permissions do not hold root back, so the system's answer is made up.
    def refusing(path: Any, *rest: Any, **more: Any) -> Any:
        if str(path).endswith(unreadable):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **more)

    opened = open
    monkeypatch.setattr("builtins.open", refusing)
    monkeypatch.setattr("io.open", refusing)
    said = call(*RUN.split(), "--json")
    assert said.exit == 2
    assert said.json["error"]["place"] == unreadable
    assert found in said.json["error"]["found"]


def test_several_problems_of_a_mapping_are_told_at_once(
    call: Call, users: str, target: SandboxThread
) -> None:
    Path("m.yaml").write_text(MAP + "attributes: {a: seqq, b: nam}\n")
    said = call(*RUN.split(), "--json")
    assert [error["place"] for error in said.json["errors"]] == ["m.yaml:3:17", "m.yaml:3:26"]
    assert said.err.count("error: ") == 2


# --- the last door -----------------------------------------------------------------------------


def test_a_defect_of_ours_is_exit_70_without_a_traceback(
    call: Call, users: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("asha@example.com")

    monkeypatch.setattr("importer.check.check_job", broken)
    said = call("check", users, "-m", "m.yaml", "--json")
    assert said.exit == said.json["exit"] == 70
    assert "KeyError" in said.json["error"]["found"]
    assert "test_app.py:" in said.json["error"]["place"]
    assert "Traceback" not in said.err
    # What an exception says may be a person's data.
    assert "asha" not in said.out + said.err


def test_whoever_mends_the_program_can_ask_for_the_traceback(
    call: Call, users: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("importer.check.check_job", broken)
    monkeypatch.setenv("MOENGAGE_IMPORT_TRACEBACK", "1")
    with pytest.raises(KeyError):
        call("check", users, "-m", "m.yaml")
