"""How secrets of second factors lie in the table: a copy of it makes no codes and knows none.

The app's secret is in the vault's envelope (`atlas.vault`), bound to its owner: copied to another person's row it does
not open. Recovery codes are kept as keyed hashes.
"""

from django.conf import settings
from django.utils.crypto import salted_hmac

from atlas import vault


def sealed(secret: str, owner_id: str) -> str:
    return vault.seal(secret, _context(owner_id))


def opened(text: str, owner_id: str) -> str:
    """Raises `vault.Unsealable`."""
    return vault.unseal(text, _context(owner_id))


def renewed(text: str, owner_id: str) -> str:
    """The same under the vault's newest key: so keys rotate as people sign in."""
    return vault.reseal(text, _context(owner_id))


def fingerprint(recovery_code: str, owner_id: str) -> str:
    """What is stored of a recovery code. Keyed: fifty bits could be searched through otherwise."""
    mac = salted_hmac("accounts.recovery-code", f"{owner_id}:{recovery_code}", settings.TOKEN_KEY, algorithm="sha256")
    return mac.hexdigest()


def _context(owner_id: str) -> str:
    return f"second-factor:{owner_id}"
