"""What keeps the embedded services from running, as one clear line for a person at a terminal."""


class LocalError(Exception):
    """Its message is the one line to show: what is wrong and what to do about it. The exit code is 1."""
