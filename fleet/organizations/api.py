"""The REST views of organizations: parse, call, render."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.serializers import UserSerializer
from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.schema import error_response
from atlas.api.views import OpenView, View
from atlas.dynamo.cursor import Page
from fleet.organizations import examples, invitations, members, selectors
from fleet.organizations import serializers as shape
from fleet.organizations.settings import change_organization

TAGS = ["Fleet"]
OWNER_STAYS = error_response("`owner_stays`: an organization has an owner; hand the ownership over first.")
USED = error_response("`invitation_used`: accepted, revoked or run out; `already_member`.")


class Organizations(View):
    @extend_schema(operation_id="list_organizations", tags=TAGS, responses=page_of(shape.OrganizationSerializer))
    def get(self, request: Request) -> Response:
        """The organizations that you belong to."""
        return self.page(Page(selectors.organizations_of(current_user(request))), shape.OrganizationSerializer)


class OneOrganization(View):
    @extend_schema(operation_id="get_organization", tags=TAGS, responses=shape.OrganizationSerializer)
    def get(self, request: Request, organization_id: UUID) -> Response:
        """One of your organizations."""
        found = selectors.organization_of(current_user(request), str(organization_id))
        return self.answer(found, shape.OrganizationSerializer)

    @extend_schema(
        operation_id="change_organization",
        tags=TAGS,
        request=shape.OrganizationChangeSerializer,
        responses=shape.OrganizationSerializer,
        examples=[examples.ORGANIZATION],
    )
    def patch(self, request: Request, organization_id: UUID) -> Response:
        """Change its name and settings (owner, admin)."""
        body = self.body(shape.OrganizationChangeSerializer, partial=True)
        changed = change_organization(
            user=current_user(request), organization_id=str(organization_id), check=self.check_version, **body
        )
        return self.answer(changed, shape.OrganizationSerializer)


class Members(View):
    @extend_schema(
        operation_id="list_members", tags=TAGS, parameters=PAGE_PARAMETERS, responses=page_of(shape.MemberSerializer)
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """Its members (owner, admin, manager)."""
        page = selectors.list_members(user=current_user(request), organization_id=str(organization_id), **self.paging())
        return self.page(page, shape.MemberSerializer)


class OneMember(View):
    @extend_schema(
        operation_id="change_member",
        tags=TAGS,
        request=shape.RoleSerializer,
        responses={200: shape.MembershipSerializer, 409: OWNER_STAYS},
        examples=[examples.ROLE],
    )
    def patch(self, request: Request, organization_id: UUID, user_id: UUID) -> Response:
        """Give a member another role (owner, admin)."""
        body = self.body(shape.RoleSerializer)
        member = members.change_role(
            user=current_user(request),
            organization_id=str(organization_id),
            user_id=str(user_id),
            check=self.check_version,
            **body,
        )
        return self.answer(member, shape.MembershipSerializer)

    @extend_schema(operation_id="remove_member", tags=TAGS, responses={204: None, 409: OWNER_STAYS})
    def delete(self, request: Request, organization_id: UUID, user_id: UUID) -> Response:
        """Remove a member (owner, admin), or leave: with your own id, whatever your role."""
        members.remove_member(user=current_user(request), organization_id=str(organization_id), user_id=str(user_id))
        return self.nothing()


class Choose(View):
    @extend_schema(operation_id="choose_organization", tags=TAGS, request=None, responses=shape.MembershipSerializer)
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Say for which of your organizations you act: whose fleet `fleet/...` shows you from now on."""
        member = members.choose_organization(user=current_user(request), organization_id=str(organization_id))
        return self.answer(member, shape.MembershipSerializer)


class Transfer(View):
    @extend_schema(
        operation_id="transfer_ownership",
        tags=TAGS,
        request=shape.TransferSerializer,
        responses={204: None, 409: error_response("`cannot_own`: they cannot run its company.")},
        examples=[examples.TRANSFER],
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Hand the ownership to another member (owner). You are an admin from then on."""
        members.transfer_ownership(
            user=current_user(request), organization_id=str(organization_id), **self.body(shape.TransferSerializer)
        )
        return self.nothing()


class Invitations(View):
    @extend_schema(
        operation_id="list_invitations",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.InvitationSerializer),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """Who was invited, newest first (owner, admin, manager)."""
        page = selectors.list_invitations(
            user=current_user(request), organization_id=str(organization_id), **self.paging()
        )
        return self.page(page, shape.InvitationSerializer)

    @extend_schema(
        operation_id="invite_member",
        tags=TAGS,
        request=shape.NewInvitationSerializer,
        responses={
            201: shape.InvitationSerializer,
            409: error_response("`already_member`, `already_invited`, `too_many_invitations`."),
        },
        examples=[examples.INVITATION],
    )
    @idempotent
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Invite somebody by e-mail (owner, admin). The link is good for seven days and once."""
        body = self.body(shape.NewInvitationSerializer)
        invitation = invitations.invite(user=current_user(request), organization_id=str(organization_id), **body)
        return self.created(invitation, shape.InvitationSerializer)


class OneInvitation(View):
    @extend_schema(operation_id="revoke_invitation", tags=TAGS, responses={204: None, 409: USED})
    def delete(self, request: Request, organization_id: UUID, invitation_id: UUID) -> Response:
        """Call an invitation back (owner, admin): its link is void."""
        invitations.revoke(
            user=current_user(request), organization_id=str(organization_id), invitation_id=str(invitation_id)
        )
        return self.nothing()


class Resend(View):
    @extend_schema(
        operation_id="resend_invitation",
        tags=TAGS,
        request=None,
        responses={200: shape.InvitationSerializer, 409: USED},
    )
    def post(self, request: Request, organization_id: UUID, invitation_id: UUID) -> Response:
        """Send it again with another link, good for seven days from now (owner, admin). The old link is void."""
        found = invitations.resend(
            user=current_user(request), organization_id=str(organization_id), invitation_id=str(invitation_id)
        )
        return self.answer(found, shape.InvitationSerializer)


class Accept(View):
    throttle_scope = "login"

    @extend_schema(
        operation_id="accept_invitation",
        tags=TAGS,
        request=shape.AcceptInvitationSerializer,
        responses={
            200: shape.MembershipSerializer,
            403: error_response("`invitation_for_another`: it was sent to another address."),
            409: USED,
        },
        examples=[examples.ACCEPT],
    )
    def post(self, request: Request) -> Response:
        """Join an organization with your account, whose address the invitation was sent to."""
        member = invitations.accept(user=current_user(request), **self.body(shape.AcceptInvitationSerializer))
        return self.answer(member, shape.MembershipSerializer)


class Join(OpenView):
    throttle_scope = "register"

    @extend_schema(
        operation_id="join_by_invitation",
        tags=TAGS,
        request=shape.JoinSerializer,
        responses={201: UserSerializer, 409: error_response("`email_taken`: sign in and accept; `invitation_used`.")},
        examples=[examples.JOIN],
    )
    def post(self, request: Request) -> Response:
        """Join an organization with a new account, for the address that the invitation was sent to."""
        user = invitations.accept_as_new(**self.body(shape.JoinSerializer))
        return self.created(user, UserSerializer)
