"""The ownership benchmarks' own side: the cores of `topco.ownership` called on the rows of a Parquet file."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import polars as pl

from bench.ownership_questions import PAIRS, TOPS, Question
from topco.ownership import tops
from topco.ownership.control import NO_SHARE, Holdings, Positions, control
from topco.ownership.control.bulk import COMPILED
from topco.ownership.control.edges import carrying
from topco.ownership.control.relation import Relation
from topco.ownership.numbering import Numbered, numbered


def numbers(rows: pl.DataFrame) -> Numbered:
    """Owned companies and owners as numbers without gaps."""
    found = numbered(rows["owned"], rows["owner"])
    count = len(found.child)
    first = found.child == np.arange(count, dtype=np.int32)
    outside = found.parent >= count
    outside_first = np.zeros(len(found.ids) - count, np.bool_)
    outside_first[found.parent[outside] - count] = True
    used = np.concatenate((first, outside_first))
    dense = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return Numbered(found.ids.gather(np.flatnonzero(used)), dense[found.child], dense[found.parent])


def holdings(rows: pl.DataFrame, found: Numbered) -> Holdings:
    """The rows as holdings of the shares family."""
    lower, upper = rows["lower"].to_numpy(), rows["upper"].to_numpy()
    exact = np.where(lower == upper, lower, NO_SHARE)
    family = np.zeros(len(lower), np.int8)
    return Holdings(len(found.ids), found.parent, found.child, family, exact, lower, upper)


def read(path: Path) -> tuple[Numbered, Holdings, Positions]:
    rows = pl.read_parquet(path)
    found = numbers(rows)
    made = holdings(rows, found)
    return found, made, COMPILED.positions(made)


def must(made: Positions, question: Question) -> Relation:
    """Who must control whom, without bounds, candidates and ties."""
    none = np.empty(0, np.int32)
    return Relation.of(carrying(made, question.test, (none, none), COMPILED, may=False), COMPILED)


def ready(rows: list[pl.DataFrame]) -> tuple[Numbered, Positions]:
    """Numbers and positions of rows, which are taken out of the list: their text is not kept beside them."""
    found = numbers(rows[0])
    held = holdings(rows.pop(), found)
    return found, COMPILED.positions(held)


def answer(rows: list[pl.DataFrame], question: Question) -> pl.DataFrame:
    """The answer to a question from rows in memory."""
    found, made = ready(rows)
    if question.may:
        return _pairs(found, control(made, question.test, kernels=COMPILED).may)
    if question.pairs:
        return _pairs(found, must(made, question))
    return _tops(found, *must(made, question).steps)


def answer_with_everything(rows: list[pl.DataFrame], question: Question) -> pl.DataFrame:
    """The same tops from a run that also says who may control, what is tied, and what is settled."""
    found, made = ready(rows)
    return _tops(found, *control(made, question.test, kernels=COMPILED).steps)


def _pairs(found: Numbered, relation: Relation) -> pl.DataFrame:
    controller, company = relation.pairs()
    return pl.DataFrame(dict(zip(PAIRS, (found.ids.gather(controller), found.ids.gather(company)), strict=True)))


def _tops(found: Numbered, company: np.ndarray, holder: np.ndarray) -> pl.DataFrame:
    """Where steps lead; the companies without a step are their own tops, in a row without a parent."""
    goes_on = np.zeros(len(found.ids), np.bool_)
    goes_on[company] = True
    without = np.flatnonzero(~goes_on)
    child = np.concatenate((company, without)).astype(np.int32)
    parent = np.concatenate((holder, np.full(len(without), -1))).astype(np.int32)
    entity, top = tops.tops_of_numbers(Numbered(found.ids, child, parent), np.zeros(len(child), np.bool_))
    return pl.DataFrame(dict(zip(TOPS, (found.ids.gather(entity), found.ids.gather(top)), strict=True)))


def ours(path: Path, out: Path, question: Question) -> float:
    """From file to file; gives the seconds from rows in memory to answers in memory."""
    rows = [pl.read_parquet(path)]
    started = time.perf_counter()
    found = answer(rows, question)
    in_memory = time.perf_counter() - started
    found.write_csv(out)
    return in_memory


def ours_with_everything(path: Path, out: Path, question: Question) -> float:
    rows = [pl.read_parquet(path)]
    started = time.perf_counter()
    found = answer_with_everything(rows, question)
    in_memory = time.perf_counter() - started
    found.write_csv(out)
    return in_memory
