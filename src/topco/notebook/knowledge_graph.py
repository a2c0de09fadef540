"""A store to ask from Python."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from topco.application import loading
from topco.application.application import Application
from topco.application.asked import OfFacts
from topco.application.cases import case_text
from topco.notebook.answers import Determination, Resolution
from topco.notebook.picture import Picture
from topco.notebook.table import Table
from topco.ownership.parent_tests import DEFAULT
from topco.records.setting import Asked

if TYPE_CHECKING:
    import polars as pl

Day = date | str | None
"""A calendar day, or its text as `YYYY-MM-DD`; None: today, or what the case says."""


def open_store(path: str | Path | None = None) -> KnowledgeGraph:
    """The knowledge graph in a folder; by default `$TOPCO_STORE`, else `.topco`. It need not exist yet.

    >>> open_store("no-such-folder").sources().columns[:2]
    ('load', 'publisher')
    """
    return KnowledgeGraph(Path(path if path is not None else os.environ.get("TOPCO_STORE", ".topco")))


class KnowledgeGraph:
    """Everything that is loaded in one folder, to be asked. The answers are those of the command line.

    Identifiers are written as everywhere: a bare LEI, or `SCHEME:VALUE`. Dates may be `date` or text.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._application = Application(path)

    def load(self, registry: str, *paths: str | Path, vintage: Day = None, publisher: str | None = None) -> Table:
        """Load files of a registry (`gleif`, `bods`, `table`, `any`, …), and say what was loaded.

        Raises:
            BadInput: no such registry, or a file that cannot be used.
        """
        files = loading.Files(registry, [Path(one) for one in paths], _day(vintage), publisher)
        _, outcome = loading.load_files(self.path, files, _Quiet())
        if outcome.refused and not outcome.loaded:
            raise outcome.refused[0]
        return Table(loading.rows(outcome), loading.COLUMNS, "Loaded")

    def sources(self) -> Table:
        """What is loaded."""
        columns = ("load", "publisher", "file_kind", "vintage", "licence", "rows")
        rows = [
            {
                **{name: getattr(load, name) for name in ("publisher", "file_kind", "vintage", "licence")},
                "load": load.id,
                "rows": sum(load.tables.values()),
            }
            for load in self._application.store().loads()
        ]
        return Table(rows, columns, "Sources")

    def search(self, text: str, limit: int = 20) -> Table:
        """Entities by name, in any script, or identifier; the best first."""
        from topco.ownership.search import COLUMNS

        return Table([hit.as_row() for hit in self._application.entities.search(text, limit)], COLUMNS, f"“{text}”")

    def resolve(
        self, identifier: str, *, as_of: Day = None, known_as_of: Day = None, test: str = DEFAULT
    ) -> Resolution:
        """Headquarters, status, ultimate parents and chain of an entity, with proof.

        Raises:
            NotFound: no loaded record names it.
        """
        asked = _facts(as_of, known_as_of, test)
        return Resolution(self._application.entities.resolve(identifier, asked), self._application)

    def resolve_all(self, *, as_of: Day = None, known_as_of: Day = None, test: str = DEFAULT) -> Table:
        """Every entity with its status and ultimate parents, a row each."""
        from topco.ownership.bulk_table import resolve_all

        asked = _facts(as_of, known_as_of, test)
        store = self._application.entities.store()
        return Table.of_frame(resolve_all(store, asked.day, asked.known_as_of, asked.parent_test), "Resolutions")

    def owners(
        self,
        identifier: str,
        *,
        cut_off: str = "1",
        as_of: Day = None,
        known_as_of: Day = None,
        test: str = DEFAULT,
    ) -> Table:
        """Who must or may control an entity, or has an integrated share in it of at least the cut-off (percent)."""
        from topco.ownership.questions.owners import COLUMNS, rows_of_owners

        document = self._application.entities.owners(identifier, _facts(as_of, known_as_of, test), cut_off)
        return Table(rows_of_owners(document), COLUMNS, f"Owners of {_name(document['entity'])}")

    def holdings(
        self,
        identifier: str,
        *,
        cut_off: str = "1",
        as_of: Day = None,
        known_as_of: Day = None,
        test: str = DEFAULT,
    ) -> Table:
        """The whole group below a party."""
        from topco.ownership.questions.group import COLUMNS, rows_of_holdings

        document = self._application.entities.holdings(identifier, _facts(as_of, known_as_of, test), cut_off)
        return Table(rows_of_holdings(document), COLUMNS, f"Below {_name(document['entity'])}")

    def paths(
        self, owner: str, company: str, *, as_of: Day = None, known_as_of: Day = None, test: str = DEFAULT
    ) -> Table:
        """Every path from an owner down to a company, step by step."""
        from topco.ownership.questions.between import COLUMNS, rows_of_chain

        document = self._application.entities.between(owner, company, _facts(as_of, known_as_of, test))
        return Table(rows_of_chain(document), COLUMNS, f"From {owner} down to {company}")

    def chart(
        self,
        identifier: str,
        *,
        up: int = 2,
        down: int = 1,
        as_of: Day = None,
        known_as_of: Day = None,
        test: str = DEFAULT,
    ) -> Picture:
        """Who stands above and below an entity, as a picture.

        Args:
            up, down: how many levels are shown.
        """
        from topco.ownership.questions.chart_picture import chart_picture

        asked = _facts(as_of, known_as_of, test)
        document = self._application.entities.chart(identifier, asked, up=up, down=down)
        return Picture(chart_picture(document), f"Around {_name(document['entity'])}")

    def classify(self, item: Mapping[str, Any], *, rules_as_of: Day = None) -> Mapping[str, Any]:
        """From the figures of an item to its control-list entry, with the arithmetic."""
        (found,) = self._application.cases.classify(case_text(item), "the item", _day(rules_as_of))
        return found

    def determine(
        self,
        case: Mapping[str, Any],
        *,
        as_of: Day = None,
        known_as_of: Day = None,
        rules_as_of: Day = None,
        reading: str | None = None,
        open_top: str = "strict",
        test: str | None = None,
    ) -> Determination:
        """Does the order need a licence, which exception fits, how would an application be reviewed; with proof.

        Args:
            case: a case as the case files hold it.
            reading: `codified`, `enforced` or `article`; None: as the case says.
            open_top: `as-recorded`: a recorded company that is silent about parents counts as a top.

        Raises:
            BadInput: the case cannot be used.
        """
        asked = Asked(_day(as_of), _day(known_as_of), _day(rules_as_of), reading, open_top, test)
        (found,) = self._application.cases.determine(case_text(case), asked)
        return Determination(found.answer, self._application)

    def screen(
        self,
        orders: str | Path | pl.DataFrame,
        *,
        as_of: Day = None,
        known_as_of: Day = None,
        rules_as_of: Day = None,
        reading: str | None = None,
        open_top: str = "strict",
        test: str | None = None,
    ) -> Table:
        """Many orders to one row each: the same rows and columns, then status, codes, reason and the parties' parents.

        Refused rows stand in the answer with their reason.

        Args:
            orders: a file (CSV, JSON lines, Parquet), or a polars frame with the columns of orders.

        Raises:
            BadInput: the orders cannot be read.
        """
        import polars as pl

        if isinstance(orders, pl.DataFrame):
            content, name = orders.write_csv().encode(), "orders.csv"
        else:
            content, name = _bytes_of(Path(orders)), Path(orders).name
        asked = Asked(_day(as_of), _day(known_as_of), _day(rules_as_of), reading, open_top, test)
        with TemporaryDirectory(prefix="topco-screening-") as folder:
            output = Path(folder) / "screened.parquet"
            self._application.screenings.run(content, name, output, asked).write()
            return Table.of_frame(pl.read_parquet(output), f"Screening of {name}")

    def query(self, query: str, limit: int | None = None, **parameters: str) -> Table | bool | str:
        """SPARQL, or a query of the library by its name with its parameters.

        Returns:
            the rows of a SELECT, the answer to an ASK, or the triples of a CONSTRUCT or DESCRIBE as Turtle.

        Raises:
            BadInput: it is no query, or one that does more than read.
        """
        from topco.application.queries import ask

        answer = ask(self._application.store(), query, parameters, limit)
        if answer.truth is not None:
            return answer.truth
        if answer.form != "SELECT":
            return answer.turtle()
        return Table(answer.plain_rows(), answer.columns, query if len(query.split()) == 1 else "")


def _bytes_of(path: Path) -> bytes:
    from topco.errors import BadInput

    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(path)) from error


class _Quiet:
    """Who is not told how far loading is."""

    def __call__(self, phase: str, done: int, total: int | None, unit: str) -> None:
        pass

    def say(self, message: str) -> None:
        pass


def _facts(as_of: Day, known_as_of: Day, test: str) -> OfFacts:
    return OfFacts(_day(as_of), _day(known_as_of), test)


def _day(day: Day) -> date | None:
    from topco.errors import BadInput

    if day is None or isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise BadInput(f"{day!r} is not a date.", remedy="Write it as YYYY-MM-DD.") from error


def _name(entity: Mapping[str, Any]) -> str:
    return str(entity["name"] or entity["id"])
