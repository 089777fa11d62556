"""Tenants, their members and who is invited. Staff appoint an owner where there is none, and call invitations back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.selectors import user_by_email
from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.errors import NotFound
from atlas.facade.admin.columns import document, instant, status_badge
from atlas.facade.admin.inlines import FacadeTabularInline
from atlas.facade.admin.search import Way, by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from fleet.admin.operators import by_account_email
from fleet.models import Organization, OrganizationInvitation, OrganizationUser
from fleet.organizations.invitations import revoke_by_staff
from fleet.organizations.members import appoint_owner
from fleet.organizations.tables import InvitationStatus


class MemberInline(FacadeTabularInline):
    model = OrganizationUser
    read_only = True
    show_change_link = False
    fields = ("user", "role", "created_at")


class InvitationInline(FacadeTabularInline):
    model = OrganizationInvitation
    read_only = True
    fields = ("email", "role", "status", "invited_at", "expires_at")
    shown = {"status": status_badge("status")}


class OwnerForm(ReasonForm):
    email = forms.EmailField(label=gettext_lazy("The member's e-mail"))


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    list_display = ("name", "owner", "operator", "created_at")
    list_scan = True
    search_ways = (by_uuid(),)
    shown = {"settings": document("settings")}
    inlines = (MemberInline, InvitationInline)
    actions = ("appoint",)
    fieldsets = (
        (None, {"fields": ("name", "owner", "operator", "settings")}),
        (gettext_lazy("Inside"), {"classes": ("collapse",), "fields": ("id", "created_at", "updated_at", "version")}),
    )

    @service_action(description=gettext_lazy("Appoint an owner"), permission="transfer", fields=OwnerForm, danger=True)
    def appoint(self, request: HttpRequest, obj: Any, *, email: str, reason: str) -> None:
        user = user_by_email(email)
        if user is None:
            raise NotFound("Nobody has this address.")
        appoint_owner(user=current_user(request), organization_id=obj.pk, user_id=user.id)


@admin.register(OrganizationUser)
class OrganizationUserAdmin(ReadOnlyAdmin):
    list_display = ("role", "organization", "user", "created_at")
    list_scan = True
    search_ways = (
        by_uuid("organization_id", gettext_lazy("the organization's ID")),
        by_account_email(gettext_lazy("e-mail")),
    )


@admin.register(OrganizationInvitation)
class OrganizationInvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "role", "status", "organization", instant("invited_at"), instant("expires_at"))
    list_scan = True
    search_ways = (
        by_uuid(),
        by_uuid("organization_id", gettext_lazy("the organization's ID")),
        Way(gettext_lazy("e-mail"), "email", str.lower, r"[^@\s]+@[^@\s]+"),
    )
    shown = {"status": status_badge("status")}
    personal_fields = ("email",)
    secret_fields = ("salt", "token_hash")
    actions = ("revoke",)

    @service_action(
        description=gettext_lazy("Call back"),
        permission="revoke",
        fields=ReasonForm,
        open_for=lambda invitation: invitation.status == InvitationStatus.PENDING,
        danger=True,
    )
    def revoke(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        revoke_by_staff(user=current_user(request), invitation_id=obj.pk)
