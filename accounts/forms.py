"""Forms of the pages. What is allowed is the services' rule: their errors appear at the fields they name."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import models as facades
from accounts import sign_in
from accounts.passwords import LONGEST as LONGEST_PASSWORD
from accounts.rules.contact import LONGEST_EMAIL, LONGEST_NAME
from accounts.rules.second_factor import LONGEST as LONGEST_CODE
from accounts.strength import RULE
from accounts.tables import User
from atlas.errors import AtlasError, Forbidden, TooMany, Unauthenticated
from atlas.forms import NoCardNumbers
from atlas.origin import origin_of


def password_field(label: Any, autocomplete: str, **options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


def code_field(label: Any) -> forms.CharField:
    """Digits as a phone's keyboard and a password manager's filler know them; letters stay possible."""
    attributes = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=LONGEST_CODE, widget=forms.TextInput(attrs=attributes))


def refusal(error: AtlasError) -> forms.ValidationError:
    """Why somebody may not sign in, for people."""
    if isinstance(error, TooMany):
        wait = {"minutes": max(1, round((error.retry_after or 60) / 60))}
        return forms.ValidationError(_("Too many tries. Try again in %(minutes)s min."), params=wait)
    return forms.ValidationError(gettext(error.message))


class SignInForm(NoCardNumbers, forms.Form):
    """For Django's `LoginView`: `get_user()` is who signed in."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=LONGEST_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = password_field(_("Password"), "current-password")

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        self.request = request
        self.found: User | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        if self.errors:
            return self.cleaned_data
        origin = origin_of(self.request)
        try:
            self.found = sign_in.verify(
                email=self.cleaned_data["email"], password=self.cleaned_data["password"], origin=origin
            )
            if self.found.second_factor_at is None:
                self.found = sign_in.record_sign_in(self.found)
        except (TooMany, Unauthenticated, Forbidden) as error:
            raise refusal(error) from error
        return self.cleaned_data

    def get_user(self) -> facades.User | None:
        return facades.User.from_item(self.found) if self.found else None


class CodeForm(forms.Form):
    """The second step of a sign-in, and the first code of a new second factor."""

    code = code_field(_("Code"))


class PasswordOnlyForm(forms.Form):
    password = password_field(_("Password"), "current-password")


class PasswordAndCodeForm(forms.Form):
    password = password_field(_("Password"), "current-password")
    code = code_field(_("Code of the app, or a recovery code"))


class PasswordResetForm(NoCardNumbers, forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=LONGEST_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    new_password = password_field(_("New password"), "new-password", help_text=RULE)


class ProfileForm(NoCardNumbers, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("With its country code, as in +1 212 555 0123."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    notifications = forms.BooleanField(label=_("Notify me of what happens to my bookings"), required=False)
    dark_mode = forms.BooleanField(label=_("Dark pages"), required=False)


class PasswordForm(forms.Form):
    current_password = password_field(_("Current password"), "current-password")
    new_password = password_field(_("New password"), "new-password", help_text=RULE)
