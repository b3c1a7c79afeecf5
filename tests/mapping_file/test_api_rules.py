"""Holds whole mappings against the API's rules."""

from __future__ import annotations

import pytest

from importer.errors import MappingError
from importer.mapping_file import parse_mapping

HEAD = "mapping: 1\ncustomer_id: ID\n"
LONG = "n" * 200


def told(text: str) -> list[str]:
    """Give the codes of all errors and warnings of a mapping, each from the end of its message."""
    try:
        messages = [str(note) for note in parse_mapping(HEAD + text).warnings]
    except MappingError as error:
        messages = [str(problem).partition("\n")[0] for problem in error.problems]
    return [message[message.rindex("[") + 1 : -1] for message in messages]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("attributes: {city: A}\n", []),
        ("attributes: {id: A}\n", ["name-blocked"]),
        ("attributes: {status: A}\n", ["name-reserved"]),
        ("attributes: {u_fn: A}\n", ["name-reserved"]),
        ("attributes: {uid: A}\n", ["name-reserved"]),
        ("attributes: {t_rev: A}\n", ["name-reserved"]),
        ("attributes: {platforms: A}\n", ["name-reserved"]),
        ("attributes: {customer_id: A}\n", ["name-reserved"]),
        ("attributes: {addValueToArrayField: A}\n", ["name-reserved"]),
        ("attributes: {moe_x: A}\n", ["name-prefix"]),
        ("attributes: {MOE_x: A}\n", ["name-prefix"]),
        (f"attributes: {{{LONG}: A}}\n", []),
        (f"attributes: {{{LONG}n: A}}\n", ["name-long"]),
        (f"attributes: {{{LONG}a: A, {LONG}b: B}}\n", ["name-long", "name-long", "name-twice"]),
        ("attributes: {revenue: A}\n", ["name-disputed"]),
        ("attributes: {campaign_name: A}\n", ["name-create-only"]),
        ("attributes: {Email: A}\n", ["name-near"]),
        ("attributes: {First Name: A}\n", ["name-near"]),
        ("attributes: {E-Mail address: A}\n", []),
        ("attributes: {Email: A}\nrules: {name-near: error}\n", ["name-near"]),
        ("attributes: {revenue: A}\nrules: {name-disputed: off}\n", []),
        ("attributes: {name: A, u_n: B}\n", ["name-reserved", "name-twice"]),
        ("attributes: {name: A, u_n: B}\nrules: {name-reserved: off}\n", ["name-twice"]),
        (
            "attributes: {source: A, publisher_name: B}\nrules: {name-disputed: off}\n",
            ["name-twice"],
        ),
        ("attributes: {tags: {column: A, type: list, update: add}}\n", []),
        (
            "attributes: {moe_em_unsub_categories: {column: A, update: add}}\n",
            ["update-standard"],
        ),
        ("attributes: {moe_em_unsub_categories: {column: A, update: replace}}\n", []),
        ("attributes: {a: {object: {b: A, c: {object: {d: B}}}}}\n", []),
        ("attributes: {a: {object: {b: {object: {c: {object: {d: A}}}}}}}\n", ["object-deep"]),
        ("attributes: {a: {object: {b.c: A}}}\n", ["object-key"]),
        ("attributes: {a: {object: {b: {object: {c$: A}}}}}\n", ["object-key"]),
        ("attributes: {a: {object: {b.c: A}}}\nrules: {object-key: off}\n", []),
        (
            f"attributes: {{a: {{object: {{{', '.join(f'p{n}: A' for n in range(101))}}}}}}}\n",
            ["object-large"],
        ),
        ("platforms: [{platform: web, active: A}, {platform: ios, active: B}]\n", []),
        (
            "platforms: [{platform: web, active: A}, {platform: WEB, active: B}]\n",
            ["platform-twice"],
        ),
        ("unset: [{attr: old}]\n", []),
        ("unset: [{attr: old, match: prefix}]\n", ["unset-short"]),
        ("unset: [{attr: old, match: prefix}]\nrules: {unset-short: warn}\n", ["unset-short"]),
        ("unset: [{attr: old, match: prefix}]\nrules: {unset-short: off}\n", []),
        ("unset: [{attr: old_, match: contains}]\n", []),
        ("attributes: {City: A}\nunset: [{attr: city}]\n", []),
        ("attributes: {City: A}\nunset: [{attr: city, case_sensitive: false}]\n", ["unset-mapped"]),
        ("attributes: {old_city: A}\nunset: [{attr: city, match: suffix}]\n", ["unset-mapped"]),
        ("attributes: {email: A}\nunset: [{attr: u_em}]\n", ["unset-mapped"]),
        (
            "platforms: [{platform: web, active: A}]\nunset: [{attr: platforms}]\n",
            ["unset-mapped"],
        ),
        ("unset: [{attr: customer_id}]\n", ["unset-ignored"]),
        ("unset: [{attr: moe_unsubscribe}]\n", ["unset-ignored"]),
        ("attributes: {moe_unsubscribe: {column: Opt-out, blank: unset}}\n", ["unset-ignored"]),
        ("attributes: {a: {column: A, blank: unset}}\n", []),
        ("attributes: {moe_unsubscribe: Newsletter}\n", ["consent-turned"]),
        ("attributes: {moe_unsubscribe: {column: Newsletter, invert: true}}\n", []),
        ("attributes: {moe_unsubscribe: {column: Newsletter, values: {ja: no}}}\n", []),
        ("attributes: {moe_unsubscribe: Unsubscribed}\n", []),
        ("attributes: {moe_unsubscribe: {column: Opt-out, invert: true}}\n", ["consent-turned"]),
        ("attributes: {moe_unsubscribe: Flag 7}\n", ["consent-unclear"]),
        ("attributes: {moe_unsubscribe: News}\n", ["consent-unclear"]),
        ("attributes: {moe_unsubscribe: Marketing OK}\n", ["consent-unclear"]),
        ("attributes: {moe_unsubscribe: {first_valid: [Opt-out, Flag 7]}}\n", ["consent-unclear"]),
        ("attributes: {moe_unsubscribe: {column: News, invert: true}}\n", []),
        ("attributes: {moe_unsubscribe: {column: News, values: {ja: no}}}\n", []),
        ("attributes: {moe_unsubscribe: {constant: true}}\n", []),
        ("attributes: {moe_unsubscribe: News}\nrules: {consent-unclear: off}\n", []),
        ("attributes: {moe_wa_subscription: Flag 7}\n", []),
        ("attributes: {moe_unsubscribe: {first_valid: [Flag 7, Opt-in]}}\n", ["consent-turned"]),
        ("attributes: {moe_wa_subscription: Opted out}\n", ["consent-turned"]),
        ("attributes: {moe_wa_subscription: WhatsApp consent}\n", []),
        ("attributes: {moe_sms_subscription: Do not text}\n", ["consent-turned"]),
        ("attributes: {wants_news: {column: Unsubscribed, type: boolean}}\n", ["consent-turned"]),
        ("attributes: {wants_news: Unsubscribed}\n", []),
        (
            "attributes: {moe_unsubscribe: Newsletter}\nrules: {consent-turned: warn}\n",
            ["consent-turned"],
        ),
        ("attributes: {moe_unsubscribe: Newsletter}\nrules: {consent-turned: off}\n", []),
    ],
)
def test_a_mapping_is_told_each_rule_that_it_breaks(text: str, codes: list[str]) -> None:
    assert told(text) == codes


def test_a_workspace_holds_256_attributes() -> None:
    entries = ", ".join(f"a{n}: A" for n in range(256))
    assert told(f"attributes: {{{entries}}}\n") == []
    assert told(f"attributes: {{{entries}, b: A}}\n") == ["attributes-many"]


def test_a_constant_id_is_refused_before_any_row_is_read() -> None:
    with pytest.raises(MappingError, match="id-constant"):
        parse_mapping("mapping: 1\ncustomer_id: {constant: user-1}\n")


def test_a_rule_is_set_to_its_own_words_only() -> None:
    with pytest.raises(MappingError, match="one of error, off"):
        parse_mapping(HEAD + "rules: {id-constant: warn}\n")


def test_nulls_without_the_empty_text_are_told() -> None:
    source = "source: {nulls: [NULL]}\n"
    of_all = parse_mapping(HEAD + source + "attributes: {a: A, b: {column: B, nulls: ['', x]}}\n")
    (warning,) = of_all.warnings
    assert warning.endswith(
        "3:17: `nulls:` without the empty text, so empty cells are sent as empty texts [empty-sent]"
    )
    of_one = parse_mapping(HEAD + "attributes: {a: A, b: {column: B, nulls: [x]}}\n")
    assert ["`nulls:` of `b`" in warning for warning in of_one.warnings] == [True]
    assert parse_mapping(HEAD + "attributes: {a: {column: A, nulls: ['', x]}}\n").warnings == ()
    with pytest.raises(MappingError, match=r"empty-sent"):
        parse_mapping(HEAD + source + "rules: {empty-sent: error}\n")
