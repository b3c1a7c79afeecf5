"""Reads MoEngage's own mapping file (JSON, as its file imports take it) as a mapping of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from importer.errors import Problem
from importer.mapping_file.date_formats import directives, fits, has_time
from importer.mapping_file.naming import nearest
from importer.mapping_file.types import same_family
from importer.mapping_file.yaml_tree import Located, Path, Scalar
from importer.moengage.attributes import BY_KEY, STANDARD_ATTRIBUTES

_KEYS = ("column", "moe_attr", "type", "datetime_format", "is_skipped")
_TYPES = {"string": "string", "double": "number", "bool": "boolean", "datetime": "datetime"}
_ID = "uid"
_BY_STORAGE_KEY = {entry.storage_key: entry.key for entry in reversed(STANDARD_ATTRIBUTES)}
_DATE_FORMATS = (
    "YYYY-MM-DD, YYYY/MM/DD, DD-MM-YYYY or DD/MM/YYYY, alone or with a time such as hh:mm:ss or "
    "Thh:mm:ssTZD"
)


@dataclass(frozen=True)
class Entry:
    """One column of the file as it is mapped here.

    name: the attribute; "" for a column that is skipped, "customer_id" for the id.
    stored: MoEngage's name for it.
    said: the type as the file says it.
    type: what our `type:` says; "" where the attribute's own type is meant.
    format: the date format; "" for none.
    index: its place in the file, from 0; -1 if it has none.
    """

    column: str
    name: str
    stored: str
    said: str = ""
    type: str = ""
    format: str = ""
    index: int = -1

    @property
    def lacks_zone(self) -> bool:
        """Tell whether its times stand in no time zone."""
        pattern = _pattern(self.format)
        return has_time(pattern) and "%z" not in pattern


def is_manifest(root: Any) -> bool:
    """Tell MoEngage's mapping file from ours, whose `mapping:` is a version."""
    return isinstance(root, dict) and isinstance(root.get("mapping"), list)


def read_entries(document: Located, id_column: str | None) -> tuple[list[Entry], list[Problem]]:
    """Give the entries, and all that is wrong with the file.

    id_column: the column of the customer id, if a person says it.
    """
    reader = _Reader(document)
    entries = list(reader.entries())
    if id_column is not None:
        entries = _with_id(entries, id_column)
    elif not any(entry.name == "customer_id" for entry in entries):
        reader.add(
            ("mapping",),
            "no entry whose `moe_attr` is `uid`, so no column is the customer id",
            'such as {"column": "CRM ID", "moe_attr": "uid", "type": "string"}',
            "add it, or name the column: moengage-import mapping convert FILE --id-column COLUMN",
        )
    return entries, reader.problems


def _with_id(entries: list[Entry], column: str) -> list[Entry]:
    others = [entry for entry in entries if entry.name != "customer_id"]
    return [Entry(column, "customer_id", _ID), *others]


class _Reader:
    def __init__(self, document: Located) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self._first: dict[str, int] = {}

    def add(
        self, path: Path, found: str, expected: str, remedy: str, *, of_key: bool = False
    ) -> None:
        place = self.document.place(path, of_key=of_key)
        self.problems.append(Problem(place, found, expected, remedy))

    def entries(self) -> Iterator[Entry]:
        for key in self.document.root:
            if key != "mapping":
                self._unknown((key,), key, ("mapping",))
        for index, written in enumerate(self.document.root["mapping"]):
            entry = self._entry(written, index)
            if entry is not None:
                yield entry

    def _entry(self, written: Any, index: int) -> Entry | None:
        path: Path = ("mapping", index)
        if not isinstance(written, dict):
            self.add(
                path, "an entry that is no object", '{"column": ..., "moe_attr": ...}', "write it"
            )
            return None
        for key in written:
            if key not in _KEYS:
                self._unknown((*path, key), key, _KEYS)
        column = self._text(written, "column", path)
        if column is None:
            return None
        if self._flag(written, path):
            return Entry(column, "", "", index=index)
        stored = self._text(written, "moe_attr", path)
        if stored is None:
            return None
        first = self._first.setdefault(stored, index)
        if first != index:
            line = self.document.values["mapping", first][0]
            self.add(
                (*path, "moe_attr"),
                f"`{stored}` for the second time (the first is on line {line})",
                "each `moe_attr` once",
                "remove one of the two",
            )
            return None
        name = _own_name(stored)
        said = self._said(written, path)
        form = self._format(written, said, path) if said else ""
        kind = _own_type(name, _TYPES[said], form) if said else ""
        return Entry(column, name, stored, said, kind, form, index)

    def _unknown(self, path: Path, key: str, known: tuple[str, ...]) -> None:
        guess = nearest(key, known)
        self.add(
            path,
            f"unknown key `{key}`",
            ", ".join(known),
            f"did you mean `{guess}`?" if guess else "remove it",
            of_key=True,
        )

    def _text(self, written: dict[str, Any], key: str, path: Path) -> str | None:
        value = written.get(key)
        if isinstance(value, Scalar) and value.tag == "str" and value != "":
            return str(value)
        if key not in written and any(nearest(one, _KEYS) == key for one in written):
            # The key that is not known was meant for it.
            return None
        place = (*path, key) if key in written else path
        found = f"`{key}` that is no text" if value else f"no `{key}`"
        self.add(place, found, f'"{key}": "..."', f"write the {key}")
        return None

    def _flag(self, written: dict[str, Any], path: Path) -> bool:
        value = written.get("is_skipped")
        word = value.lower() if isinstance(value, Scalar) else "?"
        if "is_skipped" in written and word not in ("true", "false", "null"):
            self.add((*path, "is_skipped"), f"`{value}`", "true or false", "correct it")
        return word == "true"

    def _said(self, written: dict[str, Any], path: Path) -> str:
        word = written.get("type")
        if isinstance(word, str) and word in _TYPES:
            return str(word)
        guess = nearest(word, tuple(_TYPES)) if isinstance(word, str) else None
        self.add(
            (*path, "type") if "type" in written else path,
            f"unknown type `{word}`" if isinstance(word, str) else "no `type`",
            f"one of {', '.join(_TYPES)}",
            f"did you mean `{guess}`?" if guess else "write one of them",
        )
        return ""

    def _format(self, written: dict[str, Any], word: str, path: Path) -> str:
        value = written.get("datetime_format")
        if not isinstance(value, Scalar) or value == "" or value.tag == "null":
            return ""
        pattern = directives(value)
        if word != "datetime":
            found, expected = f"`datetime_format` beside the type {word}", "the type datetime"
        elif pattern is None or not fits(pattern, "datetime"):
            found, expected = f"`{value}`", _DATE_FORMATS
        else:
            return str(value)
        self.add((*path, "datetime_format"), found, expected, "correct it, or remove it")
        return ""


def _pattern(form: str) -> str:
    return directives(form) or ""


def _own_name(stored: str) -> str:
    if stored == _ID:
        return "customer_id"
    return stored if stored in BY_KEY else _BY_STORAGE_KEY.get(stored, stored)


def _own_type(name: str, kind: str, form: str) -> str:
    """Give the type that `type:` must say, so that it means what MoEngage's file says."""
    if kind == "datetime" and form and not has_time(_pattern(form)):
        kind = "date"
    if name == "customer_id":
        return ""
    standard = BY_KEY.get(name)
    if standard is None:
        return "" if kind == "string" else kind
    if standard.type == "phone":
        # A phone needs a country that the file does not tell; as text it is sent as it stands.
        return "string"
    is_date = kind in ("date", "datetime") and same_family(kind, standard.type)
    return kind if is_date and kind != standard.type else ""


# --- as a mapping of ours ------------------------------------------------------------------------


def translated(document: Located, id_column: str | None = None) -> Located:
    """Give the tree of a mapping of ours, in which each part stands where MoEngage's stands."""
    entries, problems = read_entries(document, id_column)
    result = Located(document.file, {"mapping": Scalar.of("1", "int")}, {}, {(): (1, 1)})
    tree = _Tree(document, result)
    for entry in entries:
        tree.take(entry)
    has_id = "customer_id" in result.root
    if not has_id:
        result.root["customer_id"] = {"constant": Scalar.of("-", "str")}
    return replace(
        result,
        problems=(*document.problems, *problems),
        faulty=frozenset() if has_id else frozenset({("customer_id",)}),
        warnings=tuple(_zone_missing(entry, document) for entry in entries if entry.lacks_zone),
    )


def _zone_missing(entry: Entry, document: Located) -> str:
    place = document.place(("mapping", entry.index, "datetime_format"))
    return (
        f'{place}: the times of column "{entry.column}" have no zone (`{entry.format}`), so none of '
        "them is taken: moengage-import mapping convert --timezone ... writes a mapping that says it"
    )


class _Tree:
    def __init__(self, document: Located, result: Located) -> None:
        self._from = document
        self._to = result

    def take(self, entry: Entry) -> None:
        if not entry.name:
            return
        path: Path = ("customer_id",)
        if entry.name != "customer_id":
            path = ("attributes", entry.name)
            if entry.name in self._to.root.setdefault("attributes", {}):
                return
        value = {"column": entry.column, "type": entry.type, "format": entry.format}
        holder = self._to.root if len(path) == 1 else self._to.root["attributes"]
        holder[path[-1]] = {
            key: Scalar.of(text, "str") for key, text in value.items() if text or key == "column"
        }
        self._place(path, entry, holder[path[-1]])

    def _place(self, path: Path, entry: Entry, value: dict[str, Any]) -> None:
        origin: Path = ("mapping", entry.index)
        places = self._from.values
        whole = places.get(origin, places[("mapping",)])
        self._to.keys[path] = places.get((*origin, "moe_attr"), whole)
        self._to.values[path] = whole
        for key in value:
            theirs = (*origin, _THEIRS[key])
            self._to.keys[(*path, key)] = self._from.keys.get(theirs, whole)
            self._to.values[(*path, key)] = places.get(theirs, whole)


_THEIRS = {"column": "column", "type": "type", "format": "datetime_format"}
