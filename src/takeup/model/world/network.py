"""Who talks to whom among residents: one function a kind of network.

`neighbourhood` is made here by addressed draws; the textbook networks come from igraph, and an edge
list from a file. All end as ties without doubles or loops, with the mean degree that was asked for
as nearly as the kind allows.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from takeup.errors import InputError
from takeup.model.week.compiled import integer, kernel, step
from takeup.model.week.draws import (
    HOUSEHOLDS,
    SERVICE_SHIFT,
    TIES,
    philox,
    uniform,
)
from takeup.model.week.prefetch import prefetch
from takeup.model.week.threads import Crew
from takeup.model.world.fields import Floats, uniforms
from takeup.model.world.population import Residents
from takeup.model.world.ties import (
    Ends,
    Rows,
    added,
    empty_set,
    key_of,
    rows,
    slot_of,
)
from takeup.output import shortened, visible
from takeup.programme.segments import AGES
from takeup.scenario.read.files import EDGES_BYTES, as_seen
from takeup.scenario.read.sheets import csv_rows
from takeup.scenario.read.written import number as number_meant
from takeup.scenario.schema.scenario import Network

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_PROBLEMS = 10  # told of one file
_ATTEMPTS = 8  # to find someone new in the circle that was drawn, then anywhere
_AHEAD = 16  # ties for which memory is asked for
_BANDS = len(AGES)

# Events of the stream TIES, beside the attempts at a tie of the neighbourhood.
_RELABEL = 1 << 16
_TRIM = 2 << 16
_IGRAPH = 3 << 16

Pairs = tuple[Ends, Ends]


def make_ties(
    network: Network, residents: Residents, seed: int, replicate: int, crew: Crew | None = None
) -> Rows:
    """Make the ties between residents.

    Args:
        network: kind and its settings.
        residents: residents, numbered by ward and household.
        seed: seed of the run.
        replicate: number of the replicate.
        crew: the threads that work on it; left out: this one.

    Returns:
        Offsets and neighbours: see `takeup.model.world.ties.rows`. `well_mixed` has none: there,
        whom one meets is drawn anew at every need.

    Raises:
        InputError: the edge list cannot be used.
    """
    crew = crew or Crew()
    count = len(residents.ward)
    if network.kind == "well_mixed" or (network.degree == 0 and network.kind != "edge_list"):
        nobody = np.empty(0, dtype=np.int32)
        return rows(count, nobody, nobody)
    if network.kind == "edge_list":
        left, right = _unique(count, read_edge_list(Path(network.file or ""), count))
    elif network.kind == "neighbourhood":
        left, right = _neighbourhood(network, residents, seed, replicate, crew)
    else:
        generate = _GENERATORS[network.kind]
        with _igraph(seed, replicate) as igraph:
            edges = generate(igraph, network, residents)
        if network.kind == "barabasi_albert":  # its hubs are its first nodes, not the first ward
            order = np.argsort(uniforms(count, TIES, _RELABEL, seed, replicate)[:, 0])
            edges = order[edges]
        left, right = _unique(count, edges)
        if network.kind != "stochastic_block":
            left, right = _trimmed(left, right, count * network.degree // 2, seed, replicate)
    return rows(count, left, right, crew)


# ---------------------------------------------------------------- households and neighbours


def _neighbourhood(
    network: Network, residents: Residents, seed: int, replicate: int, crew: Crew
) -> Pairs:
    """Tie households together, then neighbours of similar age, then a few across the place."""
    count = len(residents.ward)
    # Residents by ward and age band, so that a circle of candidates is a stretch of this order.
    circle = residents.ward.astype(np.int16) * _BANDS + residents.age
    order = np.argsort(circle, kind="stable").astype(np.int32)
    circles = (int(residents.ward[-1]) + 1) * _BANDS
    bounds = np.concatenate([[0], np.cumsum(np.bincount(circle, minlength=circles))])
    wanted = min(count * network.degree // 2, count * (count - 1) // 2)
    adults = np.diff(residents.household).astype(np.int64)
    at_home = int((adults * (adults - 1)).sum()) // 2
    circles_of = _Circles(
        residents.ward, residents.age, order, bounds, network.long_ties, network.age_homophily,
        seed, replicate,
    )  # fmt: skip

    table, left, right, made = _tie_households(
        residents.household, max(wanted, at_home), wanted / max(1, at_home), seed, replicate
    )
    # Everyone begins the same number of the other ties, up to one; most find someone at once.
    others = max(0, wanted - made)
    first_found = np.empty(others, dtype=np.int32)
    crew.each(
        lambda begin, end: _look_around(begin, end, circles_of, first_found), crew.stretches(count)
    )
    made = _tie_neighbours(circles_of, first_found, table, left, right, made)
    return left[:made], right[:made]


class _Circles(NamedTuple):
    """Among whom residents look for someone to know.

    Attributes:
        ward: of every resident.
        age: band of every resident.
        order: residents by ward and age band.
        bounds: first place in that order of every ward and age band, and the end.
        long_ties: share of ties to anyone in the place.
        age_homophily: share of the others that are to people of similar age.
        seed: seed of the run.
        replicate: number of the replicate.
    """

    ward: npt.NDArray[np.uint8]
    age: npt.NDArray[np.uint8]
    order: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int64]
    long_ties: float
    age_homophily: float
    seed: int
    replicate: int


@kernel
def _tie_households(
    household: npt.NDArray[np.int32], capacity: int, share: float, seed: int, replicate: int
) -> tuple[npt.NDArray[np.int64], Ends, Ends, int]:
    """Make households cliques, unless that alone would be more ties than were asked for.

    Args:
        household: first resident of every household, and the end.
        capacity: ties to have room for.
        share: of these ties that there is room for; may be above 1.
        seed: seed of the run.
        replicate: number of the replicate.

    Returns:
        The set of ties, both their ends, and how many there are.
    """
    table = empty_set(capacity)
    left = np.empty(capacity, dtype=np.int32)
    right = np.empty(capacity, dtype=np.int32)
    made = 0
    kept = min(1.0, share)
    stream = TIES | HOUSEHOLDS << SERVICE_SHIFT
    for home in range(len(household) - 1):
        for i in range(household[home], household[home + 1]):
            for j in range(i + 1, household[home + 1]):
                word, _, _, _ = philox(i, j, stream, 0, seed, replicate)
                if uniform(word) < kept and added(table, i, j):
                    left[made] = i
                    right[made] = j
                    made += 1
    return table, left, right, made


@step
def _someone(i: int, tie: int, attempt: int, circles: _Circles) -> int:
    """Return whom a resident meets at an attempt at a tie; may be themself or known already."""
    reach, alike, who, _ = philox(i, tie, TIES, attempt, circles.seed, circles.replicate)
    first, end = 0, len(circles.ward)
    if attempt < _ATTEMPTS and uniform(reach) >= circles.long_ties:
        young, old = 0, _BANDS - 1
        if uniform(alike) < circles.age_homophily:
            young, old = max(0, circles.age[i] - 1), min(_BANDS - 1, circles.age[i] + 1)
        first = circles.bounds[circles.ward[i] * _BANDS + young]
        end = circles.bounds[circles.ward[i] * _BANDS + old + 1]
    found: int = circles.order[first + int(uniform(who) * (end - first))]
    return found


@kernel
def _look_around(begin: int, after: int, circles: _Circles, found: Ends) -> None:
    """Note whom a stretch of residents meet at the first attempt at every tie that they begin."""
    count, others = len(circles.ward), len(found)
    for i in range(begin, after):
        for tie in range(i * others // count, (i + 1) * others // count):
            found[tie] = _someone(i, tie, 0, circles)


@kernel
def _tie_neighbours(
    circles: _Circles,
    first_found: Ends,
    table: npt.NDArray[np.int64],
    left: Ends,
    right: Ends,
    made: int,
) -> int:
    """Make the ties beyond the household, one after the other: none may be there already.

    Args:
        circles: among whom to look.
        first_found: see `_look_around`.
        table: the set of ties, added to.
        left: one end of every tie, written from `made` on.
        right: the other end.
        made: ties that there are.

    Returns:
        Ties that there are now.
    """
    count, others = len(circles.ward), len(first_found)
    for i in range(count):
        for tie in range(i * others // count, (i + 1) * others // count):
            ahead = tie + _AHEAD
            if ahead < others:
                begins_it = ((ahead + 1) * count - 1) // others
                prefetch(table, slot_of(table, key_of(begins_it, integer(first_found[ahead]))))
            found = -1
            for attempt in range(2 * _ATTEMPTS):
                j = (
                    integer(first_found[tie])
                    if attempt == 0
                    else _someone(i, tie, attempt, circles)
                )
                if added(table, i, j):
                    found = j
                    break
            if found < 0:  # a small place where i knows nearly everyone: take the next stranger
                for step in range(1, count):
                    j = (i + step) % count
                    if added(table, i, j):
                        found = j
                        break
            if found >= 0:
                left[made] = i
                right[made] = found
                made += 1
    return made


# ---------------------------------------------------------------- textbook networks

_lock = threading.Lock()


@contextmanager
def _igraph(seed: int, replicate: int) -> Iterator[Any]:
    """Lend igraph with its generator seeded, to one thread at a time: the generator is global."""
    import igraph

    words = uniforms(1, TIES, _IGRAPH, seed, replicate)[0]
    with _lock:
        igraph.set_random_number_generator(random.Random(words.tobytes()))
        try:
            yield igraph
        finally:
            igraph.set_random_number_generator(random)


def _watts_strogatz(igraph: Any, network: Network, residents: Residents) -> npt.NDArray[np.int64]:
    """Return a ring of residents in the order of wards and households, partly rewired."""
    count = len(residents.ward)
    each_side = min((network.degree + 1) // 2, (count - 1) // 2)
    graph = igraph.Graph.Watts_Strogatz(1, count, each_side, network.long_ties)
    return _edges(graph)


def _barabasi_albert(igraph: Any, network: Network, residents: Residents) -> npt.NDArray[np.int64]:
    """Return a network in which newcomers prefer residents with many ties."""
    count = len(residents.ward)
    graph = igraph.Graph.Barabasi(count, min((network.degree + 1) // 2, count - 1))
    return _edges(graph)


def _stochastic_block(igraph: Any, network: Network, residents: Residents) -> npt.NDArray[np.int64]:
    """Return a network in which only the ward decides how likely a tie is."""
    sizes = np.bincount(residents.ward)
    count = int(sizes.sum())
    pairs_within = sizes * (sizes - 1) / 2
    pairs_across = (count * (count - 1) / 2) - pairs_within.sum()
    mixing = network.ward_mixing if pairs_across > 0 else 0.0
    across = min(1.0, count * network.degree * mixing / 2 / max(1.0, pairs_across))
    chance = np.full((len(sizes), len(sizes)), across)
    within = network.degree * (1.0 - mixing) / np.maximum(1, sizes - 1)
    np.fill_diagonal(chance, np.minimum(1.0, within))
    total = {"n": count} if igraph.__version_info__[0] < 1 else {}  # implied by the sizes since 1.0
    graph = igraph.Graph.SBM(pref_matrix=chance.tolist(), block_sizes=sizes.tolist(), **total)
    return _edges(graph)


_GENERATORS: dict[str, Callable[[Any, Network, Residents], npt.NDArray[np.int64]]] = {
    "watts_strogatz": _watts_strogatz,
    "barabasi_albert": _barabasi_albert,
    "stochastic_block": _stochastic_block,
}


def _edges(graph: Any) -> npt.NDArray[np.int64]:
    ends = chain.from_iterable(edge.tuple for edge in graph.es)  # a list of tuples is ten times it
    return np.fromiter(ends, np.int64, 2 * graph.ecount()).reshape(-1, 2)


def _unique(count: int, edges: npt.NDArray[np.int64]) -> Pairs:
    """Return ties once each, whichever way round, without loops."""
    low, high = edges.min(axis=1), edges.max(axis=1)
    keys = np.unique((low * count + high)[low < high])
    return (keys // count).astype(np.int32), (keys % count).astype(np.int32)


def _trimmed(left: Ends, right: Ends, wanted: int, seed: int, replicate: int) -> Pairs:
    """Take off ties by lottery: generators make even degrees only."""
    if len(left) <= wanted:
        return left, right
    lottery: Floats = uniforms(len(left), TIES, _TRIM, seed, replicate)[:, 0]
    kept = np.sort(np.argsort(lottery, kind="stable")[:wanted])
    return left[kept], right[kept]


# ---------------------------------------------------------------- from a file


def read_edge_list(file: Path, count: int) -> npt.NDArray[np.int64]:
    """Read ties from a CSV with the header `from,to`.

    Args:
        file: the CSV.
        count: residents that are simulated; they are numbered from 0.

    Returns:
        Pairs of residents, (lines, 2), as they stand in the file.

    Raises:
        InputError: the file cannot be read or has lines that are no ties; names the lines.
    """
    pairs: list[tuple[int, int]] = []
    problems: list[str] = []
    name = visible(as_seen(file))
    try:
        lines = csv_rows(file, "an edge list", EDGES_BYTES)
        row, header = next(lines, (1, []))
        if header != ["from", "to"]:
            found = shortened(visible(",".join(header))) or "nothing"
            raise InputError(f"{name}, row {row}: must be the header `from,to`, not `{found}`")
        for row, cells in lines:
            problem = _tie_of(cells, count, pairs)
            if problem:
                problems.append(f"{name}, row {row}: {problem}")
            if len(problems) == _MOST_PROBLEMS:
                break
    except ValueError as error:
        said = str(error)
        separated = ", " if said.startswith("row ") else ": cannot be read: it "
        raise InputError(f"{name}{separated}{said}") from None
    if problems:
        raise InputError(problems)
    if not pairs:
        raise InputError(
            f"{name}: holds no ties: give rows such as 0,1 below the header, or leave the file out "
            'and set kind = "neighbourhood", degree = 0 for residents without ties'
        )
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _tie_of(cells: list[str], count: int, pairs: list[tuple[int, int]]) -> str | None:
    """Add the tie of a row to the pairs, or say what is wrong with it."""
    if len(cells) != 2:
        return f"must have 2 columns, has {len(cells)}"
    numbers = []
    for name, cell in zip(("from", "to"), cells, strict=True):
        try:
            number = int(cell)
        except ValueError:
            meant = number_meant(cell)
            hint = f", which {meant.text}" if meant and cell else ""
            return f'`{name}` must be a whole number, is "{visible(shortened(cell))}"{hint}'
        if number < 0:
            return f"`{name}` must not be negative, is {shortened(str(number))}"
        if number >= count:
            return (
                f"there is no resident {shortened(str(number))}: {count} are simulated, numbered "
                f"0 to {count - 1}"
            )
        numbers.append(number)
    if numbers[0] == numbers[1]:
        return f"resident {numbers[0]} cannot have a tie to themself"
    pairs.append((numbers[0], numbers[1]))
    return None
