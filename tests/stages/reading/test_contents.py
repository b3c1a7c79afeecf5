from __future__ import annotations

import random

import pytest

from importer.errors import SourceError
from importer.stages.reading.contents import format_of


@pytest.mark.parametrize(
    ("head", "format_"),
    [
        (b"id,name\n", "csv"),
        (b"PAR1\x15", "parquet"),
        (b"PK\x03\x04....", "workbook"),
        (b"\xd0\xcf\x11\xe0....", "workbook"),
        (b'{"id": 1}\n{"id": 2}\n', "jsonl"),
        (b'\xef\xbb\xbf\n{"id": {"a": [1]}}', "jsonl"),
        (b"[id],{name}\n", "csv"),
        (b"\xef\xbb\xbfid\n", "csv"),
        (b"a,b\n\x00,c\n", "csv"),
        ("id,name\n".encode("utf-16"), "csv"),
        ("id,name\n".encode("utf-16-be"), "csv"),
        ("id,name\n".encode("utf-32"), "csv"),
        (b"id,name\r1,Ann\r", "csv"),
    ],
)
def test_the_content_says_the_format(head: bytes, format_: str) -> None:
    assert format_of("users.txt", head, "") == format_


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\n\n<!DOCTYPE html>\n<html>", "an HTML page"),
        (b"<HTML lang=en>", "an HTML page"),
        (b'<?xml version="1.0"?>', "an XML file"),
        (b'[{"id": 1}]', "a JSON file"),
        (b'{\n"id": 1}\n', "a JSON file that has not one object a line"),
        (b'{"users": [\n{"id": 1}\n]}', "a JSON file that has not one object a line"),
        (b"%PDF-1.7", "a PDF document"),
        (b"Obj\x01", "an Avro file"),
        (b"ORC\x00", "an ORC file"),
        (b"\x00\x01\x00\x00\x07", "binary data"),
        (b"\n \n", "a file of blanks only"),
        (b"\xef\xbb\xbf \n", "a file of blanks only"),
        (b"\n", "a file of empty lines only"),
        (b"\xef\xbb\xbf\r\n\r\n", "a file of empty lines only"),
        (b"", "an empty file;"),
        (b"\xef\xbb\xbf", r"an empty file \(nothing but a byte-order mark\)"),
        (b"\xff\xfe", r"an empty file \(nothing but a byte-order mark\)"),
    ],
)
def test_anything_else_is_refused_by_what_it_is(head: bytes, kind: str) -> None:
    with pytest.raises(SourceError, match=kind):
        format_of("users.csv", head, "")


def test_an_html_page_named_parquet_is_called_no_parquet_file() -> None:
    with pytest.raises(SourceError, match="an HTML page, which is not a Parquet file"):
        format_of("users.parquet", b"<html>", "")


@pytest.mark.parametrize("name", ["r.parquet", "R.Parquet", "r.xlsx", "r.xls"])
@pytest.mark.parametrize("size", [400, 5000])
def test_random_bytes_are_told_to_be_neither_what_the_name_says_nor_text(
    name: str, size: int
) -> None:
    for seed in range(10):
        noise = random.Random(seed).randbytes(size)  # noqa: S311 - a test
        with pytest.raises(SourceError) as caught:
            format_of(name, noise, "")
        kind = "a Parquet file" if "parquet" in name.lower() else "a workbook"
        assert caught.value.problem.found == (
            f"binary data, which is not {kind} as its name says, nor a text that can be read"
        )
        assert "damaged or encrypted" in caught.value.problem.remedy


@pytest.mark.parametrize("name", ["t.parquet", "t.xls"])
@pytest.mark.parametrize(
    "head",
    [b"id,name\n1,a\n", "id\tname\n".encode("utf-16"), b"id,name\n1," + b"a" * 80 + b"\x0c\n"],
)
def test_a_text_under_another_name_is_read_as_text(name: str, head: bytes) -> None:
    assert format_of(name, head, "") == "csv"


@pytest.mark.parametrize("head", [b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"%PDF"])
def test_another_format_inside_gzip_is_refused(head: bytes) -> None:
    with pytest.raises(SourceError, match="inside a gzip"):
        format_of("users.gz", head, "gzip")


def test_a_broken_first_line_of_a_file_named_jsonl_is_a_row() -> None:
    assert format_of("users.jsonl", b'{"id": \n{"id": 2}\n', "") == "jsonl"


@pytest.mark.parametrize("header", [b"ORCID,name\n1,a\n", b"PARENT;x\n1;2\n", b"BZh,y\n1,2\n"])
def test_a_header_that_begins_like_another_format_is_still_text(header: bytes) -> None:
    assert format_of("users.csv", header, "") == "csv"


def test_an_orc_file_is_still_refused() -> None:
    with pytest.raises(SourceError, match="an ORC file"):
        format_of("users.csv", b"ORC\x0a\x08\x00\x01\x02", "")
