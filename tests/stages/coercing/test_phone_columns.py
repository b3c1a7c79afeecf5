from __future__ import annotations

from collections.abc import Iterator, Sequence

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberType

from importer.mapping_file.mapping import UNKNOWN_REGION
from importer.stages.coercing.phone_columns import AMBIGUOUS, are_plain, in_groups, read
from importer.stages.coercing.phones import digits

_REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
_OF_NO_COUNTRY = [
    code
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    if regions == ("001",)
]


def _different(texts: Sequence[str], region: str | None) -> list[tuple[str, str | None]]:
    """Give the plain texts that are not read as the library reads them, with what was read."""
    cells = pa.array(texts, pa.string())
    plain = cells.filter(pa.array(are_plain(cells)))
    found = zip(plain.to_pylist(), read(plain, region).to_pylist(), strict=True)
    return [(text, result) for text, result in found if result != digits(text, region)]


def _examples(region: str) -> set[str]:
    """Give the library's example of each kind of a region's numbers, without country code."""
    kinds = PhoneNumberType.values()
    found = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
    return {phonenumbers.national_significant_number(number) for number in found if number}


def _spellings(region: str) -> Iterator[str]:
    plan = PhoneMetadata.metadata_for_region(region)
    assert plan is not None
    code, prefix = plan.country_code, plan.national_prefix or "0"
    for number in sorted(_examples(region)):
        yield from (number, f"{prefix}{number}", f"({prefix}{number[:2]}) {number[2:]}")
        yield from (f"+{code}{number}", f"+{code} {number[:3]}-{number[3:]}")
        yield from (f"+{code}{prefix}{number}", f"+{code} ({prefix}) {number}")
        yield from (f"{code}{number}", f"{code}{prefix}{number}")
        yield from (f"{before}{code}{number}" for before in ("00", "011", "00 ", "+00", "810"))


def test_every_regions_examples_are_read_as_the_library_reads_them_there_and_elsewhere() -> None:
    for region, other in zip(_REGIONS, [*_REGIONS[1:], *_REGIONS[:1]], strict=True):
        texts = list(_spellings(region))
        assert (region, _different(texts, region)) == (region, [])
        assert (other, _different(texts, other)) == (other, [])


@pytest.mark.parametrize("region", [None, UNKNOWN_REGION, "AQ"])
def test_every_regions_examples_are_read_as_the_library_reads_them_without_a_region(
    region: str | None,
) -> None:
    texts = [text for plan in _REGIONS for text in _spellings(plan)]
    assert _different(texts, region) == []


def test_the_numbers_of_codes_that_are_no_countrys_are_read_as_the_library_reads_them() -> None:
    assert len(_OF_NO_COUNTRY) >= 9
    texts = []
    for code in _OF_NO_COUNTRY:
        number = phonenumbers.example_number_for_non_geo_entity(code)
        assert number is not None
        whole = f"{code}{phonenumbers.national_significant_number(number)}"
        texts += [f"{before}{whole}{after}" for before in ("", "+", "00") for after in ("", "1")]
    for region in (None, "IN", "US"):
        assert _different(texts, region) == []


@st.composite
def _texts(draw: st.DrawFn, region: str) -> str:
    """Give what may be a number: of a region, with something before it, and something changed."""
    plan = PhoneMetadata.metadata_for_region(draw(st.sampled_from([region, *_REGIONS])))
    assert plan is not None
    some = st.text("0123456789", max_size=14)
    number = draw(st.one_of(st.sampled_from(sorted(_examples(plan.id))), some))
    at = draw(st.integers(0, len(number)))
    kept = at + draw(st.integers(0, 2))
    number = number[:at] + draw(st.text("0123456789", max_size=2)) + number[kept:]
    code = draw(st.sampled_from(["", str(plan.country_code), str(plan.country_code)]))
    before = draw(st.sampled_from(["", "", "+", "+", "0", "00", "1", "8", "011", "0011", "810"]))
    prefix = draw(st.sampled_from(["", "", "", "0", "1", "(0)", " ", "-15"]))
    return f"{before}{code}{prefix}{number}"


@given(data=st.data(), region=st.sampled_from(_REGIONS))
def test_any_column_is_read_as_the_library_reads_each_of_its_cells(
    data: st.DataObject, region: str
) -> None:
    texts = data.draw(st.lists(_texts(region), min_size=1, max_size=12))
    assert _different(texts, region) == []
    assert _different(texts, None) == []


@given(
    texts=st.lists(st.text("0123456789 +-()./\u00a0\u2009\u2011\u202f", min_size=1, max_size=20))
)
def test_any_marks_are_read_as_the_library_reads_them(texts: list[str]) -> None:
    for region in (None, "US", "IN", "DE", "AR"):
        assert _different(texts, region) == []


@pytest.mark.parametrize(
    ("text", "region", "result"),
    [
        # 46812345 is a number of Lund, and one of Stockholm behind Sweden's 46.
        ("468123456", "SE", AMBIGUOUS),
        ("9123456789", "IN", "919123456789"),
        ("910 91234 56789", "IN", "919123456789"),
        ("440020 7031 3000", "GB", "442070313000"),
        # Argentina's 15 behind the area code becomes a 9 before it.
        ("011 15-2345-6789", "AR", "5491123456789"),
        ("+54 11 2345 6789", None, "541123456789"),
        # Brazil's numbers name a carrier before the area code.
        ("0 21 11 96123-4567", "BR", "5511961234567"),
        ("+39 06 6982", None, "39066982"),
        ("390669812345", None, "390669812345"),
        ("80012345678", None, "80012345678"),
        ("810 81 3 1234 5678", "RU", "81312345678"),
        ("0000", "IN", None),
        ("()", "IN", None),
        ("", None, None),
    ],
)
def test_the_corners_of_numbering_plans(text: str, region: str | None, result: str | None) -> None:
    assert read(pa.array([text]), region).to_pylist() == [digits(text, region)] == [result]


def test_only_common_marks_are_plain() -> None:
    plain = [
        "+91 98765-43210",
        "(030) 901820",
        "030/901820",
        "98765\u00a043210",
        "98765\u201143210",
        "98765\u202f43210",
    ]
    others = ["98765 43210 x5", "98765\u200743210", "9876543210.0", "++9", "", "9" + " " * 250]
    assert are_plain(pa.array(plain + others)).tolist() == [True] * 6 + [False] * 6


def test_groups_come_back_in_the_order_of_the_texts() -> None:
    texts = pa.array(["a", "b", None, "d", "e"])
    keys = pa.array([7, 3, 7, 0, 3]).to_numpy()
    grouped = in_groups(
        texts, keys, lambda key, part: pa.array([f"{key}{t}" for t in part.to_pylist()])
    )
    assert grouped.to_pylist() == ["7a", "3b", "7None", "0d", "3e"]
