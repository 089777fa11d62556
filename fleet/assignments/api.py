"""The REST views of assignments."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.schema import request_example
from atlas.api.views import View
from fleet.assignments import people, vehicles
from fleet.assignments import serializers as shape

TAGS = ["Fleet"]
EXAMPLE = request_example("For good", {"userId": "5b8e5a0e-7f5e-4d0c-9c39-6a2f4f0d8c11", "pvin": "5f" * 32})


class FleetVehicles(View):
    @extend_schema(
        operation_id="list_fleet_vehicles",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.FleetVehicleSerializer),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """The vehicles that the organization has and had (owner, admin, manager)."""
        page = vehicles.list_vehicles(user=current_user(request), organization_id=str(organization_id), **self.paging())
        return self.page(page, shape.FleetVehicleSerializer)


class Assignments(View):
    @extend_schema(
        operation_id="list_assignments",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.AssignmentSerializer),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """Who has which vehicle (owner, admin, manager)."""
        page = people.list_assignments(
            user=current_user(request), organization_id=str(organization_id), **self.paging()
        )
        return self.page(page, shape.AssignmentSerializer)

    @extend_schema(
        operation_id="assign_vehicle",
        tags=TAGS,
        request=shape.NewAssignmentSerializer,
        responses={201: shape.AssignmentSerializer},
        examples=[EXAMPLE],
    )
    @idempotent
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Give a member a vehicle (owner, admin): a driver to drive it, a viewer to look at it."""
        assignment = people.assign_vehicle(
            user=current_user(request),
            organization_id=str(organization_id),
            **self.body(shape.NewAssignmentSerializer),
        )
        return self.created(assignment, shape.AssignmentSerializer)


class OneAssignment(View):
    @extend_schema(operation_id="end_assignment", tags=TAGS, responses={204: None})
    def delete(self, request: Request, organization_id: UUID, assignment_id: UUID) -> Response:
        """Take the vehicle back, at once (owner, admin)."""
        people.end_assignment(
            user=current_user(request), organization_id=str(organization_id), assignment_id=str(assignment_id)
        )
        return self.nothing()
