"""`/metrics` for Prometheus: this process, its requests by route, its sockets, and how far the outbox is behind.

Each process tells of itself alone, so every web process is scraped by its own address. No label holds an id, a name or
an address. Figures of the ORM there are none: what DynamoDB costs is in `X-DynamoDB` (`ATLAS_METER`).
"""

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from atlas import outbox
from atlas.live.hub import hub
from atlas.outages import is_outage

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which nobody asks for

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("atlas_http_requests", "Requests answered.", ("method", "route", "status"))
DURATION = Histogram("atlas_http_request_seconds", "Time until the answer.", ("method", "route"), buckets=SECONDS)
SOCKETS = Gauge("atlas_live_sockets", "WebSockets that watch something in this process.")
TOPICS = Gauge("atlas_live_topics", "What they watch: subscriptions of this process at Redis.")
STORE = Gauge("atlas_store_up", "1 when DynamoDB answered this scrape, else 0.")
OVERDUE = Gauge("atlas_outbox_overdue_seconds", "How long the oldest undelivered fact is due again; 0 for none.")


async def metrics(request: HttpRequest) -> HttpResponse:
    """On the event loop, because that is where the sockets' hub lives."""
    SOCKETS.set(hub().sockets)
    TOPICS.set(hub().topics)
    await _outbox()
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def observe(request: HttpRequest, status: int, seconds: float) -> None:
    """Count one answered request, by its route and never by its path: paths hold ids."""
    method = request.method if request.method in METHODS else "OTHER"
    match = request.resolver_match
    route = match.route if match else "unmatched"
    REQUESTS.labels(method, route, status).inc()
    DURATION.labels(method, route).observe(seconds)


async def _outbox() -> None:
    """A store that is away is a figure too, and no reason to keep the others back."""
    try:
        behind = await sync_to_async(outbox.behind, thread_sensitive=False)()
    except Exception as error:
        if not is_outage(error):
            raise
        STORE.set(0)
    else:
        STORE.set(1)
        OVERDUE.set(behind.total_seconds())
