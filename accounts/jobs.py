"""The jobs of accounts (`atlas.jobs` finds them here)."""

from accounts.privacy.jobs import erase, export

__all__ = ["erase", "export"]
