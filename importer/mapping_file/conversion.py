"""Writes MoEngage's own mapping file as a mapping of ours, with comments on what it cannot tell."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from importer.errors import MappingError, UsageError
from importer.mapping_file.decided_by import timezone_of
from importer.mapping_file.examining import examine
from importer.mapping_file.loading import read_document
from importer.mapping_file.manifest import Entry, is_manifest, read_entries, translated
from importer.mapping_file.naming import nearest
from importer.mapping_file.zone_names import ZONE_NAMES, zone_remedy
from importer.moengage.attributes import BY_KEY


@dataclass(frozen=True)
class Converted:
    """A mapping as YAML, and what MoEngage's file leaves open.

    open: whole sentences; each is a comment in the text, too.
    """

    text: str
    open: tuple[str, ...]


def convert_mapping(
    path: str | Path,
    *,
    id_column: str | None = None,
    timezone: str | None = None,
    lists: Collection[str] = (),
) -> Converted:
    """Turn MoEngage's mapping file (JSON) into a mapping of ours that means the same.

    id_column: the column of the customer id, if no entry maps to `uid`.
    timezone: of the times whose format has no zone; without it they are left open.
    lists: columns whose cells are lists such as [a|b|c].
    Raises MappingError with all that is wrong with the file; UsageError for the options.
    """
    document = read_document(path)
    if not is_manifest(document.root):
        raise MappingError(
            str(path),
            "a file that is not MoEngage's mapping",
            '{"mapping": [{"column": "E-mail", "moe_attr": "u_em", "type": "string"}, ...]}',
            "a mapping of ours needs no conversion: moengage-import mapping check FILE",
        )
    examined = examine(translated(document, id_column), "")
    if examined.problems:
        raise MappingError.of(examined.problems)
    entries, _ = read_entries(document, id_column)
    _hold_options(entries, timezone, lists)
    writer = _Writer(Path(path), timezone, frozenset(lists))
    return Converted("\n".join(writer.lines(entries)) + "\n", tuple(writer.open))


def _hold_options(entries: list[Entry], timezone: str | None, lists: Collection[str]) -> None:
    if timezone is not None and timezone_of(timezone) is None:
        raise UsageError(
            "--timezone", f"unknown time zone `{timezone}`", ZONE_NAMES, zone_remedy(timezone)
        )
    taken = [entry.column for entry in entries if entry.name not in ("", "customer_id")]
    for column in lists:
        if column not in taken:
            guess = nearest(column, taken)
            raise UsageError(
                "--list",
                f'column "{column}", which the file does not map to an attribute',
                f"one of {', '.join(taken)}",
                f'did you mean "{guess}"?' if guess else "correct the column's name",
            )


_LIST_OPTIONS = 'type: list, separator: "|"{items}, transform: [{{replace_pattern: {{{pair}}}}}]'
_UNBRACKETED = r'"^\\[(.*)\\]$": "\\1"'


class _Writer:
    def __init__(self, path: Path, timezone: str | None, lists: frozenset[str]) -> None:
        self._path = path
        self._timezone = timezone
        self._lists = lists
        self.open: list[str] = []

    def lines(self, entries: list[Entry]) -> Iterator[str]:
        yield f"# Made from MoEngage's own mapping file {_plain(self._path.name)}."
        yield "# An empty cell changes nothing here, while MoEngage's file import writes an empty value."
        yield "# A cell such as [a|b|c] is a list there, and a text here unless an attribute says"
        yield f"#   {{column: Tags, {_list_options('string')}}}"
        yield "mapping: 1"
        yield f"name: {_plain(self._path.stem)}"
        (customer_id,) = [entry for entry in entries if entry.name == "customer_id"]
        yield f"customer_id: {{column: {_plain(customer_id.column)}}}"
        if any(entry.name not in ("", "customer_id") for entry in entries):
            yield "attributes:"
        for entry in entries:
            if not entry.name:
                yield f"  # skipped: {_plain(entry.column)}"
            elif entry.name != "customer_id":
                yield from self._attribute(entry)

    def _attribute(self, entry: Entry) -> Iterator[str]:
        for comment in self._comments(entry):
            yield f"  # {comment}"
        yield f"  {_line(entry.name, entry.column, *self._options(entry, self._timezone))}"

    def _options(self, entry: Entry, timezone: str | None) -> Iterator[str]:
        if entry.column in self._lists:
            yield _list_options(entry.said)
            return
        if entry.type:
            yield f"type: {entry.type}"
        if entry.format:
            yield f"format: {_plain(entry.format)}"
        if entry.lacks_zone and timezone:
            yield f"timezone: {timezone}"

    def _comments(self, entry: Entry) -> Iterator[str]:
        standard = BY_KEY.get(entry.name)
        column = json.dumps(entry.column, ensure_ascii=False)
        if standard is not None and standard.type == "phone":
            yield "Sent as it stands. To read and check it, say its country instead of its type:"
            yield f"  {_line(entry.name, entry.column, 'region: IN')}"
        elif standard is not None and not _is_like(entry.said, standard.type):
            yield f"MoEngage's file says {entry.said}; it is read as {standard.type}."
        if entry.lacks_zone and not self._timezone:
            sentence = (
                f"The times of column {column} have no zone: none of them is taken before "
                f"`timezone:` says it"
            )
            self.open.append(sentence + ".")
            yield f"{sentence}, such as"
            yield f"  {_line(entry.name, entry.column, *self._options(entry, 'UTC'))}"


def _line(name: str, column: str, *options: str) -> str:
    if not options:
        return f"{_plain(name)}: {_plain(column)}"
    return f"{_plain(name)}: {{{', '.join([f'column: {_plain(column)}', *options])}}}"


def _is_like(said: str, kind: str) -> bool:
    texts = ("string", "email", "list", "geo")
    likes = {"string": texts, "double": ("number", "integer"), "bool": ("boolean",)}
    return kind in likes.get(said, ("date", "datetime"))


def _list_options(said: str) -> str:
    items = ", items: numbers" if said == "double" else ""
    return _LIST_OPTIONS.format(items=items, pair=_UNBRACKETED)


_SAFE = re.compile(r"[A-Za-z_](?:[\w ./-]*[\w])?", re.ASCII)
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def _plain(text: str) -> str:
    """Write a text as YAML, without quotes where they are not needed."""
    if _SAFE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
