from __future__ import annotations

from decimal import Decimal

import pytest

from importer.amounts import Allowance, Rate
from importer.config import RunConfig, Secret, SendingConfig, Target, base_url_for
from importer.errors import TargetError, UsageError

KEY = Secret("s3cret-key")
URL = "https://api-03.moengage.com"


@pytest.mark.parametrize(
    ("text", "users_per_minute"),
    [
        ("10000/min", "10000"),
        ("150/s", "9000"),
        ("80%", "8000"),
        ("600000/h", "10000"),
        ("0.5/s", "30"),
        (" 100 / Min ", "100"),
    ],
)
def test_a_rate_is_understood(text: str, users_per_minute: str) -> None:
    assert Rate.parse(text).users_per_minute == Decimal(users_per_minute)


def test_no_rate_is_no_limit() -> None:
    assert Rate.parse("none") == Rate(None)
    assert Rate.parse("none").interval_seconds == 0.0


def test_the_pace_keeps_half_a_percent_in_hand() -> None:
    assert Rate.parse("10000/min").interval_seconds == pytest.approx(60 / 9950)


@pytest.mark.parametrize("text", ["0/min", "0%", "-1/min", "10000", "fast", "", "1/week", "nan/s"])
def test_a_rate_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--rate"):
        Rate.parse(text)


def test_a_rate_is_refused_by_the_name_of_its_option() -> None:
    with pytest.raises(UsageError) as caught:
        Rate.parse("abc", "--rate-limit")
    assert caught.value.problem.place == "--rate-limit"
    assert caught.value.problem.remedy.startswith("leave --rate-limit away")


@pytest.mark.parametrize(
    ("text", "failures", "rows", "allowed"),
    [
        ("0", 0, 10, True),
        ("0", 1, 10, False),
        ("2", 2, 10, True),
        ("5%", 5, 100, True),
        ("5%", 6, 100, False),
        ("5%", 0, 0, True),
        ("0.1%", 1, 1000, True),
        ("0.1%", 1, 999, False),
        ("100%", 7, 7, True),
    ],
)
def test_an_allowance_allows_so_many(text: str, failures: int, rows: int, allowed: bool) -> None:
    assert Allowance.parse(text).allows(failures, rows) is allowed


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "101%", "nan", "inf", "%"])
def test_an_allowance_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--allow-failures"):
        Allowance.parse(text)


@pytest.mark.parametrize(
    ("center", "url"),
    [
        ("3", "https://api-03.moengage.com"),
        ("03", "https://api-03.moengage.com"),
        ("101", "https://api-101.moengage.com"),
        ("https://dashboard-02.moengage.com/v4/#/home", "https://api-02.moengage.com"),
        ("dashboard-101.moengage.com", "https://api-101.moengage.com"),
    ],
)
def test_a_data_centre_is_a_number_or_the_dashboards_address(center: str, url: str) -> None:
    assert base_url_for(center) == url


@pytest.mark.parametrize("center", ["", "7", "99", "x", "https://example.com"])
def test_an_unknown_data_centre_is_refused(center: str) -> None:
    with pytest.raises(TargetError, match="MOENGAGE_DATA_CENTER"):
        base_url_for(center)


@pytest.mark.parametrize(
    "url",
    [
        "http://api-03.moengage.com",
        "http://10.0.0.1:8080",
        "ftp://api-03.moengage.com",
        "https://",
        "api-03.moengage.com",
        "https://user:pass@api-03.moengage.com",
        "https://api-03.moengage.com?x=1",
        "http://127.0.0.1.example.com",
        "http://[bad",
    ],
)
def test_an_unsafe_address_is_refused(url: str) -> None:
    with pytest.raises(TargetError, match="MOENGAGE_BASE_URL"):
        Target("APP", KEY, url)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        (URL, False),
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
    ],
)
def test_plain_http_is_for_this_machine_only(url: str, local: bool) -> None:
    assert Target("APP", KEY, url).is_local is local


@pytest.mark.parametrize(("app_id", "key"), [("", "k"), ("a/b", "k"), ("APP", ""), ("APP", "a b")])
def test_credentials_that_cannot_be_right_are_refused(app_id: str, key: str) -> None:
    with pytest.raises(TargetError):
        Target(app_id, Secret(key), URL)


def test_a_secret_does_not_show_itself() -> None:
    assert "s3cret" not in f"{KEY} {KEY!r} {Target('APP', KEY, URL)} {KEY.__str__()}"


@pytest.mark.parametrize(
    "make",
    [
        lambda: SendingConfig(concurrency=0),
        lambda: SendingConfig(retries=-1),
        lambda: SendingConfig(timeout_seconds=0),
        lambda: RunConfig(limit=-1),
        lambda: RunConfig(workers=-1),
        lambda: RunConfig(max_time_seconds=0),
    ],
)
def test_numbers_out_of_range_are_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(UsageError):
        make()


def test_zero_is_zero_and_not_unset() -> None:
    assert RunConfig(limit=0).limit == 0
    assert SendingConfig(retries=0).retries == 0
    assert RunConfig(workers=0).workers == 0
