from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Signing in records `lastLogin` by itself (accounts.services): Django's own handler would save twice."""
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415

        user_logged_in.disconnect(dispatch_uid="update_last_login")
