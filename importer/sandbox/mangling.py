"""Does to an accepted user what the real API does without a word: drops, cuts, unsets.

Facts 2.3 to 2.6.  Pure: a user object and his profile go in, the next profile and the names of
what was lost come out.  What the documentation says twice is taken at its harsher reading, so that
an import which comes through here unharmed comes through there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from importer.moengage import limits, names
from importer.moengage.attributes import BY_KEY
from importer.sandbox.calls import Json

Attributes = dict[str, Json]

DROPPED = object()
"""Stands for a value that is not kept."""

_MATCHES: dict[str, Callable[[str, str], bool]] = {
    "equals": str.__eq__,
    "prefix": str.startswith,
    "suffix": str.endswith,
    "contains": str.__contains__,
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What is left of an update.

    attributes: the whole profile afterwards; None if there is none, before or after.
    dropped: short names of what the API would have lost silently; () if all was kept.
    """

    attributes: Attributes | None
    dropped: tuple[str, ...] = ()


def settle(user: Mapping[str, Json], before: Attributes | None, known: Set[str]) -> Settled:
    """Give the profile that an accepted user object leads to.

    user: the checked object, with `customer_id` and perhaps `attributes`, `platforms`,
        `unset_attributes`, `update_existing_only`.
    before: his profile until now, None if he is new; it is not changed.
    known: the attribute names the workspace has.
    """
    fault = _fault_of_id(user["customer_id"])
    if not fault and before is None and user.get("update_existing_only"):
        fault = "no such user"
    if fault:
        return Settled(before, (fault,))
    dropped: list[str] = []
    after = dict(before or {})
    sent = dict(user.get("attributes") or {})
    if "platforms" in user:
        sent.setdefault("platforms", user["platforms"])
    updates = {key: sent.pop(key, {}) for key in names.ARRAY_UPDATES}
    room = _Room(known)
    for name, value in sent.items():
        _set(after, name, value, before is None, room, dropped)
    _update_arrays(after, updates, room, dropped)
    _unset(after, user.get("unset_attributes") or ())
    return Settled(after, tuple(dropped))


def kept_value(value: Json) -> tuple[Json, str]:
    """Give a value as it is kept, or DROPPED, and what was lost of it ("" for nothing).

    [] stays [], which unsets.
    """
    if isinstance(value, str):
        return _kept_text(value)
    if isinstance(value, list):
        return _kept_list(value)
    if value == {}:
        return DROPPED, "empty object dropped"
    return value, ""


class _Room:
    """The attribute names a workspace may still learn."""

    def __init__(self, known: Set[str]) -> None:
        self._known = known
        self._fresh: set[str] = set()

    def has(self, name: str) -> bool:
        if name in self._known or name in self._fresh:
            return True
        if len(self._known) + len(self._fresh) >= limits.ATTRIBUTES_PER_WORKSPACE:
            return False
        self._fresh.add(name)
        return True


def _fault_of_id(customer_id: str) -> str:
    if len(customer_id) < limits.ID_MIN_CHARACTERS:
        return "one-character id"
    return "blacklisted id" if customer_id.strip().casefold() in names.BANNED_IDS else ""


def _set(
    after: Attributes, name: str, value: Json, is_new: bool, room: _Room, dropped: list[str]
) -> None:
    """Set one attribute, or unset it by []; note what is lost."""
    fault = _fault_of_name(name, is_new)
    if fault:
        dropped.append(fault)
        return
    if len(name) > limits.NAME_CHARACTERS:
        dropped.append("name cut")
        name = name[: limits.NAME_CHARACTERS]
    kept, loss = kept_value(value)
    if loss:
        dropped.append(loss)
    if kept is DROPPED:
        return
    if kept == []:
        after.pop(name, None)
    elif room.has(name):
        after[name] = kept
    else:
        dropped.append("attribute beyond 256")


def _fault_of_name(name: str, is_new: bool) -> str:
    if name in names.BLOCKED_NAMES:
        return "blocked name"
    if name in names.RESERVED_NAMES:
        return "reserved name"
    if names.is_read_only(name):
        return "read-only name"
    standard = BY_KEY.get(name)
    if standard is not None and standard.create_only and not is_new:
        return "name taken only on creation"
    return ""


def _kept_text(text: str) -> tuple[Json, str]:
    if len(text) <= limits.STRING_CHARACTERS:
        return text, ""
    if text.lower().startswith(("http://", "https://")):
        return DROPPED, "long URL dropped"
    return text[: limits.STRING_CHARACTERS], "string cut"


def _kept_list(items: list[Json]) -> tuple[Json, str]:
    if len({_kind(item) for item in items}) > 1 or any(not _kind(item) for item in items):
        return DROPPED, "mixed array dropped"
    kept = [_cut(item) for item in items[: limits.LIST_ITEMS]]
    if len(kept) < len(items):
        return kept, "array cut"
    return kept, "" if kept == items else "string cut"


def _kind(item: Json) -> str:
    """Tell which of the three kinds an array may hold; "" for none of them (facts 2.5)."""
    if isinstance(item, str):
        return "string"
    if isinstance(item, dict):
        return "object"
    return "number" if isinstance(item, int | float) and not isinstance(item, bool) else ""


def _cut(item: Json) -> Json:
    return item[: limits.STRING_CHARACTERS] if isinstance(item, str) else item


def _update_arrays(
    after: Attributes, updates: Mapping[str, Mapping[str, list[Json]]], room: _Room, lost: list[str]
) -> None:
    """Add to arrays what they do not hold yet, and remove from them."""
    add, remove = (updates[key] for key in names.ARRAY_UPDATES)
    changes = [(name, items, True) for name, items in add.items()]
    changes += [(name, items, False) for name, items in remove.items()]
    for name, items, adds in changes:
        old = after.get(name, [])
        if not isinstance(old, list) or name in BY_KEY:
            lost.append("array update of what is no array")
            continue
        if adds:
            kept = [*old, *(item for item in items if item not in old)]
        else:
            kept = [item for item in old if item not in items]
        if kept != old:
            _set(after, name, kept, False, room, lost)


def _unset(after: Attributes, rules: Sequence[Mapping[str, Json]]) -> None:
    """Remove what the rules match; unset wins over set (facts 2.6)."""
    for rule in rules:
        for name in [name for name in after if _matches(rule, name)]:
            del after[name]


def _matches(rule: Mapping[str, Json], name: str) -> bool:
    wanted = rule["attr"]
    # System attributes cannot be unset, and an empty text would match every name.
    if not wanted or name.startswith(names.SYSTEM_PREFIX):
        return False
    if not rule.get("case_sensitive", True):
        wanted, name = wanted.casefold(), name.casefold()
    return _MATCHES[rule["type"]](name, wanted)
