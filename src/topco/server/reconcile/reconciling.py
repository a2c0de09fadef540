"""A batch of queries answered: which parties each may mean, and how they compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from topco.matching.listed_names import decided
from topco.server.reconcile.asked import Asked, asked
from topco.server.reconcile.catalogue import types
from topco.server.reconcile.judging import Candidate, Met, bears_number, compared, judged
from topco.server.reconcile.parties import Facts, Records, bare

if TYPE_CHECKING:
    from topco.server.reconcile.names import Names
    from topco.server.reconcile.reading import Query
    from topco.store.store import Store

_BRANCH = "Branch"  # whose recorded address is its own, and no headquarters


def results(store: Store, names: Names, queries: Mapping[str, Query]) -> dict[str, Any]:
    """The result batch of a query batch."""
    wanted = {key: asked(query) for key, query in queries.items()}
    return {
        key: {"result": [_document(one) for one in found]}
        for key, found in _Batch(store, names, wanted).candidates().items()
    }


class _Batch:
    """Queries that are looked up together: each table is read once for all."""

    def __init__(self, store: Store, names: Names, wanted: Mapping[str, Asked]) -> None:
        self._store, self._names, self._wanted = store, names, wanted
        self._records = Records(store)

    def candidates(self) -> dict[str, list[Candidate]]:
        """The candidates of every query, best first."""
        identified, (judgements, ruled_out) = self._identified(), self._judged()
        met = self._met_otherwise()
        every = {party for of in (identified, judgements, met) for found in of.values() for party in found}
        facts = self._records.facts(every)
        found = {}
        for key, query in self._wanted.items():
            taken = {one for one in (*identified[key], *judgements[key]) if one in facts}
            is_identifier = self._party_of_text(query) in taken
            names, further = (compared(of, query.countries) for of in (query.names, query.names[1:]))
            candidates = []
            for one in dict.fromkeys((*identified[key], *judgements[key], *met[key])):
                if one in facts and (one in taken or _may_be(query, facts[one], ruled_out[key])):
                    how = Met(one in identified[key], one in judgements[key], taken == {one}, one in ruled_out[key])
                    # A text that is an identifier, or the number of this party, is no name.
                    no_name = is_identifier or bears_number(query, facts[one])
                    candidates.append(judged(query, further if no_name else names, facts[one], how))
            shown = [one for one in candidates if one.score > 0 or one.facts.id in taken]
            found[key] = sorted(shown, key=lambda one: one.order)[: query.limit]
        return found

    def _identified(self) -> dict[str, list[str]]:
        """The parties whose identifiers a query gives."""
        given = {
            key: [*query.identifiers, *filter(None, [query.text_as_identifier])] for key, query in self._wanted.items()
        }
        party = self._records.party_of({one for ids in given.values() for one in ids})
        return {key: list(dict.fromkeys(party[one] for one in ids)) for key, ids in given.items()}

    def _party_of_text(self, query: Asked) -> str | None:
        """The party that the text of a query identifies, if it is an identifier."""
        text = query.text_as_identifier
        return self._records.party_of([text])[text] if text else None

    def _judged(self) -> tuple[dict[str, list[str]], dict[str, set[str]]]:
        """The parties that a person says the names of a query mean, and those that they do not mean."""
        pairs = [(key, name, query.country) for key, query in self._wanted.items() for name in query.names]
        meant: dict[str, list[str]] = {key: [] for key in self._wanted}
        ruled_out: dict[str, set[str]] = {key: set() for key in self._wanted}
        verdicts = decided(self._store, [(name, country) for _, name, country in pairs])
        for (key, _, _), verdict in zip(pairs, verdicts, strict=True):
            ruled_out[key] |= verdict.ruled_out
            if verdict.party is not None and verdict.party not in meant[key]:
                meant[key].append(verdict.party)
        return meant, ruled_out

    def _met_otherwise(self) -> dict[str, list[str]]:
        """The parties whose names are like one of a query, hold its words, or that bear its number."""
        numbers = {key: [*q.numbers, *filter(None, [q.text_as_number])] for key, q in self._wanted.items()}
        by_number = self._records.with_numbers({one for given in numbers.values() for one in given})
        alike = self._names.met(
            [
                (key, name, ";".join(query.countries) or None)
                for key, query in self._wanted.items()
                for name in query.names
            ]
        )
        few = [key for key, query in self._wanted.items() if query.names and len(alike[key]) < query.limit]
        holding = dict(
            zip(few, self._names.with_words([self._wanted[key].names[0] for key in few]) if few else [], strict=True)
        )
        met = {}
        for key, query in self._wanted.items():
            ids = [*alike.get(key, ())[: 2 * query.limit], *holding.get(key, ())]
            party = self._records.party_of(ids)
            bearing = [one for given in numbers[key] for one in by_number.get(bare(given), ())]
            met[key] = list(dict.fromkeys([*(party[one] for one in ids), *bearing]))
        return met


def _may_be(query: Asked, facts: Facts, ruled_out: set[str]) -> bool:
    """Whether a party that no identifier and no person names is offered at all."""
    return facts.id not in ruled_out and (query.strict == "should" or query.fits(facts.kind) is not False)


def _document(one: Candidate) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": one.facts.id,
        "name": one.facts.name,
        "description": f"{described(one.facts)}. {one.words}.",
        "score": one.score,
        "match": one.match,
        "features": [{"id": name, "value": value} for name, value in one.features.items()],
    }
    return found | {"type": types_of(one.facts.kind)}


def types_of(kind: str | None) -> list[dict[str, str]]:
    """The type of a candidate, with its name; none if it is not known."""
    if kind is None:
        return []
    known = types().get(kind)
    return [{"id": kind, "name": known.name if known else kind}]


def described(facts: Facts) -> str:
    """What the records say of a party, in one line: what tells it from its namesakes."""
    known = types().get(facts.kind or "")
    parts = [facts.id, known.name if known else facts.kind]
    for words, column in (("registered in", "registered_country"), ("headquarters recorded in", "hq_country")):
        code = facts.first(column)
        if code and not (column == "hq_country" and facts.kind == _BRANCH):
            parts.append(f"{words} {code}")
    parts += [status.lower() for one in ("entity_status", "registration_status") if (status := facts.first(one))]
    return ", ".join(part for part in parts if part)
