"""Takes parts out of finished payloads and leaves the rest as it is, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json import JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]  # missing in typeshed

from importer.moengage.names import ARRAY_UPDATES, PLATFORMS_KEY

# Only where a value ends is of interest; numbers may have more digits than Python would read.
_DECODER = JSONDecoder(parse_float=str, parse_int=str)
_VERBS = dict(zip(ARRAY_UPDATES, ("add", "remove"), strict=True))
_BLANKS = " \t\r\n"


def without(body: bytes, dropped: frozenset[str], unset_rules: int = 0) -> bytes | None:
    """Give a payload without these slots (see value_hashes.py); None if nothing is left to send.

    unset_rules: how many of its `unset_attributes` are the mapping's rules; they stand first.
    """
    text = body.decode()
    kept, has_content = [], False
    for key, start, value, end in _members(text, 0):
        part = text[start:end]
        if key == "attributes":
            inner = ",".join(_attributes(text, value, dropped, "replace"))
            part, has_content = text[start:value] + "{" + inner + "}", bool(inner)
        elif key == "unset_attributes":
            inner = ",".join(_unset(text, value, dropped, unset_rules))
            if not inner:
                continue
            part, has_content = text[start:value] + "[" + inner + "]", True
        kept.append(part)
    return ("{" + ",".join(kept) + "}").encode() if has_content else None


def values_of(body: bytes) -> tuple[dict[str, str], frozenset[str]]:
    """Give the JSON text of each slot (see value_hashes.py), and the attributes that are unset.

    Among the latter are those of the mapping's rules.
    """
    text, values, unset = body.decode(), dict[str, str](), set[str]()
    for key, _, value, _ in _members(text, 0):
        if key == "attributes":
            values.update(_texts(text, value, "replace"))
        elif key == "unset_attributes":
            unset.update(item["attr"] for item, _, _ in _items(text, value))
    return values, frozenset(unset)


def _texts(text: str, at: int, verb: str) -> Iterator[tuple[str, str]]:
    for key, _, value, end in _members(text, at):
        if verb == "replace" and key in _VERBS:
            yield from _texts(text, value, _VERBS[key])
        elif (key, verb) == (PLATFORMS_KEY, "replace"):
            for item, start, stop in _items(text, value):
                active = {
                    name: text[at:to] for name, _, at, to in _members(text, start) if to <= stop
                }
                yield f"platform {item['platform']}", active["active"]
        else:
            yield f"{verb} {key}", text[value:end]


def _attributes(text: str, at: int, dropped: frozenset[str], verb: str) -> Iterator[str]:
    for key, start, value, end in _members(text, at):
        if verb == "replace" and key in _VERBS:
            inner = ",".join(_attributes(text, value, dropped, _VERBS[key]))
            if inner:
                yield text[start:value] + "{" + inner + "}"
        elif _slot(key, verb) not in dropped:
            yield text[start:end]


def _slot(key: str, verb: str) -> str:
    return PLATFORMS_KEY if (key, verb) == (PLATFORMS_KEY, "replace") else f"{verb} {key}"


def _unset(text: str, at: int, dropped: frozenset[str], unset_rules: int) -> Iterator[str]:
    for place, (item, start, end) in enumerate(_items(text, at)):
        slot = "unset rules" if place < unset_rules else f"replace {item['attr']}"
        if slot not in dropped:
            yield text[start:end]


def _members(text: str, at: int) -> Iterator[tuple[str, int, int, int]]:
    """Give an object's members: key, where they begin, where the value begins, where it ends."""
    at = _after(text, at)
    while text[at] != "}":
        start = at
        key, at = scanstring(text, at + 1)
        value = _after(text, at)
        _, end = _DECODER.raw_decode(text, value)
        yield key, start, value, end
        at = _next(text, end)


def _items(text: str, at: int) -> Iterable[tuple[dict[str, str], int, int]]:
    at = _after(text, at)
    while text[at] != "]":
        item, end = _DECODER.raw_decode(text, at)
        yield item, at, end
        at = _next(text, end)


def _after(text: str, at: int) -> int:
    """Give what follows on the mark at this place."""
    at += 1
    while text[at] in _BLANKS:
        at += 1
    return at


def _next(text: str, at: int) -> int:
    """Give where the next member begins, or the end mark stands."""
    while text[at] in _BLANKS:
        at += 1
    return _after(text, at) if text[at] == "," else at
