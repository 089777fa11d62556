"""The REST views of an operator's money: balance, months, statements, payouts."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED

from accounts.jobs_api import JobSerializer, JobsView
from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.views import View
from atlas.dynamo.cursor import Page
from fleet.permissions import RunsCompany
from payments import examples, money
from payments.payouts import selectors
from payments.statements import asking
from payments.statements import serializers as shape

TAGS = ["Payments"]


class OwnBalance(View):
    permission_classes = (RunsCompany,)

    @extend_schema(operation_id="get_own_balance", tags=TAGS, responses=shape.BalanceSerializer)
    def get(self, request: Request) -> Response:
        """What is owed to my company and its drivers, by currency, and what of it may be paid out."""
        return self.answer(money.own_money(user=current_user(request)), shape.BalanceSerializer)


class OwnStatements(JobsView):
    permission_classes = (RunsCompany,)

    @extend_schema(operation_id="list_own_statements", tags=TAGS, responses=page_of(shape.MonthSerializer))
    def get(self, request: Request) -> Response:
        """The months in which something was posted, newest first: each that is over has a statement."""
        return self.page(Page(money.own_money(user=current_user(request)).months), shape.MonthSerializer)

    @extend_schema(
        operation_id="start_own_statement",
        tags=TAGS,
        request=shape.NewStatementSerializer,
        responses={202: JobSerializer},
        examples=[examples.STATEMENT],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have the statement of some days written to a file. A job: ask `jobs/{id}` for its `downloadUrl`.

        The same days give the same document.
        """
        given = self.body(shape.NewStatementSerializer)
        job = asking.start_own(
            user=current_user(request),
            first=given["from_"],
            last=given["to"],
            currency=given.get("currency"),
            format=given["format"],
        )
        response = self.show(job)
        response.status_code = HTTP_202_ACCEPTED
        return response


class OwnPayouts(View):
    permission_classes = (RunsCompany,)

    @extend_schema(
        operation_id="list_own_payouts",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.PayoutSerializer),
    )
    def get(self, request: Request) -> Response:
        """What was paid out to my company, newest first."""
        page = selectors.own_payouts(user=current_user(request), **self.paging())
        return self.page(page, shape.PayoutSerializer)
