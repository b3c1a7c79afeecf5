"""Reads a source (delimited text or Parquet) into blocks, and blocks into cells of text."""

from importer.stages.reading.rows import Record, read_batch, read_record
from importer.stages.reading.source import Source, SourceFile, open_source

__all__ = ["Record", "Source", "SourceFile", "open_source", "read_batch", "read_record"]
