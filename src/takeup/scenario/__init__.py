"""What a user writes: the schema of scenarios, loading them, and explaining them."""

from takeup.scenario.explain import explain, explained
from takeup.scenario.json_schema import schema
from takeup.scenario.load import load
from takeup.scenario.schema import Scenario
from takeup.scenario.starter import plan_starter, starter

__all__ = ["Scenario", "explain", "explained", "load", "plan_starter", "schema", "starter"]
