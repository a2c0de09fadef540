"""The source files of a command: found, unpacked, told by their content, and put together into loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from topco.errors import BadInput
from topco.registries import vintage as vintages
from topco.registries.content import Content, read
from topco.registries.interface import Detected, OtherKind, Progress, Registry
from topco.registries.outcome import Outcome


@dataclass(frozen=True)
class Source:
    """A source file, the registry that knows it, what it is, and a folder for what is read from it."""

    content: Content
    registry: Registry
    detected: Detected
    folder: Path

    @property
    def kind(self) -> tuple[str, str]:
        """What the files of one load share."""
        return self.detected.source or self.registry.publisher, self.detected.kind.name


def sources_of(
    registries: Sequence[Registry], found: Sequence[Path], staging: Path, outcome: Outcome, progress: Progress
) -> Iterator[Source]:
    """The files that a registry knows, once each; the others are noted as refused or repeated.

    Raises:
        BadInput: a file is damaged.
    """
    seen: dict[str, str] = {}
    for number, path in enumerate(found):
        folder = staging / f"source-{number}"
        folder.mkdir()
        for member, content in enumerate(read(path, folder, progress)):
            if content.sha256 in seen:
                outcome.repeated.append(f"{content.name} has the same content as {seen[content.sha256]}")
                continue
            content = _named_apart(content, path, set(seen.values()))
            seen[content.sha256] = content.name
            try:
                registry, detected = _detect(registries, content)
            except OtherKind as refusal:
                outcome.refused.append(refusal)
                continue
            raw = folder / f"raw-{member}"
            raw.mkdir()
            yield Source(content, registry, detected, raw)


def _named_apart(content: Content, path: Path, names: set[str]) -> Content:
    """The content under a name that no other file of the command has: folders before it, then a number."""
    name, above = content.name, list(path.resolve().parent.parts[1:])
    while name in names and above:
        name = f"{above.pop()}/{name}"
    number = 2
    while name in names:
        name, number = f"{content.name} ({number})", number + 1
    return content if name == content.name else replace(content, name=name)


def _detect(registries: Sequence[Registry], content: Content) -> tuple[Registry, Detected]:
    """The first registry that knows a file.

    Raises:
        OtherKind: none does.
        BadInput: one says that it is damaged, and none takes it.
    """
    refusals: list[BadInput] = []
    for registry in registries:
        try:
            return registry, registry.detect(content)
        except BadInput as refusal:  # another one may know better
            refusals.append(refusal)
    damaged = [refusal for refusal in refusals if not isinstance(refusal, OtherKind)]
    if damaged or len(refusals) == 1:
        raise [*damaged, *refusals][0]
    raise OtherKind(
        "No registry knows this file.",
        where=content.name,
        remedy=f"Name the registry to see why: topco load {'|'.join(registry.name for registry in registries)} FILE.",
    )


def by_vintage(sources: list[Source], given: date | None) -> Iterator[tuple[date | None, str, list[Source]]]:
    """The sources of one kind by the vintage that is known before reading; those without one stay together."""
    groups: dict[date | None, tuple[str, list[Source]]] = {}
    for source in sources:
        day, how = _known_vintage(source, given)
        groups.setdefault(day, (how, []))[1].append(source)
    for day, (how, members) in groups.items():
        yield day, how, members


def in_order(sources: list[Source], given: date | None) -> Iterator[tuple[date | None, str, list[Source]]]:
    """Sources that change a load, by day and moment; those of one moment are one change."""
    moments = sorted({_moment(source) for source in sources})
    days = list(by_vintage(sources, given))
    for day, how, members in sorted(days, key=lambda group: group[0] or date.max):
        for moment in moments:
            if together := [source for source in members if _moment(source) == moment]:
                yield day, how, together


def _moment(source: Source) -> str:
    return source.detected.patch.moment if source.detected.patch else ""


def _known_vintage(source: Source, given: date | None) -> tuple[date | None, str]:
    if given:
        return given, vintages.GIVEN
    if source.detected.vintage:
        return source.detected.vintage, vintages.HEADER
    return vintages.in_name(source.content.name), vintages.NAME
