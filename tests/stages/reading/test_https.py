"""Reads from a TLS server on this machine, whose certificate a made-up authority has signed."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.object_server import ROWS, TABLE, Server

# TLS is set up when the HTTP library is loaded, so each reader is a process of its own.
READ = """
import json, sys
from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import answers, open_source
answers._WAITS_SECONDS = (0, 0, 0)
rows = 0
try:
    for block in open_source([sys.argv[1]], SourceOptions()).blocks():
        rows += block.rows
    print(json.dumps({"rows": rows}))
except SourceError as error:
    kind = type(error).__name__
    print(json.dumps({"rows": rows, "kind": kind, "found": error.problem.found}))
"""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[Server]:
    server = Server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def read(server: Server, authority: trustme.CA | None, folder: Path) -> dict[str, Any]:
    environment = dict(os.environ)
    if authority is not None:
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        environment["SSL_CERT_FILE"] = str(folder / "authority.pem")
    done = subprocess.run(
        [sys.executable, "-c", READ, server.url],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_https_object_is_read_by_ranges_and_taken_up_where_it_broke(
    server: Server, authority: trustme.CA, tmp_path: Path
) -> None:
    server.breaks_after_bytes = 500_000
    assert read(server, authority, tmp_path) == {"rows": ROWS}
    assert len(server.ranges) > 2
    assert server.breaks_after_bytes == 0
    assert server.ranges[-1].endswith(f"-{len(TABLE) - 1}")


def test_an_https_object_that_changed_under_way_is_noticed(
    server: Server, authority: trustme.CA, tmp_path: Path
) -> None:
    server.changes_after_ranges = 3
    found = read(server, authority, tmp_path)
    assert (found["kind"], found["found"]) == (
        "SourceChanged",
        "an object that changed on its server while it was read",
    )


def test_a_certificate_that_nobody_vouches_for_is_refused(server: Server, tmp_path: Path) -> None:
    found = read(server, None, tmp_path)
    assert (found["rows"], found["kind"]) == (0, "SourceError")
    assert "certificate" in found["found"]
    assert server.ranges == []
