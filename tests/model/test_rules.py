"""Every equation by hand-worked values: what the oracle, which calls the same rules, cannot see.

A table holds rows of (value, arguments); its first row names all arguments, the others those that
differ from the first. Values are worked from the equation in a rule's docstring, never by calling
it. With HALF = ln 2 exponentials come out by hand: exp(−HALF) = ½, exp(−2 · HALF) = ¼.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from importlib import import_module
from math import exp, log
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numba
import pytest

from takeup import model
from takeup.model.week import rules
from takeup.model.week.staff import blocked_by_knowledge

HALF = 0.6931471805599453
HALF_ROOT = 0.7071067811865476  # exp(−HALF / 2), the root of ½
NEVER = -1e9  # utility of a channel that is not there

Row = tuple[float, dict[str, Any]]
Table = tuple[Row, ...]


def row(value: float, **arguments: Any) -> Row:
    return value, arguments


RULES: dict[str, Table] = {
    "fixed": (
        row(32_768, level=0.5),
        row(65_536, level=1.0),
        row(0, level=0.0),
        row(1, level=0.00001),  # 0.66 of a unit is rounded up
        row(0, level=0.000007),  # 0.46 of one is not
    ),
    "saturated": (
        row(0.5, dose=HALF),
        row(0.75, dose=2 * HALF),
        row(0.0, dose=0.0),
    ),
    # ------------------------------------------------------------ citizens: what they bring
    "decayed": (
        row(0.4, level=0.8, rate=HALF, weeks=1.0),  # 0.8 · ½
        row(0.2, level=0.4),
        row(0.2, rate=2 * HALF),
        row(0.1, weeks=3.0),
        row(0.8, weeks=0.0),
        row(0.8, rate=0.0),
    ),
    "kept": (
        row(0.5, rate=HALF, weeks=1.0),
        row(0.25, weeks=2.0),
        row(0.25, rate=2 * HALF),
        row(1.0, weeks=0.0),
    ),
    "drifted": (
        row(0.6, level=0.8, mean=0.5, kept=1 / 3),  # 0.5 + 0.3 / 3
        row(0.5, level=0.5),
        row(0.4, mean=0.2),
        row(0.65, kept=0.5),
        row(0.8, kept=1.0),
    ),
    "reverted": (
        row(0.7, level=0.9, mean=0.5, rate=HALF, weeks=1.0),  # 0.5 + 0.4 · ½
        row(0.3, level=0.1),  # from below too
        row(0.8, mean=0.7),
        row(0.6, rate=2 * HALF),
        row(0.55, weeks=3.0),
        row(0.9, weeks=0.0),
        row(0.9, rate=0.0),
    ),
    "chance_of_exposure": (
        row(0.5, exposure=HALF),
        row(0.75, exposure=2 * HALF),
        row(0.0, exposure=0.0),
    ),
    "chance_aware": (
        row(0.8, remembered=0.2, found=0.5, untold=0.5),  # 1 − 0.8 · 0.5 · ½
        row(0.9, remembered=0.6),  # 1 − 0.4 · 0.5 · ½
        row(0.9, found=0.75),  # 1 − 0.8 · 0.25 · ½
        row(0.6, untold=1.0),  # 1 − 0.8 · 0.5
        row(1.0, untold=0.0),
        row(1.0, remembered=1.0),
        row(1.0, found=1.0),
        row(0.0, remembered=0.0, found=0.0, untold=1.0),
    ),
    "untold": (
        row(0.5, users=2.0, talk=HALF / 2),
        row(0.25, users=4.0),
        row(0.0625, users=8.0),  # a crowd tells little more
        row(0.25, talk=HALF),
        row(1.0, users=0.0),
        row(1.0, talk=0.0),
    ),
    "chance_found": (
        row(0.2, skill=0.5, user=False, search=0.4, portal=0.7),  # 0.4 · 0.5
        row(0.4, skill=1.0),
        row(0.1, search=0.2),
        row(0.7, user=True),
        row(0.6, user=True, portal=0.6),
        row(0.2, user=True, portal=0.1),  # a user finds it no worse than others
        row(0.0, skill=0.0),
    ),
    "habit_at_rest": (
        # m = 0.3 / 0.4 = ¾; ¾ · ¼ / (1 − ¾ · ¾) = 3/16 · 16/7
        row(3 / 7, need_rate=0.3, learning=0.25, forgetting=0.1),
        row(0.2, need_rate=0.1),  # m = ½: 1/8 · 8/5
        row(0.6, learning=0.5),  # 3/8 · 8/5
        row(0.2, forgetting=0.3),  # m = ½
        row(0.75, learning=1.0),  # m
        row(1.0, forgetting=0.0),
        row(0.0, need_rate=0.0),
    ),
    "expectation_heard": (
        row(0.55, expectation=0.4, told=0.8, users=3.0, weight=0.5),  # 0.4 + ½ · ¾ · 0.4
        row(0.675, expectation=0.6),  # 0.6 + ⅜ · 0.2
        row(0.325, told=0.2),  # 0.4 − ⅜ · 0.2
        row(0.5, users=1.0),  # 0.4 + ½ · ½ · 0.4
        row(0.58, users=9.0),  # 0.4 + ½ · 0.9 · 0.4
        row(0.4, users=0.0),
        row(0.7, weight=1.0),
        row(0.4, weight=0.0),
    ),
    "experience_shown": (
        row(0.8, success=0.6),
        row(0.5, success=0.0),
        row(1.0, success=1.0),
    ),
    "expectation_shown": (
        row(0.6, expectation=0.4, shown=0.8, publicity=0.5),
        row(0.7, expectation=0.6),
        row(0.5, shown=0.6),
        row(0.5, publicity=0.25),
        row(0.8, publicity=1.0),
        row(0.4, publicity=0.0),
        row(0.4, shown=0.2),  # news of a success lowers nobody
    ),
    "trust_felt": (
        row(0.6, trust=0.8, alarm=0.25),
        row(0.3, trust=0.4),
        row(0.4, alarm=0.5),
        row(0.8, alarm=0.0),
        row(0.0, alarm=1.0),
    ),
    # ------------------------------------------------------------ what happens anyway
    "drift_by": (
        row(0.15, drift=0.3, fading=HALF, years=1.0),
        row(0.2, drift=0.4),
        row(0.3, fading=0.0),
        row(0.075, years=2.0),
        row(-0.15, drift=-0.3),
    ),
    "preferred": (
        row(1.25, constant=1.0, moved=0.5),  # half of a way up
        row(2.25, constant=2.0),
        row(0.5, moved=-0.5),  # all of a way down
        row(1.0, moved=0.0),
    ),
    "reach_by_now": (
        row(0.6, reach=0.2, moved=HALF),  # 1 − 0.8 · ½
        row(0.5, reach=0.0),
        row(0.8, moved=2 * HALF),
        row(0.2, moved=0.0),
        row(0.0, moved=-HALF),  # there is none to take away
    ),
    # ------------------------------------------------------------ citizens: choice
    "chance_online": (
        row(0.5, online=HALF, phone=0.0, counter=0.0),  # 2 / (2 + 1 + 1)
        row(1 / 3, online=0.0),
        row(0.4, phone=HALF),  # 2 / (2 + 2 + 1)
        row(2 / 3, counter=-1e9),
        row(0.0, online=-1e9),
    ),
    "utility_online": (
        # −1 + 2 · 0.2 + 0.8 · 0.25 + 0.5 · 0.4 + 2 · 0.6 + 1 · (−0.2) + 0.5 + 0.3 + 0.7
        row(
            2.3, constant=-1.0, expectation=0.7, expectation_weight=2.0, share=0.25,
            influence_weight=0.8, trust=0.9, trust_weight=0.5, habit=0.6, habit_weight=2.0,
            innovativeness=0.3, innovativeness_weight=1.0, message=1.0, message_weight=0.5,
            steering=0.3, assistance=0.7,
        ),
        row(3.3, constant=0.0),
        row(1.3, expectation=0.2),  # −0.6 instead of 0.4
        row(2.1, expectation_weight=1.0),  # 0.2
        row(2.5, share=0.5),  # 0.4 instead of 0.2
        row(2.5, influence_weight=1.6),
        row(1.9, trust=0.1),  # −0.2 instead of 0.2
        row(2.5, trust_weight=1.0),  # 0.4
        row(1.3, habit=0.1),  # 0.2 instead of 1.2
        row(1.7, habit_weight=1.0),  # 0.6
        row(2.8, innovativeness=0.8),  # 0.3 instead of −0.2
        row(2.1, innovativeness_weight=2.0),  # −0.4
        row(1.8, message=0.0),
        row(3.3, message_weight=1.5),
        row(2.0, steering=0.0),
        row(1.6, assistance=0.0),
        row(
            -1.0, expectation=0.5, share=0.0, trust=0.5, habit=0.0, innovativeness=0.5, message=0.0,
            steering=0.0, assistance=0.0,
        ),
    ),
    "utility_offline": (
        # −0.7 + 2 · ½ + 2 · 0.4 − 0.8 · 0.5
        row(
            0.7, constant=-0.7, age=1.0, age_weight=2.0, offline_habit=0.4, habit_weight=2.0,
            wait=0.5, wait_weight=0.8,
        ),
        row(1.4, constant=0.0),
        row(-1.3, age=0.0),  # −1 instead of 1: the young prefer it less
        row(-0.3, age=0.5),
        row(0.2, age_weight=1.0),
        row(1.7, offline_habit=0.9),
        row(0.3, habit_weight=1.0),
        row(0.3, wait=1.0),  # 0.8 off instead of 0.4
        row(1.1, wait=0.0),
        row(0.3, wait_weight=1.6),
    ),
    "channel": (
        # Weights 2, 1 and 1: online below ½, phone below ¾, then the counter.
        row(0, uniform=0.49, online=log(2.0), phone=0.0, counter=0.0),
        row(1, uniform=0.51),
        row(1, uniform=0.74),
        row(2, uniform=0.76),
        row(0, uniform=0.001),
        row(2, uniform=0.999),
        row(1, online=0.0),  # thirds
        row(1, uniform=0.76, phone=log(6.0)),  # 2, 6 and 1: phone from 0.22 to 0.89
        row(2, uniform=0.51, counter=log(5.0)),  # 2, 1 and 5: the counter from 0.375
        row(1, uniform=0.001, online=NEVER),
        row(2, uniform=0.51, online=NEVER),
        row(1, uniform=0.999, counter=NEVER),
        row(1, uniform=0.5, online=1000.0, phone=1000.0, counter=1000.0),  # no overflow
        row(0, uniform=0.3, online=-1000.0, phone=-1000.0, counter=-1000.0),
    ),
    # ------------------------------------------------------------ citizens: the attempt
    "made_up": (
        row(0.55, chance=0.4, reach=0.25),  # 0.4 + ¼ · 0.6
        row(0.7, chance=0.6),
        row(0.7, reach=0.5),
        row(0.4, reach=0.0),
        row(1.0, reach=1.0),
        row(0.25, chance=0.0),
    ),
    "ease": (
        row(0.64, usability=0.8, complexity=0.5, skill=0.6),  # 0.8 · (1 − 0.5 · 0.4)
        row(0.32, usability=0.4),
        row(0.48, complexity=1.0),
        row(0.48, skill=0.2),
        row(0.8, complexity=0.0),
        row(0.8, skill=1.0),
        row(0.4, skill=0.0),
    ),
    "chance_completed": (
        row(0.585, ease=0.5, retry=0.6, availability=0.9),  # (0.5 + 0.5 · 0.6 · 0.5) · 0.9
        row(0.8064, ease=0.8),  # (0.8 + 0.2 · 0.6 · 0.8) · 0.9
        row(0.675, retry=1.0),
        row(0.45, retry=0.0),
        row(0.65, availability=1.0),
        row(0.0, availability=0.0),
        row(0.9, ease=1.0),
        row(0.0, ease=0.0),
    ),
    "experience_online": (
        # (1 − 0.5 · 0.4) · 9 / 12
        row(0.6, ease=0.6, effort_weight=0.5, delay=3.0, patience=9.0),
        row(0.45, ease=0.2),
        row(0.75, ease=1.0),
        row(0.675, effort_weight=0.25),
        row(0.8, delay=0.0),
        row(0.4, delay=9.0),  # a delay as long as the patience halves it
        row(0.4, patience=3.0),
    ),
    "experience_offline": (
        # (0.8 − 0.4 · 0.5) · 9 / 12
        row(0.45, base=0.8, wait=0.5, wait_cost=0.4, delay=3.0, patience=9.0),
        row(0.525, base=0.9),
        row(0.3, wait=1.0),
        row(0.6, wait=0.0),
        row(0.3, wait_cost=0.8),
        row(0.6, delay=0.0),
        row(0.3, delay=9.0),
        row(0.3, patience=3.0),
    ),
    "chance_told_by_staff": (
        row(0.4, adopters=0.5, steering=0.4, referral=0.25),  # 1 − 0.8 · 0.75
        row(0.55, adopters=1.0),  # 1 − 0.6 · 0.75
        row(0.25, adopters=0.0),
        row(0.55, steering=0.8),
        row(0.25, steering=0.0),
        row(0.6, referral=0.5),
        row(0.2, referral=0.0),
        row(1.0, referral=1.0),
    ),
    "chance_taking_part": (
        row(0.6, invited=0.2, feedback=0.5),  # 1 − 0.8 · 0.5
        row(0.7, invited=0.4),
        row(0.5, invited=0.0),
        row(1.0, invited=1.0),
        row(0.2, feedback=0.0),
        row(0.4, feedback=0.25),
    ),
    # ------------------------------------------------------------ citizens: what they learn
    "learned": (
        row(0.6, level=0.5, experience=0.9, rate=0.25, negativity=2.0),  # 0.5 + ¼ · 0.4
        row(0.3, level=0.1),
        row(0.55, experience=0.7),
        row(0.7, rate=0.5),
        row(0.9, rate=1.0),
        row(0.6, negativity=3.0),  # good news weighs what it weighs
        row(0.5, experience=0.5),
        row(0.3, experience=0.1),  # bad news twice: 0.5 − ½ · 0.4
        row(0.4, experience=0.1, negativity=1.0),
        row(0.2, experience=0.1, negativity=3.0),
        row(0.1, experience=0.1, negativity=8.0),  # never beyond what was experienced
    ),
    "trust_updated": (
        row(0.7, trust=0.6, surprise=0.2, rate=0.5, negativity=2.0),  # 0.6 + ½ · 0.2
        row(0.5, trust=0.4),
        row(0.8, surprise=0.4),
        row(0.65, rate=0.25),
        row(0.7, negativity=4.0),
        row(0.6, surprise=0.0),
        row(0.4, surprise=-0.2),  # 0.6 − 2 · ½ · 0.2
        row(0.5, surprise=-0.2, negativity=1.0),
        row(1.0, surprise=0.9),
        row(0.0, surprise=-0.8),
    ),
    "moved": (
        row(0.35, level=0.2, target=0.8, rate=0.25),
        row(0.5, level=0.4),
        row(0.25, target=0.4),
        row(0.15, target=0.0),
        row(0.8, rate=1.0),
        row(0.2, rate=0.0),
    ),
    # ------------------------------------------------------------ services
    "usability_at_launch": (
        # People close 0.6 · ½, the standard 0.4 · ½: 0.5 + (1 − 0.7 · 0.8) · 0.4
        row(
            0.676, usability=0.5, best=0.9, codesign_gain=0.6, people=20.0,
            codesign_people=20.0 / HALF, standard_gain=0.4, standard=HALF,
        ),
        row(0.788, usability=0.7),  # 0.7 + 0.44 · 0.2
        row(0.95, usability=0.95),  # what is better than the best stays
        row(0.72, best=1.0),
        row(0.74, codesign_gain=1.0),  # 1 − 0.5 · 0.8 = 0.6
        row(0.58, codesign_gain=0.0),  # 0.2 alone
        row(0.724, people=40.0),  # 0.6 · ¾: 1 − 0.55 · 0.8 = 0.56
        row(0.58, people=0.0),
        row(0.724, codesign_people=10.0 / HALF),
        row(0.732, standard_gain=0.8),  # 1 − 0.7 · 0.6 = 0.58
        row(0.62, standard_gain=0.0),  # 0.3 alone
        row(0.704, standard=2 * HALF),  # 0.4 · ¾: 1 − 0.7 · 0.7 = 0.51
        row(0.62, standard=0.0),
    ),
    "usability_designed": (
        row(0.6, usability=0.5, best=0.9, effort=0.25),
        row(0.75, usability=0.7),
        row(0.95, usability=0.95),
        row(0.55, best=0.7),
        row(0.7, effort=0.5),
        row(0.9, effort=3.0),
        row(0.5, effort=0.0),
    ),
    # ------------------------------------------------------------ what a council builds up
    "alarm_updated": (
        # It fades to 0.4 · exp(−HALF) = 0.2; 1 − 0.8 · 0.75
        row(0.4, alarm=0.4, lost=0.25, fading=HALF / 2, calming=1.0),
        row(0.55, alarm=0.8),  # 1 − 0.6 · 0.75
        row(0.25, alarm=0.0),
        row(0.6, lost=0.5),
        row(0.2, lost=0.0),
        row(1.0, lost=1.0),
        row(0.325, fading=HALF),  # 0.1 is left: 1 − 0.9 · 0.75
        row(0.55, fading=0.0),  # 1 − 0.6 · 0.75
        row(0.325, calming=3.0),
        row(0.4 * HALF_ROOT, calming=0.0, lost=0.0),
    ),
    "insight_updated": (
        row(0.4, insight=0.8, audit=0.0, ageing=HALF),
        row(0.2, insight=0.4),
        row(0.2, ageing=2 * HALF),
        row(0.8, ageing=0.0),
        row(0.6, audit=0.6),
        row(0.4, audit=0.3),  # a poorer audit tells nothing new
    ),
    "focus": (
        row(0.5, load=4.0, capacity=2.0),
        row(0.25, load=8.0),
        row(0.75, capacity=3.0),
        row(1.0, load=2.0),
        row(1.0, load=1.0),
        row(1.0, load=0.0),
    ),
    "overload": (
        row(1.0, load=4.0, capacity=2.0),
        row(0.5, load=3.0),
        row(3.0, capacity=1.0),
        row(0.0, load=2.0),
        row(0.0, load=1.0),
    ),
    "sponsorship_updated": (
        # S' = 0.8 · 0.75 = 0.6, and the dose asks for ½ · ½: 0.6 + 0.2 · (0.25 − 0.6)
        row(0.53, sponsorship=0.8, dose=HALF, vacancy=0.5, turnover=0.25, rate=0.2),
        row(0.29, sponsorship=0.4),  # 0.3 − 0.2 · 0.05
        row(0.555, dose=2 * HALF),  # 0.6 − 0.2 · 0.225
        row(0.48, dose=0.0),
        row(0.58, vacancy=0.0),
        row(0.48, vacancy=1.0),
        row(0.69, turnover=0.0),  # 0.8 − 0.2 · 0.55
        row(0.05, turnover=1.0),  # 0.2 · 0.25
        row(0.46, rate=0.4),
        row(0.6, rate=0.0),
    ),
    # ------------------------------------------------------------ departments
    "throughput": (
        row(300.0, work=600.0, capacity=400.0, saturation=0.5),  # 600 · 400 / (600 + 200)
        row(1000.0 / 3, work=1000.0),  # 400,000 / 1,200
        row(100.0, work=100.0),  # 133 would be more than there is
        row(480.0, capacity=800.0),  # 480,000 / 1,000
        row(400.0, saturation=0.0),
        row(240.0, saturation=1.0),
        row(0.0, work=0.0),
        row(0.0, work=-5.0),
        row(0.0, capacity=0.0),
    ),
    "delay_at_rest": (
        row(1.5, saturation=0.5, utilisation=0.8),  # 0.5 / 0.2 − 1
        row(0.25, saturation=0.25),
        row(0.0, saturation=0.1),
        row(4.0, utilisation=0.9),
        row(0.0, utilisation=0.0),
        row(499_999.0, utilisation=1.0),
        row(499_999.0, utilisation=1.5),
    ),
    "part_worked": (
        row(0.75, budget=30.0, due=40.0),
        row(0.5, budget=20.0),
        row(0.5, due=60.0),
        row(1.0, budget=50.0),
        row(0.0, budget=0.0),
        row(0.0, budget=-3.0),
    ),
    "overtime": (
        row(1.1, pressure=0.5, limit=0.2),
        row(1.05, pressure=0.25),
        row(1.2, limit=0.4),
        row(1.2, pressure=1.0),
        row(1.2, pressure=5.0),
        row(1.0, pressure=0.0),
        row(1.0, pressure=-1.0),
        row(1.0, limit=0.0),
    ),
    "handled_share": (
        # 400 / (0.8 · 1,000) = 0.5 is needed: 0.9 − ¼ · 0.4
        row(0.8, handles=0.9, inflow=400.0, gross=1000.0, target=0.8, speed=0.25),
        row(0.2, handles=0.1),
        row(0.7375, inflow=200.0),  # 0.9 − ¼ · 0.65
        row(0.925, inflow=2000.0),  # all of it and no more
        row(0.7375, gross=2000.0),
        row(0.925, target=0.4),
        row(0.5, speed=1.0),
        row(0.9, speed=0.0),
        row(0.8, inflow=0.5, gross=0.0),
    ),
    "load_stress": (
        row(0.25, backlog=2.0, comfortable=1.0, overwhelming=5.0),
        row(0.5, backlog=3.0),
        row(0.4, comfortable=0.0),
        row(0.5, overwhelming=3.0),
        row(0.0, backlog=1.0),
        row(0.0, backlog=0.5),
        row(1.0, backlog=5.0),
        row(1.0, backlog=9.0),
    ),
    "phone_wait": (
        row(0.0625, backlog=2.0, comfortable=1.0, overwhelming=5.0),  # ¼ squared
        row(0.25, backlog=3.0),
        row(0.16, comfortable=0.0),
        row(0.25, overwhelming=3.0),
        row(0.0, backlog=0.5),
        row(1.0, backlog=9.0),
    ),
    "disruption": (
        row(0.5, weeks=4.0, constant=4.0 / HALF),
        row(0.25, weeks=8.0),
        row(1.0, weeks=0.0),
        row(0.25, constant=2.0 / HALF),
        row(HALF_ROOT, constant=8.0 / HALF),
        row(0.015625, weeks=24.0),  # 1/64
        row(0.0, weeks=28.0),  # 1/128 is below 1 %
    ),
    "productivity": (
        row(0.92, ability=0.6, dip=0.5, disruption=0.4),  # 1 − 0.2 · 0.4
        row(0.82, ability=0.1),
        row(1.0, ability=1.0),
        row(0.84, dip=1.0),
        row(0.8, disruption=1.0),
        row(1.0, disruption=0.0),
    ),
    # ------------------------------------------------------------ staff (ADKAR)
    "exposure_sponsored": (
        row(0.4, exposure=0.2, sponsorship=0.5, amplification=2.0),
        row(0.8, exposure=0.4),
        row(0.6, sponsorship=1.0),
        row(0.3, amplification=1.0),
        row(0.2, sponsorship=0.0),
        row(0.0, exposure=0.0),
    ),
    "recognised": (
        # 0.04 · 0.5 + 0.1 · 0.6 + 0.15 · 2
        row(
            0.38, managers=0.5, recognition=0.04, sponsorship=0.6, sponsorship_recognition=0.1,
            reviews=2.0, review_recognition=0.15,
        ),
        row(0.4, managers=1.0),
        row(0.36, managers=0.0),
        row(0.4, recognition=0.08),
        row(0.32, sponsorship=0.0),
        row(0.44, sponsorship_recognition=0.2),
        row(0.08, reviews=0.0),
        row(0.68, review_recognition=0.3),
    ),
    "awareness_updated": (
        # Exposure and talk come to HALF: 0.4 + 0.6 · ½ − 0.04
        row(
            0.66, awareness=0.4, exposure=HALF / 2, peers=0.25, talk=2 * HALF, forgetting=0.1,
        ),
        row(0.82, awareness=0.8),  # 0.8 + 0.2 · ½ − 0.08
        row(0.81, exposure=1.5 * HALF),  # 0.4 + 0.6 · ¾ − 0.04
        row(0.81, peers=0.75),
        row(0.81, talk=6 * HALF),
        row(0.6, forgetting=0.25),
        row(0.7, forgetting=0.0),
        row(0.36, exposure=0.0, peers=0.0),
    ),
    "openness": (
        row(0.6, resistance=0.25, unasked=0.8),
        row(0.4, resistance=0.5),
        row(0.0, resistance=1.0),
        row(0.8, resistance=0.0),
        row(0.3, unasked=0.4),
    ),
    "fatigue_updated": (
        row(0.42, fatigue=0.4, strain=0.5, rate=0.2, recovery=0.1),  # 0.4 + 0.6 · 0.1 − 0.04
        row(0.74, fatigue=0.8),
        row(0.1, fatigue=0.0),
        row(0.48, strain=1.0),
        row(0.36, strain=0.0),
        row(0.96, strain=10.0),  # all that is left to tire, once
        row(0.48, rate=0.4),
        row(0.34, recovery=0.3),
        row(0.46, recovery=0.0),
    ),
    "desire_target": (
        # 0.3 + 0.2 · 0.5 + 0.5 · 0.4 + 0.1 · 0.5 − 0.3 · 0.5 − 0.4 · 0.25 + 0.25 · 0.6
        row(
            0.55, openness=0.3, peers=0.5, peer_weight=0.2, champions=0.4, champion_weight=0.5,
            wins=0.5, win_weight=0.1, stress=0.5, stress_weight=0.3, fatigue=0.25,
            fatigue_weight=0.4, sponsorship=0.6, sponsorship_weight=0.25,
        ),
        row(0.35, openness=0.1),
        row(0.65, peers=1.0),
        row(0.65, peer_weight=0.4),
        row(0.75, champions=0.8),
        row(0.45, champion_weight=0.25),
        row(0.6, wins=1.0),
        row(0.65, win_weight=0.3),
        row(0.4, stress=1.0),
        row(0.65, stress_weight=0.1),
        row(0.35, fatigue=0.75),
        row(0.45, fatigue_weight=0.8),
        row(0.4, sponsorship=0.0),
        row(0.7, sponsorship_weight=0.5),
        row(1.0, openness=1.0),  # 1.25 is cut
        row(0.0, openness=0.0, champions=0.0, sponsorship=0.0, stress=1.0),  # so is −0.25
    ),
    "practised": (
        row(0.4, ability=0.3, knowledge=0.7, rate=0.25),
        row(0.55, ability=0.5),
        row(0.35, knowledge=0.5),
        row(0.3, knowledge=0.2),  # nobody unlearns by practice
        row(0.7, rate=1.0),
        row(0.3, rate=0.0),
    ),
    "broken_in": (
        # 0.5 · 0.5 · (¼ + 0.55) = 0.2; 0.4 + 0.2 · 0.6
        row(0.52, ability=0.4, knowledge=0.55, rate=0.5, disruption=0.5),
        row(0.84, ability=0.8),
        row(0.46, knowledge=0.15),
        row(0.4375, knowledge=0.0),  # the quarter: 0.0625 · 0.6
        row(0.64, rate=1.0),
        row(1.0, rate=10.0),
        row(0.64, disruption=1.0),
        row(0.4, disruption=0.0),
    ),
    "reinforcement_updated": (
        row(0.66, level=0.4, recognition=0.5, fading=0.1),  # 0.4 + 0.6 · 0.5 − 0.04
        row(0.82, level=0.8),
        row(0.51, recognition=0.25),
        row(0.96, recognition=3.0),
        row(0.36, recognition=0.0),
        row(0.6, fading=0.25),
        row(0.7, fading=0.0),
    ),
    "readiness_product": (
        row(0.08, awareness=0.5, desire=0.8, knowledge=0.4, ability=0.5),
        row(0.16, awareness=1.0),
        row(0.04, desire=0.4),
        row(0.16, knowledge=0.8),
        row(0.16, ability=1.0),
        row(0.0, desire=0.0),
    ),
    "readiness_ces": (
        # Harmonic mean of 1, ½, ½ and ¼: 4 / 9; (4/9 − 1/5) / (4/5)
        row(
            11 / 36, awareness=1.0, desire=0.5, knowledge=0.5, ability=0.25, strictness=1.0,
            blocking=0.2,
        ),
        row(0.25, awareness=0.5),  # 4 / 10
        row(0.375, desire=1.0),  # 4 / 8
        row(0.375, knowledge=1.0),
        row(13 / 28, ability=0.5),  # 4 / 7
        row(0.25, strictness=2.0),  # mean square of the inverses 25 / 4: M = 0.4
        row(4 / 9, blocking=0.0),
        row(31 / 81, blocking=0.1),  # (4/9 − 1/10) / (9/10)
        row(0.0, blocking=0.5),
        row(0.2534898699, blocking=0.0, strictness=100.0),  # ¼ · 4^(1/100): nearly the least
        row(0.5, awareness=0.6, desire=0.6, knowledge=0.6, ability=0.6),
        row(1.0, awareness=1.0, desire=1.0, knowledge=1.0, ability=1.0),
        row(0.0, ability=0.04),  # at most 0.16, below what blocks
        row(0.0, desire=0.0, blocking=0.0),
    ),
    "chance_adopting": (
        # base + slope · readiness = HALF
        row(0.5, readiness=0.25, base=HALF / 2, slope=2 * HALF),
        row(0.75, readiness=0.75),
        row(1.0 - HALF_ROOT, readiness=0.0),
        row(0.75, base=1.5 * HALF),
        row(0.75, slope=6 * HALF),
        row(0.0, readiness=0.0, base=0.0),
    ),
    "support_at_rest": (
        # ln(staying / (open − going)): of 80 who have not adopted, half are brought to it
        row(HALF, staying=80.0, open=80.0, going=40.0),
        row(HALF / 2, open=40.0 + 80.0 * HALF_ROOT),
        row(HALF / 2, going=80.0 - 80.0 * HALF_ROOT),
        row(0.0, going=0.0),
        row(0.0, staying=30.0),  # more adopt by themselves than go
        row(1.0, going=80.0),  # not even all would do
        row(1.0, going=79.0),  # at most 1
        row(0.0, staying=0.0),
    ),
    "learned_on_the_job": (
        row(0.45, knowledge=0.3, level=0.7, rate=0.375),  # 0.3 + 3/8 · 0.4
        row(0.3, rate=0.0),
        row(0.8, knowledge=0.8),  # who knows more unlearns nothing
        row(0.6, level=1.1),
    ),
    "chance_relapsing": (
        row(0.5, reinforcement=0.5, stress=0.2, rate=4 * HALF),  # 4 · ½ · ½ halvings
        row(0.75, reinforcement=0.0),
        row(0.0, reinforcement=1.0),
        row(0.75, stress=0.7),
        row(0.5, stress=0.0, rate=HALF / 0.15),  # 0.3 is left without stress
        row(0.75, rate=8 * HALF),
        row(0.0, rate=0.0),
    ),
    "chance_leaving": (
        row(0.5, yearly=26 * HALF, stress=1 / 3, stress_factor=3.0),  # 26 · 2 / 52 halvings
        row(0.75, yearly=52 * HALF),
        row(0.75, stress=1.0),
        row(1.0 - HALF_ROOT, stress=0.0),
        row(0.75, stress_factor=9.0),
        row(1.0 - HALF_ROOT, stress_factor=0.0),
        row(0.0, yearly=0.0),
    ),
    "barrier": (
        row(
            5, awareness=0.6, desire=0.6, knowledge=0.6, ability=0.6, reinforcement=0.6,
            threshold=0.5,
        ),
        row(0, awareness=0.4),
        row(1, desire=0.4),
        row(2, knowledge=0.4),
        row(3, ability=0.4),
        row(4, reinforcement=0.4),
        row(0, threshold=0.7),
        row(5, threshold=0.6),  # a level at the threshold is not weak
        row(1, desire=0.4, ability=0.1, reinforcement=0.0),  # the first, not the weakest
    ),
}  # fmt: skip
"""Rules of `takeup.model.week.rules`, in its order."""

OTHERS: dict[str, Table] = {
    "draws.uniform": (
        row(0.5, word=2**31),
        row(0.25, word=2**30),
        row(1.1641532182693481e-10, word=0),  # half of 1 / 2³²
        row(1.0 - 1.1641532182693481e-10, word=2**32 - 1),
    ),
    "draws.normal": (
        row(1.0, first=exp(-0.5), second=0.0),  # √1 · cos 0
        row(2.0, first=exp(-2.0)),
        row(-1.0, second=0.5),
        row(0.0, second=0.25),
    ),
    "draws.whole": (
        row(2, expected=2.3, uniform=0.69),
        row(3, uniform=0.71),
        row(3, expected=3.3),
        row(0, expected=0.0, uniform=0.999),
    ),
    "departments.case_minutes": (
        # ¼ · 10 + ¾ · 30
        row(25.0, channel=0, digital=10.0, rekeying=30.0, phone=20.0, counter=40.0, adopters=0.25),
        row(27.5, digital=20.0),
        row(40.0, rekeying=50.0),
        row(20.0, adopters=0.5),
        row(10.0, adopters=1.0),
        row(30.0, adopters=0.0),
        row(20.0, channel=1),
        row(35.0, channel=1, phone=35.0),
        row(40.0, channel=2),
        row(45.0, channel=2, counter=45.0),
    ),
    "departments.success_at_rest": (
        row(0.5, felt=3 * 65_536, visits=4),  # 2 · ¾ − 1
        row(0.0, felt=65_536),  # ¼ is less than one half
        row(0.0, visits=6),
        row(1.0, visits=3),
    ),
    "departments.success_seen": (
        # A mean of ¾ is a success of ½: 0.2 + ¼ · 0.3
        row(0.275, success=0.2, felt=3 * 65_536, visits=4),
        row(0.575, success=0.6),
        row(0.4, felt=4 * 65_536),
        row(0.15, visits=6),  # a mean of ½ is none
        row(0.15, felt=65_536),
    ),
    "staff.spread": (
        row(0.6, mean=0.5, width=0.4, uniform=0.75),
        row(0.4, mean=0.3),
        row(0.7, width=0.8),
        row(0.4, uniform=0.25),
        row(1.0, mean=0.95),  # 1.05 is cut
        row(0.0, mean=0.05, uniform=0.25),
    ),
    "weighing.could_do_with_help": (
        row(0, reaches=True, skill=0.5, assisted_below=0.4),
        row(1, reaches=False),
        row(1, skill=0.3),
        row(1, assisted_below=0.6),
        row(0, skill=0.4),
    ),
    "weighing.age_of": (
        row(0.0, profile=0),
        row(0.0, profile=11),  # twelve profiles of every age band
        row(1 / 6, profile=12),
        row(0.5, profile=40),
        row(1.0, profile=83),
    ),
    "weighing.has_access": (
        row(0, profile=0),
        row(0, profile=1),
        row(1, profile=2),
        row(1, profile=3),
        row(0, profile=4),
        row(0, profile=81),
        row(1, profile=83),
    ),
    "attempts.story": (
        row(128, expectation=0.5),
        row(1, expectation=0.0),
        row(255, expectation=1.0),
        row(2, expectation=0.0021),  # 0.53 of a step is rounded up
        row(1, expectation=0.0019),  # 0.48 is not
    ),
}
"""Rules of other modules of the model."""

ELSEWHERE = {
    "draws.philox": "published vectors: test_draws.py",
    "staff._barrier": "rules.barrier of a record",
    "staff.blocked_by_knowledge": "below, since it takes a record",
    "ties.added": "sets of ties, no equation: test_network.py",
    "ties.empty_set": "likewise",
}
"""Rules without a table, and what holds them."""

TABLES = {**{f"rules.{name}": table for name, table in RULES.items()}, **OTHERS}


def rule_named(name: str) -> Callable[..., Any]:
    module, function = name.split(".")
    found: Callable[..., Any] = getattr(import_module(f"takeup.model.week.{module}"), function)
    return found


def full(table: Table) -> list[Row]:
    """Return a table's rows with all their arguments."""
    usual = table[0][1]
    assert len(table) > 1
    return [(value, {**usual, **changes}) for value, changes in table]


def marked() -> list[str]:
    """Return every function of the model that is marked as a rule, from the sources."""
    return [
        f"{path.stem}.{node.name}"
        for path in sorted(Path(str(model.__file__)).parent.rglob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and any(getattr(decorator, "id", "") == "rule" for decorator in node.decorator_list)
    ]


def test_every_rule_has_a_table() -> None:
    assert len(marked()) > 60
    assert sorted(marked()) == sorted([*TABLES, *ELSEWHERE])


@pytest.mark.parametrize("name", TABLES)
def test_values_are_those_worked_by_hand(name: str) -> None:
    rule = rule_named(name)
    for value, arguments in full(TABLES[name]):
        assert rule(**arguments) == pytest.approx(value, rel=1e-9, abs=1e-12), arguments


@pytest.mark.parametrize("name", TABLES)
def test_a_table_shows_what_every_argument_does(name: str) -> None:
    rows = full(TABLES[name])
    names = list(inspect.signature(rule_named(name)).parameters)
    assert all(list(arguments) == names for _, arguments in rows)
    for argument in names:
        assert any(
            value != other and [key for key in names if one[key] != two[key]] == [argument]
            for value, one in rows
            for other, two in rows
        ), f"no two rows that differ in {argument} alone"


def test_three_tenths_pay_for_three_cases_of_a_tenth() -> None:
    assert rules.part_worked(0.3, 0.1 + 0.1 + 0.1) == 1.0
    assert rules.part_worked(0.2999, 0.1 + 0.1 + 0.1) < 1.0


@pytest.mark.parametrize(
    ("weak", "blocked"),
    [((), 0), (("knowledge",), 1), (("desire", "knowledge"), 0), (("knowledge", "ability"), 1)],
)
def test_knowledge_blocks_who_is_aware_and_willing(weak: tuple[str, ...], blocked: int) -> None:
    levels = ("awareness", "desire", "knowledge", "ability", "reinforcement")
    person = SimpleNamespace(**{level: 0.4 if level in weak else 0.6 for level in levels})
    assert blocked_by_knowledge(person, 0.5) == blocked


# Those with a branch, a cut or a power; `tests/oracle` holds the kernels to all of them.
COMPILED = (
    "barrier", "channel", "chance_found", "chance_online", "fixed", "learned", "part_worked",
    "preferred", "reach_by_now", "readiness_ces", "throughput", "usability_at_launch",
)  # fmt: skip


@pytest.mark.parametrize("name", COMPILED)
def test_compiled_it_gives_the_same_bits(name: str) -> None:
    rule = getattr(rules, name)
    compiled = numba.njit(error_model="numpy")(rule)
    for _, arguments in full(RULES[name]):
        assert compiled(*arguments.values()) == rule(**arguments), arguments
