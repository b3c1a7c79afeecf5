"""Knows which customer ids and attribute names MoEngage refuses, drops or reserves."""

from __future__ import annotations

import re

# "Values not allowed" for customer_id (Data API docs, "Data Overview" and "Data FAQs").  Whether
# the API compares case and blanks is not documented, so we fold both; `nan` is ours: it is what
# a lost id looks like after a trip through pandas.
BANNED_IDS = frozenset(
    {
        "unknown",
        "guest",
        "null",
        "0",
        "1",
        "true",
        "false",
        "user_attribute_unique_id",
        "(empty)",
        "na",
        "n/a",
        "",
        "dummy_seller_code",
        "user_id",
        "id",
        "customer_id",
        "uid",
        "userid",
        "none",
        "-2",
        "-1",
        "2",
        "nan",
    }
)

# Blocked outright (User API: 'Reserved keywords for the user attribute name').
BLOCKED_NAMES = frozenset({"id", "_id", ""})

# "Do not use" (Data API docs, "Data Management").  `source` is on that list too, but the User API
# has it as a standard attribute, and it wins: see attributes.py.
RESERVED_NAMES = frozenset(
    {
        "USER_ATTRIBUTE_UNIQUE_ID",
        "USER_ATTRIBUTE_USER_EMAIL",
        "USER_ATTRIBUTE_USER_MOBILE",
        "USER_ATTRIBUTE_USER_NAME",
        "USER_ATTRIBUTE_USER_GENDER",
        "USER_ATTRIBUTE_USER_FIRST_NAME",
        "USER_ATTRIBUTE_USER_LAST_NAME",
        "USER_ATTRIBUTE_USER_BDAY",
        "USER_ATTRIBUTE_NOTIFICATION_PREF",
        "USER_ATTRIBUTE_OLD_ID",
        "MOE_TIME_FORMAT",
        "MOE_TIME_TIMEZONE",
        "USER_ATTRIBUTE_DND_START_TIME",
        "USER_ATTRIBUTE_DND_END_TIME",
        "MOE_GAID",
        "INSTALL",
        "UPDATE",
        "MOE_ISLAT",
        "status",
        "user_id",
    }
)

# Keys under which MoEngage stores standard attributes; as custom names they would shadow them
# (Data API docs, "Track User").
STORAGE_KEYS = frozenset(
    {
        "u_n",
        "u_fn",
        "u_ln",
        "u_em",
        "u_mb",
        "u_gd",
        "u_l_a",
        "u_s_c",
        "cr_t",
        "t_rev",
        "t_trans",
        "uid",
        "geo",
    }
)

# Computed by MoEngage itself and not writable (Data API docs, "Standard attributes").
READ_ONLY_NAMES = frozenset(
    {
        "t_rev",
        "t_trans",
        "u_s_c",
        "geo",
        "uninstall_time",
        "installed",
        "moe_ip_city",
        "moe_ip_pin",
        "moe_ip_subdivision",
        "moe_ip_country",
        "moe_dtzo",
        "moe_cr_from",
        "moe_it",
        "moe_w_ds",
        "moe_rsu",
    }
)

_READ_ONLY_FAMILIES = re.compile(r"moe_rsp_.*|moe_ds_.*|locale_.*_display", re.DOTALL)

# Keys of an attributes object that are instructions, not attributes (Data API docs, "Array update").
ARRAY_UPDATES = ("addValueToArrayField", "removeValueFromArrayField")

PLATFORMS_KEY = "platforms"
"""The key of an attributes object that holds the user's platforms (User API)."""

SYSTEM_PREFIX = "moe_"

PLATFORMS = ("ANDROID", "iOS", "web")
"""The spellings of the User API; other casings are normalised to these."""

UNSET_OPERATORS = ("equals", "prefix", "suffix", "contains")
"""`type` of an unset rule (Data API docs, "Unset user attributes")."""


def platform_name(text: str) -> str | None:
    """Give the API's spelling of a platform, whatever its case; None if there is no such one."""
    return {name.lower(): name for name in PLATFORMS}.get(text.strip().lower())


def is_read_only(name: str) -> bool:
    """Tell whether MoEngage computes this attribute itself (Data API docs: names and families)."""
    return name in READ_ONLY_NAMES or _READ_ONLY_FAMILIES.fullmatch(name) is not None


def cannot_be_unset(name: str) -> bool:
    """Tell whether MoEngage ignores an unset rule for this name (Data API docs, "Unset")."""
    return (
        name.startswith(SYSTEM_PREFIX)
        or name in RESERVED_NAMES
        or name == "customer_id"
        or is_read_only(name)
    )
