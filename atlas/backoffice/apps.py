"""`django.contrib.admin` with our own site."""

from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule


class BackofficeConfig(SimpleAdminConfig):
    """Takes the place of `django.contrib.admin` in `INSTALLED_APPS`."""

    default_site = "atlas.backoffice.site.AtlasAdminSite"

    def ready(self) -> None:
        """Let Atlas's own apps register. Stock discovery would add Django's groups, which have no table."""
        super().ready()
        for name in settings.ATLAS_APPS:
            for module in ("admin", "overview"):
                if module_has_submodule(apps.get_app_config(name).module, module):
                    import_module(f"{name}.{module}")
