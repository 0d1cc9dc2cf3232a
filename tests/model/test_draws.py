import random

import numpy as np
import pytest

from takeup.model.week.compiled import kernel
from takeup.model.week.draws import philox, uniform, whole
from takeup.model.world.fields import uniforms

# Random123, kat_vectors: philox4x32-10.
KNOWN = [
    (
        (0, 0, 0, 0, 0, 0),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (0xFFFFFFFF,) * 6,
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@kernel
def blocks(addresses):
    words = np.empty((len(addresses), 4), dtype=np.int64)
    for row in range(len(addresses)):
        a = addresses[row]
        words[row] = philox(a[0], a[1], a[2], a[3], a[4], a[5])
    return words


@kernel
def shares_of(words):
    shares = np.empty(len(words))
    for row in range(len(words)):
        shares[row] = uniform(words[row])
    return shares


@pytest.mark.parametrize(("address", "block"), KNOWN)
def test_published_vectors_interpreted(address, block):
    assert philox(*address) == block


def test_published_vectors_compiled():
    addresses = [address for address, _ in KNOWN]
    assert blocks(np.array(addresses)).tolist() == [list(block) for _, block in KNOWN]


def test_compiled_blocks_equal_interpreted_ones():
    words = random.Random(5)
    addresses = [tuple(words.getrandbits(32) for _ in range(6)) for _ in range(2000)]
    compiled = blocks(np.array(addresses))
    assert compiled.tolist() == [list(philox(*address)) for address in addresses]
    assert shares_of(compiled[:, 0]).tolist() == [uniform(int(word)) for word in compiled[:, 0]]


def test_uniforms_lie_strictly_between_0_and_1():
    assert 0.0 < uniform(0) < 1e-9
    assert 1.0 - 1e-9 < uniform(0xFFFFFFFF) < 1.0


@pytest.mark.parametrize(("expected", "uniform", "number"), [(2.3, 0.69, 2), (2.3, 0.71, 3)])
def test_whole_rounds_by_the_draw(expected, uniform, number):
    assert whole(expected, uniform) == number


def test_a_column_of_uniforms_holds_the_addressed_blocks():
    field = uniforms(50, 20, 3, 7, 2)
    assert field.shape == (50, 4)
    for agent in (0, 17, 49):
        expected = [uniform(word) for word in philox(agent, 0, 20, 3, 7, 2)]
        assert field[agent].tolist() == expected


def test_uniforms_are_uniform_and_independent_across_every_part_of_the_address():
    count = 20_000
    base = uniforms(count, 16, 0, 1, 0)
    columns = [*base.T, base[1:, 0], *(uniforms(count, *other)[:, 0] for other in (
        (17, 0, 1, 0), (16, 1, 1, 0), (16, 0, 2, 0), (16, 0, 1, 1),
    ))]  # fmt: skip
    for column in columns:
        observed, _ = np.histogram(column, bins=20, range=(0, 1))
        expected = len(column) / 20
        chi_square = ((observed - expected) ** 2 / expected).sum()
        assert chi_square < 50  # 19 degrees of freedom: exceeded once in 7,000 times
    table = np.corrcoef([column[: count - 1] for column in columns])
    assert np.abs(table - np.eye(len(columns))).max() < 4.5 / count**0.5
