"""Goals: which KPI is to reach which value, for whom, and by when."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from takeup.kpis import GAPS, KPIS
from takeup.programme.event import MOST_MONEY, Moment

SIGNS = {
    **{kpi.name: kpi.better for kpi in KPIS},
    **{gap.name: gap.better for gap in GAPS},
}
"""By KPI: 1 if higher is better, −1 if lower is, 0 if neither."""


class Goal(BaseModel):
    """A KPI of a group is to reach a target by a date."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    kpi: str = Field(description="name of the KPI (`docs/results.md`)")
    target: float = Field(
        le=MOST_MONEY, description="value to reach, in the KPI's unit; shares from 0 to 1"
    )
    by: Moment = Field(description="when it is to be reached: a date or a week of the run")
    group: str = Field("all", description="for whom, as results name groups, such as `age:75+`")

    @property
    def sign(self) -> int:
        """1 if the KPI is to be at least the target, −1 if at most."""
        return SIGNS.get(self.kpi) or 1

    def met(self, value: float) -> bool:
        """Return whether a value meets the goal; NaN does not."""
        return self.sign * value >= self.sign * self.target
