"""What is expected of services that are not online yet, from those of the same place that are.

Preferences are not comparable between services that are needed more and less often, and what is
stated of how easy the others are must not decide what a new one comes to. So a take-up is expected
of it, and its preference is the one with which a typical service in its place would come to that.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.model.run.rest import level_of, put_level
from takeup.model.run.start import first_guess, rests_of
from takeup.model.week.bundles import Community, Council
from takeup.scenario.schema.inferred import expected_take_up, share_of
from takeup.scenario.schema.scenario import Scenario, Service

_TYPICAL = {
    field: float(Service.model_fields[field].default) for field in ("usability", "complexity")
}
"""How a service is that its preference is expected of."""


def expect_of_new(
    scenario: Scenario,
    services: npt.NDArray[np.void],
    offset: float,
    residents: Community,
    council: Council,
) -> None:
    """Give services that are not online yet a constant and reach, at the end of the warm-up.

    A first guess is solved for each, as it was for those that are online, and corrected by the mean
    of what was found out of theirs since.

    Args:
        scenario: as it is today.
        services: SERVICE_WEEK of the council, (services,), written where not live.
        offset: the parameter `new_service_constant`.
        residents: as the warm-up leaves them.
        council: likewise; of its services only `services` is written.
    """
    new = np.flatnonzero(services["live"] == 0).tolist()
    if not new:
        return
    known = np.flatnonzero(services["live"]).tolist()
    expected = share_of(expected_take_up(scenario))
    take_up = np.array([service.take_up for service in scenario.services.values()])
    for k, name in enumerate(scenario.services):
        if k in new:
            held = scenario.facts.services.get(name)
            take_up[k] = expected if held is None or held.take_up is None else held.take_up
    rests, citizens = rests_of(scenario, take_up), len(residents.states)
    found = services.copy()
    corrections = 0.0
    for k in known:
        guess = first_guess(k, rests[k], citizens, residents, council)
        corrections += level_of(found[k]) - guess
    for k in new:
        for field, value in _TYPICAL.items():
            services[field][k] = value
        level = first_guess(k, rests[k], citizens, residents, council)
        put_level(found[k], level + corrections / max(1, len(known)) + offset)
    services[:] = found
