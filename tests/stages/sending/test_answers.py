from __future__ import annotations

import json
import pickle

import pytest

from importer.stages.sending.answers import NoAnswer, Reply


@pytest.mark.parametrize(
    ("text", "expected"),
    [('{"a": 1}', {"a": 1}), ("[1]", None), ("", None), ("<html>", None), ('{"a": NaN}', None)],
)
def test_only_a_json_object_counts_as_the_apis_own(text: str, expected: object) -> None:
    assert Reply(200, text).json_object() == expected


def test_no_answer_survives_pickling() -> None:
    failure = pickle.loads(pickle.dumps(NoAnswer("timeout", "no answer within 3 s")))
    assert (failure.kind, failure.message) == ("timeout", "no answer within 3 s")
    assert str(failure) == "no answer within 3 s"


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


@pytest.mark.parametrize(
    ("text", "message", "request_id"),
    [
        (
            FAIL,
            "MissingAttributeError: customer_id is not found in the payload (attribute customer_id)",
            "aBcDeFgH",
        ),
        ('{"error":"IP Validation","message":"check your IP"}', "IP Validation: check your IP", ""),
        ('{"status":"fail","message":"no","request_id":"abc"}', "no", "abc"),
        (PAGE, "502 Bad Gateway nginx", ""),
        ("", "", ""),
        ('{"error":{"message":["odd"]}}', "['odd']", ""),
    ],
)
def test_a_reply_tells_its_words_in_one_line(text: str, message: str, request_id: str) -> None:
    reply = Reply(400, text)
    assert (reply.message, reply.request_id) == (message, request_id)


def test_a_long_page_is_cut() -> None:
    assert len(Reply(400, "x" * 65536).message) == 300
