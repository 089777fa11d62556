"""The pages of the second factor: the second step of a sign-in, and one's own."""

from typing import Any

from django.conf import settings
from django.contrib import auth, messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import models, sign_in, signed_in
from accounts.forms import CodeForm, PasswordAndCodeForm, PasswordOnlyForm, refusal
from accounts.second_factor import challenge, services
from accounts.second_factor.qr import qr_svg
from accounts.tables import User
from accounts.users import current_user
from atlas.errors import AtlasError, Conflict, Forbidden, Invalid, TooMany, Unauthenticated
from atlas.forms import show_errors
from atlas.origin import origin_of
from atlas.web import page

FIRST_STEP = "second_factor"
"""Where the session keeps what the first step has shown."""
OVERVIEW = "accounts:second_factor"


def ask_for_code(request: HttpRequest, user: User, back: str) -> HttpResponse:
    """After the right password: a session of nobody, under a new key, that holds the challenge for five minutes."""
    request.session.flush()
    request.session[FIRST_STEP] = {"challenge": challenge.issue(user), "next": back}
    request.session.set_expiry(settings.CHALLENGE_LIFE)
    return redirect("accounts:second_step")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """The second step: a code, then in. Whoever has not taken the first one is sent to it."""
    first = request.session.get(FIRST_STEP)
    if not first:
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = sign_in.record_sign_in(challenge.redeem(first["challenge"], form.cleaned_data["code"]))
        except Unauthenticated as error:
            if error.code != "invalid_code":
                request.session.flush()
                messages.error(request, _(error.message))
                return redirect("accounts:sign_in")
            form.add_error("code", refusal(error))
        except (TooMany, Forbidden) as error:
            form.add_error(None, refusal(error))
        else:
            request.session.flush()
            auth.login(request, models.User.from_item(user))
            signed_in.note_origin(request)
            return redirect(_safe(request, first.get("next")) or resolve_url(settings.LOGIN_REDIRECT_URL))
    return render(request, "accounts/second_step.html", {"form": form}, status=400 if form.errors else 200)


@page
@require_http_methods(["GET"])
def overview(request: HttpRequest) -> HttpResponseBase:
    """How it stands, and what can be done."""
    return _overview(request)


@sensitive_post_parameters()
@page
@require_http_methods(["POST"])
def begin(request: HttpRequest) -> HttpResponseBase:
    """The password again, then a new secret."""
    form = PasswordOnlyForm(request.POST)
    if form.is_valid():
        try:
            services.begin(user=current_user(request), origin=origin_of(request), **form.cleaned_data)
        except (Invalid, TooMany, Conflict) as error:
            _show(form, error)
        else:
            return redirect("accounts:second_factor_setup")
    return _overview(request, begin_form=form)


@sensitive_post_parameters()
@page
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponseBase:
    """The QR code and the first code of the app; then the recovery codes, which are shown this once."""
    user = current_user(request)
    found = services.pending(user=user)
    if found is None:
        return redirect(OVERVIEW)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            confirmed = services.confirm(user=user, code=form.cleaned_data["code"], keep=signed_in.current_key(request))
        except (Invalid, TooMany, Conflict) as error:
            _show(form, error)
        else:
            signed_in.keep_session(request, confirmed.user)
            return _codes(request, confirmed.recovery_codes, is_new=True)
    svg = qr_svg(found.otpauth_uri, label=_("QR code for the authenticator app"))
    groups = [found.secret[start : start + 4] for start in range(0, len(found.secret), 4)]
    context = {"form": form, "qr": svg, "secret": found.secret, "groups": groups, "uri": found.otpauth_uri}
    return render(request, "accounts/second_factor_setup.html", context, status=400 if form.errors else 200)


@sensitive_post_parameters()
@page
@require_http_methods(["POST"])
def recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """Ten new ones."""
    form = PasswordAndCodeForm(request.POST, prefix="renew")
    if form.is_valid():
        try:
            found = services.renew_recovery_codes(
                user=current_user(request), origin=origin_of(request), **form.cleaned_data
            )
        except (Invalid, TooMany, Conflict) as error:
            _show(form, error)
        else:
            return _codes(request, found, is_new=False)
    return _overview(request, renew_form=form)


@sensitive_post_parameters()
@page
@require_http_methods(["POST"])
def switch_off(request: HttpRequest) -> HttpResponseBase:
    form = PasswordAndCodeForm(request.POST, prefix="off")
    if form.is_valid():
        try:
            item = services.switch_off(user=current_user(request), origin=origin_of(request), **form.cleaned_data)
        except (Invalid, TooMany, Conflict) as error:
            _show(form, error)
        else:
            signed_in.keep_session(request, item)
            messages.success(request, _("The second factor is off. The password alone signs you in."))
            return redirect(OVERVIEW)
    return _overview(request, off_form=form)


def _overview(request: HttpRequest, **forms: Form) -> HttpResponse:
    user: Any = request.user
    context = {
        "state": services.state(user=current_user(request)),
        "must_enrol": user.must_enrol,
        "begin_form": PasswordOnlyForm(),
        "renew_form": PasswordAndCodeForm(prefix="renew"),
        "off_form": PasswordAndCodeForm(prefix="off"),
        **forms,
    }
    status = 400 if any(form.errors for form in forms.values()) else 200
    return render(request, "accounts/second_factor.html", context, status=status)


def _codes(request: HttpRequest, codes: list[str], *, is_new: bool) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": is_new})


def _show(form: Form, error: AtlasError) -> None:
    """Too many tries in minutes, everything else beside its input."""
    if isinstance(error, TooMany):
        form.add_error(None, refusal(error))
    else:
        show_errors(form, error)


def _safe(request: HttpRequest, address: str | None) -> str:
    """`next`, if it is an address of ours: it came from a form."""
    allowed = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if address and allowed else ""
