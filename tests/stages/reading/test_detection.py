from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from importer.errors import SourceError
from importer.records import DEAD_LETTER_COLUMNS, Dialect, SourceOptions
from importer.stages.reading.detection import detect


def layout_of(data: bytes, *, is_whole: bool = True, **options: Any) -> Any:
    return detect("users.csv", data, is_whole=is_whole, options=SourceOptions(**options))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"id,name\n1,Ann\n", "utf-8"),
        ("id,name\n1,Zoë\n".encode(), "utf-8"),
        ("\ufeffid,name\n1,Zoë\n".encode(), "utf-8"),
        ("id,name\n1,Zoë\n".encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_is_found(data: bytes, encoding: str) -> None:
    layout = layout_of(data)
    assert layout.dialect.encoding == encoding
    assert layout.columns == ("id", "name")


def test_a_character_that_the_sample_cuts_is_still_utf_8() -> None:
    data = "id,name\n1,Zoë".encode()[:-1]
    assert layout_of(data, is_whole=False).dialect.encoding == "utf-8"
    with pytest.raises(SourceError, match="encoding cannot be told"):
        layout_of(data, is_whole=True)


@pytest.mark.parametrize("asked", ["utf8", "UTF-8", "utf-8-sig", "ascii"])
def test_names_of_utf_8_are_one(asked: str) -> None:
    assert layout_of(b"a,b\n1,2\n", encoding=asked).dialect.encoding == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_excels_first_line_names_the_delimiter(encoding: str, end: str) -> None:
    text = end.join(["sep=;", "id;name", "u-1;a,b", "u-2;Zoë", ""])
    layout = layout_of(text.encode(encoding))
    assert layout.columns == ("id", "name")
    assert (layout.dialect.delimiter, layout.header_line) == (";", 2)


def test_what_is_said_outweighs_excels_first_line() -> None:
    data = b"sep=;\nid|name\n1|Ann\n2|Bob\n"
    assert layout_of(data, delimiter="|").columns == ("id", "name")
    assert layout_of(b"sep=;,b\n1,2\n3,4\n").columns == ("sep=;", "b")


def test_what_is_said_wins() -> None:
    layout = layout_of(b"a,b;'c,d'\n1,2;3,4\n", encoding="latin-1", delimiter=";", quote="'")
    assert layout.dialect == Dialect("iso8859-1", ";", "'")
    assert layout.columns == ("a,b", "c,d")


@pytest.mark.parametrize("asked", ["utf-7", "rot13", "no such thing", "base64"])
def test_an_encoding_that_cannot_be_read_is_refused(asked: str) -> None:
    with pytest.raises(SourceError, match="encoding") as caught:
        layout_of(b"a,b\n1,2\n", encoding=asked)
    assert repr(asked) in caught.value.problem.found


def test_another_encoding_than_the_byte_order_mark_says_is_refused() -> None:
    with pytest.raises(SourceError, match="byte-order mark"):
        layout_of("\ufeffa,b\n1,2\n".encode(), encoding="cp1252")


@pytest.mark.parametrize(
    ("option", "value"),
    [("delimiter", "\n"), ("delimiter", ""), ("quote", ";;"), ("quote", "\n"), ("escape", "ab")],
)
def test_a_quote_is_one_character_and_a_delimiter_has_no_line_end(option: str, value: str) -> None:
    with pytest.raises(SourceError, match=r"one character|without line ends"):
        layout_of(b"a,b\n1,2\n", is_whole=True, **{option: value})


def test_the_header_is_the_first_line_with_text() -> None:
    layout = layout_of(b'\n\r\n"a\nx",b\n\n1,2\n')
    assert (layout.columns, layout.header_line) == (("a\nx", "b"), 3)
    assert (layout.data_offset, layout.data_line) == (11, 5)


@pytest.mark.parametrize("data", [b'"a,b\n1,2\n', b'"a"x,b\n1,2\n', b"\xff,\x81\n1,2\n"])
def test_a_header_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="line 1: a first line that is no header"):
        layout_of(data, delimiter=",", encoding="utf-8")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_our_own_dead_letter_is_read_whatever_the_options_say(
    read: Callable[..., Any], delimiter: str
) -> None:
    header = delimiter.join(["id", "name", *DEAD_LETTER_COLUMNS])
    row = delimiter.join(["1", "Zoë", *"x" * len(DEAD_LETTER_COLUMNS)])
    data = f"\ufeff{header}\n{row}\n".encode()
    reading = read(data, encoding="cp1252", delimiter="|", quote="'")
    assert reading.source.columns == ("id", "name")
    assert reading.source.files[0].dialect == Dialect("utf-8", delimiter, '"')
    assert reading.cells == [("1", "Zoë")]


ROWS = b"id;name;since\n1;Ann;2024-01-31\n2;Bob;2024-02-01\n"


@pytest.mark.parametrize(
    "preamble",
    [b"Export of May\n", b"\n\nExport\nby: Ann\n\n", b"# by Ann; today\n", b"Export;;\n;;\n"],
)
def test_lines_before_the_header_are_passed_over(preamble: bytes) -> None:
    layout = layout_of(preamble + ROWS)
    assert layout.columns == ("id", "name", "since")
    assert layout.header_line == 1 + preamble.count(b"\n")
    assert layout.data_offset == len(preamble) + 14


def test_a_title_over_rows_that_are_alike_is_asked_about() -> None:
    with pytest.raises(SourceError, match="delimiter cannot be told") as caught:
        layout_of(b"Liste\nName;Ort\nAnn;Ulm\nBob;Bonn\n")
    assert caught.value.problem.found.count("gives the header") == 2
    layout = layout_of(b"Liste\nName;Ort\nAnn;Ulm\n", skip_lines=1, delimiter=";")
    assert (layout.columns, layout.header_line) == (("Name", "Ort"), 2)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"id,,\n1,2,3\n4,5,6\n", "title or the header"),
        (b"id,mailname\n1,x,y\n2,x,y\n", "a header of 2 names over rows of 3 cells"),
        (b"Report:,May\nBy:,Bob\nid,n,m\n1,a,b\n2,a,b\n3,a,b\n4,a,b\n", "header of 2 names over"),
        (b"id,name\nid,name\n1,x\n", "stands there twice"),
        (b"id,name\n1,'Ann'\n2,'Bob'\n", "quote cannot be told"),
        (b"id,name\n" + b"1,Ann\n" * 9 + b"2,'CHILDREN''S MUG'\n", "quote cannot be told"),
    ],
)
def test_where_two_readings_are_as_likely_it_asks(data: bytes, found: str) -> None:
    with pytest.raises(SourceError, match=found) as caught:
        layout_of(data)
    assert "--" in caught.value.problem.remedy


@pytest.mark.parametrize(
    ("data", "quote", "escape"),
    [
        (b"id,name\n1,'Ann, B'\n2,'C, d'\n", "'", ""),
        (b'id,name\n1,"Ann \\"B\\", C"\n2,"D"\n', '"', "\\"),
        (b'id,name\n1,"C:\\"\n2,"D"\n', '"', ""),
        (b"id,name\n1,\"it's\"\n2,'D\n", '"', ""),
    ],
)
def test_another_quote_or_escape_is_found_where_only_it_fits(
    data: bytes, quote: str, escape: str
) -> None:
    dialect = layout_of(data).dialect
    assert (dialect.quote, dialect.escape) == (quote, escape)


@pytest.mark.parametrize(
    ("data", "line_end"),
    [
        (b"id,n\r1,a\r", "\r"),
        (b'id,"n\nm"\r1,a\r2,b\r', "\r"),
        (b"id,n\r\n1,a\r\n", ""),
        (b'id,n\n1,"a\r\rb\r"\n', ""),
    ],
)
def test_lines_that_end_in_cr_alone_are_found(data: bytes, line_end: str) -> None:
    assert layout_of(data).dialect.line_end == line_end


def test_a_file_may_have_no_header_or_one_of_several_lines() -> None:
    layout = layout_of(b"1,Ann\n2,Bob\n", header=0)
    assert (layout.columns, layout.header_line, layout.data_line) == (
        ("column_1", "column_2"),
        0,
        1,
    )
    layout = layout_of(b"first,last\nname,\nAnn,Lee\n", header=2)
    assert (layout.columns, layout.data_line) == (("first name", "last"), 3)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"1,Ann\n2,Bob\n", "1"),
        (b"ann@x.org\nbob@x.org\n", "ann@x.org"),
        (b"Ann,,active\nBob,Ulm,active\nCid,Bonn,trial\n", "active"),
        (b"7,NULL\n8,3\n9,4\n", "7"),
        (b"Ulm\nBonn\nUlm\n", "Ulm"),
    ],
)
def test_a_first_line_that_may_be_a_row_is_asked_about(data: bytes, value: str) -> None:
    with pytest.raises(SourceError, match="may be a header or a row") as caught:
        layout_of(data)
    assert caught.value.problem.found.startswith(
        f"a first line that may be a header or a row: it has {value!r}"
    )
    assert "--header none" in caught.value.problem.remedy
    assert layout_of(data, header=1).header_line == 1
    assert layout_of(data, header=0).header_line == 0


@pytest.mark.parametrize(
    "data", [b"id,name\n2,Bob\n", b"id,2023,2024\n1,7,8\n", b"city,n\nUlm,\n", b"a,b\nc,d\n"]
)
def test_a_line_of_words_over_values_is_a_header(data: bytes) -> None:
    assert layout_of(data).header_line == 1


def test_a_header_with_a_value_in_it_is_warned_of_until_it_is_said() -> None:
    data = b"id,2023,2024\n1,7,8\n2,8,9\n"
    assert "header: none" in layout_of(data).warning
    assert layout_of(data, header=1).warning == ""


@pytest.mark.parametrize("row", [b"x,y", b"1,2"])
def test_a_header_that_stands_there_again_is_asked_about(
    read: Callable[..., Any], row: bytes
) -> None:
    data = b"id,n\n" + row + b"\n1,2\nid,n\n3,4\n"
    with pytest.raises(SourceError, match="the header once more on line 4") as caught:
        read(data)
    assert "--header 1" in caught.value.problem.remedy
    assert "--limit 2" in caught.value.problem.remedy
    assert [code for _, _, code, _ in read(data, header=1).bad] == ["header-repeated"]


def test_quotes_that_enclose_no_cells_are_asked_about(read: Callable[..., Any]) -> None:
    titles = [b'"Heroes" (album)', b'7" single', b'"Weird Al" Yankovic', b"Low", b"Ashes"] * 4
    data = b"id\ttitle\n" + b"".join(b"%d\t%s\n" % row for row in enumerate(titles))
    with pytest.raises(SourceError, match="quote cannot be told") as caught:
        read(data)
    assert "--quote none" in caught.value.problem.remedy
    assert [cells[1] for cells in read(data, quote="").cells] == [text.decode() for text in titles]
    few = b"id\ttitle\n" + b'1\t"Low"\n' * 20 + b'2\t"Weird Al" Yankovic\n' * 3
    assert [code for _, _, code, _ in read(few).bad] == ["quote-stray"] * 3


def test_lines_among_the_rows_that_begin_as_comments_do_are_asked_about(
    read: Callable[..., Any],
) -> None:
    data = b"id,n\n1,a\n# by Ann\n2,b\n# so, so\n"
    with pytest.raises(SourceError, match="line 3, which begins with `#`") as caught:
        read(data)
    assert "--comment none" in caught.value.problem.remedy
    assert read(data, comment="#").cells == [("1", "a"), ("2", "b")]
    reading = read(data, comment="")
    assert reading.cells == [("1", "a"), ("2", "b"), ("# so", " so")]
    assert [line for _, line, *_ in reading.bad] == [3]


def test_a_title_over_rows_without_header_is_asked_about() -> None:
    data = b"Report,,\n1,a,b\n2,c,d\n"
    with pytest.raises(SourceError, match="may be a title or a row"):
        layout_of(data, header=0)
    assert layout_of(data, header=0, skip_lines=1).data_line == 2
    assert layout_of(data, header=0, skip_lines=0).data_line == 1


def test_rows_without_header_may_end_with_a_delimiter() -> None:
    assert layout_of(b"1,Ann,\n2,Bob,\n", header=0, trailing_delimiter=True).is_closed


def test_a_preamble_over_a_header_that_ends_with_a_delimiter_is_passed_over() -> None:
    layout = layout_of(b"Export\nby: Ann\nid;name;\n1;Ann;\n2;Bob;\n")
    assert (layout.columns, layout.header_line) == (("id", "name", ""), 3)


@pytest.mark.parametrize("mark", ["^", "~", "||", "::", "+|", "|~|", "\x01", "¦"])
@pytest.mark.parametrize("around", ["", '"'])
def test_a_rarer_delimiter_is_asked_about(mark: str, around: str) -> None:
    table = [["id", "name", "note"], ["1", "Ann", "a, b"], ["2", "Bob", ""], ["3", "Cid", "c; d"]]
    lines = [mark.join(f"{around}{cell}{around}" for cell in row) for row in table]
    for above in ([], ["Customer export", "Created by Ann"]):
        data = "\n".join([*above, *lines, ""]).encode()
        with pytest.raises(SourceError, match="delimiter") as caught:
            layout_of(data)
        assert "--delimiter" in caught.value.problem.remedy
        said = layout_of(data, delimiter=mark, skip_lines=len(above))
        assert said.columns == ("id", "name", "note")


@pytest.mark.parametrize(
    "data",
    [
        b"email\nann@x.org\nbob@y.org\n",
        b"time\n12:30:00\n13:45:00\n",
        b"name\nAnn\nBob; Cid\nDan\nEve\nFay\nGus\nHal\nIda\nJo\nKim\nLeo\n",
        b"note\nabout ~5\nmore\nsome ~7\nnone\n",
        b"price$,tax$,n\n1$,2$,x\n3$,4$,y\n",
        b"a,b\n1,x: y\n2,z: w\n",
        b"id,title\n" + b"1,Low\n" * 9 + b"2,'Heroes'\n",
        b"id,phone\n1,+4989123\n2,+4989124\n",
        "a,b\n😄,😄😄\n😄,😄😄\n".encode(),
    ],
)
def test_signs_in_texts_are_no_delimiter(data: bytes) -> None:
    assert layout_of(data).dialect.delimiter == ","


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"note\nWell\nHello, you\nSo\nOne, two\nNo\n", "`;` gives the header note"),
        (b"Export\nby Ann\n\nName|City\nAnn|Ulm\nBob|Bonn\n", "`|` gives"),
    ],
)
def test_where_only_most_rows_fit_it_asks(data: bytes, found: str) -> None:
    with pytest.raises(SourceError, match="delimiter cannot be told") as caught:
        layout_of(data)
    assert found in caught.value.problem.found


def test_names_that_are_empty_or_repeated_get_new_ones_if_it_is_said() -> None:
    layout = layout_of(b"a,,a,a_2,a\n1,2,3,4,5\n", rename_columns=True)
    assert layout.columns == ("a", "column_2", "a_3", "a_2", "a_4")
