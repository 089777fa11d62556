"""What the fleet holds about people: drivers, members of a company, and who is a company by themselves."""

from collections.abc import Iterable, Iterator

from accounts.privacy.marks import Kind
from accounts.privacy.redaction import redact
from accounts.privacy.registry import Holding, Obstacle, Part, Subject
from accounts.rules.roles import Role
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict
from fleet.assignments.tables import DriverAssignment
from fleet.organizations.tables import OrganizationInvitation
from fleet.services.drivers import forget_driver, forget_profile
from fleet.services.duty import close_calendar, driver_key
from fleet.tables import Calendar, Driver, Operator, Organization, OrganizationUser

EMPLOYED = "To carry out rides with licensed drivers (contract; law of passenger transport)"


def _driver(subject: Subject) -> Iterator[Driver]:
    found = Driver.find(subject.profile_id, consistent=True) if subject.role is Role.DRIVER else None
    if found is not None:
        yield found


def _operator(subject: Subject) -> Iterator[Operator]:
    """The company that the person runs; a member of somebody else's is not it."""
    found = Operator.find(subject.profile_id, consistent=True) if _is_operator(subject) else None
    if found is not None and found.user_id == subject.user_id:
        yield found


def _organization(subject: Subject) -> Iterator[Organization]:
    for operator in _operator(subject):
        found = Organization.find(operator.organization_id, consistent=True) if operator.organization_id else None
        if found is not None:
            yield found


def _memberships(subject: Subject) -> Iterator[OrganizationUser]:
    yield from OrganizationUser.user_index.query(subject.user_id)


def _assignments(subject: Subject) -> Iterator[DriverAssignment]:
    yield from DriverAssignment.driver_index.query(subject.user_id)


def _invitations(subject: Subject) -> Iterator[OrganizationInvitation]:
    """To their address, as long as they have it: `users` comes after this table in an erasure."""
    user = User.find(subject.user_id, consistent=True)
    for key in OrganizationInvitation.email_index.query(user.email) if user is not None else ():
        found = OrganizationInvitation.find(key.id, consistent=True)
        if found is not None:
            yield found


def _calendar(subject: Subject) -> Iterator[Calendar]:
    for driver in _driver(subject):
        found = Calendar.find(driver_key(driver.id), consistent=True)
        if found is not None:
            yield found


def _forget_calendar(_: Subject, calendar: Calendar) -> None:
    now = utc_now()
    calendar.commitments = [each for each in calendar.commitments if each.ends_at > now]


def _known_by(subject: Subject) -> Iterator[tuple[Kind, str]]:
    for driver in _driver(subject):
        yield Kind.NAME, driver.name
        yield Kind.PHONE, driver.phone
        yield Kind.LICENSE, driver.license_number


def _gate(tx: Transaction, subject: Subject) -> Iterable[Obstacle]:
    """A driver gives their rides to others first. Their calendar closes with the account: of an assignment at the same
    moment and this, one finds the other done.
    """
    for driver in _driver(subject):
        if driver.current_booking_id is not None:
            return [
                Obstacle(
                    "driver_on_ride", "A ride is under way: finish it.", {"bookingIds": [driver.current_booking_id]}
                )
            ]
        try:
            close_calendar(
                tx, Calendar.find(driver_key(driver.id), consistent=True) or Calendar(id=driver_key(driver.id))
            )
        except Conflict as promised:
            message = "Rides lie ahead: the operator gives them to other drivers first."
            return [Obstacle(promised.code, message, {"bookingIds": promised.details["bookingIds"]})]
    return []


def _is_operator(subject: Subject) -> bool:
    return subject.role is Role.OPERATOR and subject.profile_id is not None


PART = Part(
    holdings=(
        Holding(
            table=Driver,
            what="A driver's name, phone, licence, checked documents, last location, rating",
            why=EMPLOYED,
            found_by="GetItem `id` = the user's `profileId`",
            erased="Name, phone, licence, documents and location emptied; the profile leaves the company and stays "
            "for the rides it drove",
            find=_driver,
            forget=lambda _, driver: forget_profile(driver),
            write=lambda _, driver: forget_driver(driver_id=driver.id),
        ),
        Holding(
            table=Calendar,
            what="When a driver was, and is, promised to which ride",
            why="No driver is promised twice (contract)",
            found_by="GetItem `id` = `driver:<profileId>`",
            erased="Closed in the transaction that ends the account; what is past is emptied",
            find=_calendar,
            forget=_forget_calendar,
        ),
        Holding(
            table=Operator,
            what="A company's name, licence, prices and rating; personal where it bears its owner's name",
            why="To trade under it (contract; law of trade and tax)",
            found_by="GetItem `id` = the user's `profileId`, of its owner",
            erased="Suspended; the owner's name is struck from the company's. What is the company's stays",
            find=_operator,
            forget=lambda subject, operator: redact(subject, operator, "company_name", "business_license"),
        ),
        Holding(
            table=Organization,
            what="The company as a tenant: its name, its owner's id",
            why="As the company",
            found_by="GetItem `id` = the company's `organizationId`",
            erased="The owner's name is struck from the company's",
            find=_organization,
            forget=lambda subject, organization: redact(subject, organization, "name"),
        ),
        Holding(
            table=DriverAssignment,
            what="Which vehicle a member of a fleet has, and from when to when",
            why="So that they may drive it or see it (contract)",
            found_by="`driver-index` `driverId` = the user's id",
            erased="Deleted",
            find=_assignments,
            deletes=True,
        ),
        Holding(
            table=OrganizationInvitation,
            what="The address to which an invitation into an organization was sent, as what, and by whom",
            why="To let the person join who was meant (contract)",
            found_by="`email-index` `email` = the user's address",
            erased="Deleted; of people without an account, 30 days after it has run out",
            find=_invitations,
            deletes=True,
            secret=frozenset({"salt", "tokenHash"}),
        ),
        Holding(
            table=OrganizationUser,
            what="That the person works for a company, and as what",
            why="So that they may act for it (contract)",
            found_by="`user-index` `userId`",
            erased="Deleted",
            find=_memberships,
            deletes=True,
        ),
    ),
    known_by=_known_by,
    gate=_gate,
)
