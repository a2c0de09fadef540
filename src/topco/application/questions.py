"""What the form of a case asks: every fact of the format once, in groups, in the order and the words of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from topco import knowledge
from topco.choices import OPEN_TOPS
from topco.licensing.cases import case_shape
from topco.licensing.cases.case_shape import DATE, SECTION, WORD, Shape
from topco.namespaces import NAMESPACE, PREFIXES, term
from topco.reports.words import spaced

FILE = "data/reports/questions.ttl"
_CONDITIONS = "rules/regulation/case-conditions.ttl"
_LABEL, _COMMENT = PREFIXES["rdfs"] + "label", PREFIXES["rdfs"] + "comment"
PARTY = "party"
"""The first step of the key of a question that is asked about every party."""
OPTIONS = ("as_of", "known_as_of", "rules_as_of", "open_top", "test")
"""What is asked beside the facts of a case: how they and the law are read."""


@dataclass(frozen=True)
class Needs:
    """When a question or a group matters.

    Attributes:
        answers: by key, the answers to other questions without which it cannot matter.
        only_for: the group of destinations for which it can matter.
        not_beside: the key of a fact that spares it.
    """

    answers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    only_for: str | None = None
    not_beside: str | None = None


@dataclass(frozen=True)
class Question:
    """One question: the key of its fact, what the fact may be, the words, the paragraph, when it matters."""

    key: str
    shape: Shape
    label: str
    comment: str
    cite: str
    needs: Needs


@dataclass(frozen=True)
class Group:
    """Questions that are asked together; `at_first`: shown before anything in it is answered."""

    name: str
    label: str
    comment: str
    needs: Needs
    at_first: bool
    questions: tuple[Question, ...]


@cache
def groups() -> tuple[Group, ...]:
    """All questions, in the order in which they are asked.

    >>> [group.name for group in groups()][:2], groups()[0].questions[0].key
    (['deal', 'item'], 'transaction.date')
    """
    data = knowledge.facts(FILE)
    asked: dict[str, list[tuple[int, Question]]] = {}
    for about in data.values():
        if term("inGroup") in about:
            asked.setdefault(about[term("inGroup")][0], []).append((_place(about), _question(about)))
    found = [(_place(data[iri]), _group(iri, [one for _, one in sorted(asked[iri], key=_first)])) for iri in asked]
    return tuple(group for _, group in sorted(found, key=_first))


def _group(iri: str, questions: list[Question]) -> Group:
    about = knowledge.facts(FILE)[iri]
    at_first = about.get(term("isOpenAtFirst"), ["false"])[0] == "true"
    comment = about.get(_COMMENT, [""])[0]
    return Group(_local(iri), about[_LABEL][0], comment, _needs(about), at_first, tuple(questions))


def _place(about: Mapping[str, list[str]]) -> int:
    return int(about[term("position")][0])


def _first(pair: tuple[int, object]) -> int:
    return pair[0]


def answer_word(key: str, code: str) -> str:
    """An answer in words: as the data have it, else the code with spaces.

    >>> answer_word("transaction.activity", "export"), answer_word("party.government", "none"), answer_word("x", "a_b")
    ('an export', 'neither', 'a b')
    """
    found = knowledge.facts(FILE).get(f"{NAMESPACE}report/{key}/{code}", {}).get(term("template"))
    if found is None and key == "transaction.activity":
        found = knowledge.facts("rules/regulation/activities.ttl").get(f"{NAMESPACE}activity/{code}", {}).get(_LABEL)
    return found[0] if found else spaced(code)


def part_word(name: str) -> str:
    """The name of a part of a structure in words."""
    return answer_word("part", name)


def shape_of(key: str) -> Shape | None:
    """What the fact of a question's key may be; None where the format has none."""
    if key in OPTIONS:
        return _option(key)
    first, *steps = key.split(".")
    shape = case_shape.party() if first == PARTY else case_shape.sections().get(first)
    for step in steps:
        shape = None if shape is None else shape.parts.get(step)
    return shape


def _option(key: str) -> Shape:
    if key == "open_top":
        return Shape(WORD, OPEN_TOPS)
    if key == "test":
        from topco.ownership.parent_tests import names

        return Shape(WORD, tuple(names()))
    return Shape(DATE)


def _question(about: Mapping[str, list[str]]) -> Question:
    (key,) = about[term("asksFor")]
    condition = _conditions().get(key, {})
    label = about.get(_LABEL) or condition.get(_LABEL) or [key.rpartition(".")[2]]
    needs = _needs(about)
    if needs.only_for is None and term("onlyForDestination") in condition:
        needs = replace(needs, only_for=_local(condition[term("onlyForDestination")][0]))
    shape = shape_of(key) or Shape(SECTION)
    return Question(key, shape, label[0], about.get(_COMMENT, [""])[0], about.get(term("cite"), [""])[0], needs)


def _needs(about: Mapping[str, list[str]]) -> Needs:
    data = knowledge.facts(FILE)
    answers = tuple(
        (data[iri][term("asksFor")][0], tuple(data[iri][term("suitableAnswer")]))
        for iri in about.get(term("mattersIf"), ())
    )
    only_for = about.get(term("onlyForDestination"))
    beside = about.get(term("notBeside"))
    return Needs(answers, _local(only_for[0]) if only_for else None, beside[0] if beside else None)


@cache
def _conditions() -> Mapping[str, Mapping[str, list[str]]]:
    """What the law says about papers and circumstances, by the key of their fact."""
    path = term("path")
    return {about[path][0]: about for about in knowledge.facts(_CONDITIONS).values() if path in about}


def _local(iri: str) -> str:
    return iri.rpartition("/")[2]
