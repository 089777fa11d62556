"""Forms of the pages. What is allowed is the services' rule: their errors appear at the fields they name."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import sign_in
from accounts.models import User
from accounts.passwords import LONGEST as LONGEST_PASSWORD
from accounts.rules.contact import LONGEST_EMAIL, LONGEST_NAME
from atlas.errors import Forbidden, TooMany, Unauthenticated
from atlas.origin import origin_of


def password_field(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget)


class SignInForm(forms.Form):
    """For Django's `LoginView`: `get_user()` is who signed in."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=LONGEST_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = password_field(_("Password"), "current-password")

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        self.request = request
        self.user: User | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any] | None:
        if self.errors:
            return self.cleaned_data
        origin = origin_of(self.request)
        try:
            found = sign_in.verify(
                email=self.cleaned_data["email"], password=self.cleaned_data["password"], origin=origin
            )
        except TooMany as error:
            wait = {"minutes": max(1, round((error.retry_after or 60) / 60))}
            raise forms.ValidationError(_("Too many tries. Try again in %(minutes)s min."), params=wait) from error
        except (Unauthenticated, Forbidden) as error:
            raise forms.ValidationError(error.message) from error
        self.user = User.from_item(sign_in.record_sign_in(found))
        return self.cleaned_data

    def get_user(self) -> User | None:
        return self.user


class ProfileForm(forms.Form):
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
    new_password = password_field(_("New password"), "new-password")
