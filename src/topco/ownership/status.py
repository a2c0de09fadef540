"""The statuses of a resolution, in the order in which they are tried: the first that matches wins."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What is known about an entity's ultimate parent.

    >>> Status.OPEN_TOP.word, [status.word for status in Status if not status.undetermined(strict=False)]
    ('open_top', ['open_top', 'no_evidence', 'own_top', 'resolved'])
    """

    CYCLIC = 0
    CONFLICTING = 1
    JOINT = 2
    POSSIBLE = 3
    WITHHELD = 4
    OUTSIDE_DATA = 5
    OPEN_TOP = 6
    NO_EVIDENCE = 7
    OWN_TOP = 8
    RESOLVED = 9

    @property
    def word(self) -> str:
        return self.name.lower()

    def undetermined(self, *, strict: bool) -> bool:
        """Whether a single question about such an entity ends undetermined.

        Where nobody says that the highest recorded company has no parent, that depends on the policy for open tops:
        `strict` leaves it open, otherwise the company counts as the top.
        """
        return self < (Status.OWN_TOP if strict else Status.OPEN_TOP)


class Kind(IntEnum):
    """The kinds of step between two entities; the value is the code in the arrays.

    Up to `CONTROL` they lead to parents; a `TIE` leads to the holder of one half, a `CANDIDATE` to whoever may control.
    """

    DIRECT = 0
    BRANCH = 1
    ULTIMATE = 2
    CONTROL = 3
    TIE = 4
    CANDIDATE = 5


class Note(IntEnum):
    """Remarks about a resolution that the structure alone decides; the value is a bit."""

    CHAIN_INCOMPLETE = 1
    BRANCH = 2
    SELF_PARENT = 4
    NO_RECORD = 8
    STALE = 16
    RECORDED_ULTIMATE_OF_OTHERS = 32
    SEVERAL_HIGHEST = 64
    DECLARED_OVER_100 = 128

    @property
    def word(self) -> str:
        return self.name.lower()


def note_words(bits: int) -> list[str]:
    """The notes of a bit set, in words.

    >>> note_words(3)
    ['chain_incomplete', 'branch']
    """
    return [note.word for note in Note if bits & note]
