"""What the page calls steps, standings and groups, and what the words mean."""

from __future__ import annotations

from takeup.scenario.schema import Scenario
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


RESIDENT_WORDS = """
<p>A resident counts if they <b>needed</b> a council service in the last 52 weeks. For at least one
of the services that they needed, one step after the other:</p>
<ul>
<li><b>knew</b>: at their last need they knew that it is online.</li>
<li><b>could</b>: they have a device, a connection and basic digital skill, or found a free helper;
and the service is easy enough that they would more likely finish than fail.</li>
<li><b>would</b>: were they to need it this week, they would more likely choose online than phone
and counter together. What counts is what the model's residents weigh: what they expect of it,
habit, trust, what people they know do, campaigns, and the wait on the phone.</li>
<li><b>did</b>: they got something done online in the last 52 weeks. Of a single service: they tried
it online, done or not.</li>
</ul>
<p>Whoever did it online has taken all the steps before, even if they have forgotten of it
since.</p>
"""

STAFF_WORDS = """
<p>Staff change in five steps, which change managers call ADKAR: <b>awareness</b> of why,
<b>desire</b>, <b>knowledge</b> of how, <b>ability</b> to do it in everyday work, and
<b>reinforcement</b>, so that it lasts. The first step that is too weak holds a person up, whatever
comes after it.</p>
<ul>
<li><b>Stuck</b>: has not changed; the step named is the first that is too weak.</li>
<li><b>Ready, has not begun</b>: nothing is in the way. People can only begin when a service of
their department is online; a few may have worked that way before the run.</li>
<li><b>May slip back</b>: works the new way, but reinforcement is too weak to hold it.
<b>Firmly</b>: it holds.</li>
</ul>
"""
