from __future__ import annotations

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
    failure = pickle.loads(pickle.dumps(NoAnswer("timeout", "no answer within 3 s")))  # noqa: S301 - our own bytes
    assert (failure.kind, failure.message) == ("timeout", "no answer within 3 s")
