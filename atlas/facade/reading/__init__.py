"""Carrying out a plan: partitions read in either direction from any position, in order, a bounded page at a time."""
