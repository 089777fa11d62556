"""The pages of organizations: parse, call, render."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules.email import normalise_email
from accounts.selectors import user_by_email
from accounts.users import current_user
from atlas.errors import AtlasError, Conflict, Forbidden, Invalid, NotFound
from atlas.forms import show_errors
from atlas.web import action, page, refuse, sentence
from fleet.organizations import forms, invitations, members, selectors
from fleet.organizations.serializers import state_of
from fleet.organizations.settings import change_organization, settings_of
from fleet.organizations.tables import InvitationStatus, OrganizationInvitation
from fleet.rules.membership import MemberRole, Right, may
from fleet.tables import Organization

MOST_SHOWN = 100


def to_organization(organization_id: UUID, **_: Any) -> str:
    return reverse("fleet:organization", args=[organization_id])


@page
@require_safe
def organizations(request: HttpRequest) -> HttpResponseBase:
    """The organizations one belongs to; who has only one is at its page."""
    found = selectors.organizations_of(current_user(request))
    if len(found) == 1:
        return redirect("fleet:organization", found[0].organization.id)
    shown = [(each.organization, forms.ROLES[MemberRole(each.role)]) for each in found]
    return render(request, "fleet/organizations.html", {"organizations": shown})


@page
@require_safe
def organization(request: HttpRequest, organization_id: UUID) -> HttpResponseBase:
    """Its members and invitations; a driver and a viewer see what they are in it."""
    return _organization_page(request, organization_id, forms.InviteForm())


@page
@require_http_methods(["POST"])
def invite(request: HttpRequest, organization_id: UUID) -> HttpResponseBase:
    form = forms.InviteForm(request.POST)
    if form.is_valid():
        try:
            invitation = invitations.invite(
                user=current_user(request), organization_id=str(organization_id), **form.values
            )
        except (Conflict, Invalid) as error:
            show_errors(form, error)
        else:
            messages.success(request, _("%(email)s is invited.") % {"email": invitation.email})
            return redirect(to_organization(organization_id))
    return _organization_page(request, organization_id, form)


@action(back=to_organization)
def resend(request: HttpRequest, organization_id: UUID, invitation_id: UUID) -> HttpResponseBase:
    found = invitations.resend(
        user=current_user(request), organization_id=str(organization_id), invitation_id=str(invitation_id)
    )
    messages.success(request, _("Sent again to %(email)s.") % {"email": found.email})
    return redirect(to_organization(organization_id))


@action(back=to_organization)
def revoke(request: HttpRequest, organization_id: UUID, invitation_id: UUID) -> HttpResponseBase:
    invitations.revoke(
        user=current_user(request), organization_id=str(organization_id), invitation_id=str(invitation_id)
    )
    messages.success(request, _("The invitation is called back."))
    return redirect(to_organization(organization_id))


@action(back=to_organization)
def change_role(request: HttpRequest, organization_id: UUID, user_id: UUID) -> HttpResponseBase:
    members.change_role(
        user=current_user(request),
        organization_id=str(organization_id),
        user_id=str(user_id),
        role=request.POST.get("role", ""),
    )
    messages.success(request, _("The role is changed."))
    return redirect(to_organization(organization_id))


@action(back=to_organization)
def remove(request: HttpRequest, organization_id: UUID, user_id: UUID) -> HttpResponseBase:
    members.remove_member(user=current_user(request), organization_id=str(organization_id), user_id=str(user_id))
    messages.success(request, _("The member is removed."))
    return redirect(to_organization(organization_id))


@action(back=to_organization)
def leave(request: HttpRequest, organization_id: UUID) -> HttpResponseBase:
    user = current_user(request)
    members.remove_member(user=user, organization_id=str(organization_id), user_id=user.id)
    messages.success(request, _("You have left the organization."))
    return redirect("fleet:organizations")


@action(back=to_organization)
def transfer(request: HttpRequest, organization_id: UUID) -> HttpResponseBase:
    members.transfer_ownership(
        user=current_user(request), organization_id=str(organization_id), user_id=request.POST.get("user_id", "")
    )
    messages.success(request, _("The organization has a new owner. You are an admin of it now."))
    return redirect(to_organization(organization_id))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, organization_id: UUID) -> HttpResponseBase:
    """Its name and how it is shown; who may change that changes it."""
    user = current_user(request)
    found = selectors.organization_of(user, str(organization_id))
    if not may(found.role, Right.CHANGE_SETTINGS):
        raise Forbidden
    kept = settings_of(found.organization)
    initial = {
        "name": found.organization.name,
        "timezone": kept.get("timezone", ""),
        "units": kept.get("units", "METRIC"),
        "alert_minutes": kept.get("alertMinutes"),
    }
    form = forms.SettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            change_organization(user=user, organization_id=str(organization_id), **form.values)
        except AtlasError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(to_organization(organization_id))
    context = {"organization": found.organization, "form": form}
    return render(request, "fleet/organization_settings.html", context, status=400 if form.errors else 200)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind a letter's link: join with the account that one has, or with a new one."""
    try:
        found = invitations.holder(token)
        return _answer_invitation(request, token, found)
    except NotFound as error:
        return refuse(request, error)
    except AtlasError as error:
        return render(request, "fleet/invitation_void.html", {"sentence": sentence(error)}, status=error.status)


def _answer_invitation(request: HttpRequest, token: str, found: OrganizationInvitation) -> HttpResponseBase:
    signed_in = request.user.is_authenticated
    ours = signed_in and normalise_email(current_user(request).email) == found.email
    known = ours or user_by_email(found.email) is not None
    form = forms.JoinForm(request.POST if request.method == "POST" and not (ours or known) else None)
    if request.method == "POST" and ours:
        member = invitations.accept(user=current_user(request), token=token)
        messages.success(request, _("Welcome to the team."))
        return redirect("fleet:organization", member.organization_id)
    if form.is_bound and form.is_valid():
        try:
            invitations.accept_as_new(token=token, **form.cleaned_data)
        except Invalid as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Your account is made. Sign in with it."))
            return redirect("accounts:sign_in")
    context = {
        "organization": Organization.fetch(found.organization_id),
        "role": forms.ROLES[MemberRole(found.role)],
        "what": forms.WHAT[MemberRole(found.role)],
        "email": found.email,
        "ours": ours,
        "known": known,
        "signed_in": signed_in,
        "form": form,
        "token": token,
    }
    return render(request, "fleet/invitation.html", context, status=400 if form.errors else 200)


def _organization_page(request: HttpRequest, organization_id: UUID, form: forms.InviteForm) -> HttpResponseBase:
    user = current_user(request)
    found = selectors.organization_of(user, str(organization_id))
    role = MemberRole(found.role)
    context: dict[str, Any] = {
        "organization": found.organization,
        "role": forms.ROLES[role],
        "what": forms.WHAT[role],
        "is_owner": role is MemberRole.OWNER,
        "changes_members": may(role, Right.CHANGE_MEMBERS),
        "changes_settings": may(role, Right.CHANGE_SETTINGS),
        "form": form,
        "roles": forms.CHOICES,
    }
    if form.is_bound and not context["changes_members"]:
        raise Forbidden
    if may(role, Right.SEE_MEMBERS):
        id = str(organization_id)
        page = selectors.list_members(user=user, organization_id=id, cursor=request.GET.get("cursor"), limit=MOST_SHOWN)
        people = sorted(page.items, key=lambda each: (list(MemberRole).index(MemberRole(each.member.role)), each.name))
        invited = selectors.list_invitations(user=user, organization_id=id, limit=MOST_SHOWN).items
        context |= {
            "people": [
                (each, forms.ROLES[MemberRole(each.member.role)], each.member.user_id == user.id) for each in people
            ],
            "next": page.next,
            "invited": [
                (each, forms.ROLES[MemberRole(each.role)], state_of(each))
                for each in invited
                if each.status is InvitationStatus.PENDING
            ],
            "transfer_form": forms.TransferForm(people=people),
        }
    return render(request, "fleet/organization.html", context, status=400 if form.errors else 200)
