"""Puts the commands together, and turns whatever goes wrong into one message and an exit code."""

from __future__ import annotations

import gc
import json
import os
import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from importer.cli import (
    asking,
    checking,
    looking,
    mappings,
    past,
    planning,
    previewing,
    proposing,
    remembering,
    resuming,
    retrying,
    running,
    serving,
    verifying,
)
from importer.cli.patient_output import be_patient, output_was_lost
from importer.errors import ImporterError, Problem, StateError

_NAME = "moengage-import"

app = typer.Typer(
    name=_NAME,
    help="Import users from CSV and Parquet files into MoEngage, with every row accounted for.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: moengage-import init users.csv",
)

_PREPARE, _SEND, _LOOK, _HELP = "Prepare", "Send", "Look", "Help"


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"{_NAME} {version('moengage-importer')}")
        raise typer.Exit


@app.callback()
def _everything(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None: ...


app.command("init", rich_help_panel=_PREPARE)(proposing.init)
app.command("preview", rich_help_panel=_PREPARE)(previewing.preview)
app.command("check", rich_help_panel=_PREPARE)(checking.check)
app.command("plan", rich_help_panel=_PREPARE)(planning.plan)
app.command("run", rich_help_panel=_SEND)(running.run)
app.command("resume", rich_help_panel=_SEND)(resuming.resume)
app.command("retry", rich_help_panel=_SEND)(retrying.retry)
app.add_typer(past.runs_app, name="runs", rich_help_panel=_LOOK)
app.command("why", rich_help_panel=_LOOK)(asking.why)
app.command("verify", rich_help_panel=_LOOK)(verifying.verify)
app.add_typer(remembering.memory_app, name="memory", rich_help_panel=_LOOK)
app.command("ping", rich_help_panel=_HELP)(looking.ping)
app.command("attributes", rich_help_panel=_HELP)(looking.attributes)
app.command("rules", rich_help_panel=_HELP)(looking.rules)
app.add_typer(mappings.app, name="mapping", rich_help_panel=_HELP)
app.command("sandbox", rich_help_panel=_HELP)(serving.sandbox)


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Loading pandas and Arrow makes a million objects that live to the end: looking through them
    # again and again would cost more than a small file does.  The commands go on by ready().
    gc.disable()
    be_patient()
    code = _run(sys.argv[1:])
    if output_was_lost() and code == 0:
        code = _fail((_lost_output(),), StateError.exit_code, as_json=False)
    sys.stdout.flush()
    sys.stderr.flush()
    # Every file is closed by now.  Taking the libraries apart would only cost a fifth of a second.
    os._exit(code)


def _run(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    try:
        # Not app(...): that would turn Ctrl-C into a bare exit code, without a word.
        command = typer.main.get_command(app)
        with command.make_context(_NAME, arguments or ["--help"]) as context:
            result = command.invoke(context)
    except typer.Exit as leaving:
        return leaving.exit_code
    except TyperException as error:
        return _fail((_call_problem(error),), 2, as_json)
    except ImporterError as error:
        return _fail(error.problems, error.exit_code, as_json)
    except (KeyboardInterrupt, typer.Abort):
        return _fail((_interrupted(),), 130, as_json)
    except Exception as error:
        # The last door: a person must not see a traceback.
        if os.environ.get("MOENGAGE_IMPORT_TRACEBACK"):
            raise
        return _fail((_defect(error),), 70, as_json)
    return result if isinstance(result, int) else 0


def _fail(problems: tuple[Problem, ...], exit_code: int, as_json: bool) -> int:
    if as_json:
        content: dict[str, Any] = {"exit": exit_code, "error": problems[0].as_dict()}
        if len(problems) > 1:
            content["errors"] = [problem.as_dict() for problem in problems]
        print(json.dumps(content, ensure_ascii=False))
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return exit_code


def _call_problem(error: TyperException) -> Problem:
    context = getattr(error, "ctx", None)
    name = context.command_path if context else _NAME
    expected = context.get_usage().removeprefix("Usage: ") if context else "a valid call"
    return Problem(name, error.format_message().rstrip("."), expected, f"see `{name} --help`")


def _lost_output() -> Problem:
    return Problem(
        "standard output",
        "a write that failed",
        "a terminal, or a file with room",
        "free space; what the command did is done, only its output is lost",
    )


def _interrupted() -> Problem:
    return Problem(_NAME, "an interruption", "time to finish", "run it again")


def _defect(error: Exception) -> Problem:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    spot = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
    return Problem(
        spot,
        f"{type(error).__name__} that nobody foresaw",
        "no such thing",
        "this is a defect of the program: run again with MOENGAGE_IMPORT_TRACEBACK=1 and report it",
    )
