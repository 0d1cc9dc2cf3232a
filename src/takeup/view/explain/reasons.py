"""Why it happened, in plain sentences: who is left behind and where, which department is stuck."""

from __future__ import annotations

import numpy as np

from takeup.results.units import NOTHING
from takeup.scenario.schema.scenario import Scenario
from takeup.view.explain.explained import Explained, FloatArray
from takeup.view.explain.residents import ABLE, AWARE, OFFERED, USING, WILLING
from takeup.view.explain.staff import STANDINGS
from takeup.view.explain.words import STEP_TITLES, group_title

FEW = 30
"""Simulated residents in need below which a group is too small to speak of."""

CLOSE = 0.03
"""Difference of shares that is not worth a word."""

MOVED_ON = 0.8
"""Share of staff from which a department is not stuck."""

_WHY_LOST = {
    OFFERED: "what they needed is not online yet",
    AWARE: "they did not know that it is online",
    ABLE: "they lack a device, a connection or the skill, or the service is too hard for them, and "
    "no helper was free",
    WILLING: "they could, but would sooner phone or come to the counter",
    USING: "they would, but have not done it yet",
}
"""Why residents do not take a step."""

_BARRIERS = {
    "awareness": "awareness: they do not see why things should change",
    "desire": "desire: they see why, but do not want it",
    "knowledge": "knowledge: they would like to, but were not taught how",
    "ability": "ability: they know how, but cannot do it in everyday work yet",
    "ready": "time: nothing is in their way any more",
}


def _people(group: str, scenario: Scenario) -> str:
    """Return what a sentence calls the residents of a group."""
    family, _, label = group.partition(":")
    title = group_title(group, scenario)
    if family == "age":
        return f"residents aged {title}"
    if family == "ward":
        return f"residents of {title}"
    return f"residents on a {label} income"


def in_100(share: float) -> str:
    """Return how many of 100 a share is; a dash if it is a share of nobody."""
    return NOTHING if share != share else f"{100 * share:.0f}"


def of_100(share: float) -> str:
    """Return a share as people say it: `49 of 100`."""
    return f"{in_100(share)} of 100"


def lost_at(shares: FloatArray) -> int:
    """Return the step that more of those who do not arrive fail to take than any other.

    Args:
        shares: of one group, (STEPS,).
    """
    return 1 + int(np.argmax(shares[:-1] - shares[1:]))


def plan_sentence(plan: FloatArray, ghost: FloatArray) -> str:
    """Say how many more do it online than with no programme, and at which step most are won.

    Args:
        plan: shares of everyone who take each step, (STEPS,).
        ghost: the same in the baseline.
    """
    # Of the whole numbers that the funnel shows, so that the sum is the reader's.
    more = round(100 * plan[USING]) - round(100 * ghost[USING])
    if not more:
        return "About as many did it online as with no programme."
    stopped_fewer = (ghost[:-1] - ghost[1:]) - (plan[:-1] - plan[1:])
    step = 1 + int(np.argmax(stopped_fewer * np.sign(more)))
    words = ("more", "fewer") if more > 0 else ("fewer", "more")
    return (
        f"{abs(more)} {words[0]} of 100 did it online than with no programme, most of all since "
        f"{words[1]} stop before “{STEP_TITLES[step]}”."
    )


def furthest_behind(explained: Explained, week: int) -> str | None:
    """Return the group by age, ward or income of which the fewest do it online.

    None if no group lies behind the whole place by more than `CLOSE`, or none is large enough.
    """
    shares, people = explained.shares(week), explained.in_need(week)
    known = [
        (float(shares[at, USING]), group)
        for at, group in enumerate(explained.groups)
        if group.partition(":")[0] in ("age", "ward", "income") and people[at] >= FEW
    ]
    if not known:
        return None
    lowest, group = min(known)
    return group if shares[0, USING] - lowest > CLOSE else None


def residents_sentence(plan: Explained, ghost: Explained, week: int, scenario: Scenario) -> str:
    """Say what the plan wins, who is left behind, and at which step.

    Args:
        plan: of the setting.
        ghost: of its baseline.
        week: weeks of the run that are done.
        scenario: for names.
    """
    shares, without = plan.shares(week), ghost.shares(week)
    if not plan.in_need(week)[0]:
        return "Nobody has needed a service yet."
    text = plan_sentence(shares[0], without[0])
    group = furthest_behind(plan, week)
    if group is None:
        text += " No age group, ward or income group is far behind the others."
    else:
        at = plan.groups.index(group)
        step = lost_at(shares[at])
        lost = shares[at, step - 1] - shares[at, step]
        people = _people(group, scenario)
        text += (
            f" Furthest behind are {people}: {of_100(shares[at, USING])} did it online "
            f"({in_100(without[at, USING])} with no programme). The largest group of the others "
            f"stops before “{STEP_TITLES[step]}”: {_WHY_LOST[step]} ({of_100(lost)})."
        )
    without_access = plan.groups.index("access:without")
    if plan.in_need(week)[without_access] >= FEW:
        helped = in_100(shares[without_access, USING])
        text += " Of those without a device or connection, "
        text += "hardly anyone did." if helped == "0" else f"{helped} of 100 did, with a helper."
    return text


def slowest_department(explained: Explained, week: int) -> int | None:
    """Return the department in which the fewest work the new way; None if all posts are vacant."""
    arrived = _arrived(explained.standings(week))
    return None if np.isnan(arrived).all() else int(np.nanargmin(arrived))


def _arrived(standings: FloatArray) -> FloatArray:
    arrived: FloatArray = standings[:, [STANDINGS.index("slipping"), STANDINGS.index("firm")]].sum(
        axis=1
    )
    return arrived


def staff_sentence(plan: Explained, ghost: Explained, week: int, scenario: Scenario) -> str:
    """Say which department is stuck, and what holds its staff up.

    Args:
        plan: of the setting.
        ghost: of its baseline.
        week: weeks of the run that are done.
        scenario: for names.
    """
    standings = plan.standings(week)
    at = slowest_department(plan, week)
    if at is None:
        return "Every post is vacant."
    key = plan.departments[at]
    name = scenario.departments[key].name
    arrived = float(_arrived(standings)[at])
    before = float(_arrived(ghost.standings(week))[at])
    several = len(plan.departments) > 1
    text = f"{name} is the slowest department: {of_100(arrived)}" if several else (
        f"In {name}, {of_100(arrived)}"
    )  # fmt: skip
    text += f" of its staff work the new way ({in_100(before)} with no programme)."
    if arrived >= MOVED_ON and several:
        text = f"No department is stuck. {text}"
    if not _is_online(plan, week, key, scenario):
        return f"{text} None of its services is online yet, so nobody else there can begin."
    waiting = standings[at, : STANDINGS.index("slipping")]
    if waiting.sum() > CLOSE:
        most = int(waiting.argmax())
        text += (
            f" The largest group of the others lacks {_BARRIERS[STANDINGS[most]]} "
            f"({of_100(waiting[most])})."
        )
    slipping = float(standings[at, STANDINGS.index("slipping")])
    if slipping > CLOSE:
        text += (
            f" {of_100(slipping)} may slip back, since nobody notices that they changed "
            "(reinforcement)."
        )
    return text


def _is_online(explained: Explained, week: int, department: str, scenario: Scenario) -> bool:
    """Return whether a service of the department is online, as far as anyone needed it."""
    counts = explained.residents[explained.weeks.index(week)]
    return any(
        counts[explained.groups.index(f"service:{key}"), OFFERED] > 0
        for key, service in scenario.services.items()
        if service.department == department
    )
