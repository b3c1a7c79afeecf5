"""Checks what is sent: content type, size, JSON, rate, keys and their types (rows 8 to 15, 18)."""

from __future__ import annotations

from importer.moengage import error_texts, names
from importer.moengage.error_texts import ErrorText
from importer.sandbox.calls import Call, Json, Reply
from importer.sandbox.workspace import Workspace

_STRING = "String or Unicode String"

_TYPES: tuple[tuple[str, type, str], ...] = (
    ("attributes", dict, "Dictionary"),
    ("platforms", list, "List"),
    ("unset_attributes", list, "List"),
    ("update_existing_only", bool, "Boolean"),
)


def content_type(workspace: Workspace, call: Call) -> Reply | None:
    given = call.headers.get("Content-Type")
    if not given:
        return workspace.answers.refused(error_texts.NO_CONTENT_TYPE)
    if given.partition(";")[0].strip().lower() != "application/json":
        return workspace.answers.refused(error_texts.WRONG_CONTENT_TYPE)
    return None


def size(workspace: Workspace, call: Call) -> Reply | None:
    if call.route is None or call.size <= call.route.body_bytes:
        return None
    return workspace.answers.refused(error_texts.TOO_LARGE, limit=call.route.body_bytes // 1024)


def json(workspace: Workspace, call: Call) -> Reply | None:
    if not call.body.strip():
        return workspace.answers.refused(error_texts.EMPTY_BODY)
    if call.payload is None and call.body.strip() != b"null":
        return workspace.answers.refused(error_texts.MALFORMED_JSON)
    if not isinstance(call.payload, dict):
        return workspace.answers.refused(error_texts.NOT_AN_OBJECT)
    return None


def rate(workspace: Workspace, call: Call) -> Reply | None:
    if call.route is None or workspace.quotas.take(call.route, _weight(call), workspace.now()):
        return None
    return workspace.answers.refused(error_texts.RATE_LIMITED)


def _weight(call: Call) -> int:
    """Count the users of a call, as far as its unchecked body tells; at least one."""
    if call.route and call.route.name == "export":
        data = call.payload.get("data")
        asked = data.get("identifiers") if isinstance(data, dict) else None
        return max(1, len(asked)) if isinstance(asked, list) else 1
    return max(1, len(call.users))


def elements(workspace: Workspace, call: Call) -> Reply | None:
    if call.route is None or call.route.name != "transition":
        return None
    elements = call.payload.get("elements")
    if elements is None:
        return _refused(workspace, error_texts.KEY_MISSING, "elements")
    if not isinstance(elements, list):
        return _refused(workspace, error_texts.KEY_MISTYPED, "elements", "List")
    if not elements:
        return _refused(workspace, error_texts.NO_ELEMENTS, "elements")
    known = ("customer", "event", "device")
    if any(not isinstance(one, dict) or one.get("type") not in known for one in elements):
        return _refused(workspace, error_texts.ELEMENT_TYPE_UNKNOWN, "type")
    return None


def body_type(workspace: Workspace, call: Call) -> Reply | None:
    if call.route is None or call.route.name not in ("customer", "transition"):
        return None
    if not workspace.config.strict_types:
        return None
    wanted = call.route.name
    if "type" not in call.payload:
        return _refused(workspace, error_texts.KEY_MISSING, "type")
    if not isinstance(call.payload["type"], str):
        return _refused(workspace, error_texts.KEY_MISTYPED, "type", _STRING)
    if call.payload["type"] != wanted:
        return workspace.answers.refused(
            error_texts.TYPE_UNKNOWN, attribute="type", expected=wanted
        )
    return None


def customer_id(workspace: Workspace, call: Call) -> Reply | None:
    for user in call.users:
        if "customer_id" not in user:
            return _refused(workspace, error_texts.KEY_MISSING, "customer_id")
        if not isinstance(user["customer_id"], str):
            return _refused(workspace, error_texts.KEY_MISTYPED, "customer_id", _STRING)
        if not user["customer_id"]:
            return _refused(workspace, error_texts.KEY_EMPTY, "customer_id")
    return None


def value_types(workspace: Workspace, call: Call) -> Reply | None:
    for user in call.users:
        for key, kind, datatype in _TYPES:
            if key in user and not isinstance(user[key], kind):
                return _refused(workspace, error_texts.KEY_MISTYPED, key, datatype)
        if not all(_is_unset_rule(rule) for rule in user.get("unset_attributes", ())):
            rules = f"List of type ({', '.join(names.UNSET_OPERATORS)}), attr, case_sensitive"
            return _refused(workspace, error_texts.KEY_MISTYPED, "unset_attributes", rules)
        for key in names.ARRAY_UPDATES:
            if not _is_array_update(user.get("attributes", {}).get(key, {})):
                return _refused(workspace, error_texts.KEY_MISTYPED, key, "Dictionary of Lists")
    return None


def _is_array_update(update: Json) -> bool:
    return isinstance(update, dict) and all(isinstance(one, list) for one in update.values())


def _is_unset_rule(rule: Json) -> bool:
    return (
        isinstance(rule, dict)
        and isinstance(rule.get("attr"), str)
        and rule.get("type") in names.UNSET_OPERATORS
        and isinstance(rule.get("case_sensitive", True), bool)
    )


def array_conflict(workspace: Workspace, call: Call) -> Reply | None:
    add_key, remove_key = names.ARRAY_UPDATES
    for user in call.users:
        sent = user.get("attributes", {})
        add, remove = sent.get(add_key, {}), sent.get(remove_key, {})
        conflicts = (
            (add_key, "add", "remove", add.keys() & remove.keys()),
            (add_key, "add", "set", add.keys() & sent.keys()),
            (remove_key, "remove", "set", remove.keys() & sent.keys()),
        )
        for attribute, one, other, both in conflicts:
            if both:
                return workspace.answers.refused(
                    error_texts.ARRAY_CONFLICT,
                    attribute=attribute,
                    one=one,
                    other=other,
                    name=min(both),
                )
    return None


def _refused(workspace: Workspace, text: ErrorText, key: str, datatype: str = "") -> Reply:
    return workspace.answers.refused(text, attribute=key, key=key, datatype=datatype)
