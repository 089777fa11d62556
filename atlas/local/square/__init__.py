"""A local HTTP server that speaks Square's Payments, Refunds, Customers, Cards, Orders and Invoices APIs.

The real ``squareup`` SDK works against it unchanged, only ``base_url`` differs::

    python -m atlas.local.square --host 127.0.0.1 --port 8101 --db var/square.sqlite3

    client = Square(token="local-sandbox-token", base_url="http://127.0.0.1:8101", timeout=10)

It needs Starlette, uvicorn and httpx, never Django. Everything it knows is in one SQLite file (WAL,
``synchronous=FULL``): an answer is sent only after its transaction is on disk, so ``kill -9`` loses nothing that a
client was told. It never sees a card number: the source of a payment is one of Square's test tokens or a token of
the local payment page.

Environment (each has a command-line option too, see ``--help``):

========================  ====================================================================================
``SQUARE_ACCESS_TOKEN``   the only bearer token that is accepted (default ``local-sandbox-token``)
``SQUARE_LOCATION_ID``    location of payments that name none (default ``L-ATLAS-LOCAL``)
``SQUARE_WEBHOOK_URL``    where events are posted; none are sent while it is empty
``SQUARE_WEBHOOK_KEY``    key of ``x-square-hmacsha256-signature`` (default ``local-sandbox-webhook-key``)
========================  ====================================================================================

What it does like Square
    ``/v2/payments`` (create, get, list, update, complete, cancel, cancel by idempotency key) and ``/v2/refunds``
    (refund, get, list); ``/v2/customers`` and ``/v2/cards`` (a card on file is charged with ``source_id="ccof:..."``
    and its ``customer_id``); ``/v2/orders`` as far as an invoice needs them and ``/v2/invoices``;
    ``/v2/disputes`` (get, list); bearer tokens; Square's error JSON; idempotency keys (same body: the stored answer,
    other body: ``IDEMPOTENCY_KEY_REUSED``); version tokens (``VERSION_MISMATCH``); delayed capture that lapses at
    ``delayed_until``; refunds that are PENDING first; signed webhooks, retried with growing pauses.

Payment sources
    ``cnon:card-nonce-ok``, ``-declined``, ``-rejected-cvv``, ``-rejected-postalcode``, ``-rejected-expiration``,
    ``-already-used`` as in Square's own sandbox; ``cnon:atlas-<outcome>-<uuid>`` with the same outcomes and
    ``insufficient-funds``, usable once; any other ``cnon:...`` is approved. ``declined-later``,
    ``insufficient-funds-later`` and ``expired-later`` are saved on file and refused when they are charged.

Page (``/``, loopback only)
    Payments, refunds and webhooks in a browser, with a form for each lever below; see :mod:`atlas.local.square.page`.

Control API (``/_control/``, no token, loopback only, JSON)
    ``GET health``; ``GET payments?reference_id=&status=``; ``POST payments`` (those of the past, see
    :mod:`atlas.local.square.history`); ``GET refunds?payment_id=``; ``GET calls``;
    ``GET|POST clock`` ``{"advance": "P7D"}``; ``GET|POST|DELETE faults``
    ``{"kind": ..., "count": 1, "skip": 0, "method": "POST", "path": "/complete", "status": 500, "delay_ms": 0}``;
    ``POST faults/arrive`` (see ``drop_late``);
    ``GET|POST webhooks`` ``{"duplicate": 1, "delay_ms": 0, "paused": false, "dropped": false}``;
    ``POST webhooks/release`` ``{"order": "fifo"|"reverse"|"shuffle", "seed": 1}``;
    ``POST webhooks/resend`` ``{"event_id": ...}``; ``GET events``;
    ``POST refunds/{id}/settle`` ``{"status": "COMPLETED"|"REJECTED"|"FAILED"}``;
    ``POST payments/{id}/disputes`` ``{"amount": 1000, "reason": "NOT_RECEIVED"}``, ``GET disputes``,
    ``POST disputes/{id}/decide`` ``{"state": "PROCESSING"|"WON"|"LOST"|"ACCEPTED"}``; ``POST reset``.
    The kinds of fault are described in :mod:`atlas.local.square.faults`.

For tests, :mod:`atlas.local.square.testing` starts a server of its own on a free port.

Where things are: one file per resource of Square (``payments``, ``refunds``), each a list of endpoints; what a
payment may become is in ``payment_document`` (pure); what falls due with the clock is in ``maturity``. To add a
resource: its table in ``store``, a file with its ``ENDPOINTS``, one line in ``app``.

Where Square documents no wire detail, this server decides and says so at the place: the codes for completing or
cancelling a payment that is no longer APPROVED (``payment_document.refuse_unless_open``), ``VERSION_MISMATCH`` as
400, and ``refunded_money`` counting completed refunds while pending ones already reserve their amount.
"""
