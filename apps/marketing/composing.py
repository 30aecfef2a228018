"""From a sheet and a channel to ready variants: drafts are written, judged, turned down sentence by sentence, written again, ranked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from apps.marketing.channels import Channel, channel_named, check_channel
from apps.marketing.claims import Checked, check_claims, coverage
from apps.marketing.claims.spans import FLAGS
from apps.marketing.composer import Commission, Draft
from apps.marketing.lexicon import regulated
from apps.marketing.results import Count, Covered, Fault, Regulated, Span, Variant
from apps.marketing.sentences import sentence_spans
from apps.marketing.sheet import Sheet, banned_in
from shared.app import Context

__all__ = [
    "COMPOSER",
    "Judged",
    "Order",
    "counted",
    "covered",
    "faults_of",
    "judge",
    "regulated_in",
    "spans_of",
    "write_variants",
]

DRAFTS_A_VARIANT = 3
FEWEST_DRAFTS = 6
ROUNDS = 3
MODEL_ROUNDS = 2
ROOM_FOR_MUST = frozenset({"google_rsa", "product_description", "amazon_bullets"})
"""Channels with room for every must fact: without one of them a piece is not ready."""
COMPOSER = "composer"
"""The one writer that is no language model."""
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Order:
    """variants: how many are wanted of the channel."""

    sheet: Sheet
    channel: str
    voice: str
    variants: int
    seed: int


@dataclass(frozen=True)
class Judged:
    """refused: sentences that must not be written again; words: of all texts, to tell how much two variants differ."""

    variant: Variant
    refused: frozenset[str]
    words: frozenset[str]


def write_variants(order: Order, model: str, context: Context, done: Callable[[int], None] = lambda made: None) -> list[Variant]:
    """As many as were ordered, the best first; what could not be made ready says why. done: told how many a model has written.

    A model's drafts that are turned down give way to the composer's, which say so: nobody waits a minute for nothing.
    Raises what the model raises.
    """
    judged = _composed(order, context) if model == COMPOSER else _written(order, model, context, done)
    if sum(each.variant.ready for each in judged) < order.variants and model != COMPOSER:
        rest = replace(order, variants=order.variants - sum(each.variant.ready for each in judged))
        judged = [
            *(each for each in judged if each.variant.ready),
            *(_ranked(_distinct(_composed(rest, context)), rest.variants) or judged),
        ]
        chosen = judged[: order.variants]
    else:
        chosen = _ranked(_distinct(judged), order.variants)
    return [each.variant.model_copy(update={"number": at}) for at, each in enumerate(chosen, 1)]


def _composed(order: Order, context: Context) -> list[Judged]:
    """Many drafts, since they cost nothing; what was turned down is avoided in the next round."""
    judged: list[Judged] = []
    avoid: frozenset[str] = frozenset()
    drafts = max(FEWEST_DRAFTS, order.variants * DRAFTS_A_VARIANT)
    for round_ in range(ROUNDS):
        commission = Commission(order.sheet, order.channel, order.voice, order.seed, drafts, round_ * drafts, avoid)
        for draft in context.run(COMPOSER, commission):
            context.raise_if_cancelled()
            judged.append(judge(draft, order, COMPOSER))
        avoid |= {text for each in judged for text in each.refused}
        if sum(each.variant.ready for each in judged) >= min(order.variants, drafts // 2) or not avoid:
            break
    return judged


def _written(order: Order, model: str, context: Context, done: Callable[[int], None]) -> list[Judged]:
    """A draft a variant, and once more for those that are not ready: its lines were held against the sheet one by one already."""
    from apps.marketing.writing import written

    judged: list[Judged] = []
    avoid: frozenset[str] = frozenset()
    for _ in range(MODEL_ROUNDS):
        missing = order.variants - sum(each.variant.ready for each in judged)
        commission = Commission(order.sheet, order.channel, order.voice, order.seed, missing, len(judged), avoid)
        for draft in written(commission, model, context) if missing else ():
            judged.append(judge(draft, order, model))
            done(sum(each.variant.ready for each in judged))
        avoid |= {text for each in judged for text in each.refused}
    return _distinct(judged)


def judge(draft: Draft, order: Order, tier: str) -> Judged:
    """Claims by the rules, limits, regulated and banned words, coverage of one draft. The entailment network has read a model's lines
    before, one by one (`Lines`); the grammar's are facts in patterns."""
    sheet, channel = order.sheet, channel_named(order.channel)
    texts = [(name, at, text) for name, given in draft.fields.items() for at, text in enumerate(given)]
    checked = [(name, at, check_claims(text, sheet)) for name, at, text in texts if name != "sender"]
    spans = [span for name, at, each in checked for span in spans_of(each, name, at)]
    faults = faults_of(channel, draft.fields, sheet)
    whole = "\n".join(text for _, _, text in texts)
    seen = covered(whole, sheet)
    reasons = [f"{span.text!r} is {span.status}: {span.why}" for span in spans if span.status in FLAGS]
    reasons += [fault.words for fault in faults if fault.level == "error"]
    reasons += [f"It has the banned word {word!r}." for word in banned_in(whole, sheet.banned)]
    reasons += [f"{digits} stands nowhere in the sheet." for digits in _invented(whole, sheet)]
    if order.channel in ROOM_FOR_MUST:
        reasons += [f"The fact `{key}` must be in it and is not." for key in seen.must_missing]
    variant = Variant(
        channel=channel.name,
        title=channel.title,
        number=draft.number,
        tier=tier,
        fields=draft.fields,
        counts=counted(channel, draft.fields),
        spans=spans,
        violations=faults,
        regulated=[found for name, at, each in checked for found in regulated_in(each, name, at)],
        coverage=seen,
        ready=not reasons,
        reasons=list(dict.fromkeys(reasons)),
    )
    refused = frozenset(sentence for _, _, each in checked for sentence in _flagged_sentences(each))
    return Judged(variant, refused, frozenset(re.findall(r"\w+", whole.casefold())))


def spans_of(checked: Checked, field: str, index: int) -> list[Span]:
    return [
        Span(
            field=field,
            index=index,
            start=span.start,
            end=span.end,
            text=span.text,
            kind=span.kind,
            status=span.status,
            facts=span.facts,
            why=span.why,
        )
        for span in checked.spans
    ]


def faults_of(channel: Channel, fields: dict[str, list[str]], sheet: Sheet) -> list[Fault]:
    return [
        Fault(field=each.field, index=each.index, start=each.span[0], end=each.span[1], code=each.code, words=each.words, level=each.level)
        for each in check_channel(channel, fields, sheet.proper)
    ]


def counted(channel: Channel, fields: dict[str, list[str]]) -> list[Count]:
    return [
        Count(field=name, index=at, size=each.count(text), unit=each.unit, min=each.min, max=each.max)
        for name, texts in fields.items()
        for each in (channel.field(name),)
        for at, text in enumerate(texts)
    ]


def regulated_in(checked: Checked, field: str, index: int) -> list[Regulated]:
    """Watched words with the facts that bear them."""
    found = []
    for word in regulated(checked.text):
        start, end = word.span
        bearing = [
            key for span in checked.spans if span.status == "supported" and span.start < end and start < span.end for key in span.facts
        ]
        found.append(
            Regulated(
                field=field,
                index=index,
                start=start,
                end=end,
                word=word.word,
                kind=word.kind,
                why=word.why,
                source=word.source,
                facts=list(dict.fromkeys(bearing)),
            )
        )
    return found


def covered(text: str, sheet: Sheet) -> Covered:
    stated = coverage(text, sheet)
    folded = " ".join(re.sub(r"[\s-]+", " ", text.casefold()).split())
    has = [keyword for keyword in sheet.keywords if re.sub(r"[\s-]+", " ", keyword.casefold()) in folded]
    return Covered(
        facts=list(dict.fromkeys(fact.key for fact, said in stated.items() if said)),
        must_missing=[fact.key for fact in sheet.facts if fact.must and not stated[fact]],
        keywords=has,
        keywords_missing=[keyword for keyword in sheet.keywords if keyword not in has],
    )


def _invented(text: str, sheet: Sheet) -> list[str]:
    """Digits that are not the sheet's."""
    known = set(_DIGITS.findall(sheet.model_dump_json()))
    return [digits for digits in dict.fromkeys(_DIGITS.findall(text)) if digits not in known]


def _flagged_sentences(checked: Checked) -> list[str]:
    return [
        checked.text[start:end]
        for start, end in sentence_spans(checked.text)
        if any(start < span.end and span.start < end for span in checked.flagged)
    ]


def _distinct(judged: Sequence[Judged]) -> list[Judged]:
    """The same texts once, the first."""
    found: dict[str, Judged] = {}
    for each in judged:
        found.setdefault(repr(each.variant.fields), each)
    return list(found.values())


def _ranked(judged: list[Judged], count: int) -> list[Judged]:
    """Ready ones first; then by must facts, by warnings, by keywords, and by how much they differ from those taken."""
    left, chosen = list(judged), list[Judged]()
    while left and len(chosen) < count:
        best = max(left, key=lambda each: (*_worth(each), -_nearest(each, chosen)))
        chosen.append(best)
        left.remove(best)
    return chosen


def _worth(each: Judged) -> tuple[float, ...]:
    variant = each.variant
    warnings = sum(fault.level == "warning" for fault in variant.violations)
    return float(variant.ready), -float(len(variant.coverage.must_missing)), -float(min(warnings, 1))


def _nearest(each: Judged, chosen: Sequence[Judged]) -> float:
    """0 for a variant of other words only; keywords count against the likeness, a text that is there already (a subject) for it."""
    likeness = max((_likeness(each, other) for other in chosen), default=0.0)
    wanted = len(each.variant.coverage.keywords) + len(each.variant.coverage.keywords_missing)
    return likeness - (0.3 * len(each.variant.coverage.keywords) / wanted if wanted else 0.0)


def _likeness(one: Judged, other: Judged) -> float:
    fields, others = one.variant.fields, other.variant.fields
    same = sum(texts == others.get(name) for name, texts in fields.items() if name not in ("sender", "paths"))
    return len(one.words & other.words) / max(1, len(one.words | other.words)) + same / max(1, len(fields))
