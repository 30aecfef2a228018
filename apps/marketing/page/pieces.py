"""A variant as a card: how the channel shows it, how long its texts are, what each claim rests on, and what keeps it from being ready."""

from __future__ import annotations

from collections.abc import Sequence

from apps.marketing.channels import CHANNELS, channel_named
from apps.marketing.page.marking import Facts, Marker
from apps.marketing.page.previews import preview_html
from apps.marketing.page.words import long_count, safe, shown_count, size_tone, told, word, writer_words
from apps.marketing.results import Count, Covered, Fault, Regulated, Variant
from shared.ui.text import escape, plural

__all__ = ["copies_of", "counts_html", "coverage_html", "notes_html", "piece_html", "regulated_html"]

LISTED = ("google_rsa", "email", "amazon_bullets")
"""Channels whose preview shows a part of the texts, or none of their lengths: all of them stand below it."""
OPEN = ("email",)


def piece_html(variant: Variant, facts: Facts, *, marks: bool = True) -> str:
    """The card, but for its buttons."""
    marker = Marker(facts, variant.spans, marks)
    state = word("Ready", "good") if variant.ready else word("Not ready", "bad")
    return (
        f'<article class="mkt-piece" aria-label="{safe(variant.title)}, variant {variant.number}">'
        f"<header><h3>Variant {variant.number}</h3>{state}"
        f'<span class="sizes">{counts_html(variant.channel, variant.counts)}</span></header>'
        f"{preview_html(variant, marker, facts.sheet)}{_texts_html(variant, marker)}{_reasons_html(variant)}"
        f"{marker.wrong_html()}{notes_html(variant.violations)}{coverage_html(variant.coverage, facts)}{_borne(marker)}"
        f'{regulated_html(variant.regulated, facts)}<p class="writer">{escape(writer_words(variant.tier).capitalize())}.</p></article>'
    )


def counts_html(channel: str, counts: Sequence[Count]) -> str:
    """A chip a field, in words where a limit is not kept."""
    chips = []
    for field in channel_named(channel).fields if channel in CHANNELS else ():
        if own := [count for count in counts if count.field == field.name]:
            tone = "bad" if any(size_tone(count) == "bad" for count in own) else "plain"
            chips.append(f'<span class="mkt-size {tone}">{escape(long_count(own, field.title))}</span>')
    return "".join(chips)


def _texts_html(variant: Variant, marker: Marker) -> str:
    """Every text of a channel that shows them in parts, with its length."""
    if variant.channel not in LISTED:
        return ""
    rows, total = [], 0
    for field in channel_named(variant.channel).fields:
        sizes = {count.index: count for count in variant.counts if count.field == field.name}
        texts = variant.fields.get(field.name, [])
        total += len(texts)
        if texts:
            rows.append(f"<dt>{escape(field.title)}{'s' if len(texts) > 1 else ''}</dt>")
        for at, text in enumerate(texts):
            size = f'<small class="{size_tone(sizes[at])}">{escape(shown_count(sizes[at]))}</small>' if at in sizes else ""
            rows.append(f'<dd><span dir="auto">{marker.html(text, field.name, at)}</span>{size}</dd>')
    listed = f'<dl class="mkt-texts">{"".join(rows)}</dl>'
    return listed if variant.channel in OPEN else _folded(f"All {total} texts with their lengths", listed)


def _reasons_html(variant: Variant) -> str:
    """Why not ready; what the list of claims says anyway is not said twice."""
    if variant.ready:
        return ""
    said = [f"{span.text!r} is {span.status}: {span.why}" for span in variant.spans if span.status in ("unsupported", "contradicted")]
    rest = [reason for reason in variant.reasons if reason not in said]
    if said:
        rest.append(f"{plural(len(said), 'claim')} without a fact:")
    items = "".join(f"<li>{safe(reason)}</li>" for reason in rest)
    return f'<div class="mkt-why"><b>Not ready, because</b><ul>{items}</ul></div>'


def notes_html(faults: Sequence[Fault]) -> str:
    """What a channel only warns of: it keeps nothing from being ready."""
    items = "".join(f"<li>{safe(words)}</li>" for words in dict.fromkeys(each.words for each in faults if each.level == "warning"))
    return f'<ul class="mkt-notes" aria-label="Notes">{items}</ul>' if items else ""


def coverage_html(seen: Covered, facts: Facts) -> str:
    """What had to be in it and is not; said with a word, also where nothing is missing. "" for a sheet that asks for nothing."""
    must = keywords = ""
    if seen.must_missing or facts.must:
        said = f"{word('missing', 'warn')} {_listed(seen.must_missing)}" if seen.must_missing else "all in"
        must = f"<div><dt>Must facts</dt><dd>{said}</dd></div>"
    if seen.keywords or seen.keywords_missing:
        total = len(seen.keywords) + len(seen.keywords_missing)
        missing = f'; <span class="off">without {_listed(seen.keywords_missing)}</span>' if seen.keywords_missing else ""
        keywords = f"<div><dt>Keywords</dt><dd>{len(seen.keywords)} of {total}{missing}</dd></div>"
    return f'<dl class="mkt-coverage">{must}{keywords}</dl>' if must or keywords else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(told(name) for name in names)


def _borne(marker: Marker) -> str:
    listed = marker.borne_html()
    return (
        _folded(
            f"{plural(len(marker.borne()), 'fact')} with the claims that rest on {'it' if len(marker.borne()) == 1 else 'them'}", listed
        )
        if listed
        else ""
    )


def regulated_html(found: Sequence[Regulated], facts: Facts) -> str:
    """Words that a law or a regulator ties to evidence, each once, with its rule."""
    rows: dict[tuple[str, str], str] = {}
    for each in found:
        has = f"The sheet has {', '.join(told(facts.line(key)) for key in each.facts)}." if each.facts else "The sheet has nothing for it."
        rows.setdefault(
            (each.word.casefold(), each.source),
            f'<li><b class="mkt-sign law">\N{SECTION SIGN}</b><span><q>{told(each.word)}</q> {safe(each.why)} {has}'
            f"<small>{safe(each.source)}</small></span></li>",
        )
    if not rows:
        return ""
    return _folded(f"{plural(len(rows), 'regulated word')}, with the rule", f'<ul class="mkt-law">{"".join(rows.values())}</ul>')


def _folded(title: str, inner: str) -> str:
    return f'<details class="mkt-fold"><summary>{escape(title)}</summary>{inner}</details>'


def copies_of(variant: Variant) -> list[tuple[str, str]]:
    """What can be put on the clipboard, each with the words of its button: fields of several texts a line each."""
    found = []
    for field in channel_named(variant.channel).fields:
        texts = variant.fields.get(field.name, [])
        if texts:
            title = field.title[:1].lower() + field.title[1:]
            found.append((f"Copy {title if len(texts) == 1 else f'{len(texts)} {title}s'}", "\n".join(texts)))
    return found
