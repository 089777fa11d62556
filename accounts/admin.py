"""The back office of accounts: people, how they are signed in, and what was done with their data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import password_reset, services, sign_in, signed_in, staffing
from accounts.holds.placing import hold_person, release
from accounts.models import User
from accounts.privacy.closing import erase_user
from accounts.privacy.exports import export_of
from accounts.records import AccessEntry, Erasure, LegalHold, Seal, SecondFactor, Session, TokenFamily
from accounts.rules.roles import Role, StaffRole, UserStatus
from accounts.second_factor import services as second_factor
from accounts.tables import User as UserItem
from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import instant, link_to, show_instant, status_badge
from atlas.facade.admin.filters import IndexFilter
from atlas.facade.admin.inlines import FacadeTabularInline
from atlas.facade.admin.options import FacadeAdmin
from atlas.facade.admin.search import Way, by_email, by_id, by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action

SIGNS_IN = {
    "links": (by_uuid("user_id", gettext_lazy("the user's ID")), by_id()),
}


def is_active(user: Any) -> bool:
    return bool(user.status == UserStatus.ACTIVE)


class StaffRoleForm(ReasonForm):
    staff_role = forms.ChoiceField(
        label=gettext_lazy("Staff role"), choices=[(role.value, role.value.capitalize()) for role in StaffRole]
    )
    field_order = ("staff_role", "reason")


class SessionInline(FacadeTabularInline):
    model = Session
    read_only = True
    most = 20
    fields = ("ip_address", "user_agent", "signed_in_at", "updated_at", "expires_at")


class TokenFamilyInline(FacadeTabularInline):
    model = TokenFamily
    read_only = True
    most = 20
    fields = ("ip_address", "user_agent", "created_at", "revoked_at", "expires_at")


@admin.register(User)
class UserAdmin(FacadeAdmin):
    list_display = (
        "name",
        "email",
        status_badge("role"),
        "staff_role",
        status_badge("status"),
        instant("last_login"),
    )
    list_filter = (IndexFilter.on("staff_role"),)
    list_scan = True
    search_ways = (by_email(), by_uuid())
    rule_owned = ("email", "role", "staff_role", "status", "profile_id", "last_login", "second_factor_at", "settings")
    secret_fields = ("password",)
    shown = {"status": status_badge("status"), "role": status_badge("role")}
    inlines = (SessionInline, TokenFamilyInline)
    unwatched_fields = ("last_login",)
    actions = (
        "suspend",
        "reactivate",
        "send_new_password",
        "sign_out_everywhere",
        "reset_second_factor",
        "change_staff_role",
        "export_data",
        "hold",
        "anonymise",
    )
    fieldsets = (
        (None, {"fields": ("name", "email", "phone", "avatar")}),
        (gettext_lazy("Role"), {"fields": ("role", "staff_role", "status", "profile_id")}),
        (gettext_lazy("Signing in"), {"fields": ("last_login", "second_factor_at")}),
        (
            gettext_lazy("Inside"),
            {"classes": ("collapse",), "fields": ("id", "settings", "created_at", "updated_at", "version")},
        ),
    )
    add_fieldsets = ((None, {"fields": ("name", "email", "phone", "role", "staff_role")}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return [(title, dict(options)) for title, options in self.add_fieldsets]
        return super().get_fieldsets(request, obj)

    def readonly_names(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The address and the role are chosen once, when somebody is added."""
        names = super().readonly_names(request, obj)
        return names if obj else [each for each in names if each not in ("email", "role", "staff_role")]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else ()

    def save_with(self, request: HttpRequest, obj: Any, changed: Mapping[str, Any], *, add: bool) -> UserItem:
        if not add:
            return services.change_profile(user=obj, **changed)
        given = {name: getattr(obj, name) or "" for name in ("name", "email", "phone")}
        staff_role = StaffRole(obj.staff_role) if obj.staff_role else None
        user = staffing.add_user(actor=current_user(request), role=Role(obj.role), staff_role=staff_role, **given)
        password_reset.ask(email=user.email)
        return user

    @service_action(
        description=gettext_lazy("Suspend"), permission="suspend", fields=ReasonForm, open_for=is_active, danger=True
    )
    def suspend(self, request: HttpRequest, obj: Any, *, reason: str) -> str:
        services.suspend_user(actor=current_user(request), user_id=obj.pk)
        return _("Signed out everywhere.")

    @service_action(
        description=gettext_lazy("Reactivate"),
        permission="reactivate",
        fields=ReasonForm,
        open_for=lambda user: user.status == UserStatus.SUSPENDED,
    )
    def reactivate(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        services.reactivate_user(actor=current_user(request), user_id=obj.pk)

    @service_action(
        description=gettext_lazy("Send a link for a new password"), permission="require_password", open_for=is_active
    )
    def send_new_password(self, request: HttpRequest, obj: Any) -> str:
        password_reset.ask_for(actor=current_user(request), user_id=obj.pk)
        return _("A letter is on its way.")

    @service_action(description=gettext_lazy("Sign out everywhere"), permission="revoke_sessions", open_for=is_active)
    def sign_out_everywhere(self, request: HttpRequest, obj: Any) -> None:
        signed_in.end_all_of(actor=current_user(request), user_id=obj.pk)

    @service_action(
        description=gettext_lazy("Reset the second factor"),
        permission="reset_second_factor",
        fields=ReasonForm,
        open_for=lambda user: user.second_factor_at is not None,
        danger=True,
    )
    def reset_second_factor(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        second_factor.reset(actor=current_user(request), user_id=obj.pk)

    @service_action(
        description=gettext_lazy("Change the staff role"),
        permission="change_staff_role",
        fields=StaffRoleForm,
        open_for=lambda user: user.role == Role.ADMIN and is_active(user),
    )
    def change_staff_role(self, request: HttpRequest, obj: Any, *, staff_role: str, reason: str) -> None:
        staffing.change_staff_role(actor=current_user(request), user_id=obj.pk, staff_role=StaffRole(staff_role))

    @service_action(
        description=gettext_lazy("Export personal data"),
        permission="export_data",
        fields=ReasonForm,
        open_for=lambda user: user.status != UserStatus.DELETED,
    )
    def export_data(self, request: HttpRequest, obj: Any, *, reason: str) -> str:
        job = export_of(actor=current_user(request), user_id=obj.pk, reason=reason)
        where = request.build_absolute_uri(reverse("accounts:job", args=[job.id]))
        return _("It is being written; the file will be at %(where)s") % {"where": where}

    @service_action(
        description=gettext_lazy("Place a legal hold"),
        permission="accounts.hold_legalhold",
        fields=ReasonForm,
        open_for=lambda user: user.status != UserStatus.DELETED,
        danger=True,
    )
    def hold(self, request: HttpRequest, obj: Any, *, reason: str) -> str:
        hold_person(user=current_user(request), user_id=obj.pk, reason=reason)
        return _("Nothing of theirs is deleted, and they are not erased, until it is released.")

    @service_action(
        description=gettext_lazy("Anonymise"),
        permission="anonymise",
        fields=ReasonForm,
        open_for=lambda user: user.status != UserStatus.DELETED,
        danger=True,
    )
    def anonymise(self, request: HttpRequest, obj: Any, *, reason: str) -> str:
        erase_user(actor=current_user(request), user_id=obj.pk, reason=reason)
        return _("The account is gone. The rest is emptied in the background; bookings and books stay.")


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Of somebody, by their id; its content and the cookie's key are nobody's to see."""

    list_display = ("id", link_to("user"), "ip_address", instant("signed_in_at"), instant("expires_at"))
    list_scan = True
    search_ways = SIGNS_IN["links"]
    secret_fields = ("data",)
    actions = ("end",)

    @service_action(
        description=gettext_lazy("End"),
        permission="revoke",
        open_for=lambda session: session.user_id is not None,
        danger=True,
    )
    def end(self, request: HttpRequest, obj: Any) -> None:
        signed_in.end_of(actor=current_user(request), user_id=obj.user_id, sign_in_id=signed_in.public_id(obj.pk))


@admin.register(TokenFamily)
class TokenFamilyAdmin(ReadOnlyAdmin):
    list_display = ("id", link_to("user"), "ip_address", instant("created_at"), instant("revoked_at"))
    list_scan = True
    search_ways = SIGNS_IN["links"]
    secret_fields = ("refresh_hash",)
    actions = ("revoke",)

    @service_action(
        description=gettext_lazy("End"),
        permission="revoke",
        open_for=lambda family: family.revoked_at is None,
        danger=True,
    )
    def revoke(self, request: HttpRequest, obj: Any) -> None:
        sign_in.sign_out(family_id=obj.pk)


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnlyAdmin):
    """Whether somebody has one; never what makes its codes."""

    list_display = ("user_id", instant("confirmed_at"), instant("created_at"))
    list_scan = True
    search_ways = (by_uuid(label=gettext_lazy("the user's ID")),)
    secret_fields = ("secret", "recovery_hashes")


@admin.register(AccessEntry)
class AccessEntryAdmin(ReadOnlyAdmin):
    list_display = ("when", "deed", link_to("actor"), "actor_role", "object", link_to("subject"), "via")
    list_filter = (IndexFilter.on("deed"),)
    ordering = ("-moment",)
    search_ways = (
        by_uuid("subject_id", gettext_lazy("the ID of whose data it was")),
        by_uuid("actor_id", gettext_lazy("the ID of who did it")),
        Way(gettext_lazy("item, such as bookings:<id>"), "object", pattern=r"[a-z-]+:.+"),
    )

    @admin.display(description=gettext_lazy("when"), ordering="moment")
    def when(self, entry: Any) -> Any:
        """The time in `moment`, which an id follows."""
        return show_instant(datetime.fromisoformat(entry.moment.partition("#")[0]))


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    list_display = ("chain", "number", "hash", instant("created_at"))
    list_scan = True


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("id", status_badge("status"), instant("created_at"), instant("done_at"))
    list_scan = True
    search_ways = (by_uuid(label=gettext_lazy("the user's ID")),)


@admin.register(LegalHold)
class LegalHoldAdmin(ReadOnlyAdmin):
    """What must be kept: placed on the page of a person or a booking, released here."""

    list_display = ("kind", "id", link_to("about"), "reason", link_to("placed_by"), instant("created_at"))
    list_scan = True
    search_ways = (by_uuid(label=gettext_lazy("the ID of what is held")),)
    actions = ("release",)

    @service_action(
        description=gettext_lazy("Release"), permission="accounts.release_legalhold", fields=ReasonForm, danger=True
    )
    def release(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        release(user=current_user(request), hold_id=obj.pk, reason=reason)
