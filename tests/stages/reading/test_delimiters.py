from __future__ import annotations

import pytest

from importer.errors import SourceError
from importer.records import Dialect, SourceOptions
from importer.stages.reading.delimiters import choose_delimiter
from importer.stages.reading.sample import Sample


def chosen(data: bytes) -> str:
    sample = Sample("users.csv", data, 0, True)
    return choose_delimiter(sample, Dialect(), SourceOptions()).cut.dialect.delimiter


@pytest.mark.parametrize(
    ("data", "delimiter"),
    [
        (b"a,b\n1,2\n", ","),
        (b"a;b\n1,5;2,5\n", ";"),
        (b"a\tb\n1, 2\t3, 4\n", "\t"),
        (b"a|b\n1|2\n", "|"),
        # A delimiter inside quotes is text.
        (b'id,"lat|lon"\n1,"2|3"\n', ","),
        # Rows that do not fit are the rows' fault, as long as the header tells.
        (b"a,b\n1,2,3\n", ","),
        (b"a,b\n1,2,3\n4,5\n", ","),
        (b'a,b\n1,5" x\n', ","),
        # Quotes that stand right tell two readings apart.
        (b'id,"a;b"\n1,"c;d"\n2,"e;f"\n', ","),
        (b'id;"a,b"\n1;"c,d"\n2;"e,f"\n', ";"),
        # No delimiter at all: one column.
        (b"id\n1\n2\n", ","),
        (b'id\n"1"\n""\n', ","),
    ],
)
def test_the_delimiter_is_the_one_that_fits(data: bytes, delimiter: str) -> None:
    assert chosen(data) == delimiter


@pytest.mark.parametrize(
    "data",
    [
        b"a,b;c,d\n1,2;3,4\n5,6;7,8\n",
        b"a\nx;y\nx;z\nv;w\n",
    ],
)
def test_where_two_readings_fit_or_none_it_asks(data: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        chosen(data)
    assert "`;` gives the header" in caught.value.problem.found
    assert 'source: {delimiter: ";"}' in caught.value.problem.remedy
