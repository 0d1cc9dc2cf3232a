"""One run of an uncertain scenario: which parameters, and which random numbers."""

from __future__ import annotations

from typing import NamedTuple, Self

from takeup.evidence import drawn
from takeup.scenario.schema.inferred import drawn_services
from takeup.scenario.schema.scenario import Scenario


class Case(NamedTuple):
    """A scenario as one replicate runs it.

    Attributes:
        scenario: with the parameters of the replicate, and its services as inferred.
        key: number of the replicate for the random numbers.
    """

    scenario: Scenario
    key: int

    @classmethod
    def of(cls, scenario: Scenario, replicate: int) -> Self:
        """Return how a replicate runs a scenario.

        With `run.uncertainty` "seed" only the random numbers differ between replicates, with
        "parameters" only the behavioural parameters and what is inferred of services, with "both"
        both. A parameter that the scenario sets itself stays as it is.
        """
        varies = scenario.run.uncertainty
        if varies == "seed":
            return cls(scenario, replicate)
        parameters = drawn(scenario.run.seed, replicate, scenario.parameters)
        inferred = drawn_services(scenario, parameters, replicate)
        varied = scenario.model_copy(update={"parameters": parameters, **inferred})
        return cls(varied, 0 if varies == "parameters" else replicate)
