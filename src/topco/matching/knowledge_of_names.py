"""What the reference data know of the words of names: legal forms, small words, abbreviations, words that tell apart.

Labels are read through the same cutting into words that names go through (`topco.matching.cutting`), so a spelling in
the data meets the same spelling in a name whatever its case, accents and dots.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from topco import knowledge
from topco.matching.cutting import join_letters, tokens
from topco.namespaces import PREFIXES, local_name, term

_SKOS = PREFIXES["skos"]
_WORDS = "data/reference/name-words.ttl"
_FORMS = "data/reference/legal-forms.ttl"
_COUNTRIES = "data/reference/countries.ttl"

# Says no more than that something is a company; beside another form it adds nothing.
GENERIC_FORM = "co"


@dataclass(frozen=True)
class Words:
    """Words that count for less or for more than their letters."""

    small: frozenset[str]
    number_marks: frozenset[str]
    abbreviations: dict[str, str]
    telling: frozenset[str]


@dataclass(frozen=True)
class Forms:
    """Legal forms: spellings (as words) to canonical form, behind and in front of a name; the sorts of each form.

    `attached` are the spellings in scripts that write no space between a name and its form, the longest first.
    """

    behind: dict[tuple[str, ...], str]
    in_front: dict[tuple[str, ...], str]
    attached: tuple[tuple[str, str], ...]
    attached_in_front: tuple[tuple[str, str], ...]
    sorts: dict[str, frozenset[str]]
    longest: int
    parts: frozenset[str]  # words of spellings of several words


@cache
def words() -> Words:
    """The words of `data/reference/name-words.ttl`; the names of countries are among the telling ones."""
    found = _labels(_WORDS)
    other, hidden, notations = (found[name] for name in ("altLabel", "hiddenLabel", "notation"))
    short = {concept: labels[0] for concept, labels in notations.items()}
    countries = _labels(_COUNTRIES)
    labels = [label for kind in ("label", "altLabel") for one in countries[kind].values() for label in one]
    telling = {label for one in hidden.values() for label in one} | set(labels)
    cut = {tuple(tokens(label)) for label in telling}
    return Words(
        small=frozenset(_only(label) for label in other["small"]),
        number_marks=frozenset(_only(label) for label in other["number"]),
        abbreviations={_only(label): full for concept, full in short.items() for label in other[concept]},
        telling=frozenset(one[0] for one in cut if len(one) == 1),
    )


@cache
def forms() -> Forms:
    """The legal forms of `data/reference/legal-forms.ttl`."""
    found = _labels(_FORMS)
    behind: dict[tuple[str, ...], str] = {}
    in_front: dict[tuple[str, ...], str] = {}
    sorts: dict[str, frozenset[str]] = {}
    for concept, (canonical,) in found["notation"].items():
        for label in (canonical, *found["altLabel"].get(concept, ())):
            behind.setdefault(form_words(label), canonical)
        for label in found["hiddenLabel"].get(concept, ()):
            in_front.setdefault(form_words(label), canonical)
        sorts[canonical] = frozenset(local_name(sort) for sort in found["broader"].get(concept, ()))
    every = (*behind, *in_front)
    parts = frozenset(word for one in every if len(one) > 1 for word in one)
    return Forms(behind, in_front, _attached(behind), _attached(in_front), sorts, max(map(len, every)), parts)


@cache
def countries() -> dict[str, str]:
    """Codes, names and other names of countries, folded, to their codes.

    >>> countries()["gb"], countries()["united kingdom"], countries()["uae"]
    ('GB', 'GB', 'AE')
    """
    found = _labels(_COUNTRIES)
    codes = {concept: code for concept, (code,) in found["isoCode"].items()}
    names = [
        (label, concept) for kind in ("label", "altLabel") for concept, all_ in found[kind].items() for label in all_
    ]
    known = {" ".join(tokens(label)): codes[concept] for label, concept in names if concept in codes}
    return known | {code.lower(): code for code in codes.values()}


def country_code(text: str) -> str | None:
    """The code of a country that a user wrote as a code or a name; None if it is neither.

    >>> country_code("se"), country_code("United Arab Emirates"), country_code("Ruritania")
    ('SE', 'AE', None)
    """
    return countries().get(" ".join(tokens(text)))


def form_words(label: str) -> tuple[str, ...]:
    """A spelling of a legal form as it stands in a name that has been cut into words.

    >>> form_words("S.A. de C.V."), form_words("Sp. z o.o.")
    (('sa', 'cv'), ('sp', 'z', 'oo'))
    """
    return tuple(join_letters([word for word in tokens(label) if word not in words().small]))


def _attached(spellings: dict[tuple[str, ...], str]) -> tuple[tuple[str, str], ...]:
    """Spellings that can be written to a name without a space; a single character is too often a part of the name."""
    together = [(one[0], form) for one, form in spellings.items() if len(one) == 1 and len(one[0]) > 1]
    return tuple(sorted(((s, f) for s, f in together if ord(s[0]) >= UNSPACED), key=lambda pair: (-len(pair[0]), pair)))


# Chinese, Japanese and Korean characters begin here.
UNSPACED = 0x2E80


def _only(label: str) -> str:
    (word,) = tokens(label)
    return word


def _labels(file: str) -> dict[str, dict[str, list[str]]]:
    """Literals and links of a file: by the local names of predicate and subject, in the order of the file."""
    import pyoxigraph as ox

    wanted = {PREFIXES["rdfs"] + "label": "label", term("isoCode"): "isoCode"}
    wanted |= {_SKOS + name: name for name in ("altLabel", "hiddenLabel", "notation", "broader")}
    found: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in wanted.values()}
    for triple in ox.parse(path=str(knowledge.root() / file), format=ox.RdfFormat.TURTLE):
        if (name := wanted.get(triple.predicate.value)) is not None:
            found[name][local_name(triple.subject.value)].append(triple.object.value)
    return found
