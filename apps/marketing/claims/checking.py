"""Text and sheet -> every claim with the fact that bears it, or why none does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from apps.marketing.claims.attributes import judge_unit
from apps.marketing.claims.bases import judge_bases
from apps.marketing.claims.bindings import judge_lists, judge_origins, judge_parts, judge_swaps
from apps.marketing.claims.contexts import judge_contexts, judge_openers
from apps.marketing.claims.evidence import Evidence
from apps.marketing.claims.exceptions import judge_exceptions
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.gathering import evidence
from apps.marketing.claims.implied import judge_implied
from apps.marketing.claims.numbers import judge_quantity
from apps.marketing.claims.offers import judge_offer
from apps.marketing.claims.opposed import judge_opposed
from apps.marketing.claims.passages import passages
from apps.marketing.claims.portions import judge_portions
from apps.marketing.claims.promises import judge_promises
from apps.marketing.claims.quantities import Quantity
from apps.marketing.claims.rates import judge_rates
from apps.marketing.claims.reading import Reading, read
from apps.marketing.claims.reconsidering import considered, reconsidered
from apps.marketing.claims.spans import FLAGS, ClaimSpan
from apps.marketing.entailment.model import Judgement
from apps.marketing.sheet import Sheet

__all__ = ["Checked", "ClaimSpan", "check_claims", "passages_of", "refusals", "rule_spans"]

NEARBY = 80
WEIGHT = {"contradicted": 3, "unsupported": 2, "supported": 1, "no-claim": 0}


@dataclass(frozen=True)
class Checked:
    """spans: in order, never overlapping; sentences: (start, end) of each sentence that has words."""

    text: str
    spans: list[ClaimSpan]
    sentences: list[tuple[int, int]]

    @property
    def flagged(self) -> list[ClaimSpan]:
        """The spans that the sheet does not bear."""
        return [span for span in self.spans if span.status in FLAGS]

    @property
    def ok(self) -> bool:
        """Whether every claim has its fact."""
        return not self.flagged


def check_claims(text: str, sheet: Sheet, *, strict: bool = False, judged: Mapping[str, Judgement] | None = None) -> Checked:
    """Any text against its sheet. strict: opinion (lovely, great) counts as unsupported too. judged: what the entailment network says of
    the passages (`passages_of`); without it the rules alone decide. Never raises for any text."""
    reading, found, spans = rule_spans(text, sheet, strict=strict)
    sentences = _sentences(reading)
    if strict:
        return Checked(text, spans, sentences)
    if judged is not None:
        said = {(start, end): judged[text[start:end]] for start, end in passages(text, sentences) if text[start:end] in judged}
        return Checked(text, considered(reading, found, spans, text, said), sentences)
    return Checked(text, reconsidered(reading, found, spans, text), sentences)


def passages_of(text: str) -> list[tuple[int, int]]:
    """Where the passages of a text begin and end that are judged one by one."""
    return passages(text, _sentences(read(text)))


def rule_spans(text: str, sheet: Sheet, *, strict: bool = False) -> tuple[Reading, Evidence, list[ClaimSpan]]:
    """What the rules alone find, with the reading and the evidence that they found it in."""
    reading = read(text)
    found = _evidence(sheet.model_dump_json())
    findings = _masked(reading, sheet, _findings(reading, found))
    spans = [_span(text, reading, finding, strict) for finding in _settled(findings)]
    spans = _with_regulated(text, _joined(text, _without_overlap(spans)))
    return reading, found, _joined(text, _verbatim(text, sheet, spans))


@lru_cache(maxsize=16)
def _evidence(sheet: str) -> Evidence:
    return evidence(Sheet.model_validate_json(sheet))


def _findings(reading: Reading, found: Evidence) -> list[Finding]:
    based = judge_bases(reading, found)
    findings: list[Finding] = [*based, *judge_rates(reading, found)]
    rated = {at for finding in findings if finding.status == "supported" for at in range(finding.first, finding.last)}
    before: Quantity | None = None
    for quantity in reading.quantities:
        if quantity.number_at in rated:
            continue
        near = before if before and reading.sentences[before.first] == reading.sentences[quantity.first] else None
        judged = judge_quantity(quantity, reading, found, near)
        if judged:
            findings.append(judged)
        before = quantity if quantity.dimension != "count" or near is None else before
    for at, unit in enumerate(reading.units):
        judged = judge_unit(unit, at, reading, found)
        if judged:
            findings.append(judged)
    findings += judge_contexts(reading, found) + judge_opposed(reading, found) + judge_exceptions(reading, found)
    findings += (
        judge_lists(reading, found)
        + judge_swaps(reading, found)
        + judge_parts(reading, found)
        + judge_origins(reading, found)
        + judge_promises(reading, found)
        + judge_implied(reading, found)
    )
    findings += judge_portions(reading, found) + judge_offer(reading, found, findings)
    return findings + judge_openers(reading, found, findings)


def _masked(reading: Reading, sheet: Sheet, findings: list[Finding]) -> list[Finding]:
    """The product's name and brand claim nothing, whatever words they are made of."""
    hidden: set[int] = set()
    for name in (sheet.name, sheet.brand):
        wanted = [token.text for token in read(name).tokens] if name else []
        for at in range(len(reading.tokens) - len(wanted) + 1) if wanted else ():
            if [token.text for token in reading.tokens[at : at + len(wanted)]] == wanted:
                hidden.update(range(at, at + len(wanted)))
    return [finding for finding in findings if finding.status == "supported" or not set(range(finding.first, finding.last)) <= hidden]


def _settled(findings: Iterable[Finding]) -> list[Finding]:
    """Of findings that overlap, the gravest, then the longest."""
    kept: list[Finding] = []
    used: set[int] = set()
    for finding in sorted(findings, key=lambda one: (-WEIGHT[one.status], one.first - one.last, one.first)):
        place = set(range(finding.first, finding.last))
        if place and not place & used:
            kept.append(finding)
            used |= place
    return sorted(kept, key=lambda one: one.first)


def _span(text: str, reading: Reading, finding: Finding, strict: bool) -> ClaimSpan:
    start, end = reading.source(finding.first, finding.last)
    status, why = finding.status, finding.why
    if strict and finding.kind == "puffery":
        status, why = "unsupported", "an opinion, and the check is strict"
    return ClaimSpan(start, end, text[start:end], finding.kind, status, list(finding.facts), why)


def _without_overlap(spans: list[ClaimSpan]) -> list[ClaimSpan]:
    """One source character may stand for several tokens (a ligature): the first span keeps it."""
    result: list[ClaimSpan] = []
    for span in spans:
        if span.end > span.start and (not result or span.start >= result[-1].end):
            result.append(span)
    return result


def _verbatim(text: str, sheet: Sheet, spans: list[ClaimSpan]) -> list[ClaimSpan]:
    """What repeats a line of the sheet word for word is of the sheet, however it is worded there."""
    lower = text.lower()
    result = list(spans)
    for fact in sheet.facts:
        line = f"{fact.key}: {fact.value}".lower()
        start = lower.find(line) if len(lower) == len(text) else -1
        for at, span in enumerate(result):
            if 0 <= start <= span.start and span.end <= start + len(line) and span.status != "supported":
                result[at] = ClaimSpan(span.start, span.end, span.text, span.kind, "supported", [fact.key], "")
    return result


def _joined(text: str, spans: list[ClaimSpan]) -> list[ClaimSpan]:
    """Neighbours of one status and fact as one span: stainless + steel."""
    result: list[ClaimSpan] = []
    for span in spans:
        last = result[-1] if result else None
        same = (
            last is not None
            and (last.status, last.facts, last.why) == (span.status, span.facts, span.why)
            and "number" not in (last.kind, span.kind)
        )
        if last and same and text[last.end : span.start].strip(" -") == "":
            kind = span.kind if last.kind in ("word", "mention") else last.kind
            result[-1] = ClaimSpan(last.start, span.end, text[last.start : span.end], kind, span.status, span.facts, span.why)
        else:
            result.append(span)
    return result


def _with_regulated(text: str, spans: list[ClaimSpan]) -> list[ClaimSpan]:
    """Words of law (FTC, Green Guides) that no span has settled yet become unsupported."""
    try:
        from apps.marketing.lexicon import regulated
    except ImportError:
        return spans
    result = list(spans)
    for finding in regulated(text):
        start, end = finding.span
        over = [span for span in result if span.start < end and start < span.end]
        if _is_idle_law(text, start, end, result):
            continue
        if start >= end or any(span.status != "no-claim" for span in over):
            continue
        result = [span for span in result if span not in over]
        start, end = min([start, *(span.start for span in over)]), max([end, *(span.end for span in over)])
        result.append(
            ClaimSpan(start, end, text[start:end], "regulated", "unsupported", [], str(getattr(finding, "why", "regulated wording")))
        )
    return sorted(result, key=lambda span: span.start)


def _is_idle_law(text: str, start: int, end: int, spans: list[ClaimSpan]) -> bool:
    """`the first` of a month or a flat claims no rank; `on us` beside what the offer bears says no more than it."""
    said = text[start:end].lower()
    if any(span.kind == "puffery" and " " in span.text and span.start <= start and end <= span.end + 1 for span in spans):
        return True
    if said == "the first":
        return re.match(r"\s+(?:to|of its|of the|and only|ever|in the|brand|company|truly|real)\b", text[end:], re.IGNORECASE) is None
    borne = [span for span in spans if span.status == "supported" and abs(span.start - start) < NEARBY]
    return said == "on us" and any(set(span.facts) & {"offer", "trial", "free trial", "delivery", "shipping"} for span in borne)


def _sentences(reading: Reading) -> list[tuple[int, int]]:
    bounds: dict[int, tuple[int, int]] = {}
    for at, token in enumerate(reading.tokens):
        if token.kind in ("stop", "clause", "symbol") and reading.sentences[at] not in bounds:
            continue
        number = reading.sentences[at] - (token.kind == "stop")
        start, end = reading.source(at, at + 1)
        if number in bounds:
            bounds[number] = bounds[number][0], max(end, bounds[number][1])
        elif token.kind != "stop":
            bounds[number] = start, end
    return [bounds[number] for number in sorted(bounds)]


def refusals(checked: Checked) -> list[str]:
    """The sentences to reject, each with its reasons."""
    result = []
    for start, end in checked.sentences:
        reasons = [f"{span.text!r} {span.status}: {span.why}" for span in checked.flagged if start < span.end and span.start < end]
        if reasons:
            result.append(f"{checked.text[start:end].strip()} [{'; '.join(reasons)}]")
    return result
