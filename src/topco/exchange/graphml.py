"""The parties and their ties as GraphML: nodes and directed edges from the lower side to the upper one.

A node or an edge is written as soon as it is read. What XML cannot hold (control characters) becomes U+FFFD, and is
counted.
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from topco.exchange.parties import parties, rows_of
from topco.ownership.shares import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from topco.exchange.parties import Party, Row
    from topco.exchange.selection import Selection

# Tables of which GraphML keeps nothing.
LOST = ("judgements", "listings")
NODE = (
    "id",
    "name",
    "other_names",
    "kind",
    "hq",
    "stated_hq",
    "registered",
    "jurisdiction",
    "standing",
    "identifiers",
    "absences",
    "record",
    "load",
)
EDGE_TEXT = ("kind", "standing", "from", "to", "record", "source_file", "load")
EDGE_NUMBER = ("share_exact", "share_min", "share_max")
EDGE_FLAG = ("share_min_exclusive", "share_max_exclusive", "stale")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


class _Writer:
    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.replaced = 0

    def text(self, value: object) -> str:
        found, count = _FORBIDDEN.subn("\N{REPLACEMENT CHARACTER}", str(value))
        self.replaced += count
        return found

    def data(self, place: str, values: dict[str, object]) -> str:
        return "".join(
            f"<data key={quoteattr(f'{place}_{name}')}>{escape(self.text(value))}</data>"
            for name, value in values.items()
            if value is not None and value != ""
        )

    def keys(self, place: str, names: Iterable[str], kind: str) -> None:
        for name in names:
            self.stream.write(f'<key id="{place}_{name}" for="{place}" attr.name="{name}" attr.type="{kind}"/>\n')


def write_graphml(
    selection: Selection, stream: IO[str], report: Callable[[int], None], remarks: Iterable[str] = ()
) -> tuple[int, int]:
    """Write the graph of a selection; give the numbers of nodes and edges, and of characters replaced.

    Args:
        selection: what to export.
        stream: where the text goes, encoded as UTF-8.
        report: told how many nodes and edges are written.
        remarks: sentences for the reader, such as the licences; they stand in the description of the graph.
    """
    writer = _Writer(stream)
    stream.write(_HEAD)
    writer.keys("node", NODE, "string")
    writer.keys("edge", EDGE_TEXT, "string")
    writer.keys("edge", EDGE_NUMBER, "double")
    writer.keys("edge", EDGE_FLAG, "boolean")
    writer.keys("edge", ("source_row",), "long")
    stream.write('<graph id="topco" edgedefault="directed">\n')
    if description := " ".join(remarks):
        stream.write(f"<desc>{escape(writer.text(description))}</desc>\n")
    count = 0
    for party in parties(selection):
        data = writer.data("node", _node(party))
        stream.write(f"<node id={quoteattr(writer.text(party.id))}>{data}</node>\n")
        count += 1
        report(count)
    for table, lower, upper, code in (
        ("relationships", "child", "parent", "kind"),
        ("holdings", "owned", "owner", "interest"),
    ):
        for row in rows_of(selection.table(table)):
            sides = f"source={quoteattr(writer.text(row[lower]))} target={quoteattr(writer.text(row[upper]))}"
            stream.write(f"<edge {sides}>{writer.data('edge', _edge(row, code))}</edge>\n")
            count += 1
            report(count)
    stream.write("</graph>\n</graphml>\n")
    return count, writer.replaced


def _node(party: Party) -> dict[str, object]:
    """What is known of a party; what several records say differently stands side by side, joined by `;`."""

    def all_of(column: str) -> str:
        return ";".join(dict.fromkeys(row[column] for row in party.records if row[column] is not None))

    record: dict[str, Any] = party.record or {}
    return {
        "id": party.id,
        "name": record.get("name"),
        "other_names": ";".join(
            dict.fromkeys(
                [row["name"] for row in party.records if row["name"] not in (None, record.get("name"))]
                + [row["name"] for row in party.names if row["name"] is not None]
            )
        ),
        "kind": all_of("kind"),
        "hq": all_of("hq_country"),
        "stated_hq": ";".join(dict.fromkeys(row["country"] for row in party.headquarters if row["country"])),
        "registered": all_of("registered_country"),
        "jurisdiction": all_of("jurisdiction"),
        "standing": all_of("standing"),
        "identifiers": ";".join(party.identifiers),
        "absences": ";".join(f"{row['level']}:{row['reason']}" for row in party.absences),
        "record": all_of("record"),
        "load": all_of("load"),
    }


def _edge(row: Row, code: str) -> dict[str, object]:
    found: dict[str, object] = {
        "kind": row[code],
        "standing": row["standing"],
        "stale": _flag(row["stale"]),
        "from": row["valid_from"],
        "to": row["valid_to"],
        "record": row["record"],
        "source_file": row["file"],
        "source_row": row["row"],
        "load": row["load"],
    }
    if code == "interest":
        found |= {name: None if row[name] is None else percent(row[name]) for name in EDGE_NUMBER}
        found |= {name: _flag(row[name]) for name in ("share_min_exclusive", "share_max_exclusive")}
    return found


def _flag(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()
