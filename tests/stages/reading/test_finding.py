from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.stages.reading.finding import find_files


def written(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"id\n1\n")


def found(folder: Path, *paths: str) -> list[str]:
    places = find_files(tuple(str(folder / path) for path in paths))
    return [os.path.relpath(place.path, folder) for place in places]


def test_a_folder_stands_for_its_tables_by_name(tmp_path: Path) -> None:
    written(tmp_path, "b.csv", "a.csv.gz", "in/c.csv", "_SUCCESS", ".a.csv.crc", "README.md")
    assert found(tmp_path, ".") == ["a.csv.gz", "b.csv", "in/c.csv"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.csv", ["a.csv", "b.csv"]),
        ("[ab].csv", ["a.csv", "b.csv"]),
        ("?.csv", ["a.csv", "b.csv"]),
        ("*", ["a.csv", "b.csv", "in/c.csv", "in/d.csv"]),
        ("**/*.csv", ["a.csv", "b.csv", "in/c.csv", "in/d.csv"]),
        ("i*", ["in/c.csv", "in/d.csv"]),
    ],
)
def test_a_pattern_in_quotes_means_what_the_shell_would_make_of_it(
    tmp_path: Path, pattern: str, expected: list[str]
) -> None:
    written(tmp_path, "b.csv", "a.csv", "in/d.csv", "in/c.csv", "_SUCCESS", ".hidden.csv")
    assert found(tmp_path, pattern) == expected


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    written(tmp_path, "[avalon].csv", "a.csv")
    assert found(tmp_path, "[avalon].csv") == ["[avalon].csv"]


def test_files_come_in_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    written(tmp_path, "a.csv", "b.csv")
    assert found(tmp_path, "b.csv", "a.csv") == ["b.csv", "a.csv"]


def test_a_file_url_is_a_path(tmp_path: Path) -> None:
    written(tmp_path, "a b.csv")
    (place,) = find_files((f"file://{tmp_path}/a%20b.csv",))
    assert place.path == str(tmp_path / "a b.csv")


def test_a_file_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "a.csv")
    with pytest.raises(SourceError, match="named twice"):
        found(tmp_path, "a.csv", "*.csv")


def test_a_pattern_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"\*\.csv: no file that matches"):
        found(tmp_path, "*.csv")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="a folder without files"):
        found(tmp_path, ".")


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_refused(device: str) -> None:
    with pytest.raises(SourceError, match="a device"):
        find_files((device,))


AS_NOBODY = """
import os, sys
sys.path.insert(0, sys.argv[2])
from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import open_source
os.setgid(65534); os.setuid(65534)
try:
    open_source([sys.argv[1]], SourceOptions())
except SourceError as error:
    print(error.problem.found)
"""


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize("name", ["secret.csv", "secret"])
def test_a_file_and_a_folder_without_permission_are_named(
    tmp_path: Path, root: Path, name: str
) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    path = tmp_path / name
    written(tmp_path, "secret.csv", "secret/a.csv")
    path.chmod(0)
    words = [sys.executable, "-c", AS_NOBODY, str(path), str(root)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    path.chmod(0o700)
    assert done.stdout.strip() == "no permission to read it", done.stderr
