"""VINs: given once, sealed, told to staff with a reason, and nowhere else to be found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from accounts.access_log.deeds import Deed
from accounts.access_log.tables import AccessEntry
from accounts.rules.roles import StaffRole
from atlas.dynamo.registry import tables
from atlas.errors import AtlasError, Conflict, Forbidden, Invalid, NotFound
from fleet.services import retire_vehicle
from fleet.tables import Vehicle
from telemetry.devices.services import add_device
from telemetry.services import give_vin, resolve_vin
from telemetry.tables import VinMapping
from tests.bookings.stage import Cast, make_cast
from tests.clients import client_of
from tests.telemetry.numbers import new_vin

REASON = "Police report 24-1187, stolen vehicle"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def vin() -> str:
    return new_vin()


def given(cast: Cast, vin: str) -> Vehicle:
    return give_vin(user=cast.owner, vehicle_id=cast.sedan.id, vin=vin)


def test_a_vehicle_keeps_the_pseudonym_and_staff_may_ask_back(cast: Cast, vin: str) -> None:
    pvin = given(cast, f" {vin[:5].lower()} {vin[5:]}- ").pvin
    assert pvin is not None
    assert Vehicle.fetch(cast.sedan.id).pvin == pvin
    assert resolve_vin(user=cast.admin, pvin=pvin, reason=REASON) == vin
    [told] = [entry for entry in AccessEntry.query(f"vin-mapping:{pvin}") if entry.deed is Deed.VIN_RESOLVED]
    assert told.subject_id == cast.owner.id
    assert told.actor_id == cast.admin.id
    assert REASON in str(told.personal)


@pytest.mark.slow
def test_the_vin_itself_is_in_no_table(cast: Cast, vin: str) -> None:
    pvin = given(cast, vin).pvin
    resolve_vin(user=cast.admin, pvin=str(pvin), reason=REASON)
    for table in tables():
        for item in table.scan():
            assert vin not in str(item.to_dynamodb_dict()), table.Meta.name


def test_the_same_vin_again_changes_nothing(cast: Cast, vin: str) -> None:
    assert given(cast, vin).version == given(cast, vin).version


def test_one_vehicle_alone_has_a_vin(cast: Cast, vin: str) -> None:
    given(cast, vin)
    with pytest.raises(Conflict) as refused:
        give_vin(user=cast.owner, vehicle_id=cast.suv.id, vin=vin)
    assert refused.value.code == "vin_taken"
    assert Vehicle.fetch(cast.suv.id).pvin is None


def test_of_two_at_once_one_gets_it(cast: Cast, vin: str) -> None:
    def attempt(vehicle_id: str) -> bool:
        try:
            give_vin(user=cast.owner, vehicle_id=vehicle_id, vin=vin)
        except AtlasError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, [cast.sedan.id, cast.suv.id])) == [False, True]


def test_a_corrected_vin_frees_the_wrong_one(cast: Cast, vin: str) -> None:
    wrong = new_vin()
    given(cast, wrong)
    given(cast, vin)
    assert give_vin(user=cast.owner, vehicle_id=cast.suv.id, vin=wrong).pvin is not None


def test_a_car_that_left_the_fleet_may_be_another_companys(cast: Cast, vin: str) -> None:
    given(cast, vin)
    retire_vehicle(user=cast.owner, vehicle_id=cast.sedan.id)
    (theirs,) = Vehicle.operator_index.query(str(cast.rival.profile_id))
    assert give_vin(user=cast.rival, vehicle_id=theirs.id, vin=vin).pvin == Vehicle.fetch(cast.sedan.id).pvin


def test_a_vin_whose_telemetry_is_another_organizations_is_taken(cast: Cast, vin: str) -> None:
    add_device(user=cast.owner, vin=vin, name="Tracker")
    (theirs,) = Vehicle.operator_index.query(str(cast.rival.profile_id))
    with pytest.raises(Conflict) as refused:
        give_vin(user=cast.rival, vehicle_id=theirs.id, vin=vin)
    assert refused.value.code == "vin_taken"
    assert Vehicle.fetch(theirs.id).pvin is None
    assert given(cast, vin).pvin is not None


def test_of_a_device_and_a_vehicle_of_two_organizations_at_once_one_gets_the_vin(cast: Cast, vin: str) -> None:
    (theirs,) = Vehicle.operator_index.query(str(cast.rival.profile_id))

    def succeeds(attempt: Callable[[], object]) -> bool:
        try:
            attempt()
        except AtlasError:
            return False
        return True

    attempts: list[Callable[[], object]] = [
        lambda: add_device(user=cast.owner, vin=vin, name="Tracker"),
        lambda: give_vin(user=cast.rival, vehicle_id=theirs.id, vin=vin),
    ]
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(succeeds, attempts)) == [False, True]


@pytest.mark.parametrize("vin", ["", "123", "1M8GDM9AXKP042789", "IOQ" * 6, "ありがとう" * 4])
def test_what_is_no_vin_is_refused_and_not_repeated(cast: Cast, vin: str) -> None:
    with pytest.raises(Invalid) as refused:
        given(cast, vin)
    assert not vin or vin not in str(refused.value.fields)


@pytest.mark.parametrize("reason", ["", "   because   ", "x" * 9])
def test_no_reason_no_vin(cast: Cast, vin: str, reason: str) -> None:
    pvin = str(given(cast, vin).pvin)
    with pytest.raises(Invalid):
        resolve_vin(user=cast.admin, pvin=pvin, reason=reason)


def test_only_staff_with_the_right_may_ask(cast: Cast, vin: str) -> None:
    pvin = str(given(cast, vin).pvin)
    cast.admin.staff_role = StaffRole.SUPPORT
    for user in (cast.admin, cast.owner, cast.concierge):
        with pytest.raises(Forbidden):
            resolve_vin(user=user, pvin=pvin, reason=REASON)


def test_an_unknown_pseudonym_is_not_there(cast: Cast) -> None:
    with pytest.raises(NotFound):
        resolve_vin(user=cast.admin, pvin="0" * 64, reason=REASON)


def test_through_the_api(cast: Cast, vin: str) -> None:
    answer = client_of(cast.owner).put(f"/api/v1/vehicles/{cast.sedan.id}/vin", {"vin": vin}, format="json")
    assert answer.json() == {"vehicleId": cast.sedan.id, "pvin": Vehicle.fetch(cast.sedan.id).pvin}
    body = {"pvin": answer.json()["pvin"], "reason": REASON}
    told = client_of(cast.admin).post("/api/v1/vin-mapping/resolve", body, format="json")
    assert told.json() == {"vin": vin}
    assert told["Cache-Control"] == "no-store"


@pytest.fixture
def only_ours() -> None:
    """Tests share their tables: what others sealed, or only pretended to, is gone."""
    for mapping in VinMapping.scan():
        mapping.delete()


@pytest.mark.usefixtures("only_ours")
def test_a_new_master_key_takes_over(cast: Cast, vin: str, settings: LazySettings) -> None:
    pvin = str(given(cast, vin).pvin)
    settings.VAULT_KEYS = ["new", *settings.VAULT_KEYS]
    call_command("vins", "reseal")
    settings.VAULT_KEYS = ["new"]
    assert resolve_vin(user=cast.admin, pvin=pvin, reason=REASON) == vin
    first = VinMapping.fetch(pvin).sealed_vin
    call_command("vins", "reseal")
    assert VinMapping.fetch(pvin).sealed_vin == first


@pytest.mark.usefixtures("only_ours")
def test_what_does_not_open_is_named_and_the_rest_is_done(
    cast: Cast, vin: str, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    pvin = str(given(cast, vin).pvin)
    VinMapping(pvin="0" * 64, sealed_vin="rubbish", user_id=cast.owner.id).save()
    settings.VAULT_KEYS = ["new", *settings.VAULT_KEYS]
    with pytest.raises(CommandError, match="1 do not open"):
        call_command("vins", "reseal")
    said = capsys.readouterr()
    assert said.out == "2 VINs, 1 sealed again.\n"
    assert "0" * 64 in said.err
    settings.VAULT_KEYS = ["new"]
    assert resolve_vin(user=cast.admin, pvin=pvin, reason=REASON) == vin
