"""Names the one command that a person will most likely want next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from importer.records import SourceOptions, Stop


def command(verb: str, sources: Sequence[str], mapping: str, *flags: str) -> str:
    """Write a command line that can be pasted into a shell."""
    words = ["moengage-import", verb, *sources, "--mapping", mapping, *flags]
    return " ".join(shlex.quote(word) for word in words)


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
    *,
    dead_letter: Path | None,
    stop: Stop | None,
    is_local: bool,
    reading: Sequence[str] = (),
) -> str:
    """Give the next command after a run.

    After a stop it is the same command again: updates are upserts, so a row sent twice does no
    harm.  After dead letters it sends the mended dead letter.
    """
    flags = (*reading, "--sandbox") if is_local else tuple(reading)
    if stop is not None:
        return command("run", sources, mapping, *flags)
    if dead_letter is not None:
        return command("run", [str(dead_letter)], mapping, *flags)
    if is_local:
        return command("run", sources, mapping, *reading)
    return command("check", sources, mapping, *reading)


def after_check(
    sources: Sequence[str],
    mapping: str,
    *,
    problems: Path | None,
    dead: int,
    stop: Stop | None,
    reading: Sequence[str] = (),
) -> str:
    """Give the next command after a check: look at the problems, check them mended, or send.

    problems: where they were written, if anywhere; dead: how many rows have one.
    """
    if stop is not None:
        return command("check", sources, mapping, *reading)
    if not dead:
        return command("run", sources, mapping, *reading)
    if problems is None:
        return command("check", sources, mapping, *reading, "--problems", "problems.csv")
    return command("check", [str(problems)], mapping, *reading)
