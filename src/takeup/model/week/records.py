"""What changes during a run, as records that kernels read, and the parameters as one record.

Records keep what one decision needs on one cache line: 16 bytes for a resident, 16 for a resident
and a service, 32 for a member of staff. `state.citizens["trust"]` is still a column.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.evidence import PARAMETERS, ParameterSet

NEVER, BEFORE = -1, -2
"""Last online transaction: none in a year; some in the year before the warm-up, as assumed."""
GONE = -2
"""Week of the last need of a resident who moved away."""
OLDEST = 520
"""Weeks before the warm-up after which it no longer counts how long ago a need was."""
TRIED_BEFORE = 255
"""Last online attempt: in the year before the warm-up, as assumed."""

CITIZEN_STATE = np.dtype(
    [
        ("gain", "<f4"),  # digital skill above the person's own
        ("trust", "<f4"),
        ("satisfaction", "<f4"),
        ("week", "<i2"),  # of the last need; −1: none yet; GONE
        ("online_week", "<i2"),  # of the last online transaction; NEVER, BEFORE
    ]
)

USE_STATE = np.dtype(
    [
        ("expectation", "<f4"),  # of the online channel
        ("habit", "<f4"),  # of the online channel
        ("offline_habit", "<f4"),
        ("week", "<i2"),  # of the last need for this service; −1: none yet
        ("aware", "u1"),  # knew at the last need that the service is online
        ("tried_week", "u1"),  # of the last online attempt, modulo 256; TRIED_BEFORE
    ]
)

STAFF_STATE = np.dtype(
    [
        ("awareness", "<f4"),
        ("desire", "<f4"),
        ("knowledge", "<f4"),
        ("ability", "<f4"),
        ("reinforcement", "<f4"),
        ("fatigue", "<f4"),
        ("resistance", "<f4"),
        ("generation", "<u2"),  # how many people held the post before
        ("adopted", "u1"),
        ("vacant", "u1"),  # 1 if the post was abolished
    ]
)

SERVICE_WEEK = np.dtype(
    [
        ("live", "<i8"),  # 1 if it is online this week
        ("department", "<i8"),
        ("opened", "<i8"),  # week of the run in which it went online; −1: before it, or not yet
        ("planned", "<f8"),  # week of the run in which it is planned to; infinite if never
        ("ahead", "<f8"),  # weeks by which the plan was brought forward
        ("codesign", "<f8"),  # people who took part in its co-design
        ("joined", "<f8"),  # those of last week, residents
        ("usability", "<f8"),
        ("own_usability", "<f8"),  # what the council can keep up by itself
        ("complexity", "<f8"),
        ("uptime", "<f8"),  # availability in a week without an outage
        ("availability", "<f8"),
        ("straight_through", "<f8"),
        ("constant_online", "<f8"),
        ("moved", "<f8"),  # by the outside trend, log-odds
        ("own_reach", "<f8"),  # without it
        ("reach", "<f8"),  # share of what is missing online that others, or need, make up for
        ("constant_phone", "<f8"),  # of phone and counter: together they weigh 1
        ("constant_counter", "<f8"),
        ("minutes_digital", "<f8"),
        ("minutes_rekeying", "<f8"),
        ("minutes_phone", "<f8"),
        ("minutes_counter", "<f8"),
        ("work_share", "<f8"),  # of its department's work, before anything went online
        ("success", "<f8"),  # visible success online
        ("steering", "<f8"),  # log-odds of a digital-first default
        ("referral", "<f8"),  # chance that someone who calls or comes is told, by order
        ("closed", "<i8"),  # 1 if there is no counter
        ("publicity", "<f8"),  # share of the way that expectations move to what is shown
        ("shown", "<f8"),
    ]
)
"""A service as the kernels see it this week."""

DEPARTMENT_WEEK = np.dtype(
    [
        ("digital", "<i8"),  # 1 if one of its services is online
        ("resistance", "<f8"),  # mean of newcomers
        ("minutes", "<f8"),  # productive minutes a week of one post
        ("scale", "<f8"),  # members of staff per post over residents per simulated resident
        ("minute_cost", "<f8"),
        ("disruption", "<f8"),  # share of the work that has just changed
        ("adopters", "<f8"),  # share of staff who adopted
        ("held", "<i8"),  # posts whose holders have adopted at the start, as stated
        ("support", "<f8"),  # hazard a week of being brought to the new way by everyday support
        ("managers_adopted", "<f8"),  # share of managers who adopted
        ("wins", "<f8"),  # visible success of its online services
        ("pressure", "<f8"),  # weeks of work waiting
        ("stress", "<f8"),
        ("wait", "<f8"),  # for an answer, 0 to 1
        ("delay", "<f8"),  # promised weeks to decision
        ("capacity", "<f8"),  # productive minutes for this week
        ("paid", "<f8"),  # minutes paid for this week
        ("handles", "<f8"),  # share of staff time for the services
        ("settles", "<f8"),  # 1 if staffing follows demand before week 0, 0 if it is given
        ("inflow", "<f8"),  # smoothed minutes of work arriving in a week
        ("gross", "<f8"),  # productive minutes if all time went to the services
        ("carry", "<f8"),  # minutes already spent on the next case; negative: owed
        ("joined", "<f8"),  # members of staff who took part in co-design last week
        ("focus", "<f8"),  # how much of each change its staff take in
        ("overload", "<f8"),  # changes beyond what they can take in, as a ratio
        ("showcase", "<f8"),  # success elsewhere that its staff are shown
        ("insight", "<f8"),  # what audits tell of its staff
    ]
)
"""A department as citizens and staff see it: what last week left behind."""


PLACE_WEEK = np.dtype(
    [
        ("alarm", "<f8"),  # share of trust that an alarm takes away
        ("protection", "<f8"),  # by shared threat data, 0 to 1
        ("insight", "<f8"),  # what audits tell of residents
    ]
)
"""What a council as a whole has built up."""


PARAMETER_RECORD = np.dtype([("ces", "<f8"), *((name, "<f8") for name in PARAMETERS)])
"""All behavioural parameters, and `ces` = 1 for the CES form of readiness, 0 for the product."""


def parameter_record(values: ParameterSet, readiness: str) -> npt.NDArray[np.void]:
    """Return the parameters as one record, shape (1,), for the kernels."""
    record = np.zeros(1, dtype=PARAMETER_RECORD)
    for name, value in values.items():
        record[name] = value
    record["ces"] = float(readiness == "ces")
    record.setflags(write=False)
    return record
