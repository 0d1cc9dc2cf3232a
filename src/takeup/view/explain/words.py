"""What the page calls steps, standings and groups, and what the words mean."""

from __future__ import annotations

from takeup.scenario.schema.scenario import Scenario
from takeup.view.explain.residents import ABLE, AWARE, OFFERED, USING, WILLING

FAMILY_TITLES = {
    "age": "Age",
    "ward": "Ward",
    "access": "Internet access",
    "income": "Income",
    "service": "Service",
}
"""What the page calls the families of groups, in the order in which it offers them."""

STEP_TITLES = {
    OFFERED: "online",
    AWARE: "knew",
    ABLE: "could",
    WILLING: "would",
    USING: "did",
}
"""Words for the steps after the need."""

STOPS = {
    USING: "Did it online",
    WILLING: "Would, but has not yet",
    ABLE: "Could, but prefers to phone or come",
    AWARE: "Knew, but cannot well alone",
    OFFERED: "Did not know it is online",
    0: "Not online yet",
}
"""Names of where residents stop, by the last step that they take, best first."""

STANDING_TITLES = {
    "firm": "Works the new way, firmly",
    "slipping": "The same, but may slip back",
    "ready": "Ready, has not begun",
    "ability": "Stuck: cannot do it yet",
    "knowledge": "Stuck: does not know how",
    "desire": "Stuck: does not want to",
    "awareness": "Stuck: does not see why",
}
"""Names of where staff stand, best first."""


def group_title(group: str, scenario: Scenario) -> str:
    """Return what a chart calls a group of the funnel: `75+`, `Castle`, `Council tax`."""
    family, _, label = group.partition(":")
    if family == "all":
        return "Everyone"
    if family == "service":
        return scenario.services[label].name
    if family == "access":
        return {"with": "Has access", "without": "No access"}[label]
    if family == "ward":
        return label
    return label.replace("-", "–") if family == "age" else label.capitalize()
