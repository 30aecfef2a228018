"""What a channel is: fields with a unit, limits and rules, and the check of a whole piece."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from apps.marketing.channels.rules import BROKEN, HIDDEN, Level, Rule, Span
from shared.errors import BadInput

__all__ = ["Channel", "ChannelField", "Violation", "WholeRule", "check_channel"]

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Violation:
    """field and index: which text (`headlines`, 3), or index -1 for the field or the piece as a whole; span: the place in code points,
    (0, 0) where the fault is not in one place; level: an error keeps the text from being ready, a warning does not."""

    field: str
    index: int
    code: str
    words: str
    span: Span = (0, 0)
    level: Level = "error"


@dataclass(frozen=True)
class ChannelField:
    """unit: what `count` counts; min and max bound one text, at_least and at_most how many texts there are; above `warn_above` it is cut
    off on some devices (`warning` says which)."""

    name: str
    title: str
    unit: str
    min: int
    max: int
    count: Callable[[str], int]
    at_least: int = 1
    at_most: int = 1
    rules: tuple[Rule, ...] = ()
    warn_above: int | None = None
    warning: str = ""

    def fits(self, text: str) -> bool:
        """The length only; `check` also asks the rules."""
        return self.min <= self.count(text) <= self.max

    def check(self, text: str, index: int = 0, names: Collection[str] = ()) -> list[Violation]:
        """Every fault of one text of this field."""
        found = self._length(text, index)
        for rule in (HIDDEN, BROKEN, *self.rules):
            found += [Violation(self.name, index, rule.code, rule.words, span, rule.level) for span in rule.find(text, names)]
        return found

    def _length(self, text: str, index: int) -> list[Violation]:
        size = self.count(text)
        if not text.strip():
            return [Violation(self.name, index, "empty", f"{self.title}: there is no text.")]
        if size > self.max:
            words = f"{self.title}: {size} {self.unit}, at most {self.max}: shorten it by {size - self.max}."
            return [Violation(self.name, index, "too_long", words, (self._fitting(text), len(text)))]
        if size < self.min:
            words = f"{self.title}: {size} {self.unit}, at least {self.min}: {self.min - size} more."
            return [Violation(self.name, index, "too_short", words)]
        if self.warn_above is not None and size > self.warn_above:
            words = f"{self.title}: {size} {self.unit}; {self.warning}"
            return [Violation(self.name, index, "long", words, (0, 0), "warning")]
        return []

    def _fitting(self, text: str) -> int:
        """How many code points from the start fit; where the text has to end. Counts never fall by more than a joined emoji."""
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.count(text[:middle]) <= self.max else (low, middle - 1)
        return low


@dataclass(frozen=True)
class WholeRule:
    """A rule over several texts of one piece."""

    code: str
    find: Callable[[Fields], list[Violation]]


@dataclass(frozen=True)
class Channel:
    name: str
    title: str
    fields: tuple[ChannelField, ...]
    whole: tuple[WholeRule, ...] = ()
    source: str = ""

    def field(self, name: str) -> ChannelField:
        """Raises BadInput for a field that the channel does not have."""
        for each in self.fields:
            if each.name == name:
                return each
        known = ", ".join(each.name for each in self.fields)
        raise BadInput(f"{self.title} has no field {name!r}.", remedy=f"Its fields: {known}.", field=name)


def check_channel(channel: Channel, fields: Fields, names: Collection[str] = ()) -> list[Violation]:
    """Every fault of a piece, in the order of its fields.

    fields: texts by field (`{"subject": ["Two days of warm coffee"]}`); names: brand and product as they are written, which no rule about
    capitals or punctuation faults. Raises BadInput for a field that the channel does not have.
    """
    for name in fields:
        channel.field(name)
    found: list[Violation] = []
    for each in channel.fields:
        texts = fields.get(each.name, ())
        found += _how_many(each, len(texts))
        for index, text in enumerate(texts):
            found += each.check(text, index, names)
    for rule in channel.whole:
        found += rule.find(fields)
    return found


def _how_many(field: ChannelField, given: int) -> list[Violation]:
    if given < field.at_least:
        return [Violation(field.name, -1, "too_few", f"{field.title}: {given} given, at least {field.at_least}.")]
    if given > field.at_most:
        return [Violation(field.name, -1, "too_many", f"{field.title}: {given} given, at most {field.at_most}.")]
    return []
