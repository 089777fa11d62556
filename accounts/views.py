"""The pages of accounts: sign in, sign out, one's own account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services, signed_in
from accounts.forms import PasswordForm, ProfileForm, SignInForm
from accounts.second_factor.views import ask_for_code
from accounts.tables import User
from accounts.users import current_user
from atlas.errors import AtlasError
from atlas.forms import show_errors
from atlas.origin import origin_of


class SignInView(auth_views.LoginView):
    """Who has a second factor goes on to the page for its code."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm  # type: ignore[assignment] # a form of ours, with the same two methods
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.found
        if user.second_factor_at is not None:
            return ask_for_code(self.request, user, self.get_redirect_url())
        response = super().form_valid(form)
        signed_in.note_origin(self.request)
        return response


class SignOutView(auth_views.LogoutView):
    """The browser's open sockets end too."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        signed_in.leave(request)
        return redirect(self.get_success_url())


sign_in = SignInView.as_view()
sign_out = SignOutView.as_view()


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponseBase:
    """Name, phone, settings."""
    user: Any = request.user
    initial = {"name": user.name, "phone": user.phone, **user.settings}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changes = form.cleaned_data
        settings = {member: changes.pop(member) for member in ("notifications", "dark_mode")}
        try:
            services.change_profile(user=current_user(request), settings=settings, **changes)
        except AtlasError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:profile")
    return _account_page(request, form, PasswordForm())


@sensitive_post_parameters()
@login_required
@require_POST
def password(request: HttpRequest) -> HttpResponseBase:
    """A new password: every other device is signed out."""
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            user = services.change_password(user=current_user(request), origin=origin_of(request), **form.cleaned_data)
        except AtlasError as error:
            show_errors(form, error)
        else:
            signed_in.keep_session(request, user)
            messages.success(request, _("The password is changed. Every other device is signed out."))
            return redirect("accounts:profile")
    user_now: Any = request.user
    profile_form = ProfileForm(initial={"name": user_now.name, "phone": user_now.phone, **user_now.settings})
    return _account_page(request, profile_form, form)


def _account_page(request: HttpRequest, profile_form: Form, password_form: Form) -> HttpResponse:
    context = {"profile_form": profile_form, "password_form": password_form}
    status = 400 if profile_form.errors or password_form.errors else 200
    return render(request, "accounts/profile.html", context, status=status)
