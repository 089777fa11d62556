"""The page of one's own data: what is kept and why, a copy of it, the end of the account."""

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts.forms import password_field
from accounts.privacy import exports
from accounts.privacy.closing import delete_me, obstacles_of
from accounts.privacy.exporting import manifest_entry, sources
from accounts.users import current_user
from atlas.errors import AtlasError, Conflict
from atlas.forms import show_errors
from atlas.origin import origin_of
from atlas.web import action, page


class DeletionForm(forms.Form):
    password = password_field(gettext_lazy("Your password"), "current-password")


@page
@require_GET
def overview(request: HttpRequest) -> HttpResponseBase:
    return _page(request, DeletionForm())


@action(back=lambda: resolve_url("accounts:privacy"))
def start_export(request: HttpRequest) -> HttpResponseBase:
    """A copy of everything; the page shows how far it is."""
    exports.ask_for_export(user=current_user(request))
    return redirect("accounts:privacy")


@sensitive_post_parameters()
@page
@require_POST
def delete(request: HttpRequest) -> HttpResponseBase:
    """Forget the person, now. What must be finished first is said where they asked."""
    form = DeletionForm(request.POST)
    if form.is_valid():
        try:
            delete_me(user=current_user(request), origin=origin_of(request), **form.cleaned_data)
        except Conflict as conflict:
            if conflict.code != "unfinished":
                raise
            return _page(request, DeletionForm(), status=conflict.status)
        except AtlasError as error:
            show_errors(form, error)
        else:
            logout(request)
            messages.success(request, _("Your account is deleted. Nobody can sign in to it any more."))
            return redirect("accounts:sign_in")
    return _page(request, form, status=400)


def _page(request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
    user = current_user(request)
    context = {
        "export": exports.latest_export(user.id),
        "kept": [manifest_entry(source, 0) for source in sources()],
        "obstacles": obstacles_of(user.id),
        "form": form,
    }
    return render(request, "accounts/privacy.html", context, status=status)
