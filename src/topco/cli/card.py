"""One resolution as a page for people: the outcome in words first, then every fact with the row it stands on."""

from __future__ import annotations

from typing import Any


def card(document: dict[str, Any]) -> str:
    """The resolution of one entity as text."""
    from topco.ownership.vocabulary import vocabulary

    words = vocabulary()
    status = document["status"]
    lines = [
        _named(document["entity"]),
        f"{words.labels.get(status, status).capitalize()} ({status}). {words.sentences.get(status, '')}".rstrip(),
        "",
        *_fact("Headquarters", _headquarters(document["hq"])),
        *_fact("Weaker facts", _weaker(document["weaker"])),
        *_fact("Ultimate parent", *([_parent(one) for one in document["ultimate_parents"]] or ["not known"])),
        *_fact("Highest known", _company(document["highest_known"])),
        *_fact("Direct parent", *([_named(one) for one in document["direct_parents"]] or ["none recorded"])),
    ]
    if document["chain"]:
        lines += ["", "Chain", *(f"  {_link(step)}" for step in document["chain"])]
    if document.get("identity"):
        lines += ["", "Same party", *(f"  {_same(link)}" for link in document["identity"])]
    if document.get("undecided"):
        lines += ["", "Undecided, and it would change this (topco judge)", *map(_undecided, document["undecided"])]
    if document.get("undecided_not_tried"):
        lines += ["", f"{document['undecided_not_tried']} more undecided pairs were not tried (topco judge)."]
    if document["settling"]:
        lines += ["", "An exact share would settle it", *(f"  {_link(step)}" for step in document["settling"])]
    if document["notes"]:
        lines += ["", "Notes", *(f"  {note}: {words.sentences.get(note, '')}" for note in document["notes"])]
    lines += [
        "",
        f"Facts as of {document['as_of']}, loads known on {document['known_as_of']}, test {document['test']}; "
        f"{document['id']}",
    ]
    return "\n".join(lines) + "\n"


def _fact(label: str, *values: str) -> list[str]:
    return [f"{label if place == 0 else '':17}{value}" for place, value in enumerate(values)]


def _named(company: dict[str, Any]) -> str:
    return f"{company['name']} ({company['id']})" if company["name"] else f"{company['id']} (no record loaded)"


def _source(source: dict[str, Any]) -> str:
    return f"({source['load']}, {source['file']}, row {source['row']})"


def _headquarters(hq: dict[str, Any]) -> str:
    if hq["country"]:
        return f"{hq['country']} {_source(hq['source'])}"
    if hq["alternatives"]:
        return "sources differ: " + ", ".join(
            f"{one['country']} {_source(one['source'])}" for one in hq["alternatives"]
        )
    return "not known"


def _weaker(weaker: dict[str, Any]) -> str:
    parts = [f"{name.replace('_', ' ')} {value}" for name, value in weaker.items() if value]
    return ", ".join(parts) + " (no substitute for the headquarters)" if parts else "none recorded"


def _parent(parent: dict[str, Any]) -> str:
    hq = {"country": parent["hq_country"], "source": parent["hq_source"], "alternatives": parent["hq_alternatives"]}
    return f"{_named(parent)}, headquarters {_headquarters(hq)}"


def _company(company: dict[str, Any]) -> str:
    countries = company["hq_country"] or " or ".join(company["hq_alternatives"]) or "not known"
    return f"{_named(company)}, headquarters {countries}"


def _share(share: dict[str, Any]) -> str:
    if share["lower"] is None:
        return ""
    if share["lower"] == share["upper"]:
        return f" {share['lower']} %"
    return f" {share['lower']} to {share['upper']} %"


def _same(link: dict[str, Any]) -> str:
    by = f", judged by {link['judged_by']}" if link["judged_by"] else ""
    return f"{link['id']} = {link['other']}{by} {_source(link['source'])}"


def _undecided(pair: dict[str, Any]) -> str:
    then = pair["would_be"]
    score = f", score {pair['score']}" if pair["score"] is not None else ""
    tops = ", ".join(then["ultimate_parents"]) or "none"
    countries = " or ".join(then["ultimate_parent_hq_countries"]) or "unknown"
    return (
        f"  {pair['first']} and {pair['second']} ({pair['why'].replace('_', ' ')}{score}): if one, {then['status']}, "
        f"ultimate parent {tops}, headquarters {countries}"
    )


def _link(step: dict[str, Any]) -> str:
    period = f", from {step['from']}" if step["from"] else ""
    period += f", until {step['to']}" if step["to"] else ""
    source = step["source"]
    share = _share(step["share"])
    return (
        f"{step['child']} <- {step['kind']}{share} - {step['parent']} ({source['load']}, row {source['row']}{period})"
    )
