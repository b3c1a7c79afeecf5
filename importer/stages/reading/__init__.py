"""Reads a source (delimited text or Parquet) into blocks, and blocks into cells of text."""

from importer.stages.reading.description import SourceFile
from importer.stages.reading.fingerprint import difference
from importer.stages.reading.remote import is_remote, shown_url
from importer.stages.reading.rows import Record, read_batch, read_record
from importer.stages.reading.source import Source, open_source

__all__ = [
    "Record",
    "Source",
    "SourceFile",
    "difference",
    "is_remote",
    "open_source",
    "read_batch",
    "read_record",
    "shown_url",
]
