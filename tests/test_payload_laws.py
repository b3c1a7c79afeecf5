from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.mapping_file import bind, parse_mapping
from importer.pipeline import Preparer
from importer.records import SourceOptions
from importer.stages.coercing import TYPES
from importer.stages.reading import open_source

NAMES = ["id", "A", "B"]

# One attribute of each kind, in the words of a mapping file.  `left` are left out where they are
# bad, so that most rows have a payload.
ATTRIBUTES = {
    "text": "A",
    "whole": "{column: A, type: integer, thousands: ',', whole: true}",
    "number": "{column: A, type: number, exponent: true, parentheses: true}",
    "share": "{column: B, type: number, percent: fraction, decimal: ','}",
    "money": "{column: A, type: money, currency: {column: B}}",
    "flag": "{column: A, type: boolean, true_words: [ja, '1'], false_words: [nein]}",
    "mail": "{column: A, type: email, transform: [strip, lower]}",
    "phone": "{column: A, type: phone, region: {column: B}, style: e164}",
    "day": "{column: A, type: date, format: [DD/MM/YYYY, 'ddd, Do MMM YYYY', excel]}",
    "moment": "{column: A, type: datetime, format: [iso, epoch_seconds], timezone: Europe/Berlin}",
    "place": "{column: A, type: geo}",
    "pair": "{lat: A, lon: B}",
    "tags": "{column: A, type: list, separator: '|', update: add}",
    "numbers": "{column: A, type: list}",
    "json": "{column: A, type: json}",
    "home": "{object: {city: A, zip: {column: B, type: integer, bad_value: leave_out}}}",
    "first": "{first_valid: [A, B], type: integer}",
    "filled": "{first_filled: [B, A]}",
    "both": "{template: '{A}/{B}'}",
    "hash": "{column: A, transform: [strip, sha256]}",
    "looked": "{column: A, values: {'1': one}, otherwise: blank}",
    "gone": "{column: B, blank: unset}",
}
MAPPING = (
    "mapping: 1\ncustomer_id: id\nbad_value: leave_out\nattributes:\n"
    + "".join(f"  {name}: {value}\n" for name, value in ATTRIBUTES.items())
    + "platforms: [{platform: ANDROID, active: {column: B, bad_value: leave_out}}]\n"
)
SOURCE = SourceOptions(encoding="utf-8", delimiter=",", quote='"', header=1, skip_lines=0)

LIKELY = [example.cell for kind in TYPES.values() for example in kind.examples]
CELLS = st.one_of(
    st.just(""),
    st.sampled_from([*LIKELY, "nan", "NaN", "None", "NaT", "null", "IN", "DE", "EUR", "ja"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    st.text("0123456789+-.,:/|TZ %()e", max_size=12),
)
ROWS = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def preparer() -> Preparer:
    return Preparer(bind(parse_mapping(MAPPING), NAMES, "u.csv"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws")


def prepared(
    rows: list[tuple[str, str]], first: int, preparer: Preparer, folder: Path
) -> Iterator[tuple[int, str, set[str]]]:
    """Give each row's number with its body, "" where it has none, and the codes that refuse it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([NAMES, *((f"user-{first + at}", *row) for at, row in enumerate(rows))])
    file = folder / "u.csv"
    file.write_text(text.getvalue(), encoding="utf-8", newline="")
    (block,) = open_source([file], SOURCE).blocks()
    found = preparer.prepare(block)
    bodies = dict(zip(found.index.tolist(), found.bodies.to_pylist(), strict=True))
    refused: dict[int, set[str]] = {}
    for reason in found.rejections:
        refused.setdefault(reason.index, set()).add(reason.code)
    assert bodies.keys() | refused.keys() == set(range(len(rows)))
    assert not bodies.keys() & refused.keys()
    for at in range(len(rows)):
        body = bodies.get(at, b"")
        yield first + at, bytes(body).decode(), refused.get(at, set())


def strict(text: str) -> Any:
    """Parse JSON in which no key stands twice and no number is NaN."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    orjson.loads(text)
    return json.loads(text, object_pairs_hook=once, parse_constant=pytest.fail)


def nulls(value: Any, path: str = "") -> Iterator[str]:
    """Give the places of nulls in a JSON value."""
    if value is None:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from nulls(inner, f"{path}/{key}")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_a_payload_is_strict_json_of_its_own_cells_and_blank_is_nothing(
    rows: list[tuple[str, str]], preparer: Preparer, folder: Path
) -> None:
    for number, body, refused in prepared(rows, 0, preparer, folder):
        if refused:
            continue
        first, second = rows[number]
        payload = strict(body)
        sent = payload["attributes"]
        assert payload["customer_id"] == f"user-{number}"
        assert sent.get("text", "") == first
        assert sent.get("both", "") == (f"{first}/{second}" if first and second else "")
        assert sent.get("filled", "") == (second or first)
        assert ("unset_attributes" in payload) == (second == "")
        assert sent.get("home", {}).get("city", "") == first
        own = ["text", "gone", "filled", "both", "home", "json", "looked"]
        if first == "":
            assert not sent.keys() - {"filled", "first", "gone", "home", "platforms", "share"}
        for name in sent.keys() - set(own):
            assert sent[name] not in ("nan", "None", "NaT", "null", "")
        # A null that the cell itself has inside its JSON is the cell's own.
        assert not [place for place in nulls(payload) if not place.startswith("/attributes/json/")]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=8), data=st.data())
def test_a_payload_does_not_depend_on_the_block_that_its_row_is_in(
    rows: list[tuple[str, str]], data: st.DataObject, preparer: Preparer, folder: Path
) -> None:
    cut = data.draw(st.integers(1, len(rows) - 1))
    whole = list(prepared(rows, 0, preparer, folder))
    halves = [*prepared(rows[:cut], 0, preparer, folder)]
    halves += prepared(rows[cut:], cut, preparer, folder)
    assert whole == halves
