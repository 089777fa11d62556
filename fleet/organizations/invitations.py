"""Invitations: sent by e-mail, good for seven days and once, for the address they were sent to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest

from accounts import staff
from accounts.rules.contact import clean_email
from accounts.rules.email import normalise_email
from accounts.selectors import user_by_email
from accounts.services import create_user
from accounts.tables import User
from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from fleet.events import InvitationSent
from fleet.organizations import tokens
from fleet.organizations.access import member_with, still
from fleet.organizations.profile import follow, platform_role, profile_for
from fleet.organizations.tables import InvitationStatus, OrganizationInvitation
from fleet.rules.membership import INVITABLE, MemberRole, Right
from fleet.tables import Organization, OrganizationUser

LIFE = timedelta(days=7)
KEPT = timedelta(days=30)
"""After it has run out: until then it can be sent again."""
MOST_OPEN = 100
"""Of an organization at once: whoever invites more people is no fleet."""


def is_open(invitation: OrganizationInvitation, now: datetime) -> bool:
    return invitation.status is InvitationStatus.PENDING and invitation.expires_at > now


@retried
def invite(*, user: CurrentUser, organization_id: str, email: str, role: str) -> OrganizationInvitation:
    """Ask somebody to join, by a letter with a link. Raises `Conflict` `already_member`, `already_invited`."""
    asks = member_with(user, organization_id, Right.CHANGE_MEMBERS, consistent=True)
    email = clean_email(email)
    if role not in INVITABLE:
        raise Invalid(fields={"role": [f"One of {', '.join(INVITABLE)}."]})
    known = user_by_email(email)
    if known is not None and OrganizationUser.find(organization_id, known.id, consistent=True) is not None:
        raise Conflict("They are a member already.", code="already_member")
    now = utc_now()
    id = tokens.invitation_id(organization_id, email)
    invitation = OrganizationInvitation.find(id, consistent=True)
    if invitation is not None and is_open(invitation, now):
        raise Conflict(
            "They are invited already. Send it again, or revoke it first.",
            code="already_invited",
            details={"invitationId": id},
        )
    if invitation is None:
        _check_room(organization_id)
        invitation = OrganizationInvitation(id=id, organization_id=organization_id, email=email)
    invitation.role = MemberRole(role)
    invitation.status = InvitationStatus.PENDING
    invitation.accepted_by = None
    invitation.invited_at = now
    _send(invitation, asks, now)
    return invitation


@retried
def resend(*, user: CurrentUser, organization_id: str, invitation_id: str) -> OrganizationInvitation:
    """Another letter with another link, good for seven days from now. Raises `NotFound`, `Conflict`."""
    asks = member_with(user, organization_id, Right.CHANGE_MEMBERS, consistent=True)
    invitation = _of_ours(organization_id, invitation_id)
    if invitation.status is not InvitationStatus.PENDING:
        raise used(invitation)
    _send(invitation, asks, utc_now())
    return invitation


@retried
def revoke(*, user: CurrentUser, organization_id: str, invitation_id: str) -> None:
    """Its link is void from now on. Revoking it again changes nothing; raises `Conflict` for one that was accepted."""
    asks = member_with(user, organization_id, Right.CHANGE_MEMBERS, consistent=True)
    invitation = _of_ours(organization_id, invitation_id)
    _revoke(invitation, lambda tx: still(tx, asks))


@retried
def revoke_by_staff(*, user: CurrentUser, invitation_id: str) -> None:
    """The same, by staff with the right."""
    staff.require(user, "revoke", "fleet.organizationinvitation")
    _revoke(OrganizationInvitation.fetch(invitation_id), lambda tx: None)


def _revoke(invitation: OrganizationInvitation, also: Callable[[Transaction], None]) -> None:
    if invitation.status is InvitationStatus.REVOKED:
        return
    if invitation.status is InvitationStatus.ACCEPTED:
        raise used(invitation)
    invitation.status = InvitationStatus.REVOKED
    with transact() as tx:
        also(tx)
        tx.save(invitation)


def holder(token: str) -> OrganizationInvitation:
    """The open invitation of a link, strongly consistent. Raises `NotFound`, `Conflict` `invitation_used`, ...."""
    if len(token) > tokens.LONGEST:
        raise NotFound
    digest = tokens.fingerprint(token)
    key = next(iter(OrganizationInvitation.token_index.query(digest, limit=1)), None)
    found = OrganizationInvitation.find(key.id, consistent=True) if key is not None else None
    if found is None or not compare_digest(found.token_hash, digest):
        raise NotFound
    if not is_open(found, utc_now()):
        raise used(found)
    return found


@retried
def accept(*, user: CurrentUser, token: str) -> OrganizationUser:
    """Join with the account that one has. Of two who use a link at the same time one joins.

    Raises `Forbidden` `invitation_for_another`, `NotFound`, `Conflict` `invitation_used`, `already_member`.
    """
    invitation = holder(token)
    if normalise_email(user.email) != invitation.email:
        raise Forbidden("This invitation was sent to another address.", code="invitation_for_another")
    with transact() as tx:
        return _join(tx, invitation, User.fetch(user.id))


@retried
def accept_as_new(*, token: str, name: str, password: str) -> User:
    """Join with a new account: its address is the invitation's, which the link has proved.

    Raises `Invalid`, `Conflict` `email_taken` where the address has an account: sign in with it.
    """
    invitation = holder(token)
    organization = Organization.fetch(invitation.organization_id)
    with transact() as tx:
        user = create_user(
            tx=tx,
            name=name,
            email=invitation.email,
            password=password,
            role=platform_role(invitation.role),
            profile_id=profile_for(invitation.role, organization),
        )
        _store_membership(tx, invitation, user.id)
    return user


def _join(tx: Transaction, invitation: OrganizationInvitation, user: User) -> OrganizationUser:
    member = _store_membership(tx, invitation, user.id)
    follow(tx, user, Organization.fetch(invitation.organization_id), invitation.role)
    return member


def _store_membership(tx: Transaction, invitation: OrganizationInvitation, user_id: str) -> OrganizationUser:
    """The invitation is spent under its version, so that it cannot be twice."""
    member = OrganizationUser(
        organization_id=invitation.organization_id, user_id=user_id, role=MemberRole(invitation.role)
    )
    invitation.status = InvitationStatus.ACCEPTED
    invitation.accepted_by = user_id
    tx.save(invitation)
    tx.create(member, otherwise=Conflict("You are a member already.", code="already_member"))
    return member


def _send(invitation: OrganizationInvitation, asks: OrganizationUser, now: datetime) -> None:
    invitation.invited_by = asks.user_id
    invitation.expires_at = now + LIFE
    invitation.purge_at = (invitation.expires_at + KEPT).replace(microsecond=0)
    tokens.renew(invitation)
    with transact() as tx:
        still(tx, asks)
        tx.save(invitation)
        outbox.add(tx, InvitationSent(invitation.id, invitation.salt))


def _of_ours(organization_id: str, invitation_id: str) -> OrganizationInvitation:
    found = OrganizationInvitation.find(invitation_id, consistent=True)
    if found is None or found.organization_id != organization_id:
        raise NotFound
    return found


def _check_room(organization_id: str) -> None:
    rows = OrganizationInvitation.organization_index.query(
        organization_id, OrganizationInvitation.invited_at > utc_now() - LIFE, limit=MOST_OPEN
    )
    if sum(1 for _ in rows) >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} people were invited within a week: wait a little.", code="too_many_invitations")


def used(invitation: OrganizationInvitation) -> Conflict:
    state = "EXPIRED" if invitation.status is InvitationStatus.PENDING else invitation.status.value
    messages = {
        "EXPIRED": "This invitation has run out. Ask for another one.",
        "ACCEPTED": "This invitation was accepted already.",
        "REVOKED": "This invitation was called back.",
    }
    return Conflict(messages[state], code="invitation_used", details={"status": state})
