"""An action of the admin that calls a service, once for each selected item.

    @service_action(
        description=_("Cancel"), permission="cancel", fields=ReasonForm,
        open_for=lambda booking: lifecycle.is_open(booking.status, Action.CANCEL),
    )
    def cancel(self, request: HttpRequest, obj: Booking, *, reason: str) -> str | None:
        services.cancel_booking(user=request.user, booking_id=obj.pk, reason=reason)

It is offered above the list and, for an item that it is open for, as a button on the item's page. What the service
refuses is told for that item; the others go on. What it returns is told as a remark on the item.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.contrib.admin.utils import model_format_dict
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from atlas.forms import NoCardNumbers

Text = str | Promise
M = TypeVar("M", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class ServiceAction:
    """What an admin's method says of itself (`method.service_action`)."""

    name: str
    description: Text
    permission: str
    """A verb on the admin's own table (`cancel`), or a whole permission (`payments.refund_transaction`)."""
    confirm: bool
    fields: type[forms.Form] | None
    open_for: Callable[[Any], bool] | None
    button: Text
    danger: bool
    in_job: bool

    @property
    def asks(self) -> bool:
        """A page stands between the button and the deed."""
        return self.confirm or self.fields is not None

    def label(self, model: type[Model]) -> str:
        """Above the list."""
        return str(self.description) % model_format_dict(model._meta)

    def label_for_one(self, model: type[Model]) -> str:
        """On an item's page."""
        return str(self.button or self.description) % model_format_dict(model._meta)

    def perm(self, admin: Any) -> str:
        return self.permission if "." in self.permission else str(admin.permission(self.permission))

    def allowed(self, admin: Any, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return bool(user.has_perm(self.perm(admin), obj))

    def is_open(self, obj: Any) -> bool:
        return self.open_for is None or bool(self.open_for(obj))


def service_action(
    *,
    description: Text,
    permission: str,
    confirm: bool = True,
    fields: type[forms.Form] | None = None,
    open_for: Callable[[Any], bool] | None = None,
    button: Text = "",
    danger: bool = False,
    in_job: bool = False,
) -> Callable[[M], M]:
    """`description` stands above the list, `button` (without one, it too) on an item's page.

    `fields` is a form whose values the method gets by name; one called `reason` goes into the access log. `danger` only
    colours the button. `in_job` says that the method needs no more of `request` than its user, so that many items can
    be left to a job.
    """

    def decorate(method: M) -> M:
        action = ServiceAction(
            method.__name__, description, permission, confirm, fields, open_for, button, danger, in_job
        )
        method.service_action = action  # type: ignore[attr-defined]
        method.short_description = description  # type: ignore[attr-defined]
        return method

    return decorate


class ReasonForm(NoCardNumbers, forms.Form):
    """For actions that must be explained."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_("Goes into the access log, and to whom it concerns where the action tells them."),
    )
