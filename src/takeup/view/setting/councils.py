"""What a server offers to play with: councils, which are scenarios, and challenges on them.

A challenge is a file with a title, a text, the scenario that it is about, a budget, and goals that
take the place of that scenario's:

    title = "…"
    text = "…"
    scenario = "../riverton/baseline.toml"
    budget = 900_000

    [goals.take-up]
    kpi = "digital_take_up"
    target = 0.4
    by = 2027-12-27

A `run` or a `programme` table in it changes that of the scenario, as in a plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from takeup.errors import InputError, did_you_mean
from takeup.output import quoted
from takeup.programme import KINDS, Intervention
from takeup.programme.context import Context
from takeup.programme.plain import Problem, is_number
from takeup.scenario.read.load import NAMED, Source, read_layer
from takeup.scenario.read.problems import (
    Layer,
    described,
    shown,
)
from takeup.scenario.schema.context import context_of
from takeup.scenario.schema.fitted import digest_of, require_rows
from takeup.scenario.schema.scenario import Scenario

_OWN = ("title", "text", "scenario", "budget")
_PASSED_ON = ("goals", "run", "programme")
_LONGEST = {"title": 80, "text": 1_000}
"""Characters that fit on a card."""


@dataclass(frozen=True)
class Challenge:
    """What is to be reached with how much; its goals are those of the council's scenario.

    Attributes:
        title: a few words.
        text: what the council wants, in a few sentences.
        budget: what the programme may cost, in the place's currency.
    """

    title: str
    text: str
    budget: float


@dataclass(frozen=True)
class Council:
    """A scenario on offer.

    Attributes:
        key: folder and name of its file, `riverton/full-plan`.
        name: what the page calls it.
        description: what it is about.
        source: what its files state.
        scenario: as they state it.
        baseline: the same, under another name, without any programme.
        challenge: what is to be reached, if it is a challenge.
    """

    key: str
    name: str
    description: str
    source: Source
    scenario: Scenario
    baseline: Scenario
    challenge: Challenge | None

    @property
    def title(self) -> str:
        """What the page calls it: a challenge by its title."""
        return self.challenge.title if self.challenge else self.name

    @cached_property
    def plain(self) -> Mapping[str, Any]:
        """The scenario as plain data; not to be changed."""
        return self.scenario.model_dump()

    @cached_property
    def context(self) -> Context:
        """What kinds of interventions know of the scenario."""
        return context_of(self.scenario)

    @cached_property
    def starting(self) -> Mapping[str, Intervention]:
        """An intervention of every kind that the place can use, switched off."""
        found = {}
        for kind, cls in KINDS.items():
            own = cls.starting(self.context)
            required = {name for name, field in cls.model_fields.items() if field.is_required()}
            if own is not None and required <= own.keys():
                found[kind] = cls.model_validate({"kind": kind, "enabled": False, **own})
        return found

    @cached_property
    def own(self) -> Mapping[str, Intervention]:
        """Every intervention that has a card: its programme, and of other kinds one to start from.

        By id; the latter are switched off and not part of the scenario.
        """
        programme = self.scenario.programme
        there = {item.kind for item in programme.values()}
        lacking = {
            free_id(kind.replace("_", "-"), programme): item
            for kind, item in self.starting.items()
            if kind not in there
        }
        return {**programme, **lacking}

    @cached_property
    def fingerprint(self) -> str:
        """A few characters that differ where the scenario does: links carry them."""
        named = {table: {key} for table, key in NAMED}
        said = self.scenario.model_dump_json(exclude=named) + digest_of(self.scenario)
        return hashlib.sha256(said.encode()).hexdigest()[:8]


def free_id(wanted: str, taken: Mapping[str, Any]) -> str:
    """Return an id that is not taken: the one wanted, or with a number behind it."""
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(i for i in numbered if i not in taken)


class Councils:
    """What a server offers, read once: the first is what a page begins with.

    Args:
        files: scenarios and challenges; a file that occurs twice counts once.
        smallest_first: the smallest place comes first, its baseline before its plans, and
            challenges last; otherwise they stay as they are given.

    Raises:
        InputError: there are none, or some cannot be used; it lists all that is wrong.
    """

    def __init__(self, files: Sequence[Path], smallest_first: bool = False) -> None:
        councils: dict[str, Council] = {}
        problems: list[str] = []
        once: dict[Path, Path] = {}
        for file in files:
            once.setdefault(file.resolve(), file)
        for path in once.values():
            try:
                council = _council(path, free_id(_key(path), councils))
            except InputError as error:
                problems += error.problems
            else:
                councils[council.key] = council
        if problems:
            raise InputError(problems)
        if not councils:
            raise InputError("there is no scenario to play with; name a file")
        if smallest_first:
            councils = {c.key: c for c in sorted(councils.values(), key=_order)}
        self._councils = councils

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the councils, in the order in which they were given."""
        return tuple(self._councils)

    def __iter__(self) -> Iterator[Council]:
        return iter(self._councils.values())

    def __getitem__(self, key: str) -> Council:
        """Return a council by its key; InputError with what there is, if there is none."""
        if key not in self._councils:
            near = did_you_mean(key, self._councils)
            raise InputError(f"there is no council {quoted(key)} here{near}")
        return self._councils[key]


def offered(scenario: Path | None) -> Councils:
    """Return what a server offers: a file, and the scenarios in a folder of that name.

    Args:
        scenario: a scenario or a challenge, which comes first; None: none in particular.

    The folder `scenarios` is that of the current folder or, failing that, the one beside the file
    or around it.

    Raises:
        InputError: there is neither, or a file cannot be used.
    """
    first = [] if scenario is None else [scenario]
    nearby = [Path("scenarios")]
    if scenario is not None:
        above = scenario.resolve().parents
        around = [folder for folder in above if folder.name == "scenarios"]
        nearby += [above[0] / "scenarios", *around]
    folder = next((folder for folder in nearby if folder.is_dir()), None)
    found = [] if folder is None else [*folder.glob("*.toml"), *folder.glob("*/*.toml")]
    if not first and not found:
        raise InputError(
            "there is no folder `scenarios` here; name a scenario file (`takeup new` writes one)"
        )
    return Councils([*first, *sorted(found)], smallest_first=scenario is None)


def _order(council: Council) -> tuple[bool, int, str, bool, str]:
    folder, _, name = council.key.rpartition("/")
    residents = council.scenario.place.residents
    return council.challenge is not None, residents, folder, len(council.source.layers) > 1, name


def _key(path: Path) -> str:
    whole = path.resolve()
    return f"{whole.parent.name}/{whole.stem}".lstrip("/")


# ---------------------------------------------------------------- one file


def _council(path: Path, key: str) -> Council:
    layer = read_layer(path)
    challenge = _challenge(layer) if "scenario" in layer.data else None
    source = Source(path) if challenge is None else _source_of(challenge, layer, path)
    scenario = source.scenario({}, str(path))
    require_rows([scenario], scenario.run.replicates)
    nothing = {"name": f"{scenario.name} (no programme)", "programme": {}}
    return Council(
        key=key,
        name=scenario.name,
        description=scenario.description.strip(),
        source=source,
        scenario=scenario,
        baseline=scenario.model_copy(update=nothing),
        challenge=challenge,
    )


def _challenge(layer: Layer) -> Challenge:
    """Return what a challenge asks for; InputError if its file does not say that."""
    data = layer.data
    problems = [
        Problem((key,), f"is not a known key{did_you_mean(key, (*_OWN, *_PASSED_ON))}")
        for key in data
        if key not in (*_OWN, *_PASSED_ON)
    ]
    for key in ("title", "text", "scenario"):
        value, longest = data.get(key), _LONGEST.get(key, 1_000)
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            problems.append(Problem((key,), f"must be a text in quotes, not {shown(value)}"))
        elif len(value) > longest:
            problems.append(Problem((key,), f"must have at most {longest} characters"))
    budget = data.get("budget")
    if not is_number(budget) or budget <= 0:
        problems.append(Problem(("budget",), f"must be a number above 0, not {shown(budget)}"))
    if not isinstance(data.get("goals"), Mapping) or not data["goals"]:
        problems.append(Problem(("goals",), "must be a table with at least one goal"))
    if problems:
        raise InputError(described(problems, [layer], data))
    return Challenge(data["title"].strip(), data["text"].strip(), float(data["budget"]))


def _source_of(challenge: Challenge, layer: Layer, path: Path) -> Source:
    """Return the scenario of a challenge, with the challenge's goals in place of its own."""
    base = Source(path.parent / layer.data["scenario"])
    named = {"name": challenge.title, "description": challenge.text, "goals": {}}
    changes = {key: layer.data[key] for key in _PASSED_ON if key in layer.data}
    return Source.of(
        [*base.layers, Layer(layer.name, named), Layer(layer.name, changes, layer.text)]
    )
