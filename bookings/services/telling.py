"""Staff have a notice sent once more."""

from accounts import staff
from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict
from bookings.events import NoticeWanted
from bookings.rules.notices import NoticeState
from bookings.tables import Notice


@retried
def resend_notice(*, user: CurrentUser, booking_id: str, notice_id: str) -> Notice:
    """Send it again, as a message of its own, by the rules as they are now: whoever wants none still gets none.

    Raises `Conflict` `notice_under_way` for one that is still being sent.
    """
    staff.require(user, "resend", "bookings.booking")
    notice = Notice.fetch(booking_id, notice_id)
    if notice.state is NoticeState.PENDING:
        raise Conflict("This notice is still being sent.", code="notice_under_way", details={"state": notice.state})
    notice.state, notice.error = NoticeState.PENDING, None
    notice.attempts, notice.held_until = 0, None
    notice.round += 1
    with transact() as tx:
        tx.save(notice)
        outbox.add(tx, NoticeWanted(booking_id, notice_id))
    return notice
