"""Compares mended cells with what they were, and tells a person's hand from a spreadsheet's."""

from importer.stages.mending.rewriting import rewritten
from importer.stages.mending.rows import CODE, STAGE, Judged, judged

__all__ = ["CODE", "STAGE", "Judged", "judged", "rewritten"]
