"""What a user writes: the schema of scenarios, loading them, and explaining them."""

from takeup.scenario.given import given
from takeup.scenario.read.json_schema import schema
from takeup.scenario.read.load import load
from takeup.scenario.schema.scenario import Scenario
from takeup.scenario.tell.explain import explain, explained
from takeup.scenario.tell.starter import plan_starter, starter

__all__ = ["Scenario", "explain", "explained", "given", "load", "plan_starter", "schema", "starter"]
