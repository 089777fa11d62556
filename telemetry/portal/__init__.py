"""The pages of a fleet: its vehicles, and what one can be told."""
