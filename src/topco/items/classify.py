"""From what is stated about an item to its entry on the control list and the class that decides the licence paragraph.

A stated entry stands unless the figures contradict it; without one the figures decide. Three-valued: what every
completion of the facts agrees on is answered, the rest is `undetermined` with the facts that would settle it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from topco.errors import BadInput
from topco.items.chips import has_chip_figures
from topco.items.circuits import CIRCUIT, MEMORY, Level, circuit, contents, memory
from topco.items.finding import Candidate, Finding
from topco.items.law import NONE, ItemLaw
from topco.items.statement import Item
from topco.items.weights import KIND as WEIGHTS
from topco.items.weights import has_weights_figures, weights
from topco.items.workings import Gap, Line

SOFTWARE = {"software": "Software", "technology": "Technology"}
NATURES = {"Software", "Technology"}
UNCLASSIFIED = "EAR99"
CODE = re.compile(r"(?P<root>[0-9][A-E][0-9]{3})(?P<rest>(?:\.[a-z0-9]+)*)", re.IGNORECASE)


@dataclass(frozen=True)
class Classifier:
    """Classifies items under the law of one day."""

    law: ItemLaw
    day: date

    def classify(self, item: Item, path: str = "item") -> Finding:
        """Every classification that stays possible, with the arithmetic and what is missing.

        Raises:
            BadInput: a stated entry that is no control-list number, or a paragraph that its entry does not have.
        """
        if self.day < self.law.first_day:
            note = f"The control list before {self.law.first_day} was not read."
            return Finding(self._anything(), gaps=[Gap("date", note)], notes=[note])
        eccn = code(item.eccn, f"{path}.eccn")
        if eccn is None:
            return self._by_figures(item, path)
        return self._as_stated(item, path, eccn)

    def _anything(self) -> set[Candidate]:
        """Every class that an item could have on any day."""
        return {Candidate(one) for one in (*self.law.classes, NONE)}

    # --- a stated entry ---

    def _as_stated(self, item: Item, path: str, eccn: str) -> Finding:
        law, root = self.law, eccn.partition(".")[0]
        entry = law.entries.get(eccn)
        if entry is not None and entry.follows:
            return self._of_target(item, path, eccn)
        if entry is not None:
            return self._against_figures(item, path, Candidate(entry.item_class or NONE, eccn))
        if eccn in law.ever:
            note = f"The list of {self.day} has no entry {eccn}."
            return Finding({Candidate(NONE, eccn)}, notes=[note])
        if law.has_level_entries(root):
            return self._of_family(item, path, eccn, root)
        if law.fully_listed(root):
            if eccn != root:
                raise BadInput(
                    f"{path}.eccn: {root} has no paragraph {eccn} on {self.day}.", remedy="Correct the paragraph."
                )
            return self._below(item, path, root)
        return self._against_figures(item, path, Candidate(NONE, eccn))

    def _against_figures(self, item: Item, path: str, stated: Candidate) -> Finding:
        """A stated classification with the figures beside it: they may leave it standing, or contradict it."""
        if not _has_figures(item):
            return Finding({stated}, notes=[f"{path}.eccn is taken as stated; no figure was held against it."])
        found = self._by_figures(item, path)
        if stated.item_class in found.classes:
            if len(found.classes) > 1:
                others = ", ".join(sorted(found.classes - {stated.item_class}))
                found.notes.append(f"{path}.eccn is taken as stated; the figures do not exclude {others}.")
            return Finding({stated}, found.lines, [], found.notes, found.assumptions, found.paragraphs)
        reached = " or ".join(sorted(one.eccn or one.item_class for one in found.possible))
        why = f"states {stated.eccn}, and the figures give {reached}"
        found.notes.append(f"{path}.eccn {why}: one of them is wrong.")
        return Finding({stated, *found.possible}, found.lines, [Gap(f"{path}.eccn", why), *found.gaps], found.notes)

    def _below(self, item: Item, path: str, root: str) -> Finding:
        """An entry without its paragraph: the figures choose among its paragraphs."""
        below = {n: e for n, e in self.law.entries.items() if n.startswith(f"{root}.")}
        if not _has_figures(item):
            possible = {Candidate(entry.item_class or NONE, notation) for notation, entry in below.items()}
            return Finding(possible, gaps=[Gap(f"{path}.eccn", "the paragraph, or the figures that decide it")])
        found = self._by_figures(item, path)
        if not any(one.eccn in below for one in found.possible):
            why = f"states {root}, and the figures reach none of its paragraphs"
            found.possible |= {Candidate(entry.item_class or NONE, notation) for notation, entry in below.items()}
            found.gaps.insert(0, Gap(f"{path}.eccn", why))
        return found

    def _of_family(self, item: Item, path: str, eccn: str, root: str) -> Finding:
        """An entry with `.z` paragraphs: it takes one of them where the item also reaches the figures of a level."""
        law = self.law
        if any(law.entries[n].nature in NATURES for n in law.entries if n.startswith(f"{root}.z.")):
            return self._of_target(item, path, eccn)
        level_paragraph = ".z" in eccn[len(root) :]
        if not _has_figures(item):
            if not level_paragraph and eccn != root:
                note = (
                    f"{path}.eccn is taken as stated; without figures it is not tested whether a .z paragraph applies."
                )
                return Finding({Candidate(NONE, eccn)}, notes=[note])
            possible = {
                Candidate(entry.item_class or NONE, n)
                for n, entry in law.entries.items()
                if n.startswith(f"{eccn}." if level_paragraph else f"{root}.z.")
            }
            possible |= set() if level_paragraph else {Candidate(NONE, eccn)}
            if not possible:
                raise BadInput(f"{path}.eccn: the list of {self.day} has no paragraph {eccn}.")
            return Finding(possible, gaps=[Gap(f"{path}.eccn", "the paragraph, or the figures that decide it")])
        found = self._by_figures(item, path)
        possible = set()
        for candidate in found.possible:
            paragraphs = law.level_entries(eccn if level_paragraph else root, candidate.item_class)
            possible |= {Candidate(candidate.item_class, paragraph) for paragraph in paragraphs}
            if candidate.item_class == NONE and not level_paragraph:
                possible.add(Candidate(NONE, eccn))
            elif not paragraphs:
                possible.add(Candidate(candidate.item_class))
                found.gaps.insert(0, Gap(f"{path}.eccn", f"states {eccn}, and the figures do not lead there"))
        if level_paragraph and found.classes == {NONE}:
            possible |= {Candidate(e.item_class or NONE, n) for n, e in law.entries.items() if n.startswith(f"{eccn}.")}
        if len({one.item_class for one in possible}) == 1 < len(possible):
            found.notes.append("The class is the same for every paragraph that stays possible.")
            found.gaps.append(Gap(f"{path}.eccn", "which of the paragraphs"))
        found.possible = possible
        return found

    # --- software and technology ---

    def _of_target(self, item: Item, path: str, eccn: str | None) -> Finding:
        """Software and technology take the class of what they are for."""
        if item.for_item is not None:
            target = self.classify(item.for_item, f"{path}.for_item")
        elif item.for_eccn is not None:
            target = self.classify(Item(eccn=item.for_eccn), f"{path}.for_item")
            target.notes = [f"{path}.for_eccn is taken as stated."]
        else:
            gap = Gap(f"{path}.for_eccn", "the entry of what it is for; or its figures as for_item")
            target = Finding(self._anything(), gaps=[gap])
        found = Finding(set())
        found.take_workings(target)
        for item_class in target.classes:
            found.possible |= self._following(item, eccn, item_class)
        if len(found.classes) == 1 < len(found.possible):
            found.gaps.append(Gap(f"{path}.eccn", "which of the entries for such software or technology"))
        reached = ", ".join(sorted({one.eccn or one.item_class for one in target.possible}))
        found.notes.append(f"It takes the class of what it is for ({reached}).")
        return found

    def _following(self, item: Item, eccn: str | None, item_class: str) -> set[Candidate]:
        law = self.law
        entry = law.entries.get(eccn or "")
        if (entry is not None and entry.follows) or (eccn is not None and item_class == NONE):
            return {Candidate(item_class, eccn or "")}
        if eccn is not None:
            return {Candidate(item_class, n) for n in law.level_entries(eccn, item_class)} or {Candidate(item_class)}
        if item_class == NONE:
            return {Candidate(NONE)}
        nature = SOFTWARE.get(item.kind or "")
        natures = {nature} if nature else NATURES
        return {
            Candidate(item_class, notation)
            for notation, one in law.entries.items()
            if one.nature in natures and (one.follows or one.item_class == item_class)
        }

    # --- figures ---

    def _by_figures(self, item: Item, path: str) -> Finding:
        kind = item.kind if item.kind != "any" else None
        found = self._of_kind(item, path, kind)
        unread = [word for word, stated, read in _groups(item, kind) if stated and not read]
        for word in unread:
            why = f"figures of {word} are stated, and none are read for this kind"
            found.notes.append(f"{path}: {why}.")
            if kind not in SOFTWARE:  # the kind or the figures are wrong, and nobody can say which
                found.possible |= self._anything()
                found.gaps.append(Gap(f"{path}.kind", why))
        return found

    def _of_kind(self, item: Item, path: str, kind: str | None) -> Finding:
        if kind in SOFTWARE or (kind is None and (item.for_eccn or item.for_item)):
            return self._of_target(item, path, None)
        if kind == WEIGHTS or (kind is None and has_weights_figures(item)):
            return self._entries(weights(item, path, self.law, self.day))
        if kind == MEMORY or (kind is None and _has_memory_figures(item) and not has_chip_figures(item)):
            return self._entries(memory(item, path, self.law))
        if kind == CIRCUIT and item.contains is None:
            return self._entries(circuit(item, path, self.law))
        return self._circuits_inside(item, path, kind)

    def _circuits_inside(self, item: Item, path: str, kind: str | None) -> Finding:
        """A computer, an assembly, a component; or figures of a circuit of which the kind is not stated."""
        if item.contains is not None:
            level = contents(item, path, self.law, lambda part: self._level_of(part, path))
            level.lines += self._content_lines(level, path)
        elif has_chip_figures(item):
            level = circuit(item, path, self.law)
            if kind is not None:
                assumed = "read as those of the circuit inside that has most; state `contains` for several"
                level.assumptions.append(Gap(f"{path}.tpp", assumed))
        elif kind is None:
            gap = Gap(f"{path}.kind", "the kind of item, its entry, or its figures")
            return Finding(self._anything(), gaps=[gap])
        else:
            level = circuit(item, path, self.law)
            level.gaps = [Gap(f"{path}.contains", "the circuits inside, with their figures or entries")]
        tests = [test for test in self.law.tests if test.contains and (kind is None or kind in test.kinds)]
        holding = {test.contains: test for test in tests}
        possible: set[Candidate] = set()
        for entry in level.entries:
            item_class = self.law.class_of(entry)
            if entry is None:
                possible.add(Candidate(NONE))
            elif entry in holding:
                possible.add(Candidate(item_class, holding[entry].entry))
            if entry is not None and kind is None and item.contains is None:
                possible.add(Candidate(item_class, entry))
        if kind is None and len({one.eccn for one in possible}) > 1 and len({o.item_class for o in possible}) == 1:
            level.notes.append(f"{path}.kind is not stated: the class is the same for a circuit and what contains it.")
            level.gaps.append(Gap(f"{path}.kind", "a circuit, or what contains one"))
        if len(level.entries) == 1 and (only := next(iter(level.entries))) in holding and kind is not None:
            level.paragraphs = [holding[only].name, *level.paragraphs]
        level.possible = possible
        return level

    def _content_lines(self, level: Level, path: str) -> list[Line]:
        """One line per level that content is asked for."""
        lines = []
        for test in self.law.tests:
            if test.contains:
                met = False if test.contains not in level.entries else True if len(level.entries) == 1 else None
                said = "open" if met is None else "met" if met else "not met"
                asked = f"contains {test.contains}"
                lines.append(Line(test.name, f"{path}.contains", test.label, said, "", asked, met, test.cite))
        return lines

    def _level_of(self, part: Item, path: str) -> str | None:
        """The level of a circuit inside whose entry is stated: the first test entry of the same class."""
        eccn = code(part.eccn, f"{path}.contains")
        item_class = self.law.class_of(eccn)
        if item_class == NONE and eccn and (self.law.fully_listed(eccn) or ".z" in eccn):
            raise BadInput(f"{path}.contains: {eccn} names no paragraph of the list of {self.day}.")
        of_class = (t.entry for t in self.law.tests_of(CIRCUIT) if self.law.class_of(t.entry) == item_class)
        return next(of_class, None)

    def _entries(self, level: Level) -> Finding:
        level.possible = {Candidate(self.law.class_of(entry), entry or "") for entry in level.entries}
        return level


def code(eccn: str | None, where: str) -> str | None:
    """A control-list number as the list writes it: capitals before the first point, small letters after it.

    Raises:
        BadInput: no control-list number.
    """
    if eccn is None or eccn.upper() == UNCLASSIFIED:
        return eccn and eccn.upper()
    match = CODE.fullmatch(eccn)
    if match is None:
        raise BadInput(
            f"{where}: {eccn!r} is no control-list number.",
            remedy="Write digit, letter, three digits, then paragraphs after points; or EAR99.",
        )
    return match["root"].upper() + match["rest"].lower()


def _has_memory_figures(item: Item) -> bool:
    return item.memory_bandwidth_density is not None or item.memory_bandwidth_gb_s is not None


def _groups(item: Item, kind: str | None) -> list[tuple[str, bool, bool]]:
    """The groups of figures: whether they are stated, and whether an item of this kind is classified by them."""
    trained, stacked = has_weights_figures(item), _has_memory_figures(item)
    circuits = has_chip_figures(item) or item.contains is not None
    other = kind in SOFTWARE or kind in (WEIGHTS, MEMORY)
    return [
        ("circuits", circuits, not other and not (kind is None and trained)),
        ("a model", trained, kind in (None, WEIGHTS)),
        ("memory", stacked, kind == MEMORY or (not other and not trained)),
    ]


def _has_figures(item: Item) -> bool:
    return (
        has_chip_figures(item)
        or item.contains is not None
        or _has_memory_figures(item)
        or has_weights_figures(item)
        or item.published is not None
    )
