"""Reads a source (delimited text or Parquet) into blocks, and blocks into cells of text."""

from importer.stages.reading.dead_letters import read_mended
from importer.stages.reading.description import SourceFile
from importer.stages.reading.finding import STANDARD_INPUT, lasting_path
from importer.stages.reading.fingerprint import content_mark, difference, visible_difference
from importer.stages.reading.natives import kinds_at, mended_kinds, native_of
from importer.stages.reading.picking import picked
from importer.stages.reading.remote import is_remote, shown_url
from importer.stages.reading.rows import read_batch, read_records, without_refusals
from importer.stages.reading.source import Source, open_source
from importer.stages.reading.stored import StoredSource, fingerprint_of
from importer.stages.reading.whole_rows import Record, cell_faults, read_record

__all__ = [
    "STANDARD_INPUT",
    "Record",
    "Source",
    "SourceFile",
    "StoredSource",
    "cell_faults",
    "content_mark",
    "difference",
    "fingerprint_of",
    "is_remote",
    "kinds_at",
    "lasting_path",
    "mended_kinds",
    "native_of",
    "open_source",
    "picked",
    "read_batch",
    "read_mended",
    "read_record",
    "read_records",
    "shown_url",
    "visible_difference",
    "without_refusals",
]
