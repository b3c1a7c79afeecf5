"""Names the one command that a person will most likely want next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from importer.records import Stop


def command(verb: str, sources: Sequence[str], mapping: str, *flags: str) -> str:
    """Write a command line that can be pasted into a shell."""
    words = ["moengage-import", verb, *sources, "--mapping", mapping, *flags]
    return " ".join(shlex.quote(word) for word in words)


def after_run(
    sources: Sequence[str],
    mapping: str,
    *,
    dead_letter: Path | None,
    stop: Stop | None,
    is_local: bool,
) -> str:
    """Give the next command after a run.

    After a stop it is the same command again: updates are upserts, so a row sent twice does no
    harm.  After dead letters it sends the mended dead letter.
    """
    flags = ("--sandbox",) if is_local else ()
    if stop is not None:
        return command("run", sources, mapping, *flags)
    if dead_letter is not None:
        return command("run", [str(dead_letter)], mapping, *flags)
    if is_local:
        return command("run", sources, mapping)
    return command("check", sources, mapping)


def after_check(
    sources: Sequence[str], mapping: str, *, problems: Path | None, dead: int, stop: Stop | None
) -> str:
    """Give the next command after a check: look at the problems, check them mended, or send.

    problems: where they were written, if anywhere; dead: how many rows have one.
    """
    if stop is not None:
        return command("check", sources, mapping)
    if not dead:
        return command("run", sources, mapping)
    if problems is None:
        return command("check", sources, mapping, "--problems", "problems.csv")
    return command("check", [str(problems)], mapping)
