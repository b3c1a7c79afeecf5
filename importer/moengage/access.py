"""Knows MoEngage's addresses: data centres, hosts, paths, headers."""

from __future__ import annotations

import re
from base64 import b64encode

# Data API docs, "Data Centers"; 101 stands in "API Introduction" only.
DATA_CENTERS = ("01", "02", "03", "04", "05", "06", "101")

CUSTOMER_PATH = "/v1/customer"
EXPORT_PATH = "/v1/customers/export"
TEST_PATH = "/v1/integrations/authentication"
BULK_PATH = "/v1/transition"
MERGE_PATH = "/v1/customer/merge"
DELETE_PATH = "/v1/customer/delete"

_NUMBER = re.compile(r"^0*(\d{1,3})$")
_DASHBOARD = re.compile(r"^(?:https?://)?(?:dashboard|api)-0*(\d{1,3})\.moengage\.com(?:/.*)?$")


def data_center(text: str) -> str | None:
    """Give the data centre ("03", "101") for "3", "03", "101" or a dashboard's URL, else None."""
    found = _NUMBER.match(text.strip()) or _DASHBOARD.match(text.strip().lower())
    if not found:
        return None
    padded = found.group(1).zfill(2)
    return padded if padded in DATA_CENTERS else None


def base_url(center: str) -> str:
    """Give the API's address in a data centre: `https://api-03.moengage.com`."""
    return f"https://api-{center}.moengage.com"


def headers(app_id: str, api_key: str) -> dict[str, str]:
    """Give the request headers (Data API docs, "Authentication").

    MOE-APPKEY is asked for by some pages and harmless on the others, so it is always sent.
    """
    credentials = b64encode(f"{app_id}:{api_key}".encode()).decode("ascii")
    return {
        "Authorization": f"Basic {credentials}",
        "MOE-APPKEY": app_id,
        "Content-Type": "application/json",
    }
