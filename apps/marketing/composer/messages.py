"""Messages to one person: e-mail, text message, push notification."""

from __future__ import annotations

import math
import random
import re
import unicodedata
from collections.abc import Callable

from apps.marketing.channels import CHANNELS, measure
from apps.marketing.composer.english import capital
from apps.marketing.composer.material import Material
from apps.marketing.composer.packing import Room, swift
from apps.marketing.composer.prose import fragments_by_wish, prose
from apps.marketing.sheet import Sheet

__all__ = ["email", "push", "sender", "sms", "sms_frame"]

OPT_OUT = "Reply STOP to opt out"
SEPTETS_A_CHARACTER = 160 / 70
"""A segment holds so many fewer characters once one is outside the 7-bit alphabet."""
SUBJECT, PUSH_TITLE, PUSH_BODY = 45, 40, 110
"""What phones show whole (the channels' own warnings)."""


def email(given: Material, rng: random.Random) -> dict[str, list[str]]:
    subject, preheader = CHANNELS["email"].field("subject"), CHANNELS["email"].field("preheader")
    head, facts = _head(given, rng, subject.count, (SUBJECT, subject.max))
    room = Room(preheader.count, preheader.min, 70 + rng.randrange(20), preheader.max, 3)
    named = given.sheet.name.lower() in head.lower()
    text, _ = prose(given, rng, room, used=facts, opening=not named, offer=True, named=named)
    return {"subject": [head] if head else [], "preheader": [text] if text else []}


def push(given: Material, rng: random.Random) -> dict[str, list[str]]:
    title, body = CHANNELS["push"].field("title"), CHANNELS["push"].field("body")
    head, facts = _head(given, rng, title.count, (PUSH_TITLE, title.max))
    named = given.sheet.name.lower() in head.lower()
    text, _ = prose(
        given, rng, Room(body.count, body.min, 85 + rng.randrange(20), PUSH_BODY, 3), used=facts, opening=not named, offer=True, named=named
    )
    if not text:
        text, _ = prose(given, rng, Room(body.count, body.min, 120, body.max, 3), used=facts, opening=not named, offer=True, named=named)
    return {"title": [head] if head else [], "body": [text] if text else []}


def sms(given: Material, rng: random.Random) -> dict[str, list[str]]:
    lead, rest = sms_frame(given)
    named = lead == f"{given.sheet.name}: "

    def units(text: str) -> int:
        size = measure(f"{lead}{text}{rest}")
        return size.units if size.encoding == "GSM-7" else math.ceil(size.units * SEPTETS_A_CHARACTER)

    for turn, (high, most) in enumerate([*[(160, 3)] * 6, (300, 4)]):
        room = Room(units, 1, high - 25 + rng.randrange(15), high, most)
        text, facts = prose(given, rng, room, offer=True, opening=not named, named=named)
        if text and (high > 160 or (facts and (turn > 3 or ": " not in text.split(". ", maxsplit=1)[0]))):
            return {"sender": sender(given.sheet), "text": [f"{lead}{text}{rest}"]}
    return {"sender": sender(given.sheet), "text": []}


def sms_frame(given: Material) -> tuple[str, str]:
    """What stands before a text message and behind it: who sends it; the address, and how to stop it."""
    link = f" {given.sheet.url}" if given.sheet.url.startswith("https://") and given.frames("call") else ""
    named = given.sheet.name.lower().startswith(given.sheet.brand.lower())
    return f"{given.sheet.name if named else given.sheet.brand}: ", f"{link} {OPT_OUT}"


def _head(given: Material, rng: random.Random, count: Callable[[str], int], limits: tuple[int, int]) -> tuple[str, set[str]]:
    """A subject: the name, or the kind of product, with what there is to say of it; in a playful or warm voice also a short sentence."""
    count = swift(count)
    name, category = given.sheet.name, capital(given.sheet.category)
    named: list[tuple[str, set[str]]] = []
    wished = [phrase for phrase in fragments_by_wish(given, rng) if phrase.facts and ":" not in phrase.text]
    named += [(f"{name}: {phrase.text}", set(phrase.facts)) for phrase in wished if phrase.text.casefold() not in name.casefold()]
    kinds = [category, capital(given.subject.noun)]
    named += [
        (f"{kind} with {noun.text}", set(noun.facts)) for noun in given.nouns if not noun.text.startswith("no ") for kind in kinds if kind
    ]
    if given.voice in ("playful", "warm"):
        spoken = [(each.text.rstrip("."), set(each.facts)) for each in given.said.of("sentence", given.voice) if not each.subject]
        keep = [each for each in spoken if ". " not in each[0] and not each[0].startswith(("And ", "You also"))]
        named += rng.sample(keep, min(5, len(keep)))
    must = {fact.key for fact in given.sheet.facts if fact.must}
    bare = [(phrase.text, set(phrase.facts)) for phrase in fragments_by_wish(given, rng)]
    for limit, candidates in [(limit, each) for each in (named, bare) for limit in limits]:
        fitting = [each for each in candidates if 12 <= count(each[0]) <= limit]
        fitting = [each for each in fitting if given.bears(each[0])]
        if fitting:
            best = [each for each in fitting if each[1] & must] if rng.random() < 0.6 else []
            return rng.choice((best or fitting)[:10])
    return (name, set()) if count(name) <= limits[1] else ("", set())


def sender(sheet: Sheet) -> list[str]:
    """The sender's name: at most eleven unaccented letters, digits and spaces, none where nothing is left. Whole words where they fit; a
    longer single word cannot be kept whole."""
    name = sheet.brand or sheet.name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain)
    short = ""
    for word in words:
        grown = f"{short} {word}".strip()
        if len(grown) > 11:
            break
        short = grown
    short = short or (words[0][:11] if words else "")
    return [short] if re.search(r"[A-Za-z]", short) else []
