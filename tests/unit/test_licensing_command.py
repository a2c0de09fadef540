"""`topco determine` and `topco rules` as commands: exit codes, streams, refused cases, what is not modelled."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from topco.cli.main import cli
from topco.errors import TopcoError

PARTY = {"role": "ultimate_consignee", "name": "A", "located_in": "DE", "hq_in": "DE", "ultimate_parent_hq_in": "DE"}
PLAIN: dict[str, Any] = {
    "id": "plain",
    "transaction": {"date": "2025-08-01", "activity": "export", "destination": "DE"},
    "item": {"eccn": "3A090.a"},
    "parties": [PARTY],
}


def changed(**sections: Any) -> dict[str, Any]:
    return {
        **PLAIN,
        **{
            name: {**PLAIN.get(name, {}), **values} if isinstance(values, dict) else values
            for name, values in sections.items()
        },
    }


def run(command: str, *arguments: str, stdin: str | bytes | None = None) -> tuple[int, str, str]:
    """Exit code, stdout, and stderr or the error's words; anything but an error of ours is a failure."""
    result = CliRunner().invoke(cli, [command, *arguments], input=stdin, standalone_mode=False)
    if isinstance(result.exception, TopcoError):
        return result.exception.exit_code, result.stdout, str(result.exception)
    assert result.exception is None, result.exception
    return result.return_value, result.stdout, result.stderr


def one(case: Any, *arguments: str) -> tuple[int, str, str]:
    return run("determine", "-", "--format", "json", *arguments, stdin=json.dumps(case))


def test_an_answered_case() -> None:
    code, stdout, stderr = one(PLAIN)
    assert (code, stderr) == (0, "")
    assert json.loads(stdout)["review_policy"] == "approval"


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (changed(transaction={"date": "2023-11-16"}), "no rules for 2023-11-16"),
        (changed(transaction={"date": "2028-01-01"}), "no rules for 2028-01-01"),
        (changed(transaction={"date": "2023-11-16"}, reading="enforced"), "reading 'enforced'"),
        (changed(transaction={"date": "2025-01-12"}, reading="article"), "reading 'article'"),
        (changed(transaction={"activity": None}), "not stated"),
        (changed(transaction={"destination": "US"}), "United States"),
        (changed(transaction={"destination": "PR"}), "Puerto Rico"),
        (changed(transaction={"activity": "domestic"}), "abroad"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_modelled_ends_with_code_3_and_says_so(case: dict[str, Any], words: str) -> None:
    code, stdout, _ = one(case)
    answer = json.loads(stdout)
    assert code == 3
    assert answer["verdict"].startswith("Not determined: ")
    assert words in answer["verdict"]
    assert (answer["licence_required"], answer["review_policy"]) == ("unknown", "undetermined")
    assert answer["not_tested"]


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({"transaction": {"date": "2023-11-17"}}, (0, "no", "na")),
        ({"transaction": {"date": "2025-05-14"}}, (0, "no", "na")),
        ({"transaction": {"date": "2027-12-31"}}, (0, "yes", "approval")),
        ({"reading": "enforced"}, (0, "no", "na")),
        ({"reading": "article"}, (0, "yes", "approval")),
        ({"transaction": {"activity": "deemed_export"}}, (0, "no", "na")),
        ({"transaction": {"activity": "deemed_reexport"}}, (0, "no", "na")),
        ({"transaction": {"activity": "domestic", "destination": "US"}}, (0, "no", "na")),
        ({"transaction": {"activity": "service"}}, (0, "no", "na")),
        ({"transaction": {"activity": "use"}}, (3, "unknown", "na")),
        ({"transaction": {"activity": "veu_check"}}, (3, "na", "na")),
        ({"transaction": {"activity": "classify"}}, (0, "na", "na")),
        ({"item": {"eccn": "EAR99"}}, (0, "no", "na")),
        ({"item": {"eccn": "3A090.b"}}, (0, "no", "na")),
        ({"item": {"eccn": "3A090"}}, (3, "unknown", "undetermined")),
        ({"item": {"eccn": "3E001"}}, (3, "unknown", "undetermined")),
        ({"item": {"eccn": "4E091"}}, (0, "yes", "none_stated")),
        ({"item": {"eccn": "5A002.z.1.a"}}, (0, "yes", "approval")),
        ({"item": {"eccn": None}}, (3, "unknown", "undetermined")),
        ({"item": {"subject_to_ear": False}}, (0, "no", "na")),
    ],
    ids=str,
)
def test_every_kind_of_case_is_answered(sections: dict[str, Any], expected: tuple[int, str, str]) -> None:
    code, stdout, _ = one(changed(**sections))
    answer = json.loads(stdout)
    assert (code, answer["licence_required"], answer["review_policy"]) == expected
    assert not answer["verdict"].startswith("Not determined: ")
    assert answer["not_tested"]


def test_an_undetermined_case_ends_with_code_3_and_in_a_batch_with_0() -> None:
    unknown = changed(parties=[{**PARTY, "ultimate_parent_hq_in": None}])
    assert one(unknown)[0] == 3
    assert one([unknown])[0] == 3, "a list of one case is a single subject"
    code, stdout, _ = one([unknown, changed(reading="article")])
    assert code == 0
    assert len(stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("case", "path"),
    [
        (changed(colour="red"), "colour"),
        (changed(transaction={"speed": 1}), "transaction.speed"),
        (changed(transaction={"activity": "smuggle"}), "transaction.activity"),
        (changed(transaction={"date": "2025-13-01"}), "transaction.date"),
        (changed(transaction={"date": 1748736000}), "transaction.date"),
        (changed(transaction={"date": "2025-06-01T00:00:00"}), "transaction.date"),
        (changed(transaction={"quantity_tpp": -1}), "transaction.quantity_tpp"),
        (changed(transaction={"quantity_tpp": True}), "transaction.quantity_tpp"),
        (changed(transaction={"quantity_tpp": float("nan")}), "transaction.quantity_tpp"),
        (changed(transaction={"quantity_tpp": float("inf")}), "transaction.quantity_tpp"),
        (changed(transaction={"quantity_tpp": "1e999999"}), "transaction.quantity_tpp"),
        (changed(transaction={"units": 1.5}), "transaction.units: value error, write a whole number"),
        (changed(transaction={"units": 0}), "transaction.units: value error, write a whole number"),
        (changed(parties=[{**PARTY, "listed_owner_percent": 150}]), "parties[0].listed_owner_percent"),
        (
            changed(parties=[{**PARTY, "minority_holders": [{"percent": 101}]}]),
            "parties[0].minority_holders[0].percent",
        ),
        (changed(item={"training_operations": float("inf")}), "item.training_operations"),
        (changed(transaction={"destination": "Germany"}), "transaction.destination"),
        (changed(transaction={"destination": "ZZ"}), "destination"),
        (changed(transaction={"end_use": ["gaming"]}), "transaction.end_use[0]"),
        (changed(parties=[{**PARTY, "role": "uncle"}]), "parties[0].role"),
        (changed(parties=[PARTY, {**PARTY, "hq_in": ["CN", None]}]), "parties[1].hq_in[1]"),
        (changed(parties=[PARTY, {**PARTY, "hq_in": []}]), "parties[1].hq_in"),
        (changed(parties=[{**PARTY, "ultimate_parent_hq_in": "QQ"}]), "parties[0].ultimate_parent_hq_in"),
        (changed(parties=[{**PARTY, "located_in": ["DE", "FR"]}]), "parties[0].located_in"),
        (changed(conditions={"aia_certification": "perhaps"}), "conditions.aia_certification"),
        (changed(conditions={"luck": True}), "conditions.luck"),
        (changed(transaction={"quantity_tpp": 1, "units": 2}, item={"tpp": 2}), "transaction.units"),
        ("text", "one JSON object"),
        (5, "one JSON object"),
        ([], "no case"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_input_ends_with_code_2_and_names_the_path(case: Any, path: str) -> None:
    code, stdout, words = one(case)
    assert code == 2
    assert stdout == ""
    assert path in words
    assert "standard input" in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no case"),
        ("  \n", "no case"),
        ('{\n "id": 1,\n}', "line 3, column 1"),
        ('\n\n{"id": }', "line 3, column 8"),
        ('{"id": "a", "id": "b"}', "'id' is given twice"),
        ("[" * 100_000, "cannot be read"),
        ('{"transaction": {"quantity_tpp": ' + "1" * 5_000 + "}}", "cannot be read"),
        ('{"id": "\\ud800"}', "half of a letter"),
        (b"\xff\xfe", "not UTF-8"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "bytes",
)
def test_what_is_no_json_is_bad_input_with_its_place(text: str | bytes, words: str) -> None:
    code, stdout, message = run("determine", "-", stdin=text)
    assert (code, stdout) == (2, "")
    assert words in message


def test_refused_cases_do_not_keep_others_from_being_answered(tmp_path: Path) -> None:
    lines = [
        json.dumps(PLAIN),
        json.dumps(changed(id="odd", colour="red")),
        '{"id": "broken"',
        json.dumps(changed(id="nowhere", transaction={"destination": "ZZ"})),
        json.dumps(changed(id="last", reading="article")),
    ]
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    code, stdout, stderr = run("determine", str(path), "--format", "json")
    assert code == 2
    assert [json.loads(line)["case"] for line in stdout.splitlines()] == ["plain", "last"]
    for number, words in [(2, "colour"), (3, "not JSON"), (4, "'ZZ'")]:
        assert any(f"line {number}" in line and words in line for line in stderr.splitlines())
    assert "3 of 5 cases were refused" in stderr


def test_a_byte_order_mark_is_no_part_of_the_case(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(PLAIN).encode())
    assert run("determine", str(path))[0] == 0
    assert run("determine", "-", stdin=path.read_bytes())[0] == 0


def test_options_win_over_the_case() -> None:
    code, stdout, _ = one(PLAIN, "--reading", "article")
    assert (code, json.loads(stdout)["reading"]) == (0, "article")
    enforced = json.loads(one(changed(reading="article"), "--reading", "enforced")[1])
    assert (enforced["reading"], enforced["licence_required"]) == ("enforced", "no")
    chinese = changed(parties=[{**PARTY, "ultimate_parent_hq_in": "KH"}])
    answers = [json.loads(one(chinese, "--rules-as-of", day)[1]) for day in ("2025-11-06", "2025-11-07")]
    assert [answer["review_policy"] for answer in answers] == ["denial_presumption", "approval"]
    assert {answer["as_of"] for answer in answers} == {"2025-08-01"}


def test_a_parent_test_that_does_not_exist_is_refused_though_no_store_is_asked() -> None:
    code, stdout, words = one(PLAIN, "--test", "nosuch")
    assert (code, stdout) == (2, "")
    assert "Use one of headquarters" in words


def test_csv_and_table() -> None:
    code, stdout, _ = run("determine", "-", "--format", "csv", stdin=json.dumps([PLAIN, changed(reading="enforced")]))
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(stdout)))
    assert [row["review_policy"] for row in rows] == ["approval", "na"]
    statuses = dict(cell.split("=") for cell in rows[0]["exceptions"].split(";"))
    assert list(statuses) == ["ACA", "ACM", "AIA", "LPP", "NAC"]
    assert (statuses["AIA"], statuses["NAC"]) == ("undetermined", "no")
    code, stdout, _ = run("determine", "-", stdin=json.dumps(PLAIN))
    assert code == 0
    assert stdout.startswith("Case plain: Licence required; presumption of approval: ")
    assert "Not tested: " in stdout
    assert "INFERRED   Licence required" in stdout


def test_a_party_of_a_store_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    asked = changed(parties=[{"role": "ultimate_consignee", "entity": "LEI:00000000000000000000"}])
    code, stdout, words = one(asked, "--store", str(tmp_path / "none"))
    assert (code, stdout) == (2, "")
    assert "no store" in words


def test_rules_are_listed_shown_and_covered() -> None:
    code, stdout, _ = run("rules", "list", "--rules-as-of", "2026-02-01", "--format", "csv")
    assert code == 0
    names = [row["rule"] for row in csv.DictReader(io.StringIO(stdout))]
    assert "codified/review-case-by-case" in names
    early = run("rules", "list", "--rules-as-of", "2026-01-14", "--format", "csv")[1]
    assert "codified/review-case-by-case" not in early
    assert "SELECT" in run("rules", "show", "review-macau-d5", "--rules-as-of", "2026-02-01")[1]
    assert run("rules", "show", "nothing", "--rules-as-of", "2026-02-01")[0] == 2
    assert run("rules", "list", "--rules-as-of", "2023-11-16")[0] == 3
    enforced = run("rules", "list", "--rules-as-of", "2026-02-01", "--reading", "enforced", "--format", "csv")[1]
    assert "codified/review-supplement-5a" in names
    assert "codified/review-supplement-5a" not in enforced, "what is announced not to be enforced"
    covered = json.loads(run("rules", "coverage", "--rules-as-of", "2026-02-01", "--format", "json")[1])
    assert "742.6(a)(6)(iii)(A)" in covered["modelled"]
