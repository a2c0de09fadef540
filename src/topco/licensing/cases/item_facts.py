"""The item of a case as rules see it: every classification that stays possible, those that rules treat alike as one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from topco.items.classify import SOFTWARE, Classifier
from topco.items.finding import Candidate, Finding
from topco.items.law import NONE, ItemLaw
from topco.items.statement import Item
from topco.items.weights import KIND as WEIGHTS
from topco.licensing.cases.facts import Assumption, ItemOption

if TYPE_CHECKING:
    from topco.licensing.law.law_slice import LawSlice

NOTHING_STATED = Item()


def classify(item: Item, law: ItemLaw, day: date) -> Finding:
    """The classification of a case's item.

    Raises:
        BadInput: a stated entry or a unit that cannot be read.
    """
    return Classifier(law, day).classify(item)


def item_options(item: Item, found: Finding, law: ItemLaw, law_slice: LawSlice) -> tuple[ItemOption, ...]:
    """The possible classifications, one for all that no rule tells apart, in the order of their entries."""
    target = _target(item)
    alike: dict[tuple[str, str | None, frozenset[str]], list[Candidate]] = defaultdict(list)
    for candidate in sorted(found.possible):
        entry = law.entries.get(candidate.eccn)
        nature = entry.nature if entry else _nature(item)
        lists = law_slice.entry_lists.get(candidate.eccn, frozenset())
        alike[candidate.item_class, nature if candidate.item_class != NONE else None, lists].append(candidate)
    options = []
    for (item_class, nature, _), candidates in alike.items():
        known = [one.eccn for one in candidates if one.eccn in law.entries]
        label = " or ".join(dict.fromkeys(one.eccn or _in_words(one.item_class) for one in candidates))
        options.append(ItemOption(label, item_class, known[0] if known else "", nature, target))
    return tuple(options)


def assumptions(found: Finding) -> list[Assumption]:
    """What the classification takes for granted."""
    return [Assumption(gap.fact, "taken", gap.why) for gap in found.assumptions]


def _target(item: Item) -> str | None:
    """The entry of what software or technology is for, as far as it is stated."""
    return item.for_eccn or (item.for_item.eccn if item.for_item is not None else None)


def _nature(item: Item) -> str | None:
    if item.kind is None or item.kind == "any":
        return None
    return SOFTWARE.get(item.kind) or ("ModelWeights" if item.kind == WEIGHTS else "Commodity")


def _in_words(item_class: str) -> str:
    return "no entry of these rules" if item_class == NONE else item_class
