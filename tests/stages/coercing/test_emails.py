from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.mapping_file.mapping import Attribute

_LONG = "a" * 64


@pytest.mark.parametrize(
    ("cell", "good"),
    [
        ("a@b.co", True),
        ("Ann@Example.COM", True),
        ("a+b_c-d!#$%&'*/=?^`{|}~@example.com", True),
        ("用户@例子.广告", True),
        ("राम@उदाहरण.भारत", True),
        ("a@xn--fiqs8s.xn--fiqs8s", True),
        ("a@sub-domain.example.museum", True),
        (f"{_LONG}@example.com", True),
        (f"{_LONG}a@example.com", False),
        (f"a@{'b.' * 122}example", True),
        (f"a@{'b.' * 123}example", False),
        ("", False),
        ("@example.com", False),
        ("a@", False),
        ("a", False),
        ("a@b", False),
        ("a@.com", False),
        ("a@com.", False),
        ("a@b..com", False),
        (".a@b.com", False),
        ("a.@b.com", False),
        ("a@-b.com", False),
        ("a@b-.com", False),
        ("a@127.0.0.1", False),
        ("a@b.c", False),
        ("a b@c.de", False),
        ("a@b.com\n", False),
        ("a\u200b@b.com", False),
        ("a\u00a0@b.com", False),
        ('"a"@b.com', False),
        ("a@b.com;c@d.com", False),
        ("mailto:a@b.com", False),
        ("<a@b.com>", False),
        ("a@b_c.com", False),
        ("a\\@b.com", False),
    ],
)
def test_an_address_is_sent_as_it_is_or_refused(
    cell: str,
    good: bool,
    attribute: Callable[..., Attribute],
    outcomes: Callable[..., list[str | None]],
) -> None:
    found = outcomes([cell], attribute("email", nulls=frozenset()))
    assert found == [f'"{cell}"' if good else "not-email"]
