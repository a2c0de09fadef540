"""The dated data of the law as rows: figures and why there is none, country groups, control-list entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from topco.licensing.law.periods import COMMENT
from topco.licensing.law.vocabulary import LABEL, NOTATION, node
from topco.namespaces import local_name

if TYPE_CHECKING:
    from topco.licensing.law.body import Law
    from topco.licensing.law.law_slice import LawSlice

Document = dict[str, Any]
PARAMETER_COLUMNS = (
    *("parameter", "label", "value", "unit", "comparison", "from", "to"),
    *("cite", "confidence", "note"),
)
GROUP_COLUMNS = ("group", "name", "label", "cite", "members")
ENTRY_COLUMNS = ("entry", "item_class", "nature", "lists", "from", "to", "cite", "confidence")


def parameter_rows(law: Law, day: date | None = None) -> list[Document]:
    """The figures by name, each with its values by date; where a period has no number, `value` is None and `note` says
    why.

    Args:
        day: only what holds on this day.
    """
    found = [*_values(law, day), *_gaps(law, day)]
    return sorted(found, key=lambda row: (row["parameter"], row["from"] or ""))


def _values(law: Law, day: date | None) -> Iterator[Document]:
    for one in law.subjects("ParameterValue"):
        if day is None or law.in_force(one, day):
            yield _row(law, one, law.value(one, node("ofParameter")) or "", law.value(one, node("value")))


def _gaps(law: Law, day: date | None) -> Iterator[Document]:
    for one in law.subjects("ParameterGap"):
        if day is None or law.in_force(one, day):
            for parameter in law.objects(one, node("ofParameter")):
                yield _row(law, one, parameter.value, None)


def _row(law: Law, dated: NamedNode, iri: str, value: str | None) -> Document:
    parameter = NamedNode(iri)
    return {
        "parameter": local_name(iri),
        "label": law.value(parameter, LABEL) or local_name(iri),
        "value": value,
        "unit": law.value(parameter, node("unit")) or "",
        "comparison": local_name(law.value(parameter, node("comparison")) or ""),
        "from": law.value(dated, node("from")),
        "to": law.value(dated, node("to")),
        "cite": cites(law, dated),
        "confidence": law.value(dated, node("confidence")) or "",
        "note": law.value(dated, COMMENT) or "",
    }


def group_rows(law: LawSlice) -> list[Document]:
    """The groups by name, with the ISO codes of their members; derived groups are computed."""
    return [
        {
            "group": group,
            "name": law.group_names[group],
            "label": label,
            "cite": law.group_cites[group],
            "members": sorted(code for code, groups in law.groups_of.items() if group in groups),
        }
        for group, label in sorted(law.group_labels.items())
    ]


def entry_rows(law: Law, day: date | None = None) -> list[Document]:
    """The control-list entries by notation.

    Args:
        day: only those in force on this day.
    """
    rows = [
        {
            "entry": law.value(one, NOTATION) or "",
            "item_class": local_name(law.value(one, node("itemClass")) or "") or None,
            "nature": local_name(law.value(one, node("itemNature")) or "") or None,
            "lists": [local_name(each.value) for each in law.objects(one, node("onList"))],
            "from": law.value(one, node("from")),
            "to": law.value(one, node("to")),
            "cite": cites(law, one),
            "confidence": law.value(one, node("confidence")) or "",
        }
        for one in law.subjects("ControlListEntry")
        if day is None or law.in_force(one, day)
    ]
    return sorted(rows, key=lambda row: (str(row["entry"]), str(row["from"] or "")))


def cites(law: Law, one: NamedNode) -> str:
    """Where something stands, in one text."""
    return "; ".join(value.value for value in law.objects(one, node("citation")))
