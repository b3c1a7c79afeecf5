from __future__ import annotations

import bz2
import gzip
import io
import lzma
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import Source, open_source
from importer.stages.reading.streams import ByteStream, find_files

TEXT = b"id,name\n" + b"".join(b"%d,name %d\n" % (row, row) for row in range(5000))
ZERO_MIB = bytes(1 << 20)


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def zstd(data: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(data, asbytes=True)
    return packed


def one_zip(data: bytes) -> bytes:
    return zipped({"users.csv": data})


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": one_zip,
}


def opened(tmp_path: Path, data: bytes, name: str = "users.csv") -> Source:
    path = tmp_path / name
    path.write_bytes(data)
    return open_source([path], SourceOptions())


@pytest.mark.parametrize("name", ["users.csv", "users.csv.gz", "users.parquet", "users.zip"])
@pytest.mark.parametrize("kind", PACKERS)
def test_an_archive_is_known_by_its_content(tmp_path: Path, kind: str, name: str) -> None:
    source = opened(tmp_path, PACKERS[kind](TEXT), name)
    assert source.files[0].compression == kind
    assert (source.columns, source.count_rows()) == (("id", "name"), 5000)
    lines = [block.line(block.rows - 1) for block in source.blocks()]
    assert lines[-1] == 5001


@pytest.mark.parametrize("kind", ["gzip", "zstd", "bzip2", "xz"])
def test_several_streams_in_one_file_are_read_one_after_the_other(
    tmp_path: Path, kind: str
) -> None:
    pack = PACKERS[kind]
    source = opened(tmp_path, pack(TEXT[:1000]) + pack(TEXT[1000:]))
    assert source.count_rows() == 5000


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("lost", [1, 9, 200])
def test_a_truncated_archive_is_one_clear_error(tmp_path: Path, kind: str, lost: int) -> None:
    with pytest.raises(SourceError, match=rf"users\.csv: a broken {kind} file"):
        opened(tmp_path, PACKERS[kind](TEXT)[:-lost])


# Arrow writes zstd without its optional checksum.
@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "zip"])
def test_an_archive_with_a_changed_byte_is_one_clear_error(tmp_path: Path, kind: str) -> None:
    data = bytearray(PACKERS[kind](TEXT))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(SourceError, match=rf"a broken {kind} file"):
        opened(tmp_path, bytes(data))


@pytest.mark.parametrize("kind", ["gzip", "zstd", "bzip2", "xz"])
def test_rubbish_after_an_archive_is_not_taken_for_its_end(tmp_path: Path, kind: str) -> None:
    pack = PACKERS[kind]
    second = pack(TEXT[1000:])
    with pytest.raises(SourceError, match=rf"a broken {kind} file"):
        opened(tmp_path, pack(TEXT[:1000]) + b"\x01" + second[1:])


def test_a_zip_of_several_files_names_them(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"2 files \(a\.csv, in/b\.csv\)"):
        opened(tmp_path, zipped({"a.csv": TEXT, "in/b.csv": TEXT}))


def test_a_zip_of_many_files_names_some(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"9 files \(0, 1, 2, 3, 4 and 4 more\)"):
        opened(tmp_path, zipped({str(number): b"" for number in range(9)}))


def test_what_macos_adds_to_a_zip_is_passed_over(tmp_path: Path) -> None:
    members = {"out/": b"", "out/users.csv": TEXT, "__MACOSX/out/._users.csv": b"\x00\x05"}
    assert opened(tmp_path, zipped(members)).count_rows() == 5000


def test_an_empty_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="an empty ZIP archive"):
        opened(tmp_path, zipped({}))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    data = bytearray(one_zip(TEXT))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    with pytest.raises(SourceError, match="an encrypted ZIP archive"):
        opened(tmp_path, bytes(data))


def test_a_zip_with_a_method_nobody_here_knows_is_refused(tmp_path: Path) -> None:
    data = bytearray(one_zip(TEXT))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + offset] = 9
    with pytest.raises(SourceError, match="a broken zip file"):
        opened(tmp_path, bytes(data))


@pytest.mark.parametrize("inner", ["gzip", "zip", "zstd"])
def test_an_archive_in_an_archive_is_refused(tmp_path: Path, inner: str) -> None:
    with pytest.raises(SourceError, match="inside a zip file"):
        opened(tmp_path, one_zip(PACKERS[inner](TEXT)))


@pytest.mark.parametrize("header", [b"BZh,y\n1,2\n", b"PK,y\n1,2\n"])
def test_a_header_that_begins_like_an_archive_is_text(tmp_path: Path, header: bytes) -> None:
    assert opened(tmp_path, header).count_rows() == 1


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "zip"])
def test_a_bomb_takes_bounded_memory(tmp_path: Path, kind: str) -> None:
    (tmp_path / "bomb").write_bytes(PACKERS[kind](ZERO_MIB * 256))
    (place,) = find_files((str(tmp_path / "bomb"),))
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    total = 0
    with ByteStream(place) as stream:
        while data := stream.read(1 << 20):
            total += len(data)
    assert total == 256 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 100_000
