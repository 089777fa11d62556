"""Who is told what by e-mail; once, whatever is repeated, refused or killed in between."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage, EmailMultiAlternatives

from accounts.services import suspend_user
from accounts.tables import User, UserSettings
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.errors import Conflict, Forbidden, Unavailable
from atlas.tables import OutboxRow
from bookings import services
from bookings.events import NoticesDue
from bookings.notices import sending
from bookings.notices.wording import local_pickup
from bookings.rules.lifecycle import Action, BookingStatus
from bookings.rules.notices import PAPERS, RECIPIENT, TOLD, NoticeKind, NoticeState
from bookings.rules.types import CancellationCode
from bookings.tables import Booking, Notice
from fleet.factories import DriverFactory
from tests.bookings.looking import now, story
from tests.bookings.stage import Cast, accepted, assigned, driven, quoted, requested

pytestmark = pytest.mark.usefixtures("sandbox")
Mails = list[EmailMultiAlternatives]


def stored(booking: Booking) -> list[Notice]:
    return list(Notice.query(booking.id, consistent_read=True))


def outcomes(booking: Booking) -> set[tuple[NoticeState, int, str | None]]:
    return {(each.state, each.attempts, each.error) for each in stored(booking)}


def kinds_to(mails: Mails, user: User) -> list[str]:
    """The kinds of notices that reached one person, by their message ids, in order."""
    return [str(mail.extra_headers["Message-ID"]).split(".")[2] for mail in mails if mail.to == [user.email]]


def the_mail(mails: Mails, kind: NoticeKind) -> tuple[str, str, str]:
    """Subject, text and HTML of the only notice of a kind."""
    [mail] = [mail for mail in mails if f".{kind}." in str(mail.extra_headers["Message-ID"])]
    [(html, mimetype)] = mail.alternatives
    assert mimetype == "text/html"
    return str(mail.subject), str(mail.body), str(html)


def test_a_ride_that_goes_well_is_told_to_its_parties(cast: Cast, mailoutbox: Mails) -> None:
    booking = driven(cast, BookingStatus.COMPLETED)
    assert kinds_to(mailoutbox, cast.concierge) == ["confirmed", "driver_assigned", "receipt", "completed"]
    assert kinds_to(mailoutbox, cast.owner) == ["quote_accepted"]
    assert kinds_to(mailoutbox, cast.chauffeur) == ["job_assigned"]
    assert len(mailoutbox) == 6
    assert outcomes(booking) == {(NoticeState.SENT, 1, None)}
    assert all(each.sent_at for each in stored(booking))


def test_each_says_what_it_is_for(cast: Cast, mailoutbox: Mails, settings: LazySettings) -> None:
    booking = driven(cast, BookingStatus.COMPLETED)
    subject, text, html = the_mail(mailoutbox, NoticeKind.CONFIRMED)
    assert booking.reference in subject
    for part in (text, html):
        assert "Meridian Chauffeurs" in part
        assert "$210.00" in part
        assert local_pickup(booking) in part
        assert "America/" in part
    _, text, _ = the_mail(mailoutbox, NoticeKind.DRIVER_ASSIGNED)
    assert "Driver: Marcus Bell" in text
    assert "Car: BMW i7" in text
    assert "Plate: MRD 1002" in text
    _, text, html = the_mail(mailoutbox, NoticeKind.COMPLETED)
    receipt = f"{settings.PUBLIC_URL}/bookings/{booking.id}/receipt/"
    assert receipt in text
    assert f'href="{receipt}"' in html


def test_nothing_of_the_passenger_and_nothing_that_tracks(cast: Cast, mailoutbox: Mails) -> None:
    booking = driven(cast, BookingStatus.COMPLETED, passenger_name="Ms. Abdi <b>", flight_number="BA 117")
    assert booking.details.passenger_name
    for mail in mailoutbox:
        whole = str(mail.subject) + str(mail.body) + str(mail.alternatives[0][0])
        assert not [word for word in ("Abdi", "BA 117", "<img", "http-equiv", "<script", "src=") if word in whole]
        to_driver_or_operator = mail.to != [cast.concierge.email]
        assert not (to_driver_or_operator and booking.details.pickup_location in whole)


def test_html_is_escaped_and_text_is_not(cast: Cast, mailoutbox: Mails) -> None:
    cast.operator.refresh()
    cast.operator.company_name = "Smith & <Sons>"
    cast.operator.save()
    accepted(cast)
    _, text, html = the_mail(mailoutbox, NoticeKind.CONFIRMED)
    assert "Smith & <Sons>" in text
    assert "Smith &amp; &lt;Sons&gt;" in html


def test_a_cancelled_ride_names_its_fee_to_all_it_concerns(cast: Cast, mailoutbox: Mails) -> None:
    booking = assigned(cast, hours_ahead=0.5)
    mailoutbox.clear()
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.FLIGHT_CANCELLED, reason="BA")
    assert sorted(kinds_to(mailoutbox, cast.concierge)) == ["cancelled", "receipt"]
    assert kinds_to(mailoutbox, cast.owner) == ["ride_cancelled"]
    assert kinds_to(mailoutbox, cast.chauffeur) == ["job_withdrawn"]
    for kind in (NoticeKind.CANCELLED, NoticeKind.RIDE_CANCELLED):
        assert "Cancellation fee: $105.00" in the_mail(mailoutbox, kind)[1]


def test_an_open_request_concerns_its_concierge_alone(cast: Cast, mailoutbox: Mails) -> None:
    booking = requested(cast)
    quoted(cast, booking)
    assert mailoutbox == []
    services.expire_now(user=cast.admin, booking_id=booking.id, note="asked by phone")
    assert [mail.to for mail in mailoutbox] == [[cast.concierge.email]]
    assert kinds_to(mailoutbox, cast.concierge) == ["expired"]


def test_another_driver_is_told_to_all_three(cast: Cast, mailoutbox: Mails) -> None:
    booking = assigned(cast)
    mailoutbox.clear()
    second = DriverFactory.create(operator=cast.operator)
    services.assign(user=cast.admin, booking_id=booking.id, driver_id=second.id, vehicle_id=cast.sedan.id)
    assert kinds_to(mailoutbox, cast.concierge) == ["driver_assigned"]
    assert kinds_to(mailoutbox, User.fetch(second.user_id)) == ["job_assigned"]
    assert kinds_to(mailoutbox, cast.chauffeur) == ["job_withdrawn"]


def test_the_same_assignment_again_tells_nobody(cast: Cast, mailoutbox: Mails) -> None:
    booking = assigned(cast)
    mailoutbox.clear()
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    assert mailoutbox == []
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.suv.id)
    assert kinds_to(mailoutbox, cast.chauffeur) == ["job_assigned"]  # the car is another one


def test_heard_twice_it_is_sent_once(cast: Cast, mailoutbox: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[NoticesDue] = []
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    booking = accepted(cast)
    assert mailoutbox == []  # nothing before the job
    event = due_of(booking, Action.ACCEPT)
    heard += [event, event, event]
    for each in heard:
        sending.send_due(each)
    assert len(mailoutbox) == 2
    assert len(stored(booking)) == 2


def due_of(booking: Booking, action: Action) -> NoticesDue:
    """The fact that the booking's last change left in the outbox."""
    assert story(booking)[-1][0] == action
    version = int(now(booking).version or 0)
    return NoticesDue(booking.id, version, str(action), booking.driver_id, None)


def test_a_mail_server_that_is_away_delays_and_loses_nothing(
    cast: Cast, mailoutbox: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = break_sending(monkeypatch, OSError("connection refused"))
    booking = accepted(cast)
    assert mailoutbox == []
    waiting = stored(booking)
    assert {(each.state, each.attempts) for each in waiting} == {(NoticeState.PENDING, 1)}
    assert all("connection refused" in str(each.error) for each in waiting)
    [row] = [row for row in OutboxRow.scan() if booking.id in row.payload]
    assert (row.event, row.attempts) == ("NoticesDue", 1)

    monkeypatch.setattr(EmailMessage, "send", working)
    assert outbox.deliver(row.id)
    assert len(mailoutbox) == 2
    assert outcomes(booking) == {(NoticeState.SENT, 2, None)}
    assert OutboxRow.find(row.id, consistent=True) is None


def break_sending(monkeypatch: pytest.MonkeyPatch, error: Exception, only: str | None = None) -> Callable[..., Any]:
    """The mail server answers `error`, to `only` one address or to all. Returns what mends it."""
    working = EmailMessage.send

    def send(mail: EmailMessage, fail_silently: bool = False) -> int:
        if only is None or mail.to == [only]:
            raise error
        return working(mail, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", send)
    return working


def test_one_bad_address_keeps_nobody_else_from_their_news(
    cast: Cast, mailoutbox: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_sending(monkeypatch, SMTPRecipientsRefused({}), only=cast.concierge.email)
    booking = accepted(cast)
    assert kinds_to(mailoutbox, cast.owner) == ["quote_accepted"]
    assert {each.kind: each.state for each in stored(booking)} == {
        NoticeKind.CONFIRMED: NoticeState.FAILED,
        NoticeKind.QUOTE_ACCEPTED: NoticeState.SENT,
    }
    assert not [row for row in OutboxRow.scan() if booking.id in row.payload]  # for staff now


def test_it_gives_up_in_the_end(cast: Cast, mailoutbox: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    break_sending(monkeypatch, OSError("away"))
    booking = accepted(cast)
    event = due_of(booking, Action.ACCEPT)
    for _ in range(sending.MOST_ATTEMPTS - 2):
        with pytest.raises(Unavailable):
            sending.send_due(event)
    sending.send_due(event)
    assert {(each.state, each.attempts) for each in stored(booking)} == {(NoticeState.FAILED, sending.MOST_ATTEMPTS)}


def test_while_one_sends_another_waits(cast: Cast, mailoutbox: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two deliveries of one fact side by side; or one whose process was killed before it noted the outcome."""
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    event = due_of(accepted(cast), Action.ACCEPT)
    working = break_sending(monkeypatch, SystemExit("killed"))  # type: ignore[arg-type]
    with pytest.raises(SystemExit):
        sending.send_due(event)
    monkeypatch.setattr(EmailMessage, "send", working)
    with pytest.raises(Unavailable):
        sending.send_due(event)  # held by the one that was killed
    assert kinds_to(mailoutbox, cast.concierge) == []
    later = utc_now() + sending.HELD + timedelta(seconds=1)
    monkeypatch.setattr(sending, "utc_now", lambda: later)
    sending.send_due(event)
    assert kinds_to(mailoutbox, cast.concierge) == ["confirmed"]
    assert kinds_to(mailoutbox, cast.owner) == ["quote_accepted"]


def test_whoever_wants_none_gets_none(cast: Cast, mailoutbox: Mails) -> None:
    user = User.fetch(cast.concierge.id)
    user.settings = UserSettings(notifications=False)
    user.save()
    booking = accepted(cast)
    assert kinds_to(mailoutbox, cast.concierge) == []
    [skipped] = [each for each in stored(booking) if each.recipient_id == user.id]
    assert (skipped.state, skipped.attempts) == (NoticeState.SKIPPED, 0)
    assert "turned notifications off" in str(skipped.error)


def test_news_of_yesterday_are_not_sent(cast: Cast, mailoutbox: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    booking = assigned(cast)
    event = due_of(booking, Action.ASSIGN)
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="")
    sending.send_due(event)
    assert mailoutbox == []
    assert {each.state for each in stored(booking)} == {NoticeState.SKIPPED}


def test_staff_have_it_sent_again(cast: Cast, mailoutbox: Mails) -> None:
    booking = accepted(cast)
    [notice] = [each for each in stored(booking) if each.kind is NoticeKind.CONFIRMED]
    with pytest.raises(Forbidden):
        services.resend_notice(user=cast.concierge, booking_id=booking.id, notice_id=notice.id)
    services.resend_notice(user=cast.admin, booking_id=booking.id, notice_id=notice.id)
    assert kinds_to(mailoutbox, cast.concierge) == ["confirmed", "confirmed"]
    assert len({str(mail.extra_headers["Message-ID"]) for mail in mailoutbox}) == 3  # a message of its own
    again = Notice.fetch(booking.id, notice.id)
    assert (again.state, again.round, again.attempts) == (NoticeState.SENT, 2, 1)


def test_what_is_being_sent_is_not_sent_again(cast: Cast, mailoutbox: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    break_sending(monkeypatch, OSError("away"))
    booking = accepted(cast)
    with pytest.raises(Conflict) as refusal:
        services.resend_notice(user=cast.admin, booking_id=booking.id, notice_id=stored(booking)[0].id)
    assert refusal.value.code == "notice_under_way"


def test_a_suspended_party_is_still_told(cast: Cast, mailoutbox: Mails) -> None:
    """Whoever cannot sign in must hear all the more that their ride is off."""
    booking = accepted(cast)
    suspend_user(actor=cast.admin, user_id=cast.concierge.id)
    services.cancel(user=cast.admin, booking_id=booking.id, code=CancellationCode.SAFETY, reason="")
    assert kinds_to(mailoutbox, cast.concierge) == ["confirmed", "cancelled"]


def test_every_kind_follows_from_something_and_has_words() -> None:
    assert {kind for kinds in TOLD.values() for kind in kinds} | PAPERS == set(NoticeKind) == set(RECIPIENT)


def test_what_telling_costs(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a job, not of a request: booking, crew, what is stored; per notice its claim, its user, its mark; how it
    is paid for the one that tells it.
    """
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    event = due_of(accepted(cast), Action.ACCEPT)
    with measure() as cost:
        sending.send_due(event)
    assert (cost.calls, cost.scans) == (3 + 2 * 3 + 1, 0), cost.operations
    with measure() as again:
        sending.send_due(event)
    assert (again.calls, again.wcu) == (3, 0), again.operations
