"""Tries values of a mapping on the rows of a sample, as a run would read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from importer.mapping_file import parse_mapping
from importer.proposal.sample import Sample
from importer.proposal.yaml_text import text, value
from importer.records import Batch
from importer.stages.coercing import coerce


def refused_cells(sample: Sample, given: Mapping[str, Any], nulls: Collection[str] = ()) -> int:
    """Count the rows of which one attribute's value would be refused; `nulls` mean nothing."""
    first = sample.cells.column_names[0]
    tried = {"transform": ["strip"], "nulls": ["", *nulls], **given}
    written = f"mapping: 1\ncustomer_id: {text(first)}\nattributes:\n  tried: {value(tried)}\n"
    mapping = parse_mapping(written)
    batch = Batch(np.arange(sample.rows, dtype=np.int64), sample.cells.select(mapping.columns))
    typed = coerce(batch, mapping)
    return len({rejection.index for rejection in typed.rejections})
