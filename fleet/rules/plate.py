"""Number plates as Atlas keeps them."""

import unicodedata


def clean_plate(plate: str) -> str:
    """Upper case, single spaces: plates of every country are free text, but one car is written in one way."""
    return " ".join(unicodedata.normalize("NFKC", plate).upper().split())
