"""Merges the rows of each user in several rows, and keeps the payloads until they are sent."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Mapping
from importer.moengage import limits
from importer.prepared import Prepared
from importer.records import Int64s
from importer.stages.building import GROUP, folded, merged_bodies, too_long
from importer.stages.recording import private_bytes
from importer.survey.part_files import PartFiles
from importer.survey.row_table import between

MERGED, MERGED_AT = "merged.bin", "merged-at.bin"

BODY = np.dtype([("ordinal", "<i8"), ("offset", "<i8"), ("length", "<i8")])
"""Where the merged body of a row stands; a negative length is why there is none (see Unfit)."""

_BODIES_TOGETHER = 4096


@dataclass(frozen=True)
class Unfit:
    """Why a merged payload cannot be sent; as in Rejection."""

    code: str
    column: str
    found: str
    expected: str

    def as_bytes(self) -> bytes:
        return orjson.dumps([self.code, self.column, self.found, self.expected])

    @classmethod
    def read(cls, data: bytes) -> Unfit:
        return cls(*orjson.loads(data))


class Merging:
    """Takes the parts of all rows that belong together, and leaves their bodies in `folder`.

    superseded, kept: the survey's tables.
    """

    def __init__(
        self,
        folder: Path,
        mapping: Mapping,
        superseded: npt.NDArray[Any],
        kept: npt.NDArray[Any],
    ) -> None:
        self._folder = folder
        self._mapping = mapping
        self._superseded = superseded
        self._kept = kept
        self._files = PartFiles(folder)

    def take(self, prepared: Prepared, parts: pa.Table, first: int) -> npt.NDArray[np.bool_]:
        """Take a block's rows that belong to others; give flags of them, as long as its `index`."""
        groups = np.full(len(prepared.index), -1, np.int64)
        for table, winner in ((self._superseded, "winner"), (self._kept, "ordinal")):
            found = between(table, first, prepared.rows)
            groups[np.searchsorted(prepared.index, found["ordinal"] - first)] = found[winner]
        belongs = groups >= 0
        own = parts.filter(pa.array(belongs))
        self._files.add(own.append_column(GROUP, pa.array(groups[belongs])))
        return belongs

    def write(self, tell: Callable[[Int64s, pa.Table], None]) -> None:
        """Write all merged bodies; `tell` is given the rows that stand for others, with their parts.

        Raises StateError if the disk refuses.
        """
        with (
            private_bytes(self._folder / MERGED) as bodies,
            private_bytes(self._folder / MERGED_AT) as places,
        ):
            for tables in self._files.all():
                merged = self._folded(tables)
                winners = merged[GROUP].to_numpy()
                tell(winners, merged)
                for start in range(0, len(winners), _BODIES_TOGETHER):
                    some = merged.slice(start, _BODIES_TOGETHER)
                    places.write(self._written(some, bodies).tobytes())
            for stream in (bodies, places):
                stream.flush()
                os.fsync(stream.fileno())

    def _folded(self, tables: Iterator[pa.Table]) -> pa.Table:
        def onto(one: pa.Table, more: pa.Table) -> pa.Table:
            return folded(pa.concat_tables([one, more]), self._mapping)

        return reduce(onto, tables, folded(next(tables), self._mapping))

    def _written(self, parts: pa.Table, stream: BinaryIO) -> npt.NDArray[Any]:
        unfit = self._unfit(parts)
        places = np.zeros(parts.num_rows, BODY)
        places["ordinal"] = parts[GROUP].to_numpy()
        for row, body in enumerate(merged_bodies(parts, self._mapping)):
            data, sign = body.as_buffer(), 1
            if row in unfit or len(data) > limits.BODY_BYTES:
                data, sign = unfit.get(row, _too_large(len(data))).as_bytes(), -1
            places["offset"][row], places["length"][row] = stream.tell(), sign * len(data)
            stream.write(data)
        return places

    def _unfit(self, parts: pa.Table) -> dict[int, Unfit]:
        return {
            row: Unfit(
                "list-long",
                entry.label,
                f"{items} items, when the user's rows are merged",
                f"at most {limits.LIST_ITEMS} items",
            )
            for row, (entry, items) in too_long(parts, self._mapping).items()
        }


def _too_large(size: int) -> Unfit:
    return Unfit(
        "payload-large",
        "",
        f"{size} bytes, when the user's rows are merged",
        f"at most {limits.BODY_BYTES} bytes for one user",
    )


class MergedBodies:
    """The bodies that a Merging has left, in the files' own pages."""

    def __init__(self, folder: Path) -> None:
        path = folder / MERGED_AT
        rows = path.stat().st_size // BODY.itemsize if path.exists() else 0
        self._places = np.memmap(path, BODY, "r", shape=(rows,)) if rows else np.zeros(0, BODY)
        self._data = np.memmap(folder / MERGED, "u1", "r") if rows else np.zeros(0, "u1")

    def of(self, first: int, rows: int) -> Iterator[tuple[int, bytes | Unfit]]:
        """Give the merged bodies of these rows of the run, each with its row."""
        for ordinal, offset, length in between(self._places, first, rows).tolist():
            data = self._data[offset : offset + abs(length)].tobytes()
            yield ordinal, data if length >= 0 else Unfit.read(data)


def with_bodies(prepared: Prepared, bodies: dict[int, bytes]) -> pa.LargeBinaryArray:
    """Give a block's bodies with some of them, by their row's place in the block, exchanged."""
    if not bodies:
        return prepared.bodies
    exchanged = np.isin(prepared.index, list(bodies))
    mine = [bodies[index] for index in prepared.index[exchanged].tolist()]
    return pc.replace_with_mask(
        prepared.bodies.cast(pa.large_binary()),
        pa.array(exchanged),
        pa.array(mine, pa.large_binary()),
    )
