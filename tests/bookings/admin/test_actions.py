"""What staff do to bookings from the back office: by the services, item by item, each with its answer."""

from typing import Any

import pytest
from django.test import Client

from accounts.rules.roles import StaffRole
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.admin.bookings import BookingAdmin
from bookings.models import Notice as NoticeFacade
from bookings.rules.lifecycle import TRANSITIONS, Action, Actor, BookingStatus
from bookings.rules.notices import NoticeKind, NoticeState
from bookings.rules.types import CancellationCode, QuoteStatus
from bookings.tables import Acceptance, Booking, BookingHistory, Notice
from fleet.factories import DriverFactory
from tests.bookings.admin.conftest import desk
from tests.bookings.admin.looking import LIST, act, buttons, page_of
from tests.bookings.looking import at_square, later, now, promised, quote_states
from tests.bookings.stage import Cast, accepted, assigned, driven, quoted, requested
from tests.facade.admin.pages import told

S = BookingStatus
OF_NO_LIFECYCLE = {"forget_passenger", "hold"}
pytestmark = pytest.mark.usefixtures("sandbox")


def last_step(booking: Booking) -> BookingHistory:
    return list(BookingHistory.query(booking.id, consistent_read=True))[-1]


def test_cancel_for_nothing_and_at_the_clients_wish(cast: Cast, admin: Client, sandbox: SandboxControl) -> None:
    ours, theirs = accepted(cast, hours_ahead=0.5), accepted(cast, hours_ahead=0.5)
    form = {"code": "OTHER", "reason": "asked by phone"}
    assert act(admin, "cancel", ours, charge="us", **form) == ["Cancel: 1 done.", f"{ours.reference}: Fee: $0.00."]
    answer = act(admin, "cancel", theirs, charge="client", **form)
    assert answer == ["Cancel: 1 done.", f"{theirs.reference}: Fee: $105.00."]
    assert at_square(sandbox, ours) == [("CANCELED", 21_000)]
    assert at_square(sandbox, theirs) == [("COMPLETED", 10_500)]
    step = last_step(theirs)
    assert (step.action, step.actor, step.actor_id, step.note) == ("cancel", "ADMIN", cast.admin.id, "asked by phone")


def test_each_selected_item_has_its_own_answer(cast: Cast, admin: Client) -> None:
    fine, gone = requested(cast), requested(cast)
    over = requested(cast)
    services.cancel(user=cast.concierge, booking_id=over.id, code=CancellationCode.OTHER, reason="")
    Booking.fetch(gone.id).delete()
    told_ = act(admin, "cancel", fine, over, gone, code="DUPLICATE", charge="us", reason="twice")
    assert told_[0] == "Cancel: 1 done."
    assert f"{over.reference}: This is not possible as it stands now." in told_
    assert "Cancel: 1 is not there any more." in told_
    assert now(fine).status is S.CANCELLED


def test_what_is_missing_is_asked_for_again(cast: Cast, admin: Client) -> None:
    booking = requested(cast)
    address = f"{LIST}{booking.id}/actions/cancel/"
    assert admin.get(address).status_code == 200
    for form in ({"reason": ""}, {"reason": "x", "code": "NONSENSE", "charge": "us"}, {"reason": "x" * 501}):
        answer = admin.post(address, {"confirmed": "1", **form})
        assert answer.status_code == 200
        assert answer.context["form"].errors
    assert now(booking).status is S.SOURCING


def test_a_race_that_is_lost_is_a_message(cast: Cast, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at the booking and the deed the concierge cancels it."""
    booking = requested(cast)
    original = services.cancel

    def cancel(**arguments: Any) -> Booking:
        if arguments["user"].id == cast.admin.id:
            original(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="first")
        return original(**arguments)

    monkeypatch.setattr(services, "cancel", cancel)
    [answer] = act(admin, "cancel", booking, code="OTHER", charge="us", reason="second")
    assert answer == f"{booking.reference}: This is not possible any more. It is now: Cancelled."
    assert now(booking).cancellation_reason == "first"


def test_a_quote_being_paid_is_waited_for(cast: Cast, admin: Client) -> None:

    booking = requested(cast)
    quote = quoted(cast, booking)
    stored = now(booking)
    stored.acceptance = Acceptance(quote_id=quote.id, transaction_id="t", started_at=stored.created_at)
    stored.save()
    for action, form in (("cancel", {"code": "OTHER", "charge": "us"}), ("expire", {})):
        [answer] = act(admin, action, booking, reason="now", **form)
        assert "being paid right now" in answer


def test_end_a_request(cast: Cast, admin: Client) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    assert act(admin, "expire", booking, reason="served elsewhere") == ["End the request now: 1 done."]
    assert now(booking).status is S.EXPIRED
    assert quote_states(booking) == {quote.id: (QuoteStatus.EXPIRED, None)}
    assert last_step(booking).note == "served elsewhere"


def test_give_to_another_driver(cast: Cast, admin: Client) -> None:
    booking = assigned(cast)
    second = DriverFactory.create(operator=cast.operator, name="Mei Tanaka")
    answer = act(admin, "reassign", booking, driver=second.id, vehicle=cast.suv.id, reason="ill")
    assert answer[1].startswith(f"{booking.reference}: Mei Tanaka drives")
    stored = now(booking)
    assert (stored.driver_id, stored.vehicle_id) == (second.id, cast.suv.id)
    assert promised(driver_id=cast.driver.id) == set()


def test_drivers_that_cannot(cast: Cast, admin: Client) -> None:
    """Of another company, promised elsewhere, or nobody at all."""
    booking, elsewhere = assigned(cast), DriverFactory.create(operator=cast.operator)
    services.assign(user=cast.owner, booking_id=accepted(cast).id, driver_id=elsewhere.id, vehicle_id=cast.suv.id)
    [answer] = act(admin, "reassign", booking, driver=elsewhere.id, vehicle=cast.sedan.id, reason="x")
    assert "promised to another booking" in answer
    [answer] = act(admin, "reassign", booking, driver=cast.driver.id, vehicle=cast.rivals_car.id, reason="x")
    assert "None of your vehicles" in answer
    address = f"{LIST}{booking.id}/actions/reassign/"
    form = {"confirmed": "1", "driver": "nobody", "vehicle": cast.sedan.id, "reason": "x"}
    assert "driver" in admin.post(address, form).context["form"].errors
    assert now(booking).driver_id == cast.driver.id


def test_report_for_a_driver_who_cannot(cast: Cast, admin: Client) -> None:
    booking = assigned(cast)
    steps = []
    while "report" in buttons(admin, booking):
        steps += act(admin, "report", booking, reason="flat phone")[1:]
    assert len(steps) == 5
    assert now(booking).status is S.PAID  # completed, and its payment taken by what follows from it
    assert all(each.actor is not Actor.DRIVER for each in BookingHistory.query(booking.id))


def test_a_passenger_who_did_not_come(cast: Cast, admin: Client, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.ARRIVED, hours_ahead=0.1)
    form = {"code": "NO_SHOW", "charge": "us", "reason": "waited"}
    [early] = act(admin, "cancel", booking, **form)
    assert "when the driver has waited" in early
    with later(minutes=30):
        assert act(admin, "cancel", booking, **form)[1] == f"{booking.reference}: Fee: $210.00."
    assert at_square(sandbox, booking) == [("COMPLETED", 21_000)]


def test_only_what_is_open_is_offered(cast: Cast, admin: Client) -> None:
    """By the table of transitions, for every status there is."""
    booking = requested(cast)
    verbs = {Action.CANCEL: "cancel", Action.EXPIRE: "expire", Action.ASSIGN: "reassign", Action.REASSIGN: "reassign"}
    for status in S:
        stored = now(booking)
        stored.status = status
        stored.save()
        wanted = {
            verbs.get(action, "report")
            for (at, action), row in TRANSITIONS.items()
            if at is status and Actor.ADMIN in row.actors and action is not Action.PUBLISH
        }
        assert buttons(admin, booking) - OF_NO_LIFECYCLE == wanted, status


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (StaffRole.SUPPORT, {"cancel", "forget_passenger", "hold"}),
        (StaffRole.FINANCE, set()),
        (StaffRole.OPERATIONS, {"cancel", "expire", "reassign", "report", "hold"}),
    ],
)
def test_who_may_what(cast: Cast, role: StaffRole, allowed: set[str]) -> None:
    """Neither the drop-down nor a request made by hand does what the role may not."""
    client, booking = desk(role), requested(cast)
    before = now(booking).version
    for name in set(BookingAdmin.actions) - allowed:
        chosen = {"action": name, "index": "0", "_selected_action": [booking.id], "confirmed": "1"}
        assert told(client.post(LIST, chosen))[-1] == "No action selected."
        assert client.post(f"{LIST}{booking.id}/actions/{name}/", {"confirmed": "1", "reason": "x"}).status_code in (
            302,
            403,
        )
    assert now(booking).version == before
    offered = client.get(LIST).context["action_form"]
    names = {name for name, _label in offered.fields["action"].choices if name} if offered else set()
    assert names == allowed


def test_send_a_notice_again(cast: Cast, admin: Client, mailoutbox: list[Any]) -> None:
    booking = accepted(cast)
    mailoutbox.clear()
    [notice] = [each for each in Notice.query(booking.id) if each.kind is NoticeKind.CONFIRMED]
    key = NoticeFacade.key_of(notice)
    chosen = {"action": "resend", "index": "0", "_selected_action": [key], "confirmed": "1"}
    answer = admin.post("/admin/bookings/notice/", chosen)
    assert told(answer)[0] == "Send again: 1 done."
    assert [mail.to for mail in mailoutbox] == [[cast.concierge.email]]
    assert Notice.fetch(booking.id, notice.id).state is NoticeState.SENT
    assert "Send again" not in desk(StaffRole.FINANCE).get(page_of(booking)).content.decode()
