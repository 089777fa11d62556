"""Names of attributes in words, as labels show them."""

WRITTEN = {"id": "ID", "ids": "IDs", "ip": "IP", "eta": "ETA", "vin": "VIN", "pvin": "pseudoVIN", "km": "km"}
"""Words that are no plain words, as people write them."""


def spoken(name: str) -> str:
    """`ip_address` -> `IP address`."""
    return " ".join(WRITTEN.get(word, word) for word in name.split("_"))


def title(name: str) -> str:
    """The same, to begin a line with: `signed_in_at` -> `Signed in at`."""
    words = spoken(name)
    return words if words.split(" ")[0] in WRITTEN.values() else words[:1].upper() + words[1:]
