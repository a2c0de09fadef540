"""`topco chain`: every path between two parties, with products, grounds, rings, and a picture."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from ownership_store import add_load, entity, relationship

from topco import knowledge
from topco.cli.main import main
from topco.ownership.parent_tests import parent_test
from topco.ownership.questions.between import between
from topco.ownership.shares import WHOLE
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Run

DAY = date(2026, 1, 31)
SAMPLE = knowledge.root() / "data" / "samples" / "holdings"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(tmp_path_factory.mktemp("chain") / "store", create=True)
    load(store, Tables(), [SAMPLE], DAY, lambda *_: None)
    return store


@pytest.fixture
def run(sample: Store, run: Run) -> Run:
    return partial(run, "chain", "--store", sample.path, "--as-of", DAY)


def answer(store: Store, owner: str, company: str, test: str = "headquarters", limit: int = 100) -> dict[str, Any]:
    return between(store, owner, company, DAY, None, parent_test(test), limit)


def holding(owner: str, owned: str, share: int) -> dict[str, Any]:
    return {
        "owner": owner,
        "owned": owned,
        "interest": "shares",
        "share_exact": share * WHOLE // 100,
        "standing": "Current",
        "record": f"table/{owner}/{owned}",
    }


def test_every_path_with_its_product_and_weakest_link(run: Run) -> None:
    code, out, _ = run("X:apex", "X:target", "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert (document["total"], document["listed"], document["controls"]) == (2, 2, "must")
    assert [path["stations"] for path in document["paths"]] == [
        [["X:apex"], ["X:left"], ["X:target"]],
        [["X:apex"], ["X:right"], ["X:target"]],
    ]
    assert [path["product"]["lower"] for path in document["paths"]] == ["18", "11.5875"]
    assert [path["weakest"]["owner"] for path in document["paths"]] == ["X:left", "X:right"]
    assert document["share"]["lower"] == "29.5875"
    step = next(one for one in document["steps"] if one["owner"] == "X:left")
    assert step["share"] == {"lower": "30", "upper": "30"}
    (ground,) = step["grounds"]
    assert (ground["kind"], ground["counts"], ground["from"], ground["source"]["row"]) == (
        "shares",
        True,
        "2019-01-01",
        9,
    )


def test_a_ring_is_one_station_and_named_with_those_outside(sample: Store) -> None:
    document = answer(sample, "X:outside", "X:ring-c")
    (path,) = document["paths"]
    assert path["stations"] == [["X:outside"], ["X:ring-a", "X:ring-b", "X:ring-c"]]
    assert path["product"] == {bound: document["share"][bound] for bound in ("lower", "upper")}
    assert document["rings"] == [
        {"members": ["X:ring-a", "X:ring-b", "X:ring-c"], "outside_controllers": ["X:outside"]}
    ]
    assert len(document["steps"]) == 4
    inside = answer(sample, "X:ring-a", "X:ring-c")
    assert inside["paths"][0]["steps"] == []
    assert inside["paths"][0]["product"]["lower"] == "42"


def test_no_path_is_a_finding_about_what_is_loaded(run: Run) -> None:
    code, out, err = run("X:target", "X:apex")
    assert (code, err) == (1, "")
    assert "No path in the loaded evidence. X:apex stands above X:target: topco chain X:apex X:target." in out
    code, out, _ = run("X:apex", "X:venture", "--format", "json")
    document = json.loads(out)
    assert (code, document["total"], document["paths"]) == (1, 0, [])
    assert document["finding"] == "no path in the loaded evidence"
    assert document["remedy"].endswith("topco owners X:venture --cut-off 0.")
    assert document["controls"] == "cannot"


@pytest.mark.parametrize("ends", [("X:nobody", "X:target"), ("X:apex", "X:nobody"), ("X:apex", "X:apex")])
def test_unknown_or_equal_ends_are_bad_input(run: Run, ends: tuple[str, str]) -> None:
    code, out, err = run(*ends)
    assert (code, out) == (2, "")
    assert err.startswith("topco: ")


def test_interests_that_no_test_counts_are_shown_as_such(sample: Store) -> None:
    document = answer(sample, "X:birk", "X:vineyard")
    assert (document["controls"], document["total"]) == ("cannot", 1)
    (path,) = document["paths"]
    assert path["product"] == {"lower": None, "upper": None}
    assert path["without_share"] == [{"owner": "X:birk", "company": "X:family-trust"}]
    counts = {ground["kind"]: ground["counts"] for step in document["steps"] for ground in step["grounds"]}
    assert counts == {"trustee": False, "shares": True}


def test_recorded_parents_and_rights_are_steps_and_grounds(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    add_load(store, "lei2", entities=[entity(one, one) for one in ("X:top", "X:mid", "X:low")])
    add_load(
        store,
        "rr",
        relationships=[relationship("X:low", "X:mid"), relationship("X:low", "X:top", "UltimateConsolidation")],
    )
    board = {**holding("X:mid", "X:low", 0), "interest": "board", "share_exact": None}
    add_load(store, "holdings", holdings=[holding("X:top", "X:mid", 60), holding("X:mid", "X:low", 30), board])
    document = answer(store, "X:top", "X:low")
    # straight down on record, and through the company between
    assert [path["stations"] for path in document["paths"]] == [
        [["X:top"], ["X:low"]],
        [["X:top"], ["X:mid"], ["X:low"]],
    ]
    grounds = {(step["owner"], step["company"]): [g["kind"] for g in step["grounds"]] for step in document["steps"]}
    assert grounds == {
        ("X:mid", "X:low"): ["consolidation", "shares", "board"],
        ("X:top", "X:low"): ["ultimate_consolidation"],
        ("X:top", "X:mid"): ["shares"],
    }
    assert document["paths"][1]["product"]["lower"] == "18"
    assert answer(store, "X:top", "X:low", "consolidation")["total"] == 1
    assert answer(store, "X:top", "X:low", "control")["total"] == 1


def test_paths_without_number_are_counted_in_full(tmp_path: Path) -> None:
    rows, names = [], set()
    for level in range(40):
        top, left, right, low = f"X:{level:02}", f"X:{level:02}l", f"X:{level:02}r", f"X:{level + 1:02}"
        names |= {top, left, right, low}
        rows += [holding(top, left, 100), holding(top, right, 100), holding(left, low, 50), holding(right, low, 50)]
    store = Store.open(tmp_path, create=True)
    add_load(store, "lei2", entities=[entity(one, one) for one in sorted(names)])
    add_load(store, "holdings", holdings=rows)
    document = answer(store, "X:00", "X:40", limit=3)
    assert (document["total"], document["listed"], len(document["paths"])) == (2**40, 3, 3)
    assert (document["share"]["lower"], document["controls"]) == ("100", "must")


def test_the_csv_has_a_row_for_each_step(run: Run) -> None:
    code, out, _ = run("X:apex", "X:target", "--format", "csv", "--limit", "1")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [(row["path"], row["step"], row["owner"], row["share_lower"], row["weakest"]) for row in rows] == [
        ("1", "1", "X:apex", "60", "false"),
        ("1", "2", "X:left", "30", "true"),
    ]
    _, out, _ = run("X:ring-a", "X:ring-c", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["step"], row["grounds"], row["product_lower"]) == ("", "ring", "42")


def test_the_picture_shows_parties_shares_and_rings(run: Run) -> None:
    code, out, _ = run("X:outside", "X:ring-c", "--format", "svg")
    assert code == 0
    root = ElementTree.fromstring(out)
    said = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert "Outside Capital (invented), headquarters: CH, legal entity." in said
    assert "Outside Capital (invented) owns 3 companies that own each other: 55 %." in said
    assert "Facts as of 2026-01-31, test headquarters; 1 path." in said
    assert run("X:outside", "X:ring-c", "--format", "svg")[1] == out
    code, out, _ = run("X:target", "X:apex", "--format", "svg")
    assert code == 1
    assert "no path in the loaded evidence" in out


def test_the_page_names_rows_and_rings(run: Run) -> None:
    _, out, _ = run("X:outside", "X:ring-c")
    assert "Paths            1\n" in out
    assert "      shares 55 % (table-holdings-2026-01-31, row 17, from 2017-01-01)\n" in out
    assert "Ring [X:ring-a, X:ring-b, X:ring-c]; controlled from outside by X:outside." in out
    _, out, _ = run("X:apex", "X:target", "--limit", "1")
    assert "Paths            2, the strongest 1 listed (--limit)" in out


def test_the_examples_of_the_page_are_what_the_commands_print(
    sample: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOPCO_STORE", str(sample.path))
    page = (knowledge.root() / "docs" / "ownership-commands.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```text\n\$ topco (.*)\n((?:.*\n)*?)```$", page, re.MULTILINE)
    assert [arguments.split()[0] for arguments, _ in examples] == ["owners", "holdings", "chain"]
    for arguments, expected in examples:
        with pytest.raises(SystemExit):
            main(arguments.split())
        assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == expected.splitlines()
