"""The picture of a run: sent once, played by the browser, and read out where somebody asks."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import solara

from takeup.view.watch import words
from takeup.view.watch.frames import NEW_WAY, STAGES, Frames

SHAPES = ("under 35", "35 to 64", "65 and over")
_SHAPE_OF_AGE = np.array([0, 0, 1, 1, 1, 2, 2], dtype=np.uint8)

NO_SERVICE, FEW = STAGES, STAGES + 1
"""Codes of what holds a department up, beside the stages: nothing is online; few are left."""


@solara.component_vue("theatre.vue")
def _Theatre(
    run: dict[str, Any],
    state: str,
    view: int,
    reading: dict[str, Any],
    event_ask: Callable[[dict[str, Any]], None],
    event_show: Callable[[int], None],
) -> None:
    """Play a run; see theatre.vue."""


@solara.component
def Theatre(frames: Frames) -> None:
    """Show a run: residents and departments week by week, and in words whoever is asked about."""
    view, set_view = solara.use_state(0)
    nobody: dict[str, Any] = {}
    reading, set_reading = solara.use_state(nobody)
    run = solara.use_memo(lambda: play_bill(frames), [frames])
    shown = view if 0 <= view < len(frames.state) else 0
    state = solara.use_memo(lambda: packed(frames.state[shown]), [frames, shown])

    def ask(whom: dict[str, Any]) -> None:
        set_reading(read_out(frames, whom))

    _Theatre(
        run=run,
        state=state,
        view=shown,
        reading=reading,
        event_ask=ask,
        event_show=lambda chosen: set_view(int(chosen)),
    )


def read_out(frames: Frames, whom: dict[str, Any]) -> dict[str, Any]:
    """Answer the browser's question about somebody: {"kind", "index", "week"} with words added.

    A question about somebody or a week that the frames do not have gets an empty answer.
    """
    kind, index, week = whom.get("kind"), whom.get("index"), whom.get("week")
    tell = {"resident": words.resident, "member": words.member}.get(str(kind))
    most = {"resident": len(frames.ward), "member": len(frames.post_department)}.get(str(kind), 0)
    if tell is None or type(index) is not int or type(week) is not int:
        return {}
    if not (0 <= index < most and 0 <= week < frames.weeks):
        return {}
    title, lines = tell(frames, index, week)
    return {
        "kind": kind,
        "index": index,
        "week": week,
        "when": words.day(frames.monday(week)),
        "title": title,
        "lines": list(lines),
    }


def play_bill(frames: Frames) -> dict[str, Any]:
    """Return all of a run that the browser needs to play it; arrays as base64, weeks first."""
    weeks = range(frames.weeks)
    departments = range(len(frames.departments))
    return {
        "scenario": frames.scenario,
        "weeks": frames.weeks,
        "dates": [words.day(frames.monday(week)) for week in weeks],
        "news": [words.news(frames, week) for week in weeks],
        "summary": [words.summary(frames, week) for week in weeks],
        "happenings": [vars(happening) for happening in frames.happenings],
        "stateNames": list(words.STATE_NAMES.values()),
        "stateHelp": list(words.STATE_HELP.values()),
        "stageNames": list(words.STAGE_NAMES),
        "stageAsks": list(words.STAGE_ASKS),
        "shapes": list(SHAPES),
        "wards": list(frames.wards),
        "services": [
            {"name": name, "department": owner, "opened": opened}
            for name, owner, opened in zip(
                frames.services, frames.owner, frames.opened, strict=True
            )
        ],
        "departments": list(frames.departments),
        "everyone": frames.simulated,
        "posts": sum(frames.posts_of),
        "comfortable": frames.comfortable,
        "wardOf": packed(frames.ward),
        "shape": packed(_SHAPE_OF_AGE[frames.profile[:, 0]]),
        "ages": [frames.label(person, "age") for person in range(len(frames.ward))],
        "access": packed(frames.profile[:, 2]),
        "places": packed(np.rint(255 * frames.cast.places).astype(np.uint8)),
        "ties": packed(frames.cast.ties.astype("<u2")),
        "online": packed(_per_cent(frames.online)),
        "wardOnline": packed(_per_cent(frames.online_by_ward)),
        "departmentOf": packed(frames.post_department),
        "roles": [frames.role(post) for post in range(len(frames.post_department))],
        "stage": packed(frames.stage),
        "newWay": packed(_per_cent(frames.stages[:, :, NEW_WAY])),
        "heldUp": packed(
            np.array([[_held_up(frames, d, week) for d in departments] for week in weeks], np.uint8)
        ),
        "queue": packed(np.rint(100 * frames.queue.clip(0, 655)).astype("<u2")),
    }


def packed(array: npt.NDArray[Any]) -> str:
    """Return an array's bytes as base64, the last axis fastest."""
    return b64encode(np.ascontiguousarray(array).tobytes()).decode()


def _held_up(frames: Frames, department: int, week: int) -> int:
    if not words.has_service(frames, department, week):
        return NO_SERVICE
    if not words.held_up(frames, department, week):
        return FEW
    return int(frames.stages[week, department, :NEW_WAY].argmax())


def _per_cent(shares: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    rounded: npt.NDArray[np.uint8] = np.rint(100 * shares).astype(np.uint8)
    return rounded
