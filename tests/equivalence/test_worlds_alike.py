"""A rule is asked about one of the worlds that it cannot tell apart: the findings are those of asking about all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from topco.licensing.cases.case import parse_case
from topco.licensing.determine import Determiner, Options
from topco.licensing.law.rule import Rule
from topco.licensing.weighing import engine as engine_module
from topco.licensing.weighing.worlds import open_facts, worlds

DETERMINER = Determiner(Options(), None, [], date(2026, 11, 24))
PLACES = st.sampled_from([None, None, "DE", "IN", "CN", "SA", "AE", "MO", "KY"])
MAYBE = st.sampled_from([None, True, False])


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Cases with few enough unknown facts, of every kind of item."""
    day = draw(st.sampled_from(["2024-06-01", "2025-06-01", "2025-10-01", "2026-08-01", "2027-02-01"]))
    item = draw(st.sampled_from(["3A090.a", "3A090.b", "3A090.c", "4E091", "5A002.z.1.a", "3E001", "EAR99", None]))
    roles = draw(st.sampled_from([("ultimate_consignee",), ("ultimate_consignee", "end_user"), ("purchaser",)]))
    parties = []
    for number, role in enumerate(roles):
        party: dict[str, Any] = {"role": role, "private_sector": draw(MAYBE), "supp8_paragraph": draw(NOTED)}
        party["located_in"], party["hq_in"] = draw(PLACES), draw(PLACES if number == 0 else KNOWN)
        party["ultimate_parent_hq_in"] = draw(PLACES if number == 0 else KNOWN)
        parties.append(party)
    return {
        "reading": draw(st.sampled_from(["codified", "enforced"])),
        "transaction": {"date": day, "activity": "export", "destination": draw(KNOWN), "end_use": ["production"]},
        "item": {"eccn": item, "datacentre": draw(MAYBE), "origin": draw(st.sampled_from([None, "TW"]))},
        "parties": parties,
        "conditions": {"knowledge_of_parent": draw(MAYBE), "dd_certifications": draw(MAYBE)},
    }


KNOWN = st.sampled_from(["DE", "IN", "CN", "SA", "AE"])
NOTED = st.sampled_from([None, "a", "b", "none"])


class EveryWorld(engine_module._Quotient):
    """No two worlds are alike."""

    def of(self, rule: Rule) -> dict[int, list[int]]:
        return {number: [number] for number in self.concluded}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=cases())
def test_worlds_that_a_rule_cannot_tell_apart_have_its_findings_in_common(data: dict[str, Any]) -> None:
    case = parse_case(data, "case")
    prepared = DETERMINER.prepare(case, DETERMINER.frame(case))
    facts = DETERMINER.builder(prepared).build(case, {}, "case")
    every = worlds(facts, open_facts(facts))[:400]
    quick = prepared.engine.run(facts, every)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "_Quotient", EveryWorld)
        slow = prepared.engine.run(facts, every)
    for one, other in zip(quick, slow, strict=True):
        assert [(f.rule.name, f.party, f.rule.exception) for f in one] == [
            (f.rule.name, f.party, f.rule.exception) for f in other
        ]
        assert [f.evidence.get("state") for f in one] == [f.evidence.get("state") for f in other]
        assert [set(f.evidence) for f in one] == [set(f.evidence) for f in other]
