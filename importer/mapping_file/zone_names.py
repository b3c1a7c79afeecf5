"""Says what to write instead of a name that is no time zone of the IANA table."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from importer.mapping_file.naming import nearest

ZONE_NAMES = "a name of the IANA table, such as Asia/Kolkata, Europe/Berlin or UTC"

_MEANINGS = {
    "IST": "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin",
    "PST": "America/Los_Angeles or Asia/Manila",
    "PDT": "America/Los_Angeles or America/Vancouver",
    "EDT": "America/New_York or America/Toronto",
    "CST": "America/Chicago, Asia/Shanghai or America/Havana",
    "CDT": "America/Chicago or America/Havana",
    "MDT": "America/Denver or America/Edmonton",
    "BST": "Europe/London or Asia/Dhaka",
    "CEST": "Europe/Berlin or Europe/Paris",
}
"""The commonest abbreviations that are no zones, and zones that they may mean."""

_ABBREVIATION = re.compile("[A-Z]{1,5}|[a-z]{1,4}")
_OFFSET = re.compile(r"(?i)(?:(?:etc/)?(?:utc|gmt|z))?\s*[+\-\u2212]?\s*\d[\d:.]*")


def zone_remedy(text: str) -> str:
    """Say what to write instead of this name.

    The name most like an abbreviation, an offset or `Pacific Standard Time` is one of other hours
    (MST; Etc/GMT+1, which is behind GMT; Pacific/Tahiti): none is offered for these.
    """
    name = text.strip()
    zones = sorted(available_timezones())
    if cased := next((zone for zone in zones if zone.casefold() == name.casefold()), None):
        return f"did you mean `{cased}`?"
    if _OFFSET.fullmatch(name):
        return "an offset is no zone: write the zone, such as Asia/Kolkata"
    if meant := _MEANINGS.get(name.upper()):
        return f"{name} is the time of several zones: write the one that is meant, such as {meant}"
    if _ABBREVIATION.fullmatch(name) or name.casefold().endswith(" time"):
        return "such a name may mean several zones: write the zone, such as Asia/Kolkata"
    guess = nearest(name, [zone for zone in zones if _is_place(zone)])
    return f"did you mean `{guess}`?" if guess else "correct the name"


def _is_place(zone: str) -> bool:
    return "/" in zone and not zone.startswith("Etc/")
