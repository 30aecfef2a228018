"""The three tasks from request to result."""

from __future__ import annotations

import json
from dataclasses import dataclass

from apps.marketing.channels import channel_named
from apps.marketing.claims import check_claims
from apps.marketing.cleaning import clean_field, clean_url, clean_value, speaks_as_a_prompt, suspicious
from apps.marketing.composing import COMPOSER, Order, counted, covered, faults_of, regulated_in, spans_of
from apps.marketing.contradictions import contradictions
from apps.marketing.documents import pages_of
from apps.marketing.exporting import as_json, as_markdown, rows, summary_markdown
from apps.marketing.numerals import ambiguous_numbers, number_style
from apps.marketing.reading import example, read_file
from apps.marketing.requests import CheckRequest, SheetRequest, SummarizeRequest, WriteRequest
from apps.marketing.results import CheckResult, Fault, Regulated, Span, SummarizeResult, Taken, Variant, WriteResult
from apps.marketing.sheet import Sheet, banned_in
from apps.marketing.shown import report_html
from apps.marketing.summaries import summarize_text
from apps.marketing.verifying import checked_by_both
from apps.marketing.writers import Writers, tier_of, written_by
from shared.app import Context, Figure
from shared.errors import BadInput

__all__ = ["Product", "check_request", "main_field", "product_of", "summarize_request", "write_request"]

MAIN_FIELDS = {
    "google_rsa": "descriptions", "email": "subject", "sms": "text", "x": "post", "meta": "description",
    "product_description": "description", "linkedin": "introduction", "push": "body", "amazon_bullets": "bullets",
}  # fmt: skip
NAME_FIELDS = {**MAIN_FIELDS, "meta": "title", "email": "preheader"}
"""Where a piece names the product: a longer name has no place in the channel."""

RULES_ALONE = "The rules alone decided:"


@dataclass(frozen=True)
class Product:
    """warnings: what was assumed to read the sheet, and what was taken out of it."""

    sheet: Sheet
    warnings: list[str]


def product_of(request: SheetRequest) -> Product:
    """The request's sheet, made harmless. Raises BadInput for a file of several products and for a sheet that says two things."""
    sheet, notes = _given(request)
    if found := contradictions(sheet):
        raise BadInput(f"The sheet contradicts itself: {' '.join(found)}", remedy="Keep what is true and delete the other.", field="sheet")
    if found := ambiguous_numbers(sheet, request.locale):
        raise BadInput(" ".join(found), remedy="Give `locale` (en, de ...), or write the number without a separator.", field="locale")
    if (request.locale or number_style(fact.value for fact in sheet.facts))[:2] == "de":
        notes.append("The numbers stay as the sheet writes them, with a comma for decimals: check them before English readers see them.")
    return Product(_cleaned(sheet), [*notes, *suspicious(sheet), *_wishes(sheet)])


def _given(request: SheetRequest) -> tuple[Sheet, list[str]]:
    if request.example is not None:
        return example(request.example), []
    if request.product is not None:
        return request.product, []
    if request.sheet is None:
        raise BadInput("There is no product sheet.", remedy="Give sheet, product or example.", field="sheet")
    reading = read_file(request.sheet.read(), request.sheet.name)
    if len(reading.sheets) != 1:
        raise BadInput(f"{request.sheet.name} holds {len(reading.sheets)} products.", remedy="Give one product at a time.", field="sheet")
    return reading.sheets[0], list(reading.notes)


def _wishes(sheet: Sheet) -> list[str]:
    """Keywords that claim something no fact states: they are asked for and cannot be borne out."""
    bare = sheet.model_copy(update={"keywords": []})
    flagged = {keyword: check_claims(keyword, bare).flagged for keyword in sheet.keywords}
    return [f"The keyword `{keyword}` claims what no fact states ({spans[0].text})." for keyword, spans in flagged.items() if spans]


def _cleaned(sheet: Sheet) -> Sheet:
    """Without what talks to a model, hides, or links elsewhere; the name stays unless nothing is left of it."""
    fields = {name: clean_field(getattr(sheet, name)) for name in ("name", "brand", "category", "audience", "offer")}
    facts = [
        fact.model_copy(update={"key": clean_field(fact.key), "value": clean_value(fact.value)})
        for fact in sheet.facts
        if not speaks_as_a_prompt(fact.value)
    ]
    kept = [fact for fact in facts if fact.key and fact.value]
    if not fields["name"] or not kept:
        what = "name" if not fields["name"] else "facts"
        raise BadInput(f"Nothing is left of the {what} once orders to a model are taken out.", remedy="Write it plainly.", field=what)
    keywords = [word for word in map(clean_field, sheet.keywords) if word]
    return sheet.model_copy(update={**fields, "url": clean_url(sheet.url), "facts": kept, "keywords": keywords})


def write_request(request: WriteRequest, context: Context) -> WriteResult:
    """Raises BadInput before any work, the engine's errors, and `Cancelled`."""
    product = product_of(request)
    for name in request.channels:
        _name_fits(product.sheet, name)
    writers = Writers(str(request.model or COMPOSER))
    variants: list[Variant] = []
    total = len(request.channels) * request.variants
    for at, name in enumerate(request.channels):
        done = at * request.variants
        context.progress(done, total, "variant")
        order = Order(product.sheet, name, request.voice, request.variants, request.seed)
        variants += writers.write(order, context, lambda made, done=done: context.progress(done + made, total, "variant"))  # type: ignore[misc]
    context.progress(total, total, "files")
    tiers = [variant.tier for variant in variants]
    said = written_by(tiers)
    if not {*tiers} - {COMPOSER}:  # a phrase grammar is no trained model
        context.made_as("algorithmicMedia")
    return WriteResult(
        product=product.sheet.name,
        tier=tier_of(tiers, writers.model),
        written_by=said,
        variants=variants,
        csv=context.artifact("copy.csv", rows(variants), "text/csv"),
        data=context.artifact("copy.json", as_json(variants, product.sheet, said), "application/json"),
        text=context.artifact("copy.md", as_markdown(variants, product.sheet, said).encode(), "text/markdown"),
        figures=_figures(variants, product.sheet),
        warnings=[*product.warnings, *writers.warnings, *_shortfalls(variants, request)],
    )


def _name_fits(sheet: Sheet, channel: str) -> None:
    field = channel_named(channel).field(NAME_FIELDS[channel])
    size = field.count(sheet.name)
    if size > field.max:
        raise BadInput(
            f"The name {sheet.name[:40]!r}... has {size} {field.unit}; the {field.title.lower()} of {channel_named(channel).title} takes "
            f"{field.max}.",
            remedy="Shorten the name, or leave this channel out.",
            field="channels",
        )


def _figures(variants: list[Variant], sheet: Sheet) -> list[Figure]:
    claims = [span for variant in variants for span in variant.spans if span.status != "no-claim"]
    traced = sum(span.status == "supported" for span in claims)
    musts = sum(fact.must for fact in sheet.facts) * len(variants)
    missing = sum(len(variant.coverage.must_missing) for variant in variants)
    kept = sum(not any(fault.level == "error" for fault in variant.violations) for variant in variants)
    figures = [
        Figure(label="ready", value=sum(variant.ready for variant in variants), unit=f"of {len(variants)} variants"),
        Figure(label="limits of the channel kept", value=kept, unit=f"of {len(variants)} variants"),
        Figure(label="claims traced to a fact", value=traced, unit=f"of {len(claims)} claims"),
    ]
    if musts:
        share = round(1 - missing / musts, 3)
        figures.append(Figure(label="must facts covered", value=share, reference="a subject line or a short post has no room for all"))
    return figures


def _shortfalls(variants: list[Variant], request: WriteRequest) -> list[str]:
    found = []
    for name in request.channels:
        made = [variant for variant in variants if variant.channel == name]
        title = channel_named(name).title
        if len(made) < request.variants:
            found.append(f"{title}: the sheet gives no more than {len(made)} different variants.")
        if unready := [variant for variant in made if not variant.ready]:
            found.append(f"{title}: {len(unready)} of {len(made)} variants are not ready. {unready[0].reasons[0]}")
    return found


def check_request(request: CheckRequest, context: Context) -> CheckResult:
    """Raises BadInput for a field that the channel does not have."""
    product = product_of(request)
    sheet = product.sheet
    field = main_field(request)
    if request.strict:
        checked, alone = check_claims(request.text, sheet, strict=True), ""
    else:
        checked, alone = checked_by_both(request.text, sheet, context)
    spans = spans_of(checked, field, 0)
    faults: list[Fault] = []
    counts = []
    if request.channel is not None:
        channel = channel_named(request.channel)
        counts = counted(channel, {field: [request.text]})
        faults = [fault for fault in faults_of(channel, {field: [request.text]}, sheet) if fault.field == field and fault.code != "too_few"]
    words = regulated_in(checked, field, 0)
    suggestions = [*_suggested(spans, words, sheet, request.strict), *(fault.words for fault in faults)]
    banned = banned_in(request.text, sheet.banned)
    suggestions += [f"Take out {word!r}: the sheet bans it." for word in banned]
    ok = checked.ok and not banned and not any(fault.level == "error" for fault in faults)
    verdict = _verdict(spans, len(suggestions), ok=ok)
    seen = covered(request.text, sheet)
    body = {"text": request.text, "verdict": verdict, "ok": ok, "suggestions": suggestions, "sheet": sheet.model_dump()}
    body |= {
        name: [each.model_dump() for each in parts] for name, parts in (("spans", spans), ("violations", faults), ("regulated", words))
    }
    return CheckResult(
        ok=ok,
        verdict=verdict,
        spans=spans,
        violations=faults,
        regulated=words,
        counts=counts,
        coverage=seen,
        suggestions=suggestions,
        report=context.artifact("check.html", report_html(request.text, spans, suggestions, sheet, verdict).encode(), "text/html"),
        data=context.artifact("check.json", json.dumps(body, ensure_ascii=False, indent=1).encode(), "application/json"),
        figures=_check_figures(spans),
        warnings=[*product.warnings, *([f"{RULES_ALONE} {alone}"] if alone else [])],
    )


def main_field(request: CheckRequest) -> str:
    """The field that the text is for; `text` where no channel is given."""
    if request.channel is None:
        return "text"
    return channel_named(request.channel).field(request.field or MAIN_FIELDS[request.channel]).name


def _check_figures(spans: list[Span]) -> list[Figure]:
    claims = [span for span in spans if span.status != "no-claim"]
    return [
        Figure(label=status, value=sum(span.status == status for span in claims), unit=f"of {len(claims)} claims")
        for status in ("supported", "unsupported", "contradicted")
    ]


def _verdict(spans: list[Span], wrong: int, *, ok: bool) -> str:
    claims = sum(span.status != "no-claim" for span in spans)
    if ok:
        return f"Every one of {claims} claims has its fact." if claims else "The text claims nothing of the product."
    return f"Not ready: {wrong} thing{'s' if wrong != 1 else ''} to change."


def _suggested(spans: list[Span], words: list[Regulated], sheet: Sheet, strict: bool) -> list[str]:
    values = {fact.key: fact.value for fact in sheet.facts} | {"offer": sheet.offer}
    found = []
    for span in spans:
        fact = next((key for key in span.facts if values.get(key)), "")
        law = next((word for word in words if word.start < span.end and span.start < word.end), None)
        if span.status == "contradicted" and fact:
            found.append(f"{span.text!r}: the sheet says `{fact}: {values[fact]}`. Write that, or correct the sheet.")
        elif span.status == "contradicted":
            found.append(f"{span.text!r} contradicts the sheet: {span.why}.")
        elif span.status == "unsupported" and law is not None:
            found.append(f"{span.text!r}: {law.why} ({law.source}). Take it out, or add the fact that shows it.")
        elif span.status == "unsupported":
            why = "an opinion" if strict and span.kind == "puffery" else "nothing on the sheet says so"
            found.append(f"{span.text!r}: {why}. Take it out, or add a fact that bears it.")
    return list(dict.fromkeys(found))


def summarize_request(request: SummarizeRequest, context: Context) -> SummarizeResult:
    """Raises what `pages_of` and `summarize_text` raise."""
    name = request.document.name if request.document is not None else "text"
    pages = pages_of(request.document.read(), name) if request.document is not None else [request.text]
    context.progress(0, 1, f"{len(pages)} pages")
    taken = summarize_text(pages, request.sentences, length=request.length, query=request.query)
    sentences = [Taken(text=each.text, page=each.page, start=each.start, end=each.end, score=each.score) for each in taken]
    characters = sum(map(len, pages))
    kept = sum(len(each.text) for each in sentences)
    return SummarizeResult(
        sentences=sentences,
        pages=len(pages),
        characters=characters,
        summary=context.artifact("summary.md", summary_markdown(sentences, name, len(pages)).encode(), "text/markdown"),
        figures=[
            Figure(label="kept", value=round(100 * kept / max(1, characters), 2), unit="% of the text", reference="word for word"),
            Figure(label="pages with a sentence taken", value=len({each.page for each in sentences}), unit=f"of {len(pages)}"),
        ],
        warnings=[] if not request.query or any(each.score > 0.2 for each in taken) else ["Nothing in the document is close to the query."],
    )
