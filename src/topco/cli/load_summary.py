"""What a command that loads says about it: notes, counts, exit code; `topco.application.loading` has its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topco.cli.output import note
from topco.errors import ANSWERED, BAD_INPUT, FINDINGS

if TYPE_CHECKING:
    from topco.registries.loading import Outcome
    from topco.store.store import Store


def exit_code(outcome: Outcome, *, noted: bool = False) -> int:
    """Whether files were refused or rows rejected, else whether there are warnings; `noted`: further ones."""
    if outcome.refused or any(loaded.load.rejects for loaded in outcome.loaded):
        return BAD_INPUT
    return FINDINGS if noted or any(loaded.load.warnings for loaded in outcome.loaded) else ANSWERED


def note_findings(outcome: Outcome) -> None:
    """Tell the warnings of what was loaded, each once with its number, and where the rejects are."""
    for loaded in outcome.loaded:
        for reason, count in loaded.load.warnings.items():
            note(f"warning: {reason}: {count:,} (first: {loaded.examples[reason]})")
        if loaded.rejects:
            note(f"{loaded.load.rejects:,} rejects of {loaded.load.id}, each with its reason: {loaded.rejects}")


def note_superseded(store: Store, outcome: Outcome) -> None:
    """Tell which loads are no longer in force: another data set of one publisher would be meant to stand beside."""
    current = {load.id for load in store.current_loads()}
    for loaded in outcome.loaded:
        new = loaded.load
        for old in store.loads():
            same = (old.publisher, old.file_kind) == (new.publisher, new.file_kind)
            if same and old.id != new.id and old.precedence < new.precedence and new.id in current:
                note(f"{new.id} takes the place of {old.id} ({sum(old.tables.values()):,} rows).")


def note_missing_records(store: Store, outcome: Outcome) -> None:
    """Tell how many named parties the loaded entities do not describe; no warning, as the other file may come later."""
    from topco.store.coverage import parents_without_record, parties_without_record

    if outcome.loaded and (count := parents_without_record(store)):
        note(f"{count:,} parents or head offices that relationships name have no record in the store.")
    if outcome.loaded and (count := parties_without_record(store)):
        note(f"{count:,} owners or companies that holdings name have no record in the store.")


def counts(outcome: Outcome) -> str:
    """A line for each count that an importer kept, such as of codes."""
    return "".join(
        f"{title}: " + ", ".join(f"{name} {count:,}" for name, count in numbers.items()) + "\n"
        for loaded in outcome.loaded
        for title, numbers in loaded.load.counts.items()
    )
