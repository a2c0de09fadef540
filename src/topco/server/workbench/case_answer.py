"""What the page of a case says about its answer: the tone of the verdict, facts that would settle it, its proof."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from topco.application.cases import Determined
from topco.application.questions import answer_word
from topco.explain.proof import read_proof
from topco.reports.determination import DeterminationReport, determination_report
from topco.reports.proof_page import Branch, proof_tree
from topco.reports.reading import read_answers
from topco.reports.words import spaced
from topco.server.workbench.case_open import OpenCondition, OpenFacts, OpenPlace
from topco.server.workbench.case_state import CaseState

BAD, WARN, GOOD, PLAIN = "bad", "warn", "good", "plain"
_SENTENCE_END = re.compile(r"(?<!\bsupp)\. (?=[A-Z])")


@dataclass(frozen=True)
class CaseAnswer:
    """An answer as the page shows it."""

    answer: Mapping[str, Any]
    report: DeterminationReport
    names: tuple[str, ...]
    tone: str
    tone_words: str
    places: tuple[OpenPlace, ...]
    conditions: tuple[OpenCondition, ...]

    @cached_property
    def verdict(self) -> tuple[str, str]:
        """The verdict in words: what it begins with, and what more it says."""
        first, *rest = _SENTENCE_END.split(self.answer["verdict"], maxsplit=1)
        return (f"{first}.", rest[0]) if rest else (first, "")

    @cached_property
    def tree(self) -> Branch:
        """The proof, each statement with what it rests on."""
        return proof_tree(read_proof(self.answer["proof"], self.answer["id"]))


def case_answer(determined: Determined, state: CaseState) -> CaseAnswer:
    """The answer to the case of a state."""
    (answer,) = read_answers(json.dumps(determined.answer, ensure_ascii=False, default=str), determined.where)
    report = determination_report(answer)
    tone = tone_of(answer, is_settled=report.is_settled)
    opened = OpenFacts(answer, state)
    places, conditions = opened.places(report.settling), opened.conditions(report.settling)
    return CaseAnswer(answer, report, determined.names, tone, answer_word("tone", tone), places, conditions)


def tone_of(answer: Mapping[str, Any], *, is_settled: bool) -> str:
    """How a verdict looks: bad, warn, good or plain. What is not settled is never good.

    Args:
        answer: a determination.
        is_settled: whether all of its codes are decided ones.
    """
    required, review, veu = answer["licence_required"], answer["review_policy"], answer["veu_result"]
    statuses = {one["status"] for one in answer["exceptions"]}
    if veu == "breach" or required == "authorisation_needed":
        return BAD
    if review.startswith("denial") and "available" not in statuses:
        return BAD
    if not is_settled:
        return WARN
    if required == "yes":
        return GOOD if "available" in statuses and not review.startswith("denial") else WARN
    if required == "no" or veu == "ok":
        return GOOD
    return PLAIN


def heading_of(answer: Mapping[str, Any]) -> str:
    """What a file of this answer is called: after its case, else after itself."""
    return spaced(str(answer["case"] or answer["id"])).replace(" ", "-")[:60]
