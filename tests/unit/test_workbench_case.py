"""The page of a case: a case is a link, a link is the case, and what the page says is what the command says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from html_pages import HTML, parsed, text_of

from served_sample import GERMAN, TOKEN, client, writing_client
from topco import knowledge
from topco.application.application import Application
from topco.application.questions import OPTIONS, PARTY, groups, shape_of
from topco.application.relevance import Stated, spared
from topco.licensing.cases import case_shape
from topco.licensing.cases.case import Case
from topco.licensing.cases.case_files import CaseRead, read_cases
from topco.licensing.cases.case_keys import pairs_of
from topco.licensing.cases.case_reading import case_of
from topco.licensing.cases.case_shape import COUNT, NUMBER, TRUTH, WORD, Shape
from topco.reports.determination import determination_report
from topco.reports.reading import read_answers
from topco.server.workbench.case_answer import tone_of
from topco.server.workbench.case_open import OpenFacts, labels_of
from topco.server.workbench.case_state import LONGEST, query, state_of, state_of_query

SAMPLES = knowledge.root() / "data" / "samples" / "orders" / "demo-cases.jsonl"
PLAIN = (
    "transaction.date=2025-06-01&transaction.activity=export&transaction.destination=DE&item.eccn=3A090.a"
    "&ultimate_consignee.hq_in=DE"
)
CODES = ("item_class", "eccn", "licence_required", "review_policy", "veu_result")


@pytest.fixture(scope="module")
def reader(sample: Path) -> TestClient:
    return client(sample)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return Application(tmp_path_factory.mktemp("nothing") / "store")


def cases_of(text: str) -> dict[str, Case]:
    read = [one.case for one in read_cases(text, "the cases")]
    assert all(isinstance(one, Case) for one in read)
    return {str(one.id): one for one in read if isinstance(one, Case)}


def codes(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: answer[key] for key in CODES} | {one["code"]: one["status"] for one in answer["exceptions"]}


def determined(application: Application, case: Case) -> dict[str, Any]:
    return application.cases.determine_read([CaseRead("the case", case)])[0].answer


# --- a case is a link ---


def test_sample_cases_come_back_from_their_links() -> None:
    cases = cases_of(SAMPLES.read_text(encoding="utf-8"))
    assert len(cases) == 4
    for name, case in cases.items():
        read = state_of_query(query(pairs_of(case))).read
        assert read.errors == {}, name
        assert read.case is not None
        assert read.case.model_dump(exclude={"title"}) == case.model_dump(exclude={"title"}), name


ODD = {
    "parties": [
        {"role": "end_user", "minority_holders": []},
        {"role": "end_user"},
        {"role": "purchaser", "minority_holders": [{}, {"percent": "5"}], "name": '"A & B"; <i>Ü</i>'},
        {"role": "employer", "name": ""},
        {"role": "end_user", "hq_in": ["DE", "CN"]},
    ],
    "veu": {"kind": "uveu", "installed_tpp_by_country": {"IN": None, "a:b": 5, "GB": "1e5"}},
    "item": {
        "derived_from_published": {},
        "processing_units": [{"operations": [{"value": "3", "unit": "TOPS"}, {}], "count": 2}],
        "for_item": {"kind": "computer", "contains": [{"tpp": "5", "count": 8}]},
        "training": {},
        "note2_as_of": "2025-01-01",
    },
    "transaction": {"end_use": ["storage", "other"], "units": 7},
    "tallies": {"lpp_receipts": [{"date": "2025-03-10", "tpp": "26900000"}]},
}


@pytest.mark.parametrize(
    "data",
    [
        ODD,
        {"item": {"derived_from_published": False}},
        {"veu": {"kind": "nveu", "installed_tpp_by_country": {"a;b": 3}}},
    ],
)
def test_everything_that_the_format_can_say_goes_into_a_link(data: dict[str, Any]) -> None:
    case = Case.model_validate(data)
    read = case_of(parse_qsl(query(pairs_of(case)), keep_blank_values=True))
    assert read.errors == {}
    assert read.case == case


@pytest.mark.shared
def test_the_worked_cases_get_the_same_answer_through_their_links(shared_reference: Path, empty: Application) -> None:
    text = (shared_reference / "regulation-cases.jsonl").read_text(encoding="utf-8")
    cases = cases_of(text)
    assert len(cases) == 72
    for name, case in cases.items():
        state = state_of_query(query(pairs_of(case)))
        assert state.errors == {}, name
        assert state.read.case is not None
        assert determined(empty, state.read.case) == determined(empty, case), name


def test_the_page_and_the_command_give_the_same_answer(
    sample: Path, reader: TestClient, run: Any, tmp_path: Path
) -> None:
    for name, case in cases_of(SAMPLES.read_text(encoding="utf-8")).items():
        link = query(pairs_of(case))
        file = tmp_path / "case.json"
        file.write_text(reader.get(f"/case/case.json?{link}").text, encoding="utf-8")
        _, out, _ = run("determine", file, "--store", sample, "--format", "json")
        assert reader.get(f"/case/determination.json?{link}").json() == json.loads(out), name
        page = reader.get(f"/case?{link}")
        assert page.status_code == 200
        shown = text_of(parsed(page.text))
        assert " ".join(json.loads(out)["verdict"].split())[:80] in shown, name


def test_columns_of_an_order_file_are_taken_for_their_facts() -> None:
    state = state_of_query("eccn=EAR99&destination=DE&consignee=LEI:A&end_user.hq_in=CN&order_id=7&date=2025-06-01")
    assert state.errors == {}
    assert state.link == (
        "item.eccn=EAR99&transaction.destination=DE&ultimate_consignee.entity=LEI:A&end_user.hq_in=CN&id=7"
        "&transaction.date=2025-06-01"
    )


# --- the questions ---


def facts(prefix: str, shape: Shape) -> Iterator[str]:
    for name in shape.parts:
        yield f"{prefix}.{name}"


def test_every_fact_of_the_format_is_asked_once() -> None:
    asked = [question.key for group in groups() for question in group.questions]
    assert len(asked) == len(set(asked))
    wanted = {"id", "reading", *OPTIONS}
    for name, shape in case_shape.sections().items():
        if name != "parties" and shape.parts:
            wanted |= set(facts(name, shape))
    wanted |= set(facts(PARTY, case_shape.party()))
    assert set(asked) == wanted


def test_every_question_has_words_and_every_relevance_names_real_answers() -> None:
    for group in groups():
        assert group.label
        for question in group.questions:
            assert question.label, question.key
            assert "_" not in question.label, question.key
            for key, answers in (*group.needs.answers, *question.needs.answers):
                shape = shape_of(key)
                assert shape is not None
                assert set(answers) < set(shape.words), question.key
            if question.needs.not_beside is not None:
                assert shape_of(question.needs.not_beside) is not None, question.key


def test_unknown_is_the_answer_that_stands_first_everywhere(reader: TestClient) -> None:
    tree = parsed(reader.get("/case").text)
    selects = list(tree.iter(f"{HTML}select"))
    assert len(selects) > 30
    for select in selects:
        assert (select[0].get("value"), text_of(select[0])) == ("", "not known"), select.get("name")
        assert not any(option.get("selected") is not None for option in select)
    names = [one.get("name") for kind in ("input", "select", "textarea") for one in tree.iter(f"{HTML}{kind}")]
    assert "conditions.part_744_746_bar" in names
    assert "ultimate_consignee.ultimate_parent_hq_in" in names


def test_nothing_is_asked_twice(reader: TestClient) -> None:
    tree = parsed(reader.get(f"/case?{PLAIN}&end_user.hq_in=CN&end_user.2.name=B").text)
    (form,) = [one for one in tree.iter(f"{HTML}form") if one.get("id") == "case"]
    seen: dict[str, int] = {}
    for kind in ("input", "select", "textarea"):
        for one in form.iter(f"{HTML}{kind}"):
            if one.get("type") not in ("checkbox", "hidden"):
                seen[str(one.get("name"))] = seen.get(str(one.get("name")), 0) + 1
    assert {name for name, count in seen.items() if count > 1} == set()
    assert {"end_user.hq_in", "end_user.2.name", "ultimate_consignee.hq_in"} <= set(seen)


@pytest.mark.shared
def test_the_form_sends_what_the_link_said(shared_reference: Path, reader: TestClient) -> None:
    """What a browser would send back without touching anything is the same case."""
    text = (shared_reference / "regulation-cases.jsonl").read_text(encoding="utf-8")
    for name, case in list(cases_of(text).items())[::4]:
        link = query(pairs_of(case))
        tree = parsed(reader.get(f"/case?{link}").text)
        (form,) = [one for one in tree.iter(f"{HTML}form") if one.get("id") == "case"]
        again = state_of(sent(form))
        assert again.read.case == state_of_query(link).read.case, name


def sent(form: Any) -> list[tuple[str, str]]:
    """What a browser sends of a form."""
    found = []
    for one in form.iter():
        tag, name = str(one.tag).rpartition("}")[2], one.get("name")
        if tag == "input" and name and (one.get("type") != "checkbox" or one.get("checked") is not None):
            found.append((name, one.get("value") or ""))
        elif tag == "textarea" and name:
            found.append((name, one.text or ""))
        elif tag == "select" and name:
            found += [(name, o.get("value")) for o in one.iter(f"{HTML}option") if o.get("selected") is not None]
    return found


# --- what is folded away ---


def trials(key: str, shape: Shape) -> list[str]:
    if shape.kind == TRUTH:
        return ["true", "false"]
    if shape.kind == WORD:
        return list(shape.words)
    return ["1", "5000"] if shape.kind in (NUMBER, COUNT) else []


@pytest.mark.shared
def test_a_fact_that_is_folded_away_changes_no_code(shared_reference: Path, empty: Application) -> None:
    text = (shared_reference / "regulation-cases.jsonl").read_text(encoding="utf-8")
    wrong, tried = [], 0
    for name, case in list(cases_of(text).items())[::8]:
        if not case.item.model_fields_set:
            continue  # any fact of an item makes one of which nothing else is known
        state = state_of_query(query(pairs_of(case)))
        answer = determined(empty, case)
        folded = spared(Stated(state.texts, state.read.parties, answer))
        for group in groups():
            for question in group.questions:
                if question.key not in folded or question.needs.not_beside in state.texts:
                    continue
                for value in trials(question.key, question.shape):
                    changed = state_of_query(state.with_fact(question.key, value)).read
                    if changed.case is None:
                        continue
                    tried += 1
                    if codes(determined(empty, changed.case)) != codes(answer):
                        wrong.append((name, question.key, value))
    assert wrong == []
    assert tried > 60


def test_what_is_folded_is_still_there_and_what_is_answered_is_not_folded(reader: TestClient) -> None:
    tree = parsed(reader.get(f"/case?{PLAIN}&conditions.dd_certifications=true").text)
    rest = [one for one in tree.iter(f"{HTML}details") if one.get("class") == "rest"]
    folded = {
        question.get("data-key") for one in rest for question in one.iter(f"{HTML}div") if question.get("data-key")
    }
    assert "transaction.released_to_nationality" in folded
    assert "ultimate_consignee.supp8_approved" in folded
    assert "conditions.dd_certifications" not in folded
    every = {one.get("data-key") for one in tree.iter(f"{HTML}div")}
    assert {
        question.key for group in groups() for question in group.questions if not question.key.startswith(PARTY)
    } <= every


def test_a_question_names_the_exceptions_that_ask_it(reader: TestClient) -> None:
    tree = parsed(reader.get(f"/case?{PLAIN}").text)
    said = {one.get("id"): text_of(one) for one in tree.iter(f"{HTML}p") if (one.get("id") or "").startswith("h-")}
    assert said["h-conditions.aia_certification"] == "Asked for AIA."
    assert said["h-conditions.part_744_746_bar"] == "Asked for ACA, ACM, AIA, LPP, NAC."
    assert said["h-tallies.lpp_group_year_tpp"].endswith("Asked for LPP.")
    assert "Asked for" not in said["h-transaction.destination"]


# --- links that settle ---


@pytest.mark.shared
def test_a_link_that_settles_a_fact_gives_what_it_promises(shared_reference: Path, empty: Application) -> None:
    text = (shared_reference / "regulation-cases.jsonl").read_text(encoding="utf-8")
    followed = stated = 0
    for name, case in cases_of(text).items():
        if not any(party.ultimate_parent_hq_in for party in case.parties):
            continue
        first, *others = case.parties
        party = first.model_copy(update={"ultimate_parent_hq_in": None})
        case = case.model_copy(update={"parties": (party, *others)})
        state, answer = state_of_query(query(pairs_of(case))), determined(empty, case)
        report = determination_report(read_answers(json.dumps(answer, default=str), name)[0])
        opened = OpenFacts(answer, state)
        values = {one["fact"]: one["values"] for one in answer["settling_facts"]}
        for place in opened.places(report.settling):
            for words, link in place.links.items():
                followed += 1
                changed = state_of_query(link).read.case
                assert changed is not None
                policy = values[place.settling.code][words]
                if "=" not in policy and len(opened.places(report.settling)) == 1:
                    assert determined(empty, changed)["review_policy"] == policy, (name, words)
        for condition in opened.conditions(report.settling):
            stated += len(condition.states)
            for _, link in condition.states:
                changed = state_of_query(link).read.case
                assert changed is not None
                assert codes(determined(empty, changed)) != codes(answer) or len(condition.questions) == 1, name
    assert followed > 30
    assert stated > 0


# --- the verdict ---


def test_what_is_open_is_never_good(empty: Application) -> None:
    for link, tone in (
        (PLAIN, "warn"),
        (PLAIN.replace("hq_in=DE", "hq_in=CN"), "bad"),
        (PLAIN.replace("export", "classify"), "plain"),
        (PLAIN.replace("3A090.a", "EAR99") + "&ultimate_consignee.ultimate_parent_hq_in=DE", "good"),
    ):
        case = state_of_query(link).read.case
        assert case is not None
        answer = determined(empty, case)
        report = determination_report(read_answers(json.dumps(answer, default=str), link)[0])
        assert tone_of(answer, is_settled=report.is_settled) == tone, (link, answer["verdict"])


@pytest.mark.shared
def test_no_worked_case_that_is_open_is_good(shared_reference: Path, empty: Application) -> None:
    text = (shared_reference / "regulation-cases.jsonl").read_text(encoding="utf-8")
    tones = set()
    for name, case in cases_of(text).items():
        answer = determined(empty, case)
        report = determination_report(read_answers(json.dumps(answer, default=str), name)[0])
        tone = tone_of(answer, is_settled=report.is_settled)
        tones.add(tone)
        open_codes = {answer["licence_required"], answer["review_policy"], answer["item_class"]} & {
            "undetermined",
            "unknown",
        }
        assert tone != "good" or not open_codes, name
        assert (
            tone == "bad"
            or not answer["review_policy"].startswith("denial")
            or any(one["status"] == "available" for one in answer["exceptions"])
        ), name
    assert tones == {"bad", "warn", "good", "plain"}


def test_the_tone_is_said_in_words(reader: TestClient) -> None:
    page = reader.get(f"/case?{PLAIN}").text
    assert 'class="verdict warn"' in page
    assert "Open, or more is needed" in page
    assert "Licence required" in page


# --- what is wrong ---


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("transaction.date", "2025-13-45", "valid date"),
        ("transaction.date", "yesterday", "YYYY-MM-DD"),
        ("transaction.destination", "Germany", "two letters"),
        ("transaction.destination", "QQ", "no country"),
        ("transaction.quantity_tpp", "many", "decimal"),
        ("transaction.activity", "smuggle", "should be"),
        ("item.eccn", "XYZ", "no control-list number"),
        ("item.eccn", "3A090.q", "no paragraph"),
        ("ultimate_consignee.hq_in", "QQ", "no country"),
        ("ultimate_consignee.private_sector", "perhaps", "boolean"),
        ("as_of", "2025-99-01", "YYYY-MM-DD"),
        ("test", "no-such-test", "one of"),
        ("conditions.purchase_order", "2", "boolean"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_question(reader: TestClient, key: str, text: str, said: str) -> None:
    pairs = [(one, value) for one, value in parse_qsl(PLAIN) if one != key]
    link = query([*pairs, (key, text)])
    page = reader.get(f"/case?{link}")
    assert page.status_code == 422
    tree = parsed(page.text)
    (place,) = [one for one in tree.iter(f"{HTML}p") if one.get("data-wrong") == key]
    assert said in text_of(place)
    assert place.get("hidden") is None
    fields = [one for one in tree.iter() if one.get("id") == f"f-{key}"]
    assert f"e-{key}" in (fields[0].get("aria-describedby") or "").split()
    assert fields[0].get("aria-invalid") == "true"
    part = reader.get(f"/case/answer?{link}")
    assert part.status_code == 200
    assert said in json.loads(live_state(part.text))["errors"][key]


def live_state(text: str) -> str:
    tree = parsed(f"<!doctype html><html lang='en'><head><title>x</title></head><body>{text}</body></html>")
    (found,) = [one.get("data-live-state") for one in tree.iter() if one.get("data-live-state")]
    return str(found)


@pytest.mark.parametrize(
    "link", ["zzz=1", "item.tpp.more=1", "parties=boss", "end_user.0.hq_in=DE", "item=5", "=&&=1", "%00=%00"]
)
def test_what_is_no_fact_is_said_and_breaks_nothing(reader: TestClient, link: str) -> None:
    page = reader.get(f"/case?{link}")
    assert page.status_code == 422
    parsed(page.text)


def test_a_huge_link_is_refused(reader: TestClient) -> None:
    answer = reader.get(f"/case?ultimate_consignee.name={'x' * (LONGEST + 1)}")
    assert answer.status_code == 414
    assert reader.post("/case/report", data={"link": "x" * (LONGEST + 1)}).status_code == 422


def test_a_script_in_a_name_is_text(reader: TestClient) -> None:
    name = "<script>alert(1)</script>\" onfocus='x' autofocus"
    page = reader.get("/case", params={**dict(parse_qsl(PLAIN)), "ultimate_consignee.name": name})
    tree = parsed(page.text)
    assert "<script>alert" not in page.text
    assert all(one.get("src") or one.get("type") == "module" for one in tree.iter(f"{HTML}script"))
    assert not any(attribute.startswith("on") for one in tree.iter() for attribute in one.attrib)
    (field,) = [one for one in tree.iter(f"{HTML}input") if one.get("name") == "ultimate_consignee.name"]
    assert field.get("value") == name


def test_pages_parse_strictly_and_have_one_heading(reader: TestClient) -> None:
    for link in ("", PLAIN, PLAIN + "&item.eccn=x", f"transaction.activity=export&ultimate_consignee.entity={GERMAN}"):
        tree = parsed(reader.get(f"/case?{link}").text)
        assert len(list(tree.iter(f"{HTML}h1"))) == 1
        ids = [one.get("id") for one in tree.iter() if one.get("id")]
        assert len(ids) == len(set(ids)), [one for one in ids if ids.count(one) > 1][:3]
        named = set(ids)
        for one in tree.iter(f"{HTML}label"):
            assert one.get("for") is None or one.get("for") in named
        for one in tree.iter(f"{HTML}a"):
            target = one.get("href") or ""
            assert not target.startswith("#") or target[1:] in named, target


# --- JSON, report, record ---


def test_a_pasted_case_becomes_its_link(reader: TestClient) -> None:
    case = {"transaction": {"date": "2025-06-01", "destination": "DE"}, "parties": [{"role": "end_user", "name": "Ä"}]}
    answer = reader.post("/case", data={"case": json.dumps(case)}, follow_redirects=False)
    assert answer.status_code == 303
    assert state_of_query(urlsplit(answer.headers["location"]).query).read.case == Case.model_validate(case)
    file = {"file": ("cases.jsonl", SAMPLES.read_bytes(), "application/json")}
    several = reader.post("/case", files=file)
    assert several.status_code == 200
    assert several.text.count('href="/case?id=') >= 4


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"item": {"ecn": "x"}}', "[" * 5000, '{"a": 1, "a": 2}', "\x00", '{"transaction": 5}']
)
def test_what_is_no_case_is_refused_with_the_reason(reader: TestClient, text: str) -> None:
    answer = reader.post("/case", data={"case": text})
    assert answer.status_code == 400
    assert 'class="error"' in answer.text


def test_a_file_in_another_encoding_is_refused(reader: TestClient) -> None:
    answer = reader.post("/case", files={"file": ("case.json", b'{"id": "\xe4"}', "application/json")})
    assert answer.status_code == 400
    assert "UTF-8" in answer.text


def test_parties_lead_to_their_pages_on_the_day_of_the_case(reader: TestClient) -> None:
    page = reader.get(
        f"/case?{PLAIN}&ultimate_consignee.entity={GERMAN}".replace("&ultimate_consignee.hq_in=DE", "")
    ).text
    links = [one.get("href") or "" for one in parsed(page).iter(f"{HTML}a")]
    assert f"/entity/{GERMAN}?as_of=2025-06-01" in links
    assert sum(link.startswith("/entity/") for link in links) >= 2


def test_the_report_is_a_file_that_stands_alone(reader: TestClient) -> None:
    answer = reader.post("/case/report", data={"link": f"id=My order&{PLAIN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-disposition"] == 'attachment; filename="report-My-order.html"'
    assert "Steps in the order of the regulation" in answer.text
    assert reader.post("/case/report", data={"link": "transaction.date=x"}).status_code == 400


@pytest.mark.parametrize("form", ["html", "text", "json", "trig", "svg", "mermaid"])
def test_the_proof_comes_in_every_form(reader: TestClient, form: str) -> None:
    answer = reader.get(f"/case/proof?form={form}&{PLAIN}")
    assert answer.status_code == 200
    assert len(answer.text) > 500


def test_what_would_change_it_is_a_page_and_a_part(reader: TestClient) -> None:
    link = (
        "transaction.activity=export&item.eccn=3A090.b&transaction.date=2025-06-01&transaction.destination=IL"
        "&ultimate_consignee.located_in=IL&ultimate_consignee.hq_in=IL&ultimate_consignee.ultimate_parent_hq_in=IL"
    )
    part = reader.get(f"/case/whatif?part=true&{link}")
    assert part.status_code == 200
    assert "<h1>" not in part.text
    assert "What would make the answer worse" in part.text
    assert "Where is its ultimate parent headquartered? (ultimate consignee)" in part.text
    assert "changed cases were weighed" in part.text
    whole = reader.get(f"/case/whatif?{PLAIN.replace('3A090.a', 'EAR99')}")
    assert whole.status_code == 200
    assert len(list(parsed(whole.text).iter(f"{HTML}h1"))) == 1
    assert reader.get("/case/whatif?transaction.date=x").status_code == 422


def test_paths_of_changes_are_the_questions() -> None:
    state = state_of_query("transaction.activity=export&end_user.hq_in=DE")
    paths = ("parties[1].hq_in", "parties[0].government", "item.designer", "share X:A,X:B", "transaction.date")
    changes = [{"facts": [{"path": path} for path in paths]}]
    found = labels_of({"wanted": [{"changes": changes, "premises": []}], "worse": None}, state)
    assert found["parties[1].hq_in"] == "Where is it headquartered? (ultimate consignee)"
    assert found["parties[0].government"].endswith("(end user)")
    assert set(found) == set(paths) - {"share X:A,X:B"}


def test_only_who_may_write_keeps_an_answer(sample: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    copytree(sample, store)
    reading = client(store)
    assert "Keep this answer" not in reading.get(f"/case?{PLAIN}").text
    assert reading.post("/case/keep", data={"link": PLAIN}).status_code == 403
    unsigned = client(store, write=True, token=TOKEN)
    assert "Sign in" in unsigned.get(f"/case?{PLAIN}").text
    assert unsigned.post("/case/keep", data={"link": PLAIN}).status_code == 401
    writing = writing_client(store)
    assert "Keep this answer" in writing.get(f"/case?{PLAIN}").text
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert writing.post("/case/keep", data={"link": PLAIN}, headers=elsewhere).status_code == 403
    answer = writing.post("/case/keep", data={"link": PLAIN, "author": "A", "note": "why"}, follow_redirects=False)
    assert answer.status_code == 303
    assert re.fullmatch(r"/records/rec:\d+", answer.headers["location"])
    kept = Application(store).proofs.find(answer.headers["location"].rpartition("/")[2])
    assert kept["review_policy"] == "undetermined"


def test_reading_leaves_the_store_as_it_was(sample: Path, reader: TestClient) -> None:
    before = sorted((str(path), path.stat().st_mtime_ns) for path in sample.rglob("*") if path.is_file())
    reader.get(f"/case?{PLAIN}")
    reader.post("/case/report", data={"link": PLAIN})
    reader.post("/case", data={"case": "{}"})
    assert before == sorted((str(path), path.stat().st_mtime_ns) for path in sample.rglob("*") if path.is_file())
