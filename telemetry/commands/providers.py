"""Who brings a command to a vehicle. The one place where a real VIN is taken out, for as long as the call lasts."""

from django.conf import settings

from accounts import access_log
from accounts.access_log import Deed
from atlas import trail, vault
from telemetry.commands import simulated
from telemetry.commands.order import Order, Provider
from telemetry.commands.tables import Command
from telemetry.commands.tesla import proxy
from telemetry.rules.commands import Answer, Reply
from telemetry.services import context
from telemetry.tables import VinMapping

PROVIDERS: dict[str, Provider] = {"simulated": simulated.send, "tesla": proxy.send}


def hand_over(command: Command) -> Answer:
    """To the provider of the settings; that the VIN was taken out for it is in the access log before it is."""
    mapping = VinMapping.find(command.pvin, consistent=True)
    if mapping is None:
        return Answer(Reply.DENIED, "no_vin")
    access_log.record(
        Deed.VIN_RESOLVED,
        object=f"vin-mapping:{command.pvin}",
        subject_id=mapping.user_id,
        doer=trail.Doer(command.user_id, command.role.upper()),
        resource=f"command {command.name}",
        reason=f"Command {command.id}",
    )
    vin = vault.unseal(mapping.sealed_vin, context(command.pvin))
    order = Order(vin, command.pvin, command.organization_id, command.name, command.temperature)
    return PROVIDERS[settings.VEHICLE_COMMANDS](order)
