"""Names the one command that a person will most likely want next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from importer.amounts import Rate
from importer.config import STATE_DIR, RunConfig, SendingConfig
from importer.records import SourceOptions, Stop

_USUAL = SendingConfig()


def command(verb: str, sources: Sequence[str], mapping: str, *flags: str) -> str:
    """Write a command line that can be pasted into a shell."""
    return _words(verb, *sources, "--mapping", mapping, *flags)


def _words(*words: str) -> str:
    return " ".join(map(shlex.quote, ("moengage-import", *words)))


def kept_flags(config: RunConfig) -> tuple[str, ...]:
    """Give the flags without which the next command would do more than this one did."""
    flags = [*config.again]
    if config.update_existing_only is not None:
        flags.append("--update-existing-only" if config.update_existing_only else "--create-users")
    if config.only_changed:
        flags.append("--only-changed")
    if config.only is not None:
        # Ids are people's data, and a hint may end in a log: the file is for the person to name.
        flags += ["--only", "@FILE"]
    if config.allow_failures.amount:
        flags += ["--allow-failures", str(config.allow_failures)]
    if config.sending.rate != Rate():
        flags += ["--rate", str(config.sending.rate)]
    if config.sending.concurrency != _USUAL.concurrency:
        flags += ["--concurrency", str(config.sending.concurrency)]
    return (*flags, *state_flags(config.state_dir))


def state_flags(state_dir: Path) -> tuple[str, ...]:
    """Give the flag that names the state folder, where it is not the usual one."""
    if state_dir.absolute() == STATE_DIR.absolute():
        return ()
    return ("--state-dir", str(state_dir))


def about_runs(verb: str, state_dir: Path, *more: str) -> str:
    """Write a command line about runs of this state folder: `resume ID`, `runs show ID` ..."""
    words = [*verb.split(" "), *more, *state_flags(state_dir)]
    return " ".join(["moengage-import", *map(shlex.quote, words)])


def piped(line: str) -> str:
    """Write a command line whose source comes through a pipe, as a person would type it."""
    return f"... | {line}"


def in_state_dir(line: str, state_dir: Path) -> str:
    """Write a command line of an earlier day so that it means this state folder."""
    words = shlex.split(line)
    if "--state-dir" in words:
        at = words.index("--state-dir")
        words[at : at + 2] = state_flags(state_dir)
    elif "preview" not in words[1:2]:
        words += state_flags(state_dir)
    return " ".join(map(shlex.quote, words))


_WORDS = {"\t": "tab", "\n": "lf", "\r\n": "crlf", "\r": "cr", "": "none"}
_CHOICES = {
    "rename_columns": ("--rename-columns", "--refuse-columns"),
    "trailing_delimiter": ("--trailing-delimiter", "--no-trailing-delimiter"),
}
_TEXTS = ("encoding", "delimiter", "quote", "escape", "comment", "line_end", "skip_lines", "header")


def reading_flags(options: SourceOptions) -> list[str]:
    """Write the flags that say again how the source is written."""
    flags: list[str] = []
    for name in _TEXTS:
        value = getattr(options, name)
        if value is not None:
            text = "none" if (name, value) == ("header", 0) else str(value)
            text = _WORDS.get(text, text.replace("\r", "\\r").replace("\n", "\\n"))
            flags += (f"--{name.replace('_', '-')}", text)
    for name, (yes, no) in _CHOICES.items():
        value = getattr(options, name)
        if value is not None:
            flags.append(yes if value else no)
    return flags


def after_run(
    sources: Sequence[str],
    mapping: str,
    config: RunConfig,
    *,
    run: str,
    dead_letter: Path | None,
    stop: Stop | None,
    is_retry: bool = False,
    none_taken: bool = False,
    is_settled: bool = False,
) -> str:
    """Give the next command after a run.

    none_taken: `--only` or `where:` left every row out, so that a preview shows what they stand
    against.  is_settled: a resume has nothing to do.
    After a stop the run is resumed; if its source changed, it is begun anew: updates are upserts,
    so a row sent twice does no harm.  After dead letters it sends the mended dead letter, which
    needs no word on how it is written.  What a sandbox took goes to a real workspace next; after
    the first rows of a source come all of them; a run that left nothing to do is looked at.
    """
    flags, reading = kept_flags(config), [*reading_flags(config.source), *_fixes(config.fixes)]
    is_changed = stop is not None and stop.code == "source-changed"
    if stop is not None and not is_changed and not is_settled:
        meant = ("--yes",) if stop.code == "guard" else ()
        return about_runs("resume", config.state_dir, run, *meant)
    if is_changed:
        limit = () if config.limit is None else ("--limit", str(config.limit))
        return command("run", sources, mapping, *reading, *flags, *limit, *_outputs(config))
    if dead_letter is not None:
        own = dead_letter.parent.name == run
        return about_runs("retry", config.state_dir, run if own else str(dead_letter))
    if none_taken:
        return command("preview", sources, mapping, *reading_flags(config.source))
    if is_retry:
        return about_runs("runs show", config.state_dir, run)
    if "--sandbox" in config.again:
        # A sandbox's rate is no rate for a real workspace.
        real = kept_flags(replace(config, sending=_USUAL, again=()))
        return command("run", sources, mapping, *reading, *real)
    if config.limit is not None:
        return command("run", sources, mapping, *reading, *flags)
    return about_runs("runs show", config.state_dir, run)


def _outputs(config: RunConfig) -> list[str]:
    """Write the flags that say where copies of a run's files go."""
    asked = {
        "--dead-letter": config.dead_letter,
        "--report": config.report,
        "--receipt": config.receipt,
    }
    return [word for flag, path in asked.items() if path is not None for word in (flag, str(path))]


def after_check(
    sources: Sequence[str],
    mapping: str,
    *,
    problems: Path | None,
    dead: int,
    stop: Stop | None,
    reading: Sequence[str] = (),
    fixes: Sequence[Path] = (),
    none_taken: bool = False,
) -> str:
    """Give the next command after a check: look at the problems, check them mended, or send.

    fixes: mended problems that were read along.

    problems: where they were written, if anywhere; dead: how many rows have one.
    none_taken: as in `after_run`.
    """
    if none_taken and stop is None:
        return command("preview", sources, mapping, *reading)
    reading = (*reading, *_fixes(fixes))
    if stop is not None:
        return command("check", sources, mapping, *reading)
    if not dead:
        return command("run", sources, mapping, *reading)
    if problems is None:
        path = f"problems{len(fixes) + 1 if fixes else ''}.csv"
        return command("check", sources, mapping, *reading, "--problems", path)
    return command("check", sources, mapping, *reading, *_fixes([problems]))


def after_plan(
    sources: Sequence[str],
    mapping: str,
    config: RunConfig,
    *,
    out: Path | None,
    stop: Stop | None,
) -> str:
    """Give the next command after a plan: the run, held to the plan if it was written."""
    flags = [*reading_flags(config.source), *_fixes(config.fixes), *kept_flags(config)]
    if stop is not None:
        return command("plan", sources, mapping, *flags)
    held = [] if out is None else ["--plan", str(out)]
    return command("run", sources, mapping, *flags, *held)


def _fixes(paths: Sequence[Path]) -> list[str]:
    return [word for path in paths for word in ("--fixes", str(path))]
