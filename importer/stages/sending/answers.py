"""Holds what can come back from one try: a reply, or none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson

Trouble = Literal["timeout", "connection", "target"]
"""Why no answer came.  "target" is what every other request would meet as well: a certificate
that does not fit, a proxy that refuses."""


_SHOWN_CHARACTERS = 300
_LOOKED_AT_CHARACTERS = 4096


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

    @property
    def message(self) -> str:
        """The API's own words in one short line; of a gateway's page, its text."""
        body = self.json_object()
        if body is None:
            return _short(re.sub(r"<[^>]*>", " ", self.text[:_LOOKED_AT_CHARACTERS]))
        error = body.get("error")
        if isinstance(error, dict):
            parts = [str(error[key]) for key in ("type", "message") if error.get(key)]
            attribute = error.get("attribute")
            return _short(": ".join(parts) + (f" (attribute {attribute})" if attribute else ""))
        # Two answers have another shape: {"error": text, "message": text} and {"message": text}.
        return _short(": ".join(str(part) for part in (error, body.get("message")) if part))

    @property
    def request_id(self) -> str:
        """What MoEngage's support asks for; "" where the answer has none."""
        body = self.json_object() or {}
        error = body.get("error")
        inner = error.get("request_id") if isinstance(error, dict) else None
        return str(body.get("request_id") or inner or "")


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN_CHARACTERS else plain[: _SHOWN_CHARACTERS - 1] + "…"


class NoAnswer(Exception):
    """No answer came to a try; the API may or may not have applied it."""

    def __init__(self, kind: Trouble, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message

    def __str__(self) -> str:
        return self.message
