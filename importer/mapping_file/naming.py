"""Decides which rules an attribute's name breaks; the facts are moengage/names.py."""

from __future__ import annotations

from difflib import get_close_matches

from importer.moengage import attributes, limits, names

_TAKEN = (
    names.RESERVED_NAMES
    | names.STORAGE_KEYS
    | {*names.ARRAY_UPDATES, names.PLATFORMS_KEY, "customer_id"}
)


def broken_rules(name: str) -> tuple[str, ...]:
    """Give the codes of the rules that this attribute name breaks, errors and warnings."""
    if name.strip().lower() in names.BLOCKED_NAMES:
        return ("name-blocked",)
    standard = attributes.BY_KEY.get(name)
    if standard is not None:
        if standard.disputed:
            return ("name-disputed",)
        return ("name-create-only",) if standard.create_only else ()
    codes = []
    if len(name) > limits.NAME_CHARACTERS:
        codes.append("name-long")
    if name in _TAKEN or names.is_read_only(name):
        codes.append("name-reserved")
    elif name.lower().startswith(names.SYSTEM_PREFIX):
        codes.append("name-prefix")
    elif _bare(name) in _STANDARD:
        codes.append("name-near")
    return tuple(codes)


def near_standard(name: str) -> str | None:
    """Give the standard attribute whose name differs from this one by case and marks only."""
    return _STANDARD.get(_bare(name))


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


_STANDARD = {_bare(key): key for key in attributes.BY_KEY}


def stored_name(name: str) -> str:
    """Give the name under which MoEngage keeps an attribute."""
    standard = attributes.BY_KEY.get(name)
    return standard.storage_key if standard else name[: limits.NAME_CHARACTERS]


def nearest(name: str, known: list[str] | tuple[str, ...]) -> str | None:
    """Give the known name that is most like this one, however it is cased; None if none is."""
    folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None
