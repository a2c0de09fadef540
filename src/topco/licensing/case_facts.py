"""From a case, the store's answers and the law of the date to the facts that rules read.

Stated facts win over the store's and are marked as stated. What nobody says is open: every alternative is weighed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from topco.errors import BadInput, NotModelled
from topco.licensing.case import Case, Party
from topco.licensing.facts import Amount, Assumption, Circumstance, CountryFact, Facts, PartyFact, Place
from topco.licensing.law_slice import LawSlice
from topco.licensing.recipients import AS_RECORDED, OPEN_STATUSES, Recipient
from topco.licensing.ruleset import Measure, Ruleset
from topco.namespaces import NAMESPACE

CONSIGNEE: Final = "ultimate_consignee"
END_USER: Final = "end_user"
MODELLED_ACTIVITIES = frozenset({"export", "reexport", "transfer_in_country"})
DESTINATION, LOCATED, HEADQUARTERS, PARENT = (
    "destination",
    "locatedIn",
    "headquarteredIn",
    "ultimateParentHeadquarteredIn",
)


class FactBuilder:
    """Builds the facts of cases under one slice of the law, one rule set and one policy for open tops."""

    def __init__(self, law_slice: LawSlice, ruleset: Ruleset, open_top: str) -> None:
        self.slice = law_slice
        self.ruleset = ruleset
        self.open_top = open_top

    def build(self, case: Case, recipients: Mapping[str, Recipient], where: str) -> Facts:
        """The facts of one case.

        Raises:
            BadInput: a country that ISO 3166 does not have.
            NotModelled: an activity or an item without rules in this version.
        """
        activity, eccn = self._scope(case)
        assumptions: list[Assumption] = []
        if case.item.subject_to_ear is None:
            assumptions.append(Assumption("item.subject_to_ear", "true", "not stated; the rules read suppose it"))
        stated = case.parties or (Party(role=CONSIGNEE),)
        if not any(party.role == CONSIGNEE for party in stated):
            stated = (*stated, Party(role=CONSIGNEE))
        has_end_user = any(party.role == END_USER for party in stated)
        destination = case.transaction.destination
        countries = [self._stated(DESTINATION, None, (destination,) if destination else None, where, "destination")]
        parties: list[PartyFact] = []
        for index, party in enumerate(stated):
            recipient = recipients.get(party.entity) if party.entity else None
            roles = (party.role, END_USER) if party.role == CONSIGNEE and not has_end_user else (party.role,)
            name = party.name or (recipient.name if recipient else None) or f"the {party.role.replace('_', ' ')}"
            parties.append(PartyFact(name, roles, party.entity, recipient.status if recipient else "stated"))
            countries.append(self._located(index, party, destination, where, assumptions))
            countries.append(self._headquarters(index, party, recipient, where))
            countries.append(self._ultimate_parent(index, name, party, recipient, where, assumptions))
        return Facts(
            activity=activity,
            eccn=eccn,
            designer=case.item.designer,
            end_use=case.transaction.end_use or (),
            parties=tuple(parties),
            countries=tuple(countries),
            amounts=tuple(self._amount(case, measure) for measure in self.ruleset.measures),
            circumstances=tuple(
                Circumstance(
                    condition.iri,
                    condition.name,
                    getattr(case.conditions, condition.name),
                    condition.try_both and self._is_read(condition.name),
                )
                for condition in self.ruleset.conditions
            ),
            assumptions=tuple(assumptions),
        )

    def _scope(self, case: Case) -> tuple[str, str]:
        activity, eccn = case.transaction.activity, case.item.eccn
        if activity is None:
            raise NotModelled(
                "What is done with the item is not stated.", where="transaction.activity", remedy="State the activity."
            )
        if activity not in MODELLED_ACTIVITIES:
            raise NotModelled(
                f"The activity {activity!r} has no rules in this version.",
                remedy=f"Modelled: {', '.join(sorted(MODELLED_ACTIVITIES))}.",
            )
        if case.item.subject_to_ear is False:
            raise NotModelled("An item stated not to be subject to the EAR needs rules that are not modelled yet.")
        if eccn is None:
            raise NotModelled(
                "The classification is not stated, and deriving it from figures is not modelled yet.",
                where="item.eccn",
                remedy="State the control-list entry.",
            )
        if eccn not in self.slice.entries:
            raise NotModelled(
                f"The control-list entry {eccn!r} has no rules in this version.",
                where="item.eccn",
                remedy=f"Modelled: {', '.join(sorted(e for e, on in self.slice.entries.items() if on))}.",
            )
        if not self.slice.entries[eccn]:
            raise NotModelled(f"The rules for the control-list entry {eccn} are not modelled yet.", where="item.eccn")
        return activity, eccn

    def _located(
        self, index: int, party: Party, destination: str | None, where: str, assumptions: list[Assumption]
    ) -> CountryFact:
        if party.located_in is None and destination is not None and party.role in (CONSIGNEE, END_USER):
            label = self.slice.countries.get(destination, destination)
            assumptions.append(
                Assumption(
                    f"parties[{index}].located_in", destination, f"not stated; taken to be the destination, {label}"
                )
            )
            return self._stated(LOCATED, index, (destination,), where, "destination", origin="assumed")
        stated = (party.located_in,) if party.located_in else None
        return self._stated(LOCATED, index, stated, where, f"parties[{index}].located_in")

    def _headquarters(self, index: int, party: Party, recipient: Recipient | None, where: str) -> CountryFact:
        if party.hq_in is not None or recipient is None:
            return self._stated(HEADQUARTERS, index, party.hq_in, where, f"parties[{index}].hq_in")
        return self._from_store(HEADQUARTERS, index, recipient.headquarters, where, recipient)

    def _ultimate_parent(
        self,
        index: int,
        name: str,
        party: Party,
        recipient: Recipient | None,
        where: str,
        assumptions: list[Assumption],
    ) -> CountryFact:
        if party.ultimate_parent_hq_in is not None or recipient is None:
            path = f"parties[{index}].ultimate_parent_hq_in"
            return self._stated(PARENT, index, party.ultimate_parent_hq_in, where, path)
        codes = recipient.parent_headquarters(self.open_top)
        if recipient.joint:
            return self._joint(index, codes, where, recipient)
        if recipient.status in OPEN_STATUSES and self.open_top == AS_RECORDED:
            assumptions.append(
                Assumption(
                    f"parties[{index}].ultimate_parent",
                    recipient.highest_known_name or "unknown",
                    f"open-top policy as-recorded: the highest recorded company above {name} counts as the top",
                )
            )
        return self._from_store(PARENT, index, codes, where, recipient)

    def _stated(
        self,
        name: str,
        party: int | None,
        codes: tuple[str, ...] | None,
        where: str,
        path: str,
        origin: str = "stated",
    ) -> CountryFact:
        """A fact of the case; several codes are equal tops, on which the law is silent: readings, not alternatives."""
        if codes is None:
            return CountryFact(name, party, self._every_place(name), (), "unknown")
        readings = tuple(
            dict.fromkeys(place for code in codes for place in self._readings(name, code, f"{where}: {path}"))
        )
        return CountryFact(name, party, (readings,), codes, origin)

    def _from_store(
        self, name: str, party: int, codes: tuple[str | None, ...], where: str, recipient: Recipient
    ) -> CountryFact:
        """A fact of the store: every code is an alternative, an unknown one opens all."""
        if not codes or None in codes:
            return CountryFact(name, party, self._every_place(name), (), "unknown", recipient.status)
        known = tuple(code for code in codes if code is not None)
        alternatives = tuple(dict.fromkeys(self._readings(name, code, where) for code in known))
        return CountryFact(name, party, alternatives, known, "store", recipient.status)

    def _joint(self, party: int, codes: tuple[str | None, ...], where: str, recipient: Recipient) -> CountryFact:
        if not codes or None in codes:
            return CountryFact(PARENT, party, self._every_place(PARENT), (), "unknown", recipient.status)
        known = tuple(code for code in codes if code is not None)
        readings = tuple(dict.fromkeys(place for code in known for place in self._readings(PARENT, code, where)))
        return CountryFact(PARENT, party, (readings,), known, "store", recipient.status)

    def _readings(self, name: str, code: str, where: str) -> tuple[Place, ...]:
        """The destination that a code stands for; two where the law does not say it of a headquarters (738.3(b))."""
        if code not in self.slice.countries:
            raise BadInput(
                f"{code!r} is no country or territory of ISO 3166-1.",
                where=where,
                remedy="Write its code of two letters.",
            )
        own = self._place(code)
        if code not in self.slice.destinations:
            return (own,)
        treated_as, scope, _ = self.slice.destinations[code]
        mapped = Place(self._place(treated_as).iri, f"{own.label} (treated as {self._place(treated_as).label})", code)
        if scope == "EveryFact" or name in (DESTINATION, LOCATED):
            return (mapped,)
        return (mapped, own)

    def _place(self, code: str) -> Place:
        return Place(f"{NAMESPACE}country/{code}", self.slice.countries[code], code)

    def _every_place(self, name: str) -> tuple[tuple[Place, ...], ...]:
        signatures = self.slice.signatures(self.ruleset.groups_read[name])
        return tuple((Place(signature.iri, signature.label),) for signature in signatures)

    def _amount(self, case: Case, measure: Measure) -> Amount:
        addends = tuple((path, _number(case, path)) for path in measure.addends)
        parameter = self.slice.parameters.get(measure.parameter)
        known = [value for _, value in addends if value is not None]
        over: bool | None = None
        if parameter is not None and known:
            over = parameter.is_over(sum(known, Decimal(0)))
            if len(known) < len(addends) and not over:
                over = None
        return Amount(measure.iri, addends, over, measure.try_both and self._is_read(measure.name))

    def _is_read(self, local_name: str) -> bool:
        """Whether a rule in force reads it: what no rule reads need not be weighed."""
        return any(f":{local_name} " in rule.query for rule in self.ruleset.rules)


def _number(case: Case, path: str) -> Decimal | None:
    """The number at a path of the case; the order's quantity may be given as units of a chip."""
    value: Any = case
    for step in path.split("."):
        value = getattr(value, step)
    transaction = case.transaction
    if value is None and path == "transaction.quantity_tpp" and transaction.units and case.item.tpp is not None:
        return transaction.units * case.item.tpp
    return value if isinstance(value, Decimal) else None
