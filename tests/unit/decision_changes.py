"""What may change about a key, each time for the worse: the pairs of keys between which an answer must not soften."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from decision_review import Answer, Cell
from decision_space import DESTINATION, LOCATED, PARENT, SEAT, Answers, Key, Profile

HOOK = "MacauOrD5"
PLACE_OF = {LOCATED: "located", SEAT: "seat", PARENT: "parent"}
# Conditions that make things worse when they are given; every other paper or circumstance does so when it is denied.
WORSE_IF_GIVEN = frozenset(
    {
        "datacentre",
        "direct_product_of_listed",
        "foreign_produced_on_controlled_chips",
        "government_controlled",
        "knowledge_of_parent",
        "part_744_746_bar",
        "received_under_aia",
        "subject_to_ear",
    }
)
WORSE_IF_DENIED = frozenset(
    {
        "acm_accounting",
        "aia_certification",
        "dd_certifications",
        "designer_application_current",
        "enc_met",
        "lpp_certification",
        "nac_confirmation",
        "nac_notice_25_days",
        "permanent_regular_employee",
        "private_sector",
        "purchase_order",
        "supp8_approved",
        "weights_facility_supp10",
    }
)


class Change(NamedTuple):
    """One thing that gets worse: what it is, and the keys and answers before and after."""

    what: str
    cell: Cell
    before: Key
    after: Key

    @property
    def old(self) -> Answer:
        return self.cell.answers[self.before]

    @property
    def new(self) -> Answer:
        return self.cell.answers[self.after]

    def there(self) -> frozenset[str]:
        """The groups of the destination afterwards."""
        return self.cell.chapters[0].groups(self.after.destination)


def worse(name: str, value: bool | None) -> int:
    """How bad it is what is said of a condition or a measure; what nobody says lies between."""
    if value is None:
        return 1
    return 0 if value == (name in WORSE_IF_DENIED) else 2


def changes(cell: Cell) -> Iterator[Change]:
    """Every way in which something about a swept key gets worse, and the key is swept as well."""
    hooked = {name: _hooks(cell, name) for name in (DESTINATION, *PLACE_OF)}
    towards = _worse_profiles(cell, hooked)
    elsewhere = _by_what_is_common(cell)
    for key in cell.answers:
        for answers in _worse_answers(key.answers, cell.axes.axis_of_answers(None, key.destination)):
            yield from _found("what is said of the deal", cell, key, key._replace(answers=answers))
        for index, party in enumerate(key.parties):
            for what, worse_party in towards[len(key.parties) > 1, key.destination, party]:
                parties = (*key.parties[:index], worse_party, *key.parties[index + 1 :])
                yield from _found(what, cell, key, key._replace(parties=parties))
        if (alone := key._replace(parties=key.parties[:1])) != key:
            yield from _found("a party more", cell, alone, key)
        for there in hooked[DESTINATION][key.destination]:
            for after in elsewhere[there, _common(cell, key)]:
                yield Change(DESTINATION, cell, key, after)


def _found(what: str, cell: Cell, before: Key, after: Key) -> Iterator[Change]:
    if before in cell.answers and after in cell.answers:
        yield Change(what, cell, before, after)


def _hooks(cell: Cell, name: str) -> dict[str, list[str]]:
    """For each place outside Macau and D:5, the places inside."""
    seen = cell.axes.seen(name)
    inside = [iri for iri, groups in seen.items() if HOOK in groups]
    return {iri: [] if HOOK in groups else inside for iri, groups in seen.items()}


def _worse_answers(answers: Answers, axis: dict[str, list[tuple[str, bool] | None]]) -> Iterator[Answers]:
    said = dict(answers)
    for name, values in axis.items():
        rest = answers - {(name, said[name])} if name in said else answers
        for value in values:
            if worse(name, value and value[1]) > worse(name, said.get(name)):
                yield rest | {value} if value else rest


def _worse_profiles(
    cell: Cell, hooked: dict[str, dict[str, list[str]]]
) -> dict[tuple[bool, str, Profile], list[tuple[str, Profile]]]:
    """For each profile, alone and as one that stands for others, those in which one thing is worse."""
    found: dict[tuple[bool, str, Profile], list[tuple[str, Profile]]] = defaultdict(list)
    for (there, profile), stands in cell.stands_for.items():
        axis = cell.axes.axis_of_answers(profile.roles, there)
        ways = [
            (name, profile._replace(**{at: iri}))
            for name, at in PLACE_OF.items()
            for iri in hooked[name].get(getattr(profile, at), [])
        ]
        ways += [("what is said of it", profile._replace(answers=a)) for a in _worse_answers(profile.answers, axis)]
        found[False, there, profile] += ways
        found[True, there, stands] += [(what, cell.stands_for[there, one]) for what, one in ways]
    return {key: list(dict.fromkeys(ways)) for key, ways in found.items()}


def _common(cell: Cell, key: Key) -> object:
    """A key without its destination, and without what matters for some destinations only."""
    only = {one.name for one in (*cell.axes.conditions, *cell.axes.measures) if one.only_for is not None}

    def rest(answers: Answers) -> Answers:
        return frozenset((name, value) for name, value in answers if name not in only)

    parties = tuple(party._replace(answers=rest(party.answers)) for party in key.parties)
    return key._replace(destination="", parties=parties, answers=rest(key.answers))


def _by_what_is_common(cell: Cell) -> dict[tuple[str, object], list[Key]]:
    found: dict[tuple[str, object], list[Key]] = defaultdict(list)
    for key in cell.answers:
        found[key.destination, _common(cell, key)].append(key)
    return found
