"""One process that answers, as the server holds it: begun, asked, ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from topco.server.sparql.channel import packed, receive_async
from topco.server.sparql.refusals import Declined

if TYPE_CHECKING:
    from pathlib import Path

    from topco.server.sparql.channel import Message
    from topco.server.sparql.limits import Limits

_MODULE = "topco.server.sparql.worker"
_PATIENCE_SECONDS = 0.5
_LAST_IN_LINE = 19


class Process:
    """A process that answers one question at a time. It is ended, never interrupted.

    Attributes:
        is_demoted: whether it stands behind all others for the processor, for having been at one question for long. The
            system does not let it return, so it is to be replaced after that.
    """

    def __init__(self, store: Path, limits: Limits) -> None:
        self.is_demoted = False
        self._limits = limits
        self._channel, theirs = socket.socketpair()
        self._channel.setblocking(False)
        command = [sys.executable, "-P", "-m", _MODULE, str(theirs.fileno()), str(store), json.dumps(asdict(limits))]
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "RUST_BACKTRACE": "0"},
            )

    @property
    def number(self) -> int:
        """The process's number in the system."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    async def ready(self) -> bool:
        """Wait until it can be asked; False if it has ended instead."""
        return await receive_async(self._channel) is not None

    async def ask(self, request: dict[str, Any]) -> Message:
        """The answer to a request.

        Raises:
            Declined: the process did not survive the request, or was not done in time.
        """
        loop = asyncio.get_running_loop()
        demotion = loop.call_later(_PATIENCE_SECONDS, self._demote)
        try:
            async with asyncio.timeout(self._limits.seconds):
                await loop.sock_sendall(self._channel, packed(request))
                found = await receive_async(self._channel)
        except TimeoutError as error:
            raise Declined(
                504,
                f"The query was not done after {self._limits.seconds:g} seconds and has been ended.",
                remedy="Ask for less: name a company, a load or a LIMIT, and join every pattern to another.",
            ) from error
        except OSError:  # it is gone
            found = None
        finally:
            demotion.cancel()
        if found is None:
            raise self._cause_of_death(await loop.run_in_executor(None, self._process.wait))
        return found

    def kill(self) -> None:
        """End it at once, whatever it is doing; the channel's end tells nobody else."""
        self._process.kill()
        self._channel.close()

    async def gone(self) -> None:
        """Wait until the system has taken its memory back."""
        await asyncio.get_running_loop().run_in_executor(None, self._process.wait)

    def _demote(self) -> None:
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _LAST_IN_LINE)
        self.is_demoted = True

    def _cause_of_death(self, code: int) -> Declined:
        if -code == signal.SIGSEGV:
            return Declined(
                400,
                "The query is nested more deeply, or joined from more parts, than the engine can take in.",
                remedy="Split it, or write lists of values as VALUES.",
            )
        if -code in (signal.SIGABRT, signal.SIGKILL):
            return Declined(
                422,
                f"The query needs more than {self._limits.memory_bytes >> 20:,} MiB of memory and has been ended.",
                remedy="Ask for less: DISTINCT, ORDER BY and GROUP BY hold everything that they compare.",
            )
        return Declined(500, "The process that answered the query ended.", remedy="Ask again; if it recurs, report it.")
