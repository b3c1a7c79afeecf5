"""Shows the shape of a text without the text: whom it is about stays hidden, how it is written not."""

from __future__ import annotations

import json
from typing import Any

_HIDDEN = "(masked)"
"""Stands for a yes or a no, whose length alone would tell which."""


def masked(text: str) -> str:
    """Put x for each letter and # for each digit; signs and blanks stay."""
    return "".join(map(_masked_character, text))


def masked_json(value: Any) -> Any:
    """Mask every value of a JSON document, and no key of an object; numbers become texts."""
    match value:
        case dict():
            return {key: masked_json(inner) for key, inner in value.items()}
        case list():
            return [masked_json(inner) for inner in value]
        case None:
            return None
        case bool():
            return _HIDDEN
    return masked(str(value))


def masked_text(value: Any) -> str:
    """Write a masked JSON document: texts in quotes, numbers and booleans without, so not JSON."""
    match value:
        case dict():
            members = (f"{_quoted(key)}: {masked_text(inner)}" for key, inner in value.items())
            return f"{{{', '.join(members)}}}"
        case list():
            return f"[{', '.join(map(masked_text, value))}]"
        case None:
            return "null"
        case str():
            return _quoted(masked(value))
    return str(masked_json(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _masked_character(character: str) -> str:
    if character.isdecimal():
        return "#"
    return "x" if character.isalnum() else character
