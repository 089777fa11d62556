"""``python -m atlas.local.square``: the server as a process of its own."""

import argparse
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path

import uvicorn

from .app import build_app
from .config import DEFAULT_ACCESS_TOKEN, DEFAULT_LOCATION_ID, DEFAULT_SIGNATURE_KEY, Config


def main() -> None:
    options = _parse()
    config = Config(
        database=options.db,
        public_url=options.public_url or f"http://{options.host}:{options.port}",
        access_token=options.access_token,
        location_id=options.location_id,
        currency=options.currency,
        webhook_url=options.webhook_url,
        webhook_signature_key=options.webhook_signature_key,
        refund_settle=timedelta(seconds=options.refund_settle_seconds),
    )
    if options.exit_with_stdin:
        threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    uvicorn.run(
        build_app(config),
        host=options.host,
        port=options.port,
        log_level=options.log_level,
        timeout_graceful_shutdown=2,
        server_header=False,
    )


def _parse() -> argparse.Namespace:
    env = os.environ.get
    parser = argparse.ArgumentParser(prog="python -m atlas.local.square", description="A local Square.")
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8101)
    add("--db", type=Path, default=Path("var/square.sqlite3"), help="SQLite file, made when it is not there")
    add("--public-url", default="", help="address in receipt links (default: host and port)")
    add("--access-token", default=env("SQUARE_ACCESS_TOKEN") or DEFAULT_ACCESS_TOKEN)
    add("--location-id", default=env("SQUARE_LOCATION_ID") or DEFAULT_LOCATION_ID)
    add("--currency", default="USD", help="the merchant's only currency")
    add("--webhook-url", default=env("SQUARE_WEBHOOK_URL", ""))
    add("--webhook-signature-key", default=env("SQUARE_WEBHOOK_KEY") or DEFAULT_SIGNATURE_KEY)
    add("--refund-settle-seconds", type=float, default=1.0, help="how long a refund stays PENDING")
    add("--log-level", default="info", choices=("debug", "info", "warning", "error"))
    add("--exit-with-stdin", action="store_true", help="stop when standard input ends (the parent is gone)")
    return parser.parse_args()


def _stop_at_end_of_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
