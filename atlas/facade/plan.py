"""The planner by its short name: `atlas.facade.plan.Refused`, `.Plan`, `.Kind`."""

from atlas.facade.errors import Refused
from atlas.facade.planning.plan import Kind, Plan
from atlas.facade.planning.planner import make_plan

__all__ = ["Kind", "Plan", "Refused", "make_plan"]
