"""Residents and staff as Mesa agents: views of rows in the model's arrays.

They are made when somebody asks for `model.agents` and hold nothing themselves, so setting an
attribute changes the simulation and the simulation changes the attribute. An agent that is removed
is gone for the simulation too: a resident has moved away and has no further needs, a post stays
vacant. Rows are never reused: their number is part of the address of random draws.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import mesa

from takeup.arguments import near, told, whole
from takeup.errors import InputError
from takeup.model import rules
from takeup.model.citizens import NEVER
from takeup.model.removal import move_away, vacate
from takeup.model.staff import MANAGER, tell_colleagues
from takeup.programme.segments import ACCESSES, AGES, INCOMES, ROLES, SUPPORTS

if TYPE_CHECKING:
    from takeup.model.model import TakeupModel
    from takeup.model.simulation import Simulation


ADKAR = ("awareness", "desire", "knowledge", "ability", "reinforcement")


class _Column:
    """A number in a row of a table of the state, as an attribute: a share, or a whole number.

    Args:
        table: name of the table in `State`.
        field: name of the field; left out, that of the attribute.
        kind: Python type to return.
    """

    def __init__(self, table: str, field: str = "", kind: type = float) -> None:
        self._table = table
        self._field = field
        self._kind = kind

    def __set_name__(self, owner: type, name: str) -> None:
        self._field = self._field or name

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        if agent is None:
            return self
        return self._kind(getattr(agent._simulation.state, self._table)[self._field][agent.row])

    def __set__(self, agent: Any, value: Any) -> None:
        if self._kind is int:
            value = whole(self._field, value, 0, 2**15 - 1)
        elif isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
            raise InputError(f"{self._field}: must be a number from 0 to 1, not {told(value)}")
        getattr(agent._simulation.state, self._table)[self._field][agent.row] = value


class _View(mesa.Agent):  # type: ignore[misc]
    """A row of the model's arrays."""

    def __init__(self, model: TakeupModel, row: int, number: int) -> None:
        super().__init__(model)
        self.row = row
        self.unique_id = number

    @property
    def _simulation(self) -> Simulation:
        simulation: Simulation = self.model.simulation
        return simulation


class Citizen(_View):
    """A resident: who they are, what they believe, and which services they use online.

    Levels are shares in [0, 1]. What fades between needs (trust's return to the mean, the gain in
    skill) is as of the last need, as in the KPIs.
    """

    trust = _Column("citizens")
    satisfaction = _Column("citizens")
    skill_gain = _Column("citizens", "gain")

    @property
    def _profile(self) -> int:
        return int(self._simulation.world.citizens["profile"][self.row])

    def _label(self, dimension: str, labels: tuple[str, ...]) -> str:
        codes = self._simulation.world.segments.profiles[dimension]
        return labels[int(codes[self._profile])]

    @property
    def age(self) -> str:
        """Age band, such as "65-74"."""
        return self._label("age", AGES)

    @property
    def income(self) -> str:
        """Household income: low, middle or high."""
        return self._label("income", INCOMES)

    @property
    def access(self) -> str:
        """Access to a device and a connection: with or without."""
        return self._label("access", ACCESSES)

    @property
    def support_need(self) -> str:
        """Need for support (disability, language): none or needs-support."""
        return self._label("support", SUPPORTS)

    @property
    def ward(self) -> str:
        """Name of the ward."""
        world = self._simulation.world
        return world.segments.wards[int(world.citizens["ward"][self.row])]

    @property
    def innovativeness(self) -> float:
        """Personal innovativeness."""
        return (float(self._simulation.world.citizens["innovativeness"][self.row]) + 0.5) / 65536.0

    @property
    def skill(self) -> float:
        """Digital skill, what was learned and not yet forgotten included."""
        simulation = self._simulation
        weeks = simulation.week + simulation.world.warm_up - 1 - int(self._last_need)
        forgetting = float(simulation.parameters["skill_forgetting"][0])
        gain = rules.decayed(self.skill_gain, forgetting, float(max(0, weeks)))
        return float(simulation.world.citizens["skill"][self.row]) + gain

    _last_need = _Column("citizens", "week", int)

    @property
    def online(self) -> bool:
        """Whether they transacted online in the last 52 weeks."""
        return self.last_online_week is not None

    @property
    def last_online_week(self) -> int | None:
        """Week of the run of the last online transaction, None if over a year ago."""
        week = int(self._simulation.state.citizens["online_week"][self.row])
        return None if week <= NEVER else week - self._simulation.world.warm_up

    @property
    def neighbours(self) -> list[Citizen]:
        """Residents with whom they talk."""
        world = self._simulation.world
        first, last = world.citizens["ties"][self.row], world.citizens["ties"][self.row + 1]
        return [self.model.citizen(int(row)) for row in world.ties[first:last]]

    def aware(self, service: str) -> bool:
        """Return whether they knew at their last need that a service (its id) is online."""
        return bool(self._use(service)["aware"])

    def expectation(self, service: str) -> float:
        """Return what they expect of a service's online channel."""
        return float(self._use(service)["expectation"])

    def habit(self, service: str) -> float:
        """Return their habit of the online channel of a service, as of the last need for it."""
        return float(self._use(service)["habit"])

    def _use(self, service: str) -> Any:
        services = self._simulation.world.segments.services
        if service not in services:
            raise InputError(f"there is no service {told(service)}{near(service, services)}")
        return self._simulation.state.uses[self.row * len(services) + services.index(service)]

    def remove(self) -> None:
        """Move away: their needs no longer arise, and neighbours no longer see them."""
        move_away(self._simulation, self.row)
        super().remove()


class StaffMember(_View):
    """The holder of a post: ADKAR levels, adoption, fatigue. Levels are shares in [0, 1]."""

    awareness = _Column("staff")
    desire = _Column("staff")
    knowledge = _Column("staff")
    ability = _Column("staff")
    reinforcement = _Column("staff")
    fatigue = _Column("staff")
    resistance = _Column("staff")
    generation = _Column("staff", kind=int)

    @property
    def department(self) -> str:
        """Id of the department."""
        world = self._simulation.world
        return world.segments.departments[int(world.posts["department"][self.row])]

    @property
    def role(self) -> str:
        """Role: frontline, back-office or manager."""
        return ROLES[int(self._simulation.world.posts["role"][self.row])]

    @property
    def manager(self) -> bool:
        """Whether they manage others."""
        return int(self._simulation.world.posts["role"][self.row]) == MANAGER

    @property
    def champion(self) -> bool:
        """Whether they were a champion in the last week."""
        return bool(self._simulation.levers.champions[self.row] > 0.0)

    @property
    def adopted(self) -> bool:
        """Whether they work the new way; setting it tells their colleagues."""
        return bool(self._simulation.state.staff["adopted"][self.row])

    @adopted.setter
    def adopted(self, value: bool) -> None:
        simulation = self._simulation
        step = int(bool(value)) - int(self.adopted)
        simulation.state.staff["adopted"][self.row] = int(bool(value))
        if step:
            world = simulation.world
            tell_colleagues(self.row, step, world.posts, world.post_ties, simulation.state.peers)

    @property
    def barrier(self) -> str | None:
        """The barrier point: the first ADKAR element that is too weak, None if none is."""
        threshold = float(self._simulation.parameters["barrier_threshold"][0])
        code = rules.barrier(
            self.awareness, self.desire, self.knowledge, self.ability, self.reinforcement, threshold
        )
        return ADKAR[code] if code < len(ADKAR) else None

    @property
    def colleagues(self) -> list[StaffMember]:
        """Members of staff with whom they work."""
        world = self._simulation.world
        first, last = world.posts["ties"][self.row], world.posts["ties"][self.row + 1]
        return [self.model.staff_member(int(row)) for row in world.post_ties[first:last]]

    def remove(self) -> None:
        """Abolish the post: it stays vacant and works no more."""
        vacate(self._simulation, self.row)
        super().remove()
