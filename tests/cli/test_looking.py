from __future__ import annotations

import socket

import pytest

from importer.moengage.attributes import STANDARD_ATTRIBUTES
from importer.rules import RULES
from importer.sandbox import SandboxThread
from importer.stages.coercing import TYPES
from tests.cli.conftest import Call


def test_a_target_that_takes_the_credentials_is_said_to(call: Call, target: SandboxThread) -> None:
    said = call("ping")
    assert said.exit == 0
    assert f"Workspace SANDBOX at {target.base_url} takes the credentials." in said.out
    assert call("ping", "--json").json["ok"] is True


def test_a_wrong_key_is_told_and_is_exit_3(
    call: Call, target: SandboxThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOENGAGE_API_KEY", "wrong-key")
    said = call("ping", "--json")
    assert said.exit == said.json["exit"] == 3
    assert "key mismatch" in said.json["error"]["found"]
    assert "MOENGAGE_API_KEY" in said.json["error"]["remedy"]
    assert "wrong-key" not in said.out + said.err


def test_nobody_there_is_told_and_is_exit_3(
    call: Call, target: SandboxThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        # Bound and not listening: whoever connects is refused.
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("MOENGAGE_BASE_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        said = call("ping", "--json")
    assert said.exit == 3
    assert "could not connect" in said.json["error"]["found"]


def test_a_ping_changes_nothing(call: Call, own_target: SandboxThread) -> None:
    call("ping")
    assert own_target.profiles() == {}


def test_every_standard_attribute_is_listed(call: Call) -> None:
    listed = call("attributes", "--json").json["attributes"]
    assert [entry["name"] for entry in listed] == [entry.key for entry in STANDARD_ATTRIBUTES]
    shown = call("attributes").out
    assert all(f"{entry.key} " in shown for entry in STANDARD_ATTRIBUTES)


def test_every_type_is_listed_with_its_examples(call: Call) -> None:
    listed = call("attributes", "--types", "--json").json["types"]
    assert [entry["name"] for entry in listed] == list(TYPES)
    shown = call("attributes", "--types").out
    for name, entry in TYPES.items():
        assert f"{name} " in shown
        assert all(repr(example.cell) in shown for example in entry.examples)


def test_every_rule_is_listed_with_its_severity(call: Call) -> None:
    assert [rule["code"] for rule in call("rules", "--json").json["rules"]] == list(RULES)
    shown = call("rules").out.splitlines()
    for rule in RULES.values():
        (at,) = [number for number, line in enumerate(shown) if line.startswith(f"{rule.code} ")]
        assert rule.severity in shown[at]
        assert rule.what in shown[at]
        assert rule.why in shown[at + 1]
        assert rule.source in shown[at + 1]
        assert all(word in shown[at + 1] for word in rule.choices)


def test_one_rule_is_explained_with_its_source_and_its_remedy(call: Call) -> None:
    rule = RULES["id-banned"]
    shown = call("rules", "id-banned").out
    assert all(text in shown for text in (rule.what, rule.why, rule.source, rule.fix))
    assert "id-short" not in shown
    assert "      NULL,Pune\n  -> the row is invalid" in shown
    (listed,) = call("rules", "id-banned", "--json").json["rules"]
    assert listed["code"] == "id-banned"
    assert listed["example"]["table"] == ["ID,City", "NULL,Pune"]


def test_an_unknown_rule_is_refused_with_the_nearest_one(call: Call) -> None:
    said = call("rules", "id-baned", "--json")
    assert said.exit == 2
    assert said.json["error"]["found"] == "unknown code `id-baned`"
    assert said.json["error"]["remedy"] == "did you mean `id-banned`?"
