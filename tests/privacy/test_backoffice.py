"""What staff do for a person's privacy, on the pages of the back office."""

import pytest

from accounts.privacy.exports import latest_export
from accounts.rules.roles import UserStatus
from accounts.tables import User
from bookings.services.forgetting import NOWHERE
from bookings.tables import Booking
from tests.bookings.stage import browser
from tests.privacy.conftest import Traces

WHY = {"reason": "Asked for it by letter."}


@pytest.mark.parametrize("deed", ["export_data", "anonymise", "forget_passenger"])
def test_with_a_reason(traces: Traces, deed: str) -> None:
    admin, person, ride = browser(traces.cast.admin), traces.person, traces.done
    item = f"bookings/booking/{ride.id}" if deed == "forget_passenger" else f"accounts/user/{person.id}"
    address = f"/admin/{item}/actions/{deed}/"
    assert admin.get(address).status_code == 200
    assert admin.post(address, {**WHY, "confirmed": "1"}).status_code in (200, 302)
    match deed:
        case "export_data":
            job = latest_export(person.id)
            assert job is not None
            assert admin.get(f"/account/jobs/{job.id}/").status_code == 200
        case "anonymise":
            assert User.fetch(person.id).status is UserStatus.DELETED
            assert list(admin.get(f"/admin/accounts/user/?q={person.email}").context["cl"].result_list) == []
        case _:
            assert Booking.fetch(ride.id).details.pickup_location == NOWHERE


def test_nobody_forgets_themselves(traces: Traces) -> None:
    me = traces.cast.admin
    browser(me).post(f"/admin/accounts/user/{me.id}/actions/anonymise/", WHY)
    assert User.fetch(me.id).status is UserStatus.ACTIVE
