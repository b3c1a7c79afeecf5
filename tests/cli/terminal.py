"""Plays a terminal for a command in a process of its own."""

from __future__ import annotations

import os
import pty
import threading
from types import TracebackType
from typing import Any, Self


class Terminal:
    """A pseudo-terminal: `slave` is for the command, `shown` is what a person would see.

    Its reading goes on in a thread, so that the command never waits for us.
    """

    def __init__(self) -> None:
        self._master, self.slave = pty.openpty()
        self._shown = bytearray()
        self._changed = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self.slave)
        self._thread.join()
        os.close(self._master)

    @property
    def controls(self) -> dict[str, Any]:
        """Give Popen's settings that let Ctrl-C, typed here, interrupt the command."""
        # The first terminal that the leader of a new session opens is the one that controls it.
        return {
            "start_new_session": True,
            "preexec_fn": lambda: os.close(os.open(os.ttyname(self.slave), os.O_RDWR)),
        }

    @property
    def shown(self) -> str:
        return self._shown.decode()

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until the command shows this; an AssertionError tells what it showed instead."""
        with self._changed:
            self._changed.wait_for(lambda: text in self.shown or self._over, timeout=30)
        assert text in self.shown

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._master, 65_536)
            except OSError:
                # Linux says so when the last process has closed its end.
                piece = b""
            with self._changed:
                self._shown += piece
                self._over = not piece
                self._changed.notify_all()
            if not piece:
                return
