"""Checks who calls: address, app id, credentials, account (rows 3 to 7 of facts 8)."""

from __future__ import annotations

import binascii
from base64 import b64decode

from importer.moengage import error_texts
from importer.moengage.error_texts import ErrorText
from importer.sandbox.answers import plain
from importer.sandbox.calls import Call, Reply
from importer.sandbox.workspace import Workspace

_ACCOUNTS = {
    "blacklisted": error_texts.ACCOUNT_BLACKLISTED,
    "blocked": error_texts.ACCOUNT_BLOCKED,
    "suspended": error_texts.ACCOUNT_SUSPENDED,
    "unpaid": error_texts.ACCOUNT_UNPAID,
}


def address(workspace: Workspace, call: Call) -> Reply | None:
    allowed = workspace.config.allowed_ips
    forwarded = call.headers.get("X-Forwarded-For", call.address)
    if allowed is None or {one.strip() for one in forwarded.split(",")} & allowed:
        return None
    return plain(403, error_texts.IP_REFUSED_BODY)


def app_id_given(workspace: Workspace, call: Call) -> Reply | None:
    return None if call.app_ids else workspace.answers.refused(error_texts.APP_ID_MISSING)


def credentials(workspace: Workspace, call: Call) -> Reply | None:
    header = call.headers.get("Authorization")
    config = workspace.config
    text = _credentials_fault(header, config.app_id, config.api_key)
    return workspace.answers.refused(text) if text else None


def _credentials_fault(header: str | None, app_id: str, api_key: str) -> ErrorText | None:
    """Say what is wrong with an Authorization header."""
    if header is None:
        return error_texts.AUTH_HEADER_MISSING
    scheme, _, encoded = header.strip().partition(" ")
    if not scheme or not encoded.strip():
        return error_texts.AUTH_HEADER_EMPTY
    try:
        decoded = b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return error_texts.AUTH_UNDECODABLE
    user, colon, password = decoded.partition(":")
    faults = (
        (scheme.lower() != "basic" or not colon, error_texts.AUTH_UNDECODABLE),
        (not user, error_texts.AUTH_NO_USER),
        (not password, error_texts.AUTH_NO_PASSWORD),
        (user != app_id, error_texts.AUTH_UNKNOWN_USER),
        (not api_key, error_texts.KEY_NOT_SET),
        (password != api_key, error_texts.AUTH_WRONG_KEY),
    )
    return next((text for is_at_fault, text in faults if is_at_fault), None)


def app_id_right(workspace: Workspace, call: Call) -> Reply | None:
    if any(one not in workspace.config.known_app_ids for one in call.app_ids):
        return workspace.answers.refused(error_texts.APP_ID_UNKNOWN)
    # Credentials were checked before, so the user they name is the workspace itself.
    if any(one != workspace.config.app_id for one in call.app_ids):
        return workspace.answers.refused(error_texts.APP_ID_MISMATCH)
    return None


def account(workspace: Workspace, _: Call) -> Reply | None:
    text = _ACCOUNTS.get(workspace.config.account)
    return workspace.answers.refused(text) if text else None
