"""Every rule set, and every rule with its citation, its days and its query: a page for each file of rules."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from law_pages import cited
from markdown_writing import Page, anchor, block, capital, code, day, document, facts, heading, plain, table
from rdflib import RDF, RDFS, URIRef
from turtle_files import TOPCO, KnowledgeFile, local, one, period, predicates, read, subjects, texts

from topco import knowledge
from topco.licensing.law.ruleset import COMBINATION_CLASSES, RULE_CLASSES
from topco.namespaces import NAMESPACE

if TYPE_CHECKING:
    from rdflib import Graph

FOLDER = "reference/rules"
_RULE = f"{NAMESPACE}rule/"
# What stands in an entry of its own place; everything else that is said of a rule follows in the order of its names.
_PLACED = frozenset(
    {RDF.type, RDFS.label, RDFS.comment}
    | {TOPCO[name] for name in ("inRuleSet", "queryFile", "cite", "citation", "stratum", "from", "to")}
)


def pages() -> list[Page]:
    """The rule sets, and each file of rules."""
    return [_index(), *(_section(file) for file in _sections())]


def _rules(graph: Graph) -> list[URIRef]:
    return sorted({rule for kind in RULE_CLASSES for rule in subjects(graph, TOPCO[kind])})


@cache
def _sections() -> tuple[KnowledgeFile, ...]:
    return tuple(file for file in read("rules") if _rules(file.graph))


def _page(file: KnowledgeFile) -> str:
    """`rules/codified/742.6/rules.ttl` becomes `codified-742.6.md`."""
    return file.path.removeprefix("rules/").removesuffix("/rules.ttl").replace("/", "-") + ".md"


def _title(file: KnowledgeFile) -> str:
    return file.path.removeprefix("rules/").removesuffix("/rules.ttl").replace("/", ": ")


def _name(rule: URIRef) -> str:
    return str(rule).removeprefix(_RULE)


def _index() -> Page:
    parts = [
        heading(1, "Rules"),
        "Generated from `rules/` when this site was built. What kinds of rules there are, how they run and how one is "
        "added is told in [law as dated data](../../rules.md); how each paragraph became a rule in "
        "[how the law became rules](../../regulation.md). A rule holds from "
        "the first day of its period, and no longer on the second.",
        table(
            ("file", "rules", "what it holds"),
            (
                (f"[{plain(_title(file))}]({_page(file)})", len(_rules(file.graph)), plain(file.remark))
                for file in _sections()
            ),
        ),
    ]
    for file in read("rules"):
        parts += [_rule_set(found, file) for found in subjects(file.graph, TOPCO.RuleSet)]
        parts += [
            _combination(found, file.graph)
            for kind in COMBINATION_CLASSES
            for found in subjects(file.graph, TOPCO[kind])
        ]
    return Page(f"{FOLDER}/index.md", "Rule sets", document(*parts))


def _rule_set(rule_set: URIRef, file: KnowledgeFile) -> str:
    graph = file.graph
    since, until = period(graph, rule_set)
    rows = []
    for section in _sections():
        for rule in _rules(section.graph):
            if (rule, TOPCO.inRuleSet, rule_set) in section.graph:
                rows.append(_row(rule, section))
    name = local(rule_set).partition(":")[2]
    known = (
        ("Version", one(graph, rule_set, TOPCO.version)),
        ("Period", _days(since, until)),
        ("Parent test", code(one(graph, rule_set, TOPCO.parentTest))),
        ("Rests on", "; ".join(plain(text) for text in texts(graph, rule_set, TOPCO.citation))),
        ("In part", "; ".join(plain(text) for text in texts(graph, rule_set, TOPCO.partial))),
        ("Only named", "; ".join(plain(text) for text in texts(graph, rule_set, TOPCO.pointerOnly))),
    )
    return document(
        heading(2, f"Rule set {name}", anchor(name)),
        f"{capital(plain(one(graph, rule_set, RDFS.label)))}. {plain(one(graph, rule_set, RDFS.comment))}",
        facts(known),
        table(("rule", "stratum", "cites", "period", "says"), sorted(rows, key=lambda row: (row[1], row[0]))),
    )


def _row(rule: URIRef, file: KnowledgeFile) -> tuple[str, str, str, str, str]:
    graph = file.graph
    return (
        f"[{code(_name(rule))}]({_page(file)}#{anchor(_name(rule))})",
        one(graph, rule, TOPCO.stratum),
        cited(one(graph, rule, TOPCO.cite)),
        _days(*period(graph, rule)),
        plain(one(graph, rule, RDFS.label)),
    )


def _combination(found: URIRef, graph: Graph) -> str:
    kind = next(local(kind) for kind in graph.objects(found, RDF.type))
    known = (
        ("Kind", code(kind)),
        ("Cites", "; ".join(cited(text) for text in texts(graph, found, TOPCO.cite))),
        ("Limbs", ", ".join(code(text) for text in texts(graph, found, TOPCO.limb))),
        (
            "Unless, or keeps",
            ", ".join(code(t) for p in ("unlessLimb", "keepsLimb") for t in texts(graph, found, TOPCO[p])),
        ),
        ("Period", _days(*period(graph, found))),
    )
    return document(heading(3, f"Combination: {plain(one(graph, found, RDFS.label))}"), facts(known))


def _section(file: KnowledgeFile) -> Page:
    rules = _rules(file.graph)
    text = document(
        heading(1, f"Rules: {plain(_title(file))}"),
        plain(file.remark),
        facts((("File", code(file.path)),)),
        *(_rule(rule, file.graph) for rule in rules),
    )
    return Page(f"{FOLDER}/{_page(file)}", _title(file), text)


def _rule(rule: URIRef, graph: Graph) -> str:
    path = one(graph, rule, TOPCO.queryFile)
    kind = next(local(kind) for kind in graph.objects(rule, RDF.type))
    further = [predicate for predicate in predicates(graph, rule) if predicate not in _PLACED]
    known = [
        ("Kind", code(kind)),
        ("Rule sets", ", ".join(code(text.partition(":")[2]) for text in texts(graph, rule, TOPCO.inRuleSet))),
        ("Cites", "; ".join(cited(text) for p in ("cite", "citation") for text in texts(graph, rule, TOPCO[p]))),
        ("Period", _days(*period(graph, rule))),
        ("Stratum", one(graph, rule, TOPCO.stratum)),
        *((local(each), ", ".join(code(text) for text in texts(graph, rule, each))) for each in further),
        ("Note", plain(one(graph, rule, RDFS.comment))),
        ("Query", code(f"rules/{path}")),
    ]
    return document(
        heading(2, plain(_name(rule)), anchor(_name(rule))),
        f"{capital(plain(one(graph, rule, RDFS.label)))}.",
        facts(known),
        block(knowledge.text(f"rules/{path}"), "sparql"),
    )


def _days(since: str, until: str) -> str:
    return f"from {day(since)}" + (f" to {day(until)}" if until else "") if since else "always"
