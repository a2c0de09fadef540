"""The finite key of some rules: every fact that they read, with the values that one or two frames tell apart.

With two frames a value is what neither of them tells apart, so that one key has an
answer in both: countries are told apart by the groups of both, figures by the limits of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from topco.items.statement import Item
from topco.licensing.cases.case import EndUse, Veu
from topco.licensing.cases.places import DESTINATION, HEADQUARTERS, LOCATED, PARENT
from topco.licensing.decision.frames import Frame, countries, group_words, of_frame
from topco.licensing.decision.items import item_dimension
from topco.licensing.decision.values import Dimension, Value, partition, told_apart
from topco.licensing.law.law_slice import REACHED, ParameterValue
from topco.licensing.law.rule import ROLES, Rule
from topco.licensing.law.ruleset import Condition, Measure
from topco.licensing.law.vocabulary import LABEL, concept

SUBJECT = "subject_to_ear"
COLUMNS = {DESTINATION: "destination", LOCATED: "location", HEADQUARTERS: "headquarters", PARENT: "ultimate_parent"}
SIDES = {
    "origin": "made in",
    "shippedFrom": "shipped from",
    "installedIn": "installed in",
    "holderHeadquarteredIn": "a holder of a part has its head office",
    "ownerNationality": "the person who owns it is a national",
}
DESIGNERS = get_args(get_args(Item.model_fields["designer"].annotation)[0])
VEU_WORDS = {"veuKind": get_args(Veu.model_fields["kind"].annotation)}
VEU_WORDS["veuQuestion"] = get_args(Veu.model_fields["question"].annotation)


@dataclass(frozen=True)
class Keys:
    """Makes the dimensions of some rules, those of each frame.

    `by_role`: parties are told apart by role; `scope`: what is subject to the regulation is in question;
    `only_required`: activities for which no licence is required are left out.
    """

    frames: tuple[Frame, ...]
    rules: tuple[tuple[Rule, ...], ...]
    item_class: str | None = None
    by_role: bool = False
    scope: bool = False
    only_required: bool = False

    def dimensions(self) -> tuple[Dimension, ...]:
        """Every dimension, destination and party before what depends on them."""
        party = self._party()
        destination = self._place(DESTINATION, party)
        places = [self._place(name, party) for name in (LOCATED, HEADQUARTERS, PARENT)]
        found = [
            self._activity(),
            item_dimension(self.frames, self._readers("topco", "classifiedAs", "entry"), self.item_class),
            party,
            destination,
            *places,
            *map(self._side, SIDES),
            *(self._measure(one, destination) for one in self.frames[0].ruleset.measures),
            self._words("designer", DESIGNERS, "designer"),
            self._words("endUse", get_args(EndUse), "end use"),
            *(self._words(name, words, name) for name, words in VEU_WORDS.items()),
            *(self._condition(one, destination) for one in self.frames[0].ruleset.conditions),
        ]
        return tuple(one for one in found if one is not None)

    def roles(self) -> tuple[str, ...]:
        """The roles that some rule names."""
        return tuple(sorted(role for role in ROLES if any(f'"{role}"' in rule.text for rule in self._all())))

    def _all(self) -> Iterator[Rule]:
        """Every rule whose reading is a question: scope is taken as given, unless it is asked."""
        return (rule for rules in self.rules for rule in rules if self.scope or rule.kind != "ScopeRule")

    def _readers(self, prefix: str, *names: str) -> list[Rule]:
        return [rule for rule in self._all() if any((prefix, name) in rule.named for name in names)]

    def _activity(self) -> Dimension | None:
        readers = self._readers("topco", "activity")
        if not readers:
            return None
        frame, texts = self.frames[0], [rule.text for rule in readers]
        codes = {
            code: (told_apart(code, texts), one.is_question)
            for code, one in sorted(frame.slice.activities.items(), key=_usual_first)
        }
        values = []
        requiring = [rule.text for rule in readers if rule.kind == "RequirementRule"]
        for (named, is_question), members in partition(codes):
            if self.only_required and not told_apart(members[0], requiring):
                continue
            labels = [frame.law.value(concept("activity", code), LABEL) or code for code in members]
            other = "another activity" if is_question else "an activity that asks for no licence"
            label = " or ".join(labels) if named else other
            values.append(Value(label, (members[0],) * len(self.frames)))
        return Dimension("activity", "activity", "", tuple(values))

    def _party(self) -> Dimension | None:
        reads_party = any(rule.names_read("topco") & {"hasParty", "role"} for rule in self._all())
        if not reads_party:
            return None
        named = self.roles()
        if not self.by_role:
            held = named or ("ultimate_consignee", "end_user")
            return Dimension("party", "party", "", (Value(_in_words(held), (held,) * len(self.frames)),))
        texts = [rule.text for rule in self._all()]
        values = [
            Value(
                " or ".join(map(_spaced, members)) if signature else "a party in another role",
                (members[:1],) * len(self.frames),
            )
            for signature, members in partition({role: told_apart(role, texts) for role in sorted(ROLES)})
        ]
        return Dimension("party", "party", "", tuple(values))

    def _place(self, name: str, party: Dimension | None) -> Dimension | None:
        readers = self._readers("topco", name)
        groups = _groups(readers)
        if not readers:
            return None
        only_roles = None
        if party is not None and name != DESTINATION and all(_roles(rule) for rule in readers):
            wanted = {role for rule in readers for role in _roles(rule)}
            only_roles = frozenset(i for i, value in enumerate(party.values) if wanted & set(value.settings[0]))
        if not groups:
            if not any(("topco", "lacks") in rule.named for rule in readers) or name == DESTINATION:
                return None
            somewhere = next(iter(countries(self.frames, [])))
            values: tuple[Value, ...] = (
                Value("established", somewhere.settings),
                Value("not established", (None,) * len(self.frames)),
            )
            return Dimension(name, COLUMNS[name], "", values, only_roles=only_roles)
        return Dimension(
            name,
            COLUMNS[name],
            "",
            tuple(countries(self.frames, groups)),
            None,
            only_roles,
            group_words(self.frames, groups),
        )

    def _side(self, name: str) -> Dimension | None:
        readers = self._readers("topco", name)
        if not readers:
            return None
        groups = _groups(readers)
        values = (*countries(self.frames, groups), Value("not stated", (None,) * len(self.frames)))
        return Dimension(name, "circumstances", SIDES[name], values)

    def _measure(self, measure: Measure, destination: Dimension | None) -> Dimension | None:
        if not self._readers("measure", measure.name):
            return None
        limits = [frame.slice.parameters.get(measure.parameter) for frame in self.frames]
        values = [] if measure.try_both else [Value("not known", (None,) * len(self.frames))]
        cuts = sorted({one.value for one in limits if one is not None})
        for position in range(len(cuts) + 1 if cuts else 0):
            settings = tuple(None if one is None else cuts.index(one.value) < position for one in limits)
            values.append(Value(_position(position, cuts, next(one for one in limits if one)), settings))
        only = self._only_for(measure.only_for, destination)
        return Dimension(f"measure:{measure.name}", "figures", measure.label, tuple(values), only) if values else None

    def _condition(self, one: Condition, destination: Dimension | None) -> Dimension | None:
        if not self._readers("condition", one.name):
            return None
        values = [("given", True), ("not given", False)] + ([] if one.try_both else [("not stated", None)])
        settings = tuple(Value(label, (given,) * len(self.frames)) for label, given in values)
        only = self._only_for(one.only_for, destination)
        return Dimension(f"condition:{one.name}", "circumstances", one.label, settings, only)

    def _only_for(self, group: str | None, destination: Dimension | None) -> frozenset[int] | None:
        if group is None or destination is None:
            return None
        marks = {group, *(of_frame(group, number) for number in range(len(self.frames)))}
        if not any(marks & value.marks for value in destination.values):
            return None
        return frozenset(index for index, value in enumerate(destination.values) if marks & value.marks)

    def _words(self, name: str, words: Sequence[str], label: str) -> Dimension | None:
        readers = self._readers("topco", name)
        if not readers:
            return None
        texts = [rule.text for rule in readers]
        values = [
            Value(" or ".join(map(_spaced, members)) if named else "another", (members[0],) * len(self.frames))
            for named, members in partition({word: told_apart(word, texts) for word in words})
        ]
        if name not in VEU_WORDS:
            values.append(Value("not stated", (None,) * len(self.frames)))
        return Dimension(name, "circumstances", label, tuple(values))


def _usual_first(item: tuple[str, Any]) -> tuple[bool, bool, str]:
    """Activities that bring an item somewhere first."""
    code, one = item
    return (not (one.is_question and one.crosses_border), not one.about_item, code)


def _groups(readers: Sequence[Rule]) -> list[str]:
    return sorted({group for rule in readers for group in rule.names_read("group")})


def _roles(rule: Rule) -> set[str]:
    return {role for role in ROLES if f'"{role}"' in rule.text}


def _spaced(word: str) -> str:
    return word.replace("_", " ")


def _in_words(roles: Sequence[str]) -> str:
    return " and ".join(map(_spaced, roles))


def _position(position: int, cuts: Sequence[Any], limit: ParameterValue) -> str:
    """Where a sum stands between limits, in words."""
    reached = limit.comparison in REACHED
    below, above = ("less than", "at least") if reached else ("at most", "more than")
    parts = [f"{above} {cuts[position - 1]:,} {limit.unit}"] if position else []
    parts += [f"{below} {cuts[position]:,} {limit.unit}"] if position < len(cuts) else []
    return " and ".join(parts)
