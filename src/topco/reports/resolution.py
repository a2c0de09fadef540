"""What a report of a resolution shows beside the answer itself: facts and chain with their sources, and the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from topco.explain.proof import read_proof
from topco.reports.chain import Chain, chain_of
from topco.reports.facts import Fact, resolution_facts
from topco.reports.proof_rows import ProofRow, proof_rows
from topco.reports.reading import fingerprint
from topco.reports.sources import Sources
from topco.reports.words import status, status_sentence


@dataclass(frozen=True)
class ResolutionReport:
    """Everything that the page of one resolution shows."""

    kind = "resolution"
    answer: Mapping[str, Any]
    sha256: str
    status: str
    sentence: str
    notes: tuple[tuple[str, str], ...]
    facts: tuple[Fact, ...]
    chain: Chain
    sources: tuple[Mapping[str, Any], ...]
    proof: tuple[ProofRow, ...]


def resolution_report(answer: Mapping[str, Any]) -> ResolutionReport:
    """The report of one resolution that was read with `read_answers`."""
    sources = Sources()
    facts = tuple(resolution_facts(answer, sources))
    chain = chain_of(answer, sources)
    return ResolutionReport(
        answer=answer,
        sha256=fingerprint(answer),
        status=status(answer["status"]),
        sentence=status_sentence(answer["status"]),
        notes=tuple((status(note), status_sentence(note)) for note in answer["notes"]),
        facts=facts,
        chain=chain,
        sources=tuple(sources.rows()),
        proof=tuple(proof_rows(read_proof(answer["proof"], answer["id"]))),
    )
