"""Delta files change the load in force: records replaced, added and taken away, and nothing else touched."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleif_files import ULTIMATE, Record, as_csv, as_xml, company, exception, lei, load_files, relationship
from topco.errors import BadInput
from topco.registries import patching
from topco.registries.gleif.extents import extent
from topco.registries.interface import OtherKind, Patch
from topco.store.schema import ABSENCES
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from topco.registries.loading import Outcome

MARK = "Extension.gleif:Deletion.gleif:DeletedAt"
FULL = {
    "lei2": [
        company(1, names=[("Old name", "en", "PREVIOUS_LEGAL_NAME")]),
        company(2),
        company(
            3,
            Entity__RegistrationAuthority__RegistrationAuthorityID="RA000585",
            Entity__RegistrationAuthority__RegistrationAuthorityEntityID="00102498",
        ),
    ],
    "rr": [relationship(1, 2), relationship(1, 2, ULTIMATE), relationship(3, 2)],
    "repex": [exception(2, "NO_KNOWN_PERSON"), exception(2, "NO_LEI", "NON_PUBLIC", level="ULTIMATE")],
}
DELTA = {
    "lei2": [
        company(1, Entity__LegalName="New", Registration__LastUpdateDate="2025-03-03T10:00:00Z"),
        company(3, Registration__RegistrationStatus="RETIRED", Registration__LastUpdateDate="2025-03-03T10:00:00Z"),
        company(4),
    ],
    "rr": [{**relationship(3, 2), MARK: "2025-03-03T01:00:00Z"}, relationship(3, 1)],
    "repex": [{**exception(2, "NO_KNOWN_PERSON"), MARK: "2025-03-03T01:00:00Z"}, exception(3, "NATURAL_PERSONS")],
}


def written(folder: Path, name: str, kind: str, records: list[Record]) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(as_csv(kind, records), encoding="utf-8")
    return path


def load(folder: Path, *paths: Path, vintage: date | None = None) -> Outcome:
    return load_files(folder / "store", *paths, vintage=vintage)


def table(folder: Path, name: str) -> pl.DataFrame:
    return Store.open(folder / "store").table(name).collect()


@pytest.fixture
def full(tmp_path: Path) -> Path:
    paths = [written(tmp_path, f"20250302-0000-{kind}", kind, records) for kind, records in FULL.items()]
    load(tmp_path, *paths)
    return tmp_path


def delta_of(folder: Path, kind: str, records: list[Record] | None = None, name: str = "") -> Path:
    return written(folder, name or f"20250303-0000-{kind}-last-day", kind, DELTA[kind] if records is None else records)


def test_entities_are_replaced_added_and_marked(full: Path) -> None:
    outcome = load(full, delta_of(full, "lei2"))
    assert outcome.loaded[0].load.counts["changes"] == {"added": 1, "replaced": 2, "deleted": 0}
    entities = {row["id"]: row for row in table(full, "entities").to_dicts()}
    assert {name: row["standing"] for name, row in entities.items()} == {
        f"LEI:{lei(1)}": "Current", f"LEI:{lei(2)}": "Current", f"LEI:{lei(3)}": "Ended", f"LEI:{lei(4)}": "Current",
    }  # fmt: skip
    assert entities[f"LEI:{lei(1)}"]["name"] == "New"
    assert entities[f"LEI:{lei(2)}"]["file"] == "20250302-0000-lei2.csv"
    assert table(full, "names").is_empty()  # the new record of company 1 has no other name
    assert table(full, "identifiers").is_empty()  # nor has that of company 3 a number


def test_deleted_relationships_and_exceptions_are_gone(full: Path) -> None:
    outcome = load(full, delta_of(full, "rr"), delta_of(full, "repex"))
    assert [loaded.load.counts["changes"] for loaded in outcome.loaded] == [
        {"added": 1, "replaced": 0, "deleted": 1},
        {"added": 1, "replaced": 0, "deleted": 1},
    ]
    assert not [reason for loaded in outcome.loaded for reason in loaded.load.warnings if "delta" in reason]
    ties = table(full, "relationships")
    assert sorted(ties["record"]) == sorted(
        [f"gleif/rr/R-{lei(1)}-{lei(2)}-D", f"gleif/rr/R-{lei(1)}-{lei(2)}-U", f"gleif/rr/R-{lei(3)}-{lei(1)}-D"]
    )
    absences = table(full, "absences").select("subject", "level", "reason").rows()
    assert sorted(absences) == sorted(
        [
            (f"LEI:{lei(2)}", "UltimateLevel", "NO_LEI"),
            (f"LEI:{lei(2)}", "UltimateLevel", "NON_PUBLIC"),
            (f"LEI:{lei(3)}", "DirectLevel", "NATURAL_PERSONS"),
        ]
    )


def test_the_base_stays_as_superseded_and_the_same_delta_changes_nothing(full: Path) -> None:
    path = delta_of(full, "rr")
    load(full, path)
    store = Store.open(full / "store")
    loads = [item for item in store.loads() if item.file_kind == "rr"]
    assert [item.id for item in loads] == ["gleif-rr-2025-03-02", "gleif-rr-2025-03-03"]
    assert [file.name for file in loads[1].files] == ["20250302-0000-rr.csv", path.name]
    assert store.table("relationships", loads=[loads[0]]).collect().height == 3
    again = load(full, path)
    assert not again.loaded
    assert [item.id for item in again.unchanged] == ["gleif-rr-2025-03-03"]
    newer = written(full, "20250401-rr", "rr", [relationship(1, 2)])
    load(full, newer)
    assert [item.file_kind for item in load(full, path).unchanged] == ["rr"]  # long since applied


def test_a_full_file_and_its_deltas_in_one_command(tmp_path: Path) -> None:
    second = [relationship(2, 3), {**relationship(3, 1), MARK: "2025-03-04"}]
    paths = [
        delta_of(tmp_path, "rr", second, name="20250304-0000-rr-last-day"),
        delta_of(tmp_path, "rr"),
        written(tmp_path, "20250302-0000-rr", "rr", FULL["rr"]),
    ]
    outcome = load(tmp_path, *paths)
    assert [loaded.load.id for loaded in outcome.loaded] == [f"gleif-rr-2025-03-0{day}" for day in (2, 3, 4)]
    assert sorted(table(tmp_path, "relationships")["parent"]) == sorted(f"LEI:{lei(n)}" for n in (2, 2, 3))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("20250228-0000-rr-last-day", "older than the load in force"),
        ("20250310-0000-rr-last-day", "some are missing"),
    ],
)
def test_a_delta_that_does_not_follow_is_refused(full: Path, name: str, reason: str) -> None:
    outcome = load(full, delta_of(full, "rr", name=name))
    assert reason in outcome.refused[0].what
    assert not outcome.loaded
    assert table(full, "relationships").height == 3


def test_a_delta_without_a_base_is_refused(tmp_path: Path) -> None:
    outcome = load(tmp_path, delta_of(tmp_path, "rr"))
    assert "none of its kind is loaded" in outcome.refused[0].what
    assert Store.open(tmp_path / "store", create=True).loads() == []


def test_two_deltas_of_one_day_need_an_order(full: Path) -> None:
    one = delta_of(full, "rr", [relationship(2, 1)], name="20250302-delta-a")
    two = delta_of(full, "rr", [{**relationship(2, 1), MARK: "x"}], name="20250302-delta-b")
    outcome = load(full, one, two)
    assert len(outcome.refused) == 2
    assert not outcome.loaded
    load(full, one)
    assert table(full, "relationships").height == 4
    loaded = load(full, two).loaded[0].load
    assert table(full, "relationships").height == 3
    assert patching.UNKNOWN_START in loaded.warnings


def test_an_earlier_state_of_a_record_does_not_come_back(full: Path) -> None:
    old = company(1, Entity__LegalName="Older", Registration__LastUpdateDate="2024-01-01T00:00:00Z")
    loaded = load(full, delta_of(full, "lei2", [old])).loaded[0].load
    assert loaded.warnings[patching.OUTDATED] == 1
    assert "Older" not in table(full, "entities")["name"].to_list()
    assert table(full, "names").height == 1


def test_a_delta_of_deletions_alone_and_of_what_is_not_there(full: Path) -> None:
    gone = [{**relationship(3, 2), MARK: "x"}, {**relationship(4, 1), MARK: "x"}]
    loaded = load(full, delta_of(full, "rr", gone)).loaded[0].load
    assert loaded.counts["changes"] == {"added": 0, "replaced": 0, "deleted": 1}
    assert loaded.warnings[patching.ABSENT] == 1


def test_of_a_record_that_is_deleted_and_stated_the_later_row_counts(full: Path) -> None:
    mark = {MARK: "2025-03-03"}
    records = [{**relationship(1, 2), **mark}, relationship(1, 2), relationship(2, 1), {**relationship(2, 1), **mark}]
    load(full, delta_of(full, "rr", records))
    ties = table(full, "relationships").filter(pl.col("kind") == "DirectConsolidation").select("child", "parent").rows()
    assert sorted(ties) == sorted([(f"LEI:{lei(1)}", f"LEI:{lei(2)}"), (f"LEI:{lei(3)}", f"LEI:{lei(2)}")])


def test_a_rejected_record_of_a_delta_leaves_what_was(full: Path) -> None:
    bad = company(1, Entity__HeadquartersAddress__Country="Q9", Registration__LastUpdateDate="2025-03-03")
    loaded = load(full, delta_of(full, "lei2", [bad, company(5)])).loaded[0]
    assert (loaded.load.rejects, loaded.load.warnings[patching.STAYS]) == (1, 1)
    assert loaded.rejects is not None
    assert "Q9" in loaded.rejects.read_text(encoding="utf-8")
    assert f"LEI:{lei(1)}" in table(full, "entities")["id"].to_list()


def test_a_delta_that_empties_everything_is_refused(full: Path) -> None:
    gone = [{**record, MARK: "x"} for record in FULL["rr"]]
    with pytest.raises(BadInput, match="Nothing would be left"):
        load(full, delta_of(full, "rr", gone))
    assert table(full, "relationships").height == 3


def test_a_full_file_leaves_out_what_it_marks_as_deleted(tmp_path: Path) -> None:
    records = [relationship(1, 2), {**relationship(3, 2), "Extension.Deletion.DeletedAt": "2025-03-03T01:00:00Z"}]
    path = tmp_path / "rr.xml"
    path.write_text(as_xml("rr", records, "2025-03-03T08:00:00Z"), encoding="utf-8")
    loaded = load(tmp_path, path).loaded[0].load
    assert loaded.tables == {"relationships": 1}
    assert any("marks as deleted" in reason for reason in loaded.warnings)


def test_a_file_that_deletes_and_does_not_say_what_it_is_is_refused(tmp_path: Path) -> None:
    records = [relationship(1, 2), {**relationship(3, 2), MARK: "2025-03-03T01:00:00Z"}]
    with pytest.raises(OtherKind, match="may be a delta"):
        load(tmp_path, written(tmp_path, "rr", "rr", records))


def test_an_xml_delta_by_its_header(full: Path) -> None:
    records = [relationship(2, 1), {**relationship(3, 2), "Extension.Deletion.DeletedAt": "2025-03-02T23:00:00Z"}]
    path = full / "changes.xml"
    text = as_xml("rr", records, "2025-03-03T08:00:00Z", "GLEIF_DELTA_PUBLISHED")
    path.write_text(text.replace("</g:Header>", "<g:DeltaStart>2025-03-02T08:00:00Z</g:DeltaStart></g:Header>"))
    loaded = load(full, path).loaded[0].load
    assert loaded.counts["changes"] == {"added": 1, "replaced": 0, "deleted": 1}
    assert loaded.warnings == {}


@pytest.mark.parametrize(
    ("name", "since"),
    [
        ("20250302-0800-gleif-goldencopy-rr-intra-day.csv", date(2025, 3, 2)),
        ("20250302-0800-gleif-goldencopy-rr-last-week.csv", date(2025, 2, 23)),
        ("20250302-gleif-goldencopy-rr-last-month.csv", date(2025, 1, 30)),
        ("rr-delta.csv", None),
    ],
)
def test_since_when_a_delta_holds_changes(name: str, since: date | None) -> None:
    found = extent(name, {})
    assert found is not None
    assert (found.delta, found.since) == (True, since)


STATES = st.dictionaries(st.integers(0, 12), st.sampled_from(["NO_LEI", "NON_PUBLIC"]), min_size=1)


@settings(max_examples=60, deadline=None)
@given(base=STATES, new=STATES, deleted=st.sets(st.integers(0, 15)))
def test_a_patch_is_a_dictionary_update(base: dict[int, str], new: dict[int, str], deleted: set[int]) -> None:
    def rows(reasons: dict[int, str]) -> pl.LazyFrame:
        cells = [
            {"subject": str(key), "level": "DirectLevel", "reason": reason, "row": 1} for key, reason in reasons.items()
        ]
        return pl.DataFrame([{name: cell.get(name) for name in ABSENCES} for cell in cells], schema=ABSENCES).lazy()

    patch = Patch({"absences": pl.format("{} {}", "subject", "level")}, needs_base=True)
    taken = rows(dict.fromkeys(deleted - set(new), "NO_LEI"))
    patched = patching.apply({"absences": rows(base)}, {"absences": rows(new)}, patch, taken, name="d")
    expected = {key: reason for key, reason in base.items() if key not in deleted} | new
    found = patched.tables["absences"].select("subject", "reason").collect().rows()
    assert sorted(found) == sorted((str(key), reason) for key, reason in expected.items())
    assert patched.changes["added"] == len(set(new) - set(base))
    assert patched.changes["deleted"] == len((deleted - set(new)) & set(base))
