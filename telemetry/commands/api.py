"""The REST views of commands."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED

from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.schema import error_response, request_example
from atlas.api.views import View
from telemetry.commands import selectors, services
from telemetry.commands import serializers as shape
from telemetry.commands.tesla import accounts
from telemetry.commands.tesla.tables import OemToken

TAGS = ["Telemetry"]
WARM_UP = request_example("Warm up", {"command": "climate_on", "temperature": 21.5})
ACCOUNT = request_example("From Tesla's authorization", {"refreshToken": "NA_c3e1f0b7a96d4f5e8b2a1d0c9f8e7d6c5b4a"})


class Commands(View):
    @extend_schema(
        operation_id="send_command",
        tags=TAGS,
        request=shape.NewCommandSerializer,
        responses={
            202: shape.CommandSerializer,
            409: error_response("`outside_window` of the booking; `commands_off` where none can be sent."),
        },
        examples=[WARM_UP],
    )
    @idempotent
    def post(self, request: Request, pvin: str) -> Response:
        """Tell a vehicle what to do: lock, unlock, climate, flash, honk. It is sent at once, not within this request.

        By owner, admin and manager; by a driver for a vehicle that is assigned to them, or that serves their ride, from
        an hour before the pick-up. Follow it by its id: it is over within minutes.
        """
        command = services.send_command(user=current_user(request), pvin=pvin, **self.body(shape.NewCommandSerializer))
        return self.answer(command, shape.CommandSerializer, status=HTTP_202_ACCEPTED)

    @extend_schema(
        operation_id="list_commands_of_vehicle",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.CommandSerializer),
    )
    def get(self, request: Request, pvin: str) -> Response:
        """What a vehicle was told in the last 90 days, newest first; a driver sees what they told it themselves."""
        page = selectors.commands_of_vehicle(user=current_user(request), pvin=pvin, **self.paging())
        return self.page(page, shape.CommandSerializer)


class OneCommand(View):
    @extend_schema(operation_id="get_command", tags=TAGS, responses=shape.CommandSerializer)
    def get(self, request: Request, pvin: str, command_id: UUID) -> Response:
        """What has become of a command of yours."""
        found = selectors.own_command(user=current_user(request), pvin=pvin, command_id=str(command_id))
        return self.answer(found, shape.CommandSerializer)


class SentCommands(View):
    @extend_schema(
        operation_id="list_commands",
        tags=TAGS,
        parameters=[shape.CommandFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.CommandSerializer),
    )
    def get(self, request: Request) -> Response:
        """What you sent in the last 90 days, newest first; or what somebody else of your organization did."""
        user = self.query(shape.CommandFilter).get("user")
        page = selectors.commands_by_user(user=current_user(request), user_id=user, **self.paging())
        return self.page(page, shape.CommandSerializer)


class TeslaAccount(View):
    @extend_schema(operation_id="get_tesla_account", tags=TAGS, responses=shape.TeslaAccountSerializer)
    def get(self, request: Request) -> Response:
        """Whether an account at Tesla is connected (owner, admin)."""
        return self._answer(accounts.account_of(user=current_user(request)))

    @extend_schema(
        operation_id="connect_tesla_account",
        tags=TAGS,
        request=shape.TeslaTokenSerializer,
        responses=shape.TeslaAccountSerializer,
        examples=[ACCOUNT],
    )
    def put(self, request: Request) -> Response:
        """Connect the account at Tesla that owns the vehicles (owner, admin). Its token is sealed at once."""
        return self._answer(accounts.connect(user=current_user(request), **self.body(shape.TeslaTokenSerializer)))

    @extend_schema(operation_id="disconnect_tesla_account", tags=TAGS, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Forget the account's tokens."""
        accounts.disconnect(user=current_user(request))
        return self.nothing()

    def _answer(self, account: OemToken) -> Response:
        shown = {"connected": True, "connected_by": account.connected_by, "access_until": account.access_until}
        return self.answer(shown, shape.TeslaAccountSerializer)
