"""Makes a survey: one pass over the whole source before the first request, in bounded memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.config import RunConfig
from importer.executors.local import prepared_alone
from importer.job import Job
from importer.keys import UserKeys, key_bytes
from importer.observer import Observer
from importer.pipeline import Surveyor, unique_keys
from importer.prepared import Prepared, Standing
from importer.ranks import words_of
from importer.records import Block, Int64s
from importer.stages.building import value_texts
from importer.stages.recording import Part, Spill, write_json
from importer.stopping import StopSignal
from importer.survey.merging import Merging
from importer.survey.row_table import CLASH, LOSER, WINNER, RowTable, fingerprint, mapped
from importer.survey.standings import Groups, Records, entries, entry_type, grouped
from importer.survey.survey import CLASHES, FILES, KEPT, SUPERSEDED, TABLES

FACTS = "survey.json"
"""Written last: where it stands, the survey is whole."""

VERSION = 2
_PART_SHIFT = np.uint64(56)


class Stopped(Exception):
    """The run was asked to stop before the survey was whole."""


@dataclass
class _Users:
    """What is told of users in several rows, among those that were asked for."""

    asked: npt.NDArray[np.uint64] | None
    several: int = 0
    any: bool = False
    example: tuple[int, int] | None = None

    def take(self, groups: Groups) -> None:
        wanted = np.ones(len(groups.keys), bool)
        self.any |= bool(len(wanted))
        if self.asked is not None:
            wanted = np.isin(groups.keys[:, 0], self.asked)
        if not wanted.any():
            return
        self.several += int(wanted.sum())
        at = int(np.argmin(np.where(wanted, groups.first, np.iinfo(np.int64).max)))
        pair = int(groups.first[at]), int(groups.second[at])
        self.example = pair if self.example is None else min(self.example, pair)


@dataclass
class Making:
    """One survey under way; `go` leaves its files in `folder`, which is there and empty.

    secret: under which ids and values are hashed.
    """

    job: Job
    config: RunConfig
    folder: Path
    secret: bytes
    observer: Observer
    stop: StopSignal
    _rows: int = 0
    _bytes_read: int = 0
    _sources: list[tuple[int, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        mapping = self.job.mapping
        self._keep = mapping.duplicates.keep
        by = mapping.duplicates.by
        self._by_user = self._spill("users", words_of(by.type) if by else 0)
        self._by_value = [self._spill(f"values-{at}", 0) for at in range(len(mapping.unique))]
        self._tables = {name: RowTable(self.folder / name, kind) for name, kind in TABLES.items()}
        only = self.config.only
        words = None if only is None else [key_bytes(one, self.secret)[:8] for one in only]
        self._users = _Users(None if words is None else np.frombuffer(b"".join(words), "<u8"))

    def _spill(self, name: str, rank_words: int) -> Spill:
        return Spill(self.folder, name, entry_type(rank_words), _by_key)

    def go(self) -> None:
        """Read everything, judge, and write down what was found.

        Raises Stopped, SourceError or StateError; nothing of the folder counts then.
        """
        merges = self._keep == "merge"
        self._collect(with_values=not merges)
        self._gone = np.zeros(self._rows if self._by_value else 0, bool)
        self._judge_users()
        for name in (SUPERSEDED, KEPT):
            self._tables[name].write()
        if merges:
            self._merge()
        for field_number, spill in enumerate(self._by_value, 1):
            self._judge_values(spill, field_number)
        self._tables[CLASHES].write()
        write_json(self.folder / FACTS, self._facts())

    # --- the pass over the source ----------------------------------------------------------------

    def _collect(self, *, with_values: bool) -> None:
        self.observer.began("compare all rows", None)
        for block, prepared, standing in self._standings(Surveyor(self.job.mapping, self.secret)):
            self._note_places(block)
            ordinals = prepared.index + self._rows
            self._by_user.add(entries(standing.keys, standing.ranks, ordinals))
            if with_values:
                self._add_values(standing.values, ordinals)
            self._rows += block.rows

    def _note_places(self, block: Block) -> None:
        """Note each row that does not stand behind the one before it in the same file."""
        steady = block.row(block.rows - 1) - block.row(0) == block.rows - 1
        for index in (0,) if steady else range(block.rows):
            ordinal, number = self._rows + index, block.row(index)
            last = self._sources[-1] if self._sources else (0, "", 0)
            if last[1] != block.file or last[2] - last[0] != number - ordinal:
                self._sources.append((ordinal, block.file, number))

    def _standings(self, surveyor: Surveyor) -> Iterator[tuple[Block, Prepared, Standing]]:
        with closing(self._prepared(surveyor)) as blocks:
            for block, prepared in blocks:
                self._require_going()
                if prepared.standing is not None:
                    yield block, prepared, prepared.standing

    def _prepared(self, surveyor: Surveyor) -> Generator[tuple[Block, Prepared], None, None]:
        # Ids that were not asked for are looked at, too: what is unique is so among all rows.
        self._bytes_read = 0
        blocks = self.job.source.blocks(self.config.limit, self._read)
        return prepared_alone(surveyor, blocks, self.job.size_bytes, self.config.workers)

    def _read(self, more_bytes: int) -> None:
        self._bytes_read += more_bytes
        self.observer.read(self._bytes_read, self.job.source.bytes_total)

    def _add_values(self, values: Sequence[UserKeys], ordinals: Int64s) -> None:
        for spill, keys in zip(self._by_value, values, strict=True):
            filled = keys.any(axis=1)
            spill.add(entries(keys[filled], None, ordinals[filled]))

    def _merge(self) -> None:
        """Read the source once more, for the parts of the rows that belong together."""
        tables = (mapped(self.folder / name, TABLES[name]) for name in (SUPERSEDED, KEPT))
        merging = Merging(self.folder, self.job.mapping, *tables)
        if self._users.any or self._by_value:
            self.observer.began("merge the rows of each user", None)
            surveyor, first = Surveyor(self.job.mapping, self.secret, with_parts=True), 0
            for block, prepared, standing in self._standings(surveyor):
                belongs = merging.take(prepared, standing.parts, first)
                alone = tuple(keys[~belongs] for keys in standing.values)
                self._add_values(alone, prepared.index[~belongs] + first)
                first += block.rows
        merging.write(self._add_merged)

    def _add_merged(self, winners: Int64s, parts: pa.Table) -> None:
        """Compare what rows have once they are merged, rather than what they had."""
        self._require_going()
        mapping = self.job.mapping
        values = [
            unique_keys(value_texts(parts, mapping, entry), entry, self.secret)
            for entry in mapping.unique
        ]
        self._add_values(values, winners)

    def _require_going(self) -> None:
        if self.stop.is_set():
            raise Stopped

    # --- judging ---------------------------------------------------------------------------------

    def _parts(self, spill: Spill) -> Iterator[Part]:
        for part in spill.parts():
            self._require_going()
            yield part

    def _judge_users(self) -> None:
        refuses = self._keep == "invalid" or self.job.mapping.customer_id.unique
        earlier_wins = refuses or self._keep == "first"
        for part in self._parts(self._by_user):
            groups = grouped(part.chunks(), earlier_wins=earlier_wins).repeated()
            self._users.take(groups)
            if refuses:
                self._refuse(part.chunks(), groups, 0)
            elif self._keep != "each":
                self._supersede(part.chunks(), groups)

    def _supersede(self, chunks: Iterator[Records], groups: Groups) -> None:
        winners = np.zeros(len(groups.keys), WINNER)
        winners["ordinal"], winners["other"] = groups.best, groups.other
        winners["rows"] = groups.rows - 1
        self._tables[KEPT].add(winners)
        for ordinals, at in _members(chunks, groups):
            losing = ordinals != groups.best[at]
            losers = np.zeros(int(losing.sum()), LOSER)
            losers["ordinal"], losers["winner"] = ordinals[losing], groups.best[at[losing]]
            self._tables[SUPERSEDED].add(losers)
            self._leave(losers["ordinal"])

    def _judge_values(self, spill: Spill, field_number: int) -> None:
        """Refuse the rows that share a value of one attribute; rows that are gone do not count."""
        for part in self._parts(spill):
            kept = list(self._staying(part.chunks()))
            groups = grouped(kept, earlier_wins=True).repeated()
            self._refuse(iter(kept), groups, field_number)

    def _staying(self, chunks: Iterator[Records]) -> Iterator[Records]:
        return (chunk[~self._gone[chunk["ordinal"]]] for chunk in chunks)

    def _refuse(self, chunks: Iterator[Records], groups: Groups, field_number: int) -> None:
        for ordinals, at in _members(chunks, groups):
            clashes = np.zeros(len(ordinals), CLASH)
            clashes["ordinal"], clashes["field"] = ordinals, field_number
            is_first = ordinals == groups.first[at]
            clashes["other"] = np.where(is_first, groups.second[at], groups.first[at])
            self._tables[CLASHES].add(clashes)
            if not field_number:
                self._leave(ordinals)

    def _leave(self, ordinals: Int64s) -> None:
        """Note that these rows take no part in what is judged later."""
        if len(self._gone):
            self._gone[ordinals] = True

    def _has(self, name: str) -> bool:
        return (self.folder / name).exists()

    def _facts(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "rows": self._rows,
            "sources": self._sources,
            "users_in_several_rows": self._users.several,
            "example": self._users.example,
            "files": {name: fingerprint(self.folder / name) for name in FILES if self._has(name)},
        }


def _members(chunks: Iterator[Records], groups: Groups) -> Iterator[tuple[Int64s, Int64s]]:
    """Give the rows that belong to one of the groups, and the place of the group of each."""
    if not len(groups.keys):
        return
    for chunk in chunks:
        at = groups.find(chunk["key"])
        yield chunk["ordinal"][at >= 0], at[at >= 0]


def _by_key(records: Records) -> Int64s:
    return np.asarray(records["key"][:, 0] >> _PART_SHIFT).astype(np.int64)
