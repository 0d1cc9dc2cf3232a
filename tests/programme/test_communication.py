from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council
from takeup.programme import Levers, Target
from takeup.programme.communication import MEDIA, Communication
from takeup.programme.segments import AGES, profile_table


def act(intervention: Communication, week: int = 0) -> Levers:
    council = Council()
    levers = Levers(council.segments, 60)
    intervention.act(week, council, levers)
    return levers


def test_it_reaches_only_its_target():
    target = Target(age=("65-74", "75+"), wards=("b",), services=("y",))
    exposure = act(Communication(target=target)).exposure
    ages = profile_table()["age"]
    assert (exposure[ages >= AGES.index("65-74"), 1, 1] > 0).all()
    exposure[ages >= AGES.index("65-74"), 1, 1] = 0
    assert not exposure.any()


@given(medium=st.sampled_from(sorted(MEDIA)), intensity=st.floats(0, 5), week=st.integers(0, 200))
def test_it_wears_out_and_grows_with_intensity(medium: str, intensity: float, week: int):
    now = act(Communication(medium=medium, intensity=intensity), week).exposure
    later = act(Communication(medium=medium, intensity=intensity), week + 1).exposure
    double = act(Communication(medium=medium, intensity=min(5.0, 2 * intensity)), week).exposure
    assert (now >= later).all()
    assert (double >= now).all()
    assert (now >= 0).all()


def test_media_reach_different_ages():
    press, social = (
        act(Communication(medium=medium)).exposure for medium in ("local-press", "social-media")
    )
    assert press[-1, 0, 0] > press[0, 0, 0]
    assert social[-1, 0, 0] < social[0, 0, 0]


def test_staff_campaigns_move_awareness_of_their_department_only():
    levers = act(Communication(audience="staff", target=Target(departments=("e",))))
    assert (levers.staff_exposure[1] > 0).all()
    assert not levers.staff_exposure[0].any()
    assert not levers.exposure.any()


def test_zero_intensity_moves_nothing():
    levers = act(Communication(intensity=0.0))
    assert not levers.exposure.any()
    assert levers.cost == 0.0


def test_it_costs_what_was_promised():
    council = Council()
    campaign = Communication(
        medium="letter", intensity=2.0, fixed_cost=1000.0, weekly_cost=50.0,
        target=Target(wards=("a",)),
    )  # fmt: skip
    addressed = council.residents[:, 0].sum() * council.weight
    weekly = 50.0 + MEDIA["letter"].cost * 2.0 * addressed
    assert act(campaign, 0).cost == pytest.approx(1000.0 + weekly)
    assert act(campaign, 3).cost == pytest.approx(weekly)
    assert campaign.expected_weekly_cost(addressed) == pytest.approx(weekly)


def test_two_campaigns_add_up():
    council = Council()
    levers = Levers(council.segments, 60)
    for medium in ("letter", "local-press"):
        Communication(medium=medium).act(0, council, levers)
    single = act(Communication(medium="letter")).exposure
    np.testing.assert_allclose(
        levers.exposure, single + act(Communication(medium="local-press")).exposure
    )
