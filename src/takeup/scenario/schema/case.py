"""One run of an uncertain scenario: which parameters, and which random numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from takeup.evidence import drawn
from takeup.scenario.schema.fitted import posterior_of, with_draw
from takeup.scenario.schema.inferred import drawn_services
from takeup.scenario.schema.scenario import Scenario


class Case(NamedTuple):
    """A scenario as one replicate runs it.

    Attributes:
        scenario: with the parameters of the replicate, its services as inferred, and facts if they
            were fitted; no file is needed to run it, but that of a network.
        key: number of the replicate for the random numbers.
    """

    scenario: Scenario
    key: int

    @classmethod
    def of(cls, scenario: Scenario, replicate: int) -> Self:
        """Return how a replicate runs a scenario.

        With `run.uncertainty` "seed" only the random numbers differ between replicates, with
        "parameters" only the behavioural parameters and what is inferred of services, with "both"
        both. With "posterior" both, and what was fitted to data: replicate r takes a row of
        `run.posterior`, and what has no column there is drawn. A parameter that the scenario sets
        itself stays as it is.

        Raises:
            InputError: the posterior cannot be read, has fewer rows, or does not fit the scenario.
        """
        varies = scenario.run.uncertainty
        if varies == "seed":
            return cls(scenario, replicate)
        posterior = posterior_of(scenario)
        draw: Mapping[str, float] = {}
        if posterior is not None:
            draw = posterior.draw(scenario.run.seed, replicate)
            scenario = with_draw(scenario, draw, posterior)
        parameters = drawn(scenario.run.seed, replicate, scenario.parameters)
        inferred = drawn_services(scenario, parameters, replicate, draw)
        varied = scenario.model_copy(update={"parameters": parameters, **inferred})
        return cls(varied, 0 if varies == "parameters" else replicate)
