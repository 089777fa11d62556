"""The REST views of the fleet: parse, call, render."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.concurrency import etag
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.schema import IF_MATCH, error_response, request_example
from atlas.api.views import View
from fleet import permissions, selectors, services
from fleet import serializers as shape
from fleet.tables import Operator

TAGS = ["Fleet"]


class Operators(View):
    permission_classes = (permissions.APPROVES_COMPANIES,)

    @extend_schema(
        tags=TAGS,
        parameters=[shape.OperatorFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.OperatorSerializer),
    )
    def get(self, request: Request) -> Response:
        """Companies of a status, oldest first; those that wait for approval unless told otherwise (ADMIN)."""
        page = selectors.list_operators(user=current_user(request), **self.paging(), **self.query(shape.OperatorFilter))
        return self.page(page, shape.OperatorSerializer)


class Approve(View):
    permission_classes = (permissions.APPROVES_COMPANIES,)

    @extend_schema(tags=TAGS, request=None, responses=shape.OperatorSerializer)
    def post(self, request: Request, operator_id: UUID) -> Response:
        """Let a company do business (ADMIN)."""
        operator = services.approve_operator(user=current_user(request), operator_id=str(operator_id))
        return self.answer(operator, shape.OperatorSerializer)


class Suspend(View):
    permission_classes = (permissions.APPROVES_COMPANIES,)

    @extend_schema(tags=TAGS, request=None, responses=shape.OperatorSerializer)
    def post(self, request: Request, operator_id: UUID) -> Response:
        """Stop a company from quoting (ADMIN); what it has promised stays promised."""
        operator = services.suspend_operator(user=current_user(request), operator_id=str(operator_id))
        return self.answer(operator, shape.OperatorSerializer)


class OwnOperator(View):
    permission_classes = (permissions.RUNS_A_COMPANY,)

    @extend_schema(tags=TAGS, responses=shape.OperatorSerializer)
    def get(self, request: Request) -> Response:
        """Your company."""
        return self.answer(selectors.own_operator(current_user(request)), shape.OperatorSerializer)

    @extend_schema(tags=TAGS, request=shape.OperatorChangeSerializer, responses=shape.OperatorSerializer)
    def patch(self, request: Request) -> Response:
        """Change your company's profile."""
        body = self.body(shape.OperatorChangeSerializer, partial=True)
        operator = services.change_operator(user=current_user(request), check=self.check_version, **body)
        return self.answer(operator, shape.OperatorSerializer)


class PricingRules(View):
    permission_classes = (permissions.RUNS_A_COMPANY,)

    @extend_schema(tags=TAGS, responses=shape.PricingRulesSerializer)
    def get(self, request: Request) -> Response:
        """What you charge, by category."""
        return self.show(selectors.own_operator(current_user(request)))

    @extend_schema(
        tags=TAGS,
        request=shape.PricingRulesSerializer,
        responses={200: shape.PricingRulesSerializer, 412: error_response("`If-Match` names an old version.")},
        parameters=[
            OpenApiParameter(
                IF_MATCH["name"], IF_MATCH["schema"], OpenApiParameter.HEADER, description=IF_MATCH["description"]
            )
        ],
        examples=[
            request_example(
                "Sedans only",
                {
                    "SEDAN": {
                        "hourlyRate": 9500,
                        "baseP2P": 12500,
                        "perKm": 235,
                        "minHours": 3,
                        "driverCommissionPct": 0.75,
                        "taxRate": 0.05,
                    }
                },
            )
        ],
    )
    def put(self, request: Request) -> Response:
        """Replace what you charge; a category that is left out is not offered."""
        rules = shape.pricing_rules(self.body(shape.PricingRulesSerializer))
        operator = services.set_pricing_rules(user=current_user(request), rules=rules, check=self.check_version)
        return self.show(operator)

    def show(self, operator: Operator) -> Response:
        """The rules are part of the company: its version is theirs."""
        response = self.answer(operator.pricing_rules, shape.PricingRulesSerializer)
        response["ETag"] = etag(operator.version)
        return response
