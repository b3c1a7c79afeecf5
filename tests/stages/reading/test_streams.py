from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from importer.errors import SourceChanged, SourceError
from importer.stages.reading.streams import ByteStream, explained, find_files, require_unchanged


def written(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere\.csv: no such file"):
        find_files((str(tmp_path / "nowhere.csv"),))


def test_a_file_without_permission_is_named() -> None:
    with pytest.raises(SourceError, match="no permission"), explained("users.csv"):
        raise PermissionError


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="an empty file"):
        find_files((written(tmp_path / "a.csv", b""),))


def test_no_path_at_all_is_refused() -> None:
    with pytest.raises(SourceError, match="no file"):
        find_files(())


@pytest.mark.parametrize("name", ["users.csv.gz", "users.csv"])
def test_gzip_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    data = gzip.compress(b"abc", mtime=0) + gzip.compress(b"def")
    (place,) = find_files((written(tmp_path / name, data),))
    with ByteStream(place) as stream:
        assert stream.compression == "gzip"
        assert (stream.read(4), stream.read(4), stream.read(4)) == (b"abcd", b"ef", b"")
        assert stream.position_bytes == len(data)


@pytest.mark.parametrize("broken", [b"\x1f\x8b\x08\x00", gzip.compress(b"a" * 999, mtime=0)[:-9]])
def test_a_truncated_gzip_file_is_named(tmp_path: Path, broken: bytes) -> None:
    (place,) = find_files((written(tmp_path / "a.gz", broken),))
    with ByteStream(place) as stream, pytest.raises(SourceError, match=r"a\.gz: a broken gzip"):
        stream.read(10_000)


def test_a_file_that_changed_is_noticed(tmp_path: Path) -> None:
    (place,) = find_files((written(tmp_path / "a.csv", b"id\n1\n"),))
    require_unchanged(place)
    written(tmp_path / "a.csv", b"id\n1\n2\n")
    with pytest.raises(SourceChanged):
        require_unchanged(place)
    with ByteStream(place) as stream, pytest.raises(SourceChanged):
        stream.read(3)


def test_an_archive_that_was_cut_meanwhile_has_changed_and_is_not_broken(tmp_path: Path) -> None:
    data = gzip.compress(bytes(range(256)) * 40)
    (place,) = find_files((written(tmp_path / "a.gz", data),))
    written(tmp_path / "a.gz", data[:-20])
    with ByteStream(place) as stream, pytest.raises(SourceChanged):
        stream.read(100_000)


def test_a_file_that_went_away_has_changed(tmp_path: Path) -> None:
    (place,) = find_files((written(tmp_path / "a.csv", b"id\n1\n"),))
    (tmp_path / "a.csv").unlink()
    with pytest.raises(SourceChanged, match="went away"):
        require_unchanged(place)
