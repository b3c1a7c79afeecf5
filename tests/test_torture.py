"""Twenty imports, killed at random moments and resumed; `make torture` does two hundred."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.torturer import torture


@pytest.mark.parametrize("seed", range(1, 21))
def test_an_import_that_is_killed_and_resumed_loses_nobody(tmp_path: Path, seed: int) -> None:
    result = torture(tmp_path, seed, rows=1200, concurrency=4)
    assert result.complaints == []
