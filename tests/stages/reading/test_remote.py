from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.errors import ImporterError, SourceChanged, SourceError
from importer.records import SourceOptions
from importer.stages.reading import Source, open_source, read_batch
from importer.stages.reading.remote import shown_url
from tests.object_server import ROWS, TABLE, Server


def read_whole(source: Source) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for block in source.blocks():
        batch, rejections = read_batch(block, source.columns)
        assert not rejections
        rows += batch.cells.to_pylist()
    return rows


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr("importer.stages.reading.answers._WAITS_SECONDS", (0,) * 3)
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_object_is_read_by_ranges_and_each_byte_once(server: Server) -> None:
    source = open_source([server.url], SourceOptions())
    server.ranges.clear()
    rows = read_whole(source)
    assert len(rows) == ROWS
    assert rows[-1] == {"id": str(ROWS - 1), "name": f"name {ROWS - 1}"}
    spans = [tuple(map(int, span.removeprefix("bytes=").split("-"))) for span in server.ranges]
    assert len(spans) > 1
    assert [start for start, _ in spans] == [0, *(end + 1 for _, end in spans[:-1])]
    assert spans[-1][1] == len(TABLE) - 1


def test_a_broken_connection_is_taken_up_where_it_was(server: Server) -> None:
    source = open_source([server.url], SourceOptions())
    server.ranges.clear()
    server.breaks_after_bytes = 1000
    assert len(read_whole(source)) == ROWS
    assert server.ranges[0] == server.ranges[1]
    assert len(set(server.ranges)) == len(server.ranges) - 1


def test_an_object_that_changed_under_way_is_noticed(server: Server) -> None:
    source = open_source([server.url], SourceOptions())
    server.body, server.version = TABLE.replace(b"name 1", b"NAME 1"), '"two"'
    with pytest.raises(SourceChanged, match="changed on its server") as caught:
        read_whole(source)
    assert caught.value.exit_code == 3


def test_an_object_that_got_shorter_without_a_version_is_noticed(server: Server) -> None:
    server.version = ""
    source = open_source([server.url], SourceOptions())
    server.body = TABLE[: len(TABLE) // 2]
    with pytest.raises(SourceChanged):
        read_whole(source)


@pytest.mark.parametrize("says_so", [True, False])
@pytest.mark.parametrize("has_length", [True, False])
def test_a_server_without_ranges_is_read_in_one_go(
    server: Server, has_length: bool, says_so: bool
) -> None:
    server.has_ranges, server.has_length, server.says_so = False, has_length, says_so
    assert len(read_whole(open_source([server.url], SourceOptions()))) == ROWS


def test_a_compressed_object_is_read(server: Server) -> None:
    server.body = gzip.compress(TABLE)
    source = open_source([server.url], SourceOptions())
    assert source.files[0].compression == "gzip"
    assert len(read_whole(source)) == ROWS


def test_a_parquet_object_is_read(server: Server, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["1", "2"]}), tmp_path / "a.parquet")
    server.body = (tmp_path / "a.parquet").read_bytes()
    assert read_whole(open_source([server.url], SourceOptions())) == [{"id": "1"}, {"id": "2"}]


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "no such object"), (403, "no permission"), (401, "no permission"), (500, "HTTP 500")],
)
def test_a_servers_refusal_is_one_clear_error(server: Server, status: int, words: str) -> None:
    server.status = status
    with pytest.raises(SourceError, match=words):
        open_source([server.url], SourceOptions())


def test_a_server_that_is_not_there_does_not_answer(server: Server) -> None:
    with pytest.raises(SourceError, match="does not answer") as caught:
        open_source([server.url.replace(str(server.server_port), "9")], SourceOptions())
    assert "no such object" not in caught.value.problem.found


def test_no_secret_of_an_address_is_in_an_error(server: Server) -> None:
    server.status = 403
    url = server.url.replace("http://", "http://ann:hush@") + "?signature=hush"
    with pytest.raises(ImporterError) as caught:
        open_source([url], SourceOptions())
    assert "hush" not in f"{caught.value}{caught.value!r}{caught.value.__context__}"
    server.status = 0
    (file,) = open_source([url], SourceOptions()).files
    assert "hush" not in f"{file}{file.describe()}"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ann:pw@host/a.csv?sig=x", "https://host/a.csv?..."),
        ("s3://bucket/a?.csv", "s3://bucket/a?.csv"),
        ("users.csv", "users.csv"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert shown_url(url) == shown


@pytest.mark.parametrize("url", ["http://example.com/a.csv", "ftp://example.com/a.csv"])
def test_what_travels_in_the_open_is_refused(url: str) -> None:
    with pytest.raises(SourceError, match="in the open"):
        open_source([url], SourceOptions())


def test_an_unknown_protocol_is_refused() -> None:
    with pytest.raises(SourceError, match="unknown protocol gopher"):
        open_source(["gopher://example.com/a.csv"], SourceOptions())


def test_a_missing_extra_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(SourceError, match=r"pip install 'moengage-importer\[s3\]'"):
        open_source(["s3://bucket/users.csv"], SourceOptions())


# --- S3 ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """Run a real S3 server on this machine; give its address."""
    words = [sys.executable, "-u", "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stderr
    found = None
    while not found and (line := process.stderr.readline()):
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
    drain = threading.Thread(target=process.stderr.read, daemon=True)
    drain.start()
    assert found, "the S3 server did not start"
    yield found.group()
    process.terminate()
    process.wait()
    drain.join()
    process.stderr.close()


@pytest.fixture
def s3(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a file system with an empty bucket called crm."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented-too")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_address)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setattr("importer.stages.reading.answers._WAITS_SECONDS", (0,) * 3)
    system = import_module("s3fs").S3FileSystem()
    if system.exists("crm"):
        system.rm("crm", recursive=True)
    system.mkdir("crm")
    return system


def test_an_s3_object_is_read(s3: Any) -> None:
    s3.pipe("crm/users.csv", TABLE)
    source = open_source(["s3://crm/users.csv"], SourceOptions())
    assert source.files[0].path == "s3://crm/users.csv"
    assert len(read_whole(source)) == source.count_rows() == ROWS


def test_an_s3_object_that_changed_under_way_is_noticed(s3: Any) -> None:
    s3.pipe("crm/users.csv", TABLE)
    source = open_source(["s3://crm/users.csv"], SourceOptions())
    s3.pipe("crm/users.csv", TABLE.replace(b"name 1", b"NAME 1"))
    with pytest.raises(SourceChanged):
        read_whole(source)


def test_an_s3_folder_stands_for_its_tables_with_its_partitions(s3: Any, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["1"]}), tmp_path / "a.parquet")
    for country in ("DE", "IN"):
        s3.put(str(tmp_path / "a.parquet"), f"crm/users/country={country}/part-0.parquet")
    s3.pipe("crm/users/_SUCCESS", b"")
    expected = [{"id": "1", "country": "DE"}, {"id": "1", "country": "IN"}]
    for address in ("s3://crm/users", "s3://crm/users/", "s3://crm/users/*/*.parquet"):
        assert read_whole(open_source([address], SourceOptions())) == expected, address


def test_a_missing_s3_object_is_one_clear_error(s3: Any) -> None:
    for address in ("s3://crm/nowhere.csv", "s3://no-such-bucket/a.csv"):
        with pytest.raises(SourceError, match="no such object"):
            open_source([address], SourceOptions())
    with pytest.raises(SourceError, match="no object that matches"):
        open_source(["s3://crm/*.csv"], SourceOptions())
