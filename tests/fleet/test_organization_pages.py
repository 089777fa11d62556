"""The pages of organizations, and their settings."""

from typing import Any

import pytest

from accounts.tables import User
from atlas.errors import Forbidden
from fleet.organizations.settings import change_organization, settings_of
from fleet.organizations.tokens import token_of
from fleet.tables import Organization, OrganizationUser
from tests.bookings.stage import Cast, browser, make_cast
from tests.factories import PASSWORD
from tests.fleet.members import invited, org, owners, role_of


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_settings_are_merged_and_taken_back(cast: Cast) -> None:
    change: dict[str, Any] = {"user": cast.owner, "organization_id": org(cast)}
    change_organization(**change, name="Harbour Fleet", settings={"units": "IMPERIAL", "alertMinutes": 10})
    change_organization(**change, settings={"timezone": "Europe/Paris", "alertMinutes": None})
    kept = Organization.fetch(org(cast))
    assert kept.name == "Harbour Fleet"
    assert settings_of(kept) == {"units": "IMPERIAL", "timezone": "Europe/Paris"}
    with pytest.raises(Forbidden):
        change_organization(user=cast.manager, organization_id=org(cast), name="Mine")


def test_the_page_of_a_link_makes_an_account_and_lets_in(cast: Cast) -> None:
    invitation = invited(cast, role="viewer")
    stranger = browser(cast.concierge)
    stranger.logout()
    page = f"/invitations/{token_of(invitation)}/"
    assert "Make an account" in stranger.get(page).content.decode()
    assert stranger.post(page, {"name": "", "password": "short"}).status_code == 400
    assert stranger.post(page, {"name": "Nora Lind", "password": PASSWORD}).status_code == 302
    assert "accepted already" in stranger.get(page).content.decode()
    user = next(each for each in OrganizationUser.query(org(cast)) if each.role == "viewer")
    home = browser(User.fetch(user.user_id)).get("/", follow=True)
    assert home.status_code == 200
    assert "Viewer" in home.content.decode()


@pytest.mark.slow
def test_the_page_of_a_link_takes_who_has_an_account(cast: Cast) -> None:
    page = f"/invitations/{token_of(invited(cast, cast.other_concierge.email))}/"
    assert "another address" in browser(cast.concierge).get(page).content.decode()
    assert browser(cast.concierge).post(page).status_code == 200, "nobody joins for somebody else"
    assert role_of(cast, cast.concierge) is None
    client = browser(cast.other_concierge)
    client.logout()
    assert "Sign in" in client.get(page).content.decode()
    assert browser(cast.other_concierge).post(page).status_code == 302
    assert role_of(cast, cast.other_concierge) == "manager"


def test_members_are_run_from_their_page(cast: Cast) -> None:
    page, client = f"/organizations/{org(cast)}/", browser(cast.owner)
    assert client.post(f"{page}invite/", {"email": "nora.lind@example.com", "role": "viewer"}).status_code == 302
    shown = client.get(page).content.decode()
    for word in (cast.manager.email, "nora.lind@example.com", "Marcus Bell"):
        assert word in shown
    twice = client.post(f"{page}invite/", {"email": "nora.lind@example.com", "role": "viewer"})
    assert "invited already" in twice.content.decode()
    assert client.post(f"{page}members/{cast.manager.id}/role/", {"role": "admin"}).status_code == 302
    assert role_of(cast, cast.manager) == "admin"
    assert client.post(f"{page}transfer/", {"user_id": cast.manager.id}).status_code == 302
    assert owners(cast) == [cast.manager.id]
    assert client.post(f"{page}settings/", {"name": "Other", "units": "IMPERIAL"}).status_code == 302
    assert Organization.fetch(org(cast)).name == "Other"
    assert client.post(f"{page}leave/").status_code == 302
    assert role_of(cast, cast.owner) is None
