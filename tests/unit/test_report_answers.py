"""`topco report` of determinations and resolutions: whole, sound, readable aloud, and always the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from html_pages import HTML, SVG, check, headings, tables, text_of

from licensing_cases import AFTER, case, determine, party
from topco import knowledge
from topco.reports.page import answers_page
from topco.reports.reading import read_answers

SAMPLES = knowledge.root() / "data" / "samples"
CASES = SAMPLES / "orders" / "demo-cases.jsonl"
FLEET = {"kind": "uveu", "question": "limits", "hq_in": "US", "ultimate_parent_hq_in": "US"}

ANSWERS = {
    "plain": determine(case("DE", party("DE", "DE", "DE"))),
    "joint": determine(case("DE", party("DE", "DE", ["DE", "CN"]), party(None, None, None, "end_user"))),
    "everything unknown": determine(case(None, day=None)),
    "case by case": determine(case("CN", party("CN", "CN", None), day=AFTER)),
    "other activity": determine(case("DE", transaction={"activity": "service"})),
    "too early": determine(case("DE", day="2023-11-16")),
    "enforced": determine(case("CN", party("CN", "CN", "CN"), reading="enforced")),
    "article": determine(case("IN", party("IN", "IN", "IN"), reading="article")),
    "part of the order": determine(case("IN", party("IN", "IN", "IN"), tallies={"lpp_group_year_tpp": 26_000_000})),
    "listed owners": determine(case("DE", party("DE", "DE", "DE", listed_owner_percent=60), day="2025-10-15")),
    "weights": determine(case("DE", party("DE", "DE", "DE"), item={"eccn": "4E091"})),
    "validated end user": determine(
        case(
            None, transaction={"activity": "veu_check"}, veu={**FLEET, "installed_tpp_by_country": {"US": 80, "IN": 20}}
        )
    ),
}
NAMES = (
    "<script>alert('x')</script>",
    "شركة أبوظبى الوطنية للطاقة - ش م ع",
    "安德阿镆贸易（上海）有限公司",
    'A "B" & C\x07',
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the samples, and answers from it as files."""
    place = tmp_path_factory.mktemp("reports")
    store = ("--store", str(place / "store"))

    def topco(*arguments: object) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "topco.cli.main", *map(str, arguments), *store], capture_output=True
        )
        assert done.returncode in (0, 1, 3), done.stderr

    topco("load", "gleif", SAMPLES / "gleif")
    topco("load", "table", SAMPLES / "holdings", "--vintage", "2026-01-31")
    topco("determine", CASES, "--format", "json", "--output", place / "determinations.jsonl")
    ids = ("X:target", "X:hazy", "X:venture-works", "X:ring-c", "391200PKEUF3Y2NUMW25", "00GBW0Z2GYIER7DHDS71")
    topco("resolve", *ids, "--as-of", "2026-01-31", "--format", "json", "--output", place / "resolutions.jsonl")
    return place


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", ANSWERS)
def test_every_kind_of_determination_is_a_sound_and_whole_page(name: str) -> None:
    answer = read_answers(json.dumps(ANSWERS[name]), name)[0]
    tree = check(answers_page([answer]))
    said = text_of(tree)
    for exception in answer["exceptions"]:
        (rows,) = [rows for caption, rows in tables(tree).items() if caption == f"Conditions of {exception['code']}"]
        assert len(rows) == 1 + len(exception["conditions"])
        assert [row[2] for row in rows[1:]] == [one["cite"] for one in exception["conditions"]]
    for texts in (
        [answer["verdict"], answer["id"], *answer["not_tested"]],
        [flag["question"] for flag in answer["red_flags"]],
        [node["text"] for node in answer["proof"]["nodes"]],
        [one["because"] for one in answer["assumptions"]],
        [one["text"] for one in (*answer["documents"], *answer["limits"])],
        [one["name"] for one in answer["parties"]],
        [one["cite"] for one in (*answer["limbs"], *answer["requirements"], *answer["checks"])],
        [value for fact in answer["settling_facts"] for value in fact["values"]],
        [one for part in answer["coverage"].values() for one in part],
    ):
        missing = [text for text in texts if " ".join(text.split()) not in said]
        assert missing == []


def test_answers_from_registers_name_every_row(folder: Path) -> None:
    for answer in lines(folder / "determinations.jsonl"):
        tree = check(answers_page([answer]))
        (rows,) = [rows for caption, rows in tables(tree).items() if caption.startswith("Rows of registers")]
        shown = {tuple(row[1:]) for row in rows[1:]}
        for one in answer["parties"]:
            found = one["resolution"]
            for source in (
                found["hq"]["source"],
                *(parent["hq_source"] for parent in found["ultimate_parents"]),
                *(step["source"] for step in found["chain"]),
            ):
                assert tuple(str(source[key]) for key in ("load", "file", "row", "record")) in shown
        said = text_of(tree)
        for one in answer["data"]:
            assert re.search(rf"{one['vintage']}, {one['age_days']} days old: [^:]*{one['load']}", said)


def test_facts_say_what_they_rest_on(folder: Path) -> None:
    denial = lines(folder / "determinations.jsonl")[1]
    rows = tables(check(answers_page([denial])))
    (facts,) = [rows for caption, rows in rows.items() if "ultimate consignee" in caption]
    by_name = {row[0]: row[1:] for row in facts}
    assert by_name["located in"] == ["Germany (DE)", "not stated; taken to be the destination, Germany"]
    assert by_name["headquarters"] == ["Germany (DE)", "[1]"]
    assert by_name["ultimate parent's headquarters"][0] == "Russia (RU)"
    assert by_name["ultimate parent"][1].startswith("resolved")
    stated = determine(case("DE", party("DE", "DE", ["DE", "CN"])))
    (facts,) = [
        rows for caption, rows in tables(check(answers_page([stated]))).items() if "ultimate consignee" in caption
    ]
    assert facts[1:] == [
        ["located in", "Germany (DE)", "stated in the case"],
        ["headquarters", "Germany (DE)", "stated in the case"],
        ["ultimate parent's headquarters", "Germany (DE) / China (CN)", "stated in the case"],
    ]
    unknown = determine(case("DE", party("DE", None, None)))
    (facts,) = [
        rows for caption, rows in tables(check(answers_page([unknown]))).items() if "ultimate consignee" in caption
    ]
    assert facts[2] == ["headquarters", "not known", "no source"]


def test_an_open_top_is_shown_as_the_rules_took_it(run: Run, folder: Path, tmp_path: Path) -> None:
    asked = json.loads(CASES.read_text(encoding="utf-8").splitlines()[1])
    asked["parties"] = [{"role": "ultimate_consignee", "entity": "X:target"}]
    (tmp_path / "case.json").write_text(json.dumps(asked), encoding="utf-8")
    taken = "ultimate parent's headquarters, as the rules took it"
    for policy, row in (("strict", [taken, "not known", "open top"]), ("as-recorded", None)):
        more = ("--as-of", "2026-01-31", "--open-top", policy, "--format", "json", "--output", tmp_path / "answer.json")
        assert run("determine", tmp_path / "case.json", "--store", folder / "store", *more)[0] in (0, 3)
        (answer,) = read_answers((tmp_path / "answer.json").read_text(encoding="utf-8"), "answer")
        found = tables(check(answers_page([answer])))
        (facts,) = [rows for caption, rows in found.items() if "ultimate consignee" in caption]
        assert next(one for one in facts if one[0] == "ultimate parent's headquarters")[1] == "China (CN)"
        assert next((one for one in facts if one[0] == taken), None) == row


@pytest.mark.parametrize("name", ["everything unknown", "too early", "rule that may be back"])
def test_what_is_open_is_never_called_settled(name: str) -> None:
    back = case("DE", party("DE", "DE", "DE", listed_owner_percent=60), day="2026-11-20", item={"eccn": "EAR99"})
    answer = determine(back) if name == "rule that may be back" else ANSWERS[name]
    assert answer["settling_facts"] == []
    said = text_of(check(answers_page([answer])))
    assert "The answer is not settled" in said
    assert "names no open fact" not in said
    assert "names no open fact" in text_of(check(answers_page([ANSWERS["enforced"]])))


def test_the_chain_is_drawn_and_stands_as_a_table(folder: Path) -> None:
    target, hazy, *_ = lines(folder / "resolutions.jsonl")
    tree = check(answers_page([target]))
    (picture,) = tree.iter(f"{SVG}svg")
    assert "Apex Group (invented), headquarters: China (CN), highest recorded, not confirmed." in text_of(picture[1])
    rows = tables(tree)["Chain above Target Semiconductors (invented)"]
    assert [row[2] for row in rows[1:]] == ["30 % shares", "22.5 % shares", "60 % shares", "51.5 % shares"]
    tree = check(answers_page([hazy]))
    assert "25 to 75 % shares; the exact share would settle who the parent is" in text_of(tree)
    (picture,) = tree.iter(f"{SVG}svg")
    assert "(possible)" in text_of(picture[1])


def test_several_answers_are_one_page_with_a_list_in_front(folder: Path) -> None:
    answers = [*lines(folder / "determinations.jsonl"), *lines(folder / "resolutions.jsonl")]
    tree = check(answers_page(answers))
    assert len(list(tree.iter(f"{HTML}article"))) == len(answers)
    assert headings(tree)[0] == (1, f"{len(answers)} answers")
    rows = tables(tree)["The answers in this file"]
    assert [row[3] for row in rows[1:]] == [answer["id"] for answer in answers]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_text_whatever_they_hold(name: str, folder: Path) -> None:
    shown = name.replace("\x07", "")
    answer = determine(case("DE", party("DE", "DE", "CN", name=name)))
    tree = check(answers_page([answer]))
    assert shown in text_of(tree)
    (resolution,) = [one for one in lines(folder / "resolutions.jsonl") if one["entity"]["id"] == "X:target"]
    resolution["entity"]["name"] = name
    resolution["ultimate_parents"][0]["name"] = name
    resolution["chain"][0]["source"]["record"] = name
    tree = check(answers_page([resolution]))
    assert headings(tree)[0] == (1, f"Resolution: {shown}")
    assert any(shown in text_of(one) for one in tree.iter(f"{HTML}bdi"))


def test_the_fingerprint_is_that_of_the_canonical_json(folder: Path) -> None:
    (answer, *_) = lines(folder / "determinations.jsonl")
    canonical = json.dumps(answer, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert f"SHA-256 of the answer: {hashlib.sha256(canonical).hexdigest()}" in text_of(check(answers_page([answer])))
    assert "page written by topco" in answers_page([answer])


def test_keys_that_are_not_known_yet_change_nothing_but_the_fingerprint(folder: Path) -> None:
    (answer, *_) = lines(folder / "determinations.jsonl")
    newer = json.loads(json.dumps(answer)) | {"more": {"deep": 1}}
    newer["proof"]["nodes"][0] |= {"later": "x"}
    newer["parties"][0]["resolution"]["chain"][0]["later"] = None
    pages = [answers_page(read_answers(json.dumps(one), "answer")) for one in (answer, newer)]
    differing = [one for one, other in zip(*(page.split("\n") for page in pages), strict=True) if one != other]
    assert len(differing) == 1
    assert "SHA-256" in differing[0]


def test_the_same_answers_give_the_same_bytes(folder: Path) -> None:
    pages = []
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "topco.cli.main", "report", str(folder / "determinations.jsonl")]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        pages.append(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)
    assert pages[0] == pages[1]
    assert len(pages[0]) > 100_000


def test_the_order_of_keys_plays_no_part(folder: Path) -> None:
    """The fingerprint does not see it, so the page must not."""

    def turned(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: turned(part[key]) for key in reversed(part)}
        return [turned(one) for one in part] if isinstance(part, list) else part

    from_registers = [*lines(folder / "determinations.jsonl"), *lines(folder / "resolutions.jsonl")]
    for answer in (*json.loads(json.dumps(list(ANSWERS.values()))), *from_registers):
        assert answers_page([turned(answer)]) == answers_page([answer])


def test_the_command_writes_a_file_or_stdout(run: Run, folder: Path, tmp_path: Path) -> None:
    code, page, err = run("report", folder / "resolutions.jsonl")
    assert (code, err) == (0, "")
    assert run("report", folder / "resolutions.jsonl", "--output", tmp_path / "page.html") == (0, "", "")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    check(page)


def test_determine_writes_the_same_page(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(CASES.read_text(encoding="utf-8").splitlines()[1], encoding="utf-8")
    store = ("--store", folder / "store", "--report", tmp_path / "one.html")
    code, answer, _ = run("determine", tmp_path / "case.json", "--format", "json", *store)
    assert code == 0
    (tmp_path / "answer.json").write_text(answer, encoding="utf-8")
    assert run("report", tmp_path / "answer.json")[1] == (tmp_path / "one.html").read_text(encoding="utf-8")


def test_a_record_is_reported_as_it_was_answered(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(CASES.read_text(encoding="utf-8").splitlines()[1], encoding="utf-8")
    store = ("--store", folder / "store")
    code, answer, _ = run("determine", tmp_path / "case.json", "--record", "--format", "json", *store)
    assert code == 0
    (tmp_path / "answer.json").write_text(answer, encoding="utf-8")
    page = run("report", tmp_path / "answer.json")[1]
    assert run("report", json.loads(answer)["id"], *store) == (0, page, "")
    assert run("report", "rec:999", *store)[0] == 2
    assert run("report", "det:nobody", "--store", tmp_path / "no-store")[0] == 2


def test_several_ways_to_a_statement_are_told_apart() -> None:
    answer = json.loads(json.dumps(ANSWERS["plain"]))
    first, *rest = answer["proof"]["nodes"]
    first["premises"] = [node["id"] for node in rest[:3]]
    first["ways"] = [first["premises"][1:2], first["premises"][2:3]]
    rows = tables(check(answers_page(read_answers(json.dumps(answer), "ways"))))
    (proof,) = [rows for caption, rows in rows.items() if caption.startswith("Every statement of the proof")]
    assert re.fullmatch(r"2; one way: \d+; or: \d+", proof[1][4])


def test_an_answer_without_what_only_a_checker_of_proofs_needs_is_reported() -> None:
    answer = json.loads(json.dumps(ANSWERS["joint"]))
    answer["proof"] = {
        "version": 1,
        "nodes": [
            {key: value for key, value in node.items() if key not in ("predicate", "values", "ways")}
            for node in answer["proof"]["nodes"]
        ],
    }
    check(answers_page(read_answers(json.dumps(answer), "as the contract has it")))


def changed(**keys: Any) -> str:
    return json.dumps({**ANSWERS["plain"], **keys})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file is empty."),
        (" \n\n", "The file is empty."),
        ("not json", "This is not JSON"),
        ("[]", "There is no answer in it."),
        ("3", "This is not an answer"),
        ('{"case": "C1"}', "This is not an answer"),
        ('{"id": "det:1"}', "There is no proof of version 1 in it."),
        (changed(id="rec:1"), "This is not an answer"),
        (changed(proof={"version": 2, "nodes": []}), "There is no proof of version 1 in it."),
        (changed(review_policy="lenient"), "This determination is none of this version: review_policy"),
        (changed(limbs=None), "This determination is none of this version: limbs"),
        (json.dumps({k: v for k, v in ANSWERS["plain"].items() if k != "law"}), "none of this version: law"),
        (json.dumps([ANSWERS["plain"], {"id": "x"}]), "answer 2"),
        (json.dumps(ANSWERS["plain"]) + "\n{broken\n", "line 2"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_no_answer_is_refused_with_a_sentence(run: Run, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "given.json").write_text(text, encoding="utf-8")
    code, out, err = run("report", tmp_path / "given.json", "--output", tmp_path / "page.html")
    assert (code, out) == (2, "")
    assert err.startswith("topco: ")
    assert len(err.splitlines()) == 1
    assert said in err
    assert not (tmp_path / "page.html").exists()


def test_a_report_is_of_one_thing(run: Run, tmp_path: Path) -> None:
    for arguments in ((), ("a.json", "--screening", "b.csv"), ("a.json", "--about", "x=y")):
        code, out, err = run("report", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith("topco: ")
    assert run("report", tmp_path / "missing.json")[0] == 2
