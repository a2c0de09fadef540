"""Listed owners as an answer tells of them: beside the party, as red flags, and as the ground of a share in a proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topco.licensing.affiliates.scope import affiliates_scope
from topco.licensing.answers.listing_flags import Flag, list_names
from topco.licensing.law.sentences import listed, say
from topco.matching.listings import SAME_PARTY
from topco.ownership.questions.must_may import CANNOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topco.explain.building import Proof
    from topco.licensing.affiliates.listed_ownership import ListedOwner, ListedOwnership, Row, Share
    from topco.licensing.cases.case import Case
    from topco.licensing.cases.recipients import Recipient
    from topco.licensing.law.ruleset import Ruleset

MEASURE = "listed_owner_share"
_OWNER = "listed-owner"
"""The flag for owners whose share is known, and on a day without a numbered one."""
_SOURCE = ("load", "file", "row", "record")


def told(found: ListedOwnership | None) -> dict[str, Any]:
    """What stands beside a party: the owners, and what they have together; None where nobody asked."""
    if found is None:
        return {"listed_owners": None, "listed_owner_share": None}
    together = {
        **_bounds(found.share),
        "standing": found.standing,
        "standing_with_possible": found.with_possible,
        "known_holders": None if found.declared is None else str(found.declared),
    }
    return {"listed_owners": [_owner(one) for one in found.owners], "listed_owner_share": together}


def _owner(one: ListedOwner) -> dict[str, Any]:
    sources = {tuple(row.items()): row for link in one.links for row in map(_source, link.sources)}
    return {
        "id": one.id,
        "name": one.name,
        "entries": [
            {
                "list": entry["list"],
                "entry": entry["id"],
                "requirement": entry["requirement"],
                "policy": entry["policy"],
                "source": _source(entry),
            }
            for entry in one.entries
        ],
        "share": _bounds(one.share),
        "certain": one.certain,
        "path": list(one.path),
        "sources": list(sources.values()),
    }


def owner_flags(
    case: Case,
    recipients: Mapping[str, Recipient],
    owned: Mapping[str, ListedOwnership],
    ruleset: Ruleset | None,
) -> list[Flag]:
    """Parties that are listed themselves, and owners that are or may be listed with a share that nobody knows."""
    flags: list[Flag] = []
    for party in case.parties:
        found = owned.get(party.entity or "")
        if found is None:
            continue
        recipient = recipients.get(party.entity or "")
        name = party.name or (recipient.name if recipient else None) or found.name or found.entity
        role = party.role.replace("_", " ")
        flags += [_is_listed(entry, name, role) for entry in found.listed]
        flags += _of_owners(found, name, *_numbered(ruleset))
    return flags


def _is_listed(entry: Row, name: str, role: str) -> Flag:
    words = {key: entry[key] or "not given" for key in ("requirement", "policy")}
    title = list_names().get(entry["list"], entry["list"])
    question = say("listed_itself", party=name, role=role, listed_name=entry["name"], list=title, **words)
    return _flag(f"list:{entry['list']}", question, entry["citation"], entry, SAME_PARTY, "one party for certain")


def _of_owners(found: ListedOwnership, name: str, flag: str, cite: str) -> Iterator[Flag]:
    unknown = found.share_unknown
    for owner in found.owners if found.standing != CANNOT else ():
        lists = listed([list_names().get(one["list"], one["list"]) for one in owner.entries])
        kind = "listed_owner_unknown_share" if unknown else "listed_owner"
        question = say(kind, owner=owner.name or owner.id, list=lists, party=name, share=_in_words(found.share))
        way = f"by way of {' to '.join(owner.path)}"
        yield _flag(flag if unknown else _OWNER, question, cite, owner.entries[0], None, way)
    for one in found.possible:
        title = list_names().get(one.entry["list"], one.entry["list"])
        words = {"owner": one.name or one.owner, "listed_name": one.entry["name"], "list": title, "party": name}
        yield _flag(flag, say("possible_listed_owner", **words), cite, one.entry, one.score, one.reason)


def _flag(flag: str, question: str, cite: str | None, entry: Row, score: int | None, reason: str) -> Flag:
    return {
        "id": flag,
        "question": question,
        "cite": cite or "; ".join(affiliates_scope().citations),
        "list": entry["list"],
        "entry": entry["id"],
        "listed_name": entry["name"],
        "score": score,
        "reason": reason,
        "requirement": entry["requirement"],
        "policy": entry["policy"],
        "source": _source(entry),
    }


def _numbered(ruleset: Ruleset | None) -> tuple[str, str]:
    """The red flag about unknown shares that is in force, with its citation."""
    for rule in ruleset.readers("measure", MEASURE) if ruleset else ():
        if rule.kind == "RedFlagRule" and rule.concept:
            return rule.concept, rule.cite
    return _OWNER, "; ".join(affiliates_scope().citations)


def grounds(proof: Proof, found: ListedOwnership) -> list[str]:
    """The statements that a share rests on: each owner with its entries and the rows behind every link."""
    premises = []
    for owner in found.owners:
        parts = [
            proof.add(
                "asserted",
                "listedEntry",
                {"name": entry["name"], "entry": entry["id"], "list": entry["list"]},
                source=_source(entry),
            )
            for entry in owner.entries
        ]
        for link in owner.links:
            who = {"owner": link.owner, "company": link.owned, "interests": link.interests}
            predicate = "ownerHas" if link.share else "ownerHasUnstated"
            stated = {**who, **(_between(link.share) if link.share else {})}
            parts += [proof.add("asserted", predicate, stated, source=_source(row)) for row in link.sources]
        own = {"owner": owner.name or owner.id, "company": found.name or found.entity, **_between(owner.share)}
        cite = "; ".join(affiliates_scope().citations)
        premises.append(proof.add("aggregated", "listedOwnerHas", own, cite=cite, premises=parts))
    if found.declared is not None:
        premises.append(proof.add("asserted", "holdersKnown", {"share": str(found.declared)}))
    return premises


def _in_words(share: Share) -> str:
    exact = share.lower == share.upper
    return f"{share.lower} percent" if exact else f"{share.lower} to {share.upper} percent"


def _between(share: Share) -> dict[str, str | None]:
    """The bounds of a share as values of a statement; an exact share has one."""
    return {"lower": str(share.lower), "upper": None if share.lower == share.upper else str(share.upper)}


def _bounds(share: Share) -> dict[str, str]:
    return {"lower": str(share.lower), "upper": str(share.upper)}


def _source(row: Row) -> Row:
    return {name: row[name] for name in _SOURCE}
