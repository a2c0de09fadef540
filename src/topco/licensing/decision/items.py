"""The items that rules tell apart: entries of the control list by class, nature and the lists on which they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from topco.items.law import NONE, item_law
from topco.licensing.cases.facts import ItemOption
from topco.licensing.decision.values import MOST_NAMED, Dimension, Value, partition
from topco.licensing.law.vocabulary import LABEL, node
from topco.namespaces import local_name

if TYPE_CHECKING:
    from topco.items.law import Entry, ItemLaw
    from topco.licensing.decision.frames import Frame
    from topco.licensing.law.rule import Rule

COMMODITY = "Commodity"
UNKNOWN, NO_ENTRY, OTHER = "unknown", "no entry", "other"


def item_dimension(frames: Sequence[Frame], readers: Sequence[Rule], item_class: str | None) -> Dimension | None:
    """Every item that these rules tell apart; of one class, if that is given. None where they look at no item."""
    if not readers or item_class == NONE:
        return None
    options = list(_options(frames, readers, item_class))
    words = _mark_words(frames)
    values = []
    for marks, members in partition({name: marks for name, marks, _ in options}):
        settings = next(one for name, _, one in options if name == members[0])
        names = tuple(dict.fromkeys(name.partition(" ")[0] for name in members))
        shown = ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else "")
        values.append(Value(shown if names[0] else members[0].strip(), settings, marks, names if names[0] else ()))
    return Dimension("item", "item", "", tuple(values), mark_words=words)


def _mark_words(frames: Sequence[Frame]) -> dict[str, str]:
    """What tells items apart, in words."""
    law = frames[0].law
    found = {
        UNKNOWN: "of an entry that is not known",
        NO_ENTRY: "of an entry of the other date",
        OTHER: "of another nature",
    }
    for kind in ("ItemClass", "ItemNature"):
        found |= {local_name(one.value): law.value(one, LABEL) or "" for one in law.subjects(kind)}
    for one in law.subjects("EntryList"):
        name = local_name(one.value)
        found |= {f"list {name}": f"on the list {name}", f"target {name}": f"for an entry on the list {name}"}
    return found


def some_item(frames: Sequence[Frame], item_class: str | None) -> tuple[ItemOption, ...]:
    """An item for rules that look at none, or at nothing but its class."""
    if item_class == NONE:
        return (ItemOption("no entry", NONE, "", None),) * len(frames)
    return next(settings for _, _, settings in _options(frames, (), item_class))


def item_classes(frames: Sequence[Frame]) -> list[str]:
    """The classes that entries in force have, and that of no entry."""
    laws = [item_law(frame.law, frame.day, frame.ruleset.reading) for frame in frames]
    found = {entry.item_class for law in laws for entry in law.entries.values() if entry.item_class}
    return [*sorted(found), NONE]


def class_label(frame: Frame, item_class: str) -> str:
    """An item class in words."""
    return (
        "an item on no entry of these rules" if item_class == NONE else frame.law.value(node(item_class), LABEL) or ""
    )


def _options(
    frames: Sequence[Frame], readers: Sequence[Rule], item_class: str | None
) -> Iterator[tuple[str, frozenset[str], tuple[ItemOption, ...]]]:
    """Each entry, as each class that it may have: name, what tells it apart, and the option in every frame."""
    laws = [item_law(frame.law, frame.day, frame.ruleset.reading) for frame in frames]
    lists = {name for rule in readers for name in rule.names_read("list")}
    natures = {name for rule in readers for name in rule.names_read("topco")}
    with_entry = any(("topco", "entry") in rule.named for rule in readers)
    with_target = any(("topco", "targetEntry") in rule.named for rule in readers)
    notations = sorted({notation for law in laws for notation in law.entries})
    classes = [item_class] if item_class else [one for one in item_classes(frames) if one != NONE]
    for one in classes:
        for notation in notations:
            entry = next(law.entries[notation] for law in laws if notation in law.entries)
            if one not in _classes(entry, laws):
                continue
            for target in _targets(frames, lists, one) if with_target and entry.follows else (None,):
                settings = tuple(_option(law, notation, one, target) for law in laws)
                held = {f"list {name}" for name in _lists(frames, notation) & lists}
                aimed = {f"target {name}" for name in _lists(frames, target) & lists}
                nature = {entry.nature if entry.nature in natures else OTHER}
                there = {NO_ENTRY} if any(not option.eccn for option in settings) else set()
                suffix = "" if target is None else f" for {target}"
                yield f"{notation} as {one}{suffix}", frozenset({one} | held | aimed | nature | there), settings
        if with_entry:
            unknown = ItemOption("an entry that is not known", one, "", COMMODITY)
            marks = frozenset({one, UNKNOWN, COMMODITY if COMMODITY in natures else OTHER})
            yield f" {one} with an entry that is not known", marks, (unknown,) * len(frames)


def _lists(frames: Sequence[Frame], notation: str | None) -> set[str]:
    """The lists on which an entry stands, in any frame."""
    return {name for frame in frames for name in frame.slice.lists_of(notation) or ()}


def _classes(entry: Entry, laws: Sequence[ItemLaw]) -> set[str]:
    """The classes that an entry may have: its own, or that of any commodity that it is for."""
    if not entry.follows:
        return {entry.item_class} if entry.item_class else set()
    return {
        other.item_class
        for law in laws
        for other in law.entries.values()
        if other.item_class and other.nature == COMMODITY and not other.follows
    }


def _targets(frames: Sequence[Frame], lists: set[str], item_class: str) -> list[str]:
    """One entry of the class for each way in which commodities stand on the lists that are read."""
    found: dict[Any, str] = {}
    for frame in frames:
        for notation, entry in item_law(frame.law, frame.day, frame.ruleset.reading).entries.items():
            if entry.item_class == item_class and entry.nature == COMMODITY:
                found.setdefault((frame.slice.lists_of(notation) or frozenset()) & lists, notation)
    return sorted(found.values())


def _option(law: ItemLaw, notation: str, item_class: str, target: str | None) -> ItemOption:
    entry = law.entries.get(notation)
    if entry is None:
        return ItemOption("no entry", NONE, "", None)
    return ItemOption(notation, item_class, notation, entry.nature, target)
