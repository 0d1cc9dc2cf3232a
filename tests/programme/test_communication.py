from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council, levers_of, moved
from takeup.programme import Levers, Target
from takeup.programme.interventions.communication import MEDIA, Communication
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


@pytest.mark.parametrize("medium", MEDIA)
def test_a_medium_reaches_as_many_as_it_says_and_half_after_its_wear_out(medium: str):
    reach, wear_out = MEDIA[medium].reach, int(MEDIA[medium].wear_out)
    by_age = np.array(reach)[profile_table()["age"]]
    for week, part in ((0, 1.0), (wear_out, 0.5), (2 * wear_out, 0.25)):
        exposure = act(Communication(medium=medium, intensity=2.0), week).exposure
        assert exposure[:, 1, 0] == pytest.approx(2.0 * by_age * part, rel=1e-12)


@pytest.mark.parametrize(("week", "part"), [(0, 1.0), (13, 0.5**0.5), (26, 0.5), (52, 0.25)])
def test_staff_take_in_what_is_stated_and_half_of_it_after_half_a_year(week: int, part: float):
    levers = act(Communication(audience="staff", intensity=2.0, staff_reach=0.15), week)
    assert levers.staff_exposure == pytest.approx(np.full((2, 3), 0.3 * part), rel=1e-12)
    # An ordinary programme has a reach of 0.10.
    assert levers.department_load == pytest.approx([1.0 - np.exp(-2.0 * 3.0 * part)] * 2)


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


@pytest.mark.parametrize("audience", ["residents", "staff"])
def test_tailored_without_findings_is_the_same_to_the_last_bit(audience: str):
    plain, tailored = (
        act(Communication(audience=audience, tailored=tailored)) for tailored in (False, True)
    )
    assert moved(plain).keys() == moved(tailored).keys()
    for lever, value in moved(plain).items():
        np.testing.assert_array_equal(value, getattr(tailored, lever), lever)


@given(fit=st.floats(1, 2), week=st.integers(0, 100))
def test_what_an_audit_tells_widens_the_reach_of_a_tailored_message_at_no_price(
    fit: float, week: int
):
    council = Council()
    council.message_fit = fit
    council.staff_message_fit = np.array([3.0, 4.0])  # of staff: not for residents
    plain, tailored = (
        levers_of(Communication(tailored=tailored), week, council) for tailored in (False, True)
    )
    np.testing.assert_allclose(tailored.exposure, plain.exposure * fit)
    assert tailored.cost == plain.cost
    np.testing.assert_array_equal(plain.exposure, act(Communication(), week).exposure)


def test_among_staff_a_message_fits_where_the_department_was_audited():
    council = Council()
    council.message_fit = 3.0
    council.staff_message_fit = np.array([1.0, 1.4])
    plain, tailored = (
        levers_of(Communication(audience="staff", tailored=tailored), 5, council)
        for tailored in (False, True)
    )
    np.testing.assert_array_equal(tailored.staff_exposure[0], plain.staff_exposure[0])
    np.testing.assert_allclose(tailored.staff_exposure[1], plain.staff_exposure[1] * 1.4)
