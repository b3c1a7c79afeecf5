from __future__ import annotations

from importer.sandbox import SandboxThread
from tests.cli.conftest import Call


def test_what_is_remembered_is_shown_with_a_run_that_works_next(
    call: Call, users: str, target: SandboxThread
) -> None:
    following = "moengage-import run SOURCE --mapping FILE"
    assert call("memory", "show", "--json").json["next"] == following
    assert call("memory", "show").out.endswith(f"Next: {following}\n")
    call("run", users, "-m", "m.yaml", "--quiet")
    assert call("memory", "show", "--json").json["next"] == f"{following} --only-changed"
