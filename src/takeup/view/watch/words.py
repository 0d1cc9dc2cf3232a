"""What the frames say in words: of a week, of a resident, of a member of staff, of a department."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from takeup.view.watch.frames import (
    CHAMPION,
    CLOSED,
    FAILED,
    FAILED_WEEKS,
    NEW_WAY,
    NO_WAY,
    OFFLINE,
    ONLINE,
    ONLINE_DONE,
    ONLINE_FAILED,
    UNAWARE,
    WEAK,
    Frames,
)

STATE_NAMES = {
    NO_WAY: "No way to get online",
    UNAWARE: "Does not know it is online",
    OFFLINE: "Knows, but phones or comes in",
    ONLINE: "Online in the last year",
    FAILED: "Tried online, and it failed",
    CLOSED: "Not online yet",
}
"""Short names of the states, for the key of the picture."""

STATE_HELP = {
    NO_WAY: "no device or connection, and not online with help in the last year",
    UNAWARE: "did not know at the last need that it is online, or has not needed it since it is",
    OFFLINE: "knew at the last need that it is online, and phoned or came to the counter",
    ONLINE: "got it done online in the last year",
    FAILED: f"the last try online failed, not more than {FAILED_WEEKS} weeks ago",
    CLOSED: "the service is still by phone and counter only",
}
"""What the states mean."""

STAGE_NAMES = ("Awareness", "Desire", "Knowledge", "Ability", "Reinforcement", "New way")
"""Columns of the department board."""

STAGE_ASKS = (
    "“Why?”",
    "“Want to?”",
    "“How?”",
    "“Can I?”",
    "ready",
    "changed",
)
"""What stands below the names: the question that is still open."""

_HELD_UP = (
    "Does not see yet why things should change (awareness is missing).",
    "Sees why things change, but does not want it yet (desire is missing).",
    "Would like to, but does not know how (knowledge is missing).",
    "Knows how, but cannot do it in everyday work yet (ability is missing).",
    "Could work the new way, and has not begun to yet.",
)
_HOW = {
    ONLINE_DONE: "got it done online",
    ONLINE_FAILED: "tried online, and it failed",
}
_ROLES = {"frontline": "meets the public", "back-office": "back office", "manager": "manager"}
_FEW = 0.15
"""Share of a department's posts below which a stage is not worth naming."""


def day(moment: date) -> str:
    """Return a date as people say it: 3 March 2025."""
    return f"{moment.day} {moment:%B %Y}"


def news(frames: Frames, week: int) -> str:
    """Return what begins and ends in a week; empty if nothing does."""
    live = [h.name for h in frames.happenings if h.kind == "go-live" and h.first == week]
    struck = [h.name for h in frames.happenings if h.kind == "shock" and h.first == week]
    own = [h for h in frames.happenings if h.kind == "intervention"]
    begun = [h.name for h in own if h.first == week]
    ended = [h.name for h in own if h.after == week]
    parts = [
        (live, "Goes online: "),
        (struck, "It happens: "),
        (begun, "Begins: "),
        (ended, "Is over: "),
    ]
    return " ".join(f"{lead}{'; '.join(names)}." for names, lead in parts if names)


def summary(frames: Frames, week: int) -> str:
    """Return how the place stands in a week, and who lags behind."""
    said = [f"{frames.online[week]:.0%} of residents used some service online in the last year"]
    wards = frames.online_by_ward[week]
    if len(wards) > 1:
        last, first = int(wards.argmin()), int(wards.argmax())
        said[0] += (
            f", most in {frames.wards[first]} ({wards[first]:.0%}), fewest in "
            f"{frames.wards[last]} ({wards[last]:.0%})"
        )
    changed = frames.stages[week, :, NEW_WAY]
    posts = np.array(frames.posts_of)
    staff = f"{float((changed * posts).sum() / posts.sum()):.0%} of staff work the new way"
    if len(changed) > 1:
        last = int(changed.argmin())
        staff += f", fewest in {frames.departments[last]} ({changed[last]:.0%})"
        reason = held_up(frames, last, week)
        staff += f", {reason}" if reason else ""
    said.append(staff)
    queue = int(frames.queue[week].argmax())
    weeks = float(frames.queue[week, queue])
    if weeks >= 0.05:
        where = f" in {frames.departments[queue]}" if len(changed) > 1 else ""
        longest = "The longest queue is" if len(changed) > 1 else "The queue is"
        said.append(f"{longest}{where}, {_weeks(weeks)} of work")
    return ". ".join(said) + "."


def held_up(frames: Frames, department: int, week: int) -> str:
    """Return what most of those who have not changed lack; empty if they are few."""
    stages = frames.stages[week, department, :NEW_WAY]
    if stages.sum() < _FEW:
        return ""
    most = int(stages.argmax())
    if most == NEW_WAY - 1:
        return "most others are ready for it"
    return f"most others lack {STAGE_NAMES[most].lower()}"


def has_service(frames: Frames, department: int, week: int) -> bool:
    """Return whether a department has a service online, without which nobody can change."""
    return any(
        frames.is_live(service, week)
        for service, owner in enumerate(frames.owner)
        if owner == department
    )


def resident(frames: Frames, person: int, week: int) -> tuple[str, tuple[str, ...]]:
    """Return who a resident is, and sentences on how they stand at the end of a week.

    Args:
        frames: the run.
        person: number of the resident among those shown.
        week: week of the run.
    """
    age = frames.label(person, "age").replace("-", "–")
    title = f"Resident {person + 1}: aged {age}, lives in {frames.wards[frames.ward[person]]}"
    return title, tuple(_of_resident(frames, person, week))


def _of_resident(frames: Frames, person: int, week: int) -> Iterator[str]:
    state = int(frames.state[0, week, person])
    access = frames.label(person, "access") == "with"
    support = frames.label(person, "support") != "none"
    yield (
        ("Has a device and a connection" if access else "Has no device or no connection")
        + (", needs support (a disability or another language)" if support else "")
        + f"; {frames.label(person, 'income')} income."
    )
    yield {
        NO_WAY: "Has no way to get online alone, and was not helped to in the last year.",
        UNAWARE: "Does not know, or did not at the last need, that anything is online.",
        OFFLINE: "Knows of an online service, but phones or comes to the counter.",
        ONLINE: "Got something done online in the last year"
        + ("." if access else ", with somebody's help."),
        FAILED: "Tried online last, and it failed.",
        CLOSED: "No service is online yet.",
    }[state]
    mine = frames.needs[(frames.needs["resident"] == person) & (frames.needs["week"] <= week)]
    if len(mine):
        last = mine[-1]
        yield (
            f"Last needed: {frames.services[last['service']]}, in the week of "
            f"{day(frames.monday(int(last['week'])))}; "
            f"{_HOW.get(int(last['how']), 'phoned or came to the counter')}."
        )
        done, failed = ((mine["how"] == how).sum() for how in (ONLINE_DONE, ONLINE_FAILED))
        yield (
            f"Since the start: {_count(len(mine), 'need')}, {done} of them done online, {failed} "
            "tried online in vain."
        )
    else:
        yield "Has not needed any service since the start."
    yield from _known(frames, person, week)
    talks_to = int(frames.known[person])
    if talks_to > 0:
        friends = int(frames.friends[week, person])
        yield (
            f"Talks to {_count(talks_to, 'person', 'people')}, of whom {friends} used a service "
            "online in the last year."
        )
    elif talks_to == 0:
        yield "Talks to nobody about such things."
    yield (
        f"Digital skill {frames.skill[week, person]} of 100; trust in the council "
        f"{frames.trust[week, person]} of 100, as of the last contact."
    )


def _known(frames: Frames, person: int, week: int) -> Iterator[str]:
    """Say of which services a resident knew at the last need for each that they are online."""
    live = [k for k in range(len(frames.services)) if frames.is_live(k, week)]
    knows = frames.knows(person, week)
    missing = [frames.services[k] for k in live if k not in knows]
    if not knows:
        return
    if not missing:
        yield "Knows of every service that is online, as of the last need for each."
    elif len(missing) <= len(knows):
        yield (
            f"Knows of {len(knows)} of {_count(len(live), 'service')} online, as of the last need "
            f"for each; not of {_listed(missing)}."
        )
    else:
        yield (
            f"Of {_count(len(live), 'service')} online knows only of "
            f"{_listed([frames.services[k] for k in knows])}, as of the last need for each."
        )


def member(frames: Frames, post: int, week: int) -> tuple[str, tuple[str, ...]]:
    """Return who a member of staff is, and sentences on how they stand at the end of a week.

    Args:
        frames: the run.
        post: number of the post among those shown.
        week: week of the run.
    """
    department = frames.departments[frames.post_department[post]]
    title = f"Member of staff {post + 1}: {department}, {_ROLES[frames.role(post)]}"
    return title, tuple(_of_member(frames, post, week))


def _of_member(frames: Frames, post: int, week: int) -> Iterator[str]:
    code = int(frames.stage[week, post])
    stage = code % WEAK
    levels, weak = frames.levels[week, post], int(frames.weak[week, post])
    if stage < NEW_WAY:
        yield _HELD_UP[stage]
        if not has_service(frames, int(frames.post_department[post]), week):
            yield "No service of the department is online yet, so there is no new way to work."
    elif code & WEAK:
        yield "Works the new way, but may go back to the old one: not everything is strong enough."
    else:
        yield "Works the new way, and nothing speaks for going back."
    listed = ", ".join(
        f"{name.lower()} {levels[element]}{' (too weak)' if weak >> element & 1 else ''}"
        for element, name in enumerate(STAGE_NAMES[:NEW_WAY])
    )
    yield f"Out of 100: {listed}."
    if code & CHAMPION:
        yield "Is a champion: gives time to win colleagues over."
    before = frames.generation[: week + 1, post] != frames.generation[week, post]
    if before.any():
        came = int(np.flatnonzero(before)[-1]) + 1
        yield (
            f"New in the post since the week of {day(frames.monday(came))}; whoever held it "
            "before has left, with all that they had learnt."
        )


def _weeks(weeks: float) -> str:
    return f"{weeks:.1f} weeks"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
