import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import small_scenario
from takeup.errors import InputError
from takeup.model.world.network import make_ties
from takeup.model.world.population import Residents, make_residents
from takeup.scenario.schema.scenario import Network

PLACE = small_scenario().place
TEXTBOOK = ("watts_strogatz", "barabasi_albert", "stochastic_block")
MADE = ("neighbourhood", *TEXTBOOK)


@cache
def residents(count: int) -> Residents:
    return make_residents(PLACE, count, 1, 0)


@pytest.fixture
def hasty_threads():
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def pairs(offsets: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """Return (resident, neighbour) for every entry of the rows."""
    person = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets.astype(np.int64)))
    return np.column_stack([person, ties])


def assert_proper(offsets: np.ndarray, ties: np.ndarray, count: int) -> None:
    assert len(offsets) == count + 1
    assert offsets[0] == 0
    assert offsets[-1] == len(ties)
    both = pairs(offsets, ties)
    assert np.all(both[:, 0] != both[:, 1])
    assert np.all((both[:, 1] >= 0) & (both[:, 1] < count))
    keys = both[:, 0] * count + both[:, 1]
    assert np.all(np.diff(keys) > 0)  # sorted by resident and neighbour, none twice
    assert np.array_equal(np.sort(both[:, 1] * count + both[:, 0]), keys)  # both ways


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(MADE),
    count=st.integers(100, 400),
    degree=st.integers(0, 30),
    replicate=st.integers(0, 50),
)
def test_ties_go_both_ways_once_and_have_the_mean_degree(kind, count, degree, replicate):
    made = make_ties(Network(kind=kind, degree=degree), residents(count), 1, replicate)
    assert_proper(*made, count)
    mean = len(made[1]) / count
    if kind == "stochastic_block":  # its number of ties is random
        assert abs(mean - degree) < 0.1 + 5 * (2 * degree / count) ** 0.5
    elif kind == "barabasi_albert":  # the first nodes come to few others
        assert degree - (degree + 2) ** 2 / count <= mean <= degree
    elif degree == 1:  # fewer than the ties within households, which are then a lottery
        assert abs(mean - 1) < 0.5
    else:
        assert len(made[1]) == count * degree // 2 * 2


@pytest.mark.parametrize("kind", MADE)
def test_more_ties_than_people_ends_with_most_of_all_pairs(kind):
    # 100 ties each, of 40 residents.
    made = make_ties(Network(kind=kind, degree=100), residents(40), 1, 0)
    assert_proper(*made, 40)
    if kind in ("neighbourhood", "watts_strogatz"):
        assert len(made[1]) > 0.9 * 40 * 39


def test_members_of_a_household_know_each_other():
    r = residents(400)
    both = {tuple(pair) for pair in pairs(*make_ties(Network(), r, 1, 0)).tolist()}
    homes = zip(r.household[:-1], r.household[1:], strict=True)
    within = {(i, j) for a, b in homes for i in range(a, b) for j in range(a, b) if i != j}
    assert len(within) > 100
    assert within <= both


def neighbourly(**settings: float) -> tuple[float, float]:
    """Return shares of ties beyond the household: across wards, and to similar ages in the ward."""
    r = residents(4000)
    both = pairs(*make_ties(Network(**settings), r, 1, 0))
    home = np.repeat(np.arange(len(r.household) - 1), np.diff(r.household))
    both = both[home[both[:, 0]] != home[both[:, 1]]]
    across = r.ward[both[:, 0]] != r.ward[both[:, 1]]
    ages = r.age.astype(int)
    alike = np.abs(ages[both[:, 0]] - ages[both[:, 1]]) <= 1
    return float(across.mean()), float(alike[~across].mean())


def test_long_ties_cross_wards():
    assert neighbourly(long_ties=0.0)[0] == 0.0
    # Of long ties, those to the other ward: 2 · 0.35 · 0.65.
    assert neighbourly(long_ties=0.5)[0] == pytest.approx(0.5 * 0.455, abs=0.03)


def test_homophily_ties_similar_ages():
    by_chance = neighbourly(age_homophily=0.0, long_ties=0.0)[1]
    assert by_chance == pytest.approx(0.41, abs=0.06)
    assert neighbourly(age_homophily=1.0, long_ties=0.0)[1] == 1.0
    assert neighbourly(age_homophily=0.6, long_ties=0.0)[1] == pytest.approx(
        0.6 + 0.4 * by_chance, abs=0.03
    )


def test_blocks_are_wards():
    r = residents(4000)
    both = pairs(*make_ties(Network(kind="stochastic_block", ward_mixing=0.2), r, 1, 0))
    assert (r.ward[both[:, 0]] != r.ward[both[:, 1]]).mean() == pytest.approx(0.2, abs=0.02)


def test_a_single_block_keeps_its_degree():
    place = PLACE.model_copy(update={"wards": (PLACE.wards[1].model_copy(update={"share": 1.0}),)})
    r = make_residents(place, 2000, 1, 0)
    _, ties = make_ties(Network(kind="stochastic_block", ward_mixing=0.5), r, 1, 0)
    assert len(ties) / 2000 == pytest.approx(10, abs=0.4)


def test_hubs_of_preferential_attachment_live_anywhere():
    r = residents(4000)
    offsets, _ = make_ties(Network(kind="barabasi_albert"), r, 1, 0)
    degrees = np.diff(offsets.astype(int))
    hubs = np.argsort(degrees)[-40:]
    assert degrees.max() > 60
    assert 0.35 < r.ward[hubs].mean() < 0.95  # the second ward has 65 %


def test_a_ring_keeps_neighbours_close_unless_rewired():
    offsets, ties = make_ties(Network(kind="watts_strogatz", long_ties=0.0), residents(400), 1, 0)
    both = pairs(offsets, ties)
    gap = np.abs(both[:, 0] - both[:, 1])
    assert np.minimum(gap, 400 - gap).max() == 5


def test_well_mixed_has_no_ties():
    offsets, ties = make_ties(Network(kind="well_mixed"), residents(400), 1, 0)
    assert len(ties) == 0
    assert np.all(offsets == 0)


@pytest.mark.parametrize("kind", MADE)
def test_networks_repeat_and_replicates_differ(kind):
    network = Network(kind=kind)
    first, again = (make_ties(network, residents(400), 1, 0)[1] for _ in range(2))
    other = make_ties(network, residents(400), 1, 1)[1]
    reseeded = make_ties(network, residents(400), 2, 0)[1]
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, reseeded)


def test_threads_do_not_disturb_each_other(hasty_threads):
    jobs = [(kind, replicate) for kind in TEXTBOOK for replicate in range(4)]

    def make(job: tuple[str, int]) -> np.ndarray:
        return make_ties(Network(kind=job[0]), residents(400), 1, job[1])[1]

    serial = [make(job) for job in jobs]
    assert all(len(ties) > 0 for ties in serial[:4])
    with ThreadPoolExecutor(4) as threads:
        for expected, made in zip(serial, threads.map(make, jobs), strict=True):
            assert np.array_equal(expected, made)


# ---------------------------------------------------------------- edge lists


def from_file(file: Path, text: str | bytes, count: int = 100) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(text, bytes):
        file.write_bytes(text)
    else:
        file.write_text(text, encoding="utf-8")
    return make_ties(Network(kind="edge_list", file=str(file)), residents(count), 1, 0)


def test_an_edge_list_is_taken_as_it_is(tmp_path):
    offsets, ties = from_file(tmp_path / "ties.csv", "from,to\n0,1\n2,1\n1,0\n\n99, 0\n")
    assert_proper(offsets, ties, 100)
    assert pairs(offsets, ties).tolist() == [
        [0, 1], [0, 99], [1, 0], [1, 2], [2, 1], [99, 0],
    ]  # fmt: skip


def test_an_edge_list_without_ties_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"ties\.csv: holds no ties: give rows such as 0,1"):
        from_file(tmp_path / "ties.csv", "from,to\n")


def test_line_ends_and_byte_order_marks_of_spreadsheets_are_read(tmp_path):
    assert len(from_file(tmp_path / "ties.csv", b"\xef\xbb\xbffrom,to\r\n3,4\r\n")[1]) == 2


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("a,b\n0,1\n", 1, "header `from,to`"),
        ("", 1, "header `from,to`"),
        ("from,to\n0,1\n0,100\n", 3, "no resident 100: 100 are simulated, numbered 0 to 99"),
        ("from,to\n0,1,2\n", 2, "must have 2 columns, has 3"),
        ("from,to\n7\n", 2, "must have 2 columns, has 1"),
        ("from,to\n0,x\n", 2, '`to` must be a whole number, is "x"'),
        ("from,to\n1.5,0\n", 2, '`from` must be a whole number, is "1.5"'),
        ("from,to\n3,\n", 2, '`to` must be a whole number, is ""'),
        ("from,to\n0,-1\n", 2, "`to` must not be negative, is -1"),
        ("from,to\n5,5\n", 2, "resident 5 cannot have a tie to themself"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, text, line, complaint):
    file = tmp_path / "ties.csv"
    with pytest.raises(InputError) as error:
        from_file(file, text)
    assert error.value.problems[0].startswith(f"{file}, row {line}: ")
    assert complaint in error.value.problems[0]


def test_all_wrong_lines_are_told_up_to_a_limit(tmp_path):
    with pytest.raises(InputError) as error:
        from_file(tmp_path / "ties.csv", "from,to\n0,x\n0,1\n0,y\n")
    assert len(error.value.problems) == 2
    with pytest.raises(InputError) as error:
        from_file(tmp_path / "ties.csv", "from,to\n" + "0,x\n" * 1000)
    assert len(error.value.problems) == 10


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\xff", b"from,to\n0,1\n\xff\xfe\x00\n"])
def test_a_binary_file_is_told(tmp_path, data):
    with pytest.raises(InputError, match=r"ties\.csv: cannot be read: it is (a picture|not text)"):
        from_file(tmp_path / "ties.csv", data)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv: cannot be read"):
        make_ties(
            Network(kind="edge_list", file=str(tmp_path / "nowhere.csv")), residents(100), 1, 0
        )
