"""The short name of a booking that people say to each other on the phone: `ATL-7K3M9Q`."""

import re

from atlas.crockford import ALPHABET, signs
from atlas.errors import Invalid

PREFIX = "ATL-"
LENGTH = 6

_HEARD_AS = str.maketrans("ILO", "110")
_REFERENCE = re.compile(f"{PREFIX}[{ALPHABET}]{{{LENGTH}}}")


def new_reference(random: bytes) -> str:
    """From at least six random bytes, one for each sign. 2**30 references: unique only once the store
    agrees.
    """
    if len(random) < LENGTH:
        raise ValueError(f"A reference needs {LENGTH} random bytes.")
    return PREFIX + signs(random[:LENGTH])


def normalize_reference(text: str) -> str:
    """What somebody typed, as it is stored: `atl 7k3m9q` -> `ATL-7K3M9Q`, O read as 0, I and L as 1.

    Raises `Invalid` when it cannot be a reference.
    """
    given = re.sub(r"[\s-]", "", text.upper())
    if len(given) > LENGTH:
        given = given.removeprefix(PREFIX.rstrip("-"))
    reference = PREFIX + given.translate(_HEARD_AS)
    if not _REFERENCE.fullmatch(reference):
        raise Invalid("This is not a booking reference.", fields={"reference": ["Give one like ATL-7K3M9Q."]})
    return reference
