"""What the rules found, thought over: by the second opinion, and where passages were read by the entailment network, by both."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from apps.marketing.claims.evidence import Evidence
from apps.marketing.claims.lists import FOLDER
from apps.marketing.claims.opinion import BESIDE, opinion, unborne
from apps.marketing.claims.reading import Reading, read
from apps.marketing.claims.spans import FLAGS, ClaimSpan
from apps.marketing.entailment.model import Judgement

__all__ = ["VERDICT", "considered", "evidence_for", "reconsidered"]

VERDICT = FOLDER / "verdict.json"
"""The weights that a sentence's verdict is made with; `training.py` fits them."""
LEAST, MOST, SENTENCES = 4, 60, 4
"""Texts that are long enough, in words, and short enough, in words and sentences, for a second opinion."""
WITHDRAWN, DOUBTED = 0.35, 0.6
DOUBTED_BY_BOTH = 0.6
"""From this likelihood on a passage that was read by the network is doubted."""
WAIVED = {"weak": 0.5, "number": 0.2, "clash": 0.0}
"""Below these the rules' flags on such a passage go: weak doubts, numbers, and never what clashes with the sheet (`a light in the box`
where it is sold separately). The network is nearly blind to numbers, but so sure it is only of those that follow (six at 90 euros are 15
each)."""
KEPT = frozenset(("regulated", "proof", "certification"))
"""Kinds of claims that the rules have the last word on: what the law watches, tests, awards, certificates."""
CALM = "a weak doubt in a text that the sheet bears"
NEVER = "the sheet seems to bear nothing of the kind"
_WORD = re.compile(r"\w+")


def reconsidered(reading: Reading, found: Evidence, spans: list[ClaimSpan], text: str) -> list[ClaimSpan]:
    """The spans after the second opinion, which short texts get: doubts withdrawn, or a doubt of what nothing bears."""
    length = _words(reading)
    if not LEAST <= length <= MOST or len(set(reading.sentences)) > SENTENCES:
        return spans
    likely = opinion(reading, found, spans)
    flagged = [span for span in spans if span.status in FLAGS]
    if flagged and _is_weak(flagged) and likely < WITHDRAWN:  # a number, and what clashes with the sheet, is no matter of likelihood
        return [replace(span, status="no-claim", facts=[], why=CALM) if span.status in FLAGS else span for span in spans]
    if not flagged and length > LEAST and likely > DOUBTED:
        return _with_doubt(reading, spans, text, (0, len(text))) or spans
    return spans


def considered(
    reading: Reading, found: Evidence, spans: list[ClaimSpan], text: str, judged: Mapping[tuple[int, int], Judgement]
) -> list[ClaimSpan]:
    """The spans after each passage's verdict. judged: what the network says of them, by their places; others stay as they are."""
    result = list(spans)
    for (start, end), said in judged.items():
        mine = [span for span in result if start < span.end and span.start < end]
        likely = _likely(found, mine, text[start:end], said)
        flagged = [span for span in mine if span.status in FLAGS]
        if flagged and likely < WAIVED[_gravest(flagged)]:
            result = [_calmed(span) if span in mine else span for span in result]
        elif not flagged and likely >= DOUBTED_BY_BOTH and not _is_quoted(text[start:end], found):
            doubt = ClaimSpan(start, end, text[start:end], "doubt", "unsupported", [], NEVER)
            result = _with_doubt(reading, result, text, (start, end)) or [*(span for span in result if span not in mine), doubt]
            result.sort(key=lambda span: span.start)
    return result


def evidence_for(found: Evidence, spans: Sequence[ClaimSpan], sentence: str, said: Judgement) -> dict[str, float]:
    """What a sentence's verdict rests on, by name."""
    flagged = [span for span in spans if span.status in FLAGS]
    return {
        "entailment": _log_odds(1 - said.supported),
        "opinion": _log_odds(opinion(read(sentence), found, spans, BESIDE)),
        "flagged": float(bool(flagged)),
        "contradicted": float(any(span.status == "contradicted" for span in flagged)),
        "number": float(any(span.kind == "number" for span in flagged)),
        "several": float(len(flagged) > 1),
    }


def _likely(found: Evidence, spans: Sequence[ClaimSpan], sentence: str, said: Judgement) -> float:
    """How likely a sentence claims what the sheet does not bear."""
    weights = _weights()
    score = sum(weights.get(name, 0.0) * value for name, value in evidence_for(found, spans, sentence, said).items())
    return 1 / (1 + math.exp(-score - weights.get("", 0.0)))


def _is_quoted(passage: str, found: Evidence) -> bool:
    """Whether a fact has it word for word, or it is too short to be doubted: the network never saw `149 euros` alone."""
    words = _WORD.findall(passage.casefold())
    facts = (" ".join(_WORD.findall(f"{key} {value}".casefold())) for key, value in found.values.items())
    return len(words) <= LEAST or any(f" {' '.join(words)} " in f" {fact} " for fact in facts)


def _is_weak(flagged: Sequence[ClaimSpan]) -> bool:
    """Whether no number is among them, and nothing that clashes with the sheet."""
    return all(span.status == "unsupported" and span.kind != "number" for span in flagged)


def _gravest(flagged: Sequence[ClaimSpan]) -> str:
    clashes = any(span.status == "contradicted" and span.kind != "number" for span in flagged)
    return "weak" if _is_weak(flagged) else "clash" if clashes else "number"


def _calmed(span: ClaimSpan) -> ClaimSpan:
    waived = span.status in FLAGS and span.kind not in KEPT
    return replace(span, status="no-claim", facts=[], why=CALM) if waived else span


def _with_doubt(reading: Reading, spans: list[ClaimSpan], text: str, within: tuple[int, int]) -> list[ClaimSpan]:
    """With a doubt of the longest run of words there that no span covers; empty where they cover every word."""
    covered = {at for span in spans for at in _covered(reading, span)}
    covered |= {at for at in range(len(reading.tokens)) if not within[0] <= reading.source(at, at + 1)[0] < within[1]}
    place = unborne(reading, covered)
    if place is None:
        return []
    start, end = reading.source(*place)
    return sorted([*spans, ClaimSpan(start, end, text[start:end], "doubt", "unsupported", [], NEVER)], key=lambda span: span.start)


def _covered(reading: Reading, span: ClaimSpan) -> list[int]:
    return [
        at for at in range(len(reading.tokens)) if span.start < reading.source(at, at + 1)[1] and reading.source(at, at + 1)[0] < span.end
    ]


def _words(reading: Reading) -> int:
    return sum(token.kind == "word" for token in reading.tokens)


def _log_odds(share: float) -> float:
    held = max(0.0005, min(0.9995, share))
    return math.log(held / (1 - held))


@cache
def _weights() -> dict[str, float]:
    return dict(json.loads(VERDICT.read_text(encoding="utf-8")))
