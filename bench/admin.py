"""Pages of the back office at 1,000 and at 100,000 bookings: the same calls, the same capacity, the same time.

    python -m bench.admin [rounds] [bookings]

The same business, a week old and two years old: 144 requests a day, made from the demo's own stories. Each page is
asked for through Django's test client, at the small size, then, after the rest is loaded, at the large one; printed are
medians of wall time, and what DynamoDB counted, staff's session and user included. Beside it stands the naive list, as
a count and a scan make it.
"""
# ruff: noqa: E402 (Django is set up before the apps are imported)

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from statistics import median
from typing import Any
from uuid import uuid4

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from django.conf import settings
from django.test import Client
from django.test.utils import setup_test_environment

from accounts.models import User
from accounts.rules.roles import Role
from accounts.services import create_user
from atlas.crockford import ALPHABET
from atlas.dynamo import meter
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.bulk import put_all
from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from atlas.dynamo.registry import tables
from atlas.tables import Unique
from bench.settings import services
from bookings.demo.items import Ride
from bookings.demo.seed import companies, people
from bookings.demo.stories import Writer
from bookings.rules.reference import PREFIX
from bookings.tables import Booking

ROUNDS = 9
SMALL, LARGE = 1_000, 100_000
APART = timedelta(minutes=10)
"""Between two requests: 144 a day."""
PAGE = 50
LIST = "/admin/bookings/booking/"
FOUND, REDIRECTED = 200, 302


@dataclass(frozen=True)
class Measured:
    wall_ms: float
    calls: int
    rcu: float


Ask = Callable[[], None]


def main(rounds: int, large: int) -> None:
    settings.ROOT_URLCONF = "atlas.urls"
    setup_test_environment()  # so that a page's context can be looked at
    engine = Store.of_settings()
    assert not apply_plan(engine, make_plan(engine, tables()))
    now = utc_now()
    put_all([*people(now), *companies(now, [])])
    client = Client()
    staff = create_user(name="Nora Feldmann", email="nora@example.com", password=None, role=Role.ADMIN)
    client.force_login(User.from_item(staff))
    made = bookings(now)
    results: dict[str, list[Measured]] = {}
    stored = 0
    for size in (SMALL, large):
        began = time.perf_counter()
        with Booking.batch_write() as batch:  # 25 at a time: in memory four times as fast as a transaction of 100
            for item in islice(made, size - stored):
                batch.save(item)
        stored = size
        print(f"{size:,} bookings stored ({time.perf_counter() - began:.0f} s)", flush=True)
        for name, ask in pages(client).items():
            results.setdefault(name, []).append(measure(ask, 1 if "naive" in name else rounds))
    report(results, large)


def bookings(now: datetime) -> Iterator[Booking]:
    """Bookings of the demo's kinds, newest first, ten minutes apart."""
    stored = [Ride(story).booking.serialize() for story in Writer(now).all()]
    for number, raw in enumerate(cycle(stored)):
        item = Booking.from_raw_data(raw)
        created = now - number * APART
        shift = created - item.created_at
        item.id = str(uuid4())
        item.reference = PREFIX + "".join(ALPHABET[number // 32**place % 32] for place in range(6))
        item.created_at, item.created_day = created, created.date().isoformat()
        item.pickup_at += shift
        item.pickup_day = item.pickup_at.date().isoformat()
        if item.open_shard is not None and number >= len(stored):
            item.open_shard = item.open_since = item.due_shard = item.due_at = None  # of long ago: nothing is open
        yield item


def pages(client: Client) -> dict[str, Ask]:
    """What is asked for. The addresses of later pages are found out before anything is measured."""
    addresses = [LIST]
    while len(addresses) < 10:
        addresses.append(LIST + client.get(addresses[-1]).context["cl"].next_url)
    newest = client.get(LIST).context["cl"].result_list[0]
    put_all([Unique(key_=f"reference:{newest.reference}", owner_id=newest.pk, created_at=newest.created_at)])
    day = newest.pickup_at.date().isoformat()

    def get(address: str) -> Ask:
        def ask() -> None:
            answer = client.get(address)
            assert answer.status_code == FOUND, answer.headers

        return ask

    return {
        "first page": get(LIST),
        "next page": get(addresses[1]),
        "tenth page": get(addresses[9]),
        "cancelled ones": get(f"{LIST}?status=CANCELLED"),
        "open for quotes": get(f"{LIST}?status=open"),
        "pick-ups of a day": get(f"{LIST}?pickup_at__from={day}&pickup_at__to={day}"),
        "of a concierge": get(f"{LIST}?concierge_id={newest.concierge_id}"),
        "search by reference": get(f"{LIST}?q={newest.reference}"),
        "one booking": get(f"{LIST}{newest.pk}/change/"),
        "naive list: count, scan": naive,
    }


def naive() -> None:
    """What a list costs that wants "1 of 2,000 pages" and the newest first, without an index that knows either."""
    Booking.count()
    rows = sorted(Booking.scan(attributes_to_get=["id", "createdAt"]), key=lambda each: each.created_at, reverse=True)
    assert rows[:PAGE]


def measure(ask: Ask, rounds: int) -> Measured:
    """After one round that warms what a process keeps."""
    if rounds > 1:
        ask()
    walls: list[float] = []
    costs: list[meter.Cost] = []
    for _ in range(rounds):
        with meter.measure() as cost:
            began = time.perf_counter()
            ask()
            walls.append(time.perf_counter() - began)
        costs.append(cost)
    return Measured(median(walls) * 1000, costs[-1].calls, costs[-1].rcu)


def report(results: dict[str, list[Measured]], large: int) -> None:
    first = results["first page"][1]
    print(f"\n| page | {SMALL:,}: calls, read units, ms | {large:,}: calls, read units, ms | against the first page |")
    print("|---|---|---|---|")
    for name, (small, big) in results.items():
        ratio = f"{big.rcu / first.rcu:.1f} times the units" if name.startswith("naive") else ""
        print(f"| {name} | {_cells(small)} | {_cells(big)} | {ratio} |")


def _cells(measured: Measured) -> str:
    return f"{measured.calls}, {measured.rcu:g}, {measured.wall_ms:.0f}"


def arguments(given: list[Any]) -> tuple[int, int]:
    rounds = int(given[0]) if given else ROUNDS
    return rounds, int(given[1]) if len(given) > 1 else LARGE


if __name__ == "__main__":
    with services:
        main(*arguments(sys.argv[1:]))
