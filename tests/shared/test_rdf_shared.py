"""GLEIF's own samples and BODS's own vocabularies, as published, through `topco load rdf`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from topco.compile.owl_profile import loaded_ontology
from topco.errors import BadInput
from topco.registries.loading import Outcome, load
from topco.registries.rdf import Rdf
from topco.store.store import Store

pytestmark = pytest.mark.shared

DAY = date(2019, 2, 1)
CITIGROUP, CITICORP = "LEI:6SHGI4ZSSLCXXQSBB395", "LEI:549300PSHWOM1D1JVL23"
_RDF, _RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"


@pytest.fixture(scope="module")
def gleif(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Outcome]:
    folder = shared_data / "gleif-ontology" / "ontology" / "sample"
    store = Store.open(tmp_path_factory.mktemp("gleif") / "store", create=True)
    return store, load(store, Rdf("GLEIF sample"), [folder], DAY, lambda *_: None)


def test_the_samples_hold_what_they_say(gleif: tuple[Store, Outcome]) -> None:
    store, outcome = gleif
    (loaded,) = outcome.loaded
    tables = {table: count for table, count in loaded.load.tables.items() if count}
    assert tables == {"entities": 9, "names": 6, "relationships": 7, "absences": 3, "identifiers": 2}
    assert loaded.load.rejects == 1, "the coordinates of one entity, which has its record in another file"
    entities = store.table("entities").collect()
    assert all(identifier.startswith("LEI:") for identifier in entities["id"])
    assert sorted(entities["kind"].unique()) == ["Branch", "Fund", "LegalEntity", "SoleProprietor"]
    countries = dict(zip(entities["id"], entities["hq_country"], strict=True))
    assert (countries[CITIGROUP], countries["LEI:506700GE1G29325QX363"]) == ("US", "CH")
    assert None not in countries.values()


def test_its_ties_name_the_parties_of_other_files(gleif: tuple[Store, Outcome]) -> None:
    store, _ = gleif
    known = set(store.table("entities").collect()["id"])
    ties = store.table("relationships").collect()
    assert set(ties["child"]) | set(ties["parent"]) <= known
    upwards = {(row["child"], row["parent"], row["kind"]) for row in ties.to_dicts()}
    assert (CITICORP, CITIGROUP, "UltimateConsolidation") in upwards
    assert ties["valid_from"].null_count() == 0


def test_a_vocabulary_is_no_evidence(shared_data: Path, tmp_path: Path) -> None:
    files = [*sorted((shared_data / "gleif-ontology" / "ontology").glob("*.ttl"))]
    files += sorted((shared_data / "bods-rdf-vocabulary").glob("*.ttl"))
    assert len(files) >= 14
    for path in files:
        with pytest.raises(BadInput):
            load(Store.open(tmp_path / path.stem, create=True), Rdf(), [path], DAY, lambda *_: None)


def test_the_alignment_covers_the_vocabularies_of_bods(shared_data: Path) -> None:
    """Every class and property of the three versions is declared, but for what evidence has no place for."""
    ontology = loaded_ontology()
    known = ontology.classes | ontology.properties
    missing: set[str] = set()
    for path in (shared_data / "bods-rdf-vocabulary").glob("*.ttl"):
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            if quad.predicate.value != _RDF + "type" or quad.object.value not in (_RDFS + "Class", _RDF + "Property"):
                continue
            if quad.subject.value not in known:
                missing.add(quad.subject.value.rpartition("/")[2])
    assert missing == {
        "Interest", "Party", "OwnershipCtrlStatementDate", "OwnershipCtrlStatementId", "interestDetails",
        "isOwnedOrControlledBy", "nationalityCode", "ownsOrControls", "sourceType",
    }  # fmt: skip
