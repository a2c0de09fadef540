"""What the page of a case says about its answer: the tone of the verdict, facts that would settle it, its proof."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from topco.application.cases import Determined
from topco.application.questions import answer_word
from topco.errors import NotModelled
from topco.explain.proof import read_proof
from topco.licensing.cases.case_keys import party_keys
from topco.reports.determination import DeterminationReport, Settling, determination_report
from topco.reports.proof_page import Branch, proof_tree
from topco.reports.reading import read_answers
from topco.reports.words import spaced
from topco.server.workbench.case_state import CaseState

if TYPE_CHECKING:
    from topco.licensing.law.law_slice import LawSlice
    from topco.licensing.law.ruleset import Ruleset

BAD, WARN, GOOD, PLAIN = "bad", "warn", "good", "plain"
TRUTHS = (("true", "yes"), ("false", "no"))
_EXAMPLE = re.compile(r"\(such as (.+)\)$")


@dataclass(frozen=True)
class Settle:
    """A fact that would settle the answer: its values with what they give, and links that state it."""

    settling: Settling
    links: Mapping[str, str]
    states: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CaseAnswer:
    """An answer as the page shows it."""

    answer: Mapping[str, Any]
    report: DeterminationReport
    names: tuple[str, ...]
    tone: str
    tone_words: str
    settling: tuple[Settle, ...]

    @cached_property
    def tree(self) -> Branch:
        """The proof, each statement with what it rests on."""
        return proof_tree(read_proof(self.answer["proof"], self.answer["id"]))


def case_answer(determined: Determined, state: CaseState) -> CaseAnswer:
    """The answer to the case of a state."""
    (answer,) = read_answers(json.dumps(determined.answer, ensure_ascii=False, default=str), determined.where)
    report = determination_report(answer)
    tone = tone_of(answer, is_settled=report.is_settled)
    settles = tuple(_settles(answer, report, state))
    return CaseAnswer(answer, report, determined.names, tone, answer_word("tone", tone), settles)


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


def _settles(answer: Mapping[str, Any], report: DeterminationReport, state: CaseState) -> Iterator[Settle]:
    law = _law(answer)
    for settling in report.settling:
        key = _place(settling, answer)
        if key is not None:
            codes = {} if law is None else {law.countries[code]: code for code in sorted(law.countries)}
            links = {}
            for words, _ in settling.values:
                example = _EXAMPLE.search(words)
                if example and example[1] in codes:
                    links[words] = state.with_fact(key, codes[example[1]])
            yield Settle(settling, links, ())
            continue
        path = _condition_path(settling, None if law is None else law.rulesets.get(answer["reading"]))
        states = tuple((said, state.with_fact(path, text)) for text, said in TRUTHS) if path else ()
        yield Settle(settling, {}, states)


def _place(settling: Settling, answer: Mapping[str, Any]) -> str | None:
    """The key of a fact that is a country; None of every other."""
    if settling.code == "destination":
        return "transaction.destination"
    if settling.code not in ("located_in", "hq_in", "ultimate_parent_hq_in"):
        return None
    parties = answer["parties"]
    keys = party_keys(parties)
    of_name = [key for key, one in zip(keys, parties, strict=True) if one["name"] == settling.party]
    open_ones = [
        key
        for key, one in zip(keys, parties, strict=True)
        if one["name"] == settling.party and not isinstance(one[settling.code], str)
    ]
    found = open_ones or of_name
    return f"{found[0]}.{settling.code}" if found else None


def _condition_path(settling: Settling, ruleset: Ruleset | None) -> str | None:
    """The key of the paper or circumstance of the deal that a condition reads, if it reads one alone."""
    if ruleset is None:
        return None
    exceptions = {words.partition(":")[0] for _, words in settling.values}
    read = {
        name
        for rule in ruleset.rules
        if rule.condition == settling.code and rule.exception in exceptions
        for name in rule.names_read("condition")
    }
    paths = {one.path for one in ruleset.conditions if one.name in read}
    if len(paths) != 1:
        return None
    (path,) = paths
    return None if path.startswith("party.") else path


def _law(answer: Mapping[str, Any]) -> LawSlice | None:
    from topco.licensing.law.body import load_law

    try:
        return load_law().slice_on(date.fromisoformat(answer["rules_as_of"]))
    except NotModelled:
        return None


def heading_of(answer: Mapping[str, Any]) -> str:
    """What a file of this answer is called: after its case, else after itself."""
    return spaced(str(answer["case"] or answer["id"])).replace(" ", "-")[:60]
