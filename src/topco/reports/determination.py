"""What a report of a determination shows beside the answer itself: facts with sources, steps, open questions, proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from topco.explain.proof import read_proof
from topco.reports.chain import Chain, chain_of
from topco.reports.facts import PartyFacts, party_facts
from topco.reports.law_words import LawWords, law_words
from topco.reports.proof_rows import ProofRow, proof_rows
from topco.reports.reading import fingerprint
from topco.reports.sources import Sources
from topco.reports.words import spaced, strictness, word

# What decides an exception of a status: conditions of these states, the gravest first.
DECIDING = {
    "no": ("failed",),
    "undetermined": ("missing",),
    "doubtful": ("doubtful",),
    "partial": ("partial",),
    "available": (),
}
OPEN = frozenset({"undetermined", "unknown", "doubtful"})
NO_CITATIONS = ("coverage", "law", "proof", "parties")
QUERIES = "queries/"


@dataclass(frozen=True)
class ConditionRow:
    """A condition in words, with its code."""

    text: str
    state: str
    cite: str
    party: str | None


@dataclass(frozen=True)
class ExceptionRow:
    """A licence exception, the conditions that decide its status, and all of them."""

    code: str
    name: str
    cite: str
    status: str
    quantity_tpp: str | None
    deciding: tuple[ConditionRow, ...]
    conditions: tuple[ConditionRow, ...]
    duties: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Settling:
    """A fact that would settle something, in words, with the outcome of each value."""

    fact: str
    code: str
    party: str | None
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DeterminationReport:
    """Everything that the page of one determination shows."""

    kind = "determination"
    answer: Mapping[str, Any]
    sha256: str
    rules_version: str | None
    stated: tuple[str, ...]
    parties: tuple[PartyFacts, ...]
    chains: tuple[Chain, ...]
    requirements: tuple[Mapping[str, Any], ...]
    exceptions: tuple[ExceptionRow, ...]
    checks: tuple[ConditionRow, ...]
    limbs: tuple[Mapping[str, Any], ...]
    is_settled: bool
    settling: tuple[Settling, ...]
    listed_flags: tuple[Mapping[str, Any], ...]
    other_flags: tuple[Mapping[str, Any], ...]
    cites: tuple[tuple[str, str], ...]
    sources: tuple[Mapping[str, Any], ...]
    proof: tuple[ProofRow, ...]


def determination_report(answer: Mapping[str, Any]) -> DeterminationReport:
    """The report of one determination that was read with `read_answers`."""
    words = law_words(date.fromisoformat(answer["rules_as_of"]), answer["reading"])
    nodes = read_proof(answer["proof"], answer["id"])
    sources = Sources()
    parties = tuple(party_facts(answer, sources))
    resolutions = {one["entity"]: one["resolution"] for one in answer["parties"] if one["resolution"]}
    chains = tuple(chain_of(resolution, sources) for resolution in resolutions.values())
    listed = [flag for flag in answer["red_flags"] if flag.get("source")]
    others = [flag for flag in answer["red_flags"] if not flag.get("source")]
    return DeterminationReport(
        answer=answer,
        sha256=fingerprint(answer),
        rules_version=words.version,
        stated=tuple(node.text for node in nodes if node.kind == "asserted" and not node.source),
        parties=parties,
        chains=chains,
        requirements=tuple(
            {**one, "label": words.rules.get(one["rule"], one["rule"])} for one in answer["requirements"]
        ),
        exceptions=tuple(_exception(one, words) for one in answer["exceptions"]),
        checks=tuple(_condition(None, one, words) for one in answer["checks"]),
        limbs=tuple({**one, "label": words.limbs.get((one["cite"], one["policy"]), "")} for one in answer["limbs"]),
        is_settled=is_settled(answer),
        settling=tuple(_settling(one, words) for one in answer["settling_facts"]),
        listed_flags=tuple({**flag, "number": sources.number(flag["source"])} for flag in listed),
        other_flags=tuple({**flag, "number": number} for number, flag in enumerate(others, start=1)),
        cites=tuple((cite, words.provisions.get(cite, "")) for cite in _cites(answer)),
        sources=tuple(sources.rows()),
        proof=tuple(proof_rows(nodes)),
    )


def is_settled(answer: Mapping[str, Any]) -> bool:
    """Whether every code of the answer is a decided one."""
    codes = [answer["item_class"], answer["licence_required"], answer["veu_result"]]
    codes += [one["status"] for one in answer["exceptions"]]
    return OPEN.isdisjoint(codes) and (answer["review_policy"] == "na" or answer["review_policy"] in strictness())


def _exception(one: Mapping[str, Any], words: LawWords) -> ExceptionRow:
    name, cite = words.exceptions.get(one["code"], ("", ""))
    conditions = tuple(_condition(one["code"], condition, words) for condition in one["conditions"])
    deciding = tuple(row for row in conditions if row.state in DECIDING.get(one["status"], ()))
    return ExceptionRow(
        one["code"], name, cite, one["status"], one["quantity_tpp"], deciding, conditions, tuple(one["duties"])
    )


def _condition(exception: str | None, one: Mapping[str, Any], words: LawWords) -> ConditionRow:
    return ConditionRow(words.condition(exception, one["id"], one["cite"]), one["state"], one["cite"], one["party"])


def _settling(one: Mapping[str, Any], words: LawWords) -> Settling:
    """An open fact; the strictest outcome first, so that the order of keys in the answer plays no part."""
    label = words.fact(one["fact"]) or word("fact", one["fact"])
    ranks = strictness()
    values = sorted(one["values"].items(), key=lambda pair: (-ranks.get(pair[1], 0), pair))
    return Settling(label, one["fact"], one["party"], tuple((value, outcome(code)) for value, code in values))


def outcome(code: str) -> str:
    """What a value of an open fact leads to: a review policy, or the status of an exception.

    >>> outcome("denial_presumption"), outcome("LPP=no")
    ('presumption of denial', 'LPP: does not apply')
    """
    subject, equals, status = code.partition("=")
    if not equals:
        return word("policy", code)
    kind = "licence_required" if subject == "licence_required" else "exception_status"
    return f"{spaced(subject)}: {word(kind, status)}"


def _cites(answer: Mapping[str, Any]) -> list[str]:
    """Every paragraph that the answer rests on, in the order of their names."""
    parts = [value for key, value in answer.items() if key not in NO_CITATIONS]
    found = {cite for part in (*parts, *answer["proof"]["nodes"]) for cite in _cites_in(part)}
    return sorted({one for cite in found for one in cite.split("; ") if not one.startswith(QUERIES)})


def _cites_in(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("cite"), str):
            yield part["cite"]
        for value in part.values():
            yield from _cites_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _cites_in(value)
