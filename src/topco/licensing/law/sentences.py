"""The words of an answer: templates and labels from the data, filled here."""

from __future__ import annotations

from functools import cache

from pyoxigraph import NamedNode

from topco.licensing.law.body import Law, load_law
from topco.licensing.law.vocabulary import LABEL, node
from topco.namespaces import NAMESPACE


@cache
def template(name: str) -> str:
    """A sentence template of `rules/verdicts.ttl`."""
    text = load_law().value(NamedNode(f"{NAMESPACE}sentence/{name}"), node("template"))
    if text is None:
        raise LookupError(f"rules/verdicts.ttl has no sentence:{name}")
    return text


def say(name: str, **values: object) -> str:
    """A filled sentence.

    >>> say("because_destination", place="India")
    'the destination is India'
    """
    return template(name).format(**values)


def label(law: Law, kind: str, local_name: str) -> str:
    """The label of a listed thing (`label(law, "duty", "written_notice")`)."""
    return law.value(NamedNode(f"{NAMESPACE}{kind}/{local_name}"), LABEL) or local_name


def listed(parts: list[str], last: str = "and") -> str:
    """A list in a sentence.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""
