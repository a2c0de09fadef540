"""Jobs of one server: queued, run a few at a time, remembered for a while, gone when the server ends."""

from __future__ import annotations

import os
import shutil
import threading
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from topco.errors import BadInput, NotFound, NotModelled, StoreBusy, TopcoError
from topco.server.jobs import files
from topco.server.jobs.job import Job, JobDocument, Progress, now
from topco.server.jobs.limits import Limits
from topco.server.jobs.process import Process
from topco.server.jobs.shelf import Shelf
from topco.server.jobs.states import Kind, State
from topco.server.problem import Problem, Refused, problem_of

_KINDS_OF_ERRORS = {one.__name__: one for one in (NotFound, BadInput, NotModelled, StoreBusy, TopcoError)}


class Jobs:
    """Jobs over one store.

    Threads of this object start processes and listen to them; nothing is computed in them.

    Args:
        store: the folder of the store.
        limits: what jobs may take.
    """

    def __init__(self, store: Path, limits: Limits | None = None) -> None:
        self.store = store.absolute()
        self.limits = limits or Limits()
        self._changed = threading.Condition()
        self._shelf = Shelf(self.limits)
        self._processes: dict[str, Process] = {}
        self._lanes: dict[bool, deque[Job]] = {True: deque(), False: deque()}
        self._threads: list[threading.Thread] = []
        self.ending = False

    @property
    def folder(self) -> Path:
        """The private folder of this server's jobs."""
        with self._changed:
            return self._shelf.folder

    def new_folder(self) -> Path:
        """A folder for a job to come; its name is the job's id, which nobody can guess.

        Raises:
            Refused: the server is ending.
        """
        with self._changed:
            self._goes_on()
            return self._shelf.new_folder()

    def submit(
        self,
        kind: Kind,
        folder: Path,
        *,
        name: str,
        options: Mapping[str, Any],
        more: Mapping[str, Any] | None = None,
        source: Job | None = None,
        linked: Sequence[str] = (files.ORDERS, files.RESULT, files.RESTING),
    ) -> JobDocument:
        """Queue a job whose files stand in its folder.

        Args:
            name: what its orders are called.
            options: what is asked beside the orders, in JSON.
            more: what else the process is told.
            source: the job whose files it takes.
            linked: which files of it.

        Raises:
            Refused: too many wait, or there is no room; the folder is removed.
        """
        try:
            if source is not None:
                for one in linked:
                    os.link(source.folder / one, folder / one)
            size = files.size_of(folder)
        except FileNotFoundError as error:  # removed meanwhile
            shutil.rmtree(folder, ignore_errors=True)
            raise NotFound("The job is not kept any more.", remedy="Upload the orders again.") from error
        request = {
            "kind": kind,
            "store": str(self.store),
            "folder": str(folder),
            "name": name,
            "asked": options,
            **{name: getattr(self.limits, name) for name in ("memory_bytes", "rows", "seconds", "grace_seconds")},
            **(more or {}),
        }
        job = Job(folder.name, kind, name, folder, options, request)
        job.of, job.bytes = source.id if source else None, size
        try:
            with self._changed:
                self._goes_on()
                self._few_wait()
                self._shelf.put(job)
                self._lanes[kind is Kind.CHECK].append(job)
                self._begin()
                self._changed.notify_all()
        except Refused:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return self.document(job.id)

    def _goes_on(self) -> None:
        if self.ending:
            raise Refused(503, "The server is ending.")

    def _few_wait(self) -> None:
        if sum(map(len, self._lanes.values())) >= self.limits.waiting:
            raise Refused(
                503, f"{self.limits.waiting} jobs wait already.", remedy="Wait until one has ended, or cancel one."
            )

    def _begin(self) -> None:
        """The threads, once there is something for them."""
        if not self._threads:
            lanes = [True, *[False] * self.limits.at_once]
            self._threads = [threading.Thread(target=self._work, args=(lane,), daemon=True) for lane in lanes]
            for one in self._threads:
                one.start()

    def get(self, identifier: str, *kinds: Kind) -> Job:
        """A job as it is now: a copy.

        Raises:
            NotFound: none of these kinds is remembered under this id.
        """
        with self._changed:
            return replace(self._shelf.find(identifier, *kinds))

    def document(self, identifier: str, *kinds: Kind) -> JobDocument:
        """What is told of a job."""
        with self._changed:
            job = self.get(identifier, *kinds)
            lane = list(self._lanes[job.kind is Kind.CHECK])
            before = next((place for place, one in enumerate(lane) if one.id == identifier), None)
            return job.document(before)

    def version(self, identifier: str) -> int | None:
        """Grows with every change of a job; None: it is forgotten."""
        with self._changed:
            return next((one.version for one in self._shelf if one.id == identifier), None)

    def listed(self, *kinds: Kind) -> list[JobDocument]:
        """The jobs of these kinds, the newest first; what their checks say stands with each alone."""
        with self._changed:
            found = [one.id for one in self._shelf if not kinds or one.kind in kinds]
            return [self.document(one).model_copy(update={"check": None}) for one in reversed(found)]

    def cancel(self, identifier: str, *kinds: Kind) -> bool:
        """Cancel a job that waits or runs; False: it has ended already."""
        with self._changed:
            job = self._shelf.find(identifier, *kinds)
            if job.state.ended:
                return False
            for lane in self._lanes.values():
                if job in lane:
                    lane.remove(job)
            self._end(job, State.CANCELLED)
            process = self._processes.get(identifier)
            if process:
                process.cancel(2 * self.limits.grace_seconds)
            else:
                shutil.rmtree(job.folder, ignore_errors=True)
            return True

    def remove(self, identifier: str, *kinds: Kind) -> None:
        """Cancel a job that waits or runs; forget one that has ended, with its files."""
        with self._changed:
            if not self.cancel(identifier, *kinds):
                self._shelf.forget(self._shelf.find(identifier))

    def wait(self, identifier: str, seconds: float) -> JobDocument:
        """A job once it has ended, or as it is after so long."""
        with self._changed:
            self._changed.wait_for(lambda: self.get(identifier).state.ended, seconds)
            return self.document(identifier)

    def numbers(self) -> list[int]:
        """The numbers of the processes in the system."""
        with self._changed:
            return [one.number for one in self._processes.values()]

    @asynccontextmanager
    async def running(self, _: object = None) -> AsyncIterator[None]:
        """Begin with nothing, whatever was before; end everything afterwards."""
        self.ending = False
        try:
            yield
        finally:
            self.close()

    def stop(self) -> None:
        """Take no more jobs and end all streams of events: the server is about to end."""
        with self._changed:
            self.ending = True
            self._changed.notify_all()

    def close(self) -> None:
        """End all jobs and remove all files."""
        self.stop()
        with self._changed:
            for job in self._shelf:
                self.cancel(job.id)
        for one in self._threads:
            one.join()
        with self._changed:
            self._threads = []
            self._shelf.clear()

    def _work(self, lane: bool) -> None:
        """One place of a lane: a job after the other."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self.ending or self._lanes[lane])
                if self.ending:
                    return
                job = self._lanes[lane].popleft()
                job.started, job.state, job.version = now(), State.RUNNING, job.version + 1
                process = self._processes[job.id] = Process(job.request)
                self._changed.notify_all()
            self._listen(job, process)

    def _listen(self, job: Job, process: Process) -> None:
        """Hear a process out; how its job ends is said when it and the files that nobody needs have gone."""
        last: Mapping[str, Any] = {}
        for message in process.messages():
            if "progress" not in message:
                last = message
                continue
            with self._changed:
                if not job.state.ended:
                    job.progress = Progress(**message["progress"])
                    job.version += 1
                    self._changed.notify_all()
        code = process.ended()
        if "done" not in last:
            shutil.rmtree(job.folder, ignore_errors=True)
        size = files.size_of(job.folder) if job.folder.exists() else 0
        with self._changed:
            del self._processes[job.id]
            job.bytes = size
            if job.state.ended:  # cancelled meanwhile
                shutil.rmtree(job.folder, ignore_errors=True)
            elif "done" in last:
                job.answer = last["done"]
                self._end(job, State.DONE)
            else:
                job.problem = _problem(last, code)
                self._end(job, State.FAILED)

    def _end(self, job: Job, state: State) -> None:
        job.state, job.ended, job.version = state, now(), job.version + 1
        self._changed.notify_all()


def _problem(last: Mapping[str, Any], code: int) -> Problem:
    """Why a job failed: as its process said, or that it said nothing."""
    if told := last.get("failed"):
        kind = _KINDS_OF_ERRORS.get(told["kind"], TopcoError)
        return problem_of(kind(told["what"], where=told["where"], remedy=told["remedy"]))
    what = f"The job ended before it was done (exit code {code})."
    return Problem(title="Failed", status=500, detail=what, remedy="The server's own messages say more.")
