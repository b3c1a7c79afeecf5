"""Is the table of MoEngage's standard user attributes, with the type each must have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class StandardAttribute:
    """One row of the User API's table, or of the later documentation (`documented_in`).

    type: a mapping type (string, integer, number, boolean, date, datetime, geo, list ...).
    storage_key: the name under which MoEngage keeps it; the same as `key` where none is published.
    consent: whether it says what a person allows; such values are protected.
    consents: "in" if a yes there means that messages are wanted, "out" if that none are.
    disputed: what later documentation says against the User API's table; "" if nothing.
    """

    key: str
    dashboard_name: str
    type: str
    storage_key: str
    description: str
    documented_in: str = "User API"
    consent: bool = False
    consents: Literal["in", "out", ""] = ""
    create_only: bool = False
    disputed: str = ""


_DOCS = "Data API docs"

STANDARD_ATTRIBUTES: tuple[StandardAttribute, ...] = (
    StandardAttribute("name", "Name", "string", "u_n", "Full name of the user."),
    StandardAttribute("first_name", "First Name", "string", "u_fn", "First name of the user."),
    StandardAttribute("last_name", "Last Name", "string", "u_ln", "Last name of the user."),
    StandardAttribute("email", "Email", "email", "u_em", "E-mail address of the user."),
    StandardAttribute(
        "age",
        "Age",
        "number",
        "age",
        "Age of the user.",
        disputed="later pages keep age as a custom attribute and advise the birthday (u_bd)",
    ),
    StandardAttribute("gender", "Gender", "string", "u_gd", "Gender of the user."),
    StandardAttribute(
        "mobile", "Mobile Number", "phone", "u_mb", "Mobile number, for example 918888444411."
    ),
    StandardAttribute(
        "moe_geo_location",
        "Location",
        "geo",
        "geo",
        "Location of the user: {'lat': 12.11, 'lon': 123.122}.",
        disputed="a later table lists the location as not writable",
    ),
    StandardAttribute(
        "source",
        "Publisher Name",
        "string",
        "publisher_name",
        "Publisher of the install, for example Google Ads.",
        create_only=True,
        disputed="a later page lists `source` as reserved, and as taken only when a user is created",
    ),
    StandardAttribute(
        "created_time",
        "First Seen",
        "datetime",
        "cr_t",
        "When the user was created, ISO 8601.",
        create_only=True,
        disputed="later pages take it only when a user is created",
    ),
    StandardAttribute(
        "last_seen",
        "Last Seen",
        "datetime",
        "u_l_a",
        "When the user was last seen, ISO 8601.",
        create_only=True,
        disputed="later pages take it only when a user is created",
    ),
    StandardAttribute(
        "transactions",
        "Number of Conversions",
        "number",
        "t_trans",
        "Conversions in the user's lifetime.",
        disputed="a later table lists it as not writable",
    ),
    StandardAttribute(
        "revenue",
        "LTV",
        "number",
        "t_rev",
        "Lifetime value of the user.",
        disputed="a later table lists it as not writable",
    ),
    StandardAttribute(
        "moe_unsubscribe",
        "Unsubscribe",
        "boolean",
        "moe_unsubscribe",
        "E-mails are not sent to the user when this is true.",
        consent=True,
        consents="out",
    ),
    StandardAttribute("u_bd", "Birthday", "date", "u_bd", "Birthday, ISO 8601.", _DOCS),
    StandardAttribute(
        "moe_hard_bounce", "Hard Bounce", "boolean", "moe_hard_bounce", "E-mail bounced.", _DOCS
    ),
    StandardAttribute(
        "moe_spam", "Spam", "boolean", "moe_spam", "The user reported spam.", _DOCS, consent=True
    ),
    StandardAttribute(
        "moe_em_unsub_categories",
        "Email Unsubscribed Categories",
        "list",
        "moe_em_unsub_categories",
        "E-mail categories the user left.",
        _DOCS,
        consent=True,
    ),
    StandardAttribute(
        "moe_email_optin_status",
        "Email Opt-in Status",
        "string",
        "moe_email_optin_status",
        "DOUBLE_OPTED_IN, OPTED_OUT or OPT_IN_PENDING.",
        _DOCS,
        consent=True,
        consents="in",
    ),
    StandardAttribute(
        "moe_sms_subscription",
        "SMS Subscription Status",
        "string",
        "moe_sms_subscription",
        "Subscription state for SMS.",
        _DOCS,
        consent=True,
        consents="in",
    ),
    StandardAttribute(
        "moe_wa_subscription",
        "WhatsApp Subscription Status",
        "boolean",
        "moe_wa_subscription",
        "Subscription state for WhatsApp.",
        _DOCS,
        consent=True,
        consents="in",
    ),
    StandardAttribute(
        "push_preference",
        "Push Preference",
        "boolean",
        "push_preference",
        "iOS push preference (deprecated).",
        _DOCS,
        consent=True,
        consents="in",
    ),
    StandardAttribute(
        "campaign_name",
        "Campaign Name",
        "string",
        "campaign_name",
        "Campaign of the install; taken only when a user is created.",
        _DOCS,
        create_only=True,
    ),
    StandardAttribute(
        "publisher_name",
        "Publisher Name",
        "string",
        "publisher_name",
        "Publisher of the install; taken only when a user is created.",
        _DOCS,
        create_only=True,
    ),
    StandardAttribute(
        "moe_gaid",
        "Google Advertising ID",
        "string",
        "moe_gaid",
        "Taken only when a user is created.",
        _DOCS,
        create_only=True,
    ),
    StandardAttribute(
        "advertising_identifier",
        "Advertising Identifier",
        "string",
        "advertising_identifier",
        "Taken only when a user is created.",
        _DOCS,
        create_only=True,
    ),
    StandardAttribute(
        "moe_mweb",
        "Mobile Web",
        "boolean",
        "moe_mweb",
        "Taken only when a user is created.",
        _DOCS,
        create_only=True,
    ),
)

BY_KEY = {attribute.key: attribute for attribute in STANDARD_ATTRIBUTES}
