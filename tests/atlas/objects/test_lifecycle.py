"""The rules by which objects age: what the seeds say, as S3 takes it, kept in step with a real store."""

from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from atlas.objects import lifecycle
from atlas.objects.lifecycle import AGEING, Ageing, changes, in_words, wanted_rules
from atlas.objects.store import storage
from bookings.tables import ArchiveFile

LADDER = ("STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
"""S3 moves objects down this, and never up."""

SEEDS = """
trips/             90 INTELLIGENT_TIERING, 180 GLACIER_IR   365
dashcam/raw/       -                                        7
dashcam/webview/   90 INTELLIGENT_TIERING                   -
dashcam/archive/   0 GLACIER_IR                             180
archive/bookings/  1 GLACIER                                -
"""


@pytest.mark.parametrize("line", SEEDS.strip().splitlines(), ids=lambda line: line.split()[0])
def test_a_prefix_ages_as_the_seeds_say(line: str) -> None:
    prefix, rest = line.split(maxsplit=1)
    moves, ends = rest.rsplit(maxsplit=1)
    (ageing,) = [each for each in AGEING if each.prefix == prefix]
    said = ", ".join(f"{days} {kind}" for days, kind in ageing.moves) or "-"
    assert (said, str(ageing.ends or "-")) == (moves.strip(), ends)


@pytest.mark.parametrize("ageing", AGEING, ids=lambda each: each.name)
def test_s3_would_take_it(ageing: Ageing) -> None:
    """Its own rules: down the ladder alone, 30 days between the tiers that have a minimum, an end after the last."""
    places = [LADDER.index(kind) for _, kind in ageing.moves]
    days = [each for each, _ in ageing.moves]
    assert places == sorted(places)
    assert days == sorted(days)
    assert all(later - earlier >= 30 for earlier, later in pairwise(days))
    assert ageing.ends is None or ageing.ends > max(days, default=0)
    assert ageing.prefix.endswith("/")
    assert len(ageing.rule()["ID"]) <= 255


def test_no_two_prefixes_cover_one_object() -> None:
    prefixes = [each.prefix for each in AGEING]
    assert not [(one, other) for one in prefixes for other in prefixes if one != other and one.startswith(other)]


def test_every_archived_object_lies_under_the_rule_that_moves_it() -> None:
    file = ArchiveFile(day="2026-12-24", part="p")
    assert any(file.object_key.startswith(each.prefix) and each.ends is None for each in AGEING)
    assert not any(file.manifest_key.startswith(each.prefix) for each in AGEING)


def test_the_store_has_them_after_apply_and_nothing_is_left_to_do(objects: object) -> None:
    call_command("storage", "apply", stdout=StringIO())
    out = StringIO()
    call_command("storage", "check", stdout=out)
    assert "as the code has them" in out.getvalue()
    assert lifecycle.apply() == []


def test_a_rule_that_somebody_changed_by_hand_is_named_and_put_right(objects: object) -> None:
    lifecycle.apply()
    put([{**rule, "Status": "Disabled"} if rule["ID"] == "atlas-trips" else rule for rule in wanted_rules()])
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("storage", "check", stdout=out)
    assert "~ atlas-trips: trips/ -> INTELLIGENT_TIERING after 90 days" in out.getvalue()
    lifecycle.apply()
    assert lifecycle.plan() == []


def test_rules_of_others_stay_and_old_ones_of_ours_go(objects: object) -> None:
    theirs = Ageing("theirs", "theirs/", "", ends=10).rule() | {"ID": "of-somebody-else"}
    old = Ageing("old", "old/", "", ends=10).rule()
    put([theirs, old])
    lifecycle.apply()
    ids = {rule["ID"] for rule in lifecycle.live_rules()}
    assert "of-somebody-else" in ids
    assert "atlas-old" not in ids
    put(wanted_rules())


def test_without_a_bucket_the_plan_is_everything() -> None:
    planned = list(changes([], wanted_rules()))
    assert [each.kind for each in planned] == ["add"] * (len(AGEING) + 1)
    assert in_words(wanted_rules()[0]).startswith("trips/ -> INTELLIGENT_TIERING")


def put(rules: list[dict[str, Any]]) -> None:
    storage().connection.meta.client.put_bucket_lifecycle_configuration(
        Bucket=settings.OBJECTS_BUCKET, LifecycleConfiguration={"Rules": rules}
    )
