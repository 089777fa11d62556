"""A sandbox of one's own for a test run, and a client of its control API.

In a ``conftest.py``::

    @pytest.fixture(scope="session")
    def square_server(tmp_path_factory):
        with SandboxServer(tmp_path_factory.mktemp("square") / "square.sqlite3") as server:
            yield server

    @pytest.fixture
    def square(square_server):
        square_server.control.reset()
        return square_server
"""

import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import httpx
from square import Square

from .config import DEFAULT_ACCESS_TOKEN

_START_SECONDS = 20.0
_ROOT = Path(__file__).parents[3]
# Everything here is plain HTTP over loopback: an empty context spares each client the reading of all the world's
# certificates (some 30 ms), and trusts nobody should it ever be asked.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class SandboxControl:
    """The control API, one method per path; raises ``httpx.HTTPStatusError`` when it is refused."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=f"{base_url}/_control/", timeout=10, trust_env=False, verify=_NO_TLS)

    def health(self) -> bool:
        try:
            return self._http.get("health").is_success
        except httpx.TransportError:
            return False

    def payments(self, **filters: str) -> list[dict[str, Any]]:
        """Oldest first. Filters: ``reference_id``, ``status``."""
        return list(self._get("payments", **filters)["payments"])

    def import_payments(self, payments: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Payments of the past, as :mod:`atlas.local.square.history` takes them."""
        return list(self._post("payments", {"payments": list(payments)})["payments"])

    def authorizations(self, reference_id: str) -> int:
        """How many payments of this reference took the card's money or a hold on it, whatever became of them."""
        return int(self._get("payments", reference_id=reference_id)["authorized"])

    def refunds(self, **filters: str) -> list[dict[str, Any]]:
        """Oldest first. Filters: ``payment_id``, ``status``."""
        return list(self._get("refunds", **filters)["refunds"])

    def settle_refund(self, refund_id: str, status: str = "COMPLETED") -> dict[str, Any]:
        return dict(self._post(f"refunds/{refund_id}/settle", {"status": status})["refund"])

    def disputes(self) -> list[dict[str, Any]]:
        """Newest first."""
        return list(self._get("disputes")["disputes"])

    def dispute(self, payment_id: str, **wanted: str | int) -> dict[str, Any]:
        """The card's holder wants the money of a COMPLETED payment back: ``amount`` cents of it, with a ``reason``."""
        return dict(self._post(f"payments/{payment_id}/disputes", wanted)["dispute"])

    def decide_dispute(self, dispute_id: str, state: str = "WON") -> dict[str, Any]:
        """``PROCESSING``, ``WON``, ``LOST`` or ``ACCEPTED``."""
        return dict(self._post(f"disputes/{dispute_id}/decide", {"state": state})["dispute"])

    def invoices(self, **filters: str) -> list[dict[str, Any]]:
        """Oldest first. Filters: ``order_id``, ``status``."""
        return list(self._get("invoices", **filters)["invoices"])

    def pay_invoice(self, invoice_id: str, amount: int | None = None) -> dict[str, Any]:
        """Somebody pays all that is due, or ``amount`` cents of it, on the invoice's page; answers with the invoice."""
        body = {} if amount is None else {"amount": amount}
        return dict(self._post(f"invoices/{invoice_id}/pay", body)["invoice"])

    def customers(self) -> list[dict[str, Any]]:
        """Oldest first."""
        return list(self._get("customers")["customers"])

    def cards(self, **filters: str) -> list[dict[str, Any]]:
        """On file, disabled ones too, oldest first, each with what it ``declines_with``. Filter: ``customer_id``."""
        return list(self._get("cards", **filters)["cards"])

    def steer_card(self, card_id: str, **changes: str | int | bool) -> dict[str, Any]:
        """From now on: ``decline`` with a code (``APPROVE``: no more); ``exp_month``, ``exp_year``, ``last_4``,
        ``issuer_alert`` as its bank reports them."""
        return dict(self._post(f"cards/{card_id}", changes)["card"])

    def calls(self) -> list[dict[str, Any]]:
        """Every call to Square's API since the start or the last reset: method, path, status, fault."""
        return list(self._get("calls")["calls"])

    def now(self) -> str:
        return str(self._get("clock")["now"])

    def advance(self, by: timedelta) -> str:
        """Whole seconds; everything that falls due until then has happened when this returns."""
        return str(self._post("clock", {"advance": f"PT{int(by.total_seconds())}S"})["now"])

    def inject(self, kind: str, **options: str | int) -> None:
        """See :mod:`atlas.local.square.faults` for kinds and options."""
        self._post("faults", {"kind": kind, **options})

    def faults(self) -> list[dict[str, Any]]:
        return list(self._get("faults")["faults"])

    def clear_faults(self) -> None:
        self._http.request("DELETE", "faults", json={}).raise_for_status()

    def arrive(self) -> int:
        """The work of calls that met ``drop_late`` is done now; says how many."""
        return int(self._post("faults/arrive", {})["arrived"])

    def webhooks(self, *, duplicate: int = 0, delay_ms: int = 0, paused: bool = False, dropped: bool = False) -> None:
        """For events from now on."""
        policy = {"duplicate": duplicate, "delay_ms": delay_ms, "paused": paused, "dropped": dropped}
        self._post("webhooks", policy)

    def release(self, order: str = "fifo", seed: int = 0) -> int:
        """Delivers what was held while paused: ``fifo``, ``reverse`` or ``shuffle``; says how many."""
        return int(self._post("webhooks/release", {"order": order, "seed": seed})["released"])

    def resend(self, event_id: str) -> None:
        self._post("webhooks/resend", {"event_id": event_id})

    def events(self) -> list[dict[str, Any]]:
        """Oldest first, each with its ``deliveries``."""
        return list(self._get("events")["events"])

    def reset(self) -> None:
        """Forgets everything: payments, keys, events, faults, calls, the clock."""
        self._post("reset", {})

    def close(self) -> None:
        self._http.close()

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        return dict(self._http.get(path, params=query).raise_for_status().json())

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self._http.post(path, json=body).raise_for_status().json())


class SandboxServer:
    """The server as a process on a free loopback port, as ``make run`` runs it; ends with its parent.

    ``arguments`` are further command-line options, such as ``["--webhook-url", url]``. ``kill`` and ``start`` act out
    a crash: port and database stay the same. ``log`` is where its output goes (default: discarded).
    """

    def __init__(self, database: Path, *, arguments: Sequence[str] = (), log: IO[bytes] | None = None) -> None:
        self.port = _free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.access_token = DEFAULT_ACCESS_TOKEN
        self.control = SandboxControl(self.base_url)
        self._command = [sys.executable, "-m", __package__, "--port", str(self.port), "--db", str(database)]
        self._command += ["--access-token", self.access_token, "--exit-with-stdin", "--log-level", "warning"]
        self._command += arguments
        self._output: IO[bytes] | int = subprocess.DEVNULL if log is None else log
        self._process: subprocess.Popen[bytes] | None = None

    def client(self, *, timeout: float = 10) -> Square:
        """The real SDK, pointed here. No proxy of the environment comes between."""
        http = httpx.Client(timeout=timeout, trust_env=False, verify=_NO_TLS)
        return Square(token=self.access_token, base_url=self.base_url, timeout=timeout, httpx_client=http)

    def start(self) -> None:
        """Returns when it answers; raises ``RuntimeError`` when it ends or stays silent instead."""
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            self._command, stdin=subprocess.PIPE, stdout=self._output, stderr=self._output, cwd=_ROOT
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self.control.health():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The Square sandbox did not start on port {self.port}.")
            time.sleep(0.05)

    def stop(self) -> None:
        """Asks it to end, and waits."""
        self._end(force=False)

    def kill(self) -> None:
        """``kill -9``."""
        self._end(force=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.control.close()

    def _end(self, *, force: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if force:
            process.kill()
        else:
            process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
