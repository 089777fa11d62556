from django.apps import AppConfig


class AtlasConfig(AppConfig):
    name = "atlas"
    verbose_name = "Atlas"

    def ready(self) -> None:
        """With all apps there: the job runner is bound, listeners hear, content types are known."""
        from atlas import celery  # noqa: F401, PLC0415
        from atlas.facade.content_types import fill  # noqa: PLC0415
        from atlas.wiring import wire  # noqa: PLC0415

        wire()
        fill()
