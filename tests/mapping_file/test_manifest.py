from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer.errors import MappingError, UsageError
from importer.mapping_file import Attribute, Mapping, bind, load_mapping, parse_mapping
from importer.mapping_file.conversion import convert_mapping
from importer.moengage.attributes import STANDARD_ATTRIBUTES
from importer.pipeline import Preparer
from importer.stages.reading import open_source

ID = {"column": "CRM ID", "moe_attr": "uid", "type": "string"}


def entry(column: str, name: str, kind: str = "string", form: str | None = None) -> dict[str, Any]:
    return {"column": column, "moe_attr": name, "type": kind, "datetime_format": form}


ALL = [
    ID,
    entry("First name", "u_fn"),
    entry("E-mail", "u_em"),
    entry("Mobile", "u_mb"),
    entry("Yes: no #1", "opted {x}", "bool"),
    entry("Points", "points", "double"),
    entry("Tags", "tags"),
    entry("Marks", "marks", "double"),
    entry("Born", "u_bd", "datetime", "DD/MM/YYYY"),
    entry("Seen", "seen", "datetime", "YYYY-MM-DDThh:mm:ssTZD"),
    entry("Signed up", "signed", "datetime", "DD-MM-YYYY hh:mm:ss"),
    entry("Since", "since", "datetime"),
    {"column": "null", "is_skipped": True},
    {**entry('Ünïcode, "quoted"', "note"), "is_skipped": False},
]
TABLE = (
    "CRM ID,First name,E-mail,Mobile,Yes: no #1,Points,Tags,Marks,Born,Seen,Signed up,Since,null,"
    '"Ünïcode, ""quoted"""\n'
    "0042,Zoë,z@example.com,098 7,yes,1.50,[a|b],[1|2],31/01/1990,2021-03-01T10:00:00+05:30,"
    "01-03-2021 10:00:00,2020-01-01T00:00:00Z,x,n\n"
    "0043,,,,no,2,[c],[3],,,,,x,\n"
)


def write(folder: Path, entries: object, name: str = "crm.json", **more: object) -> Path:
    path = folder / name
    path.write_text(json.dumps({"mapping": entries, **more}, indent="\t"), encoding="utf-8")
    return path


def bare(mapping: Mapping) -> Mapping:
    """Give a mapping without where it stands."""

    def placeless(attribute: Attribute) -> Attribute:
        return replace(attribute, place="")

    return replace(
        mapping,
        file="",
        text="",
        places={},
        warnings=(),
        customer_id=placeless(mapping.customer_id),
        attributes=tuple(map(placeless, mapping.attributes)),
    )


def outcome(mapping: Mapping, table: Path) -> list[object]:
    source = open_source([table], mapping.source)
    bound = bind(mapping, source.columns, "u.csv")
    (block,) = source.blocks()
    prepared = Preparer(bound).prepare(block)
    return [prepared.bodies.to_pylist(), prepared.rejections, prepared.warnings]


def test_what_convert_writes_means_what_the_json_means(tmp_path: Path) -> None:
    path = write(tmp_path, ALL)
    direct = load_mapping(path)
    converted = parse_mapping(convert_mapping(path).text, "crm.yaml")
    assert bare(converted) == bare(direct)
    assert direct.name == "crm"
    (tmp_path / "u.csv").write_text(TABLE, encoding="utf-8")
    assert outcome(converted, tmp_path / "u.csv") == outcome(direct, tmp_path / "u.csv")


def test_names_and_types_become_ours(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path, ALL))
    assert mapping.customer_id.columns == ("CRM ID",)
    assert {one.name: (one.type, one.formats) for one in mapping.attributes} == {
        "first_name": ("string", ()),
        "email": ("email", ()),
        "mobile": ("string", ()),
        "opted {x}": ("boolean", ()),
        "points": ("number", ()),
        "tags": ("string", ()),
        "marks": ("number", ()),
        "u_bd": ("date", ("%d/%m/%Y",)),
        "seen": ("datetime", ("%Y-%m-%dT%H:%M:%S%z",)),
        "signed": ("datetime", ("%d-%m-%Y %H:%M:%S",)),
        "since": ("datetime", ()),
        "note": ("string", ()),
    }
    assert mapping.attributes[0].columns == ("First name",)


@pytest.mark.parametrize("standard", STANDARD_ATTRIBUTES, ids=lambda one: one.key)
def test_every_storage_key_becomes_a_standard_attribute(tmp_path: Path, standard: Any) -> None:
    mapping = load_mapping(write(tmp_path, [ID, entry("X", standard.storage_key)]))
    (attribute,) = mapping.attributes
    # Two standard attributes are kept as publisher_name, and one of them is called so.
    assert attribute.name in (standard.key, standard.storage_key)
    assert attribute.name == standard.key or standard.key == "source"


FORMATS = [
    day + time
    for days, times in [
        (
            ("YYYY-MM-DD", "YYYY/MM/DD"),
            ("", " hh:mm:ss", " hh:mm:ss.s", "Thh:mm:ssTZD", "Thh:mm:ss.sTZD"),
        ),
        (("DD-MM-YYYY", "DD/MM/YYYY"), ("", " hh:mm:ss", "Thh:mm:ss.s", "Thh:mm:ssTZD")),
    ]
    for day in days
    for time in times
]


@pytest.mark.parametrize("form", FORMATS)
def test_every_date_format_of_moengages_is_read(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, [ID, entry("X", "x", "datetime", form)])
    (attribute,) = load_mapping(path).attributes
    assert attribute.type == ("datetime" if "hh" in form else "date")
    is_open = "hh" in form and "TZD" not in form
    assert bool(convert_mapping(path).open) is is_open
    assert bool(load_mapping(path).warnings) is is_open
    told = convert_mapping(path, timezone="Asia/Kolkata")
    assert told.open == ()
    (attribute,) = parse_mapping(told.text).attributes
    assert attribute.timezone == ("Asia/Kolkata" if is_open else None)


def test_lists_are_read_as_moengage_reads_them(tmp_path: Path) -> None:
    told = convert_mapping(write(tmp_path, ALL), timezone="UTC", lists=["Tags", "Marks"])
    (tmp_path / "u.csv").write_text(TABLE, encoding="utf-8")
    bodies = outcome(parse_mapping(told.text), tmp_path / "u.csv")[0]
    first, second = [json.loads(body)["attributes"] for body in bodies]  # type: ignore[attr-defined]
    assert (first["tags"], first["marks"]) == (["a", "b"], [1, 2])
    assert (second["tags"], second["marks"]) == (["c"], [3])
    assert first["signed"] == "2021-03-01T10:00:00Z"


def test_skipped_columns_and_open_choices_are_comments(tmp_path: Path) -> None:
    lines = convert_mapping(write(tmp_path, ALL)).text.splitlines()
    assert '  # skipped: "null"' in lines
    assert any(
        line.startswith('  # The times of column "Signed up" have no zone') for line in lines
    )
    chosen = '  #   signed: {column: Signed up, type: datetime, format: "DD-MM-YYYY hh:mm:ss", timezone: UTC}'
    assert chosen in lines
    assert "  #   mobile: {column: Mobile, region: IN}" in lines


def test_the_id_column_can_be_said(tmp_path: Path) -> None:
    path = write(tmp_path, ALL[1:])
    with pytest.raises(MappingError) as caught:
        load_mapping(path)
    assert "--id-column" in caught.value.problem.remedy
    told = convert_mapping(path, id_column="Points")
    assert parse_mapping(told.text).customer_id.columns == ("Points",)


def test_everything_that_is_wrong_is_told_with_its_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(
        '{"maping": 1, "mapping": [\n'
        '\t{"column": "A", "moe_attr": "u_fn", "type": "strng"},\n'
        '\t{"colum": "B", "moe_attr": "u_ln", "type": "string"},\n'
        '\t{"column": "C", "moe_attr": "u_fn", "type": "string"},\n'
        '\t{"column": "D", "moe_attr": "d", "type": "datetime", "datetime_format": "MM/YY"},\n'
        '\t{"column": "E", "moe_attr": "e", "type": "bool", "datetime_format": "DD/MM/YYYY"},\n'
        '\t{"column": "F", "moe_attr": "f", "type": "bool", "is_skipped": "maybe"},\n'
        '\t{"column": "G", "moe_attr": "status", "type": "string"},\n'
        '\t{"column": 7, "moe_attr": "h", "type": "string"},\n'
        '\t"x"\n'
        "]}\n"
    )
    with pytest.raises(MappingError) as caught:
        load_mapping(tmp_path / "m.json")
    places = [one.place.rpartition("m.json:")[2] for one in caught.value.problems]
    assert places == [
        "1:2", "1:26", "2:46", "3:3", "4:30", "5:74", "6:70", "7:65", "8:30", "9:13", "10:2",
    ]  # fmt: skip
    remedies = dict(zip(places, (one.remedy for one in caught.value.problems), strict=True))
    assert remedies["2:46"] == "did you mean `string`?"
    assert remedies["3:3"] == "did you mean `column`?"


@pytest.mark.parametrize(
    ("text", "place"),
    [('{"mapping": [\n  {"column": "A",}\n]}', "2:18"), ('{"mapping": [}', "1:14"), ("", "1:1")],
)
def test_what_is_no_json_is_told_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(MappingError) as caught:
        load_mapping(tmp_path / "m.json")
    assert caught.value.problem.place == f"{tmp_path}/m.json:{place}"


def test_a_mapping_of_ours_may_be_written_as_json(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{\n\t"mapping": 1,\n\t"customer_id": "CRM ID"\n}\n')
    assert load_mapping(tmp_path / "m.json").customer_id.columns == ("CRM ID",)
    with pytest.raises(MappingError, match="not MoEngage's mapping"):
        convert_mapping(tmp_path / "m.json")


def test_options_that_fit_nothing_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ALL)
    with pytest.raises(UsageError, match="unknown time zone"):
        convert_mapping(path, timezone="Asia/Kolkatta")
    with pytest.raises(UsageError, match='did you mean "Tags"'):
        convert_mapping(path, lists=["tags"])


def test_a_run_keeps_its_copy_of_moengages_file(tmp_path: Path) -> None:
    """A resumed run reads the mapping's text again, under whatever name."""
    path = write(tmp_path, ALL)
    mapping = load_mapping(path)
    assert bare(parse_mapping(mapping.text, str(path))) == bare(mapping)
    assert bare(parse_mapping(mapping.text.replace("\t", " "), "crm.yaml")) == bare(mapping)
