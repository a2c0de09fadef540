"""Answers with a proof, as a command finds them: in a file, on standard input, kept as a record, or made now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from topco.errors import BadInput

_REMEDY = "Give the JSON of `topco resolve` or `topco determine --format json`."


@dataclass(frozen=True)
class AnswerRead:
    """One answer, or proof, of a file, or why it is refused; `where` names the file and the place in it."""

    where: str
    answer: Mapping[str, Any] | BadInput

    @property
    def document(self) -> Mapping[str, Any]:
        """The answer.

        Raises:
            BadInput: it is refused.
        """
        if isinstance(self.answer, BadInput):
            raise self.answer
        return self.answer


def read_answers(subject: str) -> list[AnswerRead]:
    """The answers, or proofs, in a file of JSON (one, a list, or one per line), or on standard input (`-`), in order.

    Raises:
        BadInput: the file cannot be read, holds nothing, or is not JSON as a whole.
    """
    from topco.cli.determine import read_text
    from topco.licensing.cases.case_files import read_each

    where = "standard input" if subject == "-" else subject
    return read_each(read_text(Path(subject)), where, "answer", _with_proof, AnswerRead, float)


def _with_proof(data: Any, where: str) -> AnswerRead:
    if not isinstance(data, dict) or not ("proof" in data or "nodes" in data):
        raise BadInput("There is no answer with a proof in it.", where=where, remedy=_REMEDY)
    return AnswerRead(where, data)


def answers_in(subject: str) -> list[Mapping[str, Any]]:
    """The answers, or proofs, in a file of JSON or on standard input, every one of them.

    Raises:
        BadInput: the file cannot be read, or holds something else.
    """
    return [one.document for one in read_answers(subject)]


def is_file(subject: str) -> bool:
    """Whether standard input or a file is meant."""
    try:
        return subject == "-" or Path(subject).is_file()
    except OSError:  # longer than a path may be
        return False


def documents(
    subject: str, store: Path, as_of: date | None, known_as_of: date | None, test: str
) -> list[Mapping[str, Any]]:
    """The answers that a subject names: a file, `-`, a record, an account of the ledger, or an entity.

    Raises:
        BadInput: it names nothing.
    """
    if is_file(subject):
        return answers_in(subject)
    from topco.application.application import Application
    from topco.application.asked import OfFacts

    return [Application(store).proofs.find(subject, OfFacts(as_of, known_as_of, test))]
