"""Sorts the API's answers by what a client must do next.

Data API docs, "Response codes".  The documented texts contradict each other, so only the status
decides, except that a 200 may carry `"status": "fail"`.
"""

from __future__ import annotations

# Account-wide: every other row would get the same answer.
STOP_STATUSES = frozenset({401, 403, 409})

# Passing trouble.  404, 502 and 503 were met as passing by two production integrations
# (observed); 404 is retried only when the caller asks for it.
RETRY_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
