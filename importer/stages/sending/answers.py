"""Holds what can come back from one try: a reply, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson

Trouble = Literal["timeout", "connection", "target"]
"""Why no answer came.  "target" is what every other request would meet as well: a certificate
that does not fit, a proxy that refuses."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: its status, the headers that sending needs (names in lower case), its text."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def json_object(self) -> dict[str, object] | None:
        """Give the body as a JSON object, or None where it is anything else."""
        try:
            found = orjson.loads(self.text)
        except orjson.JSONDecodeError:
            return None
        return found if isinstance(found, dict) else None


class NoAnswer(Exception):
    """No answer came to a try; the API may or may not have applied it."""

    def __init__(self, kind: Trouble, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message
