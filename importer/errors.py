"""Says why a whole run can stop, as a tree of exceptions.

    ImporterError            exit 2 unless said otherwise
    +-- UsageError           the call: a flag, a setting, an argument
    +-- MappingError         the mapping file
    +-- SourceError          the table of users
    |   +-- SourceChanged    exit 3: it changed while it was read
    +-- TargetError          the workspace: address, credentials
    |   +-- TargetRefused    exit 3: it was asked, and does not take the credentials
    +-- StateError           exit 3: the disk, the state folder
    |   +-- WorkbookLimit    a workbook cannot hold what is to be written into it
    +-- Defect               exit 70: the program itself is wrong

A bad row is never an exception: it is a Rejection or an Outcome (see records.py).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what was found, what was expected, what to do."""

    place: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        text = f"{self.place}: {self.found}; expected {self.expected}"
        return f"{text}\n  -> {self.remedy}" if self.remedy else text

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class ImporterError(Exception):
    """A reason to stop the whole run; it names the place, the finding and the remedy."""

    exit_code = 2

    def __init__(
        self,
        place: str,
        found: str,
        expected: str,
        remedy: str = "",
        *,
        more: tuple[Problem, ...] = (),
    ) -> None:
        """Several problems of one kind travel together: the first, and `more`."""
        self.problems = (Problem(place, found, expected, remedy), *more)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def of(cls, problems: tuple[Problem, ...]) -> ImporterError:
        """Build the error that carries these problems (at least one)."""
        first = problems[0]
        return cls(first.place, first.found, first.expected, first.remedy, more=problems[1:])

    @property
    def problem(self) -> Problem:
        return self.problems[0]

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders; Exception's own pickling would call __init__ with one text.
        return (type(self).of, (self.problems,))


class UsageError(ImporterError):
    """The call is wrong: a flag, a setting or an argument."""


class MappingError(ImporterError):
    """The mapping file is wrong, or does not fit the source."""


class SourceError(ImporterError):
    """The source cannot be read as a table."""


class SourceChanged(SourceError):
    """The source changed while it was read."""

    exit_code = 3


class TargetError(ImporterError):
    """The workspace cannot be addressed: its address or its credentials are wrong or missing."""


class TargetRefused(TargetError):
    """The workspace was asked, and said no or nothing."""

    exit_code = 3


class StateError(ImporterError):
    """The disk or the state folder refused a write."""

    exit_code = 3


class WorkbookLimit(StateError):
    """A workbook was asked for, and cannot hold what is to be written into it."""


class Defect(ImporterError):
    """The program itself is wrong: the fates of the rows do not add up."""

    exit_code = 70
