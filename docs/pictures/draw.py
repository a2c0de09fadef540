"""Draws the pictures of docs/parent-tests.md from data/samples/holdings: `python docs/pictures/draw.py`.

Each shows everything that is held above one company of the sample, and in a thick frame what one parent test makes its
ultimate parents. A test holds the committed pictures equal to what this draws.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import NamedTuple

from topco import knowledge
from topco.explain.picture import Box, Line, picture
from topco.ownership.neighbourhood import evidence_about
from topco.ownership.parent_tests import parent_test
from topco.ownership.resolution import resolver
from topco.ownership.shares import written
from topco.ownership.status import Status
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.store import Store

DAY = date(2026, 1, 31)
HERE = Path(__file__).parent


class Drawing(NamedTuple):
    company: str
    test: str


DRAWINGS = (
    Drawing("target", "majority"),
    Drawing("target", "control"),
    Drawing("target", "integrated"),
    Drawing("venture-works", "cascade"),
    Drawing("venture-works", "integrated"),
    Drawing("hazy", "headquarters"),
    Drawing("ring-c", "headquarters"),
    Drawing("dual", "headquarters"),
)


def sample(folder: Path) -> Store:
    """The invented holdings, loaded."""
    store = Store.open(folder, create=True)
    load(store, Tables(), [knowledge.root() / "data" / "samples" / "holdings"], DAY, lambda *_: None)
    return store


def draw(store: Store, drawing: Drawing) -> str:
    """One picture as the text of an SVG file."""
    subject = f"X:{drawing.company}"
    test = parent_test(drawing.test)
    evidence = evidence_about(store, [subject], DAY, None, test)
    found = resolver(store, evidence, None)
    (node,) = (one for one in evidence.node_of([subject]) if one is not None)
    tops = found.closure.ultimate_parents(node)
    kinds = dict(evidence.entities.select("node", "kind").iter_rows())
    boxes = []
    for one in sorted(range(len(evidence.ids)), key=lambda one: (one != node, one)):
        seat = found.headquarters.country(one)
        kind = ("asked about",) if one == node else ()
        person = kinds.get(one) == "NaturalPerson"
        words = (*kind, "a person") if person else (*kind, "ultimate parent") if one in tops else kind
        country = "" if person else seat
        boxes.append(Box(evidence.ids[one], found.name(one) or "", country, words, marked=one in tops))
    lines = [
        Line(row["owner"], row["owned"], f"{share} % {row['interest']}", sure=row["share_exact"] is not None)
        for row in evidence.holdings.iter_rows(named=True)
        for share in [
            written(
                row["share_exact"],
                row["share_min"],
                row["share_min_exclusive"],
                row["share_max"],
                row["share_max_exclusive"],
            )
        ]
    ]
    status = Status(found.closure.status[node]).word
    note = f"Test {test.name}: {status}. Everybody here is invented."
    return picture(f"Who stands above {found.name(node)}", boxes, lines, note=note)


def file_of(drawing: Drawing) -> Path:
    """Where a picture stands."""
    return HERE / f"{drawing.company}-{drawing.test}.svg"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = sample(Path(folder) / "store")
        for drawing in DRAWINGS:
            file_of(drawing).write_text(draw(store, drawing), encoding="utf-8")


if __name__ == "__main__":
    main()
