"""Finds how a column's phone numbers are written, and of which country they are."""

from __future__ import annotations

from collections.abc import Collection

from importer.proposal.profile import Profile, fit
from importer.proposal.sample import Sample
from importer.proposal.trial import refused_cells
from importer.proposal.verdict import Choice, Verdict, about_bad, cells, fits, share

_LEAST = 0.9
_LOOKED_AT = 400
_MOST_CHOICES = 4

# Tried in this order: where many of those who use MoEngage have their users.
_REGIONS = (
    *("IN", "US", "GB", "DE", "ID", "BR", "FR", "ES", "IT", "MX", "AE", "SA", "VN", "TH", "MY"),
    *("PH", "SG", "AU", "NL", "PL", "TR", "ZA", "NG", "KE", "EG", "PK", "BD", "JP", "AR", "CO"),
    *("CH", "AT", "BE", "SE", "NO", "DK", "FI", "PT", "IE", "CZ", "RO", "GR", "CL", "PE", "CN"),
)

# As North America writes them; others write ten digits in other groups.
_AMERICAN = r"(?:1[-. ])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ])[0-9]{3}[-. ][0-9]{4}"

PLUS = r"\+[0-9][0-9 ()./-]{6,}"


def phones(
    profile: Profile,
    sample: Sample,
    region: str | None,
    country: str | None,
    nulls: Collection[str] = (),
) -> Verdict | None:
    """Give how phone numbers are to be read; None where the cells are none.

    region: the country of numbers without a country code, where a person has said it.
    country: a column that holds countries.  nulls: texts that mean an empty cell.
    """
    plain = fit(profile.texts, "phone")
    if fits(profile, plain.ok, _LEAST):
        text = f"{share(profile.weight(plain.ok), profile.filled)} state their country code."
        bad = about_bad(profile, plain.ok, "phone number with its country code")
        return Verdict("phone", {}, (text, *bad), profile.weight(~plain.ok))
    if region is not None:
        return _of(profile, region)
    if country is not None and (found := _by_country(profile, sample, country, nulls)):
        return found
    return _asked(profile)


def _of(profile: Profile, region: str) -> Verdict | None:
    found = fit(profile.texts, "phone", region=region)
    if not fits(profile, found.ok, 0.5):
        return None
    text = f"{share(profile.weight(found.ok), profile.filled)} are numbers of {region}, or state their country."
    bad = about_bad(profile, found.ok, f"phone number of {region}")
    return Verdict("phone", {"region": region}, (text, *bad), profile.weight(~found.ok))


def _by_country(
    profile: Profile, sample: Sample, country: str, nulls: Collection[str]
) -> Verdict | None:
    options = {"region": {"column": country}}
    bad = refused_cells(sample, {"column": profile.name, "type": "phone", **options}, nulls)
    if bad > (1 - _LEAST) * profile.filled:
        return None
    text = f'{share(profile.filled - bad, profile.filled)} are numbers of the country in column "{country}".'
    more = (f"{cells(bad, 'is', 'are')} none.",) if bad else ()
    return Verdict("phone", options, (text, *more), bad)


def _asked(profile: Profile) -> Verdict | None:
    """Name the countries whose numbers most cells might be."""
    few = profile.only(profile.firsts <= sorted(profile.firsts)[:_LOOKED_AT][-1])
    found = [(few.weight(fit(few.texts, "phone", region=one).ok), one) for one in _REGIONS]
    likely = [(count, one) for count, one in found if count >= _LEAST * few.filled]
    if not likely:
        return None
    american = profile.weight(profile.matching(_AMERICAN)) >= 0.5 * profile.filled
    likely.sort(key=lambda pair: (-pair[0], american and pair[1] != "US"))
    regions = tuple(one for _, one in likely[:_MOST_CHOICES])
    without = profile.weight(~profile.matching(r"(?:\+|00).*"))
    text = f"No country code stands in {cells(without)}: which country is meant?"
    return Verdict("phone", {"region": Choice(regions, is_open=True)}, (text,))
