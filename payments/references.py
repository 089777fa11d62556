"""What people call the references that payments carry: told by those who know, in `atlas.wiring`."""

from collections.abc import Callable, Mapping, Sequence

Names = Mapping[str, str]


def _unnamed(_: Sequence[str]) -> Names:
    return {}


class References:
    """`names_of(references)` gives those names that are known (`ATL-7K3M9Q`); a hundred in one read."""

    names_of: Callable[[Sequence[str]], Names] = staticmethod(_unnamed)
