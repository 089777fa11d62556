"""Guessing passwords is stopped: after some failures for one account from one address, and, at a higher number, for
all accounts from one address (spraying). Guessing codes of a second factor is stopped for the account.

Counted in Django's cache before the password is looked at, so that tries in parallel count too. When the cache is away
nobody is locked out. django-axes was weighed: it counts the same way, but answers in its own manner, wants its
tables or signals, and lets a failing cache fail the sign-in.
"""

import ipaddress
import time
from dataclasses import dataclass
from hashlib import sha256

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.rules.email import normalise_email
from atlas.errors import TooMany, Unavailable

log = structlog.get_logger(__name__)

SPRAY_FACTOR = 10
"""An office behind one address may fail this many times as often as one of its people."""
IPV6_NETWORK = 64
"""Bits: one customer's network, whose addresses are one to us."""


class JustLocked(TooMany):
    """The one try too many, by which the lockout begins; those that meet it later are plain `TooMany`."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A counter and how many tries it allows in `LOCKOUT_MINUTES`."""

    key: str
    tries: int

    @property
    def locked(self) -> str:
        return f"{self.key}:locked"


def limits(email: str, ip_address: str) -> tuple[Limit, Limit]:
    """Of the account from this address, and of the address."""
    network = _network(ip_address)
    who = sha256(f"{normalise_email(email)}|{network}".encode()).hexdigest()
    return (
        Limit(f"lockout:account:{who}", settings.LOCKOUT_FAILURES),
        Limit(f"lockout:address:{network}", settings.LOCKOUT_FAILURES * SPRAY_FACTOR),
    )


def count_try(email: str, ip_address: str) -> None:
    """Count one try. Raises `TooMany` with the seconds to wait when it is one too many."""
    try:
        for limit in limits(email, ip_address):
            _count(limit)
    except (RedisError, OSError) as error:
        log.warning("lockout skipped", reason=type(error).__name__)


def forgive(email: str, ip_address: str) -> None:
    """After a success: the account's failures are forgotten, and the address gets its try back."""
    account, address = limits(email, ip_address)
    try:
        cache.delete(account.key)
        cache.decr(address.key)
    except ValueError:  # counted in a window that has ended
        pass
    except (RedisError, OSError) as error:
        log.warning("lockout skipped", reason=type(error).__name__)


def count_code(user_id: str) -> None:
    """Count one try of a one-time or recovery code, wherever it comes from: who tries knows the password already.

    Raises `TooMany`. A code has six digits: with the cache away none is looked at (`Unavailable`).
    """
    try:
        _count(_code_limit(user_id))
    except (RedisError, OSError) as error:
        raise Unavailable from error


def forgive_code(user_id: str) -> None:
    try:
        cache.delete(_code_limit(user_id).key)
    except (RedisError, OSError) as error:
        log.warning("lockout skipped", reason=type(error).__name__)


def _code_limit(user_id: str) -> Limit:
    return Limit(f"lockout:code:{user_id}", settings.LOCKOUT_FAILURES)


def _count(limit: Limit) -> None:
    window = settings.LOCKOUT_MINUTES * 60
    if (until := cache.get(limit.locked)) and until > time.time():
        raise TooMany(retry_after=max(1, round(until - time.time())))
    cache.add(limit.key, 0, timeout=window)
    try:
        tries = cache.incr(limit.key)
    except ValueError:  # its window ended between the two calls
        return
    if tries > limit.tries:
        cache.set(limit.locked, time.time() + window, timeout=window)
        raise JustLocked(retry_after=window)


def _network(ip_address: str) -> str:
    try:
        address = ipaddress.ip_address(ip_address)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and not address.ipv4_mapped:
        return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
