"""The back office of the fleet. Every change is a service's."""

from fleet.admin import crew, operators, organizations, records

__all__ = ["crew", "operators", "organizations", "records"]
