"""Judges a call by the API's checks, in one order that is written down once.

The order is not documented; this one is inferred (facts 8).  A check gives the refusal, or None.
"""

from __future__ import annotations

from collections.abc import Callable

from importer.moengage import error_texts
from importer.sandbox import body_checks, caller_checks
from importer.sandbox.answers import plain
from importer.sandbox.calls import Call, Reply
from importer.sandbox.workspace import Workspace

Check = Callable[[Workspace, Call], Reply | None]


def first_refusal(workspace: Workspace, call: Call) -> Reply | None:
    """Give the answer of the first check that a call does not pass; None if it passes all."""
    for check in CHECKS:
        refusal = check(workspace, call)
        if refusal is not None:
            return refusal
    return None


def _route(_: Workspace, call: Call) -> Reply | None:
    return plain(404, error_texts.NOT_FOUND_BODY) if call.route is None else None


def _method(_: Workspace, call: Call) -> Reply | None:
    return plain(405, error_texts.METHOD_BODY) if call.method != "POST" else None


CHECKS: tuple[Check, ...] = (
    # 0, the faults on demand, come before all: see server.py
    _route,  # 1: 404
    _method,  # 2: 405
    caller_checks.address,  # 3: 403
    caller_checks.app_id_given,  # 4: 400
    caller_checks.credentials,  # 5: 401, 409
    caller_checks.app_id_right,  # 6: 400, 409
    caller_checks.account,  # 7: 400, 403
    body_checks.content_type,  # 8: 400, 415
    body_checks.size,  # 9: 413
    body_checks.json,  # 10: 400
    body_checks.rate,  # 11: 429
    body_checks.body_type,  # 12: 400
    body_checks.elements,  # 18: 400, where a bulk request has its users
    body_checks.customer_id,  # 13: 400
    body_checks.value_types,  # 14: 400
    body_checks.array_conflict,  # 15: 400
    # 16, the acceptance, and 17, the silent mangling, follow: see endpoints.py
)
"""The numbers are the rows of the table in facts 8."""
