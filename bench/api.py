"""Sign-in, list, detail and accept: Atlas beside the plain way (`bench/plain`), on one engine, in one run.

    python -m bench.api [rounds]

Requests go through Django's test client: the whole of middleware, views and rendering, no network to the client. Each
round does every request once each way, in turns, so what else the machine does hits both. Printed are medians of
wall and CPU time of this process (the engine is another one), and what DynamoDB counted. A ratio above 1: Atlas is
that many times faster (or cheaper) than the plain way; below 1: slower.
"""
# ruff: noqa: E402 (Django is set up before the apps are imported)

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from django.test import Client

from accounts.rules.roles import Role
from accounts.services import create_user
from atlas.dynamo import meter
from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from atlas.dynamo.registry import tables
from bench.plain import tables as plain
from bench.settings import services
from bookings.examples import REQUEST
from fleet.factories import OperatorFactory, VehicleFactory

ROUNDS = 40
SLOW_ROUNDS = 8
"""Of sign-ins, which are bcrypt."""
LIST = 50
QUOTES = 3
PASSWORD = "a long enough secret"  # noqa: S105
CONCIERGE, OPERATOR = "ada@example.com", "owner@example.com"
CREATED = 201
WAYS = {"atlas": "/api/v1", "plain": "/plain"}


@dataclass
class Samples:
    """Of one request one way: seconds, and the last one's calls and capacity."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    cost: meter.Cost = field(default_factory=meter.Cost)


Result = dict[str, dict[str, Samples]]
Ask = Callable[[str, str], Any]
"""(way, base path) -> the response."""


class Stage:
    """A concierge with a list of bookings, an operator who quotes."""

    def __init__(self) -> None:
        store = Store.of_settings()
        assert not apply_plan(store, make_plan(store, tables()))
        self.client = Client()
        create_user(name="Ada Byron", email=CONCIERGE, password=PASSWORD, role=Role.CONCIERGE)
        operator = OperatorFactory.create(email=OPERATOR, password=PASSWORD)
        self.car = VehicleFactory.create(operator=operator).id
        self.tokens = {way: self.token(way, CONCIERGE) for way in WAYS}
        self.tokens["operator"] = self.token("atlas", OPERATOR)
        self.bookings = [self.request() for _ in range(LIST)]

    def token(self, way: str, email: str) -> str:
        body = {"email": email, "password": PASSWORD}
        token: str = self.client.post(f"{WAYS[way]}/auth/login", body, "application/json").json()["accessToken"]
        return token

    def make(self, who: str, path: str, body: Any) -> str:
        """The id of something new."""
        response = self.client.post(f"/api/v1/{path}", body, "application/json", headers=self.headers(who))
        assert response.status_code == CREATED, response.content
        made: str = response.json()["id"]
        return made

    def request(self) -> str:
        return self.make("atlas", "bookings", REQUEST.value)

    def quoted(self) -> str:
        """A quote of a new booking, with rivals."""
        path = f"bookings/{self.request()}/quotes"
        body = {"vehicleId": self.car, "price": 24_500, "eta": 12}
        first, *_ = [self.make("operator", path, body) for _ in range(QUOTES)]
        return first

    def headers(self, way: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[way]}"}

    def login(self, way: str, base: str) -> Any:
        body = {"email": CONCIERGE, "password": PASSWORD}
        return self.client.post(f"{base}/auth/login", body, "application/json")

    def list(self, way: str, base: str) -> Any:
        return self.client.get(f"{base}/bookings", headers=self.headers(way))

    def detail(self, way: str, base: str) -> Any:
        return self.client.get(f"{base}/bookings/{self.bookings[0]}", headers=self.headers(way))


def measure(rounds: int, prepare: Callable[[], Ask]) -> dict[str, Samples]:
    """Each way `rounds` times, in turns, after one of each that does not count."""
    found = {way: Samples() for way in WAYS}
    for number in range(-1, rounds):
        for way, base in WAYS.items():
            ask = prepare()
            wall, cpu = time.perf_counter(), time.process_time()
            with meter.measure() as cost:
                response = ask(way, base)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            assert response.status_code == 200, (way, response.status_code, response.content)
            if number >= 0:
                found[way].wall.append(wall)
                found[way].cpu.append(cpu)
                found[way].cost = cost
    return found


def accept(stage: Stage) -> Ask:
    quote_id = stage.quoted()
    body = {"method": "CARD", "sourceId": "cnon:card-nonce-ok"}
    return lambda way, base: stage.client.post(
        f"{base}/quotes/{quote_id}/accept", body, "application/json", headers=stage.headers(way)
    )


def report(result: Result) -> None:
    print(
        "            atlas: wall CPU  plain: wall CPU  plain/atlas: wall CPU  DynamoDB calls, read, write: atlas, plain"
    )
    for name, ways in result.items():
        wall = {way: median(samples.wall) * 1000 for way, samples in ways.items()}
        cpu = {way: median(samples.cpu) * 1000 for way, samples in ways.items()}
        times = "".join(f"{wall[way]:>9.1f}{cpu[way]:>7.1f} ms" for way in WAYS)
        ratios = f"{wall['plain'] / wall['atlas']:>17.2f}{cpu['plain'] / cpu['atlas']:>7.2f}"
        costs = "".join(f"{c.calls:>7}{c.rcu:>6.1f}{c.wcu:>5.1f}" for c in (ways[way].cost for way in WAYS))
        print(f"{name:10}{times}{ratios}   {costs}")


def main(rounds: int) -> None:
    with services:
        stage = Stage()
        for model in (plain.User, plain.Booking, plain.Quote, plain.Payment):
            client = model._get_connection().connection.client
            client.meta.events.register("after-call.dynamodb", meter.record, unique_id="bench")
        report(
            {
                "sign-in": measure(min(rounds, SLOW_ROUNDS), lambda: stage.login),
                f"list of {LIST}": measure(rounds, lambda: stage.list),
                "detail": measure(rounds, lambda: stage.detail),
                "accept": measure(rounds, lambda: accept(stage)),
            }
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
