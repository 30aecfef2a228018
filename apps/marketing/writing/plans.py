"""What each channel's piece is made of: which lines, about which facts, how long."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from apps.marketing.channels import CHANNELS, ChannelField
from apps.marketing.composer import messages, web
from apps.marketing.composer.material import Material, material
from apps.marketing.sheet import Fact, Sheet
from apps.marketing.writing.brief import Brief, Kind
from apps.marketing.writing.lines import Accept, Lines

__all__ = ["PLANS", "Fields", "Plan", "Theme"]

Fields = dict[str, list[str]]
Plan = Callable[["Theme", Lines], Fields]

HEADLINES, DESCRIPTIONS, BULLETS = 8, 3, 5
LATE = 50
"""From this order on (what is in the box, warranty, price) a fact stands in the last paragraph."""
PAIRED = 46
"""Characters of two facts that go into one sentence."""
WORDS = 92
"""Of a product description, before it ends."""
SHORTEST = 45
"""Characters that a sentence needs."""


@dataclass(frozen=True)
class Theme:
    """The facts of a piece: `wish` with those first that must be in it or that say most; `order` for a reader."""

    given: Material
    rng: random.Random
    wish: tuple[Fact, ...]
    order: dict[str, int]

    @classmethod
    def of(cls, sheet: Sheet, voice: str, rng: random.Random) -> Theme:
        given = material(sheet, voice)
        said = given.said.phrases
        interest = {key: phrase.interest for phrase in said for key in phrase.facts}
        order = {key: phrase.order for phrase in said for key in phrase.facts}
        drawn = {fact.key: interest.get(fact.key, 0.5) * rng.random() + 2 * fact.must for fact in sheet.facts}
        wish = sorted(sheet.facts, key=lambda fact: -drawn[fact.key])
        return cls(given, rng, tuple(wish), {fact.key: order.get(fact.key, LATE - 1) for fact in sheet.facts})

    @property
    def sheet(self) -> Sheet:
        return self.given.sheet

    @property
    def offer(self) -> Fact | None:
        return Fact(key="offer", value=self.sheet.offer) if self.sheet.offer else None

    def groups(self, facts: Sequence[Fact]) -> Iterator[tuple[Fact, ...]]:
        """In a reader's order, short facts that follow one another by twos."""
        held: tuple[Fact, ...] = ()
        for fact in sorted(facts, key=lambda fact: self.order[fact.key]):
            short = sum(len(one.key) + len(one.value) for one in (*held, fact)) <= PAIRED
            late = {self.order[one.key] >= LATE for one in (*held, fact)}
            if held and (len(held) == 2 or not short or len(late) == 2):
                yield held
                held = ()
            held = (*held, fact)
        if held:
            yield held


def _accepts(field: ChannelField, sheet: Sheet, begin: str = "", end: str = "") -> Accept:
    """A line as part of its field: within its limits, and none of its rules broken."""
    short = sheet.name.removeprefix(sheet.brand).strip() or sheet.name

    def accept(text: str) -> bool:
        if begin.endswith(": ") and short.casefold() in text.casefold():  # `Drift 2: the Drift 2 has`
            return False
        faults = field.check(f"{begin}{text}{end}", names=sheet.proper)
        return all(fault.level != "error" or fault.code == "too_short" for fault in faults)

    return accept


def _room(kind: Kind, facts: tuple[Fact, ...], low: int, high: int) -> Brief:
    return Brief(kind, facts, high, max(1, low))


def google_rsa(theme: Theme, lines: Lines) -> Fields:
    headlines, descriptions = (CHANNELS["google_rsa"].field(name) for name in ("headlines", "descriptions"))
    fits = _accepts(headlines, theme.sheet)
    heads = [theme.sheet.name] if headlines.fits(theme.sheet.name) and fits(theme.sheet.name) else []
    facts = theme.wish[: HEADLINES + 2]
    for fact in facts:
        if len(heads) < HEADLINES and (text := lines.write(_room("headline", (fact,), 8, headlines.max), fits)):
            heads.append(text)
    lines.written.clear()
    bodies: list[str] = []
    for at, group in enumerate(theme.groups(facts)):
        room = _room("sentence" if at else "opener", group, 25, descriptions.max)
        if len(bodies) < DESCRIPTIONS and (text := lines.write(room, _accepts(descriptions, theme.sheet))):
            bodies.append(text)
    for fact in _missing(theme, lines, [*heads, *bodies]):
        if len(bodies) < descriptions.at_most and (
            text := lines.write(_room("sentence", (fact,), 30, descriptions.max), _accepts(descriptions, theme.sheet))
        ):
            bodies.append(text)
    return {"headlines": heads, "descriptions": bodies, "paths": web.display_paths(theme.given)}


def meta(theme: Theme, lines: Lines) -> Fields:
    title, body = CHANNELS["meta"].field("title"), CHANNELS["meta"].field("description")
    begin = f"{theme.sheet.name}: "
    head = ""
    for fact in theme.wish[:4]:
        head = head or lines.write(
            _room("headline", (fact,), title.min - len(begin), title.max - len(begin)), _accepts(title, theme.sheet, begin)
        )
    text = _filled(theme, lines, body, body.max, kinds=("opener", "sentence"))
    return {"title": [begin + head] if head else [], "description": [text] if text else []}


def x(theme: Theme, lines: Lines) -> Fields:
    post = CHANNELS["x"].field("post")
    end = f"\n\n{theme.sheet.url}" if theme.sheet.url.startswith("https://") else ""
    text = _filled(theme, lines, post, min(post.max, 230), kinds=("opener", "sentence"), end=end)
    return {"post": [text + end] if text else []}


def linkedin(theme: Theme, lines: Lines) -> Fields:
    intro, head, below = (CHANNELS["linkedin"].field(name) for name in ("introduction", "headline", "description"))
    text = _filled(theme, lines, intro, intro.warn_above or 150, kinds=("opener", "sentence"))
    rest = [fact for fact in theme.wish if fact not in lines.covered(lines.written)] or list(theme.wish)
    title = lines.write(_room("subject", (rest[0],), 20, 70), _accepts(head, theme.sheet))
    last = lines.write(_room("sentence", (theme.offer or rest[-1],), 30, 100), _accepts(below, theme.sheet))
    return {"introduction": [text] if text else [], "headline": [title] if title else [], "description": [last] if last else []}


def email(theme: Theme, lines: Lines) -> Fields:
    return _two_lines(theme, lines, ("email", "subject", "preheader"), 45, 90)


def push(theme: Theme, lines: Lines) -> Fields:
    return _two_lines(theme, lines, ("push", "title", "body"), 40, 110)


def _two_lines(theme: Theme, lines: Lines, names: tuple[str, str, str], head_max: int, body_max: int) -> Fields:
    channel, first, second = names
    head, body = CHANNELS[channel].field(first), CHANNELS[channel].field(second)
    top = ""
    for fact in theme.wish[:3]:
        top = top or lines.write(_room("subject", (fact,), 12, head_max), _accepts(head, theme.sheet))
    low = ""
    rest = [fact for fact in theme.wish if fact not in lines.covered(lines.written)]
    about = [(fact,) for fact in ([theme.offer] if theme.offer and theme.rng.random() < 0.4 else []) + rest[:3] if fact]
    for facts in about:
        low = low or lines.write(_room("sentence", facts, max(40, body.min), body_max), _accepts(body, theme.sheet))
    return {name: [text] for name, text in ((first, top), (second, low)) if text}


def sms(theme: Theme, lines: Lines) -> Fields:
    field = CHANNELS["sms"].field("text")
    begin, end = messages.sms_frame(theme.given)
    room = 158 - len(begin) - len(end)
    accept = _accepts(field, theme.sheet, begin, end)
    for fact in [*([theme.offer] if theme.offer else []), *theme.wish[:4]]:
        text = lines.write(_room("sentence", (fact,), 30, room), lambda text: accept(text) and field.count(begin + text + end) == 1)
        if text:
            return {"sender": messages.sender(theme.sheet), "text": [begin + text + end]}
    return {"sender": messages.sender(theme.sheet)}


def product_description(theme: Theme, lines: Lines) -> Fields:
    field = CHANNELS["product_description"].field("description")
    first = theme.wish[0]
    paragraphs: tuple[list[str], list[str]] = ([], [])
    if text := lines.write(_room("opener", (first,), 40, 150)):
        paragraphs[0].append(text)

    def words() -> int:
        return field.count(" ".join(lines.written))

    left = [fact for fact in theme.wish if fact is not first or not lines.written]
    chosen, spare = left[:8], left[8:]
    for group in (*theme.groups(chosen), *theme.groups(spare)):
        must = any(fact.must for fact in group)
        if words() >= (WORDS if not must else field.max - 24) or lines.covered(lines.written) >= set(group):
            continue
        if text := lines.write(_room("sentence", group, 20, 130)):
            paragraphs[theme.order[group[0].key] >= LATE].append(text)
    for fact in _missing(theme, lines, lines.written):
        if text := lines.write(_room("sentence", (fact,), 20, 130)):
            paragraphs[theme.order[fact.key] >= LATE].append(text)
    if theme.offer and words() < WORDS and (text := lines.write(_room("sentence", (theme.offer,), 20, 130))):
        paragraphs[1].append(text)
    return {"description": ["\n\n".join(" ".join(part) for part in paragraphs if part)]}


def amazon_bullets(theme: Theme, lines: Lines) -> Fields:
    field = CHANNELS["amazon_bullets"].field("bullets")
    chosen, found = theme.wish[:9], list[str]()
    for group in theme.groups(chosen):
        if len(found) < BULLETS and (text := lines.write(_room("bullet", group, 20, 180), _accepts(field, theme.sheet))):
            found.append(text)
    for fact in _missing(theme, lines, found):
        if text := lines.write(_room("bullet", (fact,), 20, 180), _accepts(field, theme.sheet)):
            found = [*found[: BULLETS - 1], text]
    return {"bullets": found}


def _missing(theme: Theme, lines: Lines, texts: Sequence[str]) -> list[Fact]:
    """Facts that must be in the piece and are in none of its texts."""
    said = lines.covered(texts)
    return [fact for fact in theme.wish if fact.must and fact not in said]


def _filled(theme: Theme, lines: Lines, field: ChannelField, high: int, *, kinds: tuple[Kind, Kind], end: str = "") -> str:
    """Two or three sentences that fill a field: the first names the product."""
    text = ""
    for at, group in enumerate(theme.groups(theme.wish[:7])):
        gap = f"{text} " if text else ""
        room = high - field.count(gap + end) if end else high - len(gap)
        if at > 4 or room < SHORTEST or (text and field.count(text) >= max(field.min, high - 60)):
            break
        low = max(30, field.min - len(gap)) if at and len(gap) > field.min // 2 else 30
        line = lines.write(_room(kinds[bool(text)], group, min(low, room), min(room, 130)), _accepts(field, theme.sheet, gap, end))
        text = gap + line if line else text
    return text


PLANS: dict[str, Plan] = {
    "google_rsa": google_rsa,
    "email": email,
    "sms": sms,
    "x": x,
    "meta": meta,
    "product_description": product_description,
    "linkedin": linkedin,
    "push": push,
    "amazon_bullets": amazon_bullets,
}
