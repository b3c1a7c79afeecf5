from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.rules import RULES
from importer.stages.sending.answers import NoAnswer, Reply
from importer.stages.sending.deciding import Action, Tries, decide

OK = '{"status":"success","message":"Your request has been accepted","request_id":"kXwpDESb"}'
FAIL = json.dumps(
    {
        "status": "fail",
        "error": {
            "type": "MissingAttributeError",
            "message": "customer_id is not found in the payload",
            "attribute": "customer_id",
            "request_id": "aBcDeFgH",
        },
    }
)
PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
FRESH = Tries()
PROVEN = Tries(accepted=True)


@pytest.mark.parametrize(
    ("status", "text", "tries", "action", "code"),
    [
        (200, OK, FRESH, "delivered", ""),
        (200, "{}", FRESH, "delivered", ""),
        (202, OK, FRESH, "delivered", ""),
        (200, FAIL, FRESH, "rejected", "status-fail"),
        (200, '{"error":"no"}', FRESH, "rejected", "status-fail"),
        (200, PAGE, FRESH, "retry", "answer-unreadable"),
        (200, "", FRESH, "retry", "answer-unreadable"),
        (200, '"success"', FRESH, "retry", "answer-unreadable"),
        (200, "[" * 5000, FRESH, "retry", "answer-unreadable"),
        (204, "", FRESH, "retry", "answer-unreadable"),
        (302, "", FRESH, "stop", ""),
        (302, "", PROVEN, "retry", "http-error"),
        (400, FAIL, FRESH, "rejected", "http-rejected"),
        (401, FAIL, FRESH, "stop", ""),
        (403, FAIL, FRESH, "stop", ""),
        (409, FAIL, FRESH, "stop", ""),
        (401, PAGE, FRESH, "stop", ""),
        (401, FAIL, PROVEN, "retry", "http-error"),
        (401, FAIL, Tries(attempts=2, doubts=1, accepted=True), "retry", "http-error"),
        (401, FAIL, Tries(attempts=3, doubts=2, accepted=True), "stop", ""),
        (401, FAIL, Tries(retries=0, accepted=True), "stop", ""),
        (407, PAGE, FRESH, "stop", ""),
        (404, PAGE, FRESH, "stop", ""),
        (404, PAGE, PROVEN, "rejected", "http-rejected"),
        (404, PAGE, Tries(retry_404=True), "retry", "http-error"),
        (405, FAIL, FRESH, "rejected", "http-rejected"),
        (408, "", FRESH, "retry", "http-error"),
        (413, FAIL, FRESH, "rejected", "http-rejected"),
        (415, FAIL, FRESH, "rejected", "http-rejected"),
        (422, FAIL, FRESH, "rejected", "http-rejected"),
        (429, FAIL, FRESH, "retry", "http-error"),
        (500, FAIL, FRESH, "retry", "http-error"),
        (502, PAGE, FRESH, "retry", "http-error"),
        (503, "", FRESH, "retry", "http-error"),
        (504, "", FRESH, "retry", "http-error"),
        (520, "", FRESH, "retry", "http-error"),
        (503, "", Tries(attempts=5, retries=5), "retry", "http-error"),
        (503, "", Tries(attempts=6, retries=5), "undelivered", "http-error"),
        (503, "", Tries(attempts=1, retries=0), "undelivered", "http-error"),
        (200, PAGE, Tries(attempts=6, retries=5), "undelivered", "answer-unreadable"),
    ],
)
def test_the_retry_table_holds(
    status: int, text: str, tries: Tries, action: str, code: str
) -> None:
    verdict = decide(Reply(status, text), tries)
    assert (verdict.action, verdict.code) == (action, code)
    assert (verdict.stop is not None) == (verdict.action is Action.STOP)


@pytest.mark.parametrize("kind", ["timeout", "connection"])
def test_a_try_without_an_answer_is_repeated_until_the_retries_are_used_up(kind: str) -> None:
    failure = NoAnswer(kind, "why")  # type: ignore[arg-type] # the parameter is a plain text
    assert decide(failure, FRESH).action == "retry"
    last = decide(failure, Tries(attempts=6))
    assert (last.action, last.code, last.message) == ("undelivered", kind, "why")


def test_a_certificate_that_does_not_fit_stops_the_run() -> None:
    verdict = decide(NoAnswer("target", "the certificate cannot be trusted"), FRESH)
    assert verdict.stop is not None
    assert (verdict.stop.code, verdict.stop.exit_code) == ("target", 3)


@pytest.mark.parametrize(
    ("status", "code"), [(401, "credentials"), (302, "target"), (404, "target")]
)
def test_a_stop_says_the_status_the_apis_words_and_what_to_do(status: int, code: str) -> None:
    stop = decide(Reply(status, FAIL), FRESH).stop
    assert stop is not None
    assert (stop.code, stop.exit_code) == (code, 3)
    assert str(status) in stop.message
    assert "customer_id is not found" in stop.message
    assert "MOENGAGE_" in stop.remedy


@pytest.mark.parametrize(
    ("location", "shown"),
    [("https://login.example.com/?token=s3cr3t", "login.example.com"), ("http://[x", "elsewhere")],
)
def test_a_redirect_names_the_host_it_leads_to_and_nothing_more(location: str, shown: str) -> None:
    stop = decide(Reply(301, "", {"location": location}), FRESH).stop
    assert stop is not None
    assert shown in stop.message
    assert "s3cr3t" not in stop.message


def test_a_rejection_carries_the_apis_own_words_or_at_least_the_status() -> None:
    verdict = decide(Reply(400, FAIL), FRESH)
    assert verdict.message.startswith("MissingAttributeError: customer_id is not found")
    assert verdict.request_id == "aBcDeFgH"
    assert decide(Reply(400, ""), FRESH).message == "HTTP 400"


def test_a_delivery_keeps_its_request_id_and_no_message() -> None:
    verdict = decide(Reply(200, OK), FRESH)
    assert (verdict.message, verdict.request_id) == ("", "kXwpDESb")


@settings(max_examples=50)
@given(
    st.integers(200, 599),
    st.text()
    | st.recursive(
        st.none() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["error", "message", "type", "status", "request_id"]), inner
            )
        ),
    ).map(json.dumps),
    st.booleans(),
)
def test_every_answer_has_a_verdict_and_every_verdict_a_known_code(
    status: int, text: str, accepted: bool
) -> None:
    verdict = decide(Reply(status, text), Tries(accepted=accepted))
    assert verdict.code in RULES or verdict.action in (Action.DELIVERED, Action.STOP)
