"""Signs for names that people read and say: Crockford's base 32."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which are misheard, misread or make words."""


def signs(data: bytes) -> str:
    """A sign for each byte."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in data)
