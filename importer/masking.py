"""Shows the shape of a text without the text: whom it is about stays hidden, how it is written not."""

from __future__ import annotations

from typing import Any


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
            return "xxxx"
    return masked(str(value))


def _masked_character(character: str) -> str:
    if character.isdecimal():
        return "#"
    return "x" if character.isalnum() else character
