"""What a provider is told."""

from collections.abc import Callable
from dataclasses import dataclass, field

from telemetry.rules.commands import Answer, CommandName


@dataclass(frozen=True, slots=True)
class Order:
    """One command. Its `vin` goes nowhere else: not into an answer, a log line, an exception, nor its own `repr`."""

    vin: str = field(repr=False)
    pvin: str
    organization_id: str
    name: CommandName
    temperature: float | None = None


Provider = Callable[[Order], Answer]
"""Hands a command over and says what came of it; whatever goes wrong is an answer too. It never takes longer than
`telemetry.commands.sending.LEASE`.
"""
