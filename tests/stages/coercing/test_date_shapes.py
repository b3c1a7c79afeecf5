from __future__ import annotations

import pytest

from importer.mapping_file.date_formats import DIRECTIVES, directives
from importer.stages.coercing.date_shapes import shape


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("DD/MM/YYYY", "31/12/2024 (DD/MM/YYYY)"),
        ("%d/%m/%Y", "31/12/2024 (DD/MM/YYYY)"),
        ("D MMM YY", "31 Dec 24 (DD MMM YY)"),
        ("YYYY-MM-DDThh:mm:ss.sTZD", "2024-12-31T23:59:58.5+05:30 (YYYY-MM-DDThh:mm:ss.sTZD)"),
        ("%m/%d/%Y %I:%M %p", "12/31/2024 11:59 PM (%m/%d/%Y %I:%M %p)"),
        ("dddd, MMMM Do, YYYY", "Tuesday, December 31st, 2024 (dddd, MMMM Do, YYYY)"),
        ("YYYY年M月D日 H:m:ss,s", "2024年12月31日 23:59:58,5 (YYYY年MM月DD日 hh:mm:ss,s)"),
        ("%Y-%m-%dT%H:%MZ", "2024-12-31T23:59Z (YYYY-MM-DDThh:mmZ)"),
    ],
)
def test_a_format_is_shown_by_an_example_and_its_letters(written: str, words: str) -> None:
    assert shape(directives(written) or "").words == words


def test_every_directive_that_a_mapping_may_use_is_read() -> None:
    for letter in DIRECTIVES:
        assert f"(?P<{letter}>" in shape(f"%{letter} ").pattern
