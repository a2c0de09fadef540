"""`topco rules diff`: the article against the regulation, row by row of what is known to differ, and days against days.

Rows are numbered as in the comparison of article and regulation; each shows both answers, from the diff or from a case.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner

from licensing_cases import TODAY, case, party
from topco.cli.main import cli
from topco.errors import TopcoError
from topco.explain.published_law import RulesDiff
from topco.licensing.decision.frames import Frame
from topco.licensing.determine import Determiner, Options
from topco.licensing.law.body import load_law
from topco.licensing.law.diff import COLUMNS, PARTS, Difference, law_diff

LAW = load_law()
DAY = "2025-06-01"
PAPERS = {
    **dict.fromkeys(("aia_certification", "lpp_certification", "purchase_order", "nac_notice_25_days"), True),
    **dict.fromkeys(("nac_confirmation", "acm_accounting"), True),
    "part_744_746_bar": False,
}


def frame(text: str) -> Frame:
    reading, _, day = text.partition("@")
    return Frame.of(LAW, reading, date.fromisoformat(day))


@cache
def difference(a: str, b: str) -> tuple[Difference, ...]:
    return tuple(law_diff(frame(a), frame(b)))


def article(part: str, subject: str) -> list[Difference]:
    """The differences of the article (a) and the regulation (b) in one part, on a subject."""
    found = difference(f"article@{DAY}", f"codified@{DAY}")
    return [one for one in found if one.part == part and subject in one.subject]


def answers(*parties: dict[str, Any], destination: str | None, day: str = DAY, **sections: Any) -> list[dict[str, Any]]:
    """A case determined as the article tells it and as codified."""
    sections["conditions"] = PAPERS | sections.get("conditions", {})
    asked = case(destination, *parties, day=day, **sections)
    return [
        Determiner(Options(reading=reading), None, [], TODAY).determine([asked])[0]
        for reading in ("article", "codified")
    ]


def both(key: str, found: list[dict[str, Any]]) -> tuple[Any, Any]:
    return found[0][key], found[1][key]


def statuses(code: str, found: list[dict[str, Any]]) -> tuple[str, str]:
    first, second = (next(one["status"] for one in answer["exceptions"] if one["code"] == code) for answer in found)
    return first, second


def at(country: str, **more: Any) -> dict[str, Any]:
    return party(country, country, country, private_sector=True, **more)


def test_row_1_compliance_begins_two_days_earlier_in_the_article() -> None:
    found = answers(at("IN"), destination="IN", day="2025-05-14")
    assert both("licence_required", found) == ("yes", "no")
    assert both("licence_required", answers(at("IN"), destination="IN", day="2025-05-15")) == ("yes", "yes")
    assert both("licence_required", answers(at("IN"), destination="IN", day="2025-05-12")) == ("no", "no")
    (row,) = article("rules", "requirement-worldwide")
    assert "from 2025-05-13" in row.a
    assert "from 2025-05-15" in row.b


def test_row_2_france_is_not_on_the_list_of_the_article() -> None:
    (row,) = article("groups", "the article's list")
    assert (row.a, row.b) == ("no more", "France")
    found = answers(at("FR"), destination="FR")
    assert statuses("AIA", found) == ("no", "available")
    assert any("(France)" in one.when for one in article("outcomes", "exception AIA"))


def test_row_3_the_article_takes_head_office_or_parent_where_the_text_takes_both() -> None:
    found = answers(party("DE", "DE", "IN"), destination="DE")
    assert statuses("AIA", found) == ("available", "no")
    rows = [one for one in article("outcomes", "exception AIA: Artificial") if (one.a, one.b) == ("available", "no")]
    assert any("ultimate parent: not in ‘supp. 5(a)’" in one.when for one in rows)


def test_row_4_technology_for_level_paragraphs_is_in_the_article_only() -> None:
    technology = {"eccn": "3E001", "for_eccn": "3A001.z.1.a", "kind": "technology"}
    found = answers(at("DE"), destination="DE", item=technology)
    assert statuses("AIA", found) == ("available", "no")
    rows = [one for one in article("outcomes", "exception AIA: item_is_covered") if (one.a, one.b) == ("met", "failed")]
    assert any("3E001" in one.when for one in rows)


WEIGHTS = {"eccn": "4E091", "kind": "model_weights", "training_operations": 2e26, "published": False}


def test_row_5_for_weights_to_listed_countries_the_text_states_no_policy() -> None:
    found = answers(at("DE"), at("DE", role="end_user"), destination="DE", item=WEIGHTS)
    assert both("review_policy", found) == ("approval", "none_stated")
    rows = article("outcomes", "review policy: review policy for controlled model weights")
    assert ("approval", "none_stated") in {(one.a, one.b) for one in rows}


@pytest.mark.parametrize(("day", "codified"), [(DAY, "doubtful"), ("2026-02-01", "no")])
def test_row_6_the_storage_of_weights_is_no_condition_of_the_article(day: str, codified: str) -> None:
    parties = at("DE"), at("DE", role="end_user")
    stored = {"weights_facility_supp10": False}
    found = answers(*parties, destination="DE", day=day, item=WEIGHTS, conditions=stored)
    assert statuses("AIA", found) == ("available", codified)
    (row,) = article("outcomes", "exception AIA: weights_facility")
    assert (row.a, row.b) == ("not asked", "asked")


def test_row_7_beyond_the_allocation_a_presumption_or_a_policy_of_denial() -> None:
    found = answers(at("IN"), destination="IN", tallies={"country_licensed_tpp": 790_000_000})
    assert both("review_policy", found) == ("denial_presumption", "denial_policy")
    rows = article("outcomes", "review policy: review policy for advanced computing item of paragraph a")
    assert any(
        (one.a, one.b) == ("denial_presumption", "denial_policy") and "more than 790,000,000 TPP" in one.when
        for one in rows
    )


def test_row_8_low_performance_has_a_closed_list_a_gap_and_notices_in_the_text() -> None:
    tallies = {"lpp_group_year_tpp": 0}
    found = answers(at("VN"), destination="VN", tallies=tallies)
    assert statuses("LPP", found) == ("available", "no")
    found = answers(at("IN"), destination="IN", tallies=tallies, item={"eccn": "5A002.z.1.a"})
    assert statuses("LPP", found) == ("available", "doubtful")
    (notice,) = article("outcomes", "Give BIS notice before the shipment")
    assert (notice.a, notice.b) == ("not asked", "asked")
    assert article("figures", "lpp_notice_tpp")[0].a == "read by no rule"


def test_row_9_manufacturing_covers_every_level_and_looks_at_final_customers_in_the_text() -> None:
    parties = at("IN"), at("IN", role="end_user")
    for_manufacture = {"end_use": ["production"]}
    lower_level = {"eccn": "3A090.b"}
    bound = {"knowledge_of_parent": True}
    found = answers(
        party("IN", "IN", "IN", private_sector=True),
        at("IN", role="end_user"),
        party("CN", "CN", "CN", role="final_customer"),
        destination="IN",
        transaction=for_manufacture,
    )
    assert statuses("ACM", found) == ("available", "no"), "a final customer of China"
    lower = answers(
        *parties,
        party("CN", "CN", "CN", role="purchaser"),
        destination="IN",
        transaction=for_manufacture,
        item=lower_level,
        conditions=bound,
    )
    assert statuses("ACM", lower) == ("no", "available"), "an item at the lower level"
    rows = article("outcomes", "exception ACM: item_is_covered")
    assert ("failed", "met") in {(one.a, one.b) for one in rows}


def test_row_10_a_chip_at_the_higher_level_for_other_places_than_data_centres_may_use_the_notified_exception() -> None:
    game = {"eccn": "3A090.a", "datacentre": False}
    found = answers(at("CN"), destination="CN", item=game)
    assert statuses("NAC", found) == ("no", "available")
    rows = article("outcomes", "exception NAC: item_is_covered")
    assert any((one.a, one.b) == ("failed", "met") and "data centres: not given" in one.when for one in rows)


def test_row_11_the_limits_of_universal_validated_end_users_are_in_the_text_only() -> None:
    fleet = {"US": 60, "JP": 14, "IN": 6, "BR": 6, "SG": 7, "MY": 7}
    veu = {"kind": "uveu", "hq_in": "US", "ultimate_parent_hq_in": "US", "installed_tpp_by_country": fleet}
    found = answers(destination=None, transaction={"activity": "veu_check"}, veu=veu, item=None)
    assert both("veu_result", found) == ("ok", "breach")
    asked = {(one.a, one.b) for one in article("outcomes", "validated end users: share")}
    assert asked == {("not asked", "asked")}


def test_row_12_items_at_the_lower_level_are_controlled_by_destination_as_well() -> None:
    found = answers(at("SA"), destination="SA", item={"eccn": "3A090.b"}, conditions={"knowledge_of_parent": False})
    assert both("licence_required", found) == ("no", "yes")
    rows = article("outcomes", "requirement: licence for advanced computing item of paragraph b")
    assert ("no", "yes") in {(one.a, one.b) for one in rows}


def test_row_13_the_share_of_derived_models_is_taken_of_another_number() -> None:
    derived = {
        "eccn": None,
        "kind": "model_weights",
        "published": False,
        "training_operations": 2e26,
        "derived_from_published": {"additional_operations": 3e25},
        "note2_operations": 1.05e26,
        "classified_under_note2": False,
    }
    found = answers(at("IN"), at("IN", role="end_user"), destination="IN", item=derived)
    assert both("item_class", found) == ("none", "MODEL_WEIGHTS")
    (row,) = article("items", "derived_from_published")
    assert "of the training of the model itself" in row.a
    assert "of the level of the best public model" in row.b


def test_row_14_a_purchase_order_goes_with_level_paragraphs_in_the_text_only() -> None:
    found = answers(at("IN"), destination="IN", item={"eccn": "3A001.z.1.a"})
    asked = ["purchase_order" in {one["id"] for one in answer["documents"]} for answer in found]
    assert asked == [False, True]
    rows = article("outcomes", "documents: A purchase order")
    assert {(one.a, one.b) for one in rows} == {("no", "yes")}


def test_row_17_the_text_switches_deemed_exports_of_chip_technology_off() -> None:
    technology = {"eccn": "4E001", "for_eccn": "4A090.a", "kind": "technology"}
    release = {"activity": "deemed_export", "released_to_nationality": "IN"}
    found = answers(at("US", role="employer"), destination=None, transaction=release, item=technology)
    assert both("licence_required", found) == ("yes", "no")
    rows = article("outcomes", "requirement: licence for advanced computing item of paragraph a")
    assert any((one.a, one.b) == ("yes", "no") and "a release to a foreign person" in one.when for one in rows)


def test_row_18_the_designer_of_a_chip_is_a_condition_of_the_text_only() -> None:
    found = answers(at("DE"), destination="DE", item={"eccn": "3A090.a", "designer": "neither"})
    assert statuses("AIA", found) == ("available", "no")
    for exception in ("AIA", "ACM"):
        (row,) = article("outcomes", f"exception {exception}: approved_or_authorised_designer")
        assert (row.a, row.b) == ("not asked", "asked")
        assert row.cites_b == ("740.27(a)(1)" if exception == "AIA" else "740.28(b)",)


def test_the_day_of_compliance_changes_rules_and_outcomes() -> None:
    found = difference("codified@2025-05-14", "codified@2025-05-15")
    rules = {one.subject.partition(":")[0]: one for one in found if one.part == "rules"}
    assert rules["requirement-worldwide"].a == "–"
    assert rules["requirement-earlier-a"].b == "–"
    outcomes = [one for one in found if one.part == "outcomes" and one.subject.startswith("requirement: licence for")]
    assert {(one.a, one.b) for one in outcomes if "paragraph a" in one.subject} == {("no", "yes")}


def test_a_country_that_leaves_a_group_is_named_with_what_changes_for_it() -> None:
    found = difference("codified@2025-11-06", "codified@2025-11-07")
    assert {one.part for one in found} == {"groups", "outcomes"}
    (group,) = [one for one in found if one.part == "groups"]
    assert (group.subject, group.a, group.b) == ("Macau or D:5", "Cambodia", "no more")
    policies = [one for one in found if one.part == "outcomes" and one.subject.startswith("review policy")]
    assert all("Cambodia" in one.when for one in policies)
    assert ("denial_presumption", "approval_within_allocation") in {(one.a, one.b) for one in policies}


def test_a_figure_that_changes_is_listed() -> None:
    found = difference("codified@2026-03-31", "codified@2026-04-01")
    (row,) = [one for one in found if one.part == "figures"]
    assert row.subject.startswith("nveu_installed_tpp")
    assert row.a != row.b
    outcomes = [one for one in found if one.part == "outcomes"]
    assert {(one.a, one.b) for one in outcomes} == {("failed", "met")}
    assert all(" and at most " in one.when for one in outcomes), "between the two limits"


def test_days_of_one_law_do_not_differ() -> None:
    assert difference("codified@2026-02-10", "codified@2026-02-11") == ()
    assert difference("enforced@2026-02-10", "enforced@2026-02-10") == ()


def test_a_difference_turned_around_is_the_same_difference() -> None:
    there = {
        (one.part, one.subject, one.when, one.a, one.b)
        for one in difference("enforced@2025-06-01", "codified@2025-06-01")
    }
    back = {
        (one.part, one.subject, one.when, one.b, one.a)
        for one in difference("codified@2025-06-01", "enforced@2025-06-01")
    }
    assert {one for one in there if one[0] in ("figures", "items", "combinations")} == {
        one for one in back if one[0] in ("figures", "items", "combinations")
    }
    assert {one[3:] for one in there if one[0] == "outcomes"} == {one[3:] for one in back if one[0] == "outcomes"}


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["rules", "diff", *arguments], standalone_mode=False)
    if isinstance(result.exception, TopcoError):
        return result.exception.exit_code, str(result.exception)
    assert result.exception is None, result.exception
    return result.return_value, result.stdout


def test_the_command_takes_readings_dates_or_both() -> None:
    assert run("2026-02-10", "2026-02-11")[0] == 0
    assert run("codified", "codified@2026-02-11", "--rules-as-of", "2026-02-10")[0] == 0
    code, stdout = run("2026-03-31", "2026-04-01", "--format", "csv")
    assert code == 1
    rows = list(csv.DictReader(io.StringIO(stdout)))
    assert tuple(rows[0]) == COLUMNS
    code, stdout = run("codified@2026-03-31", "codified@2026-04-01", "--format", "json")
    assert code == 1
    RulesDiff.model_validate_json(stdout)
    answer = json.loads(stdout)
    assert (answer["a"], answer["b"]) == ("codified@2026-03-31", "codified@2026-04-01")
    assert set(PARTS) <= set(answer)
    assert "nothing differs" in run("2026-02-10", "2026-02-10")[1]


@pytest.mark.parametrize("wrong", ["tomorrow", "codified@tomorrow", "seed@2025-06-01"])
def test_what_is_neither_a_reading_nor_a_date_is_refused(wrong: str) -> None:
    code, words = run(wrong, "codified")
    assert code == 2
    assert "neither a reading nor a date" in words


def test_a_date_without_rules_is_not_modelled() -> None:
    assert run("2020-01-01", "codified")[0] == 3
