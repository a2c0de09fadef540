"""The jobs that a server remembers, and the private folder of their files; the oldest that have ended make room."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from topco.errors import NotFound
from topco.server.jobs.job import Job
from topco.server.jobs.limits import Limits
from topco.server.jobs.states import Kind
from topco.server.problem import Refused


class Shelf:
    """Jobs by id, the oldest first. Whoever uses it holds the lock of its manager."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._jobs: dict[str, Job] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._jobs.values()))

    @property
    def folder(self) -> Path:
        """The folder of all jobs, which only this user reads."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="topco-jobs-", ignore_cleanup_errors=True)
        return Path(self._folder.name)

    def new_folder(self) -> Path:
        """A folder for a job to come; its name is the job's id, which nobody can guess."""
        made = self.folder / secrets.token_urlsafe(16)
        made.mkdir(mode=0o700)
        return made

    def find(self, identifier: str, *kinds: Kind) -> Job:
        """A job of one of these kinds.

        Raises:
            NotFound: none is remembered under this id.
        """
        found = self._jobs.get(identifier)
        if found is None or (kinds and found.kind not in kinds):
            raise NotFound(
                "There is no such job.", remedy="Jobs are kept for a while, and until the server ends; begin anew."
            )
        return found

    def put(self, new: Job) -> None:
        """Remember a job; the oldest that have ended are forgotten until there is room.

        Raises:
            Refused: those that have not ended take all of it.
        """
        for old in self:
            if not self._is_full(new) or not old.state.ended:
                continue
            self.forget(old)
        if self._is_full(new):
            raise Refused(503, "The jobs that run take all the room.", remedy="Wait until one has ended.")
        self._jobs[new.id] = new

    def _is_full(self, new: Job) -> bool:
        taken = sum(one.bytes for one in self._jobs.values())
        return len(self._jobs) >= self._limits.kept or taken + new.bytes > self._limits.bytes

    def forget(self, job: Job) -> None:
        """Forget a job with its files."""
        del self._jobs[job.id]
        shutil.rmtree(job.folder, ignore_errors=True)

    def clear(self) -> None:
        """Forget everything."""
        self._jobs.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
