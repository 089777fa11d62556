from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "atlas.jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Every job is known by its name: each app lists its own in its module `jobs`."""
        autodiscover_modules("jobs")
