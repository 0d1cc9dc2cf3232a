"""Residents: who lives with whom in which ward, and what each of them brings.

A place's statistics are margins: ages, incomes, access by age, skills by age. People are joint. A
Gaussian copula puts them together: every trait of a resident has a standard normal latent, the
latents are correlated, and a trait is its margin's quantile at its latent. So all margins hold in
expectation whatever the correlations, which are assumptions and stand below with their ranges.
Latents do not depend on age, which enters through margins by age only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from takeup.model.week.compiled import kernel
from takeup.model.week.draws import (
    CITIZEN_TRAITS,
    HOUSEHOLDS,
    philox,
    uniform,
)
from takeup.model.world.fields import Floats, uniforms
from takeup.model.world.shares import apportioned
from takeup.programme.segments import ACCESSES, AGES, INCOMES, SUPPORTS
from takeup.scenario.schema.scenario import Place

AGE_IN_HOUSEHOLD = 0.5
"""Correlation of age between adults of a household. Assumption (0.3–0.8): couples are of similar
age, grown-up children who stay at home are not."""

INCOME_ACCESS = 0.35
"""Household income and access at equal age. Assumption (0.2–0.5)."""

INCOME_SKILL = 0.30
"""Household income and digital skill at equal age. Assumption (0.1–0.45)."""

INCOME_SUPPORT = -0.20
"""Household income and support needs at equal age. Assumption (−0.35–0)."""

SUPPORT_ACCESS = -0.25
"""Support needs and access at equal age. Assumption (−0.4–−0.1)."""

SUPPORT_SKILL = -0.25
"""Support needs and digital skill at equal age. Assumption (−0.4–−0.1)."""

ACCESS_SKILL = 0.70
"""Access and digital skill at equal age. Assumption (0.5–0.85): those without a device have little
to learn on; surveys count people who are not online as without skills."""

SKILL_INNOVATIVENESS = 0.45
"""Digital skill and personal innovativeness. Assumption (0.2–0.6). Innovativeness goes with the
other traits only through skill, and not with age (Rogers 2003: evidence on age is inconclusive)."""

SKILL_STEEPNESS = 0.8
"""How far skills spread around the basic level. Assumption (0.5–1.2): skill is the normal
distribution function of this multiple of the latent's distance from the basic level."""

TRUST_SPREAD = 0.15
"""Standard deviation of trust between residents. Assumption (0.1–0.25)."""

TRUST_MARGIN = 0.02
"""Nobody trusts less than this, or more than 1 minus this."""


@dataclass(frozen=True)
class Residents:
    """Residents as columns, numbered by ward and household.

    Attributes:
        ward: index of the ward, uint8 (residents,).
        household: first resident of every household and the end, int32 (households + 1,).
        age: age band, uint8 (residents,).
        profile: code of age, income, access and support need, uint8 (residents,).
        skill: digital skill, 0 to 1, float32 (residents,); ½ is the basic level.
        trust: mean trust in the council, float32 (residents,).
        innovativeness: (value + ½) / 65536 is the rank of the resident, uint16 (residents,).
    """

    ward: npt.NDArray[np.uint8]
    household: npt.NDArray[np.int32]
    age: npt.NDArray[np.uint8]
    profile: npt.NDArray[np.uint8]
    skill: npt.NDArray[np.float32]
    trust: npt.NDArray[np.float32]
    innovativeness: npt.NDArray[np.uint16]


def age_shares(place: Place) -> Floats:
    """Return the share of every age band in every ward, shape (wards, ages)."""
    return np.array([_in_order(ward.age or place.age, AGES) for ward in place.wards])


def make_residents(place: Place, count: int, seed: int, replicate: int) -> Residents:
    """Make the residents of a place.

    Args:
        place: margins of the population.
        count: residents to make.
        seed: seed of the run.
        replicate: number of the replicate.
    """
    in_ward = apportioned(count, [ward.share for ward in place.wards])
    ward = np.repeat(np.arange(len(in_ward), dtype=np.uint8), in_ward)
    household = _households(in_ward, _cumulative(place.households), seed, replicate)
    home = np.repeat(np.arange(len(household) - 1, dtype=np.int32), np.diff(household))

    # Latents: those of the household reach all its members, the others are each resident's own.
    shared = ndtri(uniforms(len(household) - 1, HOUSEHOLDS, 0, seed, replicate)[:, 1:3])
    own = ndtri(uniforms(count, CITIZEN_TRAITS, 0, seed, replicate))
    more = ndtri(uniforms(count, CITIZEN_TRAITS, 1, seed, replicate)[:, :2])

    age_latent = _blend(shared[home, 0], own[:, 0], AGE_IN_HOUSEHOLD**0.5)
    age = _categories(age_latent, age_shares(place), in_ward)

    income_shares = _in_order(place.income, INCOMES)[None, :]
    income_latent = shared[:, 1]
    income = _categories(income_latent, income_shares, np.array([len(income_latent)]))[home]

    support_latent, access_latent, skill_latent = _correlated(income_latent[home], own[:, 1:])
    support = support_latent >= _thresholds(place.support_need)[age]
    access = access_latent >= _thresholds(place.access)[age]
    skill = ndtr(SKILL_STEEPNESS * (skill_latent - _thresholds(place.skill)[age]))
    innovativeness = ndtr(_blend(skill_latent, more[:, 0], SKILL_INNOVATIVENESS))

    # Cut off evenly on both sides, so that the mean stays where the place has it.
    room = min(place.trust, 1.0 - place.trust) - TRUST_MARGIN
    trust = place.trust + np.clip(TRUST_SPREAD * more[:, 1], -room, room)

    profile = np.ravel_multi_index(
        (age, income, access.astype(np.uint8), support.astype(np.uint8)),
        (len(AGES), len(INCOMES), len(ACCESSES), len(SUPPORTS)),
    )
    return Residents(
        ward=ward,
        household=household,
        age=age,
        profile=profile.astype(np.uint8),
        skill=skill.astype(np.float32),
        trust=trust.astype(np.float32),
        innovativeness=(innovativeness * 65_536).astype(np.uint16),
    )


@kernel
def _households(
    in_ward: npt.NDArray[np.int64], sizes: Floats, seed: int, replicate: int
) -> npt.NDArray[np.int32]:
    """Fill every ward with households; the last of a ward takes who is left."""
    starts = np.empty(in_ward.sum() + 1, dtype=np.int32)
    households = 0
    resident = 0
    for count in in_ward:
        end = resident + count
        while resident < end:
            word, _, _, _ = philox(households, 0, HOUSEHOLDS, 0, seed, replicate)
            starts[households] = resident
            households += 1
            adults = 1 + np.searchsorted(sizes[:-1], uniform(word), side="right")
            resident = min(end, resident + adults)
    starts[households] = resident
    return starts[: households + 1].copy()


def _cumulative(shares: npt.ArrayLike) -> Floats:
    """Return cumulative shares along the last axis, ending at exactly 1."""
    sums = np.cumsum(np.asarray(shares, dtype=np.float64), axis=-1)
    scaled: Floats = sums / sums[..., -1:]
    return scaled


def _blend(common: Floats, own: Floats, weight: float) -> Floats:
    """Return standard normals that have the correlation `weight` with `common`."""
    blended: Floats = weight * common + (1.0 - weight * weight) ** 0.5 * own
    return blended


def _categories(
    latent: Floats, shares: Floats, counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint8]:
    """Return category codes of latents that come in blocks with their own shares.

    Args:
        latent: standard normals.
        shares: shares of categories, shape (blocks, categories).
        counts: latents in every block, in order.
    """
    codes = np.empty(len(latent), dtype=np.uint8)
    end = 0
    for cuts, count in zip(ndtri(_cumulative(shares)), counts, strict=True):
        start, end = end, end + int(count)
        codes[start:end] = np.searchsorted(cuts[:-1], latent[start:end], side="right")
    return codes


def _in_order(shares: Mapping[Any, float], labels: Sequence[str]) -> Floats:
    """Return shares in the order of the codes of their labels."""
    return np.array([shares[label] for label in labels], dtype=np.float64)


def _thresholds(share_by_age: Mapping[Any, float]) -> Floats:
    """Return, by age, the latent above which that share of people lies; infinite for 0 and 1."""
    thresholds: Floats = -ndtri(_in_order(share_by_age, AGES))
    return thresholds


def _correlated(income: Floats, own: Floats) -> tuple[Floats, Floats, Floats]:
    """Return latents of support need, access and skill, correlated with income and each other.

    Args:
        income: latent of the household's income, (residents,).
        own: independent standard normals, (residents, 3).
    """
    correlation = np.array(
        [
            [1.0, INCOME_SUPPORT, INCOME_ACCESS, INCOME_SKILL],
            [INCOME_SUPPORT, 1.0, SUPPORT_ACCESS, SUPPORT_SKILL],
            [INCOME_ACCESS, SUPPORT_ACCESS, 1.0, ACCESS_SKILL],
            [INCOME_SKILL, SUPPORT_SKILL, ACCESS_SKILL, 1.0],
        ]
    )
    mix = np.linalg.cholesky(correlation)
    support = mix[1, 0] * income + mix[1, 1] * own[:, 0]
    access = mix[2, 0] * income + mix[2, 1] * own[:, 0] + mix[2, 2] * own[:, 1]
    skill = mix[3, 0] * income + own @ mix[3, 1:]
    return support, access, skill
