"""Makes the event loop that sends fastest on this machine: uvloop's where there is one."""

from __future__ import annotations

import sys

if sys.platform != "win32":
    from uvloop import new_event_loop
else:
    from asyncio import new_event_loop

__all__ = ["new_event_loop"]
