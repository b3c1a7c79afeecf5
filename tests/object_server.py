"""Serves one object over HTTP, whole or by ranges, and does what a test wants to go wrong."""

from __future__ import annotations

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ROWS = 150_000
TABLE = b"id,name\n" + b"".join(b"%d,name %d\n" % (row, row) for row in range(ROWS))
"""Longer than two requests ask for."""


class Server(ThreadingHTTPServer):
    """Serves one object, and does what a test wants to go wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body, self.version = TABLE, '"one"'
        self.ranges: list[str] = []
        self.breaks_after_bytes = 0
        self.has_ranges = True
        self.says_so = True
        self.has_length = True
        self.status = 0
        self.redirect_to = ""
        self.changes_after_ranges = 0
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}/users.csv"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of the connections that a test breaks."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(is_head=True)

    def do_GET(self) -> None:
        self._answer(is_head=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass

    def _answer(self, *, is_head: bool) -> None:
        server = self.server
        if server.status:
            self.send_response(server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.headers.get("If-Match", server.version) != server.version:
            self.send_response(412)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body, status = server.body, 200
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked and server.has_ranges:
            server.ranges.append(asked.group())
            if len(server.ranges) == server.changes_after_ranges:
                server.version = '"two"'
            body, status = body[int(asked[1]) : int(asked[2]) + 1], 206
        self.send_response(status)
        if server.has_length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
        if not server.has_ranges and server.says_so:
            self.send_header("Accept-Ranges", "none")
        self.send_header("ETag", server.version)
        self.end_headers()
        if is_head:
            return
        if server.breaks_after_bytes:
            body, server.breaks_after_bytes = body[: server.breaks_after_bytes], 0
            self.close_connection = True
        self.wfile.write(body)
