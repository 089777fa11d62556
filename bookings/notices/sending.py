"""Notices on their way: each is stored, claimed for an attempt, sent, and marked. Heard twice, they are sent once."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parseaddr
from smtplib import SMTPRecipientsRefused
from typing import NamedTuple

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from pynamodb.exceptions import PutError

from accounts.rules.roles import UserStatus
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.errors import Unavailable
from bookings.crew import Crew, crew_of
from bookings.events import NoticesDue, NoticeWanted, PaperDue
from bookings.notices.enclosing import enclosure
from bookings.notices.wording import wording
from bookings.rules.lifecycle import Actor
from bookings.rules.notices import (
    BILLING,
    PAPERS,
    RECIPIENT,
    TOLD,
    NoticeKind,
    NoticeState,
    driver_told,
    is_outdated,
    occasion,
)
from bookings.tables import Booking, Notice
from fleet.tables import Driver

log = structlog.get_logger(__name__)

HELD = timedelta(seconds=60)
"""Longer than any attempt takes: whoever holds a notice for longer was cut off."""
MOST_ATTEMPTS = 8
"""Some hours, by the outbox's growing pauses; then it is for staff."""
LOST_CODE = "ConditionalCheckFailedException"


class Addressee(NamedTuple):
    """A notice to be: `user_id` None where there is nobody to tell; `told_of` is the driver it is about."""

    kind: NoticeKind
    user_id: str | None
    told_of: str | None


def send_due(event: NoticesDue) -> None:
    """Tell everybody who is to hear of one change. Raises `Unavailable` when some could not be told yet."""
    booking = Booking.fetch(event.booking_id)
    crew = crew_of(booking)
    stored = {each.id: each for each in _stored(event)}
    waiting = [
        _send(stored.get(id) or _new(id, addressee, event), booking, crew)
        for addressee in _addressees(event, booking, crew)
        if addressee.user_id
        for id in [f"{event.sequence:06}.{addressee.kind}.{addressee.user_id}"]
    ]
    if not all(waiting):
        raise Unavailable("Some of its parties could not be told yet.", code="notice_not_sent")


def send_paper(event: PaperDue) -> None:
    """Send who pays a paper of theirs, once. Raises `Unavailable` when that did not work yet."""
    booking, kind = Booking.fetch(event.booking_id), NoticeKind(event.kind)
    id = f"{event.name}.{kind}.{booking.concierge_id}"
    notice = Notice.find(booking.id, id, consistent=True) or Notice(
        booking_id=booking.id,
        id=id,
        kind=kind,
        recipient_id=booking.concierge_id,
        part=RECIPIENT[kind],
    )
    if not _send(notice, booking, crew_of(booking)):
        raise Unavailable("The paper could not be sent yet.", code="notice_not_sent")


def send_again(event: NoticeWanted) -> None:
    """Send one that staff asked for. Raises `Unavailable` when that did not work yet."""
    notice = Notice.fetch(event.booking_id, event.notice_id)
    booking = Booking.fetch(event.booking_id)
    if not _send(notice, booking, crew_of(booking)):
        raise Unavailable("The notice could not be sent yet.", code="notice_not_sent")


def _addressees(event: NoticesDue, booking: Booking, crew: Crew) -> Iterator[Addressee]:
    action = occasion(event.action)
    operator_id = crew.operator.user_id if crew.operator else None
    for kind in TOLD[action]:
        match RECIPIENT[kind]:
            case Actor.CONCIERGE:
                yield Addressee(kind, booking.concierge_id, event.driver_id)
            case Actor.OPERATOR:
                yield Addressee(kind, operator_id, event.driver_id)
            case _:
                driver_id = driver_told(
                    kind, action, driver_id=event.driver_id, former_driver_id=event.former_driver_id
                )
                yield Addressee(kind, _user_of(driver_id, crew), driver_id)


def _user_of(driver_id: str | None, crew: Crew) -> str | None:
    if driver_id is None:
        return None
    driver = crew.driver if crew.driver and crew.driver.id == driver_id else Driver.find(driver_id)
    return driver.user_id if driver else None


def _stored(event: NoticesDue) -> Iterator[Notice]:
    return Notice.query(event.booking_id, Notice.id.startswith(f"{event.sequence:06}."), consistent_read=True)


def _new(id: str, addressee: Addressee, event: NoticesDue) -> Notice:
    return Notice(
        booking_id=event.booking_id,
        id=id,
        kind=addressee.kind,
        recipient_id=addressee.user_id,
        part=RECIPIENT[addressee.kind],
        driver_id=addressee.told_of,
    )


def _send(notice: Notice, booking: Booking, crew: Crew) -> bool:
    """One attempt. True when there is nothing left to do, be it that staff must look at it."""
    if notice.state is not NoticeState.PENDING:
        return True
    if notice.held_until and notice.held_until > utc_now():
        return False
    user = get_many((User, notice.recipient_id))[0]
    reason = _reason_to_skip(notice, booking, user)
    if reason:
        notice.state, notice.error = NoticeState.SKIPPED, reason
        return _kept(notice)
    notice.attempts += 1
    notice.held_until = utc_now() + HELD
    return _kept(notice) and _attempt(notice, booking, crew, user)


def _reason_to_skip(notice: Notice, booking: Booking, user: User | None) -> str | None:
    if user is None or user.status is UserStatus.DELETED:
        return "The account is gone."
    if not user.settings.notifications and notice.kind not in BILLING:
        return "The recipient has turned notifications off."
    if is_outdated(
        notice.kind,
        booking.status,
        told_of=notice.driver_id,
        driver_id=booking.driver_id,
        card_is_good=booking.hold is None or booking.hold.code is None,
    ):
        return "The booking went on before it could be sent."
    return None


def _kept(notice: Notice) -> bool:
    """Written under its version. False when somebody else has it: they are sending it."""
    try:
        notice.save()
    except PutError as lost:
        if lost.cause_response_code != LOST_CODE:
            raise
        return False
    return True


def _attempt(notice: Notice, booking: Booking, crew: Crew, user: User) -> bool:
    notice.error = None
    try:
        compose(notice, booking, crew, user).send()
    except Exception as error:
        refused = isinstance(error, SMTPRecipientsRefused)
        failed = refused or notice.attempts >= MOST_ATTEMPTS
        log.warning("notice_not_sent", booking_id=booking.id, notice=notice.id, attempts=notice.attempts, failed=failed)
        notice.state = NoticeState.FAILED if failed else NoticeState.PENDING
        notice.error = "The address was refused." if refused else f"{type(error).__name__}: {error}"[:300]
    else:
        notice.state, notice.sent_at = NoticeState.SENT, utc_now()
    notice.held_until = None
    return _kept(notice) and notice.state is not NoticeState.PENDING


def compose(notice: Notice, booking: Booking, crew: Crew, user: User) -> EmailMultiAlternatives:
    """The message: text with an HTML alternative, under an id that is the same in every attempt of a round."""
    with translation.override(settings.LANGUAGE_CODE):
        said = wording(notice.kind, booking, crew, user)
        context = {"said": said, "name": user.name, "language": settings.LANGUAGE_CODE}
        text = render_to_string("bookings/notices/notice.txt", context)
        html = render_to_string("bookings/notices/notice.html", context)
    enclosed = enclosure(notice, booking, user) if notice.kind in PAPERS else None
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    message = EmailMultiAlternatives(
        subject=said.subject,
        body=text,
        to=[enclosed.to if enclosed else user.email],
        headers={
            "Message-ID": f"<{booking.id}.{notice.id}.{notice.round}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(html, "text/html")
    if enclosed is not None:
        message.attach(enclosed.filename, enclosed.content, enclosed.content_type)
    return message
