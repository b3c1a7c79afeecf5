"""Keeps every test away from the network and the real environment, and finds the real files."""

from __future__ import annotations

import signal
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "tests",
    deadline=None,  # a time is never asserted
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("tests")


@pytest.fixture(autouse=True)
def _ctrl_c_is_heard() -> None:
    # Shells start what runs in the background with SIGINT ignored, and children inherit that; a
    # server that ran in this process leaves a handler behind that does nothing.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            assert ip_address(address[0]).is_loopback, f"a test called {address[0]}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_real_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("APP_ID", "API_KEY", "API_KEY_FILE", "DATA_CENTER", "BASE_URL", "STATE_DIR"):
        monkeypatch.delenv(f"MOENGAGE_{name}", raising=False)


@pytest.fixture
def root() -> Path:
    """Give the project's top folder."""
    return ROOT


@pytest.fixture
def shared_data() -> Path:
    """Give the folder of real third-party files that may stand beside the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real third-party files is not beside the project")
    return folder
