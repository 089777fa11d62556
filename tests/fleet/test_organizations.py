"""Organizations: who may do what in one, how people come, change and go, and that it always has one owner."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError, Conflict, Forbidden, Invalid, NotFound
from fleet.organizations import invitations, members, selectors
from fleet.organizations.tables import InvitationStatus, OrganizationInvitation
from fleet.organizations.tokens import token_of
from fleet.rules.membership import INVITABLE, RIGHTS, MemberRole, Right, may
from fleet.services import dismiss_driver
from fleet.tables import Operator, Organization, OrganizationUser
from tests.bookings.stage import Cast, make_cast
from tests.factories import UserFactory
from tests.fleet.members import invited, member, org, owners, role_of


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except AtlasError:
        return False
    return True


def test_every_right_stands_in_the_table() -> None:
    assert set(RIGHTS) == set(Right)
    for role in MemberRole:
        assert may(role, Right.SEE_ASSIGNED)
        assert may(role, Right.TRANSFER) is (role == "owner")
        assert not may(role, Right.SEE_FLEET) or may(role, Right.SEE_ALERTS)


# Invitations


def test_a_letter_leads_to_membership(cast: Cast) -> None:
    invitation = invited(cast, cast.other_concierge.email, "viewer")
    [letter] = [each for each in mail.outbox if each.to == [cast.other_concierge.email]]
    token = token_of(invitation)
    assert f"/invitations/{token}/" in str(letter.body)
    assert invitation.expires_at - invitation.invited_at == timedelta(days=7)
    joined = invitations.accept(user=cast.other_concierge, token=token)
    assert joined.role == "viewer"
    assert role_of(cast, cast.other_concierge) == "viewer"
    assert User.fetch(cast.other_concierge.id).profile_id is None


def test_the_token_is_stored_nowhere(cast: Cast) -> None:
    invitation = invited(cast)
    assert token_of(invitation) not in str(OrganizationInvitation.fetch(invitation.id).to_dynamodb_dict())


def test_a_new_account_comes_with_it(cast: Cast) -> None:
    invitation = invited(cast, role="manager")
    user = invitations.accept_as_new(token=token_of(invitation), name="Nora Lind", password="a long enough secret")
    assert (user.email, user.role, user.profile_id) == (invitation.email, Role.OPERATOR, cast.operator.id)
    assert role_of(cast, user) == "manager"
    with pytest.raises(Conflict) as again:
        invitations.accept_as_new(token=token_of(invitation), name="Nora Lind", password="a long enough secret")
    assert again.value.code == "invitation_used"


@pytest.mark.parametrize(("role", "platform"), [("viewer", Role.OPERATOR), ("driver", Role.DRIVER)])
def test_who_only_looks_or_drives_does_not_run_the_company(cast: Cast, role: str, platform: Role) -> None:
    user = invitations.accept_as_new(
        token=token_of(invited(cast, role=role)), name="Nora Lind", password="a long enough secret"
    )
    assert user.role is platform
    assert user.profile_id is None


def test_it_is_for_one_address(cast: Cast) -> None:
    token = token_of(invited(cast, cast.other_concierge.email))
    with pytest.raises(Forbidden) as refused:
        invitations.accept(user=cast.concierge, token=token)
    assert refused.value.code == "invitation_for_another"
    assert role_of(cast, cast.concierge) is None


def test_a_new_account_is_never_made_over_an_old_one(cast: Cast) -> None:
    with pytest.raises(Conflict) as refused:
        invitations.accept_as_new(
            token=token_of(invited(cast, cast.concierge.email)), name="Not Her", password="a long enough secret"
        )
    assert refused.value.code == "email_taken"
    assert role_of(cast, cast.concierge) is None


def test_it_runs_out_after_seven_days(cast: Cast) -> None:
    invitation = invited(cast, cast.other_concierge.email)
    invitation.refresh(consistent_read=True)
    invitation.expires_at = utc_now()
    invitation.save()
    with pytest.raises(Conflict) as refused:
        invitations.accept(user=cast.other_concierge, token=token_of(invitation))
    assert refused.value.details == {"status": "EXPIRED"}
    again = invited(cast, cast.other_concierge.email, "driver")
    assert again.id == invitation.id
    assert invitations.accept(user=cast.other_concierge, token=token_of(again)).role == "driver"


def test_sent_again_the_old_link_is_void(cast: Cast) -> None:
    first = invited(cast, cast.other_concierge.email)
    old = token_of(first)
    second = invitations.resend(user=cast.owner, organization_id=org(cast), invitation_id=first.id)
    with pytest.raises(NotFound):
        invitations.accept(user=cast.other_concierge, token=old)
    assert invitations.accept(user=cast.other_concierge, token=token_of(second)).role == "manager"
    with pytest.raises(Conflict):
        invitations.resend(user=cast.owner, organization_id=org(cast), invitation_id=first.id)


def test_called_back_it_is_void(cast: Cast) -> None:
    invitation = invited(cast, cast.other_concierge.email)
    for _ in range(2):
        invitations.revoke(user=cast.owner, organization_id=org(cast), invitation_id=invitation.id)
    with pytest.raises(Conflict) as refused:
        invitations.accept(user=cast.other_concierge, token=token_of(invitation))
    assert refused.value.details == {"status": "REVOKED"}
    assert role_of(cast, cast.other_concierge) is None


def test_nobody_is_invited_twice_and_no_member_at_all(cast: Cast) -> None:
    invited(cast, "a@Example.com ".strip())
    with pytest.raises(Conflict) as refused:
        invited(cast, "A@example.COM")
    assert refused.value.code == "already_invited"
    with pytest.raises(Conflict) as refused:
        invited(cast, cast.manager.email)
    assert refused.value.code == "already_member"
    with pytest.raises(Invalid):
        invited(cast, role="owner")


def test_an_invitation_of_others_is_not_to_be_seen(cast: Cast) -> None:
    invitation = invited(cast)
    theirs = str(Operator.fetch(str(cast.rival.profile_id)).organization_id)
    for act in (invitations.revoke, invitations.resend):
        with pytest.raises(NotFound):
            act(user=cast.rival, organization_id=theirs, invitation_id=invitation.id)
    assert OrganizationInvitation.fetch(invitation.id).status is InvitationStatus.PENDING


@pytest.mark.parametrize("_", range(5))
def test_of_two_who_use_one_link_one_joins(cast: Cast, _: int) -> None:
    token = token_of(invited(cast))

    def join(name: str) -> bool:
        return succeeds(lambda: invitations.accept_as_new(token=token, name=name, password="a long enough secret"))

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(join, ["One Person", "Another Person"])) == [False, True]
    assert len([each for each in OrganizationUser.query(org(cast)) if each.role == "manager"]) == 2


@pytest.mark.parametrize("_", range(4))
def test_called_back_and_accepted_at_once_only_one_holds(cast: Cast, _: int) -> None:
    user = UserFactory.create()
    invitation = invited(cast, user.email)
    attempts: list[Callable[[], Any]] = [
        lambda: invitations.accept(user=user, token=token_of(invitation)),
        lambda: invitations.revoke(user=cast.owner, organization_id=org(cast), invitation_id=invitation.id),
    ]
    with ThreadPoolExecutor(2) as pool:
        joined, called_back = pool.map(succeeds, attempts)
    assert joined is not called_back
    assert (role_of(cast, user) is not None) is joined


# Members


def test_a_demoted_manager_runs_the_company_no_more(cast: Cast) -> None:
    members.change_role(user=cast.owner, organization_id=org(cast), user_id=cast.manager.id, role="viewer")
    assert User.fetch(cast.manager.id).profile_id is None
    members.change_role(user=cast.owner, organization_id=org(cast), user_id=cast.manager.id, role="admin")
    assert User.fetch(cast.manager.id).profile_id == cast.operator.id


def test_removed_is_out_at_once(cast: Cast) -> None:
    members.remove_member(user=cast.owner, organization_id=org(cast), user_id=cast.manager.id)
    assert role_of(cast, cast.manager) is None
    assert User.fetch(cast.manager.id).profile_id is None
    with pytest.raises(NotFound):
        selectors.list_members(user=cast.manager, organization_id=org(cast))


def test_a_member_of_two_organizations_stays_in_the_other(cast: Cast) -> None:
    token = token_of(invited(cast, cast.rival.email, "admin"))
    invitations.accept(user=cast.rival, token=token)
    assert User.fetch(cast.rival.id).profile_id == cast.rival.profile_id, "their own company stays theirs"
    assert {each.role for each in selectors.organizations_of(cast.rival)} == {"owner", "admin"}
    members.remove_member(user=cast.rival, organization_id=org(cast), user_id=cast.rival.id)
    assert [each.role for each in selectors.organizations_of(cast.rival)] == ["owner"]


@pytest.mark.parametrize("who", ["manager", "driver", "viewer"])
def test_only_owner_and_admin_change_members(cast: Cast, who: str) -> None:
    asks = member(cast, who)
    with pytest.raises(Forbidden):
        members.remove_member(user=asks, organization_id=org(cast), user_id=cast.manager.id)
    with pytest.raises(Forbidden):
        invitations.invite(user=asks, organization_id=org(cast), email="x@example.com", role="viewer")
    members.remove_member(user=asks, organization_id=org(cast), user_id=asks.id)
    assert role_of(cast, asks) is None, "everybody may leave"


def test_the_owner_stays_until_ownership_is_handed_over(cast: Cast) -> None:
    admin = member(cast, "admin")
    for act in (
        lambda: members.remove_member(user=cast.owner, organization_id=org(cast), user_id=cast.owner.id),
        lambda: members.remove_member(user=admin, organization_id=org(cast), user_id=cast.owner.id),
        lambda: members.change_role(user=admin, organization_id=org(cast), user_id=cast.owner.id, role="viewer"),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "owner_stays"
    with pytest.raises(Forbidden):
        members.transfer_ownership(user=admin, organization_id=org(cast), user_id=admin.id)
    members.transfer_ownership(user=cast.owner, organization_id=org(cast), user_id=admin.id)
    assert (role_of(cast, admin), role_of(cast, cast.owner)) == ("owner", "admin")
    assert Organization.fetch(org(cast)).owner_id == admin.id
    assert Operator.fetch(cast.operator.id).user_id == admin.id
    members.remove_member(user=admin, organization_id=org(cast), user_id=cast.owner.id)


@pytest.mark.parametrize("kind", ["concierge", "chauffeur", "rival"])
def test_who_cannot_run_the_company_does_not_get_it(cast: Cast, kind: str) -> None:
    heir = cast.user(kind)
    if kind != "chauffeur":
        invitations.accept(user=heir, token=token_of(invited(cast, heir.email, "admin")))
    with pytest.raises(Conflict) as refused:
        members.transfer_ownership(user=cast.owner, organization_id=org(cast), user_id=heir.id)
    assert refused.value.code == "cannot_own"
    assert owners(cast) == [cast.owner.id]


def test_staff_appoint_an_owner(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        members.appoint_owner(
            user=UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE),
            organization_id=org(cast),
            user_id=cast.manager.id,
        )
    members.appoint_owner(user=cast.admin, organization_id=org(cast), user_id=cast.manager.id)
    assert owners(cast) == [cast.manager.id]


def test_of_two_transfers_at_once_one_holds(cast: Cast) -> None:
    heirs = [member(cast, "admin"), member(cast, "admin")]

    def hand_over(heir: User) -> bool:
        return succeeds(lambda: members.transfer_ownership(user=cast.owner, organization_id=org(cast), user_id=heir.id))

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(hand_over, heirs)) == [False, True]
    assert len(owners(cast)) == 1
    assert Organization.fetch(org(cast)).owner_id == owners(cast)[0]


def test_two_admins_remove_each_other_and_one_stays(cast: Cast) -> None:
    for _ in range(4):
        one, other = member(cast, "admin"), member(cast, "admin")
        attempts = [
            lambda a=one, b=other: members.remove_member(user=a, organization_id=org(cast), user_id=b.id),
            lambda a=one, b=other: members.remove_member(user=b, organization_id=org(cast), user_id=a.id),
        ]
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(succeeds, attempts)) == [False, True]
        assert sorted(role_of(cast, each) is None for each in (one, other)) == [False, True]


Step = tuple[str, int, int, str]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["role", "remove", "transfer", "invite"]),
        st.integers(0, 4),
        st.integers(0, 4),
        st.sampled_from(INVITABLE),
    ),
    max_size=8,
)


def act(cast: Cast, people: list[User], step: Step) -> Callable[[], object]:
    what, asks, whom, role = step
    target = people[whom]
    by: dict[str, Any] = {"user": User.fetch(people[asks].id), "organization_id": org(cast)}
    acts: dict[str, Callable[[], object]] = {
        "role": lambda: members.change_role(**by, user_id=target.id, role=role),
        "remove": lambda: members.remove_member(**by, user_id=target.id),
        "transfer": lambda: members.transfer_ownership(**by, user_id=target.id),
        "invite": lambda: invitations.accept(
            user=target, token=token_of(invitations.invite(**by, email=target.email, role=role))
        ),
    }
    return acts[what]


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_its_members_do_it_has_one_owner(steps: list[Step]) -> None:
    """And whoever acts for its company is its owner, an admin or a manager."""
    cast = make_cast()
    people = [cast.owner, cast.manager, member(cast, "admin"), member(cast, "viewer"), cast.other_concierge]
    for step in steps:
        succeeds(act(cast, people, step))
        [owner] = owners(cast)
        assert Organization.fetch(org(cast)).owner_id == owner == Operator.fetch(cast.operator.id).user_id
        for person in people:
            acts_for = User.fetch(person.id).profile_id == cast.operator.id
            assert acts_for is (role_of(cast, person) in ("owner", "admin", "manager") and person.role is Role.OPERATOR)


def test_a_drivers_membership_comes_and_goes_with_the_job(cast: Cast) -> None:
    assert role_of(cast, cast.chauffeur) == "driver"
    dismiss_driver(user=cast.owner, driver_id=cast.driver.id)
    assert role_of(cast, cast.chauffeur) is None
