from django.test import Client

from tests.facade.admin.conftest import MakeParcel


def test_pages(admin: Client, parcel: MakeParcel) -> None:
    for _ in range(60):
        parcel()
    page = admin.get("/admin/parcels/parcel/")
    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == 25
