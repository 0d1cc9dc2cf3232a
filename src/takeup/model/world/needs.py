"""The calendar of needs: who needs which service in which week, whatever anyone plans."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from takeup.errors import InputError
from takeup.kpis import YEAR
from takeup.model.week.compiled import kernel
from takeup.model.week.draws import (
    NEEDS_CALENDAR,
    NEEDS_SURGE,
    SERVICE_SHIFT,
    philox,
    uniform,
)
from takeup.model.week.threads import Crew
from takeup.model.world.fields import Floats
from takeup.model.world.population import age_shares
from takeup.programme.segments import AGES
from takeup.scenario.schema.scenario import Place, Service

Calendar = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.uint8]]


@dataclass(frozen=True)
class Surge:
    """A time in which some services are needed more often.

    Attributes:
        first: first week of the calendar.
        after: first week after it.
        factor: needs as a multiple of the usual, (services,); 1 where nothing changes.
        number: what tells its draws from those of other surges, a 32-bit word.
    """

    first: int
    after: int
    factor: Floats
    number: int


def need_rates(place: Place, services: dict[str, Service]) -> Floats:
    """Return the hazard of needing a service, per week, shape (services, ages).

    The expected number of needs a year in the whole place is the service's `yearly_volume`,
    although needs of one person and service that fall into one week count once.

    Raises:
        InputError: more needs than one a week for every resident of an age band.
    """
    place_ages = np.array([ward.share for ward in place.wards]) @ age_shares(place)
    place_ages = place_ages / place_ages.sum()
    rates = np.zeros((len(services), len(AGES)))
    for row, (name, service) in enumerate(services.items()):
        relative = np.array([service.by_age.get(age, 1.0) for age in AGES])  # type: ignore[call-overload]
        mean = float(place_ages @ relative)
        if mean <= 0.0:
            raise InputError(f"services.{name}.by_age: nobody who lives here needs it")
        weekly = service.yearly_volume / YEAR / place.residents * relative / mean
        for column, share in enumerate(weekly):
            if share >= 1.0:
                raise InputError(
                    f"services.{name}.yearly_volume: {service.yearly_volume:g} a year is more than "
                    f"one need a week for every resident of age {AGES[column]}"
                )
            rates[row, column] = -math.log1p(-share)
    return rates


def make_calendar(
    age: npt.NDArray[np.uint8],
    rates: Floats,
    weeks: int,
    seed: int,
    replicate: int,
    surges: Sequence[Surge] = (),
    crew: Crew | None = None,
) -> Calendar:
    """Make the calendar of needs: a Poisson process for every resident and service.

    A longer calendar begins with the shorter one, a service's needs do not depend on others, and
    one with surges holds all needs of one without, since a surge is a process of its own on top.

    Args:
        age: age band of every resident, (residents,).
        rates: hazards a week, (services, ages).
        weeks: length.
        seed: seed of the run.
        replicate: number of the replicate.
        surges: times of more needs.
        crew: the threads that work on it; left out: this one.

    Returns:
        First need of every week, (weeks + 1,); then whose need and which service, sorted by week,
        resident and service.
    """
    crew = crew or Crew()
    calendar = _process(age, rates, 0, weeks, weeks, NEEDS_CALENDAR, 0, seed, replicate, crew)
    if not surges:
        return calendar
    parts = [_packed(calendar)]
    for surge in surges:
        more = rates * (surge.factor - 1.0)[:, None]
        parts.append(
            _packed(
                _process(
                    age, more, surge.first, surge.after, weeks, NEEDS_SURGE, surge.number, seed,
                    replicate, crew,
                )
            )
        )  # fmt: skip
    # Needs of one person and service that fall into one week count once here as well.
    packed = np.unique(np.concatenate(parts))
    starts = np.searchsorted(packed >> _WEEK_SHIFT, np.arange(weeks + 1)).astype(np.int64)
    citizen = ((packed >> _CITIZEN_SHIFT) & 0xFFFFFFFF).astype(np.int32)
    return starts, citizen, (packed & 0xFF).astype(np.uint8)


_CITIZEN_SHIFT, _WEEK_SHIFT = 8, 40


def _packed(calendar: Calendar) -> npt.NDArray[np.int64]:
    """Return needs as single numbers that sort by week, resident and service."""
    starts, citizen, service = calendar
    week = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    packed: npt.NDArray[np.int64] = (
        (week << _WEEK_SHIFT) | (citizen.astype(np.int64) << _CITIZEN_SHIFT) | service
    )
    return packed


def _process(
    age: npt.NDArray[np.uint8],
    rates: Floats,
    first: int,
    after: int,
    weeks: int,
    stream: int,
    event: int,
    seed: int,
    replicate: int,
    crew: Crew,
) -> Calendar:
    """Make the needs of one Poisson process that runs from a week up to another."""

    def walk(begin: int, end: int) -> _Walked:
        hazards = np.maximum(rates, 0.0) @ np.bincount(age[begin:end], minlength=rates.shape[1])
        most = (end - begin) * len(rates) * (after - first)
        room = min(most, int(1.01 * (after - first) * float(hazards.sum())) + 1_000)
        counts = np.zeros(weeks, np.int64)
        return (
            begin,
            end,
            counts,
            *_walk(
                age, rates, begin, end, first, after, stream, event, seed, replicate, room, counts
            ),
        )

    walked = crew.each(walk, crew.stretches(len(age)))
    starts = np.zeros(weeks + 1, dtype=np.int64)
    np.cumsum(sum(counts for _, _, counts, *_ in walked), out=starts[1:])
    citizen = np.empty(starts[-1], dtype=np.int32)
    service = np.empty(starts[-1], dtype=np.uint8)
    # In every week, the needs of a stretch of residents follow those of the stretches before.
    cursors = starts[:-1] + np.cumsum([np.zeros(weeks, np.int64), *(w[2] for w in walked)], axis=0)

    def sort(walked: _Walked, cursor: npt.NDArray[np.int64]) -> None:
        begin, end, _, at, needed = walked
        _sort(begin, end, at, needed, cursor, citizen, service)

    crew.each(sort, list(zip(walked, cursors[:-1], strict=True)))
    return starts, citizen, service


_Walked = tuple[int, int, npt.NDArray[np.int64], npt.NDArray[np.uint16], npt.NDArray[np.uint16]]
"""A stretch of residents, its needs by week, their weeks, and how many there are of each kind."""


@kernel
def _walk(
    age: npt.NDArray[np.uint8],
    rates: Floats,
    begin: int,
    end: int,
    first: int,
    after: int,
    stream: int,
    event: int,
    seed: int,
    replicate: int,
    room: int,
    counts: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Go through the needs of a stretch of residents by resident, service and time.

    Args:
        age: age band of every resident.
        rates: hazards a week, (services, ages).
        begin: resident to begin with.
        end: resident to end before.
        first: week in which the process begins.
        after: week in which it has ended.
        stream: of the draws.
        event: of the draws.
        seed: seed of the run.
        replicate: number of the replicate.
        room: needs to expect; more are found room for.
        counts: needs by week, added to.

    Returns:
        Weeks of the needs; how many there are of each resident and service.
    """
    services = len(rates)
    at = np.empty(room, dtype=np.uint16)
    needed = np.zeros((end - begin) * services, dtype=np.uint16)
    made = 0
    for i in range(begin, end):
        for k in range(services):
            rate = rates[k, age[i]]
            if rate <= 0.0:
                continue
            before = made
            time = float(first)
            last = -1
            block = 0
            while time < after:
                words = philox(i, block, stream | k << SERVICE_SHIFT, event, seed, replicate)
                for word in words:
                    time -= math.log(uniform(word)) / rate
                    if time >= after:
                        break
                    week = int(time)
                    if week != last:
                        if made == len(at):
                            more = np.empty(made + made // 2, dtype=np.uint16)
                            more[:made] = at
                            at = more
                        at[made] = week
                        made += 1
                        counts[week] += 1
                        last = week
                block += 1
            needed[(i - begin) * services + k] = made - before
    return at, needed


@kernel
def _sort(
    begin: int,
    end: int,
    at: npt.NDArray[np.uint16],
    needed: npt.NDArray[np.uint16],
    cursor: npt.NDArray[np.int64],
    citizen: npt.NDArray[np.int32],
    service: npt.NDArray[np.uint8],
) -> None:
    """Put the needs of a stretch of residents into their weeks.

    Args:
        begin: first of these residents.
        end: first after them.
        at: see `_walk`.
        needed: see `_walk`.
        cursor: where the next need of every week belongs, written.
        citizen: whose need, written.
        service: which service, written.
    """
    services = len(needed) // max(1, end - begin)
    need = 0
    for i in range(begin, end):
        for k in range(services):
            for _ in range(needed[(i - begin) * services + k]):
                week = at[need]
                citizen[cursor[week]] = i
                service[cursor[week]] = k
                cursor[week] += 1
                need += 1
