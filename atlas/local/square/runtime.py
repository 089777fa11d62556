"""The parts of one running server, and how an operation is performed on them."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool

from .calls import Answer, Call, Operation
from .config import Config
from .delivery import Deliverer
from .errors import SquareError
from .faults import FaultPlan, LoggedCall, remembered_calls
from .maturity import mature
from .store import Store
from .times import sandbox_now

_SWEEP_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Runtime:
    """Made once per process."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = Store(config.database)
        self.faults = FaultPlan()
        self.log: deque[LoggedCall] = remembered_calls()
        self.deliverer = Deliverer(self.store, config)

    async def perform(
        self,
        operation: Operation,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        path: Mapping[str, str] | None = None,
    ) -> Answer:
        """Runs it in a transaction of its own, in a thread, after what was due by then."""
        answer = await run_in_threadpool(self._perform, operation, body or {}, query or {}, path or {})
        self.deliverer.wake()
        return answer

    async def reset(self) -> None:
        """Forgets everything, as if it had just been started on an empty file."""
        self.faults.forget()
        self.log.clear()
        await run_in_threadpool(self.store.clear)

    async def sweep(self) -> None:
        """Until cancelled: lets time pass even when nobody calls."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                if await run_in_threadpool(self._mature):
                    self.deliverer.wake()
            except Exception:
                _log.exception("The sweep failed; it is tried again.")

    def _perform(
        self, operation: Operation, body: Mapping[str, Any], query: Mapping[str, str], path: Mapping[str, str]
    ) -> Answer:
        with self.store.transaction() as db:
            call = Call(db=db, config=self.config, now=sandbox_now(db), body=body, query=query, path=path)
            mature(call)
            db.execute("SAVEPOINT operation")
            try:
                return operation(call)
            except SquareError as error:
                db.execute("ROLLBACK TO operation")
                return Answer(error.body(), error.status)

    def _mature(self) -> bool:
        with self.store.transaction() as db:
            return mature(Call(db=db, config=self.config, now=sandbox_now(db), body={}, query={}, path={}))
