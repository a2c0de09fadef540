"""Proof objects: grafting, equal statements, order, reading, and what every determination's proof must reach."""

from __future__ import annotations

from typing import Any

import pytest

from licensing_cases import AFTER, BEFORE, case, determine, party
from topco.errors import BadInput
from topco.explain.building import Proof
from topco.explain.proof import KINDS, read_proof
from topco.licensing.cases.recipients import Recipient

NOTE = "classificationNote"


def small() -> dict[str, Any]:
    proof = Proof()
    row = proof.add("asserted", NOTE, {"note": "row says"}, source={"load": "l", "file": "f.csv", "row": 7})
    left = proof.add("inferred", NOTE, {"note": "left"}, cite="1", premises=[row])
    right = proof.add("inferred", NOTE, {"note": "right"}, cite="2", premises=[row])
    return proof.as_json(proof.add("inferred", NOTE, {"note": "top"}, premises=[left, right, left]))


def test_the_conclusion_comes_first_and_each_statement_once() -> None:
    nodes = small()["nodes"]
    assert [node["text"] for node in nodes] == ["top", "left", "right", "row says"]
    assert len(nodes[0]["premises"]) == 2


def test_equal_statements_are_one_and_others_are_not() -> None:
    proof = Proof()
    source = {"load": "l", "row": 1}
    first = proof.add("asserted", NOTE, {"note": "a"}, source=source)
    assert proof.add("asserted", NOTE, {"note": "a"}, source=dict(source)) == first
    others = [
        proof.add("assumed", NOTE, {"note": "a"}, source=source),
        proof.add("asserted", NOTE, {"note": "b"}, source=source),
        proof.add("asserted", NOTE, {"note": "a"}, source={"load": "l", "row": 2}),
        proof.add("asserted", NOTE, {"note": "a"}, source=source, cite="c"),
        proof.add("asserted", NOTE, {"note": "a"}, source=source, premises=[first]),
    ]
    assert len({first, *others}) == 6


def test_what_the_conclusion_does_not_rest_on_is_left_out() -> None:
    proof = Proof()
    proof.add("asserted", NOTE, {"note": "stray"})
    assert [node["text"] for node in proof.as_json(proof.add("inferred", NOTE, {"note": "top"}))["nodes"]] == ["top"]


def test_a_graft_keeps_shape_and_shares_statements() -> None:
    proof = Proof()
    first = proof.graft(small())
    assert proof.graft(small()) == first, "the same proof is taken over once"
    assert proof.as_json(first)["nodes"][1:] != []
    texts = [node["text"] for node in proof.as_json(first)["nodes"]]
    assert texts == [node["text"] for node in small()["nodes"]]
    assert proof.as_json(first)["nodes"][-1]["source"] == {"load": "l", "file": "f.csv", "row": 7}


def test_a_long_chain_is_grafted_without_deep_recursion() -> None:
    proof = Proof()
    last = proof.add("asserted", NOTE, {"note": "row"})
    for number in range(5_000):
        last = proof.add("inferred", NOTE, {"note": f"step {number}"}, premises=[last])
    other = Proof()
    assert len(other.as_json(other.graft(proof.as_json(last)))["nodes"]) == 5_001


def test_a_statement_that_rests_on_itself_is_refused() -> None:
    ring = [
        {"id": "a", "kind": "inferred", "predicate": NOTE, "text": "a", "values": {"note": "a"}, "premises": ["b"]},
        {"id": "b", "kind": "inferred", "predicate": NOTE, "text": "b", "values": {"note": "b"}, "premises": ["a"]},
    ]
    with pytest.raises(ValueError, match="rests on itself"):
        Proof().graft({"version": 1, "nodes": ring})


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind"):
        Proof().add("guessed", NOTE, {"note": "a"})


def test_reading_gives_back_what_was_written() -> None:
    written = small()
    read = read_proof(written, "here")
    assert [node.as_json() for node in read] == written["nodes"]


NODE = {"id": "a", "kind": "asserted", "text": "t"}


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "proof",
        {"version": 2, "nodes": [NODE]},
        {"version": 1},
        {"version": 1, "nodes": []},
        {"version": 1, "nodes": {"a": 1}},
        {"version": 1, "nodes": ["a"]},
        {"version": 1, "nodes": [{"id": "a", "kind": "asserted"}]},
        {"version": 1, "nodes": [{**NODE, "id": ["a"]}]},
        {"version": 1, "nodes": [{**NODE, "kind": "guessed"}]},
        {"version": 1, "nodes": [{**NODE, "source": "row 7"}]},
        {"version": 1, "nodes": [{**NODE, "premises": "b"}]},
        {"version": 1, "nodes": [{**NODE, "premises": ["b"]}]},
        {"version": 1, "nodes": [NODE, NODE]},
    ],
    ids=str,
)
def test_what_is_no_proof_is_refused_in_words(data: Any) -> None:
    with pytest.raises(BadInput):
        read_proof(data, "here")


RESOLUTION = {"proof": small()}
STORE = {
    f"X:{status}": Recipient(
        f"X:{status}", status, status, ("DE",), hqs, status == "joint", "DE", "Top", ("X:T",), ("Top",), RESOLUTION
    )
    for status, hqs in {
        "resolved": ("CN",),
        "conflicting": ("DE", "CN"),
        "joint": ("DE", "CN"),
        "withheld": (),
        "open_top": (),
    }.items()
}
ANSWERS = [
    determine(case(destination, *parties, day=day, **sections), STORE)
    for day in (BEFORE, AFTER)
    for destination, parties, sections in [
        ("DE", (party("DE", "DE", "DE"),), {}),
        ("DE", (party("DE", "DE", "CN"),), {}),
        ("CN", (party("CN", "US", None),), {}),
        ("BR", (party("BR", "BR", "JP"),), {"tallies": {"country_licensed_tpp": 790_000_000}}),
        ("BR", (party("BR", "KY", ["DE", "MO"]),), {}),
        ("HK", (party("HK", "HK", "HK"),), {"conditions": {"dd_certifications": True}}),
        (None, (), {"transaction": {"end_use": None}}),
        *(("DE", ({"role": "ultimate_consignee", "entity": entity},), {}) for entity in STORE),
    ]
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_proof_reaches_the_law_and_a_fact(answer: dict[str, Any]) -> None:
    nodes = {node["id"]: node for node in answer["proof"]["nodes"]}
    assert answer["proof"]["nodes"][0]["text"].startswith("Licence required; review policy: ")
    leaves = [node for node in nodes.values() if not node.get("premises")]
    assert all(node["kind"] != "inferred" for node in leaves), [n["text"] for n in leaves if n["kind"] == "inferred"]
    limbs = [
        node
        for node in nodes.values()
        if node["kind"] == "inferred" and (node.get("cite") or "").startswith("742.6(b)(10)(iii)")
    ]
    assert limbs
    for limb in limbs:
        below = reachable(limb["id"], nodes)
        assert any(node.get("cite") for node in below)
        assert any(node["kind"] in ("asserted", "absent", "assumed") and not node.get("premises") for node in below)


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_supposition_stands_outside_a_branch_that_supposes_it(answer: dict[str, Any]) -> None:
    nodes = {node["id"]: node for node in answer["proof"]["nodes"]}
    branches = [node for node in nodes.values() if node["text"].startswith("If ")]
    inside = {node["id"] for branch in branches for node in reachable(branch["id"], nodes)}
    supposed = [node for node in nodes.values() if node["text"].startswith("Suppose: ")]
    assert all(node["id"] in inside for node in supposed)


def reachable(start: str, nodes: dict[str, Any]) -> list[dict[str, Any]]:
    seen: dict[str, None] = {start: None}
    for name in (queue := [start]):
        for premise in nodes[name].get("premises", ()):
            if premise not in seen:
                seen[premise] = None
                queue.append(premise)
    return [nodes[name] for name in seen]


@pytest.mark.parametrize("entity", list(STORE))
def test_a_party_of_the_store_brings_its_resolution(entity: str) -> None:
    answer = determine(case("DE", {"role": "ultimate_consignee", "entity": entity}), STORE)
    grafted = [node for node in answer["proof"]["nodes"] if node["text"] == "row says"]
    assert [node["source"]["row"] for node in grafted] == [7]


def test_a_stated_fact_leaves_the_store_out_of_its_proof() -> None:
    stated = {"role": "ultimate_consignee", "entity": "X:resolved", "hq_in": "DE", "ultimate_parent_hq_in": "DE"}
    answer = determine(case("DE", stated), STORE)
    assert all(node["text"] != "row says" for node in answer["proof"]["nodes"])


def test_kinds_are_those_that_readers_are_told_of() -> None:
    used = {node["kind"] for answer in ANSWERS for node in answer["proof"]["nodes"]}
    assert used == set(KINDS)
