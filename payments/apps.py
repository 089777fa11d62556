from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from payments.checks import refuse_play_money  # noqa: PLC0415

        refuse_play_money()
