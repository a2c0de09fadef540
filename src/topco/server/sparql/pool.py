"""The processes that answer: lent to one query each, replaced when one had to be ended.

Everything happens on the event loop: no thread waits for a query. A query that is past its time, or whose client has
gone, ends with its process; the others go on, and another process takes its place.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from topco.server.sparql.keeper import Keeper
from topco.server.sparql.limits import Limits
from topco.server.sparql.process import Process
from topco.server.sparql.refusals import busy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from pathlib import Path

    from topco.server.sparql.channel import Message

_LONGEST_PAUSE_SECONDS = 30.0


class Workers:
    """The processes that answer queries to one store.

    Use it inside `running`, the server's lifespan. Asked without, or from another event loop than before, it begins
    anew.

    Args:
        store: the store's folder; it need not exist.
        limits: what a query may cost.
    """

    def __init__(self, store: Path, limits: Limits | None = None) -> None:
        self.store = store
        self.limits = limits or Limits()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_open = False
        self._alive: set[Process] = set()
        self._idle: list[Process] = []
        self._waiting: deque[asyncio.Future[Process]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeper = Keeper(store)

    @asynccontextmanager
    async def running(self, _: object = None) -> AsyncIterator[None]:
        """Begin the processes, and bring the graph up to date if it is behind; end all of it afterwards."""
        self.start()
        try:
            yield
        finally:
            await self.close()

    def start(self) -> None:
        """Begin on the running event loop; the processes get ready while the server goes on."""
        self._loop, self._is_open = asyncio.get_running_loop(), True
        for _ in range(self.limits.workers):
            self._later(self._add())
        self._later(self._keeper.look())

    async def close(self) -> None:
        """End all processes."""
        self._is_open = False
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        alive = list(self._alive)
        self._drop()
        await asyncio.gather(*(process.gone() for process in alive))

    def numbers(self) -> list[int]:
        """The numbers of the processes in the system."""
        return sorted(process.number for process in self._alive)

    async def ask(self, request: dict[str, Any]) -> Message:
        """The answer of a process to a request.

        Raises:
            Declined: no process is free in time, or it did not survive the request.
        """
        if self._loop is not asyncio.get_running_loop():
            self._drop()
            self.start()
        process = await self._take()
        while not process.is_alive:  # ended from outside while nobody used it
            self._replace(process)
            process = await self._take()
        try:
            head, body = await process.ask(request)
        except BaseException:  # also a request that was given up: the process is in the middle of it
            self._replace(process)
            raise
        if process.is_demoted:
            self._replace(process)
        else:
            self._give(process)
        if self._is_open and not self._keeper.is_content(head):
            self._later(self._keeper.look())
        return head, body

    async def _take(self) -> Process:
        if self._idle:
            return self._idle.pop()
        waiter: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(self.limits.wait_seconds):
                return await waiter
        except TimeoutError as error:
            self._return(waiter)
            raise busy("All processes that answer queries are busy.") from error
        except asyncio.CancelledError:
            self._return(waiter)
            raise

    def _return(self, waiter: asyncio.Future[Process]) -> None:
        """A process may have been lent at the moment of giving up."""
        if waiter.done() and not waiter.cancelled():
            self._give(waiter.result())
        else:
            waiter.cancel()

    def _give(self, process: Process) -> None:
        if process not in self._alive:  # ended meanwhile, with all the others
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(process)
                return
        self._idle.append(process)

    def _replace(self, process: Process) -> None:
        if process in self._alive and self._is_open:  # else all are about to be ended
            self._alive.discard(process)
            process.kill()
            self._later(process.gone())
            self._later(self._add())

    async def _add(self) -> None:
        """Begin one process; if it cannot begin, try again after a pause."""
        pause = 0.5
        while True:
            process = Process(self.store, self.limits)
            self._alive.add(process)
            if await process.ready():
                self._give(process)
                return
            self._alive.discard(process)
            process.kill()
            await process.gone()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _drop(self) -> None:
        """Kill all processes and forget them, whichever event loop they were used from."""
        for process in self._alive:
            process.kill()
        self._keeper.stop()
        self._alive, self._idle, self._tasks, self._loop = set(), [], set(), None
        self._waiting.clear()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
