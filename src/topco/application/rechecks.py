"""Kept cases determined again: the flips as they are found, and as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.application.screening.steps import Steps
from topco.store.today import today

if TYPE_CHECKING:
    from topco.records.filters import Filters
    from topco.records.flip import Flip
    from topco.records.recheck import Dates

CODES = ("item_class", "licence_required", "exceptions", "review_policy", "veu_result")
COLUMNS = (
    *("record", "determination", "case", "moment", "changed"),
    *(f"{side}_{code}" for code in CODES for side in ("old", "new")),
    *("new_determination", "facts", "parameters", "rules", "loads", "versions", "reason"),
)


@dataclass
class Rechecked:
    """Records of a store determined again; `checked` counts them, `found` those with another answer.

    Attributes:
        store: the folder of the store.
        filters: which records.
        dates: asked instead of the dates of each record; None: as recorded.
        steps: told of every portion.
    """

    store: Path
    filters: Filters
    dates: Dates | None = None
    steps: Steps = field(default_factory=Steps)
    checked: int = 0
    found: int = 0

    def flips(self) -> Iterator[Flip]:
        """Those whose answer would be another, in their order.

        Raises:
            BadInput: a record is damaged, or parties are given by identifiers and there is no store.
            Cancelled: the run was told to stop.
        """
        from topco.records.recheck import Dates, Recheck

        run = Recheck(self.store, today(), self.dates or Dates(), self.steps)
        for flip in run.flips(self.filters):
            self.steps.go_on()
            self.found += 1
            yield flip
        self.checked = run.checked


def row(flip: Mapping[str, Any]) -> dict[str, Any]:
    """A flipped record (its document) as a row with `COLUMNS`."""
    from topco.records.codes import exceptions_text
    from topco.records.proof_changes import cites

    cells = dict(flip)
    for side in ("old", "new"):
        codes = flip[side] or {}
        cells |= {f"{side}_{code}": codes.get(code) for code in CODES}
        cells[f"{side}_exceptions"] = exceptions_text(codes.get("exceptions", {}))
    why = flip["why"] or {name: {"old": [], "new": []} for name in ("facts", "parameters", "rules")}
    for name in ("facts", "parameters"):
        cells[name] = _signed([node["text"] for node in why[name]["old"]], [node["text"] for node in why[name]["new"]])
    cells["rules"] = _signed(cites(why["rules"]["old"]), cites(why["rules"]["new"]))
    cells["loads"] = _signed(*([load["load"] for load in flip["loads"][side]] for side in ("old", "new")))
    cells["versions"] = [f"{name} {both['old']} -> {both['new']}" for name, both in flip["versions"].items()]
    return cells


def _signed(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """What is gone with a minus, what came with a plus."""
    return [*(f"- {one}" for one in old), *(f"+ {one}" for one in new)]


def changed_codes(flip: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What changed in a flip: the question, the old code, the new one."""
    from topco.records.codes import exceptions_text

    found = []
    for name in flip["changed"] if flip["new"] is not None else ():
        old, new = flip["old"][name], flip["new"][name]
        if name == "exceptions":
            old, new = exceptions_text(old), exceptions_text(new)
        found.append((name, old, new))
    return found


def statement(node: Mapping[str, Any]) -> str:
    """A statement of a proof in one line, with its paragraph and its row."""
    from topco.explain.text import source_in_words

    cite = f" [{node['cite']}]" if node.get("cite") else ""
    source = f" {{{source_in_words(node['source'])}}}" if node.get("source") else ""
    named = f" ({node['supports'][0]})" if node["kind"] == "asserted" and node.get("supports") else ""
    return f"{node['text']}{named}{cite}{source}"


def reasons(flip: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Why it flipped: kinds of statements (facts, parameters, rules, loads, versions) and what is gone or came."""
    why = flip["why"] or {}
    found = [
        (name, f"{sign} {statement(node)}")
        for name in ("facts", "parameters")
        for side, sign in (("old", "-"), ("new", "+"))
        for node in why.get(name, {}).get(side, ())
    ]
    cells = row(flip)
    return found + [(name, one) for name in ("rules", "loads", "versions") for one in cells[name]]
