from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council
from takeup.programme import Levers, Target
from takeup.programme.interventions.champions import Champions
from takeup.programme.levers import CHAMPION_LOTTERY

CHOICES = ("random", "nomination", "degree", "betweenness")


@given(choice=st.sampled_from(CHOICES), share=st.floats(0, 1), replicate=st.integers(0, 50))
def test_as_many_as_asked_for_no_one_twice_and_always_the_same(
    choice: str, share: float, replicate: int
):
    council = Council(replicate)
    chosen = Champions(choice=choice, share=share).choose(council)
    assert len(chosen) == max(round(share * 60), int(share > 0))
    assert len(set(chosen.tolist())) == len(chosen)
    np.testing.assert_array_equal(chosen, Champions(choice=choice, share=share).choose(council))


def test_only_in_the_target():
    council = Council()
    target = Target(departments=("e",), roles=("frontline",))
    for choice in CHOICES:
        chosen = Champions(choice=choice, share=0.5, target=target).choose(council)
        assert (council.staff_department[chosen] == 1).all()
        assert (council.staff_role[chosen] == 0).all()


def test_degree_and_betweenness_take_the_top():
    council = Council()
    assert Champions(choice="degree", share=1 / 60).choose(council).tolist() == [0]
    assert Champions(choice="betweenness", share=3 / 60).choose(council).tolist() == [57, 58, 59]


def test_nominated_are_friends_of_somebody_and_better_connected_on_average():
    nominated, random = [], []
    for replicate in range(60):
        council = Council(replicate)
        degrees = np.array([len(ties) for ties in council.ties])
        nominated.append(degrees[Champions(share=0.1).choose(council)].mean())
        random.append(degrees[Champions(share=0.1, choice="random").choose(council)].mean())
    # The friendship paradox.
    assert np.mean(nominated) > np.mean(random) + 0.3


def test_whom_someone_names_does_not_hang_on_when_she_is_asked():
    named = []
    for replicate in range(200):
        council = Council(replicate)
        first = int(np.argmin(council.draw(np.arange(60), CHAMPION_LOTTERY)))
        friends = sorted(council.ties[first])
        (chosen,) = Champions(share=1 / 60).choose(council)
        named.append(friends.index(int(chosen)) / (len(friends) - 1))
    # The first friend as often as the last, though who asks first has the lowest draw.
    assert np.mean(named) == pytest.approx(0.5, abs=0.1)


def test_they_lose_hours_and_cost_them():
    council = Council()
    levers = Levers(council.segments, 60)
    Champions(share=1 / 60, choice="degree", hours=3.0, strength=0.7).act(0, council, levers)
    assert levers.champions[0] == 0.7
    assert levers.champion_hours[0] == 3.0
    assert np.count_nonzero(levers.champions) == 1
    assert levers.cost == pytest.approx(3.0 * 20.0 * council.post_weight[0])


def test_two_programmes_do_not_take_the_same_people():
    council = Council()
    levers = Levers(council.segments, 60)
    programme = Champions(share=0.1, choice="random")
    programme.act(0, council, levers)
    first = levers.champions > 0
    programme.act(0, council, levers)
    assert np.count_nonzero(levers.champions) == 2 * np.count_nonzero(first)


def test_no_share_no_champions():
    council = Council()
    levers = Levers(council.segments, 60)
    Champions(share=0.0).act(0, council, levers)
    assert not levers.champions.any()
    assert levers.cost == 0.0
