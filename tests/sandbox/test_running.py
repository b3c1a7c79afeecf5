from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

import pytest

from importer.errors import UsageError
from importer.moengage import access
from importer.sandbox import Sandbox, SandboxConfig, SandboxThread, serve


def post(
    sandbox: Sandbox | SandboxThread, customer_id: str = "ann", timeout_seconds: float = 5
) -> int:
    request = urllib.request.Request(  # noqa: S310 - our own sandbox
        f"{sandbox.base_url}/v1/customer/{sandbox.app_id}",
        json.dumps(
            {"type": "customer", "customer_id": customer_id, "attributes": {"a": 1}}
        ).encode(),
        access.headers(sandbox.app_id, sandbox.api_key),
    )
    with urllib.request.urlopen(request, timeout=timeout_seconds) as answer:  # noqa: S310 - our own sandbox
        answer.read()
        return int(answer.status)


def test_a_thread_serves_programs_without_an_event_loop() -> None:
    before = set(threading.enumerate())
    with SandboxThread() as sandbox:
        assert post(sandbox) == 200
        assert sandbox.profiles() == {"ann": {"a": 1}}
        assert sandbox.stats()["requests"] == 1
        assert sandbox.requests()[0].customer_id == "ann"
        sandbox.set_faults({"error_rate": 1, "error_status": 503})
        with pytest.raises(urllib.error.HTTPError) as caught:
            post(sandbox)
        caught.value.close()

    assert not [left for left in set(threading.enumerate()) - before if left.name == "sandbox"]


@pytest.mark.parametrize("fault", ["reset_rate", "truncate_rate", "hang_rate"])
def test_broken_answers_break_in_the_thread_too(fault: str) -> None:
    with SandboxThread(SandboxConfig(faults={fault: 1})) as sandbox:
        with pytest.raises((OSError, HTTPException)):
            post(sandbox, timeout_seconds=0.2)
        assert sandbox.stats()["faults_injected"].keys() <= {
            "reset_before",
            "reset_after",
            "truncate",
            "hang",
        }


def test_a_thread_raises_what_kept_it_from_starting() -> None:
    with (
        SandboxThread() as first,
        pytest.raises(UsageError, match="listened on"),
        SandboxThread(SandboxConfig(port=int(first.base_url.rpartition(":")[2]))),
    ):
        pass


def test_a_thread_raises_what_it_was_asked_wrongly() -> None:
    with SandboxThread() as sandbox, pytest.raises(UsageError, match="latency"):
        sandbox.set_faults({"latency": 1})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_with_a_signal_and_keeps_the_profiles(
    tmp_path: Path, number: signal.Signals
) -> None:
    seen: list[int] = []

    def on_ready(sandbox: Sandbox) -> None:
        def work() -> None:
            try:
                seen.append(post(sandbox))
            finally:
                os.kill(os.getpid(), number)

        threading.Thread(target=work).start()

    serve(SandboxConfig(db=tmp_path / "s.db"), on_ready)

    assert seen == [200]
    connection = sqlite3.connect(tmp_path / "s.db")
    assert connection.execute("SELECT customer_id FROM profiles").fetchall() == [("ann",)]
    connection.close()
