"""What staff may do: one table of rights. The back office asks it, and so do the API and the pages for what staff do
there, so that nobody can do by one way in what another refuses.

    staff.require(user, "refund", "payments.paymenttransaction")

A right is a verb on a table: Django's `view`, `add`, `change`, `delete`; `export` of lists; and what services do. A
SUPERUSER may everything, and alone what stands in no row. Rules about one item are in `may_on`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from accounts.rules.roles import Role, StaffRole, UserStatus
from atlas.errors import Forbidden

COLUMNS = (StaffRole.SUPPORT, StaffRole.FINANCE, StaffRole.OPERATIONS)

TABLE = """
                                                   support  finance  operations
bookings.booking             view                     x        x         x
bookings.booking             export                   .        x         x
bookings.booking             change                   x        .         x
bookings.booking             cancel                   x        .         x
bookings.booking             resend                   x        .         x
bookings.booking             forget_passenger         x        .         .
bookings.booking             reassign                 .        .         x
bookings.booking             expire                   .        .         x
bookings.booking             drive                    .        .         x
bookings.archivedbooking     view                     x        x         x
bookings.archivedbooking     restore                  x        .         x
bookings.bookinghistory      view                     x        x         x
bookings.notice              view                     x        x         x
bookings.quote               view                     x        x         x
bookings.quote               export                   .        x         x
bookings.quote               expire                   .        .         x
fleet.operator               view                     x        x         x
fleet.operator               export                   .        x         x
fleet.operator               change                   .        .         x
fleet.operator               approve                  .        .         x
fleet.operator               suspend                  .        .         x
fleet.driver                 view                     x        .         x
fleet.driver                 change                   .        .         x
fleet.driver                 suspend                  .        .         x
fleet.vehicle                view                     x        .         x
fleet.vehicle                change                   .        .         x
fleet.calendar               view                     x        .         x
fleet.organization           view                     x        x         x
fleet.organization           transfer                 .        .         x
fleet.organizationuser       view                     x        .         x
fleet.vehicleassignment      view                     x        .         x
fleet.driverassignment       view                     x        .         x
fleet.organizationinvitation view                     x        .         x
fleet.organizationinvitation revoke                   x        .         x
payments.paymenttransaction  view                     x        x         x
payments.paymenttransaction  export                   .        x         .
payments.paymenttransaction  capture                  .        x         .
payments.paymenttransaction  refund                   .        x         .
payments.paymenttransaction  void                     .        x         .
payments.paymenttransaction  issue_invoice            .        x         .
payments.paymenttransaction  cancel_invoice           .        x         .
payments.paymenttransaction  record_wire              .        x         .
payments.paymenttransaction  confirm_wire             .        x         .
payments.billingaccount      view                     x        x         .
payments.billingaccount      export                   .        x         .
payments.billingaccount      approve                  .        x         .
payments.billingaccount      suspend                  .        x         .
payments.savedcard           view                     x        x         .
payments.paymentdifference   view                     .        x         .
payments.paymentdifference   export                   .        x         .
payments.paymentdifference   reconcile                .        x         .
payments.paymentdifference   mend                     .        x         .
payments.paymentdifference   dismiss                  .        x         .
payments.ledgerposting       view                     .        x         .
payments.ledgerposting       export                   .        x         .
payments.payout              view                     .        x         .
payments.payout              export                   .        x         .
payments.payout              record                   .        x         .
payments.payout              confirm                  .        x         .
payments.webhookevent        view                     .        x         .
payments.webhookevent        replay                   .        x         .
accounts.user                view                     x        x         x
accounts.user                change                   x        .         .
accounts.user                suspend                  x        .         x
accounts.user                reactivate               x        .         x
accounts.user                require_password         x        .         .
accounts.user                revoke_sessions          x        .         x
accounts.user                reset_second_factor      .        .         .
accounts.user                export_data              x        .         .
accounts.user                anonymise                .        .         .
accounts.user                change_staff_role        .        .         .
accounts.legalhold           view                     x        x         x
accounts.legalhold           hold                     x        .         x
accounts.legalhold           release                  .        .         .
accounts.session             view                     x        .         .
accounts.session             revoke                   x        .         .
accounts.tokenfamily         view                     x        .         .
accounts.tokenfamily         revoke                   x        .         .
telemetry.trip               view                     x        .         x
telemetry.tripstate          view                     x        .         x
telemetry.report             view                     x        .         x
telemetry.schedule           view                     x        .         x
telemetry.clip               view                     x        .         x
telemetry.command            view                     x        .         x
telemetry.oemtoken           view                     .        .         x
telemetry.fleetalert         view                     x        .         x
telemetry.geofence           view                     x        .         x
telemetry.geofencestate      view                     x        .         x
telemetry.occurrence         view                     x        .         x
telemetry.securitysettings   view                     x        .         x
telemetry.vinmapping         view                     .        .         x
telemetry.vinmapping         resolve                  .        .         .
telemetry.vinmapping         hand_over                .        .         x
atlas.job                    view                     x        x         x
atlas.job                    cancel                   .        .         x
atlas.outboxrow              view                     .        .         x
atlas.outboxrow              deliver                  .        .         x
"""


class Member(Protocol):
    """Whoever may be staff: the facade and the item of `users` alike."""

    @property
    def id(self) -> str: ...

    @property
    def role(self) -> Role: ...

    @property
    def staff_role(self) -> StaffRole | None: ...

    @property
    def status(self) -> UserStatus: ...


def read_table(text: str) -> dict[tuple[str, str], frozenset[StaffRole]]:
    """(table, verb) -> the roles with an `x`."""
    rights = {}
    for line in text.strip().splitlines()[1:]:
        table, verb, *marks = line.split()
        if len(marks) != len(COLUMNS) or set(marks) - {"x", "."}:
            raise ValueError(f"Not a row of rights: {line!r}")
        rights[table, verb] = frozenset(role for role, mark in zip(COLUMNS, marks, strict=True) if mark == "x")
    return rights


RIGHTS: Mapping[tuple[str, str], frozenset[StaffRole]] = read_table(TABLE)

ON_PEOPLE = "accounts.user"


def may(user: Member | None, verb: str, table: str, item: Any = None) -> bool:
    """Whether staff may do this; with `item`, to this one. None, the platform itself, may everything."""
    if user is None:
        return True
    if user.role != Role.ADMIN or user.staff_role is None:
        return False
    allowed = user.staff_role == StaffRole.SUPERUSER or user.staff_role in RIGHTS.get((table, verb), ())
    return allowed and (item is None or may_on(user, verb, table, item))


def may_on(user: Member, verb: str, table: str, item: Any) -> bool:
    """Rules about the one item: only a superuser does anything to staff, and nobody but looks at themselves."""
    if table != ON_PEOPLE or verb == "view":
        return True
    if item.id == user.id:
        return verb in ("change", "revoke_sessions", "export_data")
    return item.role != Role.ADMIN or user.staff_role == StaffRole.SUPERUSER


def require(user: Member | None, verb: str, table: str, item: Any = None) -> None:
    """Raises `Forbidden`."""
    if not may(user, verb, table, item):
        raise Forbidden


def may_perm(user: Member, perm: str, item: Any = None) -> bool:
    """The same in Django's words: `payments.refund_paymenttransaction`."""
    app_label, _, codename = perm.partition(".")
    verb, _, model = codename.rpartition("_")
    return may(user, verb, f"{app_label}.{model}", item)


def may_see_app(user: Member, app_label: str) -> bool:
    if user.role != Role.ADMIN or user.staff_role is None:
        return False
    return user.staff_role == StaffRole.SUPERUSER or any(
        table.partition(".")[0] == app_label and user.staff_role in roles for (table, _), roles in RIGHTS.items()
    )
