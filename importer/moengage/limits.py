"""Holds the sizes and rates that MoEngage documents."""

from __future__ import annotations

USERS_PER_MINUTE = 10_000
"""User updates a minute and workspace on /v1/customer (Data API docs, "Rate Limits")."""

RATE_WINDOW_SECONDS = 60
"""The window of that limit (Data API docs, "Rate Limits")."""

BODY_BYTES = 128_000
"""The largest body we send.  The docs say 128 KB without saying whether KB is 1000 or 1024."""

SERVER_BODY_BYTES = 131_072
"""The largest body the sandbox takes: the lenient reading of 128 KB."""

ID_MIN_CHARACTERS = 2
""""Any string of more than one character" (Data API docs, "Track User")."""

NAME_CHARACTERS = 200
"""Longer attribute names are cut to their first 200 characters (Data API docs, "Data Management")."""

STRING_CHARACTERS = 512
"""Longer strings are cut to their first 512; a longer URL is dropped (Data API docs)."""

LIST_ITEMS = 50
"""Items of an array, each at most STRING_CHARACTERS (Data API docs)."""

OBJECT_BYTES = 25_000
OBJECT_KEYS = 100
OBJECT_LEVELS = 2
OBJECT_KEY_BANS = ("$", ".", "%", "#")
"""Of an object attribute: its size, sub-attributes, nesting and characters in keys (Data API docs)."""

CAUTIOUS_BODY_BYTES = 100_000
"""Older pages of the docs say 100 KB where the present ones say 128."""

UNSET_PATTERN_CHARACTERS = 4
"""Shorter patterns of unset rules match too much; ours, no document names a figure."""

ATTRIBUTES_PER_WORKSPACE = 256
"""Distinct user attributes in one workspace; new ones beyond are dropped (Data API docs)."""

EXPORT_USERS_PER_REQUEST = 20
EXPORT_USERS_PER_MINUTE = 1_000
"""Read-back limits of /v1/customers/export (Data API docs, "Get User")."""

BULK_USERS_PER_MINUTE = 60_000
"""Users a minute on /v1/transition, over all its requests (Data API docs, "Rate Limits")."""

BULK_SERVER_BODY_BYTES = 102_400
"""The largest body of /v1/transition (Data API docs, "Bulk import": 100 KB)."""

MERGE_PAIRS_PER_REQUEST = 50
MERGE_USERS_PER_MINUTE = 1_000
"""Limits of /v1/customer/merge (Data API docs, "Merge User")."""

DELETES_PER_MINUTE = 5_000
"""Requests a minute on /v1/customer/delete, one user each (Data API docs, "Delete User")."""

FAIR_USE_UPDATES_PER_MINUTE = 5_000
FAIR_USE_BLOCK_SECONDS = 3_600
"""More updates of one end user than this block him for an hour (Data API docs, "Fair usage").

Its rules for five minutes, an hour and a day are longer than most imports of one user.
"""
