"""The API of organizations, under `/api/v1/`."""

from django.urls import path

from fleet.assignments import api as assignments
from fleet.organizations import api

ONE = "organizations/<uuid:organization_id>"

urlpatterns = [
    path("organizations", api.Organizations.as_view()),
    path(ONE, api.OneOrganization.as_view()),
    path(f"{ONE}/members", api.Members.as_view()),
    path(f"{ONE}/members/<uuid:user_id>", api.OneMember.as_view()),
    path(f"{ONE}/transfer", api.Transfer.as_view()),
    path(f"{ONE}/invitations", api.Invitations.as_view()),
    path(f"{ONE}/invitations/<uuid:invitation_id>", api.OneInvitation.as_view()),
    path(f"{ONE}/invitations/<uuid:invitation_id>/resend", api.Resend.as_view()),
    path(f"{ONE}/vehicles", assignments.FleetVehicles.as_view()),
    path(f"{ONE}/assignments", assignments.Assignments.as_view()),
    path(f"{ONE}/assignments/<uuid:assignment_id>", assignments.OneAssignment.as_view()),
    path(f"{ONE}/choose", api.Choose.as_view()),
    path("invitations/accept", api.Accept.as_view()),
    path("invitations/join", api.Join.as_view()),
]
