"""The import direction: faces use the application, the application uses the pure core, never the other way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import topco

PACKAGE = Path(topco.__file__).parent
MODULES = {
    ".".join(("topco", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# What may import what, from the inside out. A package may import itself, what stands before it, and nothing after it.
LAYERS = (
    {"topco", "topco.choices", "topco.errors", "topco.namespaces", "topco.knowledge"},
    {"topco.explain", "topco.compile", "topco.ownership.shares"},
    {"topco.store"},
    {"topco.identity"},
    {"topco.registries", "topco.ownership", "topco.query", "topco.validation", "topco.matching"},
    {"topco.licensing", "topco.items", "topco.ledger", "topco.live", "topco.exchange"},
    {"topco.records"},
    {"topco.verification"},
    {"topco.reports"},
    {"topco.application"},
    {"topco.server", "topco.notebook"},
    {"topco.cli"},
)

# The pure core: arithmetic and logic on plain values; no RDF engine, no tables, no files, no network.
PURE = (
    "topco.errors",
    "topco.explain.proof",
    "topco.explain.arranged",
    "topco.explain.blocks",
    "topco.explain.boxes",
    "topco.explain.layered",
    "topco.explain.lettering",
    "topco.explain.picture",
    "topco.explain.strokes",
    "topco.explain.text",
    "topco.ownership.closure",
    "topco.ownership.integrated",
    "topco.ownership.integrated_graph",
    "topco.ownership.integrated_kernels",
    "topco.ownership.integrated_rings",
    "topco.ownership.layers",
    "topco.ownership.questions.chart_walk",
    "topco.ownership.questions.levels",
    "topco.ownership.questions.must_may",
    "topco.ownership.path_rings",
    "topco.ownership.paths",
    "topco.ownership.graph",
    "topco.ownership.shares",
    "topco.ownership.status",
    "topco.ownership.questions.strongest",
    "topco.ownership.weighted",
    "topco.ownership.control.answers",
    "topco.ownership.control.circles",
    "topco.ownership.control.closure",
    "topco.ownership.control.criteria",
    "topco.ownership.control.derivation",
    "topco.ownership.control.edges",
    "topco.ownership.control.hierarchy",
    "topco.ownership.control.incremental",
    "topco.ownership.control.kernels",
    "topco.ownership.control.placing",
    "topco.ownership.control.positions",
    "topco.ownership.control.reaching",
    "topco.ownership.control.relation",
    "topco.ownership.control.summing",
    "topco.items.quantities",
    "topco.items.workings",
    "topco.items.finding",
    "topco.items.statement",
    "topco.items.chips",
    "topco.items.circuits",
    "topco.items.weights",
    "topco.items.classify",
    "topco.ledger.accounts",
    "topco.ledger.entries",
    "topco.ledger.headroom",
    "topco.records.codes",
    "topco.records.flip",
    "topco.records.proof_changes",
    "topco.records.record",
    "topco.store.chain",
    "topco.licensing.weighing.combination",
    "topco.licensing.cases.facts",
    "topco.licensing.cases.recipients",
)
IMPURE = {
    "rdflib",
    "pyoxigraph",
    "owlrl",
    "pyshacl",
    "polars",
    "duckdb",
    "pathlib",
    "io",
    "os",
    "csv",
    "sqlite3",
    "click",
}


def imported(path: Path) -> set[str]:
    """Every module that a file imports at run time, wherever in the file; type-only imports do not count."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    type_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in type_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names if f"{node.module}.{alias.name}" in MODULES}
    return found


def layer(module: str) -> int:
    for number, packages in enumerate(LAYERS):
        if module in packages or any(module.startswith(f"{p}.") for p in packages if p != "topco"):
            return number
    raise LookupError(f"{module} belongs to no layer: name it in LAYERS")


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_inwards(module: str) -> None:
    outward = {
        other
        for other in imported(MODULES[module])
        if other in MODULES and other != "topco" and layer(other) > layer(module)
    }
    assert outward == set()


@pytest.mark.parametrize("module", PURE)
def test_the_pure_core_has_no_engine_and_no_files(module: str) -> None:
    assert {name.partition(".")[0] for name in imported(MODULES[module])} & IMPURE == set()


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_small(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= 400


def test_no_junk_drawers() -> None:
    names = {module.rpartition(".")[2] for module in MODULES}
    assert names & {"utils", "util", "helpers", "common", "misc"} == set()
