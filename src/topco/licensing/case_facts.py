"""From a case, the store's answers and the law of the date to the facts that rules read.

Stated facts win over the store's and are marked as stated. What nobody says is open: every alternative is weighed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
UNREAD: Final = Place(f"{NAMESPACE}unread", "a place that no rule reads")
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
            assumptions.append(
                Assumption("item.subject_to_ear", "true", "not stated; taken to be subject to the regulation")
            )
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
            countries += [
                self._as_read(fact, roles)
                for fact in (
                    self._located(index, party, destination, where, assumptions),
                    self._headquarters(index, party, recipient, where),
                    self._ultimate_parent(index, name, party, recipient, where, assumptions),
                )
            ]
        return Facts(
            activity=activity,
            eccn=eccn,
            designer=case.item.designer,
            end_use=case.transaction.end_use,
            parties=tuple(parties),
            countries=tuple(countries),
            amounts=tuple(self._amount(case, measure, where) for measure in self.ruleset.measures),
            circumstances=tuple(
                Circumstance(
                    condition.iri,
                    condition.name,
                    getattr(case.conditions, condition.name),
                    condition.try_both and ("condition", condition.name) in self.ruleset.named,
                )
                for condition in self.ruleset.conditions
            ),
            assumptions=tuple(assumptions),
        )

    def _as_read(self, fact: CountryFact, roles: tuple[str, ...]) -> CountryFact:
        """An unknown fact that no rule reads of a party in these roles has one alternative: nothing hangs on it."""
        read = self.ruleset.roles_read[fact.name]
        if not fact.is_open or read is None or read & set(roles):
            return fact
        return replace(fact, alternatives=((UNREAD,),))

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
            raise NotModelled(
                "The item is stated not to be subject to the EAR, and no rule here speaks about such items."
            )
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
        destination = case.transaction.destination
        if destination is not None and self._treated_as(destination) in self.ruleset.home:
            raise NotModelled(
                f"The destination is {self.slice.countries.get(destination, destination)}: no rule here speaks about"
                " items that stay in the country whose exports it governs, or come back to it.",
                where="transaction.destination",
                remedy="State where the items go in the end.",
            )
        return activity, eccn

    def _treated_as(self, code: str) -> str:
        """The destination that a code counts as."""
        return self.slice.destinations[code][0] if code in self.slice.destinations else code

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
        if recipient.unconfirmed_parents:
            assumptions.append(
                Assumption(
                    f"parties[{index}].ultimate_parent",
                    ", ".join(recipient.unconfirmed_parents),
                    f"status {recipient.status} of {name}: each of these is taken as a top, though no source says that "
                    "it has no parent",
                )
            )
        assumptions += [
            Assumption(
                f"parties[{index}].identity",
                f"{first} and {second} are two parties",
                f"nobody has judged whether they are one, {why}; if they are, the answer about {name} may be another",
            )
            for first, second, why in recipient.undecided
        ]
        if recipient.undecided_not_tried:
            assumptions.append(
                Assumption(
                    f"parties[{index}].identity",
                    f"{recipient.undecided_not_tried} more pairs are two parties each",
                    f"nobody has judged them, and they were not tried; one may change the answer about {name}",
                )
            )
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
        known = self._listed(codes)
        if not codes or len(known) < len(codes):
            return CountryFact(name, party, self._every_place(name), (), "unknown", recipient.status)
        alternatives = tuple(dict.fromkeys(self._readings(name, code, where) for code in known))
        return CountryFact(name, party, alternatives, known, "store", recipient.status)

    def _joint(self, party: int, codes: tuple[str | None, ...], where: str, recipient: Recipient) -> CountryFact:
        """Tops that hold together: each is a reading; one whose headquarters is unknown may be anywhere."""
        known = self._listed(codes)
        readings = tuple(dict.fromkeys(place for code in known for place in self._readings(PARENT, code, where)))
        if codes and len(known) == len(codes):
            return CountryFact(PARENT, party, (readings,), known, "store", recipient.status)
        anywhere = tuple((*readings, *others) for others in self._every_place(PARENT))
        return CountryFact(PARENT, party, anywhere, (), "unknown", recipient.status)

    def _listed(self, codes: tuple[str | None, ...]) -> tuple[str, ...]:
        """The countries among what a register says; a code that ISO 3166 does not have says nothing."""
        return tuple(code for code in codes if code is not None and code in self.slice.countries)

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

    def _amount(self, case: Case, measure: Measure, where: str) -> Amount:
        addends = tuple((path, _number(case, path, where)) for path in measure.addends)
        parameter = self.slice.parameters.get(measure.parameter)
        known = [value for _, value in addends if value is not None]
        over: bool | None = None
        if parameter is not None and known:
            over = parameter.is_over(sum(known, Decimal(0)))
            if len(known) < len(addends) and not over:
                over = None
        read = ("measure", measure.name) in self.ruleset.named
        return Amount(measure.iri, addends, over, measure.try_both and read)


def _number(case: Case, path: str, where: str) -> Decimal | None:
    """The number at a path of the case; the order's quantity may be given as units of a chip."""
    if path == "transaction.quantity_tpp":
        return order_quantity(case, where)
    value: Any = case
    for step in path.split("."):
        value = getattr(value, step)
    return value if isinstance(value, Decimal) else None


def order_quantity(case: Case, where: str | None = None) -> Decimal | None:
    """The aggregate processing performance of the order: as stated, or units times that of one; None if unknown.

    Raises:
        BadInput: both are stated and they differ.
    """
    stated, units, each = case.transaction.quantity_tpp, case.transaction.units, case.item.tpp
    computed = units * each if units is not None and each is not None else None
    if stated is not None and computed is not None and stated != computed:
        raise BadInput(
            f"transaction.quantity_tpp is {stated:,}, and transaction.units times item.tpp is {computed:,}.",
            where=where,
            remedy="State one of the two, or make them agree.",
        )
    return stated if stated is not None else computed
