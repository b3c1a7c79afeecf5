"""Answers "is my mapping right?": the file alone, or also against the columns of a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from importer.config import RunConfig
from importer.errors import ImporterError, MappingError, Problem
from importer.job import SourcesLike
from importer.mapping_check.own_tests import unknown_given_columns
from importer.mapping_file import Attribute, Examined, FromConstant, Mapping, bind, examine_mapping
from importer.mapping_file.problems import in_file_order
from importer.pipeline import Preparer
from importer.stages.coercing import fixed_value_problems
from importer.stages.reading import open_source, shown_url


@dataclass(frozen=True)
class MappingCheck:
    """What is wrong with a mapping file, all of it.

    problems: empty if it is right.  warnings: what is allowed and yet worth saying.
    attributes, tests: how many it has.
    columns: those that it uses of the source.  unused: the source's others, if there is one.
    """

    file: str
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    attributes: int
    tests: int
    columns: tuple[str, ...]
    unused: tuple[str, ...] = ()

    def require(self) -> None:
        """Raise MappingError with every problem, if there is one."""
        if self.problems:
            raise MappingError.of(self.problems)


def check_mapping(
    mapping: str | Path, sources: SourcesLike = (), config: RunConfig | None = None
) -> MappingCheck:
    """Look for everything that is wrong with a mapping file, and with its fit to a source.

    sources: files whose columns it must fit; none checks the mapping alone.
    Raises MappingError only for a file of which nothing can be read.
    """
    examined = examine_mapping(mapping)
    problems = [*examined.problems, *_of_values(examined)]
    bound = examined.mapping
    unused: tuple[str, ...] = ()
    paths = [sources] if isinstance(sources, str | Path) else list(sources)
    if paths:
        found, bound, unused = _of_columns(examined.mapping, paths, config or RunConfig())
        # A name that was broken in the writing is unknown to the source, too.
        told = {problem.place for problem in problems}
        problems += [problem for problem in found if problem.place not in told]
    return MappingCheck(
        file=str(mapping),
        problems=_in_order(str(mapping), dict.fromkeys(problems)),
        warnings=bound.warnings,
        attributes=len(bound.attributes),
        tests=len(bound.tests),
        columns=bound.columns,
        unused=unused,
    )


def _in_order(file: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Put those of the file in its order, and those of the source behind them."""
    found = list(problems)
    own = [problem for problem in found if problem.place.startswith(f"{file}:")]
    return (*in_file_order(own), *(problem for problem in found if problem not in own))


_STAND_IN = Attribute("customer_id", FromConstant("-"), "string", "")
"""Stands for an id of which something is wrong."""


def _of_values(examined: Examined) -> list[Problem]:
    """Try fixed values, checks and tests of the parts that are right so far."""
    mapping = examined.mapping
    kept = [one for one in mapping.attributes if examined.is_sound("attributes", one.name)]
    faulty = {part[0] for part in examined.faulty}
    platforms = () if "platforms" in faulty else mapping.platforms
    customer_id = mapping.customer_id if examined.is_sound("customer_id") else _STAND_IN
    sound = replace(mapping, customer_id=customer_id, attributes=tuple(kept), platforms=platforms)
    problems = [*fixed_value_problems(sound), *_raised(lambda: Preparer(sound))]
    # A column that a faulty part was to use is not unknown.
    return problems if examined.problems else [*problems, *unknown_given_columns(mapping)]


def _raised(act: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        act()
    except ImporterError as error:
        return error.problems
    return ()


def _of_columns(
    mapping: Mapping, paths: list[str | Path], config: RunConfig
) -> tuple[list[Problem], Mapping, tuple[str, ...]]:
    """Hold the mapping against a source; give the problems, what is bound, and what is unused."""
    try:
        source = open_source(paths, config.source.over(mapping.source))
    except ImporterError as error:
        return [*error.problems], mapping, ()
    name = ", ".join(Path(shown_url(str(path))).name for path in paths)
    try:
        bound = bind(mapping, source.columns, name)
    except MappingError as error:
        return [*error.problems], mapping, ()
    unused = tuple(column for column in source.columns if column not in bound.columns)
    return [*_raised(lambda: source.require(bound.columns))], bound, unused
