"""What the picture of a run plays and says, number by number, from frames made up by hand."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from datetime import date

import numpy as np

from takeup.view.watch import words
from takeup.view.watch.cast import Cast
from takeup.view.watch.frames import (
    BY_STAFF,
    CHAMPION,
    FAILED,
    NEED,
    NEW_WAY,
    OFFLINE,
    ONLINE,
    ONLINE_DONE,
    ONLINE_FAILED,
    WEAK,
    Frames,
    Happening,
)
from takeup.view.watch.theatre import FEW, NO_SERVICE, play_bill

MADE_UP = Frames(
    scenario="Made up",
    start=date(2025, 1, 6),
    weight=10.0,
    simulated=400,
    wards=("North", "South"),
    services=("Tax", "Bins", "Permits"),
    owner=(0, 1, 1),
    opened=(-1, 1, None),
    departments=("Revenues", "Waste"),
    posts_of=(30, 20),
    cast=Cast(
        np.array([4, 9, 11]), np.array([[0, 2]]), np.array([[0.0, 1.0], [0.2, 0.4], [0.6, 0.8]]),
        np.array([0, 35]),
    ),
    known=np.array([5, 0, 1]),
    profile=np.array([[0, 0, 1, 0], [3, 1, 0, 1], [6, 2, 1, 0]], np.uint8),
    ward=np.array([0, 1, 1], np.uint8),
    state=np.array([[[ONLINE, OFFLINE, FAILED]] * 2] * 4, np.uint8),
    friends=np.array([[2, 0, 1], [3, 0, 0]], np.uint16),
    trust=np.array([[50, 60, 70], [55, 65, 75]], np.uint8),
    skill=np.array([[80, 40, 20], [81, 41, 21]], np.uint8),
    aware=np.packbits([[[1, 0, 0], [0] * 3, [1, 0, 0]], [[1, 1, 0], [0, 1, 0], [1, 0, 0]]], axis=2),
    needs=np.array(
        [(0, 0, 0, ONLINE_DONE), (0, 0, 1, BY_STAFF), (1, 0, 0, ONLINE_FAILED)], NEED
    ),
    post_department=np.array([0, 1], np.uint8),
    post_role=np.array([0, 2], np.uint8),
    stage=np.array([[2, NEW_WAY], [NEW_WAY + WEAK, NEW_WAY + CHAMPION]], np.uint8),
    levels=np.array([[[90, 80, 30, 20, 10]] * 2, [[91, 81, 31, 21, 11]] * 2], np.uint8),
    weak=np.array([[0b11100, 0], [0b10000, 0]], np.uint8),
    generation=np.array([[0, 1], [1, 1]], np.uint16),
    stages=np.array(
        [
            [[0.0, 0.1, 0.3, 0.2, 0.0, 0.4], [0.0, 0.5, 0.2, 0.1, 0.1, 0.1]],
            [[0.0, 0.1, 0.1, 0.0, 0.0, 0.8], [0.1, 0.1, 0.1, 0.1, 0.4, 0.2]],
        ],
        np.float32,
    ),
    queue=np.array([[0.5, 0.0], [1.25, 2.75]], np.float32),
    comfortable=1.5,
    online_by_ward=np.array([[0.2, 0.4], [0.55, 0.35]], np.float32),
    online=np.array([0.3, 0.45], np.float32),
    happenings=(
        Happening("intervention", "Letters", "tells", 0, 1),
        Happening("intervention", "Lessons", "teaches", 1, 9),
        Happening("go-live", "Bins", "goes online", 1, 2),
        Happening("shock", "Outage", "strikes", 1, 2),
    ),
)  # fmt: skip


def unpacked(text: str, kind: str = "u1") -> list[int]:
    return np.frombuffer(b64decode(text), kind).tolist()


def test_a_week_is_summed_up_in_its_own_numbers() -> None:
    # Of 30 and 20 posts 40 and 10 % are 14 of 50, 80 and 20 % are 28.
    assert words.summary(MADE_UP, 0) == (
        "30% of residents used some service online in the last year, most in South (40%), fewest "
        "in North (20%). 28% of staff work the new way, fewest in Waste (10%), most others lack "
        "desire. The longest queue is in Revenues, 0.5 weeks of work."
    )
    assert words.summary(MADE_UP, 1) == (
        "45% of residents used some service online in the last year, most in North (55%), fewest "
        "in South (35%). 56% of staff work the new way, fewest in Waste (20%), most others are "
        "ready for it. The longest queue is in Waste, 2.8 weeks of work."
    )


def test_news_are_those_of_the_week() -> None:
    assert words.news(MADE_UP, 0) == "Begins: Letters."
    assert words.news(MADE_UP, 1) == (
        "Goes online: Bins. It happens: Outage. Begins: Lessons. Is over: Letters."
    )


def test_a_resident_is_read_out_with_the_numbers_of_the_week() -> None:
    title, before = words.resident(MADE_UP, 0, 0)
    assert title.endswith("lives in North")
    assert "Since the start: 2 needs, 1 of them done online, 0 tried online in vain." in before
    assert (
        "Last needed: Bins, in the week of 6 January 2025; phoned or came to the counter." in before
    )
    assert "Talks to 5 people, of whom 2 used a service online in the last year." in before
    assert (
        "Digital skill 80 of 100; trust in the council 50 of 100, as of the last contact." in before
    )
    _, after = words.resident(MADE_UP, 0, 1)
    assert "Since the start: 3 needs, 1 of them done online, 1 tried online in vain." in after
    assert "Last needed: Tax, in the week of 13 January 2025; tried online, and it failed." in after
    assert "Talks to 5 people, of whom 3 used a service online in the last year." in after
    assert "Knows of every service that is online, as of the last need for each." in after
    assert "Has not needed any service since the start." in words.resident(MADE_UP, 2, 1)[1]
    _, one_of_two = words.resident(MADE_UP, 2, 1)
    assert any(line.startswith("Knows of 1 of 2 services online") for line in one_of_two)


def test_a_member_of_staff_is_read_out_with_the_numbers_of_the_week() -> None:
    title, lines = words.member(MADE_UP, 0, 0)
    assert "Revenues" in title
    assert lines == (
        "Would like to, but does not know how (knowledge is missing).",
        "Out of 100: awareness 90, desire 80, knowledge 30 (too weak), ability 20 (too weak), "
        "reinforcement 10 (too weak).",
    )
    _, lines = words.member(MADE_UP, 0, 1)
    assert lines[0].startswith("Works the new way, but may go back")
    assert "reinforcement 11 (too weak)" in lines[1]
    assert lines[2].startswith("New in the post since the week of 13 January 2025")
    _, lines = words.member(MADE_UP, 1, 1)
    assert lines[0] == "Works the new way, and nothing speaks for going back."
    assert lines[2] == "Is a champion: gives time to win colleagues over."


def test_the_browser_gets_shares_in_per_cent_and_queues_in_hundredths() -> None:
    bill = play_bill(MADE_UP)
    assert unpacked(bill["online"]) == [30, 45]
    assert unpacked(bill["wardOnline"]) == [20, 40, 55, 35]
    assert unpacked(bill["newWay"]) == [40, 10, 80, 20]
    assert unpacked(bill["queue"], "<u2") == [50, 0, 125, 275]
    assert unpacked(bill["places"]) == [0, 255, 51, 102, 153, 204]
    assert unpacked(bill["ties"], "<u2") == [0, 2]
    assert unpacked(bill["shape"]) == [0, 1, 2]  # under 35, to 64, over
    assert unpacked(bill["wardOf"]) == [0, 1, 1]
    assert unpacked(bill["access"]) == [1, 0, 1]
    assert unpacked(bill["stage"]) == MADE_UP.stage.ravel().tolist()
    # Of Waste nothing is online in week 0; in week 1 most are ready. Revenues: knowledge, then the
    # 20 % who are left, of whom as many lack desire.
    assert unpacked(bill["heldUp"]) == [2, NO_SERVICE, 1, 4]
    assert (bill["everyone"], bill["posts"], bill["comfortable"]) == (400, 50, 1.5)
    assert bill["dates"] == ["6 January 2025", "13 January 2025"]
    assert [(one["name"], one["opened"]) for one in bill["services"]] == [
        ("Tax", -1), ("Bins", 1), ("Permits", None),
    ]  # fmt: skip
    left = MADE_UP.stages.copy()
    left[1, 0] = [0.0, 0.1, 0.04, 0.0, 0.0, 0.86]  # fewer than are worth naming
    assert unpacked(play_bill(replace(MADE_UP, stages=left))["heldUp"]) == [2, NO_SERVICE, FEW, 4]
