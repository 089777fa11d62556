"""A refund that is owed and that the bank rejects: when it is asked for again, and when finance sees to it. No I/O.

Owed is what a cancellation or a lower final price gives back: nobody clicked for it, so nobody would click again. What
a person of the staff refunds and the bank rejects is theirs to repeat, to the same card or otherwise.
"""

from datetime import timedelta

RELEASE = "release"
"""Names the one refund of a cancellation among those that people ask for."""
LOWERED = "lower price"
"""That of a final price which is lower than what was taken already."""
OWED = (RELEASE, LOWERED)
PAUSES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""After the first no, the second, the third. After the fourth finance pays it back by another way."""


def request_keys(request: str = RELEASE) -> tuple[str, ...]:
    """Of every try, in order."""
    return (request, *(f"{request} {number}" for number in range(2, len(PAUSES) + 2)))
