from __future__ import annotations

import pytest

from importer.errors import SourceError
from importer.stages.reading.contents import format_of


@pytest.mark.parametrize(
    ("head", "format_"),
    [
        (b"id,name\n", "csv"),
        (b"PAR1\x15", "parquet"),
        (b"[id],{name}\n", "csv"),
        (b"\xef\xbb\xbfid\n", "csv"),
        (b"a,b\n\x00,c\n", "csv"),
    ],
)
def test_the_content_says_the_format(head: bytes, format_: str) -> None:
    assert format_of("users.txt", head, is_compressed=False) == format_


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\n\n<!DOCTYPE html>\n<html>", "an HTML page"),
        (b"<HTML lang=en>", "an HTML page"),
        (b'<?xml version="1.0"?>', "an XML file"),
        (b'[{"id": 1}]', "a JSON file"),
        (b'{"id": 1}\n{"id": 2}\n', "a JSON file"),
        (b"PK\x03\x04....xl/workbook.xml", "an Excel workbook"),
        (b"PK\x03\x04....", "a ZIP archive"),
        (b"%PDF-1.7", "a PDF document"),
        (b"Obj\x01", "an Avro file"),
        (b"ORC\x00", "an ORC file"),
        ("id,name\n".encode("utf-16"), "UTF-16 text"),
        ("id,name\n".encode("utf-16-be"), "looks like UTF-16"),
        (b"\x00\x01\x00\x00\x07", "binary data"),
        (b"id,name\r1,Ann\r", "CR alone"),
        (b"\n \n", "blanks only"),
        (b"", "an empty file"),
    ],
)
def test_anything_else_is_refused_by_what_it_is(head: bytes, kind: str) -> None:
    with pytest.raises(SourceError, match=kind):
        format_of("users.csv", head, is_compressed=False)


def test_an_html_page_named_parquet_is_called_no_parquet_file() -> None:
    with pytest.raises(SourceError, match="an HTML page, which is not a Parquet file"):
        format_of("users.parquet", b"<html>", is_compressed=False)


def test_a_parquet_file_inside_gzip_is_refused() -> None:
    with pytest.raises(SourceError, match="inside a gzip"):
        format_of("users.gz", b"PAR1", is_compressed=True)


@pytest.mark.parametrize("header", [b"ORCID,name\n1,a\n", b"PARENT;x\n1;2\n", b"BZh,y\n1,2\n"])
def test_a_header_that_begins_like_another_format_is_still_text(header: bytes) -> None:
    assert format_of("users.csv", header, is_compressed=False) == "csv"


def test_an_orc_file_is_still_refused() -> None:
    with pytest.raises(SourceError, match="an ORC file"):
        format_of("users.csv", b"ORC\x0a\x08\x00\x01\x02", is_compressed=False)
