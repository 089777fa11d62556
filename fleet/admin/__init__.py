"""The back office of the fleet. Every change is a service's."""

from fleet.admin import assignments, crew, operators, organizations, records

__all__ = ["assignments", "crew", "operators", "organizations", "records"]
