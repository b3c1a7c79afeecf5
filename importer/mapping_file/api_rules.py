"""Holds a whole mapping against the API's rules: names, unset rules, consent, counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from importer.mapping_file.consent import sense_of
from importer.mapping_file.mapping import (
    Attribute,
    FromColumns,
    FromConstant,
    FromParts,
    Mapping,
    UnsetRule,
)
from importer.mapping_file.naming import broken_rules, near_standard, stored_name
from importer.mapping_file.yaml_tree import Path
from importer.moengage import limits, names
from importer.moengage.attributes import BY_KEY
from importer.rules import RULES


@dataclass(frozen=True)
class Breach:
    """One rule that a mapping breaks.

    path: the part of the mapping file that does; of_key: its key rather than its value.
    attribute: the attribute at fault; "" where it is none.
    found, expected: for a person; `found` stands as a warning, too.
    """

    code: str
    path: Path
    found: str
    expected: str
    attribute: str = ""
    of_key: bool = False


def breaches(mapping: Mapping) -> Iterator[Breach]:
    """Give every rule that the mapping breaks and does not switch off."""
    found = (
        *_names(mapping),
        *_twins(mapping),
        *_platforms(mapping),
        *_unset(mapping),
        *_ignored_unset(mapping),
        *_sent_empty(mapping),
        *_consent(mapping),
        *_updates(mapping),
        *_objects(mapping),
        *_whole(mapping),
    )
    return (breach for breach in found if mapping.switch(breach.code) != "off")


def _names(mapping: Mapping) -> Iterator[Breach]:
    for name in (entry.name for entry in mapping.attributes):
        for code in broken_rules(name):
            yield Breach(
                code,
                ("attributes", name),
                _about_name(name, code),
                "a name that is free",
                name,
                of_key=True,
            )


def _about_name(name: str, code: str) -> str:
    if code == "name-near":
        return (
            f"the attribute name `{name}`: the standard attribute is called `{near_standard(name)}`"
        )
    if name in BY_KEY:
        return f"the attribute `{name}`: {BY_KEY[name].disputed or RULES[code].why}"
    return f"the attribute name `{name}`: {RULES[code].why}"


def _twins(mapping: Mapping) -> Iterator[Breach]:
    known: dict[str, str] = {}
    for name in (entry.name for entry in mapping.attributes):
        stored = stored_name(name)
        first = known.setdefault(stored, name)
        if first != name:
            yield Breach(
                "name-twice",
                ("attributes", name),
                f"the attributes `{first}` and `{name}`, which MoEngage keeps under one name "
                f"(`{stored}`)",
                "one of them",
                name,
                of_key=True,
            )


def _platforms(mapping: Mapping) -> Iterator[Breach]:
    spellings = [entry.platform for entry in mapping.platforms]
    for index, name in enumerate(spellings):
        if name and name in spellings[:index]:
            yield Breach(
                "platform-twice",
                ("platforms", index, "platform"),
                f"the platform {name} for the second time",
                "each platform once",
            )


def _unset(mapping: Mapping) -> Iterator[Breach]:
    for index, rule in enumerate(mapping.unset):
        path: Path = ("unset", index)
        pattern = rule.attr.strip()
        if rule.match != "equals" and 0 < len(pattern) < limits.UNSET_PATTERN_CHARACTERS:
            yield Breach(
                "unset-short",
                (*path, "attr"),
                f"`{rule.match}: {pattern}`, which may match attributes that nobody thought of",
                f"at least {limits.UNSET_PATTERN_CHARACTERS} characters, or `match: equals`",
            )
        hit = [name for name in _sent_names(mapping) if pattern and _hits(rule, name)]
        if hit:
            yield Breach(
                "unset-mapped",
                path,
                f"a rule that also unsets the mapped attribute `{hit[0]}`",
                "rules for attributes that this mapping does not send (unset wins)",
            )


def _sent_names(mapping: Mapping) -> list[str]:
    own = [entry.name for entry in mapping.attributes]
    return [*own, names.PLATFORMS_KEY] if mapping.platforms else own


def _hits(rule: UnsetRule, name: str) -> bool:
    """Tell whether a rule unsets an attribute, by its own name or by the one it is kept under."""
    return unsets(rule, name) or (rule.match == "equals" and unsets(rule, stored_name(name)))


def unsets(rule: UnsetRule, name: str) -> bool:
    """Tell whether an unset rule matches an attribute's name (four operators of the API)."""
    one, other = (
        (name, rule.attr) if rule.case_sensitive else (name.casefold(), rule.attr.casefold())
    )
    return {
        "equals": one == other,
        "prefix": one.startswith(other),
        "suffix": one.endswith(other),
        "contains": other in one,
    }[rule.match]


def _ignored_unset(mapping: Mapping) -> Iterator[Breach]:
    for index, rule in enumerate(mapping.unset):
        if rule.match == "equals" and names.cannot_be_unset(rule.attr):
            yield Breach(
                "unset-ignored",
                ("unset", index),
                f"the unset rule for `{rule.attr}`, which MoEngage does not unset",
                "an attribute of your own",
            )
    for entry in mapping.attributes:
        if entry.blank == "unset" and names.cannot_be_unset(entry.name):
            yield Breach(
                "unset-ignored",
                ("attributes", entry.name),
                f"`blank: unset` for `{entry.name}`, which MoEngage does not unset: an empty cell "
                "will change nothing",
                "`blank: skip`, or a value for empty cells",
                entry.name,
            )


def _sent_empty(mapping: Mapping) -> Iterator[Breach]:
    lists: list[tuple[frozenset[str], Path, str]] = [(mapping.nulls, ("source", "nulls"), "")]
    lists += [
        (entry.nulls, ("attributes", entry.name, "nulls"), entry.name)
        for entry in mapping.attributes
        if entry.nulls != mapping.nulls
    ]
    for words, path, name in lists:
        if "" not in words:
            yield Breach(
                "empty-sent",
                path,
                f"`nulls:`{f' of `{name}`' if name else ''} without the empty text, so empty cells "
                "are sent as empty texts",
                'a list with `""` in it',
                name,
            )


def _consent(mapping: Mapping) -> Iterator[Breach]:
    for entry in mapping.attributes:
        wanted = _sense_of(entry)
        if not wanted or entry.values is not None or not isinstance(entry.origin, FromColumns):
            continue
        said = {column: sense_of(column) for column in entry.origin.columns}
        turned = [name for name in said if said[name] and (said[name] != wanted) != entry.invert]
        if turned:
            yield _turned(entry, turned[0], said[turned[0]], wanted)
        elif unclear := [name for name in said if not said[name] and _stops_messages(entry)]:
            yield _unclear(entry, unclear[0])


def _turned(entry: Attribute, column: str, said: str, wanted: str) -> Breach:
    turned = " turned round by `invert:`" if entry.invert else ""
    return Breach(
        "consent-turned",
        ("attributes", entry.name),
        f'the column "{column}"{turned}, which seems to say {_WORDS[said, entry.invert]}, '
        f"for `{entry.name}`, which says {_WORDS[wanted, False]}",
        "column and attribute that say the same",
        entry.name,
    )


def _stops_messages(entry: Attribute) -> bool:
    """Tell an attribute of MoEngage whose true stops messages, and that takes cells as they are."""
    return entry.name in BY_KEY and BY_KEY[entry.name].consents == "out" and not entry.invert


def _unclear(entry: Attribute, column: str) -> Breach:
    return Breach(
        "consent-unclear",
        ("attributes", entry.name),
        f'the column "{column}", whose name does not say whether a yes there means '
        f"{_WORDS['in', False]} or {_WORDS['out', False]}; `{entry.name}` takes it for the latter",
        "a column whose name says it, or `values:`",
        entry.name,
    )


def _updates(mapping: Mapping) -> Iterator[Breach]:
    for entry in mapping.attributes:
        if entry.update != "replace" and entry.name in BY_KEY:
            yield Breach(
                "update-standard",
                ("attributes", entry.name, "update"),
                f"`update: {entry.update}` for the standard attribute `{entry.name}`",
                "an attribute of your own, or `update: replace`",
                entry.name,
            )


def _objects(mapping: Mapping) -> Iterator[Breach]:
    for entry in mapping.attributes:
        if isinstance(entry.origin, FromParts):
            path: Path = ("attributes", entry.name)
            yield from _object(entry.origin, entry.name, path, 1)


def _object(origin: FromParts, name: str, path: Path, level: int) -> Iterator[Breach]:
    expected = "an object that MoEngage takes"
    if level > limits.OBJECT_LEVELS:
        yield Breach("object-deep", path, RULES["object-deep"].what, expected, name, of_key=True)
    if len(origin.parts) > limits.OBJECT_KEYS:
        found = f"an object of {len(origin.parts)} parts"
        yield Breach("object-large", path, found, expected, name, of_key=True)
    for part in origin.parts:
        spot: Path = (*path, "object", part.name)
        if any(ban in part.name for ban in limits.OBJECT_KEY_BANS):
            bans = " ".join(limits.OBJECT_KEY_BANS)
            found = f"the object's key `{part.name}`"
            yield Breach("object-key", spot, found, f"keys without {bans}", name, of_key=True)
        if isinstance(part.origin, FromParts):
            yield from _object(part.origin, name, spot, level + 1)


_WORDS = {
    ("in", False): "who wants messages",
    ("out", False): "who wants none",
    ("in", True): "who wants none",
    ("out", True): "who wants messages",
}


def _sense_of(entry: Attribute) -> str:
    if entry.name in BY_KEY:
        return BY_KEY[entry.name].consents
    return sense_of(entry.name) if entry.type == "boolean" else ""


def _whole(mapping: Mapping) -> Iterator[Breach]:
    if isinstance(mapping.customer_id.origin, FromConstant):
        yield Breach(
            "id-constant",
            ("customer_id",),
            "a constant, which would make one user of all rows",
            "the column that tells the users apart",
        )
    if len(mapping.attributes) > limits.ATTRIBUTES_PER_WORKSPACE:
        yield Breach(
            "attributes-many",
            ("attributes",),
            f"{len(mapping.attributes)} attributes",
            f"at most {limits.ATTRIBUTES_PER_WORKSPACE}",
        )
