"""What is not known of services though the scenario states facts: drawn for every replicate.

How easy a service is that has long been online is known only about; what a new one will come to is
expected from what others of the place have come to, which differ.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from math import exp, fsum, log
from statistics import NormalDist
from typing import Any

from takeup.evidence import uniform_for
from takeup.scenario.schema.scenario import Scenario, Service, ServiceFacts

_STANDARD = NormalDist()


def expected_take_up(scenario: Scenario) -> float:
    """Return the log-odds of the take-up that a new service is expected to come to.

    The mean over the services that are online today, which no plan changes; where none is, that of
    the default of `services.X.take_up`.
    """
    known = [log_odds(s.take_up) for s in scenario.services.values() if s.go_live is None]
    if not known:
        return log_odds(float(Service.model_fields["take_up"].default))
    return fsum(known) / len(known)


def log_odds(share: float) -> float:
    """Return the log-odds of a share."""
    return log(share / (1.0 - share))


def share_of(odds: float) -> float:
    """Return the share of some log-odds."""
    return 1.0 / (1.0 + exp(-odds))


def drawn_services(
    scenario: Scenario,
    parameters: Mapping[str, float],
    point: int,
    fitted: Container[str] = (),
) -> dict[str, Any]:
    """Return the services and facts of a scenario as a replicate has them.

    The usability of a service that is online is moved by a normal draw, today and as a plan changes
    it alike; a new one is given a take-up at rest. A draw depends on the name of the service, the
    seed and the point alone, so that it is the same in all plans.

    Args:
        scenario: as stated.
        parameters: of the replicate.
        point: number of the point of the draws, from 0.
        fitted: dotted keys of facts that are drawn already, from what was fitted to data.
    """
    services, facts = dict(scenario.services), dict(scenario.facts.services)
    centre = expected_take_up(scenario)
    for name, service in scenario.services.items():
        held = facts.get(name, ServiceFacts())
        drawn = _STANDARD.inv_cdf(uniform_for(f"services.{name}", scenario.run.seed, point))
        if f"services.{name}.usability" in fitted:
            continue
        if service.go_live is None:
            away = parameters["usability_spread"] * drawn
            services[name] = service.model_copy(update={"usability": _moved(service, away)})
            if held.usability is not None:
                facts[name] = held.model_copy(update={"usability": _moved(held, away)})
        elif held.take_up is None:
            take_up = share_of(centre + parameters["new_service_spread"] * drawn)
            facts[name] = held.model_copy(update={"take_up": take_up})
    return {"services": services, "facts": scenario.facts.model_copy(update={"services": facts})}


def _moved(of: Service | ServiceFacts, away: float) -> float:
    return min(1.0, max(0.0, (of.usability or 0.0) + away))
