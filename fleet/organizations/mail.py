"""The letter of an invitation, told of by the outbox: sent once the invitation holds, also late."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from fleet.events import InvitationSent
from fleet.organizations.invitations import is_open
from fleet.organizations.tables import OrganizationInvitation
from fleet.organizations.tokens import token_of
from fleet.tables import Organization


def address_of(invitation: OrganizationInvitation) -> str:
    return f"{settings.PUBLIC_URL}{reverse('fleet:invitation', args=[token_of(invitation)])}"


def send_invitation(event: InvitationSent) -> None:
    """Nothing for one that was used, revoked or sent again meanwhile: that one has a letter of its own."""
    invitation = OrganizationInvitation.find(event.invitation_id, consistent=True)
    if invitation is None or invitation.salt != event.salt or not is_open(invitation, utc_now()):
        return
    organization = Organization.fetch(invitation.organization_id)
    inviter = User.find(invitation.invited_by)
    context = {
        "organization": organization.name,
        "inviter": inviter.name if inviter else "",
        "role": invitation.role,
        "address": address_of(invitation),
        "until": invitation.expires_at,
    }
    text = render_to_string("fleet/mail/invitation.txt", context)
    subject = _("Join %(organization)s on Atlas") % {"organization": " ".join(organization.name.split())}
    send_mail(subject, text, None, [invitation.email])
