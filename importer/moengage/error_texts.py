"""Quotes the bodies of the User API's documented refusals, as (status, type, message).

Data API docs, "Response codes".  Where they give two wordings, the one of the error's own row is
taken; a client must not branch on any of them (see replies.py).
"""

from __future__ import annotations

from typing import NamedTuple


class ErrorText(NamedTuple):
    """One documented refusal; `{...}` in a message is filled in by whoever answers."""

    status: int
    type: str
    message: str


_AUTH = "Authentication required"

APP_ID_MISSING = ErrorText(400, "ParamsRequired", "app_id is required in path/query params.")
APP_ID_UNKNOWN = ErrorText(400, "InvalidParams", "Given app_id is invalid.")
ACCOUNT_BLACKLISTED = ErrorText(
    400, "Blacklisted", "Your account is blacklisted, Please contact MoEngage."
)

NO_CONTENT_TYPE = ErrorText(400, "Missing header value", "The Content-Type Header is required")
EMPTY_BODY = ErrorText(400, "Empty request body", "A valid JSON document is required.")
NOT_AN_OBJECT = ErrorText(400, "Body type is not JSON", "A valid JSON document is required.")
MALFORMED_JSON = ErrorText(
    400,
    "Malformed JSON",
    "Could not decode the request body. The JSON was incorrect or not encoded as UTF-8.",
)

KEY_MISSING = ErrorText(400, "MissingAttributeError", "{key} is not found in the payload")
KEY_EMPTY = ErrorText(400, "MissingAttributeError", "{key} can not be empty Unicode String")
KEY_MISTYPED = ErrorText(400, "MissingAttributeError", "{key} is expected to be {datatype}.")
TYPE_UNKNOWN = ErrorText(400, "AttributeError", "type should be {expected}")
ARRAY_CONFLICT = ErrorText(
    400, "ArrayFieldError", "Cannot {one} and {other} '{name}' at the same time"
)

NO_ELEMENTS = ErrorText(400, "MissingAttributeError", "elements cannot be empty array")
ELEMENT_TYPE_UNKNOWN = ErrorText(
    400, "AttributeError", "type in elements should be customer/event/device"
)
TOO_MANY = ErrorText(400, "LimitBreached", "max limit allowed is {limit}")
NO_SUCH_USER = ErrorText(400, "Not Found", "User doesn't exists with customer id {customer_id}")

AUTH_HEADER_MISSING = ErrorText(401, _AUTH, "Authentication Header Required")
AUTH_HEADER_EMPTY = ErrorText(401, _AUTH, "No identity information found")
AUTH_UNDECODABLE = ErrorText(401, _AUTH, "Invalid identity information found")
AUTH_NO_USER = ErrorText(401, _AUTH, "APP_KEY missing in the authentication header")
AUTH_NO_PASSWORD = ErrorText(401, _AUTH, "APP_SECRET missing in the authentication header")
AUTH_WRONG_KEY = ErrorText(
    401, _AUTH, "App Secret key mismatch. Please login to the dashboard to verify key"
)
AUTH_UNKNOWN_USER = ErrorText(401, _AUTH, "Invalid APP_ID used in Authentication Header")

ACCOUNT_BLOCKED = ErrorText(
    403, "BlockedClient", "Your account is blocked. Please contact MoEngage team."
)
ACCOUNT_SUSPENDED = ErrorText(
    403, "Account Suspended", "Your account is suspended. Please contact MoEngage team."
)
ACCOUNT_UNPAID = ErrorText(
    403,
    "Account Temporarily Suspended",
    "Your account is temporarily suspended due to payment issues.",
)

APP_ID_MISMATCH = ErrorText(
    409, "Authentication Mismatch", "App key mismatch in params and authentication"
)
KEY_NOT_SET = ErrorText(
    409, _AUTH, "App Secret key is not set. Please login to the dashboard to set a key"
)
TOO_LARGE = ErrorText(413, "PayloadTooLarge", "Payload size exceeds {limit} KB")
WRONG_CONTENT_TYPE = ErrorText(415, "MediaTypeError", "Unsupported Media Type")
RATE_LIMITED = ErrorText(429, "RateLimitError", "Rate limit exceeded")
SERVER_ERROR = ErrorText(500, "ServerError", "Internal Server Error")

# Answers in other shapes than the common envelope.
IP_REFUSED_BODY = {
    "error": "IP Validation Required",
    "message": "IP Validation Failed. Please check your IP!!",
}
NOT_FOUND_BODY = {"status": "fail", "message": "Resource not found"}
METHOD_BODY = {"status": "fail", "message": "Method not allowed"}
ACCEPTED_MESSAGE = "Your request has been accepted and will be processed soon."
