from django.apps import AppConfig


class AtlasConfig(AppConfig):
    name = "atlas"
    verbose_name = "Atlas"

    def ready(self) -> None:
        """With all apps there: the job runner is bound, and everybody hears what they listen to."""
        from atlas import celery  # noqa: F401, PLC0415
        from atlas.wiring import wire  # noqa: PLC0415

        wire()
