"""Decides what an answer means for its row and for the run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from importer.moengage.replies import RETRY_STATUSES, STOP_STATUSES
from importer.records import Stop
from importer.stages.sending.answers import NoAnswer, Reply

DOUBTS = 2
"""Further tries after an account-wide refusal that comes when others were accepted before."""

_CHECK_TARGET = (
    "check MOENGAGE_DATA_CENTER (or MOENGAGE_BASE_URL) and proxies, then run the same command again"
)

_REMEDIES = {
    401: "check MOENGAGE_APP_ID, MOENGAGE_API_KEY (the Data tile's) and MOENGAGE_DATA_CENTER, "
    "then run the same command again",
    403: "ask MoEngage why the account, the key or this machine's address is blocked, then run the same command again",
    407: "the proxy asks for credentials: put them into HTTPS_PROXY, then run the same command again",
    409: "check that MOENGAGE_APP_ID is the workspace that MOENGAGE_API_KEY belongs to, then run the same command again",
}


class Action(StrEnum):
    """What to do with a row after an answer."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    UNDELIVERED = "undelivered"
    RETRY = "retry"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Tries:
    """What is known of a row and its run when an answer comes.

    attempts: tries of this row, the answered one included; doubts: how many of its earlier ones
        met an account-wide refusal.
    retries: tries after the first that are allowed.
    accepted: whether any row of the run was accepted before.
    """

    attempts: int = 1
    doubts: int = 0
    retries: int = 5
    accepted: bool = False
    retry_404: bool = False

    @property
    def may_retry(self) -> bool:
        return self.attempts <= self.retries


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means.

    code: of rules.py, for rejected, undelivered and retried rows; message: the API's own words.
    doubt: the answer would stop the run, but others were accepted before, so it is tried again.
    """

    action: Action
    code: str = ""
    message: str = ""
    request_id: str = ""
    doubt: bool = False
    stop: Stop | None = None


def decide(answer: Reply | NoAnswer, tries: Tries) -> Verdict:
    """Sort an answer by what to do next (Data API docs, "Response codes"; design: the retry table).

    Only the status decides, because the documented texts contradict each other; except that a
    2xx must be the API's own (a JSON object) and may say that it failed.
    """
    if isinstance(answer, NoAnswer):
        if answer.kind == "target":
            return _stop(_target_stop(answer.message, _CHECK_TARGET), tries, answer.message)
        return _again(answer.kind, answer.message, tries)
    status = answer.status
    if 200 <= status < 300:
        return _on_success(answer, tries)
    words, request_id = answer.message, answer.request_id
    said = f"HTTP {status}: {words}" if words else f"HTTP {status}"
    if status in STOP_STATUSES:
        stop = Stop("credentials", f"the API answered {said}", _REMEDIES[status], 3)
        return _stop(stop, tries, said, request_id)
    if status in RETRY_STATUSES or status >= 500 or (status == 404 and tries.retry_404):
        return _again("http-error", said, tries, request_id)
    if status < 400 or status == 407 or (status == 404 and not tries.accepted):
        return _stop(_wrong_target(answer, said), tries, said, request_id)
    return Verdict(Action.REJECTED, "http-rejected", words or said, request_id)


def _on_success(reply: Reply, tries: Tries) -> Verdict:
    body = reply.json_object()
    if body is None:
        shown = reply.message or "empty"
        found = f"HTTP {reply.status} with a body that is not the API's: {shown}"
        return _again("answer-unreadable", found, tries)
    if body.get("status") == "fail" or body.get("error"):
        return Verdict(Action.REJECTED, "status-fail", reply.message, reply.request_id)
    return Verdict(Action.DELIVERED, request_id=reply.request_id)


def _again(code: str, message: str, tries: Tries, request_id: str = "") -> Verdict:
    action = Action.RETRY if tries.may_retry else Action.UNDELIVERED
    return Verdict(action, code, message, request_id)


def _stop(stop: Stop, tries: Tries, message: str, request_id: str = "") -> Verdict:
    if tries.accepted and tries.doubts < DOUBTS and tries.may_retry:
        return Verdict(Action.RETRY, "http-error", message, request_id, doubt=True)
    return Verdict(Action.STOP, "", message, request_id, stop=stop)


def _wrong_target(reply: Reply, said: str) -> Stop:
    if 300 <= reply.status < 400:
        return _target_stop(f"the base URL redirects {_whereto(reply)} ({said})", _CHECK_TARGET)
    remedy = _REMEDIES.get(reply.status, _CHECK_TARGET)
    return _target_stop(f"the base URL does not lead to the User API ({said})", remedy)


def _target_stop(message: str, remedy: str) -> Stop:
    return Stop("target", message, remedy, 3)


def _whereto(reply: Reply) -> str:
    # Host only: what follows it may carry a session or a signature.
    try:
        host = urlsplit(reply.headers.get("location", "")).hostname
    except ValueError:
        host = None
    return f"to {host}" if host else "elsewhere"
