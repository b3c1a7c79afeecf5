"""Holds a run against the guards of its mapping: is it like those before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from importer.mapping_file import Guards
from importer.plurals import counted
from importer.records import Stop

EXIT = 5


@dataclass(frozen=True)
class Expectation:
    """What a run would do, and what is known of the runs before it.

    rows, rows_before: of the source now, and of the run before; None if there was none to compare.
    run_before: its id.
    runs_before: finished runs of this mapping into this workspace, of whole sources.
    known: users of the source who are remembered; changed: those whose values changed.
    newly_blank: attribute -> known users who had a value and have none now.
    new_attributes: those that no run has sent before.
    source_age_seconds: since the newest file was written; None where that is not known.
    """

    rows: int
    runs_before: int = 0
    rows_before: int | None = None
    run_before: str = ""
    known: int = 0
    changed: int = 0
    newly_blank: Mapping[str, int] = field(default_factory=dict)
    new_attributes: tuple[str, ...] = ()
    source_age_seconds: float | None = None


def breaches(guards: Guards, expected: Expectation, *, overridden: bool = False) -> tuple[str, ...]:
    """Say in a sentence each what breaks a guard.

    overridden: whether a person said that it is meant; only `new_attributes: refuse` holds then.
    """
    if overridden:
        return tuple(_never_sent(guards, expected)) if guards.new_attributes == "refuse" else ()
    return tuple(_breaches(guards, expected))


def guarded_stop(broken: tuple[str, ...]) -> Stop:
    """Give the stop of a run that breaks guards."""
    return Stop(
        "guard",
        "; ".join(broken),
        "look at the source; if it is as it should be, send it with --yes, or change `guards:` in "
        "the mapping (what it refuses, --yes does not override)",
        EXIT,
    )


def _breaches(guards: Guards, expected: Expectation) -> Iterator[str]:
    yield from _too_old(guards, expected)
    if _compares(guards, expected):
        yield from _too_short_or_long(guards, expected)
        yield from _too_many_changed(guards, expected)
        yield from _too_many_blank(guards, expected)
    yield from _never_sent(guards, expected)


def _compares(guards: Guards, expected: Expectation) -> bool:
    return expected.runs_before + 1 >= guards.from_run


def _never_sent(guards: Guards, expected: Expectation) -> Iterator[str]:
    if not _compares(guards, expected):
        return
    if guards.new_attributes != "allow" and expected.new_attributes:
        names = ", ".join(f"`{name}`" for name in expected.new_attributes)
        yield (f"no run before has sent {names} (guards: new_attributes: {guards.new_attributes})")


def _too_old(guards: Guards, expected: Expectation) -> Iterator[str]:
    most, age = guards.max_source_age_seconds, expected.source_age_seconds
    if most is None:
        return
    if age is None:
        yield (
            f"when the source was written is not known (guards: max_source_age: {_duration(most)})"
        )
    elif age > most:
        yield (
            f"the source was written {_duration(age)} ago (guards: max_source_age: "
            f"{_duration(most)})"
        )


def _too_short_or_long(guards: Guards, expected: Expectation) -> Iterator[str]:
    before = expected.rows_before
    if guards.rows is None or before is None:
        return
    less, more = guards.rows
    if before * (1 - less) <= expected.rows <= before * (1 + more):
        return
    yield (
        f"the source has {counted(expected.rows, 'row')}, and run {expected.run_before} had {before:,} "
        f"(guards: rows: -{_percent(less)}..+{_percent(more)})"
    )


def _too_many_changed(guards: Guards, expected: Expectation) -> Iterator[str]:
    if guards.changed is None or expected.changed <= guards.changed * expected.known:
        return
    yield (
        f"{_share(expected.changed, expected.known)} have changed "
        f"(guards: changed: {_percent(guards.changed)})"
    )


def _too_many_blank(guards: Guards, expected: Expectation) -> Iterator[str]:
    if guards.newly_blank is None:
        return
    for name, users in expected.newly_blank.items():
        if users > guards.newly_blank * expected.known:
            yield (
                f"{_share(users, expected.known)} had a value of `{name}` and have none now "
                f"(guards: newly_blank: {_percent(guards.newly_blank)})"
            )


def _share(some: int, all_of_them: int) -> str:
    return f"{some:,} of {counted(all_of_them, 'known user')} ({Decimal(100 * some) / all_of_them:.1f}%)"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def _duration(seconds: float) -> str:
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f}min"
    return f"{seconds / 3600:.0f}h" if seconds < 4 * 86400 else f"{seconds / 86400:.0f}d"
