"""The parties of a case: names, roles, and where they are located, headquartered and controlled from.

Stated facts win over the store's and are marked as stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topco.choices import AS_RECORDED
from topco.licensing.cases.case import Case, Party
from topco.licensing.cases.facts import Assumption, CountryFact, PartyFact, SideFact
from topco.licensing.cases.places import HEADQUARTERS, LOCATED, PARENT, Places
from topco.licensing.cases.recipients import OPEN_STATUSES, Recipient
from topco.licensing.law.law_slice import Activity

CONSIGNEE, END_USER, AUTHORISED_USER = "ultimate_consignee", "end_user", "authorised_user"


def stated_parties(case: Case, activity: Activity) -> tuple[Party, ...]:
    """The parties of a case; whoever the activity is about is always among them, known or not.

    A validated end user is stated in its own section and becomes a party like any other.
    """
    parties = case.parties
    if case.veu is not None and not any(party.role == AUTHORISED_USER for party in parties):
        headquarters, parent = case.veu.hq_in, case.veu.ultimate_parent_hq_in
        parties = (
            *parties,
            Party(
                role="authorised_user",
                name="the validated end user",
                hq_in=(headquarters,) if headquarters else None,
                ultimate_parent_hq_in=(parent,) if parent else None,
            ),
        )
    principal = activity.principal
    if principal is not None and not any(party.role == principal for party in parties):
        parties = (*parties, Party.model_validate({"role": principal}))
    return parties


class PartyFacts:
    """Collects what is known of the parties of one case."""

    def __init__(self, places: Places, activity: Activity, open_top: str, where: str) -> None:
        self._places = places
        self._activity = activity
        self._open_top = open_top
        self._where = where
        self.parties: list[PartyFact] = []
        self.countries: list[CountryFact] = []
        self.side: list[SideFact] = []
        self.assumptions: list[Assumption] = []

    def collect(self, stated: tuple[Party, ...], destination: str | None, recipients: Mapping[str, Recipient]) -> None:
        """Add every party, in order. Without an end user the party that the activity is about is the end user."""
        has_end_user = any(party.role == END_USER for party in stated)
        for index, party in enumerate(stated):
            recipient = recipients.get(party.entity) if party.entity else None
            alone = party.role == self._activity.principal and not has_end_user and party.role != END_USER
            roles = (party.role, END_USER) if alone else (party.role,)
            name = party.name or (recipient.name if recipient else None) or f"the {party.role.replace('_', ' ')}"
            self.parties.append(PartyFact(name, roles, party.entity, recipient.status if recipient else "stated"))
            self.countries += [
                self._places.as_read(fact, roles)
                for fact in (
                    self._located(index, party, destination),
                    self._headquarters(index, party, recipient),
                    self._ultimate_parent(index, name, party, recipient),
                )
            ]
            self.side += self._side(index, party)

    def _side(self, index: int, party: Party) -> Iterator[SideFact]:
        for number, holder in enumerate(party.minority_holders or ()):
            path = f"{self._where}: parties[{index}].minority_holders[{number}].hq_in"
            yield from self._places.side("holderHeadquarteredIn", index, holder.hq_in, path)
        path = f"{self._where}: parties[{index}].owner_person_nationality"
        yield from self._places.side("ownerNationality", index, party.owner_person_nationality, path)

    def _located(self, index: int, party: Party, destination: str | None) -> CountryFact:
        path = f"parties[{index}].located_in"
        crosses = self._activity.crosses_border
        if party.located_in is None and destination is not None and crosses and party.role in (CONSIGNEE, END_USER):
            label = self._places.slice.countries.get(destination, destination)
            self.assumptions.append(Assumption(path, destination, f"not stated; taken to be the destination, {label}"))
            where = f"{self._where}: destination"
            return self._places.stated(LOCATED, index, (destination,), where, origin="assumed")
        stated = (party.located_in,) if party.located_in else None
        return self._places.stated(LOCATED, index, stated, f"{self._where}: {path}")

    def _headquarters(self, index: int, party: Party, recipient: Recipient | None) -> CountryFact:
        if party.hq_in is not None or recipient is None:
            return self._places.stated(HEADQUARTERS, index, party.hq_in, f"{self._where}: parties[{index}].hq_in")
        return self._places.from_store(HEADQUARTERS, index, recipient.headquarters, self._where, recipient)

    def _ultimate_parent(self, index: int, name: str, party: Party, recipient: Recipient | None) -> CountryFact:
        if party.ultimate_parent_hq_in is not None or recipient is None:
            path = f"{self._where}: parties[{index}].ultimate_parent_hq_in"
            return self._places.stated(PARENT, index, party.ultimate_parent_hq_in, path)
        codes = recipient.parent_headquarters(self._open_top)
        self.assumptions += _about_parents(index, name, recipient)
        if recipient.joint:
            return self._places.joint(index, codes, self._where, recipient)
        if recipient.status in OPEN_STATUSES and self._open_top == AS_RECORDED:
            self.assumptions.append(
                Assumption(
                    f"parties[{index}].ultimate_parent",
                    recipient.highest_known_name or "unknown",
                    f"open-top policy as-recorded: the highest recorded company above {name} counts as the top",
                )
            )
        return self._places.from_store(PARENT, index, codes, self._where, recipient)


def _about_parents(index: int, name: str, recipient: Recipient) -> Iterator[Assumption]:
    """What the answer takes for granted about parents and identity of a party of the store."""
    if recipient.unconfirmed_parents:
        yield Assumption(
            f"parties[{index}].ultimate_parent",
            ", ".join(recipient.unconfirmed_parents),
            f"status {recipient.status} of {name}: each of these is taken as a top, though no source says that "
            "it has no parent",
        )
    for first, second, why in recipient.undecided:
        yield Assumption(
            f"parties[{index}].identity",
            f"{first} and {second} are two parties",
            f"nobody has judged whether they are one, {why}; if they are, the answer about {name} may be another",
        )
    if recipient.undecided_not_tried:
        yield Assumption(
            f"parties[{index}].identity",
            f"{recipient.undecided_not_tried} more pairs are two parties each",
            f"nobody has judged them, and they were not tried; one may change the answer about {name}",
        )
