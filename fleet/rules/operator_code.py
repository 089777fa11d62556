"""What stands for an operator in the numbers of its papers, whatever the company is called later: `7K3M9Q`."""

from hashlib import sha256

from atlas.crockford import signs

LENGTH = 6


def operator_code(operator_id: str) -> str:
    """One of 2**30, so that two companies of a platform hardly share one."""
    return signs(sha256(operator_id.encode()).digest()[:LENGTH])
