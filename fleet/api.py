"""The REST views of the fleet: parse, call, render."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.concurrency import etag
from atlas.api.idempotency import idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.schema import IF_MATCH, error_response
from atlas.api.views import View
from fleet import examples, permissions, selectors, services
from fleet import serializers as shape
from fleet.tables import Operator

TAGS = ["Fleet"]


class Operators(View):
    permission_classes = (permissions.ApprovesCompanies,)

    @extend_schema(
        operation_id="list_operators",
        tags=TAGS,
        parameters=[shape.OperatorFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.OperatorSerializer),
    )
    def get(self, request: Request) -> Response:
        """Companies of a status, oldest first; those that wait for approval unless told otherwise (ADMIN)."""
        page = selectors.list_operators(user=current_user(request), **self.paging(), **self.query(shape.OperatorFilter))
        return self.page(page, shape.OperatorSerializer)


class Approve(View):
    permission_classes = (permissions.ApprovesCompanies,)

    @extend_schema(operation_id="approve_operator", tags=TAGS, request=None, responses=shape.OperatorSerializer)
    def post(self, request: Request, operator_id: UUID) -> Response:
        """Let a company do business (ADMIN)."""
        operator = services.approve_operator(user=current_user(request), operator_id=str(operator_id))
        return self.answer(operator, shape.OperatorSerializer)


class Suspend(View):
    permission_classes = (permissions.ApprovesCompanies,)

    @extend_schema(operation_id="suspend_operator", tags=TAGS, request=None, responses=shape.OperatorSerializer)
    def post(self, request: Request, operator_id: UUID) -> Response:
        """Stop a company from quoting (ADMIN); what it has promised stays promised."""
        operator = services.suspend_operator(user=current_user(request), operator_id=str(operator_id))
        return self.answer(operator, shape.OperatorSerializer)


class OwnOperator(View):
    permission_classes = (permissions.RunsCompany,)

    @extend_schema(operation_id="get_own_operator", tags=TAGS, responses=shape.OperatorSerializer)
    def get(self, request: Request) -> Response:
        """Your company."""
        return self.answer(selectors.own_operator(current_user(request)), shape.OperatorSerializer)

    @extend_schema(
        operation_id="change_own_operator",
        tags=TAGS,
        request=shape.OperatorChangeSerializer,
        responses=shape.OperatorSerializer,
        examples=[examples.OPERATOR],
    )
    def patch(self, request: Request) -> Response:
        """Change your company's profile."""
        body = self.body(shape.OperatorChangeSerializer, partial=True)
        operator = services.change_operator(user=current_user(request), check=self.check_version, **body)
        return self.answer(operator, shape.OperatorSerializer)


class PricingRules(View):
    permission_classes = (permissions.RunsCompany,)

    @extend_schema(operation_id="get_pricing_rules", tags=TAGS, responses=shape.PricingRulesSerializer)
    def get(self, request: Request) -> Response:
        """What you charge, by category."""
        return self.show(selectors.own_operator(current_user(request)))

    @extend_schema(
        operation_id="set_pricing_rules",
        tags=TAGS,
        request=shape.PricingRulesSerializer,
        responses={200: shape.PricingRulesSerializer, 412: error_response("`If-Match` names an old version.")},
        parameters=[
            OpenApiParameter(
                IF_MATCH["name"], IF_MATCH["schema"], OpenApiParameter.HEADER, description=IF_MATCH["description"]
            )
        ],
        examples=[examples.PRICING_RULES],
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


class Vehicles(View):
    permission_classes = (permissions.RunsCompany,)

    @extend_schema(
        operation_id="list_vehicles", tags=TAGS, parameters=PAGE_PARAMETERS, responses=page_of(shape.VehicleSerializer)
    )
    def get(self, request: Request) -> Response:
        """Your vehicles, oldest first."""
        page = selectors.list_vehicles(user=current_user(request), **self.paging())
        return self.page(page, shape.VehicleSerializer)

    @extend_schema(
        operation_id="add_vehicle",
        tags=TAGS,
        request=shape.NewVehicleSerializer,
        responses={201: shape.VehicleSerializer},
        examples=[examples.VEHICLE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a vehicle."""
        vehicle = services.add_vehicle(user=current_user(request), **self.body(shape.NewVehicleSerializer))
        return self.created(vehicle, shape.VehicleSerializer)


class OneVehicle(View):
    permission_classes = (permissions.RunsCompany,)

    @extend_schema(operation_id="get_vehicle", tags=TAGS, responses=shape.VehicleSerializer)
    def get(self, request: Request, vehicle_id: UUID) -> Response:
        """One of your vehicles."""
        vehicle = selectors.vehicle_of(current_user(request), str(vehicle_id))
        return self.answer(vehicle, shape.VehicleSerializer)

    @extend_schema(
        operation_id="change_vehicle",
        tags=TAGS,
        request=shape.VehicleChangeSerializer,
        responses=shape.VehicleSerializer,
        examples=[examples.VEHICLE_CHANGE],
    )
    def patch(self, request: Request, vehicle_id: UUID) -> Response:
        """Change a vehicle, or send it to maintenance and back."""
        body = self.body(shape.VehicleChangeSerializer, partial=True)
        vehicle = services.change_vehicle(
            user=current_user(request), vehicle_id=str(vehicle_id), check=self.check_version, **body
        )
        return self.answer(vehicle, shape.VehicleSerializer)

    @extend_schema(operation_id="retire_vehicle", tags=TAGS, responses={204: None})
    def delete(self, request: Request, vehicle_id: UUID) -> Response:
        """Take a vehicle out of your fleet; refused while it is on a ride or promised to one."""
        services.retire_vehicle(user=current_user(request), vehicle_id=str(vehicle_id))
        return self.nothing()


class Drivers(View):
    permission_classes = (permissions.RunsCompany,)

    @extend_schema(
        operation_id="list_drivers", tags=TAGS, parameters=PAGE_PARAMETERS, responses=page_of(shape.DriverSerializer)
    )
    def get(self, request: Request) -> Response:
        """Your drivers, oldest first."""
        page = selectors.list_drivers(user=current_user(request), **self.paging())
        return self.page(page, shape.DriverSerializer)

    @extend_schema(
        operation_id="add_driver",
        tags=TAGS,
        request=shape.NewDriverSerializer,
        responses={201: shape.DriverSerializer, 409: error_response("`email_taken`: the address has an account.")},
        examples=[examples.DRIVER],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a driver with an account of their own."""
        driver = services.add_driver(user=current_user(request), **self.body(shape.NewDriverSerializer))
        return self.created(driver, shape.DriverSerializer)


class OneDriver(View):
    permission_classes = (permissions.RunsCompany,)

    @extend_schema(operation_id="get_driver", tags=TAGS, responses=shape.DriverSerializer)
    def get(self, request: Request, driver_id: UUID) -> Response:
        """One of your drivers."""
        return self.answer(selectors.driver_for(current_user(request), str(driver_id)), shape.DriverSerializer)

    @extend_schema(
        operation_id="change_driver",
        tags=TAGS,
        request=shape.DriverChangeSerializer,
        responses=shape.DriverSerializer,
        examples=[examples.DRIVER_CHANGE],
    )
    def patch(self, request: Request, driver_id: UUID) -> Response:
        """Change a driver's licence and what is verified of their documents."""
        body = self.body(shape.DriverChangeSerializer, partial=True)
        driver = services.change_driver(
            user=current_user(request), driver_id=str(driver_id), check=self.check_version, **body
        )
        return self.answer(driver, shape.DriverSerializer)

    @extend_schema(operation_id="dismiss_driver", tags=TAGS, responses={204: None})
    def delete(self, request: Request, driver_id: UUID) -> Response:
        """Let a driver go, and suspend their account; refused while they are on a ride or promised to one."""
        services.dismiss_driver(user=current_user(request), driver_id=str(driver_id))
        return self.nothing()


class OwnDriver(View):
    permission_classes = (permissions.Drives,)

    @extend_schema(operation_id="get_own_driver", tags=TAGS, responses=shape.DriverSerializer)
    def get(self, request: Request) -> Response:
        """Your driver profile."""
        return self.answer(selectors.driver_of(current_user(request)), shape.DriverSerializer)


class OwnStatus(View):
    permission_classes = (permissions.Drives,)

    @extend_schema(
        operation_id="set_own_status",
        tags=TAGS,
        request=shape.DriverStatusSerializer,
        responses={200: shape.DriverSerializer, 409: error_response("`driver_on_ride`: BUSY until it ends.")},
        examples=[examples.STATUS],
    )
    def post(self, request: Request) -> Response:
        """Say whether you work: ONLINE, OFFLINE or BUSY."""
        driver = services.set_driver_status(user=current_user(request), **self.body(shape.DriverStatusSerializer))
        return self.answer(driver, shape.DriverSerializer)
