"""One store and everything that may be asked of it: what every face holds.

The parts (`entities`, `cases`, `proofs`, …) answer with the documents that the commands write as JSON. An application
is used by several threads at once. What is loaded meanwhile by another process is seen at the next question: every
question looks at the manifest first, and what was kept of an earlier state of the store is dropped.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from topco.store.held import HeldStore

if TYPE_CHECKING:
    from topco.application.cases import Cases
    from topco.application.entities import Entities
    from topco.application.evidence import Evidence
    from topco.application.findings import Findings
    from topco.application.law import LawByDate
    from topco.application.ledger import Ledger
    from topco.application.proofs import Proofs
    from topco.application.records import Records
    from topco.application.screening.part import Screenings
    from topco.application.sources import Sources


class Application:
    """Questions to the store in a folder.

    >>> Application(Path("no-such-folder")).store().loads()
    []

    Args:
        path: the folder of the store; it need not exist as long as no entity is asked of it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._store: HeldStore | None = None
        self._seen: tuple[int, int] | None = None

    def store(self) -> HeldStore:
        """The store as it is committed now. One object serves until another state is committed.

        Raises:
            BadInput: its manifest cannot be read.
        """
        with self._lock:
            seen = self._manifest_mark()
            if self._store is None or seen != self._seen:
                self._store, self._seen = HeldStore.open(self.path, missing_ok=True), seen
            return self._store

    def stamp(self) -> str:
        """A name of the state of the store: the same as long as nothing is loaded, judged or stated."""
        store = self.store()
        return store.digest_for(None) if store.loads() else "empty"

    def _manifest_mark(self) -> tuple[int, int] | None:
        try:
            found = (self.path / "manifest.json").stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    @cached_property
    def entities(self) -> Entities:
        """Search, resolutions, owners, groups, paths, timelines, sensitivity."""
        from topco.application.entities import Entities

        return Entities(self)

    @cached_property
    def cases(self) -> Cases:
        """Items and cases: classification, determination, what would change it."""
        from topco.application.cases import Cases

        return Cases(self)

    @cached_property
    def proofs(self) -> Proofs:
        """Answers with proofs: found, explained in every form, verified, as reports."""
        from topco.application.proofs import Proofs

        return Proofs(self)

    @cached_property
    def law(self) -> LawByDate:
        """The law by date and reading: rules, figures, periods, coverage, table, differences."""
        from topco.application.law import LawByDate

        return LawByDate()

    @cached_property
    def records(self) -> Records:
        """What is kept: listed, shown, exported, verified."""
        from topco.application.records import Records

        return Records(self)

    @cached_property
    def ledger(self) -> Ledger:
        """What is reserved and spent of limits that count over time."""
        from topco.application.ledger import Ledger

        return Ledger(self)

    @cached_property
    def sources(self) -> Sources:
        """What is loaded, and how old it is."""
        from topco.application.sources import Sources

        return Sources(self)

    @cached_property
    def evidence(self) -> Evidence:
        """What persons add: judgements about identifiers, headquarters that they state."""
        from topco.application.evidence import Evidence

        return Evidence(self)

    @cached_property
    def screenings(self) -> Screenings:
        """Files of orders: checked, and answered row by row."""
        from topco.application.screening.part import Screenings

        return Screenings(self)

    @cached_property
    def findings(self) -> Findings:
        """What validation finds in the store."""
        from topco.application.findings import Findings

        return Findings(self)
