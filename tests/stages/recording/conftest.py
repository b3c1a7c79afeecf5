"""Makes dead rows and blocks for tests of what is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from importer.records import Dialect, TextBlock
from importer.stages.recording import DeadRow

MakeRow = Callable[..., DeadRow]


@pytest.fixture
def dead_row() -> MakeRow:
    """Make a dead row; what is not said is plain."""

    def make(ordinal: int = 0, **parts: Any) -> DeadRow:
        plain: dict[str, Any] = {
            "fate": "invalid",
            "file": "users.csv",
            "row": ordinal + 1,
            "line": ordinal + 2,
            "cells": ("u1", "a"),
            "stages": ("coercing",),
            "codes": ("not-integer",),
            "columns": ("seq",),
            "found": ("'x'",),
            "expected": ("1",),
        }
        return DeadRow(ordinal=ordinal, **{**plain, **parts})

    return make


@pytest.fixture
def block() -> TextBlock:
    """Give a block of two rows, the first of which is row 11 on line 12."""
    return TextBlock(
        number=0,
        file="users.csv",
        first_row=11,
        columns=("id",),
        dialect=Dialect(),
        data=b"u1\nu2\n",
        starts=np.array([0, 3], dtype=np.int64),
        ends=np.array([2, 5], dtype=np.int64),
        lines=np.array([12, 13], dtype=np.int64),
        odd=np.array([], dtype=np.int64),
    )
