"""Model weights: training operations as the technical notes count them, and what takes weights out again.

Synthetic data: where more than a share of the operations work on unpublished data that one model made, the operations
of making the data count, and those of training that model too unless its weights are published; of several such models
only the largest counts, and no operation twice. The level of the second note is the number of operations that it takes
to match the most advanced published model. It floats upwards and never goes down, so a level of an earlier day only
bounds today's from below, and one of a later day from above. Nobody has published one: it is unknown unless stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from topco.items.circuits import Level
from topco.items.finding import Completion, settling
from topco.items.law import Exclusion, ItemLaw, ItemTest
from topco.items.quantities import UNKNOWN, Range, highest, span, trials, written
from topco.items.statement import Generator, Item, Training
from topco.items.workings import Gap, Line, Quantity

KIND, SYNTHETIC_SHARE, EXAMPLE = "model_weights", "synthetic_data_share_percent", "operations_per_weight_and_token"
PUBLISHED, DERIVED, BELOW_LEVEL = "published", "derived_from_published", "below_level"
PERCENT = 100


def has_weights_figures(item: Item) -> bool:
    """Whether anything about the training of a model is stated."""
    stated = (item.training_operations, item.training, item.derived_from_published)
    return any(one is not None for one in stated)


def weights(item: Item, path: str, law: ItemLaw, day: date) -> Level:
    """Whether weights are controlled by what is stated of their training and publication."""
    level = Level(set())
    tests = law.tests_of(KIND)
    if not tests:
        level.entries = {None}
        level.notes.append("No entry for model weights was on the list on this day.")
        return level
    test = tests[0]
    operations = training_operations(item, path, law, test.cite)
    threshold, lowest = level_of_published(item, path, day)
    derived = _additional(item, path)
    completions = list(_completions(item, test, law, operations, threshold, derived))
    level.lines = [*operations.lines, _test_line(test, operations, path)]
    level.lines += _exclusion_lines(item, path, law, operations, threshold, derived)
    level.notes = [*operations.notes, *lowest.notes]
    controlled = not completions or any(one.outcome for one in completions)
    if item.derived_from_published is None and controlled:
        level.assumptions.append(
            Gap(f"{path}.derived_from_published", "taken not to be derived from a published model, as nobody says so")
        )
    if not completions:
        level.entries = {test.entry, None}
        why = "denies that the model is below the level, and the operations stated are below it"
        level.gaps = [Gap(f"{path}.classified_under_note2", why)]
        return level
    level.entries = {one.outcome for one in completions}
    for name in settling(completions, ("operations", "published", "additional", "level")):
        level.gaps += {
            "operations": operations.gaps or [Gap(f"{path}.training_operations", "operations spent on training")],
            "published": [Gap(f"{path}.published", "whether the weights are published")],
            "additional": [Gap(f"{path}.derived_from_published.additional_operations", "further training operations")],
            "level": lowest.gaps,
        }[name]
    level.paragraphs = [test.name] if all(one.outcome for one in completions) else []
    return level


def _completions(
    item: Item, test: ItemTest, law: ItemLaw, operations: Quantity, level: Range, derived: Range | None
) -> Iterator[Completion]:
    exclusion = law.exclusion(DERIVED)
    floor, share = _derived_limits(exclusion)
    published = (True, False) if item.published is None else (item.published,)
    heading = [limit.value for limit in test.limits]
    ranges = [*operations.ranges, *([derived] if derived else [])]
    ends = [end for one in ranges for end in (one.low, one.high) if end is not None]
    scaled = [end / share for end in (*ends, floor) if share]
    for reached in trials(level, [*heading, *ends, *scaled]):
        for spent in dict.fromkeys(v for one in operations.ranges for v in trials(one, [*heading, reached])):
            if item.classified_under_note2 is False and spent < reached:
                continue
            base = spent if exclusion is not None and exclusion.of_own else reached
            for more in trials(derived, [floor, share * base]) if derived else [None]:
                for public in published:
                    excluded = (
                        public
                        or (more is not None and more <= max(floor, share * base))
                        or item.classified_under_note2 is True
                        or spent < reached
                    )
                    controlled = not excluded and all(limit.holds(spent) for limit in test.limits)
                    values = {"operations": spent, "published": public, "additional": more, "level": reached}
                    yield Completion(values, test.entry if controlled else None)


def _derived_limits(exclusion: Exclusion | None) -> tuple[Fraction, Fraction]:
    """The fixed limit of additional operations, and the share of the level that replaces it where it is higher."""
    if exclusion is None or exclusion.share is None or not exclusion.limits:
        return Fraction(0), Fraction(0)
    return exclusion.limits[0].value, exclusion.share.value / PERCENT


def _additional(item: Item, path: str) -> Range | None:
    """Operations on top of a published model; None where the model is not derived from one."""
    if not item.derived_from_published:
        return None
    more = item.derived_from_published.additional_operations
    return UNKNOWN if more is None else Range.exactly(Fraction(more))


def level_of_published(item: Item, path: str, day: date) -> tuple[Range, Quantity]:
    """The operations of the second note on a day, from a level that is stated for a day."""
    fact = f"{path}.note2_operations"
    if item.note2_operations is None:
        why = "operations that it takes to match the most advanced published model; or a classification under the note"
        return UNKNOWN, Quantity([], gaps=[Gap(fact, why)])
    stated = Fraction(item.note2_operations)
    if item.note2_as_of is None or item.note2_as_of == day:
        return Range.exactly(stated), Quantity([])
    if item.note2_as_of < day:
        note = f"{fact} is of {item.note2_as_of}: the level may have risen since, and it never goes down."
        return Range(stated, None), Quantity([], notes=[note], gaps=[Gap(fact, f"the level on {day}")])
    note = f"{fact} is of {item.note2_as_of}, after {day}: the level was not higher then."
    return Range(Fraction(0), stated), Quantity([], notes=[note], gaps=[Gap(fact, f"the level on {day}")])


def training_operations(item: Item, path: str, law: ItemLaw, cite: str) -> Quantity:
    """The operations that count: as stated, or those of the model itself and of what made its data."""
    if item.training_operations is not None:
        stated = Fraction(item.training_operations)
        line = Line("training operations", f"{path}.training_operations", "as stated", written(stated), cite=cite)
        return Quantity([Range.exactly(stated)], [line])
    if item.training is None:
        return Quantity([UNKNOWN], gaps=[Gap(f"{path}.training_operations", "operations spent on training")])
    found = Quantity([])
    own = _own(item.training, f"{path}.training", law, found, cite)
    added = _synthetic(item.training, own, f"{path}.training", law, found)
    total = own + added
    if item.training.synthetic_data:
        formula = f"{span(own)} + {span(added)}"
        found.lines.append(Line("training operations", "computed", formula, span(total), cite=cite))
    found.ranges = [total]
    return found


def _own(training: Training, path: str, law: ItemLaw, found: Quantity, cite: str) -> Range:
    if training.own_operations is not None:
        own = Fraction(training.own_operations)
        found.lines.append(Line("own operations", f"{path}.own_operations", "as stated", written(own), cite=cite))
        return Range.exactly(own)
    if training.parameters is not None and training.tokens is not None and EXAMPLE in law.constants:
        each = law.constants[EXAMPLE]
        own = each.value * Fraction(training.parameters) * Fraction(training.tokens)
        formula = f"{written(each.value)} x {_plain(training.parameters)} x {_plain(training.tokens)}"
        source = f"{path}.parameters, {path}.tokens"
        found.lines.append(Line("own operations", source, formula, written(own), cite=each.cite))
        return Range.exactly(own)
    found.gaps.append(Gap(f"{path}.own_operations", "operations of pre-training and all later training"))
    return UNKNOWN


def _plain(value: object) -> str:
    return written(Fraction(str(value)))


def _synthetic(training: Training, own: Range, path: str, law: ItemLaw, found: Quantity) -> Range:
    """What the largest data-generating model adds."""
    added = [Range.exactly(0)]
    for number, model in enumerate(training.synthetic_data):
        here = f"{path}.synthetic_data[{number}]"
        counts = _counts(model, own, here, law, found)
        cost = _cost(model, here, found) if counts is not False else Range.exactly(0)
        adds = cost if counts else Range(Fraction(0), cost.high)
        cite = law.constants[SYNTHETIC_SHARE].cite if SYNTHETIC_SHARE in law.constants else ""
        source = f"{model.name}: {here}" if model.name else here
        said = {True: "counts", False: "does not count", None: "may count"}[counts]
        found.lines.append(Line("operations of the data's model", source, said, span(adds), cite=cite))
        added.append(adds)
    return highest(added)


def _counts(model: Generator, own: Range, path: str, law: ItemLaw, found: Quantity) -> bool | None:
    """Whether a model that made training data counts: unpublished data, and more than the share of the operations."""
    if model.already_counted or model.data_published is True:
        return False
    limit = law.constants.get(SYNTHETIC_SHARE)
    share: bool | None = None
    if limit is not None and model.operations_on_its_data is not None and (own.known or own.low):
        on_it = Fraction(model.operations_on_its_data) * PERCENT
        least = limit.holds(on_it / own.high) if own.high else None if own.high is None else False
        most = limit.holds(on_it / own.low) if own.low else None
        share = most if least == most else None
    if share is False:
        return False
    if share is None:
        found.gaps.append(Gap(f"{path}.operations_on_its_data", "operations that work on the data of this model"))
    if model.data_published is None:
        found.gaps.append(Gap(f"{path}.data_published", "whether the data are published"))
        return None
    return share


def _cost(model: Generator, path: str, found: Quantity) -> Range:
    """The operations of making the data, and of training the model unless its weights are published."""
    if model.generation_operations is None:
        found.gaps.append(Gap(f"{path}.generation_operations", "operations of making the data"))
    making = UNKNOWN if model.generation_operations is None else Range.exactly(Fraction(model.generation_operations))
    if model.weights_published is True:
        return making
    if model.training_operations is None:
        found.gaps.append(Gap(f"{path}.training_operations", "operations of training the model that made the data"))
        return making + UNKNOWN
    own = Range.exactly(Fraction(model.training_operations))
    if model.weights_published is None:
        found.gaps.append(Gap(f"{path}.weights_published", "whether the weights of that model are published"))
        own = Range(Fraction(0), own.high)
    return making + own


def _test_line(test: ItemTest, operations: Quantity, path: str) -> Line:
    limits = " and ".join(f"{limit.figure} {limit.symbol} {written(limit.value)}" for limit in test.limits)
    ends = {
        all(limit.holds(value) for limit in test.limits)
        for one in operations.ranges
        for value in trials(one, [limit.value for limit in test.limits])
    }
    met = ends.pop() if len(ends) == 1 else None
    said = "open" if met is None else "met" if met else "not met"
    return Line(test.name, path, f"{test.label}: {operations.text()}", said, threshold=limits, met=met, cite=test.cite)


def _exclusion_lines(
    item: Item, path: str, law: ItemLaw, operations: Quantity, level: Range, derived: Range | None
) -> list[Line]:
    """One line for each way out: published, derived from published weights, below the level of the published."""
    lines = []
    if (one := law.exclusion(PUBLISHED)) is not None:
        lines.append(_line(one, f"{path}.published", one.label, "", item.published))
    if (one := law.exclusion(DERIVED)) is not None and derived is not None:
        floor, share = _derived_limits(one)
        level = operations.ranges[0] if one.of_own else level
        limit = Range(max(floor, share * level.low), None if level.high is None else max(floor, share * level.high))
        formula = (
            f"additional {span(derived)} against the higher of {written(floor)} and {written(share)} x {span(level)}"
        )
        inside: bool | None = None
        if derived.high is not None and derived.high <= limit.low:
            inside = True
        elif limit.high is not None and derived.low > limit.high:
            inside = False
        source = f"{path}.derived_from_published.additional_operations"
        lines.append(_line(one, source, formula, f"additional operations <= {span(limit)}", inside))
    if (one := law.exclusion(BELOW_LEVEL)) is not None:
        below = item.classified_under_note2
        spent = operations.ranges[0]
        if below is None and spent.high is not None and spent.high < level.low:
            below = True
        elif below is None and level.high is not None and spent.low >= level.high:
            below = False
        formula = f"{operations.text()}; level of the best published model: {span(level)}"
        lines.append(_line(one, f"{path}.note2_operations", formula, "training_operations < the level", below))
    return lines


def _line(one: Exclusion, source: str, formula: str, threshold: str, applies: bool | None) -> Line:
    said = "open" if applies is None else "applies" if applies else "does not apply"
    return Line("exclusion", source, formula, said, threshold=threshold, met=applies, cite=one.cite)
