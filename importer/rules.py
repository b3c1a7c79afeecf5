"""Lists every reason for which a row, a value or a mapping is refused or warned about.

Its codes stand in the dead letter's `_code`, end every message, and are explained by
`moengage-import rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]
Switch = Literal["error", "warn", "off"]


@dataclass(frozen=True)
class Rule:
    """One rule: what it refuses, why, who says so, and what to do about it.

    stage: where it is applied; "mapping" for rules about the mapping itself.
    switch: how a mapping has it taken otherwise, or "" where the API leaves no room.
    choices: the words that a mapping may set it to.
    """

    code: str
    stage: str
    severity: Severity
    what: str
    why: str
    source: str
    fix: str
    switch: str = ""
    choices: tuple[Switch, ...] = ()


_OURS = "this program"
_SPEC = "User API"
_DOCS = "Data API docs"
_SWITCH: tuple[Switch, ...] = ("error", "warn", "off")
_SILENCE: tuple[Switch, ...] = ("warn", "off")
_SILENCE_ERROR: tuple[Switch, ...] = ("error", "off")


def _rule(
    code: str,
    stage: str,
    what: str,
    why: str,
    source: str,
    fix: str,
    choices: tuple[Switch, ...] = (),
) -> Rule:
    text = _switch(code, choices, "error")
    return Rule(code, stage, "error", what, why, source, fix, text, choices)


def _warning(
    code: str,
    stage: str,
    what: str,
    why: str,
    source: str,
    fix: str,
    choices: tuple[Switch, ...] = (),
) -> Rule:
    text = _switch(code, choices, "warn")
    return Rule(code, stage, "warning", what, why, source, fix, text, choices)


def _switch(code: str, choices: tuple[Switch, ...], usual: Switch) -> str:
    others = " or ".join(f"{{{code}: {word}}}" for word in choices if word != usual)
    return f"rules: {others} in the mapping" if others else ""


_RULES = (
    # --- reading -----------------------------------------------------------------------------
    _rule(
        "ragged-row",
        "reading",
        "a row with more or fewer cells than the header",
        "cells would land under the wrong columns",
        _OURS,
        "quote the cell that holds the delimiter, or add the missing cells",
    ),
    _rule(
        "header-repeated",
        "reading",
        "a row that says the column names once more",
        "a user would be made of the names",
        _OURS,
        "nothing, or remove the line: it stands where files were put one after the other",
    ),
    _rule(
        "not-mended",
        "reading",
        "a dead letter's row whose cells are still empty",
        "its record could not be read, and nobody has put it into cells since",
        _OURS,
        "fill the cells from what stands in `_raw`, or remove the row",
    ),
    _rule(
        "cell-rewritten",
        "mending",
        "a cell of a mended dead letter that changed only as a spreadsheet changes cells by itself",
        "nobody meant it: zeros, digits or the order of a date would be lost on the way",
        _OURS,
        "nothing, the new dead letter has the cell as it was; where the change is meant, "
        "--accept-cells",
    ),
    _rule(
        "not-changed",
        "mending",
        "a row that MoEngage refused and that nobody has mended since",
        "it would be refused again, and a request is not sent in vain",
        _OURS,
        "mend the row or the mapping (--mapping FILE); --force sends it as it is",
    ),
    _rule(
        "quote-open",
        "reading",
        "a quote that is opened and never closed",
        "the rest of the file would become one cell",
        _OURS,
        'close the quote, or write a quote inside a quoted cell twice ("")',
    ),
    _rule(
        "quote-stray",
        "reading",
        "text after a closing quote",
        "it cannot be told whether the quote or the text is the mistake",
        _OURS,
        'write a quote inside a quoted cell twice ("")',
    ),
    _rule(
        "undecodable",
        "reading",
        "bytes that the file's encoding cannot read",
        "a guess would change a name for good",
        _OURS,
        "save the row in the file's encoding, or say the right `encoding:` in the mapping's source",
    ),
    _rule(
        "cell-too-long",
        "reading",
        "a record longer than 1 MiB",
        "no attribute is that long; it is a quote that was not closed, most likely",
        _OURS,
        "close the quote",
    ),
    _rule(
        "json-line",
        "reading",
        "a line that is no JSON object, or that names a key twice",
        "it cannot be told which cells it has",
        _OURS,
        "write one JSON object a line, each key once",
    ),
    _rule(
        "cell-rounded",
        "reading",
        "a number of more than 15 digits in a workbook",
        "spreadsheets keep 15 digits: the others were lost when it was saved",
        _OURS,
        "format the column as text before the numbers are entered, or export it again as CSV",
    ),
    _rule(
        "cell-not-computed",
        "reading",
        "a formula whose result the workbook does not hold",
        "only the program that wrote the workbook can compute it",
        _OURS,
        "open the workbook in a spreadsheet program, and save it",
    ),
    # --- coercing ----------------------------------------------------------------------------
    _rule(
        "blank",
        "coercing",
        "an empty cell where the mapping asks for a value",
        "the mapping says `required: true` or `blank: invalid` for it",
        _OURS,
        "fill the cell, or say `blank: skip`",
    ),
    _rule(
        "not-listed",
        "coercing",
        "a value that the mapping's `values:` does not list",
        "the mapping says `otherwise: invalid` for it",
        _OURS,
        "add the value to `values:`, or say another `otherwise:`",
    ),
    _rule(
        "no-match",
        "coercing",
        "a text in which the mapping's `extract:` finds nothing",
        "a value that is left away without a word is lost",
        _OURS,
        "mend the cell or the pattern, or say `no_match: blank` or `no_match: keep`",
    ),
    _rule(
        "not-integer",
        "coercing",
        "text that is not a whole number",
        "a guess would change the value",
        _OURS,
        "write digits only, or say `type: number`",
    ),
    _rule(
        "not-number",
        "coercing",
        "text that is not a number",
        "a guess would change the value",
        _OURS,
        "write digits, or say `decimal:` and `thousands:` as the file has them",
    ),
    _rule(
        "not-whole",
        "coercing",
        "text that is not the whole number that `whole: true` promises",
        "an id that lost digits would be another user's",
        _OURS,
        "export the column as text, or remove `whole: true` if ids may have letters",
    ),
    _rule(
        "not-money",
        "coercing",
        "text that is not an amount of money",
        "a guess would change the amount",
        _OURS,
        "write the amount with the sign of its currency or without, or say `decimal:` and "
        "`thousands:` as the file has them",
    ),
    _rule(
        "money-ambiguous",
        "coercing",
        "an amount that can be read in two ways, such as 1.234, 1,234 or RM.50",
        "one reading is a hundred or a thousand times the other",
        _OURS,
        "say `decimal:` or `thousands:` as the file has them; write a blank before or behind a dot "
        "that stands between letters and digits",
    ),
    _rule(
        "number-ambiguous",
        "coercing",
        "a text such as 12.345, written in a table for a file that holds numbers, which the marks "
        "of the mapping read as another number",
        "one reading is a thousand times the other",
        _OURS,
        "write it without a mark for thousands and with the mapping's own decimal mark (12345, or "
        '12,345 for `decimal: ","`), or as a number into a workbook',
    ),
    _rule(
        "currency-other",
        "coercing",
        "an amount in another currency than the mapping or its column states",
        "only the number is sent, and would count as the stated currency",
        _OURS,
        "convert the amount, or take the currency from a column: `currency: {column: Currency}`",
    ),
    _rule(
        "undecided",
        "coercing",
        "a value whose reading another column decides, and that column says nothing known",
        "without it, how the value is meant would be a guess",
        _OURS,
        "fill that column, list its cell in the mapping, or add `otherwise:` there",
    ),
    _rule(
        "not-boolean",
        "coercing",
        "text that is neither a yes nor a no",
        "unknown words are never taken for true",
        _OURS,
        "write true or false, or list the file's words under `values:`",
    ),
    _rule(
        "not-date",
        "coercing",
        "text that is not a date of the stated format",
        "MoEngage keeps a date that it cannot read as mere text",
        _DOCS,
        "write YYYY-MM-DD, or say the file's `format:`",
    ),
    _rule(
        "not-datetime",
        "coercing",
        "text that is not a date and time of the stated format",
        "MoEngage keeps a date that it cannot read as mere text",
        _DOCS,
        "write 2024-03-01T12:00:00Z, or say the file's `format:`",
    ),
    _rule(
        "date-ambiguous",
        "coercing",
        "a date that two of the stated formats read differently",
        "a guess would swap day and month",
        _OURS,
        "say one `format:`",
    ),
    _rule(
        "zone-missing",
        "coercing",
        "a date and time without a time zone",
        "the instant is unknown",
        _OURS,
        "say `timezone:` in the mapping, for example Asia/Kolkata",
    ),
    _rule(
        "time-not-in-zone",
        "coercing",
        "a local time that the time zone never had, or had twice",
        "when clocks are changed such an hour is no instant, or two",
        _OURS,
        "write the time in UTC, with a Z, or say `repeated_hour:` or `skipped_hour:`",
    ),
    _rule(
        "not-geo",
        "coercing",
        "text that is not a coordinate",
        "a guess would move the user",
        _OURS,
        "write decimal degrees: 12.11 and 123.122, or one cell with 12.11,123.122",
    ),
    _rule(
        "geo-range",
        "coercing",
        "a latitude beyond 90 or a longitude beyond 180 degrees",
        "there is no such place; the columns may be swapped",
        _OURS,
        "check which column is `lat:` and which is `lon:`",
    ),
    _rule(
        "geo-half",
        "coercing",
        "a latitude without a longitude, or the other way round",
        "half a coordinate is no place",
        _OURS,
        "fill or empty both cells",
    ),
    _rule(
        "not-phone",
        "coercing",
        "text that is not a possible phone number",
        "messages would go nowhere, or to a stranger",
        _OURS,
        "write it with its country code (+91 98765 43210), or say `region:` in the mapping",
    ),
    _rule(
        "phone-ambiguous",
        "coercing",
        "digits that are a phone number with their country code, and another one without it",
        "468123456 is a number of Lund, and one of Stockholm behind Sweden's 46",
        _OURS,
        "write + before the country code, or 0 before the area code",
    ),
    _rule(
        "not-email",
        "coercing",
        "text that is not an e-mail address",
        "messages would bounce",
        _OURS,
        "write name@example.com",
    ),
    _rule(
        "not-list",
        "coercing",
        "text that is not a list",
        "a guess would change the items",
        _OURS,
        "say the file's `separator:`, or write a JSON list of texts or of numbers",
    ),
    _rule(
        "not-json",
        "coercing",
        "text that is not JSON",
        "it would arrive as mere text",
        _OURS,
        "write JSON, or say `type: string`",
    ),
    # --- validating --------------------------------------------------------------------------
    _rule(
        "check-failed",
        "validating",
        "a value that the mapping's `check:` refuses",
        "the mapping asks for it",
        _OURS,
        "mend the value, or the `check:`",
    ),
    # --- enforcing ---------------------------------------------------------------------------
    _rule(
        "id-blank",
        "enforcing",
        "a row without a customer id",
        "MoEngage cannot tell whose row it is",
        _SPEC,
        "fill the id",
    ),
    _rule(
        "id-short",
        "enforcing",
        "a customer id of one character",
        "MoEngage takes ids of more than one character and drops the others in silence",
        _DOCS,
        'make the ids longer, for example with {template: "crm-{ID}"}',
    ),
    _rule(
        "id-banned",
        "enforcing",
        "a customer id that MoEngage does not allow (unknown, guest, null, 0, 1, true, ...)",
        "MoEngage answers 200 to it and drops the user in silence",
        _DOCS,
        "give the user a real id",
    ),
    _rule(
        "string-long",
        "enforcing",
        "a text of more than 512 characters",
        "MoEngage keeps the first 512 and drops the rest in silence",
        _DOCS,
        "shorten the text, or leave the column out",
        _SWITCH,
    ),
    _rule(
        "url-long",
        "enforcing",
        "a URL of more than 512 characters",
        "MoEngage drops it in silence",
        _DOCS,
        "shorten the URL, or leave the column out",
        _SWITCH,
    ),
    _rule(
        "list-long",
        "enforcing",
        "a list of more than 50 items",
        "MoEngage does not keep more",
        _DOCS,
        "shorten the list",
        _SWITCH,
    ),
    _rule(
        "list-item-long",
        "enforcing",
        "a list item of more than 512 characters",
        "MoEngage does not keep longer ones",
        _DOCS,
        "shorten the item",
        _SWITCH,
    ),
    _rule(
        "list-mixed",
        "enforcing",
        "a list of texts and numbers together",
        "MoEngage drops items, or the whole list, in silence",
        _DOCS,
        "write texts only, or numbers only",
    ),
    _rule(
        "object-empty",
        "enforcing",
        "an object with nothing in it",
        "MoEngage drops it in silence",
        _DOCS,
        "leave the cell empty",
        _SWITCH,
    ),
    _rule(
        "object-large",
        "enforcing",
        "an object of more than 25,000 bytes or 100 keys",
        "MoEngage does not take it",
        _DOCS,
        "keep less of it, or map its parts as attributes of their own",
        _SWITCH,
    ),
    _rule(
        "object-deep",
        "enforcing",
        "an object inside an object inside an object",
        "MoEngage nests objects two levels deep, and makes mere text of what lies deeper",
        _DOCS,
        "flatten it, or map its parts as attributes of their own",
        _SWITCH,
    ),
    _rule(
        "object-key",
        "enforcing",
        "an object's key with $ . % or # in it",
        "MoEngage does not allow these characters there",
        _DOCS,
        "rename the key",
        _SWITCH,
    ),
    _rule(
        "payload-large",
        "enforcing",
        "a user of more than 128,000 bytes",
        "MoEngage refuses bodies over 128 KB",
        _DOCS,
        "map fewer or shorter columns",
    ),
    _rule(
        "id-constant",
        "enforcing",
        "a source whose rows all have one and the same customer id",
        "all of them would become one user, and MoEngage blocks a user who is updated thousands "
        "of times",
        _DOCS,
        "map `customer_id:` to the column that tells the users apart",
        _SILENCE_ERROR,
    ),
    # --- mapping -----------------------------------------------------------------------------
    _rule(
        "name-blocked",
        "mapping",
        "an attribute called id, _id or nothing at all",
        "MoEngage blocks these names",
        _SPEC,
        "give the attribute another name",
    ),
    _rule(
        "name-reserved",
        "mapping",
        "an attribute with a name that MoEngage keeps for itself",
        "MoEngage drops it, or lets it shadow an attribute of its own",
        _DOCS,
        "give the attribute another name; `moengage-import attributes` lists the standard ones",
        _SWITCH,
    ),
    _rule(
        "name-prefix",
        "mapping",
        "a custom attribute that begins with moe_",
        "MoEngage blocks such names without notice",
        _DOCS,
        "give the attribute another name",
        _SWITCH,
    ),
    _rule(
        "name-long",
        "mapping",
        "an attribute name of more than 200 characters",
        "MoEngage cuts it, and two long names may become one",
        _DOCS,
        "shorten the name",
    ),
    _rule(
        "name-twice",
        "mapping",
        "two attributes that MoEngage keeps under one name",
        "one would overwrite the other",
        _DOCS,
        "keep one of them, or give the other a name of its own",
    ),
    _rule(
        "update-standard",
        "mapping",
        "a standard attribute whose list is to be added to or removed from",
        "MoEngage adds to lists of custom attributes only",
        _DOCS,
        "say `update: replace`, or give the attribute a name of your own",
    ),
    _rule(
        "platform-unknown",
        "mapping",
        "a platform other than ANDROID, iOS and web",
        "MoEngage knows these three",
        _SPEC,
        "write ANDROID, iOS or web, in any case",
    ),
    _rule(
        "platform-twice",
        "mapping",
        "a platform that is listed twice",
        "it would be on and off at once",
        _OURS,
        "keep one of the two",
    ),
    _rule(
        "unset-mapped",
        "mapping",
        "an unset rule that matches an attribute of the same mapping",
        "MoEngage sets first and unsets then: the value would be lost",
        _DOCS,
        "make the rule narrower, or remove the attribute",
    ),
    _rule(
        "unset-short",
        "mapping",
        "an unset rule that looks for fewer than 4 characters in names",
        "it would remove attributes that nobody thought of, from every user of the file",
        _OURS,
        "write more of the name, or `match: equals`",
        _SWITCH,
    ),
    _rule(
        "consent-turned",
        "mapping",
        "a column that seems to say the opposite of its consent attribute",
        "who wants messages would get none, and who wants none would get them",
        _OURS,
        "say `invert: true` if the column says the opposite, and only then; or list its words under "
        "`values:`. If the names mislead, set this rule to off",
        _SWITCH,
    ),
    _warning(
        "consent-unclear",
        "mapping",
        "a column for `moe_unsubscribe` whose name does not say who wants no messages (News)",
        "if a yes there is a wish for messages, those who want them would get none",
        _OURS,
        "say `invert: true` if a yes there means that messages are wanted, or list its words under "
        "`values:`; if it means that none are, set this rule to off",
        _SWITCH,
    ),
    _rule(
        "attributes-many",
        "mapping",
        "more than 256 attributes",
        "a workspace holds 256 and drops new ones beyond in silence",
        _DOCS,
        "map fewer columns, or ask MoEngage for more attributes",
        _SWITCH,
    ),
    _warning(
        "name-disputed",
        "mapping",
        "a standard attribute on which later documentation disagrees",
        "MoEngage may ignore it",
        _DOCS,
        "look at one user after the import; `moengage-import attributes` says what is disputed",
        _SWITCH,
    ),
    _warning(
        "name-near",
        "mapping",
        "a custom attribute that is called almost like a standard one (Email, First Name)",
        "MoEngage tells names apart by case and marks: it becomes another attribute, which campaigns "
        "do not use",
        _DOCS,
        "write the standard attribute's name, if that is meant",
        _SWITCH,
    ),
    _warning(
        "name-create-only",
        "mapping",
        "a standard attribute that is taken only when a user is created",
        "MoEngage drops it in silence for users that it knows already",
        _DOCS,
        "nothing, if all users are new",
        _SWITCH,
    ),
    _warning(
        "empty-sent",
        "mapping",
        "a list of `nulls:` without the empty text",
        "empty cells are no blanks then: they are sent as empty texts, over what MoEngage has",
        _OURS,
        'write `nulls: ["", ...]`',
        _SWITCH,
    ),
    _warning(
        "unset-ignored",
        "mapping",
        "an attribute to unset that MoEngage does not unset",
        "system attributes stay as they are, without a word",
        _DOCS,
        "remove it, or send a value instead",
        _SWITCH,
    ),
    # --- warnings about rows -----------------------------------------------------------------
    _warning(
        "id-case",
        "enforcing",
        "a customer id that stands in other rows in another case (Ann, ANN)",
        "MoEngage makes a user of each spelling",
        _OURS,
        "say `transform: [lower]` for `customer_id:`, if they are the same user",
        _SWITCH,
    ),
    _warning(
        "date-as-text",
        "enforcing",
        "a text that is written like a date",
        "it is sent as text, and MoEngage cannot compare or segment it by time",
        _DOCS,
        "say `type: date` or `type: datetime` with the file's `format:`",
        _SWITCH,
    ),
    _warning(
        "list-as-text",
        "enforcing",
        'a text that is written like a list ([a|b] or ["a", "b"])',
        "it is sent as one text, and MoEngage cannot find its items; its own file "
        "import would take [a|b] for a list",
        _DOCS,
        'say `type: list`, with `separator: "|"` where `|` parts the items',
        _SWITCH,
    ),
    _warning(
        "object-sent",
        "enforcing",
        "a value that is a JSON object, or a list of objects",
        "MoEngage drops objects in silence, unless its support has enabled them",
        _DOCS,
        "ask MoEngage's support, and then set this rule to off; or map the parts as attributes",
        _SWITCH,
    ),
    _warning(
        "payload-big",
        "enforcing",
        "a user of more than 100,000 bytes",
        "older pages of MoEngage's documentation allow 100 KB, the present ones 128 KB",
        _DOCS,
        "map fewer or shorter columns, to be safe",
        _SILENCE,
    ),
    _warning(
        "looks-null",
        "enforcing",
        "a text that looks like an empty cell (NULL, nan, #N/A, ...)",
        "it is sent as text, because `nulls:` does not list it",
        _OURS,
        "list it under `nulls:` in the mapping, if it means an empty cell",
        _SWITCH,
    ),
    _warning(
        "number-large",
        "enforcing",
        "a number beyond 9,007,199,254,740,992 (2 to the 53rd)",
        "it is sent with all digits, but whoever reads it as a double rounds it",
        _OURS,
        "map it with `type: string`, if it is an id or a code",
        _SWITCH,
    ),
    _warning(
        "number-digits",
        "enforcing",
        "a fraction with more digits than MoEngage keeps",
        "it is sent with all digits, but MoEngage's fractions are doubles: 0.1234567890123456789 "
        "becomes 0.12345678901234568",
        _DOCS,
        "round it in the source or map it with `type: string`; where the last digits do not "
        "matter, set this rule to off",
        _SWITCH,
    ),
    _warning(
        "left-out",
        "coercing",
        "a bad value that `bad_value: leave_out` kept out of its row",
        "the row is sent without it; warnings.csv lists them",
        _OURS,
        "mend the cells that warnings.csv lists",
    ),
    _warning(
        "no-attributes",
        "building",
        "a row that has an id and nothing else",
        "it creates a user without attributes",
        _OURS,
        "nothing, if that is meant",
    ),
    _warning(
        "blank-lines",
        "reading",
        "empty lines between the rows",
        "they hold no row and are passed over",
        _OURS,
        "nothing",
    ),
    _warning(
        "where-nothing",
        "coercing",
        "a source of which `where:` lets no row through",
        "`where:` compares the cells as they are, also their case and blanks, and so leaves all out",
        _OURS,
        "look at the column's cells, and write them under `where:` as they are",
    ),
    # --- surveying ---------------------------------------------------------------------------
    _rule(
        "user-repeated",
        "surveying",
        "a user who stands in several rows",
        "the mapping says `duplicates: invalid`: nobody has decided which of the rows is right",
        _OURS,
        "remove all rows of the user but the right one, or choose another word for `duplicates:`",
    ),
    _rule(
        "value-repeated",
        "surveying",
        "a value that stands in several rows",
        "the mapping says `unique: true`: two rows would share what only one can have",
        _OURS,
        "correct the value in all rows but the right one, or remove `unique: true`",
    ),
    _rule(
        "other-row-delivered",
        "surveying",
        "a retried row whose user had another row delivered (or unchanged) by the same import",
        "`duplicates:` chooses among all of a user's rows, and a retry has only some of them",
        _OURS,
        "import the whole source again with `run --fixes`; `retry --force` sends the row over the "
        "other",
    ),
    # --- the memory ---------------------------------------------------------------------------
    _warning(
        "stale",
        "remembering",
        "a row that is older than what its user was last sent",
        "it would put back what a later row has changed, so it is superseded",
        _OURS,
        "nothing; --force sends such rows all the same",
    ),
    _warning(
        "protected",
        "remembering",
        "a protected attribute left out, because the source has not changed it",
        "the user may have decided otherwise in MoEngage since it was last sent",
        _OURS,
        "nothing; `protect: false` on the attribute sends it always",
    ),
    # --- sending -----------------------------------------------------------------------------
    _rule(
        "http-rejected",
        "sending",
        "a user that the API refused (400, 413, 415 or another 4xx)",
        "the API's words stand in the message",
        _DOCS,
        "mend what the API names and send the dead letter again",
    ),
    _rule(
        "status-fail",
        "sending",
        'a user that the API answered with 200 and "status": "fail"',
        "the API's words stand in the message",
        "observed",
        "mend what the API names and send the dead letter again",
    ),
    _rule(
        "http-error",
        "sending",
        "a user whose tries all ended in a passing error (408, 429, 5xx)",
        "the API was in trouble for longer than the retries",
        _DOCS,
        "send the dead letter again later",
    ),
    _rule(
        "timeout",
        "sending",
        "a user whose tries all ended without an answer in time",
        "the API may or may not have applied it; sending it again is safe",
        _OURS,
        "send the dead letter again later, or raise --timeout",
    ),
    _rule(
        "connection",
        "sending",
        "a user whose tries all ended in a broken connection",
        "the API may or may not have applied it; sending it again is safe",
        _OURS,
        "check the network and send the dead letter again",
    ),
    _rule(
        "answer-unreadable",
        "sending",
        "a user whose tries all ended in an answer that is not the API's",
        "something between here and the API answers in its place (a proxy, a gateway)",
        "observed",
        "check proxies and the base URL, then send the dead letter again",
    ),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in _RULES}

SWITCHABLE = frozenset(rule.code for rule in _RULES if rule.switch)
