"""The REST views of one's own billing account and invoices."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.views import View
from atlas.dynamo.cursor import Page
from atlas.errors import NotFound
from payments import examples
from payments.billing import accounts, selectors
from payments.billing import serializers as shape
from payments.billing.showing import billed, shown

TAGS = ["Payments"]


class Account(View):
    @extend_schema(operation_id="get_billing_account", tags=TAGS, responses=shape.BillingAccountSerializer)
    def get(self, request: Request) -> Response:
        """My billing account (concierges): how long and how much I may owe, and what is left of that."""
        standing = accounts.standing(user=current_user(request))
        if standing is None:
            raise NotFound("You have asked for no billing account yet.")
        return self.answer(shown(standing), shape.BillingAccountSerializer)

    @extend_schema(
        operation_id="request_billing_account",
        tags=TAGS,
        request=shape.BillTextSerializer,
        responses=shape.BillingAccountSerializer,
        examples=[examples.BILLING],
    )
    def put(self, request: Request) -> Response:
        """Ask to pay after rides, by invoice or bank transfer; or put right where invoices go. Staff decide."""
        user = current_user(request)
        accounts.request_account(user=user, **self.body(shape.BillTextSerializer))
        standing = accounts.standing(user=user)
        if standing is None:
            raise NotFound
        return self.answer(shown(standing), shape.BillingAccountSerializer)


class Invoices(View):
    @extend_schema(
        operation_id="list_invoices",
        tags=TAGS,
        parameters=[shape.InvoiceFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.InvoiceSerializer),
    )
    def get(self, request: Request) -> Response:
        """My invoices (concierges), newest first."""
        page = selectors.list_invoices(user=current_user(request), **self.paging(), **self.query(shape.InvoiceFilter))
        return self.page(Page([billed(row) for row in page.items], page.next), shape.InvoiceSerializer)
