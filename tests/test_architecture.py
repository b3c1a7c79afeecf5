"""Holds the house's rules: who may import whom, one door per library, sizes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "importer").rglob("*.py"))

# From the top of the house down; a file may import from its own floor's room and from below.
FLOORS = (
    ("__main__",),
    ("cli",),
    ("importer",),
    ("resume", "retry", "history"),
    ("parents",),
    ("run",),
    ("plan",),
    ("check", "preview", "ping", "mapping_check", "proposal"),
    ("repeated_users", "other_rows"),
    ("runs",),
    ("constant_id", "survey", "stored_rows"),
    ("job", "hints", "observer"),
    ("executors",),
    ("pipeline",),
    ("mended", "memory"),
    ("stages",),
    ("sandbox",),
    ("sieves",),
    ("prepared",),
    ("typed", "keys", "ranks", "masking"),
    ("config", "mapping_file", "stopping"),
    ("amounts", "rule_examples"),
    ("rules", "moengage"),
    ("records", "errors"),
    ("warned", "plurals"),
)

# library -> the only places that may import it
DOORS = {
    "aiohttp": ("importer/stages/sending/client.py", "importer/sandbox/"),
    "pandera": ("importer/stages/validating.py",),
    "tqdm": ("importer/cli/",),
    "typer": ("importer/cli/",),
    "phonenumbers": (
        "importer/stages/coercing/phones.py",
        "importer/stages/coercing/numbering_plans.py",
    ),
    "sqlite3": (
        "importer/stages/recording/",
        "importer/sandbox/",
        "importer/runs/registration.py",
        "importer/runs/unfinished.py",
        "importer/runs/checkpoints.py",
        "importer/plan/comparison.py",
        "importer/plan/forecast.py",
        "importer/plan/plan.py",
        "importer/memory/run_memory.py",
        "importer/memory/sent_rows.py",
    ),
    "ruamel": ("importer/mapping_file/yaml_tree.py",),
    "pydantic_settings": ("importer/cli/environment.py",),
}

# Longer than 300 lines, with the reason.
LONG_FILES = {
    "importer/proposal/vocabulary.py": "a table",
    "importer/rules.py": "a table",
    "importer/records.py": "a list of nouns, which are read beside each other",
}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports_of(path: Path) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "importer"


def room_of_file(path: Path) -> str:
    parts = path.relative_to(ROOT / "importer").parts
    return "importer" if parts == ("__init__.py",) else parts[0].removesuffix(".py")


def floor_of(room: str) -> int:
    (floor,) = [number for number, rooms in enumerate(FLOORS) if room in rooms]
    return floor


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_go_downward_only(path: Path) -> None:
    own = room_of_file(path)
    for module, _ in imports_of(path):
        if module.split(".")[0] == "importer" and room_of(module) != own:
            assert floor_of(room_of(module)) > floor_of(own), f"imports {module}"


def test_no_stage_imports_another_stage() -> None:
    for path in (ROOT / "importer/stages").rglob("*.py"):
        stage = path.relative_to(ROOT / "importer/stages").parts[0].removesuffix(".py")
        for module, _ in imports_of(path):
            if module.startswith("importer.stages."):
                assert module.split(".")[2] == stage, f"{name_of(path)} imports {module}"


def test_the_sandbox_knows_moengages_facts_and_nothing_else_of_ours() -> None:
    for path in (ROOT / "importer/sandbox").rglob("*.py"):
        rooms = {room_of(m) for m, _ in imports_of(path) if m.split(".")[0] == "importer"}
        assert rooms <= {"sandbox", "moengage", "errors"}, name_of(path)


@pytest.mark.parametrize("room", ["records", "errors", "rules", "warned"])
def test_the_ground_floor_imports_nothing_of_ours(room: str) -> None:
    found = [m for m, _ in imports_of(ROOT / f"importer/{room}.py") if m.startswith("importer")]
    assert set(found) <= {"importer.warned"}


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_one_door(library: str) -> None:
    for path in FILES:
        if any(module.split(".")[0] == library for module, _ in imports_of(path)):
            assert name_of(path).startswith(DOORS[library]), name_of(path)


def test_only_the_command_line_prints() -> None:
    for path in FILES:
        calls = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        prints = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]
        assert not prints or name_of(path).startswith("importer/cli/"), name_of(path)


def test_there_is_no_cycle_between_files() -> None:
    known = {name_of(path)[:-3].replace("/", ".").removesuffix(".__init__"): path for path in FILES}
    edges: dict[str, set[str]] = {}
    for module, path in known.items():
        body = [node for node in tree_of(path).body if isinstance(node, ast.ImportFrom)]
        edges[module] = set()
        for node in body:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                edges[module].add(inner if inner in known else str(node.module))
        edges[module].discard(module)
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module in done or module not in edges:
            return
        for following in edges[module]:
            visit(following, (*way, module))
        done.add(module)

    for module in edges:
        visit(module, ())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_stay_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 300 or name_of(path) in LONG_FILES
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            end = node.end_lineno or node.lineno
            signature_end = node.body[0].lineno
            assert end - signature_end <= 45, f"{node.name} is too long"


def test_there_are_no_drawers() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert not [path for path in FILES if path.stem in drawers or path.parent.name in drawers]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_file_says_what_it_is(path: Path) -> None:
    text = ast.get_docstring(tree_of(path))
    assert text, "no docstring"
    assert text[0].isupper()
