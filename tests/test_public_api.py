"""The library's names, their types and their promises."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import importer
from importer.errors import ImporterError, Problem


def test_the_names_are_sorted_and_all_there() -> None:
    assert importer.__all__ == sorted(importer.__all__)
    for name in importer.__all__:
        assert getattr(importer, name) is not None
    assert set(importer.__all__) == set(importer._HOMES)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        importer.nonsense  # noqa: B018


def test_every_public_name_is_documented() -> None:
    for name in importer.__all__:
        assert inspect.getdoc(getattr(importer, name)), name


def test_settings_are_frozen() -> None:
    settings = (importer.RunConfig(), importer.SendingConfig(), importer.Rate())
    for chosen in settings:
        name = dataclasses.fields(chosen)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(chosen, name, None)


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(importer.__file__).parent / "py.typed").exists()


def test_importing_the_library_is_light() -> None:
    code = "import importer, sys; print(any(m in sys.modules for m in ('pandas', 'pyarrow')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    "kind", [importer.MappingError, importer.SourceError, importer.StateError, importer.Defect]
)
def test_errors_cross_process_borders(kind: type[ImporterError]) -> None:
    more = (Problem("p2", "f2", "e2", "r2"),)
    error = kind("place", "found", "expected", "remedy", more=more)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again.problems == error.problems
    assert str(again) == str(error)


def test_exit_codes_follow_the_tree_of_errors() -> None:
    codes = {
        importer.UsageError: 2,
        importer.MappingError: 2,
        importer.SourceError: 2,
        importer.TargetError: 2,
        importer.SourceChanged: 3,
        importer.StateError: 3,
        importer.Defect: 70,
    }
    assert {kind: kind.exit_code for kind in codes} == codes
