"""The smallest change of one share that changes an answer, and what each exact value of a band would settle.

From its present share a position is moved outwards over the shares where the answer may turn (`share_turns`); between
two trials with different steps or marks the place is found by halving, and every trial is a full derivation. So a
change that is listed has been derived, and so has the one that is one unit smaller.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from topco.ownership.shares import WHOLE
from topco.ownership.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topco.ownership.questions.outcome import Outcome
    from topco.ownership.questions.share_trials import Figures, Trial, Trials
    from topco.ownership.questions.share_turns import Turns


# Each takes a few derivations.
AT_MOST = 1_000


class Change(NamedTuple):
    """One position's least move (in units, below zero a fall) that changes the answer, and what it leads to."""

    position: int
    by: int
    outcome: Outcome


class Piece(NamedTuple):
    """A range of exact shares, both ends within, that all give one outcome."""

    least: int
    most: int
    outcome: Outcome


def smallest_changes(trials: Trials, turns: Turns, fields: tuple[str, ...], count: int) -> list[Change]:
    """The least changes, of each position one, that make one of these fields differ; smallest first.

    Of very many positions the `AT_MOST` nearest to a threshold are looked at.
    """
    found: list[Change] = []
    waiting = _waiting(trials, turns)
    for nearest, position in waiting[:AT_MOST]:
        limit = abs(found[-1].by) if len(found) == count else None
        if limit is not None and nearest > limit and turns.complete(position):
            continue
        change = _least(trials, turns, position, fields, limit)
        if change is not None:
            found = sorted([*found, change], key=lambda one: (abs(one.by), one.position))[:count]
    return found


def not_tried(trials: Trials, turns: Turns) -> int:
    """How many positions that may change the answer are not looked at, because there are very many."""
    return max(0, len(_waiting(trials, turns)) - AT_MOST)


def _waiting(trials: Trials, turns: Turns) -> list[tuple[int, int]]:
    """The positions that may change anything, with the least change that may; the nearest first."""
    chosen = [position for position in trials.positions if turns.of(position) or not turns.complete(position)]
    return sorted((min(map(abs, turns.of(position)), default=WHOLE), position) for position in chosen)


def _least(trials: Trials, turns: Turns, position: int, fields: tuple[str, ...], limit: int | None) -> Change | None:
    lower, upper = trials.figures(position)
    best: Change | None = None
    for sign, end in ((1, trials.room(position) - lower), (-1, upper)):
        far = end if limit is None else min(end, limit)
        if far <= 0:
            continue
        steps = sorted({0, far, *(sign * turn for turn in turns.of(position) if 0 < sign * turn < far)})

        def at(by: int, sign: int = sign) -> Trial:
            return trials.at(position, trials.moved(position, sign * by))

        def counts(trial: Trial) -> bool:
            return bool(trial.outcome.differences(trials.base.outcome, fields))

        stretches = [steps] if trials.one_way(position) else map(list, pairwise(steps))
        by = next((by for stretch in stretches if (by := _first(at, stretch, counts)) is not None), None)
        if by is not None:
            best, limit = Change(position, sign * by, at(by).outcome), by - 1
    if best is not None:
        assert trials.derived(position, trials.moved(position, best.by)) == best.outcome
    return best


def _first(at: Callable[[int], Trial], steps: list[int], counts: Callable[[Trial], bool]) -> int | None:
    """The least place from `steps[0]` (which does not count) to the last step whose trial counts.

    Equal steps and marks at two places mean equal ones between: as a share grows, sums with it only grow, and what it
    leaves to others only shrinks, so that what was lost on the way does not come back.
    """
    start, end = steps[0], steps[-1]
    if at(start).fingerprint == at(end).fingerprint:
        return None
    if end - start == 1:
        return end if counts(at(end)) else None
    middle = len(steps) // 2 if len(steps) > 2 else 1
    inner = steps if len(steps) > 2 else [start, (start + end) // 2, end]
    found = _first(at, inner[: middle + 1], counts)
    return _first(at, inner[middle:], counts) if found is None else found


def pieces(trials: Trials, turns: Turns, position: int, within: Figures | None = None) -> list[Piece]:
    """What each exact share within the position's band, or between other bounds, would lead to."""
    figures = trials.figures(position)
    lower, upper = figures if within is None else within

    def at(share: int) -> Trial:
        return trials.at(position, (share, share))

    places = {lower, upper} | {figure + turn for turn in turns.of(position) for figure in figures}
    found: list[Piece] = []
    starts = _starts(at, sorted(place for place in places if lower <= place <= upper))
    for start, end in zip(starts, [*starts[1:], upper + 1], strict=True):
        outcome = at(start).outcome
        if found and found[-1].outcome == outcome:
            found[-1] = found[-1]._replace(most=end - 1)
        else:
            found.append(Piece(start, end - 1, outcome))
    return found


def _starts(at: Callable[[int], Trial], places: list[int]) -> list[int]:
    """The first of all places between the first and the last one given, and those that differ from the place before."""
    found = places[:1]
    for start, end in pairwise(places):
        found += _breaks(at, start, end)
    return found


def _breaks(at: Callable[[int], Trial], start: int, end: int) -> Iterator[int]:
    if at(start).fingerprint == at(end).fingerprint:
        return
    if end - start == 1:
        yield end
        return
    middle = (start + end) // 2
    yield from _breaks(at, start, middle)
    yield from _breaks(at, middle, end)


def settling(trials: Trials, turns: Turns) -> list[tuple[int, list[Piece]]]:
    """The banded positions of which some exact share leaves no possible parent; those first that always do."""
    found = []
    for position in trials.positions:
        lower, upper = trials.figures(position)
        if lower == upper:
            continue
        ranges = pieces(trials, turns, position)
        if not all(undecided(piece) for piece in ranges):
            found.append((position, ranges))
    return sorted(found, key=lambda one: (any(map(undecided, one[1])), one[0]))


def undecided(piece: Piece) -> bool:
    """Whether another share may still give another parent."""
    return piece.outcome.status == Status.POSSIBLE.word
