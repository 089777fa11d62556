from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    name = "telemetry"

    def ready(self) -> None:
        from telemetry.commands.checks import refuse_simulated_vehicles  # noqa: PLC0415

        refuse_simulated_vehicles()
