"""What the evidence amounts to. Six verdicts, none of which says that a file is genuine.

The order is that of what can be relied on: a signature, then what the file declares, then a change after signing, then the learned head,
which may only speak where its quality gate lets it, and which traces may doubt but not overrule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apps.deepfake.evidence import Evidence
from apps.deepfake.forensics.quality import STOPS as QUALITY_STOPS
from apps.deepfake.results import Score, Verdict

__all__ = ["NOT_SAID", "WORDS", "decide"]

WORDS: dict[Verdict, str] = {
    "provenance-verified": "A valid signature says where it comes from, and nothing was changed since.",
    "declared-ai": "The file itself, or a mark in it, says that a generative model made it or took part.",
    "likely-manipulated": "The evidence speaks for synthesis, for manipulation or for a change after signing.",
    "no-evidence-found": "Every check ran and none found anything. That is not the same as genuine.",
    "inconclusive": "The evidence does not carry a statement either way.",
    "unsupported": "It could not be examined.",
}

NOT_SAID = (
    "Whether the scene took place, whether the caption is true, or who made the file.",
    "Anything about generators and editing tools that the learned heads have never seen: expect misses there. Face swaps are missed.",
    "Anything from the absence of Content Credentials or metadata: most honest files carry none, and most platforms strip them.",
    "Which person is shown or heard. No identity is estimated.",
)
"""Printed on every report."""

STOPS = QUALITY_STOPS | {"voice-head.no-speech", "quality.damage"}
"""Kinds of limits with which a learned score is not to be used; the others only lower its reliability."""

LEARNED = ("image-head.", "voice-head.made", "voice-head.captured", "voice-head.between")
UNDECIDING = "Second opinion"

_DOUBT = 0.5
"""Strength from which a trace may turn "nothing found" into "inconclusive"."""


def decide(evidence: Sequence[Evidence], score: Score | None, region: str | None, missed: Sequence[str]) -> tuple[Verdict, list[str]]:
    """The verdict and its reasons, the decisive one first.

    region: `made`, `captured` or `between`, of the learned head's score. missed: why a check did not run.
    """
    changed = [e for e in evidence if e.kind == "credentials.content-changed"]
    if declared := _of(evidence, "declares-ai"):
        return "declared-ai", _claims([*declared, *changed])
    if changed:
        damaged = [e for e in evidence if e.kind in ("quality.damage", "structure.truncated")]
        return "inconclusive" if damaged else "likely-manipulated", _claims([*damaged, *changed])
    if verified := _of(evidence, "origin-verified"):
        against = [e for e in _of(evidence, "manipulated") if e.strength >= _DOUBT]
        return "provenance-verified", _claims([*verified, *against])
    traces = [e for e in _of(evidence, "manipulated") if e.strength >= _DOUBT and not e.kind.startswith(LEARNED)]
    limits = [e for e in _of(evidence, "limits") if e.kind in STOPS]
    if limits or score is None or region is None:
        reasons = _claims(limits) or list(missed) or ["The learned heads were not asked."]
        return "inconclusive", [*reasons, *_claims(traces)]
    unseen = [*_claims(e for e in evidence if e.kind == "image-head.partly-seen"), *(m for m in missed if not m.startswith(UNDECIDING))]
    if region == "captured" and unseen:
        return "inconclusive", [*unseen, *_claims(traces)]
    return _by_score(score, region, _claims(traces))


def _by_score(score: Score, region: str, traces: list[str]) -> tuple[Verdict, list[str]]:
    if region == "made":
        return "likely-manipulated", [_high(score), *traces]
    if region == "between":
        return "inconclusive", [_between(score), *traces]
    if traces:
        return "inconclusive", [*traces, f"The learned head found nothing: {_low(score)}"]
    return "no-evidence-found", [f"The learned head does not react: {_low(score)}"]


def _claims(evidence: Iterable[Evidence]) -> list[str]:
    return [e.claim for e in evidence]


def _of(evidence: Sequence[Evidence], direction: str) -> list[Evidence]:
    return sorted((e for e in evidence if e.direction == direction), key=lambda e: -e.strength)


def _high(score: Score) -> str:
    return (
        f"The learned head reacts: only {score.p_captured:.1%} of captured calibration files score as high, which makes a probability of "
        f"{score.probability:.2f} ({score.low:.2f} to {score.high:.2f}) where both kinds are equally frequent."
    )


def _between(score: Score) -> str:
    return (
        f"Its score lies between the lines, where nothing is said: higher than {1 - score.p_captured:.0%} of captured calibration files, "
        f"lower than {1 - score.p_made:.0%} of made ones."
    )


def _low(score: Score) -> str:
    return f"only {score.p_made:.1%} of made calibration files score as low."
