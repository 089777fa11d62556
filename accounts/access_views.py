"""The pages of where one is signed in, and of a forgotten password."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import password_reset as resetting
from accounts import signed_in
from accounts.forms import NewPasswordForm, PasswordResetForm
from accounts.users import current_user
from atlas.errors import Invalid, NotFound
from atlas.forms import show_errors
from atlas.web import action, page


def to_sessions(*_: Any, **__: Any) -> str:
    return "accounts:sessions"


@page
@require_http_methods(["GET"])
def sessions(request: HttpRequest) -> HttpResponseBase:
    """Where one is signed in."""
    found = signed_in.sign_ins(user=current_user(request), current=signed_in.current_key(request))
    return render(request, "accounts/sessions.html", {"sign_ins": found, "others": len(found) > 1})


@action(back=to_sessions)
def end(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """Sign out one device; one that is gone already is gone."""
    try:
        ended = signed_in.end(user=current_user(request), sign_in_id=str(session_id))
    except NotFound:
        messages.info(request, _("This device is signed out already."))
    else:
        messages.success(request, _("Signed out: %(device)s.") % {"device": ended.device})
    return redirect(to_sessions())


@action(back=to_sessions)
def end_others(request: HttpRequest) -> HttpResponseBase:
    """Sign out every other device."""
    item = signed_in.end_others(user=current_user(request), keep=signed_in.current_key(request))
    signed_in.keep_session(request, item)
    messages.success(request, _("Every other device is signed out."))
    return redirect(to_sessions())


@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest) -> HttpResponseBase:
    """Ask for a link; the same page whoever's address it is."""
    form = PasswordResetForm(request.POST if request.method == "POST" else None)
    asked = request.method == "POST" and form.is_valid()
    if asked:
        resetting.ask(email=form.cleaned_data["email"])
    status = 400 if form.errors else 200
    return render(request, "accounts/password_reset.html", {"form": form, "asked": asked}, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_reset_confirm(request: HttpRequest) -> HttpResponseBase:
    """The page behind the link."""
    token = request.POST.get("token") or request.GET.get("token", "")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    try:
        resetting.holder(token)
        if request.method == "POST" and form.is_valid():
            resetting.reset(token=token, **form.cleaned_data)
            messages.success(request, _("The password is changed. Sign in with the new one."))
            return redirect("accounts:sign_in")
    except Invalid as error:
        if not error.fields:
            return render(request, "accounts/password_reset_confirm.html", {"void": True}, status=400)
        show_errors(form, error)
    context = {"form": form, "token": token}
    return render(request, "accounts/password_reset_confirm.html", context, status=400 if form.errors else 200)
