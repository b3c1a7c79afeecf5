"""Proposes a mapping for a table that it has looked at, and tries it on the rows it has seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.errors import UsageError
from importer.mapping_file import Mapping, bind, parse_provisionally
from importer.mapping_file.country_names import region_of
from importer.mapping_file.decided_by import timezone_of
from importer.mapping_file.zone_names import ZONE_NAMES, zone_remedy
from importer.pipeline import Preparer
from importer.proposal.context import Answers, context_of
from importer.proposal.draft import Draft, Line, draft_of
from importer.proposal.headers import words_of
from importer.proposal.identity import Identity
from importer.proposal.sample import Sample, take_sample
from importer.proposal.written import written
from importer.records import Rejection, SourceOptions
from importer.stages.reading import Source, SourceFile, open_source

SAMPLE_ROWS = 50_000
_MOST_ROUNDS = 3


@dataclass(frozen=True)
class OpenChoice:
    """A place of the mapping where a person must decide; `line` of the text, from 1."""

    line: int
    text: str


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping and what it rests on.

    text: the mapping file, evidence as comments.  lines: one per column (a place has two).
    choices: what a person must decide before the mapping can be used.
    rows, all_rows: how many rows were looked at, and whether these are all.
    sendable: how many of them the mapping would send, taking the first of each open choice.
    reasons: code -> rows that it would refuse for that.
    """

    name: str
    text: str
    identity: Identity
    lines: tuple[Line, ...]
    choices: tuple[OpenChoice, ...]
    files: tuple[SourceFile, ...]
    rows: int
    all_rows: bool
    sendable: int
    reasons: dict[str, int]


def propose_mapping(
    sources: str | Path | Sequence[str | Path],
    options: SourceOptions | None = None,
    *,
    rows: int = SAMPLE_ROWS,
    timezone: str | None = None,
    region: str | None = None,
) -> Proposal:
    """Look at a table and propose a mapping for it; nothing is written.

    options: how the source is written, where it is not to be detected.
    rows: how many rows to look at, from the beginning.
    timezone: the IANA zone of times that state none; region: the country of phone numbers
        without a country code, by its letters or its name.
    Raises SourceError, and UsageError for a zone or a country that there is not.
    """
    answers = _answers(timezone, region)
    paths = [sources] if isinstance(sources, str | Path) else list(sources)
    said = options or SourceOptions()
    source = open_source(paths, said)
    sample = take_sample(source, rows)
    draft = draft_of(context_of(sample, answers))
    name = name_for(str(paths[0]))
    trial = _Trial(source, sample, said, name)
    for _ in range(_MOST_ROUNDS):
        refused = trial.refused(draft)
        doubtful = [column for column, count in refused.items() if _is_worse(draft, column, count)]
        if not doubtful:
            break
        for column in doubtful:
            draft = draft.with_text(column)
    return trial.proposal(draft)


def _answers(timezone: str | None, region: str | None) -> Answers:
    if timezone is not None and timezone_of(timezone) is None:
        raise UsageError("--timezone", repr(timezone), ZONE_NAMES, zone_remedy(timezone))
    if region is not None and region_of(region) is None:
        raise UsageError(
            "--region", repr(region), "a country, such as IN or India", "correct the name"
        )
    return Answers(timezone, None if region is None else region_of(region))


def name_for(path: str) -> str:
    """Give a name for the mapping of a file: its own, in small letters and dashes."""
    bare = re.sub(r"[?#].*", "", path) if "://" in path else path
    parts = [part for part in re.split(r"[/\\]", bare) if part and "*" not in part]
    stem = parts[-1].split(".")[0] if parts else ""
    words = [word for word in words_of(stem) if word.isascii()]
    return "-".join(words)[:60] or "users"


def _is_worse(draft: Draft, column: str, count: int) -> bool:
    """Tell whether a decided column refuses more cells than was said of it."""
    for line in draft.lines:
        if ", ".join(line.columns) == column and not line.left_out and line.type != "string":
            return not line.is_open and count > line.bad
    return False


class _Trial:
    """Tries drafts on the rows of the sample."""

    def __init__(self, source: Source, sample: Sample, options: SourceOptions, name: str) -> None:
        self._source = source
        self._sample = sample
        self._options = options
        self._name = name
        self._rejections: list[tuple[int, Rejection]] = []

    def refused(self, draft: Draft) -> dict[str, int]:
        """Give, per column, how many rows a draft would refuse for it."""
        mapping = parse_provisionally(self._text(draft), self._name)
        bound = bind(mapping, self._source.columns, "the source")
        self._rejections = list(self._tried(bound))
        counts: dict[str, set[int]] = {}
        for row, rejection in self._rejections:
            counts.setdefault(rejection.column, set()).add(row)
        return {column: len(rows) for column, rows in counts.items()}

    def _tried(self, mapping: Mapping) -> list[tuple[int, Rejection]]:
        preparer, found, before = Preparer(mapping), [], 0
        for block in self._source.blocks(self._sample.rows + self._sample.unreadable):
            prepared = preparer.prepare(block)
            found += [(before + one.index, one) for one in prepared.rejections]
            before += block.rows
        return found

    def _text(self, draft: Draft, outcome: str = "") -> str:
        return written(draft, self._options, self._name, outcome=outcome)

    def proposal(self, draft: Draft) -> Proposal:
        sample = self._sample
        rows = sample.rows + sample.unreadable
        reasons: dict[str, set[int]] = {}
        for row, rejection in self._rejections:
            reasons.setdefault(rejection.code, set()).add(row)
        sendable = rows - len(set().union(*reasons.values()))
        text = self._text(draft, _outcome(rows, sendable, reasons, is_open=draft.is_open))
        return Proposal(
            self._name,
            text,
            draft.identity,
            draft.lines,
            tuple(_choices(text)),
            sample.files,
            rows,
            sample.is_whole,
            sendable,
            {code: len(found) for code, found in reasons.items()},
        )


def _outcome(rows: int, sendable: int, reasons: dict[str, set[int]], *, is_open: bool) -> str:
    if is_open:
        return ""
    if sendable == rows:
        return "This mapping sends every one of them."
    told = ", ".join(f"{len(found):,} {code}" for code, found in reasons.items())
    others = "other" if rows - sendable == 1 else "others"
    return f"This mapping sends {sendable:,} of them, and refuses the {others} ({told})."


def _choices(text: str) -> list[OpenChoice]:
    return [
        OpenChoice(number, line.strip())
        for number, line in enumerate(text.splitlines(), 1)
        if "{decide: [" in line and not line.lstrip().startswith("#")
    ]
