"""Does what an accepted call asks for: update, read, merge, delete, and answer."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from importer.moengage import error_texts, limits
from importer.moengage.attributes import STANDARD_ATTRIBUTES
from importer.sandbox.answers import plain
from importer.sandbox.calls import Call, Json, Reply
from importer.sandbox.mangling import Attributes, settle
from importer.sandbox.workspace import Workspace

_KEY_OF_STORAGE_KEY = {one.storage_key: one.key for one in STANDARD_ATTRIBUTES}


def carry_out(workspace: Workspace, call: Call) -> Reply:
    """Do what a call that passed all checks asks for, and answer it."""
    assert call.route is not None  # noqa: S101 - the first check
    return _ENDPOINTS[call.route.name](workspace, call)


def _update(workspace: Workspace, call: Call) -> Reply:
    """Update the users of a call; the reply is the same whatever is dropped (facts 3.1)."""
    dropped: list[str] = []
    for user in call.users:
        # Only where wrong types are let through.
        if user.get("type") == "customer":
            dropped += _update_one(workspace, user)
    workspace.traffic.note_dropped(dropped)
    return workspace.answers.accepted(tuple(dropped))


def _update_one(workspace: Workspace, user: dict[str, Json]) -> tuple[str, ...]:
    customer_id: str = user["customer_id"]
    workspace.traffic.updates += 1
    if not workspace.fair_use.allows(customer_id, workspace.now()):
        return ("user blocked for too many updates",)
    before = workspace.profiles.get(customer_id)
    if _goes_back(user, before, workspace.config.order_by):
        workspace.traffic.order_violations += 1
    settled = settle(user, before, workspace.profiles.names)
    if settled.attributes is not None and settled.attributes is not before:
        workspace.profiles.put(customer_id, settled.attributes, is_new=before is None)
    return settled.dropped


def _goes_back(user: dict[str, Json], before: Attributes | None, order_by: str | None) -> bool:
    """Tell whether the attribute that must not get smaller does."""
    if not order_by or not before:
        return False
    old, new = before.get(order_by), user.get("attributes", {}).get(order_by)
    if isinstance(old, str) and isinstance(new, str):
        return new < old
    if isinstance(old, int | float) and isinstance(new, int | float):
        return new < old
    return False


def _export(workspace: Workspace, call: Call) -> Reply:
    """Read users back (facts 4.2), as they are kept at this moment."""
    refused = workspace.answers.refused
    data = call.payload.get("data")
    if not isinstance(data, dict):
        return refused(error_texts.KEY_MISSING, attribute="data", key="data")
    asked = data.get("identifiers")
    if not isinstance(asked, list):
        return refused(error_texts.KEY_MISSING, attribute="identifiers", key="identifiers")
    if len(asked) > limits.EXPORT_USERS_PER_REQUEST:
        most = limits.EXPORT_USERS_PER_REQUEST
        return refused(error_texts.TOO_MANY, attribute="users", limit=most)
    fields = data.get("user_fields_to_export")
    users, missing = [], []
    for one in asked:
        attributes = _find(workspace, one)
        if attributes is None:
            missing.append(one)
        else:
            users.append({"user_attributes": _only(attributes, fields)})
    answer = {"users_not_found": missing, "users": users}
    return plain(200, {"status": "success", "type": "export_users", "data": answer})


def _find(workspace: Workspace, asked: Json) -> Attributes | None:
    if not isinstance(asked, dict) or asked.get("identifier_type") != "customer_id":
        return None
    customer_id = asked.get("identifier")
    attributes = workspace.profiles.get(customer_id) if isinstance(customer_id, str) else None
    if attributes is None:
        return None
    # The real one keeps an id of its own beside the customer's.
    own = blake2b(str(customer_id).encode(), digest_size=12).hexdigest()
    return {**attributes, "customer_id": customer_id, "id": own}


def _only(attributes: Attributes, fields: Json) -> Attributes:
    """Take the fields that are asked for, by the name sent or by MoEngage's storage key."""
    if not isinstance(fields, list):
        return attributes
    names = [one for one in fields if isinstance(one, str)]
    keys = [one if one in attributes else _KEY_OF_STORAGE_KEY.get(one, "") for one in names]
    return {one: attributes[key] for one, key in zip(names, keys, strict=True) if key in attributes}


def _merge(workspace: Workspace, call: Call) -> Reply:
    """Merge users (facts 4.3): the retained one's values win, failing pairs are skipped."""
    refused = workspace.answers.refused
    pairs = call.payload.get("merge_data")
    if not isinstance(pairs, list):
        return refused(error_texts.KEY_MISSING, attribute="merge_data", key="merge_data")
    if len(pairs) > limits.MERGE_PAIRS_PER_REQUEST:
        most = limits.MERGE_PAIRS_PER_REQUEST
        return refused(error_texts.TOO_MANY, attribute="merge_data", limit=most)
    for pair in pairs:
        _merge_one(workspace, pair)
    return plain(200, {"status": "success", "operation": "created"})


def _merge_one(workspace: Workspace, pair: Json) -> None:
    if not isinstance(pair, dict):
        return
    gone, stays = pair.get("merged_user"), pair.get("retained_user")
    if not isinstance(gone, str) or not isinstance(stays, str) or gone == stays:
        return
    merged, retained = workspace.profiles.get(gone), workspace.profiles.get(stays)
    if merged is None or retained is None:
        return
    workspace.profiles.put(stays, {**merged, **retained}, is_new=False)
    workspace.profiles.delete(gone)


def _delete(workspace: Workspace, call: Call) -> Reply:
    """Delete a user (facts 4.4), at once; the real one keeps him for a day."""
    customer_id = call.payload.get("identity_value")
    for key in ("identity_type", "identity_value"):
        if not isinstance(call.payload.get(key), str):
            return workspace.answers.refused(error_texts.KEY_MISSING, attribute=key, key=key)
    if not workspace.profiles.delete(customer_id):
        return workspace.answers.refused(error_texts.NO_SUCH_USER, customer_id=customer_id)
    return workspace.answers.accepted()


def _authenticate(workspace: Workspace, call: Call) -> Reply:
    """Answer the test connection (facts 4.5): the header was right, the body must be too."""
    config = workspace.config
    if call.payload.get("app_secret", config.api_key) != config.api_key:
        return workspace.answers.refused(error_texts.AUTH_WRONG_KEY)
    return plain(200, {"status": "success", "app_name": config.app_id})


_ENDPOINTS: dict[str, Callable[[Workspace, Call], Reply]] = {
    "customer": _update,
    "transition": _update,
    "export": _export,
    "merge": _merge,
    "delete": _delete,
    "authentication": _authenticate,
}
