from django.apps import AppConfig


class ParcelsConfig(AppConfig):
    name = "tests.facade.parcels"
    label = "parcels"
