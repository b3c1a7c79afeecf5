"""Writes the documented bodies: the acceptance, the refusals, the faults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from string import ascii_letters

from importer.moengage import error_texts
from importer.moengage.error_texts import ErrorText
from importer.sandbox.calls import Json, Reply

_HTML_502 = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


class Answers:
    """Builds replies; `chance` makes their request ids, None leaves these out."""

    def __init__(self, chance: Random | None) -> None:
        self._chance = chance

    def accepted(self, dropped: tuple[str, ...] = ()) -> Reply:
        """Say that a request was accepted, which is all that a 200 says."""
        body = {"status": "success", "message": error_texts.ACCEPTED_MESSAGE, **self._request_id()}
        return Reply(200, _dumps(body), dropped=dropped)

    def refused(self, text: ErrorText, *, attribute: str = "", **parts: object) -> Reply:
        """Answer with a documented refusal; `parts` fill in its message."""
        return self.failed(text.status, text.type, text.message.format(**parts), attribute)

    def failed(self, status: int, kind: str, message: str, attribute: str = "") -> Reply:
        """Answer in the failure envelope, with any status (a 200 may fail too)."""
        error = {"type": kind, "message": message, **self._request_id()}
        if attribute:
            error["attribute"] = attribute
        return Reply(status, _dumps({"status": "fail", "error": error}))

    def injected(self, status: int) -> Reply:
        """Answer as the API does for a status that a fault asks for."""
        text = _BY_STATUS.get(status)
        if text is None:
            kind = "Server Error" if status >= 500 else "Client Error"
            text = ErrorText(status, kind, f"The sandbox was told to answer {status}")
        return self.failed(status, text.type, text.message)

    def _request_id(self) -> dict[str, str]:
        if self._chance is None:
            return {}
        return {"request_id": "".join(self._chance.choices(ascii_letters, k=8))}


def plain(status: int, body: Mapping[str, Json]) -> Reply:
    """Answer with a body in no envelope."""
    return Reply(status, _dumps(body))


def html_502() -> Reply:
    """Answer as a gateway does when the API behind it is away."""
    return Reply(502, _HTML_502, "text/html")


def _dumps(body: Mapping[str, Json]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


_BY_STATUS = {
    text.status: text
    for text in (
        error_texts.ACCOUNT_BLACKLISTED,
        error_texts.AUTH_WRONG_KEY,
        error_texts.ACCOUNT_BLOCKED,
        error_texts.APP_ID_MISMATCH,
        ErrorText(413, "PayloadTooLarge", "Payload size exceeds 128 KB"),
        error_texts.WRONG_CONTENT_TYPE,
        error_texts.RATE_LIMITED,
        error_texts.SERVER_ERROR,
    )
}
