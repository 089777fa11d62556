"""The pages of the fleet."""

from django.urls import path

from fleet.organizations import views as organizations

ONE = "organizations/<uuid:organization_id>/"

app_name = "fleet"
urlpatterns = [
    path("organizations/", organizations.organizations, name="organizations"),
    path(ONE, organizations.organization, name="organization"),
    path(f"{ONE}settings/", organizations.settings, name="organization_settings"),
    path(f"{ONE}invite/", organizations.invite, name="invite"),
    path(f"{ONE}invitations/<uuid:invitation_id>/resend/", organizations.resend, name="resend_invitation"),
    path(f"{ONE}invitations/<uuid:invitation_id>/revoke/", organizations.revoke, name="revoke_invitation"),
    path(f"{ONE}members/<uuid:user_id>/role/", organizations.change_role, name="change_role"),
    path(f"{ONE}members/<uuid:user_id>/remove/", organizations.remove, name="remove_member"),
    path(f"{ONE}transfer/", organizations.transfer, name="transfer_ownership"),
    path(f"{ONE}leave/", organizations.leave, name="leave_organization"),
    path("invitations/<str:token>/", organizations.invitation, name="invitation"),
]
