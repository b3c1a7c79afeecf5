from __future__ import annotations

import sys

import pytest

from importer.stages.sending.loop import new_event_loop


@pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop on Windows")
def test_the_loop_is_uvloops_where_there_is_one() -> None:
    loop = new_event_loop()
    try:
        assert type(loop).__module__.startswith("uvloop")
    finally:
        loop.close()
