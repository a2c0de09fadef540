"""The errors that reach a user: what is wrong, where, and what to do next.

Every face (command, service, notebook) shows `str(error)` and nothing else. The exit codes are those of the command
line: 0 answered, 1 findings, 2 bad input, 3 undetermined or not modelled.
"""

from __future__ import annotations

ANSWERED = 0
FINDINGS = 1
BAD_INPUT = 2
UNDETERMINED = 3


class TopcoError(Exception):
    """A failure that the user can understand and act upon.

    >>> print(TopcoError("The file is empty.", where="lei2.csv", remedy="Download it again."))
    The file is empty. (lei2.csv) Download it again.
    """

    exit_code = BAD_INPUT

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        parts = [what] + ([f"({where})"] if where else []) + ([remedy] if remedy else [])
        super().__init__(" ".join(parts))


class BadInput(TopcoError):
    """The user's file, option or query cannot be used as it is."""


class NotFound(BadInput):
    """Nothing in the store, its records, its ledger or the rules has this name."""


class NotModelled(TopcoError):
    """The question is understood, and the answer is not in this version's rules."""

    exit_code = UNDETERMINED


class StoreBusy(TopcoError):
    """Another process is writing to the store."""
