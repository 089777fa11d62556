"""An organization's account at Tesla: connected with a refresh token, by which access tokens are renewed as needed."""

import hmac
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
import structlog
from django.conf import settings

from accounts.users import CurrentUser
from atlas import vault
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost, transact
from atlas.errors import NotFound
from fleet.rules.membership import Right
from telemetry.commands.tesla.tables import OemToken
from telemetry.tenancy import membership_of

log = structlog.get_logger(__name__)

TESLA = "tesla"
MARGIN = timedelta(minutes=1)
"""An access token that ends within it is renewed."""
ASSUMED_LIFE = timedelta(hours=8)


def connect(*, user: CurrentUser, refresh_token: str) -> OemToken:
    """Owner and admin. Another account takes the place of the one before. Raises `Forbidden`."""
    organization_id = membership_of(user, Right.CHANGE_SETTINGS).organization_id
    found = OemToken.find(organization_id, TESLA, consistent=True)
    account = found or OemToken(organization_id=organization_id, oem=TESLA)
    account.sealed_refresh = vault.seal(refresh_token, _context(organization_id))
    account.sealed_access = account.access_until = None
    account.connected_by = user.id
    with transact() as tx:
        tx.save(account)
    return account


def account_of(*, user: CurrentUser) -> OemToken:
    """Raises `NotFound` where none is connected."""
    found = OemToken.find(membership_of(user, Right.CHANGE_SETTINGS).organization_id, TESLA)
    if found is None:
        raise NotFound("No account is connected.")
    return found


def disconnect(*, user: CurrentUser) -> None:
    with transact() as tx:
        tx.delete(account_of(user=user))


def access_token(organization_id: str, *, instead_of: str | None = None) -> str | None:
    """One that counts now; None without an account, and where Tesla gives none.

    `instead_of` was refused: the next one is fetched, unless somebody has already. Each refresh token counts once,
    so of two who renew at the same time one gets nothing, and takes what the other one was given.
    """
    found = OemToken.find(organization_id, TESLA, consistent=True)
    if found is None:
        return None
    kept = _kept(found, utc_now())
    if kept is not None and not (instead_of and hmac.compare_digest(kept, instead_of)):
        return kept
    return _renew(found) or _of_another(found, instead_of)


def _kept(account: OemToken, now: datetime) -> str | None:
    if account.sealed_access is None or account.access_until is None or account.access_until <= now + MARGIN:
        return None
    return vault.unseal(account.sealed_access, _context(account.organization_id))


def _renew(account: OemToken) -> str | None:
    context = _context(account.organization_id)
    given = _ask(vault.unseal(account.sealed_refresh, context))
    if given is None:
        return None
    access, refresh, life = given
    account.sealed_access = vault.seal(access, context)
    account.sealed_refresh = vault.seal(refresh, context)
    account.access_until = utc_now() + life
    try:
        with transact() as tx:
            tx.save(account)
    except Lost:  # another account was connected meanwhile, or somebody else renewed
        return None
    return access


def _of_another(account: OemToken, instead_of: str | None) -> str | None:
    found = OemToken.find(account.organization_id, TESLA, consistent=True)
    kept = _kept(found, utc_now()) if found is not None else None
    return None if kept is None or (instead_of and hmac.compare_digest(kept, instead_of)) else kept


def _ask(refresh_token: str) -> tuple[str, str, timedelta] | None:
    """Access token, next refresh token, how long the first counts."""
    form = {"grant_type": "refresh_token", "client_id": settings.TESLA_CLIENT_ID, "refresh_token": refresh_token}
    try:
        response = httpx.post(settings.TESLA_TOKEN_URL, data=form, timeout=settings.TESLA_TIMEOUT_SECONDS)
        said: Any = response.json() if response.status_code == HTTPStatus.OK else None
        if said is not None:
            life = timedelta(seconds=int(said["expires_in"])) if "expires_in" in said else ASSUMED_LIFE
            return str(said["access_token"]), str(said.get("refresh_token") or refresh_token), life
        log.warning("tesla_renewal_refused", status=response.status_code)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        log.warning("tesla_renewal_failed", error=type(error).__name__)
    return None


def _context(organization_id: str) -> str:
    return f"oem:{organization_id}:{TESLA}"
