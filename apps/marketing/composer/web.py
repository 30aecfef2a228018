"""Search and social: Google's responsive ad, a page's title and description, X, LinkedIn."""

from __future__ import annotations

import random
import re

from apps.marketing.channels import CHANNELS
from apps.marketing.composer.english import capital
from apps.marketing.composer.material import Material
from apps.marketing.composer.packing import Room
from apps.marketing.composer.prose import fragments_by_wish, prose, title

__all__ = ["display_paths", "google_rsa", "linkedin", "meta", "x"]

HEADLINES = 12
DESCRIPTIONS = 4


def google_rsa(given: Material, rng: random.Random) -> dict[str, list[str]]:
    headlines, descriptions = (CHANNELS["google_rsa"].field(name) for name in ("headlines", "descriptions"))
    frames = given.frames("headline")
    rng.shuffle(frames)
    wished = [given.sheet.name, frames[0].text if frames else ""] + [phrase.text for phrase in fragments_by_wish(given, rng)]
    wished += [phrase.text for phrase in [*frames, *given.frames("ending")]]
    called = given.frames("ending")
    wished.insert(5, rng.choice(called).text) if called else None
    shown = [
        text
        for text in _distinct(wished)
        if text and headlines.fits(text) and not headlines.check(text, names=given.sheet.proper) and given.bears(text)
    ]
    used: set[str] = set()
    bodies: list[str] = []
    for at in range(DESCRIPTIONS):
        room = Room(descriptions.count, descriptions.min, 72 + rng.randrange(12), descriptions.max, 3)
        text, facts = prose(given, rng, room, used=used, opening=at == 0, offer=at > 1, lists=at != 2)
        if text and descriptions.check(text, names=given.sheet.proper):  # a name that the channel refuses: an emoji, capitals
            text, facts = prose(given, rng, room, used=used, opening=False, offer=at > 1, named=True)
        if text and text not in bodies and not descriptions.check(text, names=given.sheet.proper):
            bodies.append(text)
            used |= facts
    if len(bodies) < descriptions.at_least:
        bodies += [f"{phrase.text}." for phrase in called][: descriptions.at_least - len(bodies)]
    return {"headlines": shown[:HEADLINES], "descriptions": bodies, "paths": display_paths(given)}


def display_paths(given: Material) -> list[str]:
    """The words behind the address: the kind of product, a keyword."""
    field = CHANNELS["google_rsa"].field("paths")
    slugs = [_slug(text) for text in (given.subject.noun, given.sheet.category, *(phrase.text for phrase in given.keyword_fragments))]
    return [slug for slug in _distinct(slugs) if slug and field.fits(slug) and given.bears(slug.replace("-", " "))][: field.at_most]


def meta(given: Material, rng: random.Random) -> dict[str, list[str]]:
    head, body = CHANNELS["meta"].field("title"), CHANNELS["meta"].field("description")
    name, category = given.sheet.name, capital(given.sheet.category)
    starts = [name, name, f"{name}: {given.sheet.category}" if category else name]
    first, facts = title(given, rng, head.count, head.min, head.max, starts=starts, joiners=_joiners(given.voice))
    room = Room(body.count, body.min, 135 + rng.randrange(14), body.max, 4)
    text, _ = prose(given, rng, room, used=facts if given.voice == "playful" else (), offer=rng.random() < 0.4)
    return {"title": [first] if first else [], "description": [text] if text else []}


def x(given: Material, rng: random.Random) -> dict[str, list[str]]:
    post = CHANNELS["x"].field("post")
    end = f"\n\n{_link(given, rng)}".rstrip()
    tag = re.sub(r"\W", "", given.subject.noun)
    end += f" #{tag}" if tag.isascii() and len(tag) > 3 and rng.random() < 0.5 else ""
    link = post.count(end.strip()) + 2

    def weight(text: str) -> int:
        """Exact, without looking for emoji and addresses in every try: only the end has any."""
        return len(text) - len(end) + link if text.isascii() and text.endswith(end) else post.count(text)

    room = Room(weight, post.min, 190 + rng.randrange(60), post.max, 5)
    text, _ = prose(given, rng, room, offer=rng.random() < 0.6, end=end)
    return {"post": [text] if text else []}


def linkedin(given: Material, rng: random.Random) -> dict[str, list[str]]:
    fields = {name: CHANNELS["linkedin"].field(name) for name in ("introduction", "headline", "description")}
    intro = fields["introduction"]
    text, facts = prose(given, rng, Room(intro.count, intro.min, 120 + rng.randrange(24), 150, 4))
    if not text:
        text, facts = prose(given, rng, Room(intro.count, intro.min, 300, intro.max, 4))
    head, said = title(
        given,
        rng,
        fields["headline"].count,
        25,
        70,
        starts=[given.sheet.name, given.sheet.name, capital(given.sheet.category or given.sheet.name)],
        joiners=_joiners(given.voice),
    )
    if not head:
        head, said = given.sheet.name, set()
    below = Room(fields["description"].count, fields["description"].min, 75 + rng.randrange(15), 100, 2)
    last, _ = prose(given, rng, below, used=facts | said, opening=False, offer=True)
    return {"introduction": [text] if text else [], "headline": [head], "description": [last] if last else []}


def _joiners(voice: str) -> list[str]:
    return {"technical": [" | "], "playful": [": ", " | "]}.get(voice, [": ", " | ", " - "])


def _distinct(texts: list[str]) -> list[str]:
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(" ".join(text.casefold().split()), text)
    return list(found.values())


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[A-Za-z]+", text)).lower()


def _link(given: Material, rng: random.Random) -> str:
    """The address with a word before it, where the sheet has one."""
    calls = given.frames("call")
    if not calls:
        return ""
    words = rng.choice(calls).text
    host = given.sheet.url.removeprefix("https://").removeprefix("http://").rstrip("/")
    return words.replace(host, given.sheet.url)
