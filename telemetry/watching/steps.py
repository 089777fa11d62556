"""The steps that tell what the watch noticed: each is told its own, and each finding is told once."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from telemetry.alerts import telling as alerts
from telemetry.geofences import telling as geofences
from telemetry.ingest.receipt import News
from telemetry.rules import fencing, limits
from telemetry.rules.finding import Finding

Tell = Callable[[str, str, Finding], None]
"""PseudoVIN, organization, finding. Asks the store whether it was told."""

MOST_REMEMBERED = 20_000


class Told:
    """What this process has told: a finding stays in its vehicle's item until that is written again, and is not asked
    after twice."""

    def __init__(self) -> None:
        self._keys: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in self._keys

    def add(self, key: tuple[str, str]) -> None:
        with self._lock:
            self._keys[key] = None
            if len(self._keys) > MOST_REMEMBERED:
                self._keys.popitem(last=False)


told = Told()


def step(name: str, tell: Tell) -> Callable[[News], None]:
    """All of a step's findings are tried; the first failure is raised once the others had their turn."""

    def tell_all(news: News) -> None:
        failures = []
        for finding in news.found:
            key = (news.pvin, finding.key)
            if finding.step != name or key in told:
                continue
            try:
                tell(news.pvin, news.organization_id, finding)
            except Exception as error:
                failures.append(error)
            else:
                told.add(key)
        if failures:
            raise failures[0]

    return tell_all


STEPS: dict[str, Callable[[News], None]] = {
    fencing.STEP: step(fencing.STEP, geofences.tell),
    limits.STEP: step(limits.STEP, alerts.tell),
}
"""In the order in which they are told."""
