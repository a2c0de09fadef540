"""One rule as a document: what it concludes, its period and paragraph, its query, and what the query looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topco import knowledge
from topco.errors import NotFound
from topco.licensing.law.periods import law_in_force
from topco.licensing.law.vocabulary import LABEL, node
from topco.namespaces import local_name

if TYPE_CHECKING:
    from topco.licensing.decision.frames import Frame
    from topco.licensing.law.rule import Rule

Document = dict[str, Any]


def rule_row(rule: Rule) -> Document:
    """A rule in a line: its kind, provision, stratum and period."""
    return {
        "rule": rule.name,
        "kind": rule.kind,
        "cite": rule.cite,
        "label": rule.label,
        "stratum": rule.stratum,
        "from": rule.since,
        "to": rule.until,
    }


def rule_document(frame: Frame, name: str) -> Document:
    """The rule of this name.

    Args:
        name: with its rule set (`codified/review-supplement-5a`) or without.

    Raises:
        NotFound: it is not in force in this frame.
    """
    ruleset = frame.ruleset
    wanted = name if "/" in name else f"{ruleset.name}/{name}"
    found = [rule for rule in ruleset.rules if rule.name == wanted]
    if not found:
        raise NotFound(f"No rule {name!r} is in force on that date.", remedy="`topco rules list` names them.")
    rule = found[0]
    return {
        **rule_row(rule),
        "path": rule.path,
        "reading": ruleset.reading,
        "rules_as_of": frame.day.isoformat(),
        "rule_set": {
            "label": ruleset.label,
            "version": ruleset.version,
            "verified_to": ruleset.verified_to and ruleset.verified_to.isoformat(),
        },
        "provision": _provision(frame, rule.cite),
        "concludes": [_conclusion(one) for one in found],
        "roles": sorted(rule.roles),
        "figures": _figures(frame, rule),
        "groups": _groups(frame, rule),
        "conditions": [
            {"condition": one.name, "label": one.label}
            for one in ruleset.conditions
            if one.name in rule.names_read("condition")
        ],
        "law": law_in_force(frame.law, frame.day, ruleset.reading),
        "query": knowledge.text(rule.path),
    }


def _conclusion(rule: Rule) -> Document:
    return {
        "concept": local_name(rule.concept) if rule.concept else None,
        "limb": rule.limb,
        "exception": rule.exception,
        "condition": rule.condition,
        "qualification": rule.qualification,
        "unverified": rule.unverified,
    }


def _provision(frame: Frame, cite: str) -> Document | None:
    """The paragraph that a rule cites, where the law has it as a provision."""
    law = frame.law
    for one in law.subjects("Provision"):
        if law.value(one, node("cite")) == cite:
            return {
                "cite": cite,
                "label": law.value(one, LABEL) or "",
                "from": law.value(one, node("from")),
                "to": law.value(one, node("to")),
                "applies_from": law.value(one, node("appliesFrom")),
                "amended_by": [each.value for each in law.objects(one, node("amendedBy"))],
            }
    return None


def _figures(frame: Frame, rule: Rule) -> list[Document]:
    """The sums that the query names, and the figures of the day against which they are held."""
    found = []
    for measure in frame.ruleset.measures:
        if measure.name not in rule.names_read("measure"):
            continue
        value = frame.slice.parameters.get(measure.parameter)
        found.append(
            {
                "measure": measure.name,
                "label": measure.label,
                "parameter": measure.parameter,
                "parameter_label": value.label if value else None,
                "value": str(value.value) if value else None,
                "unit": value.unit if value else None,
                "comparison": value.comparison if value else None,
                "from": value.since if value else None,
                "cite": value.cite if value else None,
            }
        )
    return found


def _groups(frame: Frame, rule: Rule) -> list[Document]:
    law = frame.slice
    return [
        {
            "group": group,
            "name": law.group_names.get(group, group),
            "label": law.group_labels.get(group, group),
            "cite": law.group_cites.get(group, ""),
            "members": sorted(frame.members(group)),
        }
        for group in sorted(rule.names_read("group"))
    ]
