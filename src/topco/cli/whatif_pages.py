"""The answers of `topco whatif` for people, and as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topco.cli.output import cell, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO

COLUMNS = (
    *("part", "want", "number", "fact", "party", "now", "to", "example", "margin", "cite", "before", "after"),
    *("licence_required", "review_policy", "exceptions", "turns"),
)
_DIFFERENCES = ("question", "as_it_is", "supposed")
_TURNED = ("exception", "condition", "party", "cite", "as_it_is", "supposed")
_AGAINST = ("against_it", "party", "state", "cite", "fact_read", "value", "would_have_to_be")
_CHANGES = ("fact", "now", "would_have_to_be", "margin", "then")


def rows(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One row for each difference, each condition that turned, each fact of a premise, and each fact of a change."""
    for one in document["supposed"]:
        yield {"part": "supposed", "fact": one["fact"], "now": _said(one["from"]), "to": _said(one["to"])}
    for one in document["differences"]:
        yield {"part": "difference", "fact": one["question"], "before": one["before"], "after": one["after"]}
    for one in document["conditions"]:
        yield {
            "part": "condition",
            "want": one["exception"],
            "fact": one["id"],
            **_only(one, "party", "cite", "before", "after"),
        }
    for target in document["wanted"]:
        for number, premise in enumerate(target["premises"], 1):
            said = {"part": "premise", "want": target["want"], "number": number, "before": premise["state"]}
            for fact in premise["facts"] or [{"path": None, "value": None, "needs": None}]:
                about = {"fact": fact["path"], "now": _said(fact["value"]), "to": fact["needs"]}
                yield {**said, **_only(premise, "party", "cite"), **about}
        yield from _change_rows("change", target["want"], target["changes"])
    yield from _change_rows("worse", None, document["worse"] or [])


def _change_rows(part: str, want: str | None, changes: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, change in enumerate(changes, 1):
        outcome = change["outcome"]
        for fact in change["facts"]:
            yield {
                "part": part,
                "want": want,
                "number": number,
                "fact": fact["path"],
                "now": _said(fact["now"]),
                **_only(fact, "party", "to", "example", "margin"),
                **_only(outcome, "licence_required", "review_policy"),
                "exceptions": [f"{one['code']}={one['status']}" for one in outcome["exceptions"]],
                "turns": change["turns"],
            }


def write_page(stream: TextIO, document: Mapping[str, Any]) -> None:
    """The answer for people: the verdict, what is supposed, what turns; or what stands against what is wanted."""
    title = f"Case {document['case']}: " if document["case"] else ""
    stream.write(f"{title}{document['before']['verdict']}\n\n")
    stream.write(f"Facts as of {document['as_of']}, law as of {document['rules_as_of']} as {document['reading']}\n\n")
    if document["after"]:
        _write_comparison(stream, document)
    for target in document["wanted"]:
        _write_target(stream, target)
    if document["worse"]:
        write_table(stream, _CHANGES, _lines(document["worse"]), "What would make the answer worse")
        stream.write("\n")
    elif document["worse"] is not None:
        stream.write("No single fact that was tried makes the answer worse.\n\n")
    stream.write(f"{document['note']}\n")


def _write_comparison(stream: TextIO, document: Mapping[str, Any]) -> None:
    for one in document["supposed"]:
        stream.write(f"Supposed: {one['fact']} = {_said(one['to'])} (it is {_said(one['from'])})\n")
    stream.write(f"\nWith this: {document['after']['verdict']}\n\n")
    lines = [
        {"question": _spaced(one["question"]), "as_it_is": one["before"], "supposed": one["after"]}
        for one in document["differences"]
    ]
    if lines:
        write_table(stream, _DIFFERENCES, lines, "What differs")
    else:
        stream.write("No code of the answer differs.\n")
    turned = [
        {
            **one,
            "condition": _spaced(one["id"]),
            "as_it_is": one["before"] or "not asked",
            "supposed": one["after"] or "not asked",
        }
        for one in document["conditions"]
    ]
    if turned:
        stream.write("\n")
        write_table(stream, _TURNED, turned, "Conditions that turned")
    stream.write("\n")


def _write_target(stream: TextIO, target: Mapping[str, Any]) -> None:
    if target["holds"]:
        stream.write(f"{target['want']}: that is the outcome.\n\n")
        return
    given = target["given"] or "not asked, for no licence is required"
    title = f"{target['want']}? It is {given}; against it stands, and all of it would have to fall"
    write_table(stream, _AGAINST, _against(target["premises"]), title)
    stream.write("\n")
    if target["changes"]:
        write_table(stream, _CHANGES, _lines(target["changes"]), f"What {target['want']} hangs on")
    else:
        stream.write("No change that was tried gives it.\n")
    stream.write(f"Not tried: {'; '.join(target['not_tried'])}.\n\n")


def _against(premises: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for premise in premises:
        said = {"against_it": premise["text"], "party": premise["party"], "state": _spaced(premise["state"])}
        for fact in premise["facts"] or [{"path": None, "value": None, "needs": None}]:
            about = {"fact_read": fact["path"], "value": _said(fact["value"]), "would_have_to_be": fact["needs"]}
            yield {**said, "cite": premise["cite"], **about}
            said = {}


def _lines(changes: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for change in changes:
        for position, fact in enumerate(change["facts"]):
            example = f", such as {fact['example']}" if fact["example"] else ""
            yield {
                "fact": f"{'and ' if position else ''}{fact['path']}",
                "now": _said(fact["now"]),
                "would_have_to_be": f"{fact['to']}{example}",
                "margin": fact["margin"],
                "then": "" if position else _then(change),
            }


def _then(change: Mapping[str, Any]) -> str:
    """What the answer would be, as far as it turns."""
    outcome = change["outcome"]
    status = {one["code"]: one["status"] for one in outcome["exceptions"]}
    named = [f"{_spaced(key)} {_spaced(str(outcome[key]))}" for key in change["turns"] if key in outcome]
    named += [f"{key} {_spaced(status.get(key) or 'not asked')}" for key in change["turns"] if key not in outcome]
    return "; ".join(named)


def _only(said: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: said[key] for key in keys}


def _said(value: Any) -> str:
    return "not known" if value is None else cell(value) if not isinstance(value, dict) else str(value)


def _spaced(word: str) -> str:
    return word.replace("_", " ")
