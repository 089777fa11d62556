"""What a facade refuses, in words that say what works instead."""

from django.db import NotSupportedError


class Refused(NotSupportedError):
    """Only a relational database could answer this. Nothing was read; the message names a way that works."""
